#pragma once

#include "common/inf-error.h"
#include "grid/jobs/inf-job-event.h"
#include "grid/jobs/inf-job-host.h"
#include "grid/jobs/inf-job-spec.h"

#include <glib.h>

G_BEGIN_DECLS

/* id, name, state, attempt, round, refusals, submitted, ended; steps (began, ended); hosts; past
 * hosts; excluded peers; (outcome, code, reason, problem's code, problem, stopping, metered,
 * exited); (progress, text, summary); (worst case, exit status, log path) */
#define INF_JOB_TYPE                                                                               \
  "(aysyuuuxxa(xx)a" INF_JOB_HOST_TYPE "a" INF_JOB_HOST_TYPE "aay(yususbbb)(dss)(tis))"

/**
 * InfJobState:
 *
 * Where a job stands; drawn at the top of inf-job.c. The first nine are also its steps.
 */
typedef enum
{
  INF_JOB_QUEUED,
  INF_JOB_PLANNING,
  INF_JOB_LEASING,
  INF_JOB_STAGING,
  INF_JOB_CHECKING,
  INF_JOB_LAUNCHING,
  INF_JOB_RUNNING,
  INF_JOB_COLLECTING,
  INF_JOB_SETTLING,
  INF_JOB_DONE,
  INF_JOB_FAILED,
  INF_JOB_CANCELLED,
} InfJobState;

#define INF_JOB_N_STEPS (INF_JOB_SETTLING + 1)
#define INF_JOB_N_STATES (INF_JOB_CANCELLED + 1)

/**
 * InfJobStep:
 * @began_unix_us: when the step was last entered; 0: never
 * @ended_unix_us: when it was last left; 0: not yet
 */
typedef struct
{
  gint64 began_unix_us;
  gint64 ended_unix_us;
} InfJobStep;

typedef struct _InfJob InfJob;

InfJob *inf_job_new (const guint8 id[INF_JOB_ID_SIZE_BYTES], const char *name, InfJobSpec *spec,
                     gint64 unix_us);
InfJob *inf_job_ref (InfJob *job);
void inf_job_unref (InfJob *job);

GPtrArray *inf_job_handle (InfJob *job, gint64 now_us, gint64 unix_us, const InfJobEvent *event);
gint64 inf_job_get_deadline_us (const InfJob *job);

const guint8 *inf_job_get_id (const InfJob *job);
const char *inf_job_get_id_text (const InfJob *job);
char *inf_job_dup_short_id (const InfJob *job);
const char *inf_job_get_name (const InfJob *job);
InfJobSpec *inf_job_get_spec (const InfJob *job);
InfJobState inf_job_get_state (const InfJob *job);
gboolean inf_job_is_finished (const InfJob *job);
gint64 inf_job_get_submitted_unix_us (const InfJob *job);
gint64 inf_job_get_ended_unix_us (const InfJob *job);
guint inf_job_get_attempt (const InfJob *job);
guint inf_job_get_round (const InfJob *job);
const InfJobStep *inf_job_get_step (const InfJob *job, InfJobState step);

GPtrArray *inf_job_get_hosts (const InfJob *job);
GPtrArray *inf_job_get_past_hosts (const InfJob *job);
InfJobHost *inf_job_get_host (const InfJob *job, const InfPeerId *peer_id);
void inf_job_set_paid (InfJob *job, guint round, const InfPeerId *peer_id, guint64 ucredits);
gboolean inf_job_is_excluded (const InfJob *job, const InfPeerId *peer_id);

const char *inf_job_get_reason (const InfJob *job);
GVariant *inf_job_get_cause (const InfJob *job);
void inf_job_set_cause (InfJob *job, GVariant *cause);
InfError inf_job_get_error_code (const InfJob *job);
char *inf_job_dup_state_text (const InfJob *job);
int inf_job_get_exit_status (const InfJob *job);
double inf_job_get_progress (const InfJob *job);
const char *inf_job_get_progress_text (const InfJob *job);
const char *inf_job_get_summary (const InfJob *job);
guint64 inf_job_get_spent_ucredits (const InfJob *job);
guint64 inf_job_get_worst_case_ucredits (const InfJob *job);
guint64 inf_job_get_price_ucredits (const InfJob *job);

const char *inf_job_get_log_path (const InfJob *job);
void inf_job_set_log_path (InfJob *job, const char *path);

GVariant *inf_job_to_variant (const InfJob *job);
InfJob *inf_job_from_variant (GVariant *value, InfJobSpec *spec, GError **error);

const char *inf_job_state_to_text (InfJobState state);
gboolean inf_job_state_from_text (const char *text, InfJobState *ret_state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJob, inf_job_unref)

G_END_DECLS
