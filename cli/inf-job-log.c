#include "cli/inf-job-log.h"

#include "common/inf-error.h"

/* Jobs1.ReadLog without the generated call, which takes an `ay` for text that ends with a zero: a
 * log may hold any byte. */

static GBytes *
take_answer (GVariant *answer, GError **error)
{
  g_autoptr (GVariant) owned = answer;
  g_autoptr (GVariant) data = NULL;

  if (!owned)
    return NULL;
  if (!g_variant_is_of_type (owned, G_VARIANT_TYPE ("(ay)")))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "infinityd answered ReadLog with %s",
                   g_variant_get_type_string (owned));
      return NULL;
    }
  data = g_variant_get_child_value (owned, 0);
  return g_variant_get_data_as_bytes (data);
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
  return take_answer (g_dbus_proxy_call_sync (G_DBUS_PROXY (jobs), "ReadLog",
                                              g_variant_new ("(st)", job, offset),
                                              G_DBUS_CALL_FLAGS_NONE, -1, NULL, error),
                      error);
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
  g_dbus_proxy_call (G_DBUS_PROXY (jobs), "ReadLog", g_variant_new ("(st)", job, offset),
                     G_DBUS_CALL_FLAGS_NONE, -1, cancellable, callback, user_data);
}

GBytes *
inf_job_log_read_finish (InfDBusJobs1 *jobs, GAsyncResult *result, GError **error)
{
  return take_answer (g_dbus_proxy_call_finish (G_DBUS_PROXY (jobs), result, error), error);
}
