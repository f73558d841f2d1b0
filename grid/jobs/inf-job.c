#include "grid/jobs/inf-job-private.h"

#include "grid/jobs/inf-job-text.h"

/* A job from its submission to its end, without I/O: events and the time go in, actions and the
 * next deadline come out.
 *
 *            ┌────────────────────── no hosts, the job waits ─────┐
 *            ▼                                                    │
 *  ──▶ QUEUED ──hosts changed──▶ PLANNING ──planned──▶ LEASING ──all leased──▶ STAGING
 *                                 ▲    │                  │                      │
 *       another round: a lease    │    │ no hosts         │ refused              │ all staged
 *       refused, an attempt spoilt│    ▼                  ▼                      ▼
 *                              ┌──┴─ end ◀─────────── SETTLING ◀── failed ─── CHECKING
 *                              ▼                       ▲      ▲                  │
 *            DONE, FAILED, CANCELLED       all settled,│      │collected, or     │ all checked
 *                                          or too late │      │nothing to collect▼
 *                                                      │  COLLECTING ◀──────── LAUNCHING
 *                                                      │      ▲  stop or exit    │ launched
 *                                                      │      │                  ▼
 *                                                      └──────┴── stop, exit ─ RUNNING
 *
 *  - Every state but QUEUED has a deadline, after which what is missing counts as failed; QUEUED is
 *    planned anew at its deadline, and given up after a week.
 *  - Whatever goes wrong after LEASING began leads through SETTLING: a lease that a host holds, or
 *    may hold because its answer is missing, is settled, released or abandoned before the job moves
 *    on.
 *  - COLLECTING begins by stopping the program, unless it has ended of itself.
 *  - A round is one plan; an answer carries its action's round, so that late ones are known. A
 *    refused lease costs a round, a lost host an attempt.
 *  - The caller writes the job to its store after inf_job_handle() and before it takes the actions.
 */

#define STAGE_IDLE_TIMEOUT_US (120 * G_USEC_PER_SEC)
#define CHECK_TIMEOUT_US (30 * G_USEC_PER_SEC)
#define LAUNCH_TIMEOUT_US (60 * G_USEC_PER_SEC)
#define REPLAN_PAUSE_US (1 * G_USEC_PER_SEC)
#define REPLAN_INTERVAL_US (30 * G_USEC_PER_SEC)
#define MAX_QUEUED_US (7 * 24 * 3600 * (gint64)G_USEC_PER_SEC)
#define MAX_PROGRESS_BYTES 256

/**
 * inf_job_new:
 * @id: 16 random bytes
 * @name: its name, unique on this node
 * @spec: what to run; valid
 * @unix_us: now
 *
 * Returns: (transfer full): a job that begins with %INF_JOB_EVENT_SUBMITTED
 */
InfJob *
inf_job_new (const guint8 id[INF_JOB_ID_SIZE_BYTES], const char *name, InfJobSpec *spec,
             gint64 unix_us)
{
  InfJob *job = inf_job_alloc (id, name, spec);

  job->submitted_unix_us = unix_us;
  job->steps[INF_JOB_QUEUED].began_unix_us = unix_us;
  return job;
}

static void
begin_step (InfJobTurn *turn, InfJobState state, gint64 timeout_us, InfJobActionType type)
{
  inf_job_turn_enter (turn, state, timeout_us);
  inf_job_turn_act_on_held (turn, type);
}

/* The leases are held. */
void
inf_job_turn_stage (InfJobTurn *turn)
{
  begin_step (turn, INF_JOB_STAGING, STAGE_IDLE_TIMEOUT_US, INF_JOB_ACTION_STAGE);
}

static void
step_done (InfJobTurn *turn)
{
  switch (turn->job->state)
    {
    case INF_JOB_STAGING:
      begin_step (turn, INF_JOB_CHECKING, CHECK_TIMEOUT_US, INF_JOB_ACTION_CHECK);
      return;
    case INF_JOB_CHECKING:
      begin_step (turn, INF_JOB_LAUNCHING, LAUNCH_TIMEOUT_US, INF_JOB_ACTION_LAUNCH);
      return;
    default:
      turn->job->is_metered = TRUE;
      begin_step (turn, INF_JOB_RUNNING, (gint64)turn->job->spec->time_limit_us,
                  INF_JOB_ACTION_START_METER);
      return;
    }
}

static void
host_ready (InfJobTurn *turn, InfJobHost *host)
{
  if (!host)
    return;
  host->is_ready = TRUE;
  if (turn->job->state == INF_JOB_STAGING)
    turn->job->deadline_us = turn->now_us + STAGE_IDLE_TIMEOUT_US;
  if (inf_job_are_hosts_ready (turn->job))
    step_done (turn);
}

static void
step_failed (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  static const char *const otherwise[INF_JOB_N_STEPS] = {
    [INF_JOB_STAGING] = "the files could not be brought there",
    [INF_JOB_CHECKING] = "is not fit to run the program",
    [INF_JOB_LAUNCHING] = "the program could not be started",
  };
  static const char *const codes[INF_JOB_N_STEPS] = {
    [INF_JOB_STAGING] = "staging-failed",
    [INF_JOB_CHECKING] = "checking-failed",
    [INF_JOB_LAUNCHING] = "launching-failed",
  };
  g_autofree char *text = inf_job_reason_of_host (host, event->text, otherwise[turn->job->state]);
  GVariant *cause = inf_job_cause_of_host (codes[turn->job->state], host, event->text);

  if (host)
    inf_job_turn_fail (turn, host, event->code, text, cause);
  else
    inf_job_turn_end (turn, INF_JOB_OUTCOME_FAILED, event->code, text, cause);
}

static InfJobHost *
first_unready (const InfJob *job)
{
  for (guint i = 0; i < job->hosts->len; i++)
    if (!((InfJobHost *)job->hosts->pdata[i])->is_ready)
      return job->hosts->pdata[i];
  return NULL;
}

static void
step_deadline (InfJobTurn *turn)
{
  InfJob *job = turn->job;
  InfJobHost *host = first_unready (job);

  if (job->state == INF_JOB_RUNNING)
    {
      g_autofree char *text = g_strdup_printf ("stopped at its time limit of %.1f s",
                                               (double)job->spec->time_limit_us / G_USEC_PER_SEC);
      inf_job_turn_end (
          turn, INF_JOB_OUTCOME_FAILED, INF_ERROR_TIMED_OUT, text,
          g_variant_new_parsed ("{'code': <'time-limit'>, 'us': <%t>}", job->spec->time_limit_us));
    }
  else if (job->state == INF_JOB_LAUNCHING)
    inf_job_turn_fail (turn, NULL, INF_ERROR_TIMED_OUT, "the program did not start in time",
                       inf_job_cause ("launching-late"));
  else
    {
      g_autofree char *text = inf_job_reason_of_host (host, NULL,
                                                      job->state == INF_JOB_STAGING
                                                          ? "the files did not arrive there in time"
                                                          : "did not answer the check in time");
      inf_job_turn_fail (
          turn, host, INF_ERROR_TIMED_OUT, text,
          inf_job_cause_of_host (job->state == INF_JOB_STAGING ? "staging-late" : "checking-late",
                                 host, NULL));
    }
}

static void
host_lost (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  if (!host || host->is_lost)
    return;
  g_autofree char *text = inf_job_reason_of_loss (turn->job, host, event);
  GVariant *cause = inf_job_cause_of_loss (turn->job, host, event);
  host->is_lost = TRUE;
  host->is_dead = event->type == INF_JOB_EVENT_HOST_DEAD;
  inf_job_turn_fail (turn, host, INF_ERROR_JOB_FAILED, text, cause);
}

/* Whether @event answers the action that the present state waits for. */
static gboolean
answers_step (InfJobState state, InfJobEventType type)
{
  switch (state)
    {
    case INF_JOB_STAGING:
      return type == INF_JOB_EVENT_STAGED || type == INF_JOB_EVENT_STAGE_FAILED;
    case INF_JOB_CHECKING:
      return type == INF_JOB_EVENT_CHECKED || type == INF_JOB_EVENT_CHECK_FAILED;
    case INF_JOB_LAUNCHING:
      return type == INF_JOB_EVENT_LAUNCHED || type == INF_JOB_EVENT_LAUNCH_FAILED
             || type == INF_JOB_EVENT_PROGRAM_EXITED;
    default:
      return type == INF_JOB_EVENT_PROGRAM_EXITED;
    }
}

static void
answered (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  switch (event->type)
    {
    case INF_JOB_EVENT_STAGED:
    case INF_JOB_EVENT_CHECKED:
      host_ready (turn, host);
      return;
    case INF_JOB_EVENT_LAUNCHED:
      step_done (turn);
      return;
    case INF_JOB_EVENT_PROGRAM_EXITED:
      inf_job_turn_exited (turn, event);
      return;
    default:
      step_failed (turn, host, event);
      return;
    }
}

/* STAGING, CHECKING, LAUNCHING and RUNNING: the hosts are ours, and any trouble ends the attempt.
 */
static void
in_step (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event)
{
  InfJob *job = turn->job;

  switch (event->type)
    {
    case INF_JOB_EVENT_HOST_DEAD:
    case INF_JOB_EVENT_LINK_LOST:
    case INF_JOB_EVENT_HOST_STOPPED:
      host_lost (turn, host, event);
      return;
    case INF_JOB_EVENT_PROGRESS:
      if (job->state == INF_JOB_STAGING)
        job->deadline_us = turn->now_us + STAGE_IDLE_TIMEOUT_US;
      return;
    case INF_JOB_EVENT_TICK:
      step_deadline (turn);
      return;
    default:
      if (answers_step (job->state, event->type))
        answered (turn, host, event);
      return;
    }
}

static void
in_queued (InfJobTurn *turn, const InfJobEvent *event)
{
  InfJob *job = turn->job;

  switch (event->type)
    {
    case INF_JOB_EVENT_SUBMITTED:
      if (job->round == 0)
        inf_job_turn_begin_round (turn);
      return;
    case INF_JOB_EVENT_HOSTS_CHANGED:
      /* Many peers may change at once; one plan serves for all. */
      if (job->round > 0)
        job->deadline_us
            = MIN (job->deadline_us,
                   MAX (turn->now_us, job->deadline_us - REPLAN_INTERVAL_US + REPLAN_PAUSE_US));
      if (job->round > 0 && turn->now_us >= job->deadline_us)
        inf_job_turn_begin_round (turn);
      return;
    case INF_JOB_EVENT_TICK:
      if (turn->unix_us - job->submitted_unix_us > MAX_QUEUED_US)
        {
          g_autofree char *text
              = g_strdup_printf ("waited a week for hosts: %s", job->reason ? job->reason : "none");
          inf_job_turn_end (turn, INF_JOB_OUTCOME_FAILED, INF_ERROR_NO_HOSTS, text,
                            inf_job_cause ("waited-too-long"));
        }
      else
        inf_job_turn_begin_round (turn);
      return;
    default:
      return;
    }
}

/* The node has come back: what ran is gone, and what was asked may or may not have been done. */
static void
restarted (InfJobTurn *turn)
{
  InfJob *job = turn->job;

  for (guint i = 0; i < job->past_hosts->len; i++)
    {
      InfJobHost *host = job->past_hosts->pdata[i];
      if (host->lease == INF_JOB_LEASE_CLOSING)
        inf_job_turn_act_on (turn, INF_JOB_ACTION_RELEASE, host->round, host);
    }
  switch (job->state)
    {
    case INF_JOB_QUEUED:
    case INF_JOB_PLANNING:
      inf_job_turn_begin_round (turn);
      return;
    case INF_JOB_LEASING:
    case INF_JOB_STAGING:
    case INF_JOB_CHECKING:
      inf_job_turn_end (turn, INF_JOB_OUTCOME_REPLAN, INF_ERROR_FAILED,
                        "this node was restarted before the program had begun",
                        inf_job_cause ("restarted"));
      return;
    case INF_JOB_LAUNCHING:
    case INF_JOB_RUNNING:
      inf_job_turn_fail (turn, NULL, INF_ERROR_JOB_FAILED,
                         "this node was restarted while the program ran",
                         inf_job_cause ("restarted"));
      return;
    case INF_JOB_COLLECTING:
      if (job->is_stopping)
        inf_job_turn_stop_program (turn);
      else
        inf_job_turn_collect (turn);
      return;
    default:
      inf_job_turn_settle (turn);
      return;
    }
}

static void
credits_out (InfJobTurn *turn, const InfJobEvent *event)
{
  const char *text = event->text && *event->text ? event->text : "the credits ran out";

  if (turn->job->state >= INF_JOB_PLANNING && turn->job->state <= INF_JOB_RUNNING)
    inf_job_turn_end (turn, INF_JOB_OUTCOME_FAILED, INF_ERROR_NO_CREDITS, text,
                      inf_job_cause ("credits-out"));
}

static void
take_note (InfJob *job, const InfJobEvent *event)
{
  InfJobHost *host = event->host ? inf_job_get_host (job, event->host) : NULL;

  if (event->type == INF_JOB_EVENT_SPENT && host && job->is_metered)
    host->spent_ucredits = MAX (host->spent_ucredits, event->ucredits);
  if (event->type == INF_JOB_EVENT_SUMMARY && event->text)
    {
      g_free (job->summary);
      job->summary = inf_job_text_clean (event->text, -1, MAX_PROGRESS_BYTES);
    }
  if (event->type != INF_JOB_EVENT_PROGRESS)
    return;
  if (job->state == INF_JOB_RUNNING && event->fraction >= 0 && event->fraction <= 1)
    job->progress = event->fraction;
  g_free (job->progress_text);
  job->progress_text
      = event->text ? inf_job_text_clean (event->text, -1, MAX_PROGRESS_BYTES) : NULL;
}

static gboolean
is_answer (InfJobEventType type)
{
  switch (type)
    {
    case INF_JOB_EVENT_PLANNED:
    case INF_JOB_EVENT_PLAN_IMPOSSIBLE:
    case INF_JOB_EVENT_LEASED:
    case INF_JOB_EVENT_LEASE_REFUSED:
    case INF_JOB_EVENT_STAGED:
    case INF_JOB_EVENT_STAGE_FAILED:
    case INF_JOB_EVENT_CHECKED:
    case INF_JOB_EVENT_CHECK_FAILED:
    case INF_JOB_EVENT_LAUNCHED:
    case INF_JOB_EVENT_LAUNCH_FAILED:
    case INF_JOB_EVENT_PROGRAM_EXITED:
    case INF_JOB_EVENT_COLLECTED:
    case INF_JOB_EVENT_COLLECT_FAILED:
    case INF_JOB_EVENT_SETTLED:
    case INF_JOB_EVENT_SETTLE_FAILED:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Whether @event belongs to the present round, and is not its deadline's tick before its time. */
static gboolean
is_due (const InfJob *job, gint64 now_us, const InfJobEvent *event)
{
  if (event->type == INF_JOB_EVENT_TICK)
    return now_us >= job->deadline_us;
  if (job->state == INF_JOB_QUEUED && is_answer (event->type))
    return FALSE;
  return event->round == job->round || (event->round == 0 && !is_answer (event->type));
}

static void
handle_in_state (InfJobTurn *turn, const InfJobEvent *event)
{
  InfJob *job = turn->job;
  InfJobHost *host = event->host ? inf_job_get_host (job, event->host) : NULL;

  switch (job->state)
    {
    case INF_JOB_QUEUED:
      in_queued (turn, event);
      return;
    case INF_JOB_PLANNING:
      inf_job_turn_in_planning (turn, event);
      return;
    case INF_JOB_LEASING:
      inf_job_turn_in_leasing (turn, host, event);
      return;
    case INF_JOB_COLLECTING:
      inf_job_turn_in_collecting (turn, host, event);
      return;
    case INF_JOB_SETTLING:
      inf_job_turn_in_settling (turn, host, event);
      return;
    default:
      in_step (turn, host, event);
      return;
    }
}

static void
dispatch (InfJobTurn *turn, const InfJobEvent *event)
{
  InfJob *job = turn->job;

  if (inf_job_is_finished (job) || !is_due (job, turn->now_us, event))
    {
      if (is_answer (event->type))
        inf_job_turn_late_answer (turn, event);
      return;
    }
  switch (event->type)
    {
    case INF_JOB_EVENT_CANCEL_REQUESTED:
      inf_job_turn_cancel (turn, event->text);
      return;
    case INF_JOB_EVENT_RESTARTED:
      restarted (turn);
      return;
    case INF_JOB_EVENT_CREDITS_OUT:
      credits_out (turn, event);
      return;
    default:
      take_note (job, event);
      handle_in_state (turn, event);
      return;
    }
}

/**
 * inf_job_handle:
 * @job: a job
 * @now_us: the monotonic time
 * @unix_us: the time of day, for the record
 * @event: what happened
 *
 * Moves the job on. The caller writes it to the store, then takes the actions in order; each is
 * answered by the events that #InfJobActionType names, with the action's round. An event that does
 * not fit the state changes nothing.
 *
 * Returns: (transfer full) (element-type InfJobAction): what is to be done; may be empty
 */
GPtrArray *
inf_job_handle (InfJob *job, gint64 now_us, gint64 unix_us, const InfJobEvent *event)
{
  InfJobTurn turn = { .job = job, .now_us = now_us, .unix_us = unix_us };

  turn.actions = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_action_free);
  dispatch (&turn, event);
  return turn.actions;
}

/**
 * inf_job_get_deadline_us:
 * @job: a job
 *
 * Returns: the monotonic time at which %INF_JOB_EVENT_TICK is due; %G_MAXINT64: never
 */
gint64
inf_job_get_deadline_us (const InfJob *job)
{
  return job->deadline_us;
}
