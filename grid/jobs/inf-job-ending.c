#include "grid/jobs/inf-job-private.h"

#include "grid/jobs/inf-job-text.h"

/* The second half of a job: how an attempt ends, from whatever state. The drawing is in inf-job.c.
 *
 * An attempt gets one outcome. The first cause stays, with one exception: where the program ended
 * badly of itself and a host turns out to have died, the host is the reason, for that is what the
 * submitter needs to know (`mpiexec` notices long before the failure detector). */

#define STOP_TIMEOUT_US (10 * G_USEC_PER_SEC)
#define COLLECT_IDLE_TIMEOUT_US (120 * G_USEC_PER_SEC)
#define SETTLE_TIMEOUT_US (20 * G_USEC_PER_SEC)
#define MAX_NOTE_BYTES 500

static void
set_note (InfJobHost *host, const char *text)
{
  g_free (host->note);
  host->note = inf_job_text_clean (text, -1, MAX_NOTE_BYTES);
}

static gboolean
is_contact_lost (InfError code)
{
  return code == INF_ERROR_UNREACHABLE || code == INF_ERROR_TIMED_OUT;
}

static void
finish_round (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  switch (job->outcome)
    {
    case INF_JOB_OUTCOME_RETRY:
      inf_job_set_problem (job, job->error_code, job->reason, job->cause);
      job->attempt++;
      job->refusals = 0;
      inf_job_turn_begin_round (turn);
      return;
    case INF_JOB_OUTCOME_REPLAN:
      inf_job_turn_begin_round (turn);
      return;
    case INF_JOB_OUTCOME_QUEUE:
      {
        g_autofree char *problem = g_strdup (job->problem);
        inf_job_turn_queue (turn, job->problem_code, problem, job->problem_cause);
        return;
      }
    case INF_JOB_OUTCOME_DONE:
      inf_job_turn_enter (turn, INF_JOB_DONE, 0);
      break;
    case INF_JOB_OUTCOME_CANCELLED:
      inf_job_turn_enter (turn, INF_JOB_CANCELLED, 0);
      break;
    default:
      inf_job_turn_enter (turn, INF_JOB_FAILED, 0);
      break;
    }
  inf_job_turn_act (turn, INF_JOB_ACTION_FINISHED);
}

static void
abandon (InfJobTurn *turn, InfJobHost *host, const char *note)
{
  host->lease = INF_JOB_LEASE_CLOSED;
  set_note (host, note);
  inf_job_turn_act_on (turn, INF_JOB_ACTION_ABANDON, turn->job->round, host);
}

static void
finish_round_when_settled (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  for (guint i = 0; i < job->hosts->len; i++)
    if (((InfJobHost *)job->hosts->pdata[i])->lease == INF_JOB_LEASE_CLOSING)
      return;
  finish_round (turn);
}

static gboolean
is_open (const InfJobHost *host)
{
  return host->lease != INF_JOB_LEASE_NONE && host->lease != INF_JOB_LEASE_CLOSED;
}

/* Closes every lease that is held, or may be; without one, the round ends at once. */
void
inf_job_turn_settle (InfJobTurn *turn)
{
  InfJob *job = turn->job;
  InfJobActionType type = job->is_metered ? INF_JOB_ACTION_SETTLE : INF_JOB_ACTION_RELEASE;
  gboolean any_open = FALSE;

  for (guint i = 0; i < job->hosts->len; i++)
    any_open = any_open || is_open (job->hosts->pdata[i]);
  if (any_open)
    inf_job_turn_enter (turn, INF_JOB_SETTLING, SETTLE_TIMEOUT_US);
  for (guint i = 0; i < job->hosts->len; i++)
    {
      InfJobHost *host = job->hosts->pdata[i];
      if (is_open (host) && host->is_dead)
        abandon (turn, host, "died; its lease lapses at the last voucher");
    }
  for (guint i = 0; i < job->hosts->len; i++)
    {
      InfJobHost *host = job->hosts->pdata[i];
      if (!is_open (host))
        continue;
      host->lease = INF_JOB_LEASE_CLOSING;
      inf_job_turn_act_on (turn, type, job->round, host);
    }
  finish_round_when_settled (turn);
}

static gboolean
is_collected (const InfJobHost *host)
{
  return host->is_ready || host->is_lost || host->lease != INF_JOB_LEASE_HELD;
}

static void
settle_when_collected (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  for (guint i = 0; i < job->hosts->len; i++)
    if (job->outcome != INF_JOB_OUTCOME_RETRY && !is_collected (job->hosts->pdata[i]))
      return;
  inf_job_turn_settle (turn);
}

/* Brings the outputs home, also those of a program that failed; but not when it will run again. */
void
inf_job_turn_collect (InfJobTurn *turn)
{
  turn->job->is_stopping = FALSE;
  inf_job_turn_enter (turn, INF_JOB_COLLECTING, COLLECT_IDLE_TIMEOUT_US);
  if (turn->job->outcome != INF_JOB_OUTCOME_RETRY)
    inf_job_turn_act_on_held (turn, INF_JOB_ACTION_COLLECT);
  settle_when_collected (turn);
}

/* Nobody is paid for what comes now, least of all a host that is lost. */
static void
stop_meter (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  for (guint i = 0; job->is_metered && i < job->hosts->len; i++)
    {
      InfJobHost *host = job->hosts->pdata[i];
      if (host->lease == INF_JOB_LEASE_HELD)
        inf_job_turn_act_on (turn, INF_JOB_ACTION_STOP_METER, job->round, host);
    }
}

/* Ends the program on all hosts; the first part of collecting. */
void
inf_job_turn_stop_program (InfJobTurn *turn)
{
  turn->job->is_stopping = TRUE;
  inf_job_turn_enter (turn, INF_JOB_COLLECTING, STOP_TIMEOUT_US);
  stop_meter (turn);
  inf_job_turn_act (turn, INF_JOB_ACTION_STOP_PROGRAM);
}

/* Gives the attempt its outcome and takes the shortest way out of the present state. */
void
inf_job_turn_end (InfJobTurn *turn, InfJobOutcome outcome, InfError code, const char *text,
                  GVariant *cause)
{
  InfJob *job = turn->job;

  job->outcome = outcome;
  inf_job_set_reason (job, code, text, cause);
  switch (job->state)
    {
    case INF_JOB_LAUNCHING:
    case INF_JOB_RUNNING:
      inf_job_turn_stop_program (turn);
      break;
    case INF_JOB_COLLECTING:
      if (!job->is_stopping)
        settle_when_collected (turn);
      break;
    case INF_JOB_SETTLING:
      break;
    default:
      inf_job_turn_settle (turn);
      break;
    }
}

static InfJobOutcome
outcome_of_failure (InfJob *job, const InfJobHost *host)
{
  if (job->attempt > job->spec->retries)
    return INF_JOB_OUTCOME_FAILED;
  if (host)
    inf_job_exclude (job, &host->peer_id);
  return INF_JOB_OUTCOME_RETRY;
}

/* Ends the attempt because of @host, or of this node when there is none: another may do better. */
void
inf_job_turn_fail (InfJobTurn *turn, InfJobHost *host, InfError code, const char *text,
                   GVariant *cause)
{
  inf_job_turn_end (turn, outcome_of_failure (turn->job, host), code, text, cause);
}

/* The program has ended without having been asked to. */
void
inf_job_turn_exited (InfJobTurn *turn, const InfJobEvent *event)
{
  InfJob *job = turn->job;
  InfJobHost *host = event->host ? inf_job_get_host (job, event->host) : NULL;

  job->exit_status = event->status;
  if (event->status == 0)
    {
      job->outcome = INF_JOB_OUTCOME_DONE;
      job->progress = 1;
    }
  else if (host)
    {
      g_autofree char *text = inf_job_reason_of_host (host, event->text, "broke the program off");
      job->outcome = outcome_of_failure (job, host);
      inf_job_set_reason (job, INF_ERROR_JOB_FAILED, text,
                          inf_job_cause_of_host ("host-broke-off", host, event->text));
    }
  else
    {
      InfError code;
      g_autofree char *text = inf_job_reason_of_exit (event->status, event->text, &code);
      job->outcome = INF_JOB_OUTCOME_FAILED;
      job->has_failed_exit = code == INF_ERROR_JOB_FAILED;
      inf_job_set_reason (job, code, text, inf_job_cause_of_exit (event->status, event->text));
    }
  stop_meter (turn);
  inf_job_turn_collect (turn);
}

/* A host is gone after the program has ended. */
static void
blame (InfJobTurn *turn, InfJobHost *host, const char *text, GVariant *cause)
{
  InfJob *job = turn->job;
  g_autoptr (GVariant) owned = g_variant_ref_sink (cause);

  if (job->outcome == INF_JOB_OUTCOME_FAILED && job->has_failed_exit)
    {
      g_autofree char *both = g_strdup_printf ("%s; %s", text, job->reason);
      job->has_failed_exit = FALSE;
      job->outcome = outcome_of_failure (job, host);
      inf_job_set_reason (job, INF_ERROR_JOB_FAILED, both, owned);
    }
  else if (job->outcome == INF_JOB_OUTCOME_DONE && job->state == INF_JOB_COLLECTING)
    {
      job->outcome = outcome_of_failure (job, host);
      inf_job_set_reason (job, INF_ERROR_JOB_FAILED, text, owned);
    }
}

static void
collect_failed (InfJobTurn *turn, InfJobHost *host, InfError code, const char *text)
{
  InfJob *job = turn->job;
  g_autofree char *cause = inf_job_reason_of_host (host, text, "its outputs could not be fetched");

  host->is_ready = TRUE;
  set_note (host, cause);
  if (is_contact_lost (code))
    blame (turn, host, cause, inf_job_cause_of_host ("collecting-failed", host, text));
  else if (job->outcome == INF_JOB_OUTCOME_DONE)
    {
      job->outcome = INF_JOB_OUTCOME_FAILED;
      inf_job_set_reason (job, code, cause,
                          inf_job_cause_of_host ("collecting-failed", host, text));
    }
}

static void
collecting_deadline (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  if (job->is_stopping)
    {
      for (guint i = 0; i < job->hosts->len; i++)
        set_note (job->hosts->pdata[i], "the end of the program was not confirmed in time");
      inf_job_turn_collect (turn);
      return;
    }
  for (guint i = 0; i < job->hosts->len; i++)
    if (!is_collected (job->hosts->pdata[i]))
      collect_failed (turn, job->hosts->pdata[i], INF_ERROR_TIMED_OUT,
                      "its outputs did not arrive in time");
  settle_when_collected (turn);
}

static void
lost_in_collecting (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  g_autofree char *text = inf_job_reason_of_loss (turn->job, host, event);
  gboolean was_collected = is_collected (host);

  host->is_lost = TRUE;
  host->is_dead = host->is_dead || event->type == INF_JOB_EVENT_HOST_DEAD;
  if (turn->job->is_stopping)
    return;
  if (!was_collected || turn->job->has_failed_exit)
    blame (turn, host, text, inf_job_cause_of_loss (turn->job, host, event));
  settle_when_collected (turn);
}

void
inf_job_turn_in_collecting (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  InfJob *job = turn->job;

  switch (event->type)
    {
    case INF_JOB_EVENT_PROGRAM_EXITED:
      if (!job->is_stopping)
        return;
      job->exit_status = event->status;
      inf_job_turn_collect (turn);
      return;
    case INF_JOB_EVENT_COLLECTED:
    case INF_JOB_EVENT_COLLECT_FAILED:
      if (!host || job->is_stopping || is_collected (host))
        return;
      if (event->type == INF_JOB_EVENT_COLLECTED)
        host->is_ready = TRUE;
      else
        collect_failed (turn, host, event->code, event->text);
      job->deadline_us = turn->now_us + COLLECT_IDLE_TIMEOUT_US;
      settle_when_collected (turn);
      return;
    case INF_JOB_EVENT_HOST_DEAD:
    case INF_JOB_EVENT_LINK_LOST:
    case INF_JOB_EVENT_HOST_STOPPED:
      if (host && !host->is_dead)
        lost_in_collecting (turn, host, event);
      return;
    case INF_JOB_EVENT_PROGRESS:
      if (!job->is_stopping)
        job->deadline_us = turn->now_us + COLLECT_IDLE_TIMEOUT_US;
      return;
    case INF_JOB_EVENT_TICK:
      collecting_deadline (turn);
      return;
    default:
      return;
    }
}

static void
lost_in_settling (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  g_autofree char *text = inf_job_reason_of_loss (turn->job, host, event);

  host->is_lost = TRUE;
  blame (turn, host, text, inf_job_cause_of_loss (turn->job, host, event));
  if (event->type != INF_JOB_EVENT_HOST_DEAD)
    return;
  host->is_dead = TRUE;
  if (host->lease == INF_JOB_LEASE_CLOSING)
    abandon (turn, host, "died before it confirmed the settlement");
}

static void
settling_deadline (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  for (guint i = 0; i < job->hosts->len; i++)
    {
      InfJobHost *host = job->hosts->pdata[i];
      if (host->lease == INF_JOB_LEASE_CLOSING)
        abandon (turn, host, "did not confirm the settlement in time; its lease lapses");
    }
}

/* Any host's answer about its lease while leases are being closed. */
static void
lease_answered (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  if (event->type == INF_JOB_EVENT_LEASED)
    inf_job_turn_late_answer (turn, event);
  if (host->lease != INF_JOB_LEASE_CLOSING)
    return;
  if (event->type == INF_JOB_EVENT_SETTLED)
    {
      host->lease = INF_JOB_LEASE_CLOSED;
      if (turn->job->is_metered)
        host->spent_ucredits = event->ucredits;
    }
  else if (event->type == INF_JOB_EVENT_SETTLE_FAILED)
    {
      g_autofree char *note
          = inf_job_reason_of_host (host, event->text, "did not confirm the settlement");
      abandon (turn, host, note);
    }
}

void
inf_job_turn_in_settling (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  switch (event->type)
    {
    case INF_JOB_EVENT_LEASED:
    case INF_JOB_EVENT_SETTLED:
    case INF_JOB_EVENT_SETTLE_FAILED:
      if (host)
        lease_answered (turn, host, event);
      break;
    case INF_JOB_EVENT_HOST_DEAD:
    case INF_JOB_EVENT_LINK_LOST:
      if (host && !host->is_dead)
        lost_in_settling (turn, host, event);
      break;
    case INF_JOB_EVENT_TICK:
      settling_deadline (turn);
      break;
    default:
      return;
    }
  finish_round_when_settled (turn);
}

/* Somebody wants it to end. What has been decided stays: a job that failed or is complete does not
 * become a cancelled one, but what it still waits for is cut short. */
void
inf_job_turn_cancel (InfJobTurn *turn, const char *text)
{
  InfJob *job = turn->job;
  InfJobOutcome outcome = job->outcome;
  gboolean is_decided = outcome == INF_JOB_OUTCOME_FAILED || outcome == INF_JOB_OUTCOME_CANCELLED
                        || (outcome == INF_JOB_OUTCOME_DONE && job->state == INF_JOB_SETTLING);

  g_autoptr (GVariant) cause = g_variant_ref_sink (inf_job_cause_of_host ("cancelled", NULL, text));

  if (!text || !*text)
    text = "cancelled by the submitter";
  if (job->state == INF_JOB_COLLECTING && !job->is_stopping)
    {
      if (!is_decided)
        {
          job->outcome = INF_JOB_OUTCOME_CANCELLED;
          inf_job_set_reason (job, INF_ERROR_CANCELLED, text, cause);
        }
      inf_job_turn_settle (turn);
    }
  else if (!is_decided)
    inf_job_turn_end (turn, INF_JOB_OUTCOME_CANCELLED, INF_ERROR_CANCELLED, text, cause);
}
