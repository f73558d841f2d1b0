#include "daemon/inf-outcomes.h"

#include "common/inf-error.h"

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
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_ptr_array_unref (part->outputs);
  g_bytes_unref (part->statement);
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

  outcomes->results = results;
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

static Part *
part_of (GPtrArray *parts, const InfPeerId *host)
{
  for (guint i = 0; parts && i < parts->len; i++)
    {
      Part *part = parts->pdata[i];
      if (inf_peer_id_equal (&part->host, host))
        return part;
    }
  return NULL;
}

static gboolean
add_outputs (InfOutcomes *self, InfManifest *manifest, const InfManifestHost *host,
             const Part *part, GError **error)
{
  gboolean added = TRUE;

  for (guint i = 0; added && i < part->outputs->len; i++)
    {
      const InfLeaseOutput *output = part->outputs->pdata[i];
      InfObjectId id;
      guint64 size;

      memcpy (id.bytes, output->object.sha256, sizeof id.bytes);
      int fd = inf_store_open_object (self->store, &id, &size, error);
      if (fd < 0)
        return FALSE;
      added = inf_results_add (self->results, manifest->job_name, manifest, host, output->path, fd,
                               id.bytes, output->object.size_bytes, error);
      close (fd);
    }
  return added;
}

static gboolean
write_result (InfOutcomes *self, InfJob *job, GPtrArray *parts, GError **error)
{
  g_autoptr (InfManifest) manifest = describe (job);
  g_autofree char *path = inf_results_prepare (self->results, manifest->job_name, error);
  GPtrArray *hosts = inf_job_get_hosts (job);

  if (!path)
    return FALSE;
  for (guint i = 0; i < hosts->len; i++)
    {
      const InfJobHost *host = hosts->pdata[i];
      const Part *part = part_of (parts, &host->peer_id);
      InfManifestHost *entry = inf_manifest_add_host (manifest, &host->peer_id, host->name);
      entry->slots = host->slots;
      entry->spent_ucredits = host->spent_ucredits;
      entry->statement = part ? g_bytes_ref (part->statement) : NULL;
      if (part && !add_outputs (self, manifest, entry, part, error))
        return FALSE;
    }
  return inf_results_finish (self->results, manifest->job_name, manifest, error);
}

/* The result has a copy of its own; the store's is not needed any more. */
static void
drop_objects (InfOutcomes *self, GPtrArray *parts)
{
  for (guint i = 0; parts && i < parts->len; i++)
    {
      const Part *part = parts->pdata[i];
      for (guint k = 0; k < part->outputs->len; k++)
        {
          const InfLeaseOutput *output = part->outputs->pdata[k];
          InfObjectId id;
          memcpy (id.bytes, output->object.sha256, sizeof id.bytes);
          inf_store_remove (self->store, &id, NULL);
        }
    }
}

/**
 * inf_outcomes_finish:
 * @job: a job in its final state
 * @outcomes: an #InfOutcomes: this is an #InfJobFinished
 */
void
inf_outcomes_finish (InfJob *job, gpointer outcomes)
{
  InfOutcomes *self = outcomes;
  GPtrArray *parts = g_hash_table_lookup (self->by_job, inf_job_get_id_text (job));
  const char *to = inf_job_get_spec (job)->to;
  g_autoptr (GError) error = NULL;

  if (inf_job_get_hosts (job)->len == 0)
    return;
  if (!write_result (self, job, parts, &error))
    g_warning ("the result of %s can't be kept: %s", inf_job_get_name (job), error->message);
  else if (to && parts
           && !inf_results_export (self->results, inf_job_get_name (job), to, TRUE, &error))
    g_warning ("the outputs of %s can't be copied to %s: %s", inf_job_get_name (job), to,
               error->message);
  drop_objects (self, parts);
  g_hash_table_remove (self->by_job, inf_job_get_id_text (job));
}
