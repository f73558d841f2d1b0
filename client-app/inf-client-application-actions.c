#include "client-app/inf-client-application-private.h"

#include "client-app/inf-client-settings.h"
#include "client-app/inf-client-window.h"
#include "widgets/inf-about.h"
#include "widgets/inf-help.h"

#include <glib/gi18n.h>

static void
do_activate (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_application_present (user_data);
}

static void
do_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_about_show (gtk_application_get_active_window (user_data), INF_CLIENT_APPLICATION_ID,
                  _ ("Infinity Client"), _ ("Runs programs on the computers of a grid"));
}

static void
do_settings (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_settings_show (gtk_application_get_active_window (user_data),
                            inf_client_application_get_model (user_data),
                            inf_client_application_get_settings (user_data));
}

/* What a notification was of; there may be no window. */
static void
do_show_job (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_job (INF_CLIENT_WINDOW (inf_client_application_present (user_data)),
                              g_variant_get_string (parameter, NULL));
}

static void
do_show_result (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_result (INF_CLIENT_WINDOW (inf_client_application_present (user_data)),
                                 g_variant_get_string (parameter, NULL));
}

static void
do_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_help_show (gtk_application_get_active_window (user_data),
                 "/org/infinitygrid/Client/inf-client-help.ui");
}

static void
do_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static const GActionEntry entries[] = {
  { "about", do_about },
  { "activate", do_activate },
  { "help", do_help },
  { "quit", do_quit },
  { "settings", do_settings },
  { "show-job", do_show_job, "s" },
  { "show-result", do_show_result, "s" },
};

static void
set_keys (InfClientApplication *self)
{
  static const struct
  {
    const char *action;
    const char *keys[3];
  } accels[] = {
    { "app.quit", { "<Primary>q", NULL } },
    { "app.settings", { "<Primary>comma", NULL } },
    { "app.help", { "F1", NULL } },
    { "win.close", { "<Primary>w", NULL } },
    { "win.run", { "<Primary>Return", "<Primary>KP_Enter", NULL } },
    { "win.open-job-file", { "<Primary>o", NULL } },
    { "win.save-job-file", { "<Primary>s", NULL } },
    { "win.search", { "<Primary>f", NULL } },
    { "win.show-help-overlay", { "<Primary>question", NULL } },
    { "win.show-page::submit", { "<Alt>1", "<Primary>n", NULL } },
    { "win.show-page::jobs", { "<Alt>2", NULL } },
    { "win.show-page::results", { "<Alt>3", NULL } },
    { "win.show-page::credits", { "<Alt>4", NULL } },
    { "win.show-page::files", { "<Alt>5", NULL } },
    { "win.show-page::peers", { "<Alt>6", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           accels[i].keys);
}

void
inf_client_application_add_actions (InfClientApplication *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  set_keys (self);
}
