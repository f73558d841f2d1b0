#include "widgets/inf-settings-window.h"

#include "widgets/inf-identity-file.h"
#include "widgets/inf-invite-window.h"
#include "widgets/inf-keyring.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_PASSPHRASE_BYTES 8

/**
 * InfSettingsWindow:
 *
 * What is an app's own, in groups that it adds, and below them what is done to an identity and its
 * grid now and then.
 */
struct _InfSettingsWindow
{
  AdwWindow parent_instance;

  InfService *service;
  AdwToastOverlay *toasts;
  AdwPreferencesPage *page;
  AdwPreferencesGroup *identity_group;
  AdwPreferencesGroup *grid_group;
  AdwActionRow *who;
  GtkWidget *passphrase;
  GtkWidget *forget;
  GtkWidget *export;
  GtkWidget *move;
  AdwActionRow *grid;
  GtkWidget *invite;
  GtkWidget *leave;
  gboolean is_moving; /* what the export under way is for */
};

G_DEFINE_FINAL_TYPE (InfSettingsWindow, inf_settings_window, ADW_TYPE_WINDOW)

static InfDBusIdentity1 *
get_identity (InfSettingsWindow *self)
{
  return inf_service_get_identity (self->service);
}

static void
say (InfSettingsWindow *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfSettingsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer || !self->service)
    return;
  g_dbus_error_strip_remote_error (error);
  say (self, error->message);
}

/* @proxy: (nullable): an interface of infinityd, %NULL while it is away; @arguments: floating */
static void
call (InfSettingsWindow *self, gpointer proxy, const char *method, GVariant *arguments)
{
  if (proxy)
    g_dbus_proxy_call (proxy, method, arguments, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answered,
                       g_object_ref (self));
  else if (arguments)
    g_variant_unref (g_variant_ref_sink (arguments));
}

static AdwMessageDialog *
make_dialog (InfSettingsWindow *self, const char *heading, const char *body, const char *verb)
{
  AdwMessageDialog *dialog
      = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), heading, body));

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "do", verb, NULL);
  adw_message_dialog_set_default_response (dialog, "do");
  adw_message_dialog_set_close_response (dialog, "cancel");
  return dialog;
}

/* An entry that goes while it has the focus outlives its row, which libadwaita 1.2 then looks for.
 */
static void
drop_focus (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  gtk_window_set_focus (GTK_WINDOW (dialog), NULL);
}

/* Entries for passphrases below the question, one for each of the titles. */
static void
add_entries (AdwMessageDialog *dialog, const char *const *titles)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; titles[i]; i++)
    {
      GtkWidget *row = adw_password_entry_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), titles[i]);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Passphrases"), -1);
  adw_message_dialog_set_extra_child (dialog, list);
  g_signal_connect (dialog, "response", G_CALLBACK (drop_focus), NULL);
}

static const char *
get_entry (AdwMessageDialog *dialog, int index)
{
  GtkListBox *list = GTK_LIST_BOX (adw_message_dialog_get_extra_child (dialog));

  return gtk_editable_get_text (GTK_EDITABLE (gtk_list_box_get_row_at_index (list, index)));
}

static void
on_passphrase_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  InfSettingsWindow *self = user_data;
  gboolean is_sealed = inf_dbus_identity1_get_sealed (get_identity (self));
  const char *old_passphrase = is_sealed ? get_entry (dialog, 0) : "";
  const char *new_passphrase = get_entry (dialog, is_sealed ? 1 : 0);
  const char *again = get_entry (dialog, is_sealed ? 2 : 1);

  if (!g_str_equal (response, "do"))
    return;
  if (!g_str_equal (new_passphrase, again))
    say (self, _ ("The two passphrases differ."));
  else if (strlen (new_passphrase) < MIN_PASSPHRASE_BYTES)
    say (self, _ ("A passphrase takes eight characters or more."));
  else
    call (self, get_identity (self), "ChangePassphrase",
          g_variant_new ("(ss)", old_passphrase, new_passphrase));
}

static void
on_passphrase_activated (InfSettingsWindow *self)
{
  const char *const titles[]
      = { _ ("Passphrase Now"), _ ("New Passphrase"), _ ("New Passphrase Again"), NULL };
  gboolean is_sealed = inf_dbus_identity1_get_sealed (get_identity (self));
  AdwMessageDialog *dialog = make_dialog (self, _ ("Change the Passphrase"), NULL, _ ("_Change"));

  add_entries (dialog, is_sealed ? titles : titles + 1);
  adw_message_dialog_set_response_appearance (dialog, "do", ADW_RESPONSE_SUGGESTED);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_passphrase_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfSettingsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean was_kept = inf_keyring_forget_finish (result, &error);

  if (!self->service)
    return;
  if (error)
    say (self, error->message);
  else
    say (self, was_kept ? _ ("The passphrase is forgotten.") : _ ("None was remembered."));
}

static void
on_forget_activated (InfSettingsWindow *self)
{
  inf_keyring_forget_async (inf_dbus_identity1_get_peer_id (get_identity (self)), NULL,
                            on_forgotten, g_object_ref (self));
}

static void
on_saved (gpointer owner, const char *problem)
{
  InfSettingsWindow *self = owner;

  if (self->service)
    say (self, problem ? problem : _ ("The identity is exported."));
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfSettingsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  inf_dbus_identity1_call_export_finish (INF_DBUS_IDENTITY1 (source), &data, result, &error);
  if (!self->service)
    return;
  if (!data)
    {
      g_dbus_error_strip_remote_error (error);
      say (self, error->message);
      return;
    }
  bytes = g_variant_get_data_as_bytes (data);
  name = g_strconcat (inf_dbus_identity1_get_name (INF_DBUS_IDENTITY1 (source)),
                      ".infinity-identity", NULL);
  inf_identity_file_save (GTK_WINDOW (self), bytes, name, on_saved, G_OBJECT (self));
}

static void
on_export_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  InfSettingsWindow *self = user_data;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (!g_str_equal (response, "do") || !get_identity (self))
    return;
  if (self->is_moving)
    g_variant_dict_insert (&options, "move", "b", TRUE);
  inf_dbus_identity1_call_export (get_identity (self), get_entry (dialog, 0),
                                  g_variant_dict_end (&options), NULL, on_exported,
                                  g_object_ref (self));
}

static void
ask_to_export (InfSettingsWindow *self, gboolean is_moving)
{
  const char *const titles[] = { _ ("Passphrase"), NULL };
  gboolean is_sealed = inf_dbus_identity1_get_sealed (get_identity (self));
  const char *body = is_sealed ? _ ("The file is sealed with the passphrase of the identity.")
                               : _ ("Choose a passphrase that seals the file.");
  AdwMessageDialog *dialog
      = make_dialog (self, is_moving ? _ ("Move to Another Computer") : _ ("Export the Identity"),
                     body, is_moving ? _ ("_Move") : _ ("_Export"));

  self->is_moving = is_moving;
  add_entries (dialog, titles);
  adw_message_dialog_set_response_appearance (
      dialog, "do", is_moving ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_export_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_export_activated (InfSettingsWindow *self)
{
  ask_to_export (self, FALSE);
}

static void
on_move_activated (InfSettingsWindow *self)
{
  ask_to_export (self, TRUE);
}

static void
on_invite_activated (InfSettingsWindow *self)
{
  inf_invite_window_show (GTK_WINDOW (self), self->service);
}

static void
on_leave_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  InfSettingsWindow *self = user_data;

  if (g_str_equal (response, "do"))
    call (self, inf_service_get_node (self->service), "LeaveGrid", NULL);
}

static void
on_leave_activated (InfSettingsWindow *self)
{
  AdwMessageDialog *dialog = make_dialog (
      self, _ ("Leave the Grid?"),
      _ ("This computer forgets the grid and what it has earned in it. To come back, it needs a"
         " new invite."),
      _ ("_Leave"));

  adw_message_dialog_set_response_appearance (dialog, "do", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_leave_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
update (InfSettingsWindow *self)
{
  InfDBusIdentity1 *identity = get_identity (self);
  InfDBusNode1 *node = inf_service_get_node (self->service);
  GtkWidget *of_identity[] = { self->passphrase, self->export, self->move };
  const char *grid = node ? inf_dbus_node1_get_grid_name (node) : NULL;
  gboolean is_member = grid && *grid;

  for (guint i = 0; i < G_N_ELEMENTS (of_identity); i++)
    gtk_widget_set_sensitive (of_identity[i], identity != NULL);
  gtk_widget_set_visible (self->forget, identity && inf_keyring_is_there ()
                                            && inf_dbus_identity1_get_sealed (identity));
  gtk_widget_set_sensitive (self->leave, is_member);
  gtk_widget_set_visible (self->invite, is_member && inf_dbus_node1_get_is_founder (node));
  adw_action_row_set_subtitle (self->grid, is_member ? grid : _ ("no grid"));
  if (identity && inf_dbus_identity1_get_peer_id (identity))
    {
      g_autofree char *id = inf_phrase_short_id (inf_dbus_identity1_get_peer_id (identity));
      g_autofree char *text
          = g_strdup_printf ("%s · %s", inf_dbus_identity1_get_name (identity), id);
      adw_action_row_set_subtitle (self->who, text);
    }
}

static void
on_service_state (InfSettingsWindow *self)
{
  if (inf_service_get_state (self->service) == INF_SERVICE_UP)
    {
      g_signal_connect_object (get_identity (self), "g-properties-changed", G_CALLBACK (update),
                               self, G_CONNECT_SWAPPED);
      g_signal_connect_object (inf_service_get_node (self->service), "g-properties-changed",
                               G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
inf_settings_window_dispose (GObject *object)
{
  InfSettingsWindow *self = INF_SETTINGS_WINDOW (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (inf_settings_window_parent_class)->dispose (object);
}

static void
inf_settings_window_class_init (InfSettingsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_settings_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-settings-window.ui");
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, page);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, identity_group);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, grid_group);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, who);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, passphrase);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, forget);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, export);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, move);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, grid);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, invite);
  gtk_widget_class_bind_template_child (widget_class, InfSettingsWindow, leave);
  gtk_widget_class_bind_template_callback (widget_class, on_passphrase_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_export_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_move_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_invite_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_leave_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
inf_settings_window_init (InfSettingsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * inf_settings_window_new:
 * @parent: (nullable): the window it is shown above
 * @service: whose identity and grid
 *
 * Returns: (transfer none): the window, not shown yet
 */
InfSettingsWindow *
inf_settings_window_new (GtkWindow *parent, InfService *service)
{
  InfSettingsWindow *self = g_object_new (INF_TYPE_SETTINGS_WINDOW, "transient-for", parent, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_swapped (service, "notify::state", G_CALLBACK (on_service_state), self);
  on_service_state (self);
  return self;
}

/* @group: of the app, below those that were added before */
void
inf_settings_window_add (InfSettingsWindow *self, AdwPreferencesGroup *group)
{
  adw_preferences_page_add (self->page, group);
}

/* Shows it with all that the app has added. */
void
inf_settings_window_show (InfSettingsWindow *self)
{
  adw_preferences_page_add (self->page, self->identity_group);
  adw_preferences_page_add (self->page, self->grid_group);
  gtk_window_present (GTK_WINDOW (self));
}

/* Shows @message for a moment. */
void
inf_settings_window_say (InfSettingsWindow *self, const char *message)
{
  say (self, message);
}
