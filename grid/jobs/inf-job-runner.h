#pragma once

#include "grid/jobs/inf-job-context.h"
#include "grid/jobs/inf-job.h"
#include "grid/jobs/inf-lease-outputs.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_JOB_RUNNER (inf_job_runner_get_type ())
G_DECLARE_FINAL_TYPE (InfJobRunner, inf_job_runner, INF, JOB_RUNNER, GObject)

/**
 * InfJobSink:
 * @host: where the outputs come from
 * @outputs: (element-type InfLeaseOutput): verified objects in the store
 * @statement: the host's signed list of them
 *
 * Takes what a host's part of a job left behind. Hosts come in any order.
 */
typedef void (*InfJobSink) (InfJob *job, const InfJobHost *host, GPtrArray *outputs,
                            GBytes *statement, gpointer user_data);

/**
 * InfJobFinished:
 * @task: (transfer full): returned when the result is written, or can't be
 *
 * The job is in its final state: whatever belongs to its result is complete. Called once, before
 * anybody else hears of the end.
 */
typedef void (*InfJobFinished) (InfJob *job, GTask *task, gpointer user_data);

/**
 * InfJobRunner:
 *
 * Takes the actions that a job's core orders, and tells it what came of them.
 *
 * Signals:
 * `changed`: anything of the job but its log
 * `log-grew`
 * `finished`: the job is in its final state; once
 */

InfJobRunner *inf_job_runner_new (const InfJobContext *context, InfJob *job, InfJobSink sink,
                                  gpointer sink_data);

InfJob *inf_job_runner_get_job (InfJobRunner *runner);
guint64 inf_job_runner_get_log_size_bytes (InfJobRunner *runner);
char *inf_job_runner_dup_log_path (const InfJobContext *context, const InfJob *job);

void inf_job_runner_begin (InfJobRunner *runner, gboolean is_restart);
void inf_job_runner_cancel (InfJobRunner *runner, const char *reason);
void inf_job_runner_hosts_changed (InfJobRunner *runner);
void inf_job_runner_host_lost (InfJobRunner *runner, const InfPeerId *peer_id, gboolean is_dead,
                               const char *how);

G_END_DECLS
