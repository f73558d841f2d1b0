#include "daemon/inf-outcomes.h"

#include "common/inf-error.h"
#include "discovery/files/inf-store-pins.h"

#include <string.h>
#include <unistd.h>

/* Makes a job's result of what its hosts brought home: outputs are kept as they arrive, and put
 * into the result in the order of the hosts once the job is over, for rank 0's host comes first. */
struct _InfOutcomes
{
  InfResults *results;
  InfStore *store;
  GHashTable *by_job; /* a job's id text → GPtrArray of Part */
};

typedef struct
{
  InfPeerId host;
  GPtrArray *outputs; /* of InfLeaseOutput */
  GBytes *statement;
  InfStorePins *pins;
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_ptr_array_unref (part->outputs);
  g_bytes_unref (part->statement);
  inf_store_pins_free (part->pins);
  g_free (part);
}

/**
 * inf_outcomes_new:
 * @results: (transfer none): where results go
 * @store: (transfer none): where outputs come from
 *
 * Returns: (transfer full): the join of jobs and results
 */
InfOutcomes *
inf_outcomes_new (InfResults *results, InfStore *store)
{
  InfOutcomes *outcomes = g_new0 (InfOutcomes, 1);

  outcomes->results = inf_results_ref (results);
  outcomes->store = inf_store_ref (store);
  outcomes->by_job
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  return outcomes;
}

void
inf_outcomes_free (InfOutcomes *outcomes)
{
  if (!outcomes)
    return;
  g_hash_table_unref (outcomes->by_job);
  inf_results_unref (outcomes->results);
  inf_store_unref (outcomes->store);
  g_free (outcomes);
}

/**
 * inf_outcomes_take:
 * @job: a job that is being collected
 * @host: one of its hosts
 * @outputs: (element-type InfLeaseOutput): what it brought home
 * @statement: the host's signed list
 * @outcomes: an #InfOutcomes: this is an #InfJobSink
 */
void
inf_outcomes_take (InfJob *job, const InfJobHost *host, GPtrArray *outputs, GBytes *statement,
                   gpointer outcomes)
{
  InfOutcomes *self = outcomes;
  GPtrArray *parts = g_hash_table_lookup (self->by_job, inf_job_get_id_text (job));
  Part *part = g_new0 (Part, 1);

  if (!parts)
    {
      parts = g_ptr_array_new_with_free_func (part_free);
      g_hash_table_insert (self->by_job, g_strdup (inf_job_get_id_text (job)), parts);
    }
  part->host = host->peer_id;
  part->outputs = g_ptr_array_ref (outputs);
  part->statement = g_bytes_ref (statement);
  part->pins = inf_store_pins_new (self->store);
  for (guint i = 0; i < outputs->len; i++)
    {
      const InfLeaseOutput *output = outputs->pdata[i];
      InfObjectId id;
      memcpy (id.bytes, output->object.sha256, sizeof id.bytes);
      inf_store_pins_add (part->pins, &id);
    }
  g_ptr_array_add (parts, part);
}

static InfManifest *
describe (InfJob *job)
{
  InfManifest *manifest = inf_manifest_new ();
  InfJobSpec *spec = inf_job_get_spec (job);
  gboolean is_done = inf_job_get_state (job) == INF_JOB_DONE;

  manifest->job_id = g_strdup (inf_job_get_id_text (job));
  manifest->job_name = g_strdup (inf_job_get_name (job));
  manifest->state = g_strdup (inf_job_state_to_text (inf_job_get_state (job)));
  manifest->reason = is_done ? NULL : g_strdup (inf_job_get_reason (job));
  manifest->summary = g_strdup (inf_job_get_summary (job));
  manifest->program = g_strdup (spec->program);
  if (inf_job_object_is_known (&spec->object))
    manifest->program_sha256 = inf_sha256_to_hex (spec->object.sha256);
  g_strfreev (manifest->args);
  manifest->args = g_strdupv (spec->args);
  manifest->nodes = spec->nodes;
  manifest->slots = spec->slots;
  manifest->submitted_unix_us = inf_job_get_submitted_unix_us (job);
  manifest->started_unix_us = inf_job_get_step (job, INF_JOB_RUNNING)->began_unix_us;
  manifest->ended_unix_us = inf_job_get_ended_unix_us (job);
  manifest->spent_ucredits = inf_job_get_spent_ucredits (job);
  return manifest;
}

/* The last attempt's counts: a host may have brought something home in an earlier one. */
static Part *
part_of (GPtrArray *parts, const InfPeerId *host)
{
  for (guint i = parts->len; i > 0; i--)
    {
      Part *part = parts->pdata[i - 1];
      if (inf_peer_id_equal (&part->host, host))
        return part;
    }
  return NULL;
}

/* A result on its way to the disk: everything that a thread of its own needs for that. */
typedef struct
{
  InfResults *results;
  InfStore *store;
  InfManifest *manifest;
  GPtrArray *parts; /* of Part */
  char *log;        /* what the program printed; NULL when it never ran */
  char *to;         /* where the outputs are copied to; NULL for nowhere */
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  inf_manifest_free (writing->manifest);
  g_ptr_array_unref (writing->parts);
  inf_store_unref (writing->store);
  inf_results_unref (writing->results);
  g_free (writing->log);
  g_free (writing->to);
  g_free (writing);
}

static gboolean
add_outputs (Writing *writing, const InfManifestHost *host, const Part *part, GError **error)
{
  InfManifest *manifest = writing->manifest;
  gboolean added = TRUE;

  for (guint i = 0; added && i < part->outputs->len; i++)
    {
      const InfLeaseOutput *output = part->outputs->pdata[i];
      InfObjectId id;
      guint64 size;

      memcpy (id.bytes, output->object.sha256, sizeof id.bytes);
      int fd = inf_store_open_object (writing->store, &id, &size, error);
      if (fd < 0)
        return FALSE;
      added = inf_results_add (writing->results, manifest->job_name, manifest, host, output->path,
                               fd, id.bytes, output->object.size_bytes, error);
      close (fd);
    }
  return added;
}

static gboolean
write_result (Writing *writing, GError **error)
{
  InfManifest *manifest = writing->manifest;
  g_autofree char *path = inf_results_prepare (writing->results, manifest->job_name, error);

  if (!path)
    return FALSE;
  for (guint i = 0; i < manifest->hosts->len; i++)
    {
      const InfManifestHost *host = manifest->hosts->pdata[i];
      const Part *part = part_of (writing->parts, &host->peer_id);
      if (part && !add_outputs (writing, host, part, error))
        return FALSE;
    }
  if (writing->log
      && !inf_results_add_log (writing->results, manifest->job_name, writing->log, error))
    return FALSE;
  return inf_results_finish (writing->results, manifest->job_name, manifest, error);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Writing *writing = task_data;
  const char *name = writing->manifest->job_name;
  GError *error = NULL;

  if (!write_result (writing, &error))
    g_prefix_error (&error, "the result of %s can't be kept: ", name);
  else if (writing->to && writing->parts->len > 0
           && !inf_results_export (writing->results, name, NULL, writing->to, TRUE, NULL, &error))
    g_prefix_error (&error, "the outputs of %s can't be copied to %s: ", name, writing->to);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) finished = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("%s", error->message);
  g_task_return_boolean (finished, TRUE);
}

static void
describe_hosts (InfJob *job, Writing *writing)
{
  GPtrArray *hosts = inf_job_get_hosts (job);

  for (guint i = 0; i < hosts->len; i++)
    {
      const InfJobHost *host = hosts->pdata[i];
      const Part *part = part_of (writing->parts, &host->peer_id);
      InfManifestHost *entry
          = inf_manifest_add_host (writing->manifest, &host->peer_id, host->name);
      entry->slots = host->slots;
      entry->spent_ucredits = host->spent_ucredits;
      entry->statement = part ? g_bytes_ref (part->statement) : NULL;
    }
}

/**
 * inf_outcomes_finish:
 * @job: a job in its final state
 * @task: (transfer full): returned when the result is written, or can't be
 * @outcomes: an #InfOutcomes: this is an #InfJobFinished
 *
 * Copying and hashing what a job left may take long: a thread does it. What was brought home is
 * dropped from the store after that, for the result has a copy of its own.
 */
void
inf_outcomes_finish (InfJob *job, GTask *task, gpointer outcomes)
{
  InfOutcomes *self = outcomes;
  const char *id = inf_job_get_id_text (job);
  g_autoptr (GTask) finished = task;
  GPtrArray *parts = g_hash_table_lookup (self->by_job, id);

  if (inf_job_get_hosts (job)->len == 0)
    {
      g_hash_table_remove (self->by_job, id);
      g_task_return_boolean (finished, TRUE);
      return;
    }
  Writing *writing = g_new0 (Writing, 1);
  writing->results = inf_results_ref (self->results);
  writing->store = inf_store_ref (self->store);
  writing->manifest = describe (job);
  writing->parts = parts ? g_ptr_array_ref (parts) : g_ptr_array_new ();
  writing->log = g_strdup (inf_job_get_log_path (job));
  writing->to = g_strdup (inf_job_get_spec (job)->to);
  describe_hosts (job, writing);
  g_hash_table_remove (self->by_job, id);

  g_autoptr (GTask) thread = g_task_new (NULL, NULL, on_written, g_steal_pointer (&finished));
  g_task_set_task_data (thread, writing, writing_free);
  g_task_run_in_thread (thread, write_in_thread);
}
