#include "host-app/inf-host-settings.h"

#include "host-app/inf-login-start.h"
#include "widgets/inf-identity-file.h"
#include "widgets/inf-invite-window.h"
#include "widgets/inf-keyring.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_PASSPHRASE_BYTES 8

/**
 * InfHostSettings:
 *
 * What is the app's own, and what is done to an identity now and then. The rules of sharing have a
 * screen of their own.
 */
struct _InfHostSettings
{
  AdwWindow parent_instance;

  InfHostModel *model;
  GSettings *settings;
  AdwToastOverlay *toasts;
  GtkSwitch *login;
  GtkSwitch *requests;
  GtkSwitch *jobs;
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

G_DEFINE_FINAL_TYPE (InfHostSettings, inf_host_settings, ADW_TYPE_WINDOW)

static InfDBusIdentity1 *
get_identity (InfHostSettings *self)
{
  return inf_service_get_identity (inf_host_model_get_service (self->model));
}

static void
say (InfHostSettings *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
on_login_switched (InfHostSettings *self)
{
  g_autoptr (GError) error = NULL;

  if (!inf_login_start_set (gtk_switch_get_active (self->login), &error))
    say (self, error->message);
}

static AdwMessageDialog *
make_dialog (InfHostSettings *self, const char *heading, const char *body, const char *verb)
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
  InfHostSettings *self = user_data;
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
    inf_host_model_change_passphrase (self->model, old_passphrase, new_passphrase);
}

static void
on_passphrase_activated (InfHostSettings *self)
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
  g_autoptr (InfHostSettings) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean was_kept = inf_keyring_forget_finish (result, &error);

  if (!self->model)
    return;
  if (error)
    say (self, error->message);
  else
    say (self, was_kept ? _ ("The passphrase is forgotten.") : _ ("None was remembered."));
}

static void
on_forget_activated (InfHostSettings *self)
{
  inf_keyring_forget_async (inf_dbus_identity1_get_peer_id (get_identity (self)), NULL,
                            on_forgotten, g_object_ref (self));
}

static void
on_saved (gpointer owner, const char *problem)
{
  InfHostSettings *self = owner;

  if (self->model)
    say (self, problem ? problem : _ ("The identity is exported."));
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfHostSettings) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  inf_dbus_identity1_call_export_finish (INF_DBUS_IDENTITY1 (source), &data, result, &error);
  if (!self->model)
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
  InfHostSettings *self = user_data;
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
ask_to_export (InfHostSettings *self, gboolean is_moving)
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
on_export_activated (InfHostSettings *self)
{
  ask_to_export (self, FALSE);
}

static void
on_move_activated (InfHostSettings *self)
{
  ask_to_export (self, TRUE);
}

static void
on_invite_activated (InfHostSettings *self)
{
  inf_invite_window_show (GTK_WINDOW (self), inf_host_model_get_service (self->model));
}

static void
on_leave_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  InfHostSettings *self = user_data;

  if (g_str_equal (response, "do"))
    inf_host_model_leave_grid (self->model);
}

static void
on_leave_activated (InfHostSettings *self)
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
update (InfHostSettings *self)
{
  InfDBusIdentity1 *identity = get_identity (self);
  InfDBusNode1 *node = inf_service_get_node (inf_host_model_get_service (self->model));
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
on_failed (InfHostModel *model, const char *message, gpointer user_data)
{
  say (user_data, message);
}

static void
inf_host_settings_dispose (GObject *object)
{
  InfHostSettings *self = INF_HOST_SETTINGS (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (inf_host_settings_parent_class)->dispose (object);
}

static void
inf_host_settings_class_init (InfHostSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_host_settings_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Host/inf-host-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, toasts);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, login);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, requests);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, jobs);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, who);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, passphrase);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, forget);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, export);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, move);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, grid);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, invite);
  gtk_widget_class_bind_template_child (widget_class, InfHostSettings, leave);
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
inf_host_settings_init (InfHostSettings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_switch_set_active (self->login, inf_login_start_is_on ());
  g_signal_connect_swapped (self->login, "notify::active", G_CALLBACK (on_login_switched), self);
}

/**
 * inf_host_settings_show:
 * @parent: the window it is shown above
 * @model: whose identity and grid
 * @settings: the app's own
 *
 * Returns: (transfer none): the window
 */
GtkWidget *
inf_host_settings_show (GtkWindow *parent, InfHostModel *model, GSettings *settings)
{
  InfHostSettings *self = g_object_new (INF_TYPE_HOST_SETTINGS, "transient-for", parent, NULL);

  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  g_settings_bind (settings, "notify-requests", self->requests, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notify-jobs", self->jobs, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  g_signal_connect (model, "failed", G_CALLBACK (on_failed), self);
  update (self);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}
