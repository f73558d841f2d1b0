#include "grid/jobs/inf-job-event.h"

static const char *const action_texts[] = {
  "plan",         "lease",   "stage",  "check",   "launch",  "start-meter", "stop-meter",
  "stop-program", "collect", "settle", "release", "abandon", "finished",
};

static const char *const event_texts[] = {
  "submitted",       "restarted", "cancel-requested", "hosts-changed",  "tick",         "planned",
  "plan-impossible", "leased",    "lease-refused",    "staged",         "stage-failed", "checked",
  "check-failed",    "launched",  "launch-failed",    "program-exited", "progress",     "summary",
  "spent",           "host-dead", "link-lost",        "host-stopped",   "credits-out",  "collected",
  "collect-failed",  "settled",   "settle-failed",
};

G_STATIC_ASSERT (G_N_ELEMENTS (action_texts) == INF_JOB_ACTION_FINISHED + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (event_texts) == INF_JOB_N_EVENTS);

/**
 * inf_job_action_new:
 * @type: what to do
 * @round: the round it belongs to
 *
 * Returns: (transfer full): an action about no host yet
 */
InfJobAction *
inf_job_action_new (InfJobActionType type, guint round)
{
  InfJobAction *action = g_new0 (InfJobAction, 1);

  action->type = type;
  action->round = round;
  action->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_host_unref);
  return action;
}

void
inf_job_action_free (InfJobAction *action)
{
  if (!action)
    return;
  g_ptr_array_unref (action->hosts);
  g_free (action);
}

const char *
inf_job_action_type_to_text (InfJobActionType type)
{
  g_return_val_if_fail ((guint)type < G_N_ELEMENTS (action_texts), NULL);
  return action_texts[type];
}

const char *
inf_job_event_type_to_text (InfJobEventType type)
{
  g_return_val_if_fail ((guint)type < G_N_ELEMENTS (event_texts), NULL);
  return event_texts[type];
}
