#include "grid/jobs/inf-job-runner-private.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-lease-dir.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* The driver of one job: feeds the core with events, writes the job to its store before the
 * actions that come of them, and arms the timer for the core's next deadline. */

#define STORE_RETRY_S 2
/* A restarted node hears of its peers again within a second or two. */
#define RESTART_PATIENCE_S 5

G_DEFINE_FINAL_TYPE (InfJobRunner, inf_job_runner, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LOG_GREW,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
begin_round (InfJobRunner *self)
{
  inf_job_runner_forget_stop (self);
  inf_job_runner_drop_launcher (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_hash_table_remove_all (self->clients);
  g_clear_pointer (&self->plan, inf_plan_free);
  g_clear_pointer (&self->staged, inf_store_pins_free);
  g_clear_pointer (&self->participants, g_ptr_array_unref);
  self->is_stopping = self->program_is_running = FALSE;
  self->n_orteds = 0;
}

static void
inf_job_runner_finalize (GObject *object)
{
  InfJobRunner *self = INF_JOB_RUNNER (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->store_timer, g_source_remove);
  g_clear_handle_id (&self->restart_timer, g_source_remove);
  begin_round (self);
  g_ptr_array_unref (self->waiting_actions);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->clients, g_hash_table_unref);
  g_clear_pointer (&self->log, inf_job_log_close);
  g_clear_pointer (&self->job, inf_job_unref);
  G_OBJECT_CLASS (inf_job_runner_parent_class)->finalize (object);
}

static void
inf_job_runner_class_init (InfJobRunnerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->finalize = inf_job_runner_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOG_GREW]
      = g_signal_new ("log-grew", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED]
      = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_job_runner_init (InfJobRunner *self)
{
  self->cancellable = g_cancellable_new ();
  self->waiting_actions = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_action_free);
  self->clients
      = g_hash_table_new_full (inf_peer_id_hash, inf_peer_id_equal, g_free, g_object_unref);
}

/**
 * inf_job_runner_new:
 * @context: (transfer none): outlives the runner
 * @job: a job in the store that is in no final state
 * @sink: takes the outputs
 * @sink_data: for @sink
 *
 * Returns: (transfer full): a runner that has done nothing yet
 */
InfJobRunner *
inf_job_runner_new (const InfJobContext *context, InfJob *job, InfJobSink sink, gpointer sink_data)
{
  InfJobRunner *self = g_object_new (INF_TYPE_JOB_RUNNER, NULL);

  self->context = context;
  self->job = inf_job_ref (job);
  self->sink = sink;
  self->sink_data = sink_data;
  return self;
}

InfJob *
inf_job_runner_get_job (InfJobRunner *runner)
{
  return runner->job;
}

guint64
inf_job_runner_get_log_size_bytes (InfJobRunner *runner)
{
  return runner->log ? inf_job_log_get_size_bytes (runner->log) : 0;
}

char *
inf_job_runner_dup_log_path (const InfJobContext *context, const InfJob *job)
{
  g_autofree char *file = g_strconcat (inf_job_get_id_text (job), ".log", NULL);

  return g_build_filename (context->state_dir, "logs", file, NULL);
}

InfJobAnswer *
inf_job_answer_new (InfJobRunner *runner, guint round, const InfPeerId *host)
{
  InfJobAnswer *answer = g_new0 (InfJobAnswer, 1);

  answer->runner = g_object_ref (runner);
  answer->round = round;
  if (host)
    answer->host = *host;
  return answer;
}

void
inf_job_answer_free (InfJobAnswer *answer)
{
  g_object_unref (answer->runner);
  g_free (answer);
}

/* Errors of GLib have numbers of their own. */
InfError
inf_job_runner_error_code (const GError *error)
{
  return error->domain == INF_ERROR ? (InfError)error->code : INF_ERROR_FAILED;
}

/* Tells the core what came of an action, and frees nothing. */
void
inf_job_runner_answer (InfJobAnswer *answer, InfJobEventType type, const GError *error)
{
  InfJobEvent event = { .type = type, .round = answer->round, .host = &answer->host };

  if (error)
    {
      event.code = inf_job_runner_error_code (error);
      event.text = error->message;
    }
  inf_job_runner_handle (answer->runner, &event);
}

InfLeaseClient *
inf_job_runner_get_client (InfJobRunner *runner, const InfPeerId *host)
{
  return g_hash_table_lookup (runner->clients, host);
}

static void
finish (InfJobRunner *self)
{
  inf_job_runner_drop_launcher (self);
  g_clear_pointer (&self->staged, inf_store_pins_free);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

static void
take_action (InfJobRunner *self, const InfJobAction *action)
{
  g_debug ("job %s: %s", inf_job_get_name (self->job), inf_job_action_type_to_text (action->type));
  switch (action->type)
    {
    case INF_JOB_ACTION_PLAN:
      begin_round (self);
      inf_job_runner_plan (self, action->round);
      break;
    case INF_JOB_ACTION_LEASE:
      inf_job_runner_lease (self, action);
      break;
    case INF_JOB_ACTION_STAGE:
      inf_job_runner_stage (self, action);
      break;
    case INF_JOB_ACTION_CHECK:
      inf_job_runner_prepare_launcher (self);
      inf_job_runner_check (self, action);
      break;
    case INF_JOB_ACTION_LAUNCH:
      inf_job_runner_launch (self, action);
      break;
    case INF_JOB_ACTION_START_METER:
      inf_job_runner_start_meter (self, action);
      break;
    case INF_JOB_ACTION_STOP_METER:
      inf_job_runner_stop_meter (self, action);
      break;
    case INF_JOB_ACTION_STOP_PROGRAM:
      inf_job_runner_stop_program (self, action);
      break;
    case INF_JOB_ACTION_COLLECT:
      inf_job_runner_collect (self, action);
      break;
    case INF_JOB_ACTION_SETTLE:
      /* What is still being collected is not waited for any more. */
      g_cancellable_cancel (self->cancellable);
      inf_job_runner_settle (self, action);
      break;
    case INF_JOB_ACTION_RELEASE:
      inf_job_runner_release (self, action);
      break;
    case INF_JOB_ACTION_ABANDON:
      inf_job_runner_abandon (self, action);
      break;
    case INF_JOB_ACTION_FINISHED:
      finish (self);
      break;
    }
}

static gboolean
on_timer (gpointer user_data)
{
  InfJobRunner *self = user_data;
  InfJobEvent event = { .type = INF_JOB_EVENT_TICK };

  self->timer = 0;
  inf_job_runner_handle (self, &event);
  return G_SOURCE_REMOVE;
}

static void
arm_timer (InfJobRunner *self)
{
  gint64 deadline_us = inf_job_get_deadline_us (self->job);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (deadline_us == G_MAXINT64)
    return;
  gint64 wait_ms = (MAX (deadline_us - g_get_monotonic_time (), 0) + 999) / 1000;
  self->timer = g_timeout_add ((guint)MIN (wait_ms, G_MAXINT32), on_timer, self);
}

static void flush (InfJobRunner *self);

static gboolean
on_store_timer (gpointer user_data)
{
  g_autoptr (InfJobRunner) self = g_object_ref (user_data);

  self->store_timer = 0;
  flush (self);
  return G_SOURCE_REMOVE;
}

/* One answer of several, that nothing is done for yet: were it lost with the machine's power, the
 * restarted node would ask again. */
static gboolean
write_down (InfJobRunner *self, GError **error)
{
  if (self->waiting_actions->len > 0)
    return inf_job_store_put (self->context->job_store, self->job, error);
  return inf_job_store_note (self->context->job_store, self->job, error);
}

static gboolean
store (InfJobRunner *self)
{
  g_autoptr (GError) error = NULL;

  if (write_down (self, &error))
    return TRUE;
  g_warning ("job %s can't be written to its store: %s", inf_job_get_name (self->job),
             error->message);
  if (self->store_timer == 0)
    self->store_timer = g_timeout_add_seconds (STORE_RETRY_S, on_store_timer, self);
  return FALSE;
}

static void
take_waiting_actions (InfJobRunner *self)
{
  g_autoptr (GPtrArray) actions = g_steal_pointer (&self->waiting_actions);

  self->waiting_actions = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_action_free);
  for (guint i = 0; i < actions->len; i++)
    take_action (self, actions->pdata[i]);
}

/* What a job does next is written down before it is done: a restarted node must know of every lease
 * that it asked for. Where the store can't be written, a full disk say, the job waits for it.
 * Actions are taken in the order in which they were given: those that come of one that is being
 * taken, a payment that can't be made for example, wait for the others. */
static void
flush (InfJobRunner *self)
{
  if (self->is_flushing)
    {
      self->must_flush_again = TRUE;
      return;
    }
  self->is_flushing = TRUE;
  do
    {
      self->must_flush_again = FALSE;
      if (!store (self))
        break;
      take_waiting_actions (self);
    }
  while (self->must_flush_again);
  self->is_flushing = FALSE;
}

/* What a program says, and spending, change often and are worth no disk write of their own. */
static gboolean
is_worth_storing (InfJobEventType type)
{
  return type != INF_JOB_EVENT_PROGRESS && type != INF_JOB_EVENT_SUMMARY
         && type != INF_JOB_EVENT_SPENT;
}

/**
 * inf_job_runner_handle:
 * @runner: a runner
 * @event: what happened; borrowed for the call
 */
void
inf_job_runner_handle (InfJobRunner *runner, const InfJobEvent *event)
{
  g_autoptr (InfJobRunner) keep = g_object_ref (runner);
  g_autoptr (GPtrArray) actions
      = inf_job_handle (runner->job, g_get_monotonic_time (), g_get_real_time (), event);

  g_ptr_array_extend_and_steal (runner->waiting_actions, g_steal_pointer (&actions));
  arm_timer (runner);
  if (runner->waiting_actions->len > 0 || is_worth_storing (event->type))
    flush (runner);
  g_signal_emit (runner, signals[SIGNAL_CHANGED], 0);
}

static void
on_line (const InfProgressLine *line, gpointer user_data)
{
  InfJobRunner *self = user_data;
  InfJobEvent event = { .text = line->text, .fraction = line->fraction };

  if (line->kind == INF_PROGRESS_PLAIN)
    return;
  event.type = line->kind == INF_PROGRESS_STEP ? INF_JOB_EVENT_PROGRESS : INF_JOB_EVENT_SUMMARY;
  inf_job_runner_handle (self, &event);
}

static gboolean
open_log (InfJobRunner *self, GError **error)
{
  g_autofree char *path = inf_job_runner_dup_log_path (self->context, self->job);
  g_autofree char *dir = g_path_get_dirname (path);

  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", dir, g_strerror (errno));
      return FALSE;
    }
  self->log = inf_job_log_open (path, on_line, self, error);
  if (self->log)
    inf_job_set_log_path (self->job, path);
  return self->log != NULL;
}

static void
begin (InfJobRunner *self, InfJobEventType type)
{
  InfJobEvent event = { .type = type };

  g_clear_handle_id (&self->restart_timer, g_source_remove);
  inf_job_runner_handle (self, &event);
}

static gboolean
on_restart_timer (gpointer user_data)
{
  InfJobRunner *self = user_data;

  self->restart_timer = 0;
  begin (self, INF_JOB_EVENT_RESTARTED);
  return G_SOURCE_REMOVE;
}

static gboolean
are_hosts_known (InfJobRunner *self)
{
  GPtrArray *hosts = inf_job_get_hosts (self->job);

  for (guint i = 0; i < hosts->len; i++)
    {
      const InfJobHost *host = hosts->pdata[i];
      g_autoptr (InfPeerInfo) info = inf_gossip_lookup (self->context->gossip, &host->peer_id);
      if (!info)
        return FALSE;
    }
  return TRUE;
}

/**
 * inf_job_runner_begin:
 * @runner: a new runner
 * @is_restart: whether an earlier run of this node left the job unfinished
 *
 * A restarted job has leases to close, and so waits a little until its hosts can be found.
 */
void
inf_job_runner_begin (InfJobRunner *runner, gboolean is_restart)
{
  g_autoptr (GError) error = NULL;

  if (!open_log (runner, &error))
    g_warning ("job %s has no log: %s", inf_job_get_name (runner->job), error->message);
  if (!is_restart)
    begin (runner, INF_JOB_EVENT_SUBMITTED);
  else if (are_hosts_known (runner))
    begin (runner, INF_JOB_EVENT_RESTARTED);
  else
    runner->restart_timer = g_timeout_add_seconds (RESTART_PATIENCE_S, on_restart_timer, runner);
}

void
inf_job_runner_cancel (InfJobRunner *runner, const char *reason)
{
  InfJobEvent event = { .type = INF_JOB_EVENT_CANCEL_REQUESTED, .text = reason };

  if (runner->restart_timer > 0)
    begin (runner, INF_JOB_EVENT_RESTARTED);
  /* What is under way is given up; what the end of the job takes is not. */
  if (inf_job_get_state (runner->job) < INF_JOB_COLLECTING)
    {
      g_cancellable_cancel (runner->cancellable);
      g_clear_object (&runner->cancellable);
      runner->cancellable = g_cancellable_new ();
    }
  inf_job_runner_handle (runner, &event);
}

void
inf_job_runner_hosts_changed (InfJobRunner *runner)
{
  InfJobEvent event = { .type = INF_JOB_EVENT_HOSTS_CHANGED };

  if (runner->restart_timer > 0)
    {
      if (are_hosts_known (runner))
        begin (runner, INF_JOB_EVENT_RESTARTED);
      return;
    }
  if (inf_job_get_state (runner->job) == INF_JOB_QUEUED)
    inf_job_runner_handle (runner, &event);
}

/**
 * inf_job_runner_host_lost:
 * @runner: a runner
 * @peer_id: any peer
 * @is_dead: whether gossip declared it dead, or only the link to it broke
 * @how: (nullable): how that was noticed
 */
void
inf_job_runner_host_lost (InfJobRunner *runner, const InfPeerId *peer_id, gboolean is_dead,
                          const char *how)
{
  InfJobEvent event = {
    .type = is_dead ? INF_JOB_EVENT_HOST_DEAD : INF_JOB_EVENT_LINK_LOST,
    .host = peer_id,
    .text = how,
  };

  if (runner->restart_timer == 0 && inf_job_get_host (runner->job, peer_id))
    inf_job_runner_handle (runner, &event);
}
