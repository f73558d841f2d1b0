#include "grid/jobs/inf-job-private.h"

#include <string.h>

/* What the state machine's two halves share: entering a state, giving orders, planning anew, and
 * answers that come too late. */

#define PLAN_TIMEOUT_US (15 * G_USEC_PER_SEC)
#define REPLAN_INTERVAL_US (30 * G_USEC_PER_SEC)
/* A job that waits for a week is planned again and again; its history must not grow with that. */
#define MAX_PAST_HOSTS 512

/* Leaves the present state and enters @state, which lasts at most @timeout_us. */
void
inf_job_turn_enter (InfJobTurn *turn, InfJobState state, gint64 timeout_us)
{
  InfJob *job = turn->job;

  if (job->state < INF_JOB_N_STEPS)
    job->steps[job->state].ended_unix_us = turn->unix_us;
  job->state = state;
  if (state < INF_JOB_N_STEPS)
    job->steps[state] = (InfJobStep){ .began_unix_us = turn->unix_us };
  else
    job->ended_unix_us = turn->unix_us;
  job->deadline_us = state < INF_JOB_N_STEPS ? turn->now_us + timeout_us : G_MAXINT64;
  for (guint i = 0; i < job->hosts->len; i++)
    ((InfJobHost *)job->hosts->pdata[i])->is_ready = FALSE;
}

/* Whether every host has answered in the present step. */
gboolean
inf_job_are_hosts_ready (const InfJob *job)
{
  for (guint i = 0; i < job->hosts->len; i++)
    if (!((InfJobHost *)job->hosts->pdata[i])->is_ready)
      return FALSE;
  return TRUE;
}

/* Orders @type of nobody in particular. */
void
inf_job_turn_act (InfJobTurn *turn, InfJobActionType type)
{
  g_ptr_array_add (turn->actions, inf_job_action_new (type, turn->job->round));
}

/* Orders @type of @host, together with others when the last order was the same. */
void
inf_job_turn_act_on (InfJobTurn *turn, InfJobActionType type, guint round, InfJobHost *host)
{
  InfJobAction *action = NULL;

  if (turn->actions->len > 0)
    action = turn->actions->pdata[turn->actions->len - 1];
  if (!action || action->type != type || action->round != round || action->hosts->len == 0)
    {
      action = inf_job_action_new (type, round);
      g_ptr_array_add (turn->actions, action);
    }
  g_ptr_array_add (action->hosts, inf_job_host_ref (host));
}

/* Orders @type of every host whose lease is held and who is not lost. */
void
inf_job_turn_act_on_held (InfJobTurn *turn, InfJobActionType type)
{
  InfJob *job = turn->job;

  for (guint i = 0; i < job->hosts->len; i++)
    {
      InfJobHost *host = job->hosts->pdata[i];
      if (host->lease == INF_JOB_LEASE_HELD && !host->is_lost)
        inf_job_turn_act_on (turn, type, job->round, host);
    }
}

static void
forget_old_hosts (InfJob *job)
{
  for (guint i = 0; i < job->past_hosts->len && job->past_hosts->len > MAX_PAST_HOSTS;)
    {
      const InfJobHost *host = job->past_hosts->pdata[i];
      if (host->spent_ucredits == 0)
        g_ptr_array_remove_index (job->past_hosts, i);
      else
        i++;
    }
}

static void
archive_hosts (InfJob *job)
{
  for (guint i = 0; i < job->hosts->len; i++)
    g_ptr_array_add (job->past_hosts, inf_job_host_ref (job->hosts->pdata[i]));
  g_ptr_array_set_size (job->hosts, 0);
  forget_old_hosts (job);
}

/* Plans, for the first time or anew. */
void
inf_job_turn_begin_round (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  archive_hosts (job);
  job->round++;
  job->outcome = INF_JOB_OUTCOME_NONE;
  job->is_stopping = job->is_metered = job->has_failed_exit = FALSE;
  job->progress = 0;
  g_clear_pointer (&job->progress_text, g_free);
  g_clear_pointer (&job->summary, g_free);
  inf_job_set_reason (job, INF_ERROR_FAILED, NULL, NULL);
  inf_job_turn_enter (turn, INF_JOB_PLANNING, PLAN_TIMEOUT_US);
  inf_job_turn_act (turn, INF_JOB_ACTION_PLAN);
}

/* Waits for other hosts. Those excluded get another chance by then. */
void
inf_job_turn_queue (InfJobTurn *turn, InfError code, const char *text, GVariant *cause)
{
  InfJob *job = turn->job;

  archive_hosts (job);
  g_ptr_array_set_size (job->excluded, 0);
  job->refusals = 0;
  job->outcome = INF_JOB_OUTCOME_NONE;
  inf_job_set_reason (job, code, text, cause);
  inf_job_set_problem (job, INF_ERROR_FAILED, NULL, NULL);
  inf_job_turn_enter (turn, INF_JOB_QUEUED, REPLAN_INTERVAL_US);
}

static InfJobHost *
find_past_host (GPtrArray *hosts, const InfJobEvent *event)
{
  for (guint i = 0; i < hosts->len; i++)
    {
      InfJobHost *host = hosts->pdata[i];
      if (host->round == event->round && inf_peer_id_equal (&host->peer_id, event->host))
        return host;
    }
  return NULL;
}

static void
release_late_lease (InfJobTurn *turn, InfJobHost *found, const InfJobEvent *event)
{
  g_autoptr (InfJobHost) host
      = found ? inf_job_host_ref (found) : inf_job_host_new (event->host, "", 0, 0);

  if (event->lease_id)
    memcpy (host->lease_id, event->lease_id, sizeof host->lease_id);
  host->lease = INF_JOB_LEASE_CLOSING;
  inf_job_turn_act_on (turn, INF_JOB_ACTION_RELEASE, event->round, host);
}

/* A lease that is granted when nobody wants it any more is given back; its end is taken note of.
 * Everything else that comes too late is of no interest. */
void
inf_job_turn_late_answer (InfJobTurn *turn, const InfJobEvent *event)
{
  InfJobHost *host;

  if (!event->host)
    return;
  host = find_past_host (turn->job->hosts, event);
  if (!host)
    host = find_past_host (turn->job->past_hosts, event);
  if (event->type == INF_JOB_EVENT_LEASED)
    release_late_lease (turn, host, event);
  if (!host || host->lease != INF_JOB_LEASE_CLOSING)
    return;
  if (event->type == INF_JOB_EVENT_SETTLED || event->type == INF_JOB_EVENT_SETTLE_FAILED)
    host->lease = INF_JOB_LEASE_CLOSED;
  if (event->type == INF_JOB_EVENT_SETTLE_FAILED)
    inf_job_turn_act_on (turn, INF_JOB_ACTION_ABANDON, event->round, host);
}
