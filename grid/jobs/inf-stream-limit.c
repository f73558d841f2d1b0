#include "grid/jobs/inf-stream-limit.h"

#include "common/inf-error.h"

#include <string.h>

struct _InfStreamLimit
{
  guint max_streams;
  GHashTable *jobs; /* the set of #Job with a stream */
};

typedef struct
{
  guint8 id[INF_JOB_ID_SIZE_BYTES];
  guint n_streams[INF_N_STREAM_DIRECTIONS];
} Job;

struct _InfStreamPermit
{
  InfStreamLimit *limit;
  Job *job; /* of the limit's set: there while a permit names it */
  InfStreamDirection direction;
};

static guint
job_hash (gconstpointer key)
{
  const Job *job = key;
  guint hash;

  memcpy (&hash, job->id, sizeof hash);
  return hash;
}

static gboolean
job_equal (gconstpointer a, gconstpointer b)
{
  const Job *left = a, *right = b;

  return memcmp (left->id, right->id, sizeof left->id) == 0;
}

/**
 * inf_stream_limit_new:
 * @max_streams: how many streams a job may have at a time, in each direction
 *
 * Returns: (transfer full): the counts of a node that carries no stream yet
 */
InfStreamLimit *
inf_stream_limit_new (guint max_streams)
{
  InfStreamLimit *limit = g_rc_box_new0 (InfStreamLimit);

  limit->max_streams = max_streams;
  limit->jobs = g_hash_table_new_full (job_hash, job_equal, g_free, NULL);
  return limit;
}

static void
limit_clear (gpointer data)
{
  InfStreamLimit *limit = data;

  g_hash_table_unref (limit->jobs);
}

/**
 * inf_stream_limit_unref:
 * @limit: (nullable): a limit; permits that are still held keep it
 */
void
inf_stream_limit_unref (InfStreamLimit *limit)
{
  if (limit)
    g_rc_box_release_full (limit, limit_clear);
}

static Job *
find_job (InfStreamLimit *limit, const guint8 *job_id)
{
  Job key;

  memcpy (key.id, job_id, sizeof key.id);
  return g_hash_table_lookup (limit->jobs, &key);
}

static Job *
add_job (InfStreamLimit *limit, const guint8 *job_id)
{
  Job *job = g_new0 (Job, 1);

  memcpy (job->id, job_id, sizeof job->id);
  g_hash_table_add (limit->jobs, job);
  return job;
}

/**
 * inf_stream_limit_take:
 * @limit: a node's counts
 * @job_id: whose stream is to be made
 * @direction: which way it was asked for
 * @error: #INF_ERROR_TOO_LARGE when the job has as many as it may
 *
 * Returns: (transfer full) (nullable): held from before the stream is made until it has closed
 */
InfStreamPermit *
inf_stream_limit_take (InfStreamLimit *limit, const guint8 job_id[INF_JOB_ID_SIZE_BYTES],
                       InfStreamDirection direction, GError **error)
{
  Job *job = find_job (limit, job_id);
  guint n_streams = job ? job->n_streams[direction] : 0;
  InfStreamPermit *permit;

  if (n_streams >= limit->max_streams)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "the job has %u connections %s this node already, and may have no more; close "
                   "some, or use fewer slots",
                   n_streams, direction == INF_STREAM_OUT ? "from" : "to");
      return NULL;
    }
  if (!job)
    job = add_job (limit, job_id);
  job->n_streams[direction]++;
  permit = g_new0 (InfStreamPermit, 1);
  permit->limit = g_rc_box_acquire (limit);
  permit->job = job;
  permit->direction = direction;
  return permit;
}

/**
 * inf_stream_permit_free:
 * @permit: (nullable) (transfer full): the permit of a stream that has closed or was never made
 */
void
inf_stream_permit_free (InfStreamPermit *permit)
{
  if (!permit)
    return;
  Job *job = permit->job;
  job->n_streams[permit->direction]--;
  if (job->n_streams[INF_STREAM_OUT] == 0 && job->n_streams[INF_STREAM_IN] == 0)
    g_hash_table_remove (permit->limit->jobs, job);
  inf_stream_limit_unref (permit->limit);
  g_free (permit);
}
