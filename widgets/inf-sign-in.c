#include "widgets/inf-sign-in.h"

#include "common/inf-error.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-identity-file.h"
#include "widgets/inf-keyring.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_PASSPHRASE_BYTES 8
#define INVITE_PREFIX "infinity:"

/**
 * InfSignIn:
 *
 * Who this computer is in the grid: registering, unlocking, taking back, importing; then founding
 * a grid or joining one. Which of them it shows is Identity1's and Node1's state.
 *
 *   register ──▶ grid ──▶ (not needed any more)
 *   unlock ─────▲ └── each through busy, and back with a problem when it fails
 */
struct _InfSignIn
{
  AdwBin parent_instance;

  InfService *service;
  GCancellable *cancellable; /* of what it waits for; also whether it does */
  char *asked;               /* (nullable): the page whose button was pressed */
  char *secret;              /* (nullable): to remember, once it was right */
  guint countdown_id;

  GtkStack *stack;
  GtkEditable *name;
  GtkEditable *new_passphrase;
  GtkEditable *again;
  GtkWidget *remember_new_row;
  GtkSwitch *remember_new;
  GtkLabel *register_problem;
  GtkWidget *register_;
  AdwAvatar *avatar;
  GtkLabel *unlock_title;
  GtkLabel *unlock_text;
  GtkEditable *passphrase;
  GtkWidget *remember_row;
  GtkSwitch *remember;
  GtkLabel *unlock_problem;
  GtkButton *unlock;
  GtkWidget *grid_box;
  GtkEditable *invite;
  GtkWidget *join;
  GtkEditable *grid_name;
  GtkWidget *found;
  GtkLabel *grid_problem;
  GtkLabel *busy_text;
};

G_DEFINE_FINAL_TYPE (InfSignIn, inf_sign_in, ADW_TYPE_BIN)

static const char *
get_identity_state (InfService *service)
{
  InfDBusIdentity1 *identity = inf_service_get_identity (service);
  const char *state = identity ? inf_dbus_identity1_get_state (identity) : NULL;

  return state ? state : "";
}

static gboolean
is_without_grid (InfService *service)
{
  InfDBusNode1 *node = inf_service_get_node (service);
  const char *name = node ? inf_dbus_node1_get_grid_name (node) : NULL;

  return name && !*name;
}

/**
 * inf_sign_in_is_needed:
 * @service: a connection that is up
 *
 * Returns: whether this node has no open identity, or no grid
 */
gboolean
inf_sign_in_is_needed (InfService *service)
{
  const char *state = get_identity_state (service);

  if (g_str_equal (state, "unregistered") || g_str_equal (state, "locked")
      || g_str_equal (state, "moved"))
    return TRUE;
  return is_without_grid (service);
}

static const char *
choose_page (InfSignIn *self)
{
  const char *state = get_identity_state (self->service);

  if (self->cancellable)
    return "busy";
  if (g_str_equal (state, "unregistered"))
    return "register";
  if (g_str_equal (state, "locked") || g_str_equal (state, "moved"))
    return "unlock";
  return "grid";
}

static GtkLabel *
get_problem_label (InfSignIn *self, const char *page)
{
  if (g_strcmp0 (page, "register") == 0)
    return self->register_problem;
  if (g_strcmp0 (page, "unlock") == 0)
    return self->unlock_problem;
  return self->grid_problem;
}

static void
show_problem (InfSignIn *self, const char *page, const char *problem)
{
  GtkLabel *label = get_problem_label (self, page);

  gtk_label_set_text (label, problem ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (label), problem != NULL);
}

/* Returns: (transfer none) (nullable): what is still wrong with what was typed */
static const char *
find_fault (InfSignIn *self)
{
  const char *passphrase = gtk_editable_get_text (self->new_passphrase);
  const char *again = gtk_editable_get_text (self->again);

  if (*passphrase && strlen (passphrase) < MIN_PASSPHRASE_BYTES)
    return _ ("A passphrase takes eight characters or more.");
  if (*again && !g_str_has_prefix (passphrase, again))
    return _ ("The two passphrases differ.");
  return NULL;
}

static gboolean
can_register (InfSignIn *self)
{
  const char *passphrase = gtk_editable_get_text (self->new_passphrase);

  return *gtk_editable_get_text (self->name) && strlen (passphrase) >= MIN_PASSPHRASE_BYTES
         && g_str_equal (passphrase, gtk_editable_get_text (self->again));
}

/* Returns: seconds until another try is looked at */
static gint64
get_wait_s (InfSignIn *self)
{
  InfDBusIdentity1 *identity = inf_service_get_identity (self->service);
  gint64 left_us = identity ? inf_dbus_identity1_get_retry_unix (identity) - g_get_real_time () : 0;

  return left_us > 0 ? (left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC : 0;
}

static void
update_buttons (InfSignIn *self)
{
  g_autofree char *invite = inf_sign_in_find_invite (gtk_editable_get_text (self->invite));

  gtk_widget_set_sensitive (self->register_, can_register (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->unlock),
                            *gtk_editable_get_text (self->passphrase) && get_wait_s (self) == 0);
  gtk_widget_set_sensitive (self->join, invite != NULL);
  gtk_widget_set_sensitive (self->found, *gtk_editable_get_text (self->grid_name) != '\0');
}

static void
on_edited (InfSignIn *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  show_problem (self, "register", find_fault (self));
  if (g_strcmp0 (page, "grid") == 0)
    show_problem (self, page, NULL);
  update_buttons (self);
}

static gboolean
count_down (gpointer user_data)
{
  InfSignIn *self = user_data;
  gint64 wait_s = get_wait_s (self);
  g_autofree char *wait = inf_phrase_duration (wait_s * G_USEC_PER_SEC);
  /* Translators: a duration */
  g_autofree char *problem = g_strdup_printf (
      _ ("The passphrase was wrong too often. Another try is possible in %s."), wait);

  update_buttons (self);
  show_problem (self, "unlock", wait_s ? problem : NULL);
  if (wait_s)
    return G_SOURCE_CONTINUE;
  self->countdown_id = 0;
  return G_SOURCE_REMOVE;
}

static void
show_unlock (InfSignIn *self)
{
  InfDBusIdentity1 *identity = inf_service_get_identity (self->service);
  gboolean is_moved = g_str_equal (get_identity_state (self->service), "moved");
  const char *name = identity ? inf_dbus_identity1_get_name (identity) : NULL;

  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_text (self->unlock_title, name && *name ? name : _ ("Welcome Back"));
  gtk_label_set_text (self->unlock_text,
                      is_moved ? _ ("This identity was moved to another computer. If you take it"
                                    " back, it must not be used there any more.")
                               : _ ("Enter your passphrase to sign in."));
  gtk_button_set_label (self->unlock, is_moved ? _ ("_Take It Back") : _ ("_Sign In"));
  if (get_wait_s (self) && !self->countdown_id)
    {
      self->countdown_id = g_timeout_add_seconds (1, count_down, self);
      count_down (self);
    }
}

static void
update (InfSignIn *self)
{
  const char *page;

  if (inf_service_get_state (self->service) != INF_SERVICE_UP)
    return;
  page = choose_page (self);
  show_unlock (self);
  update_buttons (self);
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
stop_waiting (InfSignIn *self)
{
  g_clear_object (&self->cancellable);
  update (self);
}

static void
on_remembered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* signing in has worked; that the keyring is not there is no reason to say it has not */
  if (!inf_keyring_store_finish (result, &error))
    g_message ("the passphrase is not remembered: %s", error->message);
}

/* Whose it is may be told a moment after it was right: a new identity has its id from registering.
 */
static void
remember_secret (InfSignIn *self)
{
  InfDBusIdentity1 *identity = inf_service_get_identity (self->service);
  const char *peer_id = identity ? inf_dbus_identity1_get_peer_id (identity) : NULL;

  if (!self->secret || self->cancellable || !peer_id || !*peer_id)
    return;
  inf_keyring_store_async (peer_id, self->secret, NULL, on_remembered, NULL);
  g_clear_pointer (&self->secret, g_free);
}

static void
clear_passphrases (InfSignIn *self)
{
  gtk_editable_set_text (self->new_passphrase, "");
  gtk_editable_set_text (self->again, "");
  gtk_editable_set_text (self->passphrase, "");
}

static const char *
describe_error (const char *page, GError *error)
{
  /* unlocking and importing */
  if (g_strcmp0 (page, "grid") != 0 && g_error_matches (error, INF_ERROR, INF_ERROR_DENIED))
    return _ ("The passphrase is wrong.");
  g_dbus_error_strip_remote_error (error);
  return error->message;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfSignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  g_autofree char *page = g_steal_pointer (&self->asked);

  if (!self->service)
    return;
  clear_passphrases (self);
  stop_waiting (self);
  if (answer)
    {
      remember_secret (self);
      show_problem (self, page, NULL);
      return;
    }
  g_clear_pointer (&self->secret, g_free);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !self->countdown_id)
    show_problem (self, page, describe_error (page, error));
}

static void
ask (InfSignIn *self, gpointer proxy, const char *method, GVariant *arguments, const char *page,
     const char *text)
{
  if (!proxy || self->cancellable)
    {
      g_variant_unref (g_variant_ref_sink (arguments));
      return;
    }
  self->cancellable = g_cancellable_new ();
  g_free (self->asked);
  self->asked = g_strdup (page);
  gtk_label_set_text (self->busy_text, text);
  show_problem (self, page, NULL);
  g_dbus_proxy_call (proxy, method, arguments, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                     on_done, g_object_ref (self));
  update (self);
}

static void
on_register_clicked (InfSignIn *self)
{
  const char *passphrase = gtk_editable_get_text (self->new_passphrase);

  if (!can_register (self))
    return;
  if (gtk_switch_get_active (self->remember_new))
    self->secret = g_strdup (passphrase);
  ask (self, inf_service_get_identity (self->service), "Register",
       g_variant_new ("(ss)", gtk_editable_get_text (self->name), passphrase), "register",
       _ ("Registering…"));
}

static void
on_unlock_clicked (InfSignIn *self)
{
  const char *passphrase = gtk_editable_get_text (self->passphrase);
  gboolean is_moved = g_str_equal (get_identity_state (self->service), "moved");
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (!*passphrase || get_wait_s (self))
    return;
  if (is_moved)
    g_variant_dict_insert (&options, "reclaim", "b", TRUE);
  if (gtk_switch_get_active (self->remember))
    self->secret = g_strdup (passphrase);
  ask (self, inf_service_get_identity (self->service), "Unlock",
       g_variant_new ("(s@a{sv})", passphrase, g_variant_dict_end (&options)), "unlock",
       _ ("Signing in…"));
}

static void
on_join_clicked (InfSignIn *self)
{
  g_autofree char *invite = inf_sign_in_find_invite (gtk_editable_get_text (self->invite));

  if (invite)
    ask (self, inf_service_get_node (self->service), "JoinGrid", g_variant_new ("(ss)", invite, ""),
         "grid", _ ("Joining the grid…"));
}

static void
on_found_clicked (InfSignIn *self)
{
  const char *name = gtk_editable_get_text (self->grid_name);

  if (*name)
    ask (self, inf_service_get_node (self->service), "CreateGrid",
         g_variant_new ("(ssa{sv})", name, "", NULL), "grid", _ ("Founding the grid…"));
}

static void
on_cancel_clicked (InfSignIn *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfSignIn) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (self->service && text)
    inf_sign_in_take_invite (self, text);
}

static void
on_paste_clicked (InfSignIn *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, on_pasted,
                                 g_object_ref (self));
}

static gboolean
on_dropped (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  inf_sign_in_take_invite (user_data, g_value_get_string (value));
  return TRUE;
}

static void
on_imported (gpointer owner, GBytes *bytes, const char *passphrase, const char *problem)
{
  InfSignIn *self = owner;
  GVariant *data;

  if (!self->service)
    return;
  if (problem)
    {
      show_problem (self, "register", problem);
      return;
    }
  data = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  ask (self, inf_service_get_identity (self->service), "Import",
       g_variant_new ("(@ays)", data, passphrase), "register", _ ("Importing the identity…"));
}

static void
on_import_clicked (InfSignIn *self)
{
  inf_identity_file_open (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), on_imported,
                          G_OBJECT (self));
}

static void
on_properties (InfSignIn *self)
{
  update (self);
  remember_secret (self);
}

static void
on_service_state (InfSignIn *self)
{
  if (inf_service_get_state (self->service) != INF_SERVICE_UP)
    return;
  g_signal_connect_object (inf_service_get_identity (self->service), "g-properties-changed",
                           G_CALLBACK (on_properties), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (inf_service_get_node (self->service), "g-properties-changed",
                           G_CALLBACK (on_properties), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
inf_sign_in_dispose (GObject *object)
{
  InfSignIn *self = INF_SIGN_IN (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->secret, g_free);
  G_OBJECT_CLASS (inf_sign_in_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, stack);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, name);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, new_passphrase);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, again);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, remember_new_row);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, remember_new);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, register_problem);
  gtk_widget_class_bind_template_child_full (widget_class, "register", FALSE,
                                             G_STRUCT_OFFSET (InfSignIn, register_));
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, avatar);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, unlock_title);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, unlock_text);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, passphrase);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, remember_row);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, remember);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, unlock_problem);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, unlock);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, grid_box);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, invite);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, join);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, grid_name);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, found);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, grid_problem);
  gtk_widget_class_bind_template_child (widget_class, InfSignIn, busy_text);
}

static void
inf_sign_in_class_init (InfSignInClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_sign_in_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-sign-in.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_register_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_unlock_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_import_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_paste_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_join_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_found_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
inf_sign_in_init (InfSignIn *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  GtkWidget *passphrases[] = { GTK_WIDGET (self->new_passphrase), GTK_WIDGET (self->again),
                               GTK_WIDGET (self->passphrase) };

  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  for (guint i = 0; i < G_N_ELEMENTS (passphrases); i++)
    inf_accessible_name_inner (passphrases[i], GTK_TYPE_BUTTON, _ ("Show Passphrase"));
  gtk_editable_set_text (self->name, g_get_host_name ());
  gtk_widget_set_visible (self->remember_row, inf_keyring_is_there ());
  gtk_widget_set_visible (self->remember_new_row, inf_keyring_is_there ());
  g_signal_connect (target, "drop", G_CALLBACK (on_dropped), self);
  gtk_widget_add_controller (self->grid_box, GTK_EVENT_CONTROLLER (target));
}

/**
 * inf_sign_in_set_service:
 * @self: a page that has none yet
 * @service: the connection to infinityd
 */
void
inf_sign_in_set_service (InfSignIn *self, InfService *service)
{
  g_return_if_fail (!self->service);

  self->service = g_object_ref (service);
  g_signal_connect_swapped (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (self);
}

/**
 * inf_sign_in_find_invite:
 * @text: what was pasted, dropped or opened: an invite, perhaps within other words
 *
 * Returns: (transfer full) (nullable): the invite
 */
char *
inf_sign_in_find_invite (const char *text)
{
  const char *begin = strstr (text, INVITE_PREFIX);
  gsize length;

  if (!begin)
    return NULL;
  begin += strlen (INVITE_PREFIX);
  /* some programs make a link of it that looks like those of the web */
  while (*begin == '/')
    begin++;
  length = strspn (begin, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~=");
  return length ? g_strdup_printf (INVITE_PREFIX "%.*s", (int)length, begin) : NULL;
}

/**
 * inf_sign_in_take_invite:
 * @self: the page
 * @text: as in inf_sign_in_find_invite()
 *
 * Fills the invite in; the person still presses Join.
 */
void
inf_sign_in_take_invite (InfSignIn *self, const char *text)
{
  g_autofree char *invite = inf_sign_in_find_invite (text);

  gtk_editable_set_text (self->invite, invite ? invite : "");
  show_problem (self, "grid", invite ? NULL : _ ("There is no invite in what was given."));
}
