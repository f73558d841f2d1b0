#pragma once

#include "grid/jobs/inf-job-runner.h"
#include "grid/market/inf-plan.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_JOBS (inf_jobs_get_type ())
G_DECLARE_FINAL_TYPE (InfJobs, inf_jobs, INF, JOBS, GObject)

/**
 * InfJobs:
 *
 * The jobs submitted from this node.
 *
 * Signals:
 * `job-changed` (InfJob *job): it is new, or anything but its log changed
 * `log-grew` (InfJob *job, guint64 size_bytes)
 */

InfJobs *inf_jobs_new (const InfJobContext *context, InfJobSink sink, InfJobFinished finished,
                       gpointer sink_data);
void inf_jobs_resume (InfJobs *jobs);
void inf_jobs_watch_peers (InfJobs *jobs);

InfJob *inf_jobs_submit (InfJobs *jobs, InfJobSpec *spec, GError **error);
InfJob *inf_jobs_get (InfJobs *jobs, const char *text, GError **error);
InfJobRows *inf_jobs_select (InfJobs *jobs, const char *filter, guint offset, guint limit,
                             guint *ret_total, GError **error);
InfJob *inf_jobs_read (InfJobs *jobs, const InfJobRows *rows, guint index);
guint64 inf_jobs_get_log_size_bytes (InfJobs *jobs, InfJob *job);
gboolean inf_jobs_is_finishing (InfJobs *jobs, const InfJob *job);
guint inf_jobs_count_active (InfJobs *jobs);

void inf_jobs_cancel_async (InfJobs *jobs, InfJob *job, const char *reason,
                            GAsyncReadyCallback callback, gpointer user_data);
void inf_jobs_cancel_all_async (InfJobs *jobs, const char *reason, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean inf_jobs_cancel_finish (InfJobs *jobs, GAsyncResult *result, GError **error);

G_END_DECLS
