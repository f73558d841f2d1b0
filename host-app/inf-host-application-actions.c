#include "host-app/inf-host-application-private.h"

static void
do_answer_request (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *id;
  const char *answer;

  g_variant_get (parameter, "(&s&s)", &id, &answer);
  inf_host_model_answer (inf_host_application_get_model (user_data), id, answer);
}

static const GActionEntry entries[] = {
  { "answer-request", do_answer_request, "(ss)" },
};

static const InfApplicationKeys keys[] = {
  { "win.show-page::home", { "<Alt>1", NULL } },     { "win.show-page::jobs", { "<Alt>2", NULL } },
  { "win.show-page::earnings", { "<Alt>3", NULL } }, { "win.show-page::peers", { "<Alt>4", NULL } },
  { "win.show-page::sharing", { "<Alt>5", NULL } },
};

void
inf_host_application_add_actions (InfHostApplication *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  inf_application_set_keys (INF_APPLICATION (self), keys, G_N_ELEMENTS (keys));
}
