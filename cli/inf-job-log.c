#include "cli/inf-job-log.h"

/* Parts of a log as bytes: it may hold any. */

static GBytes *
take_data (GVariant *data)
{
  g_autoptr (GVariant) owned = data;

  return g_variant_get_data_as_bytes (owned);
}

/**
 * inf_job_log_read:
 * @jobs: the jobs of a node
 * @job: a job's name or the beginning of its id
 * @offset: where to begin, in bytes
 * @error: what infinityd says against it
 *
 * Returns: (transfer full) (nullable): the next part of the log, empty when there is nothing more
 *   yet
 */
GBytes *
inf_job_log_read (InfDBusJobs1 *jobs, const char *job, guint64 offset, GError **error)
{
  GVariant *data;

  if (!inf_dbus_jobs1_call_read_log_sync (jobs, job, offset, &data, NULL, error))
    return NULL;
  return take_data (data);
}

/**
 * inf_job_log_read_async:
 * @jobs: the jobs of a node
 * @job: a job's name or the beginning of its id
 * @offset: where to begin, in bytes
 * @cancellable: (nullable): to give up
 * @callback: called with what inf_job_log_read_finish() takes
 * @user_data: for @callback
 *
 * As inf_job_log_read(), without waiting.
 */
void
inf_job_log_read_async (InfDBusJobs1 *jobs, const char *job, guint64 offset,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  inf_dbus_jobs1_call_read_log (jobs, job, offset, cancellable, callback, user_data);
}

GBytes *
inf_job_log_read_finish (InfDBusJobs1 *jobs, GAsyncResult *result, GError **error)
{
  GVariant *data;

  if (!inf_dbus_jobs1_call_read_log_finish (jobs, &data, result, error))
    return NULL;
  return take_data (data);
}
