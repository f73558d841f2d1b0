#pragma once

#include "cli/inf-client.h"

G_BEGIN_DECLS

GBytes *inf_job_log_read (InfDBusJobs1 *jobs, const char *job, guint64 offset, GError **error);
void inf_job_log_read_async (InfDBusJobs1 *jobs, const char *job, guint64 offset,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
GBytes *inf_job_log_read_finish (InfDBusJobs1 *jobs, GAsyncResult *result, GError **error);

G_END_DECLS
