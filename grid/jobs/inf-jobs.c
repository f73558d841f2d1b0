#include "grid/jobs/inf-jobs.h"

#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "grid/jobs/inf-job-messages.h"
#include "grid/jobs/inf-job-planner.h"

#include <sodium.h>
#include <string.h>

#define DELIVER_TIMEOUT_MS 10000
#define DELIVER_AGAIN_FIRST_S 2
#define DELIVER_AGAIN_MOST_S 300
#define MAX_RESUMED 10000

struct _InfJobs
{
  GObject parent;

  const InfJobContext *context;
  InfJobSink sink;
  InfJobFinished finished;
  gpointer sink_data;
  gboolean is_closing; /* no job is taken any more */
  GHashTable *runners; /* a job's id text → InfJobRunner, of the jobs that are under way */
  GPtrArray *waiters;  /* of GTask: cancellations */
  guint deliver_timer; /* above 0 while settlements wait to be delivered again */
  guint deliver_wait_s;
};

G_DEFINE_FINAL_TYPE (InfJobs, inf_jobs, G_TYPE_OBJECT)

enum
{
  SIGNAL_JOB_CHANGED,
  SIGNAL_LOG_GREW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_jobs_finalize (GObject *object)
{
  InfJobs *self = INF_JOBS (object);

  g_clear_handle_id (&self->deliver_timer, g_source_remove);
  g_hash_table_unref (self->runners);
  g_ptr_array_unref (self->waiters);
  G_OBJECT_CLASS (inf_jobs_parent_class)->finalize (object);
}

static void
inf_jobs_class_init (InfJobsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_jobs_finalize;
  signals[SIGNAL_JOB_CHANGED] = g_signal_new ("job-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_LOG_GREW] = g_signal_new ("log-grew", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT64);
}

static void
inf_jobs_init (InfJobs *self)
{
  self->runners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->deliver_wait_s = DELIVER_AGAIN_FIRST_S;
}

/**
 * inf_jobs_new:
 * @context: (transfer none): outlives the jobs
 * @sink: takes the outputs of a host
 * @finished: (nullable): called when a job is over
 * @sink_data: for both
 *
 * Returns: (transfer full): the jobs of this node
 */
InfJobs *
inf_jobs_new (const InfJobContext *context, InfJobSink sink, InfJobFinished finished,
              gpointer sink_data)
{
  InfJobs *self = g_object_new (INF_TYPE_JOBS, NULL);

  self->context = context;
  self->sink = sink;
  self->finished = finished;
  self->sink_data = sink_data;
  return self;
}

static void
on_changed (InfJobRunner *runner, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_JOB_CHANGED], 0, inf_job_runner_get_job (runner));
}

static void
on_log_grew (InfJobRunner *runner, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_LOG_GREW], 0, inf_job_runner_get_job (runner),
                 inf_job_runner_get_log_size_bytes (runner));
}

/* A waiter's data is the id of the job that it waits for, or NULL for all. */
static gboolean
is_over (InfJobs *self, GTask *waiter)
{
  const char *id = g_task_get_task_data (waiter);

  return id ? !g_hash_table_contains (self->runners, id) : g_hash_table_size (self->runners) == 0;
}

static void
answer_waiters (InfJobs *self)
{
  for (guint i = 0; i < self->waiters->len;)
    {
      g_autoptr (GTask) waiter = g_object_ref (self->waiters->pdata[i]);
      if (!is_over (self, waiter))
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (self->waiters, i);
      g_task_return_boolean (waiter, TRUE);
    }
}

static void
on_result_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobs *self = INF_JOBS (source);
  g_autoptr (InfJobRunner) runner = user_data;
  InfJob *job = inf_job_runner_get_job (runner);

  g_hash_table_remove (self->runners, inf_job_get_id_text (job));
  g_signal_emit (self, signals[SIGNAL_JOB_CHANGED], 0, job);
  answer_waiters (self);
}

static void deliver_all_to (InfJobs *self, const InfPeerId *peer_id);

static gboolean
on_deliver_again (gpointer user_data)
{
  InfJobs *self = user_data;

  self->deliver_timer = 0;
  deliver_all_to (self, NULL);
  return G_SOURCE_REMOVE;
}

/* A host may be back before gossip has missed it, or not be reached at once when it is found. */
static void
deliver_later (InfJobs *self)
{
  if (self->deliver_timer > 0 || self->is_closing)
    return;
  self->deliver_timer = g_timeout_add_seconds (self->deliver_wait_s, on_deliver_again, self);
  self->deliver_wait_s = MIN (2 * self->deliver_wait_s, DELIVER_AGAIN_MOST_S);
}

/* The job stays among those under way until its result is there: who hears of its end finds it. */
static void
on_finished (InfJobRunner *runner, gpointer user_data)
{
  InfJobs *self = user_data;
  g_autoptr (GTask) task = g_task_new (self, NULL, on_result_written, g_object_ref (runner));

  if (self->finished)
    self->finished (inf_job_runner_get_job (runner), g_steal_pointer (&task), self->sink_data);
  else
    g_task_return_boolean (task, TRUE);
  g_autoptr (GPtrArray) settlements = inf_ledger_list_settlements (self->context->ledger, NULL);
  if (settlements && settlements->len > 0)
    deliver_later (self);
}

static void
run (InfJobs *self, InfJob *job, gboolean is_restart)
{
  InfJobRunner *runner = inf_job_runner_new (self->context, job, self->sink, self->sink_data);

  g_hash_table_insert (self->runners, g_strdup (inf_job_get_id_text (job)), runner);
  g_signal_connect_object (runner, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (runner, "log-grew", G_CALLBACK (on_log_grew), self, 0);
  g_signal_connect_object (runner, "finished", G_CALLBACK (on_finished), self, 0);
  inf_job_runner_begin (runner, is_restart);
}

/**
 * inf_jobs_resume:
 * @jobs: the jobs
 *
 * Takes up what an earlier run of this node left unfinished.
 */
void
inf_jobs_resume (InfJobs *jobs)
{
  g_autofree char *launch_dir = g_build_filename (jobs->context->state_dir, "launch", NULL);
  g_autoptr (GError) error = NULL;

  if (!inf_tree_remove (launch_dir, &error))
    g_warning ("%s", error->message);
  g_clear_error (&error);
  g_autoptr (InfJobRows) unfinished = inf_job_store_select (
      jobs->context->job_store, INF_JOB_FILTER_ACTIVE, 0, MAX_RESUMED, NULL, &error);
  if (!unfinished)
    g_warning ("unfinished jobs can't be read: %s", error->message);
  for (guint i = 0; unfinished && i < inf_job_rows_get_n (unfinished); i++)
    {
      g_autoptr (InfJob) job = inf_job_rows_read (unfinished, i);
      if (job)
        run (jobs, job, TRUE);
    }
}

static GPtrArray *
list_runners (InfJobs *self)
{
  GPtrArray *runners = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer runner;

  g_hash_table_iter_init (&iter, self->runners);
  while (g_hash_table_iter_next (&iter, NULL, &runner))
    g_ptr_array_add (runners, g_object_ref (runner));
  return runners;
}

static void
tell_loss (InfJobs *self, const InfPeerId *peer_id, gboolean is_dead, const char *how)
{
  g_autoptr (GPtrArray) runners = list_runners (self);

  for (guint i = 0; i < runners->len; i++)
    inf_job_runner_host_lost (runners->pdata[i], peer_id, is_dead, how);
}

static void
on_peer_dead (InfGossip *gossip, const InfPeerId *peer_id, gpointer user_data)
{
  tell_loss (user_data, peer_id, TRUE, NULL);
}

static void
on_peer_left (InfGossip *gossip, const InfPeerId *peer_id, gpointer user_data)
{
  tell_loss (user_data, peer_id, TRUE, "left the grid");
}

static void
on_link_down (InfLinks *links, const InfPeerId *peer_id, gpointer user_data)
{
  tell_loss (user_data, peer_id, FALSE, NULL);
}

static void
on_peer_changed (InfGossip *gossip, const InfPeerId *peer_id, gpointer user_data)
{
  g_autoptr (GPtrArray) runners = list_runners (user_data);

  for (guint i = 0; i < runners->len; i++)
    inf_job_runner_hosts_changed (runners->pdata[i]);
}

/* A settlement on its way to a host that never confirmed it. */
typedef struct
{
  InfJobs *jobs;
  guint8 lease_id[INF_ENTRY_ID_SIZE_BYTES];
} Delivery;

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Delivery *delivery = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = inf_links_call_finish (INF_LINKS (source), result, &error);

  if (!reply
      || !inf_ledger_settlement_delivered (delivery->jobs->context->ledger, delivery->lease_id,
                                           &error))
    {
      g_debug ("a settlement is still to be delivered: %s", error->message);
      /* one that says no is not asked again before it comes back the next time */
      if (inf_error_is_unreachable (error)
          || g_error_matches (error, INF_ERROR, INF_ERROR_TIMED_OUT))
        deliver_later (delivery->jobs);
    }
  g_object_unref (delivery->jobs);
  g_free (delivery);
}

static void
deliver (InfJobs *self, const InfLedgerSettlement *settlement)
{
  g_autoptr (InfEndpoint) endpoint
      = inf_job_planner_endpoint (self->context, &settlement->host, NULL);
  InfLeasePayload payload = { .payload = settlement->settlement };
  Delivery *delivery;

  if (!endpoint)
    return;
  delivery = g_new0 (Delivery, 1);
  delivery->jobs = g_object_ref (self);
  memcpy (payload.lease_id, settlement->lease_id, sizeof payload.lease_id);
  memcpy (delivery->lease_id, settlement->lease_id, sizeof delivery->lease_id);
  g_autoptr (GBytes) request = inf_lease_payload_encode (&payload, INF_KIND_LEASE_CLOSE);
  inf_links_call_async (self->context->links, endpoint, INF_METHOD_LEASE_CLOSE, request,
                        DELIVER_TIMEOUT_MS, NULL, on_delivered, delivery);
}

static gboolean
is_there (InfJobs *self, const InfPeerId *peer_id)
{
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (self->context->gossip, peer_id);

  return info && (info->state == INF_PEER_ALIVE || info->state == INF_PEER_SUSPECT);
}

/* A host that is back gets the settlements that it never confirmed; without @peer_id all that are
 * there do. */
static void
deliver_all_to (InfJobs *self, const InfPeerId *peer_id)
{
  g_autoptr (GPtrArray) settlements = inf_ledger_list_settlements (self->context->ledger, NULL);

  for (guint i = 0; settlements && i < settlements->len; i++)
    {
      const InfLedgerSettlement *settlement = settlements->pdata[i];
      if (peer_id ? inf_peer_id_equal (&settlement->host, peer_id)
                  : is_there (self, &settlement->host))
        deliver (self, settlement);
    }
}

/* It may have been missed by nobody: a host that was killed and started again within seconds. */
static void
on_link_up (InfLinks *links, const InfPeerId *peer_id, gpointer user_data)
{
  deliver_all_to (user_data, peer_id);
}

static void
on_peer_joined (InfGossip *gossip, const InfPeerId *peer_id, gpointer user_data)
{
  InfJobs *self = user_data;

  self->deliver_wait_s = DELIVER_AGAIN_FIRST_S;
  deliver_all_to (self, peer_id);
  on_peer_changed (gossip, peer_id, user_data);
}

/**
 * inf_jobs_watch_peers:
 * @jobs: the jobs
 *
 * From now on jobs hear of hosts that die, leave, come or change.
 */
void
inf_jobs_watch_peers (InfJobs *jobs)
{
  InfGossip *gossip = jobs->context->gossip;

  g_signal_connect_object (gossip, "peer-dead", G_CALLBACK (on_peer_dead), jobs, 0);
  g_signal_connect_object (gossip, "peer-left", G_CALLBACK (on_peer_left), jobs, 0);
  g_signal_connect_object (gossip, "peer-joined", G_CALLBACK (on_peer_joined), jobs, 0);
  g_signal_connect_object (gossip, "peer-changed", G_CALLBACK (on_peer_changed), jobs, 0);
  g_signal_connect_object (jobs->context->links, "link-up", G_CALLBACK (on_link_up), jobs, 0);
  g_signal_connect_object (jobs->context->links, "link-down", G_CALLBACK (on_link_down), jobs, 0);
}

/**
 * inf_jobs_submit:
 * @jobs: the jobs
 * @spec: what to run
 * @error: #INF_ERROR_INVALID, or what the store says
 *
 * Returns: (transfer full) (nullable): the job, which has begun
 */
InfJob *
inf_jobs_submit (InfJobs *jobs, InfJobSpec *spec, GError **error)
{
  guint8 id[INF_JOB_ID_SIZE_BYTES];

  if (!inf_job_spec_validate (spec, error))
    return NULL;
  if (jobs->is_closing)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_REFUSED, "this node is shutting down");
      return NULL;
    }
  g_autofree char *base = spec->name ? g_strdup (spec->name) : inf_job_spec_base_name (spec);
  g_autofree char *name = inf_job_store_next_name (jobs->context->job_store, base, error);
  if (!name)
    return NULL;
  randombytes_buf (id, sizeof id);
  g_autoptr (InfJob) job = inf_job_new (id, name, spec, g_get_real_time ());
  if (!inf_job_store_put (jobs->context->job_store, job, error))
    return NULL;
  run (jobs, job, FALSE);
  return g_steal_pointer (&job);
}

static InfJob *
running_job (InfJobs *self, const InfJob *stored)
{
  InfJobRunner *runner = g_hash_table_lookup (self->runners, inf_job_get_id_text (stored));

  return runner ? inf_job_runner_get_job (runner) : NULL;
}

/**
 * inf_jobs_get:
 * @jobs: the jobs
 * @text: a name, or a prefix of an id
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_INVALID when it could be several
 *
 * Returns: (transfer full) (nullable): the job
 */
InfJob *
inf_jobs_get (InfJobs *jobs, const char *text, GError **error)
{
  g_autoptr (InfJob) stored = inf_job_store_get (jobs->context->job_store, text, error);

  if (!stored)
    return NULL;
  InfJob *running = running_job (jobs, stored);
  return running ? inf_job_ref (running) : g_steal_pointer (&stored);
}

/**
 * inf_jobs_select:
 * @jobs: the jobs
 * @filter: which, as inf_job_store_select()
 * @offset: how many to pass over
 * @limit: how many at most
 * @ret_total: (out) (optional): how many there are in all
 * @error: what the store says
 *
 * Returns: (transfer full) (nullable): the newest first, for inf_jobs_read()
 */
InfJobRows *
inf_jobs_select (InfJobs *jobs, const char *filter, guint offset, guint limit, guint *ret_total,
                 GError **error)
{
  return inf_job_store_select (jobs->context->job_store, filter, offset, limit, ret_total, error);
}

/**
 * inf_jobs_read:
 * @jobs: the jobs
 * @rows: some of them
 * @index: which
 *
 * Returns: (transfer full) (nullable): the job, as it is now when it is under way; %NULL when its
 *   row is damaged
 */
InfJob *
inf_jobs_read (InfJobs *jobs, const InfJobRows *rows, guint index)
{
  g_autoptr (InfJob) stored = inf_job_rows_read (rows, index);
  InfJob *running = stored ? running_job (jobs, stored) : NULL;

  return running ? inf_job_ref (running) : g_steal_pointer (&stored);
}

guint64
inf_jobs_get_log_size_bytes (InfJobs *jobs, InfJob *job)
{
  InfJobRunner *runner = g_hash_table_lookup (jobs->runners, inf_job_get_id_text (job));
  g_autofree char *path = inf_job_runner_dup_log_path (jobs->context, job);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (runner)
    return inf_job_runner_get_log_size_bytes (runner);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, NULL, NULL);
  return info ? (guint64)g_file_info_get_size (info) : 0;
}

/**
 * inf_jobs_is_finishing:
 * @jobs: the jobs
 * @job: one of them
 *
 * Returns: whether its result is still being written, though the job itself is over
 */
gboolean
inf_jobs_is_finishing (InfJobs *jobs, const InfJob *job)
{
  return inf_job_is_finished (job)
         && g_hash_table_contains (jobs->runners, inf_job_get_id_text (job));
}

guint
inf_jobs_count_active (InfJobs *jobs)
{
  return g_hash_table_size (jobs->runners);
}

/**
 * inf_jobs_cancel_async:
 * @jobs: the jobs
 * @job: one of them
 * @reason: (nullable): who or why
 * @callback: when it has ended
 * @user_data: for @callback
 */
void
inf_jobs_cancel_async (InfJobs *jobs, InfJob *job, const char *reason, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (jobs, NULL, callback, user_data);
  InfJobRunner *runner = g_hash_table_lookup (jobs->runners, inf_job_get_id_text (job));

  g_task_set_task_data (task, g_strdup (inf_job_get_id_text (job)), g_free);
  g_ptr_array_add (jobs->waiters, task);
  if (runner)
    inf_job_runner_cancel (runner, reason);
  answer_waiters (jobs);
}

/**
 * inf_jobs_cancel_all_async:
 * @jobs: the jobs
 * @reason: for all of them
 * @callback: when every job has ended
 * @user_data: for @callback
 *
 * From now on no job is taken.
 */
void
inf_jobs_cancel_all_async (InfJobs *jobs, const char *reason, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GPtrArray) runners = list_runners (jobs);

  jobs->is_closing = TRUE;
  g_ptr_array_add (jobs->waiters, g_task_new (jobs, NULL, callback, user_data));
  for (guint i = 0; i < runners->len; i++)
    inf_job_runner_cancel (runners->pdata[i], reason);
  answer_waiters (jobs);
}

gboolean
inf_jobs_cancel_finish (InfJobs *jobs, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
