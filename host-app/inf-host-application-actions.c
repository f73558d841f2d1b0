#include "host-app/inf-host-application-private.h"

#include "host-app/inf-host-settings.h"
#include "widgets/inf-about.h"
#include "widgets/inf-help.h"

#include <glib/gi18n.h>

static void
do_activate (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_application_present (user_data);
}

static void
do_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_about_show (gtk_application_get_active_window (user_data), INF_HOST_APPLICATION_ID,
                  _ ("Infinity Host"), _ ("Shares this computer with a grid"));
}

static void
do_answer_request (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *id;
  const char *answer;

  g_variant_get (parameter, "(&s&s)", &id, &answer);
  inf_host_model_answer (inf_host_application_get_model (user_data), id, answer);
}

static void
do_settings (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_settings_show (gtk_application_get_active_window (user_data),
                          inf_host_application_get_model (user_data),
                          inf_host_application_get_settings (user_data));
}

static void
do_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_help_show (gtk_application_get_active_window (user_data),
                 "/org/infinitygrid/Host/inf-host-help.ui");
}

static void
do_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static const GActionEntry entries[] = {
  { "about", do_about },       { "answer-request", do_answer_request, "(ss)" },
  { "activate", do_activate }, { "help", do_help },
  { "quit", do_quit },         { "settings", do_settings },
};

static void
set_keys (InfHostApplication *self)
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
    { "win.search", { "<Primary>f", NULL } },
    { "win.show-help-overlay", { "<Primary>question", NULL } },
    { "win.show-page::home", { "<Alt>1", NULL } },
    { "win.show-page::jobs", { "<Alt>2", NULL } },
    { "win.show-page::earnings", { "<Alt>3", NULL } },
    { "win.show-page::peers", { "<Alt>4", NULL } },
    { "win.show-page::sharing", { "<Alt>5", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           accels[i].keys);
}

void
inf_host_application_add_actions (InfHostApplication *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  set_keys (self);
}
