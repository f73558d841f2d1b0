#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfJobStep:
 * @began_unix: 0 before
 * @ended_unix: 0 before, and while it lasts
 */
typedef struct
{
  gint64 began_unix;
  gint64 ended_unix;
} InfJobStep;

/* In the order in which a job takes them; a job that waits is queued before the first. */
typedef enum
{
  INF_JOB_STEP_PLAN,
  INF_JOB_STEP_LEASE,
  INF_JOB_STEP_STAGE,
  INF_JOB_STEP_CHECK,
  INF_JOB_STEP_LAUNCH,
  INF_JOB_STEP_RUN,
  INF_JOB_STEP_COLLECT,
  INF_JOB_STEP_SETTLE,
  INF_JOB_N_STEPS
} InfJobStepIndex;

/**
 * InfJobFacts:
 * @state: as Jobs1 names it
 * @reason: in infinityd's words
 * @cause: (nullable): the same for inf_cause_words()
 * @progress: 0 to 1, negative unknown
 * @exit_status: of the program, -1 before
 * @hosts: names, rank 0's first
 * @host_spent: (array length=n_host_spent): what each of them was paid, by their names
 * @spent: micro-credits so far
 * @price: of all hosts, per second; 0 before they are leased
 * @worst_case: what it may cost at most; 0 before it is planned
 * @submitted_unix: all times in microseconds since 1970, 0 before
 *
 * What is known of a job, as Jobs1 tells it.
 */
typedef struct
{
  char *id;
  char *name;
  char *program;
  char *state;
  char *reason;
  GVariant *cause;
  char *failure;
  char *progress_text;
  char *summary;
  char *result;
  double progress;
  gint32 exit_status;
  guint32 nodes;
  guint32 attempt;
  char **hosts;
  GHashTable *host_spent; /* name to gint64, in micro-credits */
  guint64 spent;
  guint64 price;
  guint64 worst_case;
  guint64 log_bytes;
  gint64 submitted_unix;
  gint64 started_unix;
  gint64 finished_unix;
  InfJobStep steps[INF_JOB_N_STEPS];
} InfJobFacts;

/**
 * InfJobStepMark:
 *
 * How a step of a job stands.
 */
typedef enum
{
  INF_JOB_STEP_TO_COME,
  INF_JOB_STEP_CURRENT,
  INF_JOB_STEP_DONE,
  INF_JOB_STEP_FAILED,
  INF_JOB_STEP_STOPPED,
} InfJobStepMark;

void inf_job_facts_init (InfJobFacts *facts);
void inf_job_facts_clear (InfJobFacts *facts);
void inf_job_facts_take (InfJobFacts *facts, GVariant *job);

gboolean inf_job_facts_is_over (const InfJobFacts *facts);
gboolean inf_job_facts_runs (const InfJobFacts *facts);
gboolean inf_job_facts_has_progress (const InfJobFacts *facts);
int inf_job_facts_get_order (const InfJobFacts *facts);
gint64 inf_job_facts_get_elapsed (const InfJobFacts *facts, gint64 now_unix);
gint64 inf_job_facts_get_remaining (const InfJobFacts *facts, gint64 now_unix);
InfJobStepMark inf_job_facts_get_mark (const InfJobFacts *facts, InfJobStepIndex step);
gint64 inf_job_facts_get_paid (const InfJobFacts *facts, const char *host);

G_END_DECLS
