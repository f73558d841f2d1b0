#include "grid/jobs/inf-job-private.h"

#include "grid/jobs/inf-job-text.h"

#include <string.h>

/* The first half of a job: finding hosts and getting all their leases, or none. The drawing is in
 * inf-job.c. */

#define LEASE_TIMEOUT_US (20 * G_USEC_PER_SEC)
#define MAX_REFUSED_ROUNDS 3
#define MAX_NOTE_BYTES 500

/* Returns: (transfer floating) (nullable): that after @first no other hosts were found, for @then
 */
static GVariant *
cause_of_both (GVariant *first, GVariant *then)
{
  return first && then ? g_variant_new_parsed (
             "{'code': <'no-other-hosts'>, 'first': <%@a{sv}>, 'then': <%@a{sv}>}", first, then)
                       : NULL;
}

static void
plan_impossible (InfJobTurn *turn, InfError code, const char *text, GVariant *cause,
                 gboolean can_wait)
{
  InfJob *job = turn->job;

  if (!text || !*text)
    text = "no hosts were found";
  if (can_wait && job->spec->wait_for_hosts)
    inf_job_turn_queue (turn, code, text, cause);
  else if (job->problem)
    {
      g_autofree char *both = g_strdup_printf ("%s; and no other plan: %s", job->problem, text);
      inf_job_turn_end (turn, INF_JOB_OUTCOME_FAILED, job->problem_code, both,
                        cause_of_both (job->problem_cause, cause));
    }
  else
    inf_job_turn_end (turn, INF_JOB_OUTCOME_FAILED, code, text, cause);
}

static void
add_planned_host (InfJob *job, const InfJobHost *planned)
{
  InfJobHost *host = inf_job_host_new (&planned->peer_id, planned->name, planned->slots,
                                       planned->price_ucredits);

  host->index = job->hosts->len + 2;
  host->attempt = job->attempt;
  host->round = job->round;
  host->lease = INF_JOB_LEASE_ASKED;
  g_ptr_array_add (job->hosts, host);
}

static void
planned (InfJobTurn *turn, const InfJobEvent *event)
{
  InfJob *job = turn->job;

  for (guint i = 0; event->hosts && i < event->hosts->len; i++)
    {
      const InfJobHost *host = event->hosts->pdata[i];
      if (!inf_job_get_host (job, &host->peer_id))
        add_planned_host (job, host);
    }
  if (job->hosts->len != job->spec->nodes)
    {
      g_ptr_array_set_size (job->hosts, 0);
      plan_impossible (turn, INF_ERROR_NO_HOSTS, "the plan has another number of hosts", NULL,
                       TRUE);
      return;
    }
  job->worst_case_ucredits = event->ucredits;
  inf_job_turn_enter (turn, INF_JOB_LEASING, LEASE_TIMEOUT_US);
  for (guint i = 0; i < job->hosts->len; i++)
    inf_job_turn_act_on (turn, INF_JOB_ACTION_LEASE, job->round, job->hosts->pdata[i]);
}

void
inf_job_turn_in_planning (InfJobTurn *turn, const InfJobEvent *event)
{
  switch (event->type)
    {
    case INF_JOB_EVENT_PLANNED:
      planned (turn, event);
      return;
    case INF_JOB_EVENT_PLAN_IMPOSSIBLE:
      plan_impossible (turn, event->code, event->text, event->cause, event->flag);
      return;
    case INF_JOB_EVENT_TICK:
      plan_impossible (turn, INF_ERROR_TIMED_OUT, "no plan was made in time", NULL, TRUE);
      return;
    default:
      return;
    }
}

/* Every host has answered: all or none. */
static void
leasing_answered (InfJobTurn *turn)
{
  InfJob *job = turn->job;
  gboolean all_held = TRUE;
  g_autofree char *problem = g_strdup (job->problem);

  for (guint i = 0; i < job->hosts->len; i++)
    {
      const InfJobHost *host = job->hosts->pdata[i];
      all_held = all_held && host->lease == INF_JOB_LEASE_HELD && !host->is_lost;
    }
  if (all_held)
    inf_job_turn_stage (turn);
  else if (job->refusals++ < MAX_REFUSED_ROUNDS)
    inf_job_turn_end (turn, INF_JOB_OUTCOME_REPLAN, job->problem_code, problem, job->problem_cause);
  else if (job->spec->wait_for_hosts)
    inf_job_turn_end (turn, INF_JOB_OUTCOME_QUEUE, job->problem_code, problem, job->problem_cause);
  else
    inf_job_turn_end (turn, INF_JOB_OUTCOME_FAILED, job->problem_code, problem, job->problem_cause);
}

/* A host that has not said no clearly may hold the lease all the same. */
static gboolean
is_clear_refusal (InfError code)
{
  return code != INF_ERROR_UNREACHABLE && code != INF_ERROR_TIMED_OUT && code != INF_ERROR_CANCELLED
         && code != INF_ERROR_FAILED;
}

static void
refused (InfJobTurn *turn, InfJobHost *host, InfError code, const char *text)
{
  InfJob *job = turn->job;
  gboolean is_first = TRUE;

  for (guint i = 0; i < job->hosts->len; i++)
    is_first = is_first && !((InfJobHost *)job->hosts->pdata[i])->note;
  g_free (host->note);
  g_autofree char *note = inf_job_reason_of_host (host, text, "refused the lease");
  host->note = inf_job_text_clean (note, -1, MAX_NOTE_BYTES);
  if (is_first)
    inf_job_set_problem (job, code, host->note, inf_job_cause_of_host ("host-refused", host, text));
  if (is_clear_refusal (code))
    host->lease = INF_JOB_LEASE_NONE;
  else
    host->is_lost = TRUE;
  host->is_ready = TRUE;
  inf_job_exclude (job, &host->peer_id);
}

static void
leasing_deadline (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  for (guint i = 0; i < job->hosts->len; i++)
    {
      InfJobHost *host = job->hosts->pdata[i];
      if (!host->is_ready)
        refused (turn, host, INF_ERROR_TIMED_OUT, "did not answer the request for a lease in time");
    }
}

void
inf_job_turn_in_leasing (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  switch (event->type)
    {
    case INF_JOB_EVENT_LEASED:
      if (!host || host->is_ready || !event->lease_id)
        return;
      memcpy (host->lease_id, event->lease_id, sizeof host->lease_id);
      host->lease = INF_JOB_LEASE_HELD;
      host->is_ready = TRUE;
      break;
    case INF_JOB_EVENT_LEASE_REFUSED:
      if (!host || host->is_ready)
        return;
      refused (turn, host, event->code, event->text);
      break;
    case INF_JOB_EVENT_HOST_DEAD:
    case INF_JOB_EVENT_LINK_LOST:
    case INF_JOB_EVENT_HOST_STOPPED:
      {
        if (!host || host->is_lost)
          return;
        g_autofree char *text = inf_job_reason_of_loss (turn->job, host, event);
        host->is_dead = event->type == INF_JOB_EVENT_HOST_DEAD;
        host->is_lost = TRUE;
        refused (turn, host, INF_ERROR_UNREACHABLE, text);
        break;
      }
    case INF_JOB_EVENT_TICK:
      leasing_deadline (turn);
      break;
    default:
      return;
    }
  if (inf_job_are_hosts_ready (turn->job))
    leasing_answered (turn);
}
