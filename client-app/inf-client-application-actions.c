#include "client-app/inf-client-application-private.h"

#include "client-app/inf-client-window.h"

/* What a notification was of; there may be no window. */
static void
do_show_job (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_job (INF_CLIENT_WINDOW (inf_application_present (user_data)),
                              g_variant_get_string (parameter, NULL));
}

static void
do_show_result (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_result (INF_CLIENT_WINDOW (inf_application_present (user_data)),
                                 g_variant_get_string (parameter, NULL));
}

static const GActionEntry entries[] = {
  { "show-job", do_show_job, "s" },
  { "show-result", do_show_result, "s" },
};

static const InfApplicationKeys keys[] = {
  { "win.run", { "<Primary>Return", "<Primary>KP_Enter", NULL } },
  { "win.open-job-file", { "<Primary>o", NULL } },
  { "win.save-job-file", { "<Primary>s", NULL } },
  { "win.show-page::submit", { "<Alt>1", "<Primary>n", NULL } },
  { "win.show-page::jobs", { "<Alt>2", NULL } },
  { "win.show-page::results", { "<Alt>3", NULL } },
  { "win.show-page::credits", { "<Alt>4", NULL } },
  { "win.show-page::files", { "<Alt>5", NULL } },
  { "win.show-page::peers", { "<Alt>6", NULL } },
};

void
inf_client_application_add_actions (InfClientApplication *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  inf_application_set_keys (INF_APPLICATION (self), keys, G_N_ELEMENTS (keys));
}
