#pragma once

#include "grid/jobs/inf-job.h"
#include "grid/sandbox/inf-agent-server.h"
#include "grid/sandbox/inf-sandbox.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_JOB_LAUNCHER (inf_job_launcher_get_type ())
G_DECLARE_FINAL_TYPE (InfJobLauncher, inf_job_launcher, INF, JOB_LAUNCHER, GObject)

/**
 * InfJobLauncher:
 *
 * `mpiexec` of one attempt of a job, in a sandbox of its own on the submitter's machine: the job
 * network's participant 1.
 *
 * Signals:
 * `output` (GBytes *data): what the program printed; standard error comes in the same stream
 */

InfJobLauncher *inf_job_launcher_new (InfJob *job, const char *work_dir);

InfSandbox *inf_job_launcher_get_sandbox (InfJobLauncher *launcher);

void inf_job_launcher_prepare_async (InfJobLauncher *launcher, InfAgentFunc agent_func,
                                     gpointer agent_data, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_job_launcher_prepare_finish (InfJobLauncher *launcher, GAsyncResult *result,
                                          GError **error);

void inf_job_launcher_run_async (InfJobLauncher *launcher, const char *program,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean inf_job_launcher_run_finish (InfJobLauncher *launcher, GAsyncResult *result,
                                      int *ret_wait_status, GError **error);

void inf_job_launcher_stop_async (InfJobLauncher *launcher, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean inf_job_launcher_stop_finish (InfJobLauncher *launcher, GAsyncResult *result,
                                       GError **error);

G_END_DECLS
