#pragma once

#include "grid/jobs/inf-job.h"

G_BEGIN_DECLS

/* What the attempt that is ending leads to. */
typedef enum
{
  INF_JOB_OUTCOME_NONE,
  INF_JOB_OUTCOME_DONE,
  INF_JOB_OUTCOME_FAILED,
  INF_JOB_OUTCOME_CANCELLED,
  INF_JOB_OUTCOME_RETRY,
  INF_JOB_OUTCOME_REPLAN,
  INF_JOB_OUTCOME_QUEUE,
} InfJobOutcome;

struct _InfJob
{
  gatomicrefcount ref_count;

  guint8 id[INF_JOB_ID_SIZE_BYTES];
  char *id_text;
  char *name;
  InfJobSpec *spec;

  InfJobState state;
  guint attempt;
  guint round;
  guint refusals;
  gint64 submitted_unix_us;
  gint64 ended_unix_us;
  InfJobStep steps[INF_JOB_N_STEPS];
  gint64 deadline_us;

  GPtrArray *hosts;
  GPtrArray *past_hosts;
  GPtrArray *excluded;

  InfJobOutcome outcome;
  InfError error_code;
  char *reason;
  GVariant *cause; /* the same for programs, NULL for none: docs/causes.md */
  /* Why the job is planned anew; told again when no other hosts are found. */
  InfError problem_code;
  char *problem;
  GVariant *problem_cause;
  gboolean is_stopping;
  gboolean is_metered;
  /* The program ended badly of itself; a host that turns out to be dead is the better reason. */
  gboolean has_failed_exit;

  double progress;
  char *progress_text;
  char *summary;
  guint64 worst_case_ucredits;
  int exit_status;
  char *log_path;
};

/* One call of inf_job_handle(): the time, and the actions found so far. */
typedef struct
{
  InfJob *job;
  gint64 now_us;
  gint64 unix_us;
  GPtrArray *actions;
} InfJobTurn;

InfJob *inf_job_alloc (const guint8 id[INF_JOB_ID_SIZE_BYTES], const char *name, InfJobSpec *spec);

void inf_job_set_reason (InfJob *job, InfError code, const char *text, GVariant *cause);
void inf_job_set_problem (InfJob *job, InfError code, const char *text, GVariant *cause);
void inf_job_exclude (InfJob *job, const InfPeerId *peer_id);

/* inf-job-turn.c */
void inf_job_turn_enter (InfJobTurn *turn, InfJobState state, gint64 timeout_us);
void inf_job_turn_act (InfJobTurn *turn, InfJobActionType type);
void inf_job_turn_act_on (InfJobTurn *turn, InfJobActionType type, guint round, InfJobHost *host);
void inf_job_turn_act_on_held (InfJobTurn *turn, InfJobActionType type);
gboolean inf_job_are_hosts_ready (const InfJob *job);
void inf_job_turn_begin_round (InfJobTurn *turn);
void inf_job_turn_queue (InfJobTurn *turn, InfError code, const char *text, GVariant *cause);
void inf_job_turn_late_answer (InfJobTurn *turn, const InfJobEvent *event);

/* inf-job-leasing.c */
void inf_job_turn_in_planning (InfJobTurn *turn, const InfJobEvent *event);
void inf_job_turn_in_leasing (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event);

/* inf-job.c */
void inf_job_turn_stage (InfJobTurn *turn);

/* inf-job-ending.c */
void inf_job_turn_end (InfJobTurn *turn, InfJobOutcome outcome, InfError code, const char *text,
                       GVariant *cause);
void inf_job_turn_fail (InfJobTurn *turn, InfJobHost *host, InfError code, const char *text,
                        GVariant *cause);
void inf_job_turn_exited (InfJobTurn *turn, const InfJobEvent *event);
void inf_job_turn_stop_program (InfJobTurn *turn);
void inf_job_turn_collect (InfJobTurn *turn);
void inf_job_turn_settle (InfJobTurn *turn);
void inf_job_turn_in_collecting (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event);
void inf_job_turn_in_settling (InfJobTurn *turn, InfJobHost *host, const InfJobEvent *event);
void inf_job_turn_cancel (InfJobTurn *turn, const char *text);

/* inf-job-reason.c */
char *inf_job_reason_of_host (const InfJobHost *host, const char *text, const char *otherwise);
char *inf_job_reason_of_loss (const InfJob *job, const InfJobHost *host, const InfJobEvent *event);
char *inf_job_reason_of_exit (int status, const char *last_words, InfError *ret_code);
GVariant *inf_job_cause (const char *code);
GVariant *inf_job_cause_of_host (const char *code, const InfJobHost *host, const char *detail);
GVariant *inf_job_cause_of_loss (const InfJob *job, const InfJobHost *host,
                                 const InfJobEvent *event);
GVariant *inf_job_cause_of_exit (int status, const char *last_words);

G_END_DECLS
