#pragma once

#include "discovery/files/inf-store-pins.h"
#include "grid/jobs/inf-job-launcher.h"
#include "grid/jobs/inf-job-log.h"
#include "grid/jobs/inf-job-net.h"
#include "grid/jobs/inf-job-runner.h"
#include "grid/jobs/inf-lease-client.h"
#include "grid/market/inf-plan.h"

G_BEGIN_DECLS

typedef struct _InfJobStop InfJobStop;

struct _InfJobRunner
{
  GObject parent;

  const InfJobContext *context;
  InfJob *job;
  InfJobSink sink;
  gpointer sink_data;

  guint timer;
  GPtrArray *waiting_actions; /* of InfJobAction: taken once the job is in its store */
  guint store_timer;
  gboolean is_flushing;
  gboolean must_flush_again;
  InfJobLog *log;
  guint restart_timer; /* above 0 while a restarted job waits for its hosts to be known again */

  /* of the present round */
  InfPlan *plan;
  GHashTable *clients; /* InfPeerId → InfLeaseClient */
  GCancellable *cancellable;
  char *work_dir;
  InfStorePins *staged;    /* what hosts fetch from here; NULL before it is hashed */
  GPtrArray *participants; /* of InfLeaseParticipant, the launcher's first */
  InfJobLauncher *launcher;
  InfJobSeat *seat;
  gboolean launcher_is_ready;
  gboolean launch_is_wanted;
  gboolean program_is_running;
  gboolean is_stopping;
  InfJobStop *stop; /* the order to stop the program that is being carried out; else NULL */
  guint n_orteds;
};

/* What an answer needs to find its way back: kept over the asynchronous call. */
typedef struct
{
  InfJobRunner *runner;
  guint round;
  InfPeerId host;
} InfJobAnswer;

InfJobAnswer *inf_job_answer_new (InfJobRunner *runner, guint round, const InfPeerId *host);
void inf_job_answer_free (InfJobAnswer *answer);

InfError inf_job_runner_error_code (const GError *error);
void inf_job_runner_handle (InfJobRunner *runner, const InfJobEvent *event);
void inf_job_runner_answer (InfJobAnswer *answer, InfJobEventType type, const GError *error);
InfLeaseClient *inf_job_runner_get_client (InfJobRunner *runner, const InfPeerId *host);
InfLeaseClient *inf_job_runner_need_client (InfJobRunner *runner, const InfJobHost *host);

/* inf-job-runner-hosts.c: what is done with each host until the program has ended */
void inf_job_runner_plan (InfJobRunner *runner, guint round);
void inf_job_runner_lease (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_stage (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_check (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_start_meter (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_stop_meter (InfJobRunner *runner, const InfJobAction *action);
InfJobAnswer *inf_job_answer_for (InfJobRunner *runner, const InfJobAction *action,
                                  const InfJobHost *host);
void inf_job_answer_later (InfJobAnswer *answer, InfJobEventType type, GError *error);

/* inf-job-runner-ending.c: what is done with each host once the program has ended */
void inf_job_runner_collect (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_settle (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_release (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_abandon (InfJobRunner *runner, const InfJobAction *action);

/* inf-job-runner-program.c: the program and its launcher */
void inf_job_runner_prepare_launcher (InfJobRunner *runner);
void inf_job_runner_launch (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_stop_program (InfJobRunner *runner, const InfJobAction *action);
void inf_job_runner_drop_launcher (InfJobRunner *runner);
void inf_job_runner_forget_stop (InfJobRunner *runner);

G_END_DECLS
