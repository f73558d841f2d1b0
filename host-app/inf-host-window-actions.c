#include "host-app/inf-host-window-private.h"

#include <glib/gi18n.h>

#define HOUR_S 3600

static void
on_disconnect_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  InfHostWindow *self = user_data;

  if (!g_str_equal (response, "cancel"))
    inf_host_model_disconnect (inf_host_window_get_model (self), response);
}

/* A job of somebody else runs: it is the owner who says what becomes of it. */
static void
ask_how_to_disconnect (InfHostWindow *self, guint n_running)
{
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (self), _ ("Disconnect While a Job Runs?"), NULL);

  adw_message_dialog_format_body (
      ADW_MESSAGE_DIALOG (dialog),
      ngettext (
          "%u job of somebody else runs here. If you stop it now, its owner has to start again;"
          " what it has paid so far stays yours.",
          "%u jobs of others run here. If you stop them now, their owners have to start"
          " again; what they have paid so far stays yours.",
          n_running),
      n_running);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "stop",
                                    _ ("_Stop Now"), "finish", _ ("_Finish First"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "finish",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "finish");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_disconnect_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
do_connect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_model_connect (inf_host_window_get_model (user_data));
}

static void
do_disconnect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfHostModel *model = inf_host_window_get_model (user_data);
  guint n_running = inf_host_model_get_n_running (model);

  if (n_running)
    ask_how_to_disconnect (user_data, n_running);
  else
    inf_host_model_disconnect (model, "");
}

static void
do_pause (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *until = g_variant_get_string (parameter, NULL);
  gboolean is_hour = g_str_equal (until, "hour");

  inf_host_model_pause (inf_host_window_get_model (user_data), is_hour ? "time" : until,
                        is_hour ? HOUR_S : 0);
}

static void
do_resume (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_model_resume (inf_host_window_get_model (user_data));
}

static void
do_stop_lease (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_model_stop_lease (inf_host_window_get_model (user_data),
                             g_variant_get_string (parameter, NULL));
}

static void
do_sign_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_model_sign_out (inf_host_window_get_model (user_data), "finish");
}

static void
do_show_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_window_show_page (user_data, g_variant_get_string (parameter, NULL));
}

static void
do_close (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_close (user_data);
}

static const GActionEntry entries[] = {
  { "close", do_close },           { "connect", do_connect },
  { "disconnect", do_disconnect }, { "pause", do_pause, "s" },
  { "resume", do_resume },         { "show-page", do_show_page, "s" },
  { "sign-out", do_sign_out },     { "stop-lease", do_stop_lease, "s" },
};

void
inf_host_window_add_actions (InfHostWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

static void
enable (InfHostWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

/* An action that would be refused can't be chosen. */
void
inf_host_window_update_actions (InfHostWindow *self)
{
  InfHostModel *model = inf_host_window_get_model (self);
  gboolean is_main = g_str_equal (inf_host_window_get_page (self), "main");
  gboolean is_connected = inf_host_model_is_connected (model);
  InfDBusIdentity1 *identity = inf_service_get_identity (inf_host_model_get_service (model));

  enable (self, "connect", is_main && !is_connected);
  enable (self, "disconnect", is_main && is_connected);
  enable (self, "pause", is_main && is_connected);
  enable (self, "resume", is_main && inf_host_model_is_snoozed (model));
  enable (self, "sign-out", is_main && identity && inf_dbus_identity1_get_sealed (identity));
  enable (self, "show-page", is_main);
}
