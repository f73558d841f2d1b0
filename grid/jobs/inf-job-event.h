#pragma once

#include "common/inf-error.h"
#include "grid/jobs/inf-job-host.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfJobActionType:
 * @INF_JOB_ACTION_PLAN: find hosts (not those of inf_job_is_excluded()); answer PLANNED or
 *   PLAN_IMPOSSIBLE
 * @INF_JOB_ACTION_LEASE: ask each host for a lease; answer LEASED or LEASE_REFUSED for each
 * @INF_JOB_ACTION_STAGE: program and inputs to each host; answer STAGED or STAGE_FAILED for each
 * @INF_JOB_ACTION_CHECK: check each host; answer CHECKED or CHECK_FAILED for each
 * @INF_JOB_ACTION_LAUNCH: start the program; answer LAUNCHED or LAUNCH_FAILED, and later
 *   PROGRAM_EXITED
 * @INF_JOB_ACTION_START_METER: begin to pay; no answer, SPENT now and then
 * @INF_JOB_ACTION_STOP_METER: no further voucher; no answer
 * @INF_JOB_ACTION_STOP_PROGRAM: end the program on every host, now, however far its start has come;
 *   answer PROGRAM_EXITED once nothing of it is left, also when nothing was there
 * @INF_JOB_ACTION_COLLECT: bring the outputs of each host home; answer COLLECTED or COLLECT_FAILED
 *   for each
 * @INF_JOB_ACTION_SETTLE: close each host's lease with the last voucher; answer SETTLED or
 *   SETTLE_FAILED for each
 * @INF_JOB_ACTION_RELEASE: give back a lease that nothing ran under, or withdraw the question for
 *   one (all-zero lease id: by the job's id); answer SETTLED or SETTLE_FAILED for each
 * @INF_JOB_ACTION_ABANDON: the host can't be asked: close the lease on this side alone, at the last
 *   voucher sent; no answer
 * @INF_JOB_ACTION_FINISHED: the job has reached its final state; no answer
 */
typedef enum
{
  INF_JOB_ACTION_PLAN,
  INF_JOB_ACTION_LEASE,
  INF_JOB_ACTION_STAGE,
  INF_JOB_ACTION_CHECK,
  INF_JOB_ACTION_LAUNCH,
  INF_JOB_ACTION_START_METER,
  INF_JOB_ACTION_STOP_METER,
  INF_JOB_ACTION_STOP_PROGRAM,
  INF_JOB_ACTION_COLLECT,
  INF_JOB_ACTION_SETTLE,
  INF_JOB_ACTION_RELEASE,
  INF_JOB_ACTION_ABANDON,
  INF_JOB_ACTION_FINISHED,
} InfJobActionType;

/**
 * InfJobAction:
 * @type: what to do
 * @round: to be handed back in every event that answers this action
 * @hosts: (element-type InfJobHost): whom it is about, in the order of their index; may be empty
 */
typedef struct
{
  InfJobActionType type;
  guint round;
  GPtrArray *hosts;
} InfJobAction;

/**
 * InfJobEventType:
 * @INF_JOB_EVENT_SUBMITTED: the job was made and is in the store: begin
 * @INF_JOB_EVENT_RESTARTED: the node has started and found this job unfinished in its store
 * @INF_JOB_EVENT_CANCEL_REQUESTED: somebody wants it to end; text: who or why, or %NULL
 * @INF_JOB_EVENT_HOSTS_CHANGED: the grid's hosts changed; a queued job is planned anew
 * @INF_JOB_EVENT_TICK: inf_job_get_deadline_us() has passed
 * @INF_JOB_EVENT_PLANNED: hosts; ucredits: the worst-case price
 * @INF_JOB_EVENT_PLAN_IMPOSSIBLE: code, text, cause: the reason and what would satisfy; flag:
 * whether waiting can help
 * @INF_JOB_EVENT_LEASED: host, lease_id
 * @INF_JOB_EVENT_LEASE_REFUSED: host, code, text: the refusal or why there was no answer
 * @INF_JOB_EVENT_STAGED: host
 * @INF_JOB_EVENT_STAGE_FAILED: host (or %NULL: a file here), code, text
 * @INF_JOB_EVENT_CHECKED: host
 * @INF_JOB_EVENT_CHECK_FAILED: host, code, text: in one line
 * @INF_JOB_EVENT_LAUNCHED: the program runs
 * @INF_JOB_EVENT_LAUNCH_FAILED: host (or %NULL), code, text
 * @INF_JOB_EVENT_PROGRAM_EXITED: status: as waitpid() gives; host: whose fault it is as far as is
 *   known, or %NULL; text: in that case what happened, else the last words of the log or %NULL
 * @INF_JOB_EVENT_PROGRESS: fraction, text. While staging and collecting it shows that there is
 *   movement, and puts off the deadline
 * @INF_JOB_EVENT_SUMMARY: text: the program's own one-line summary
 * @INF_JOB_EVENT_SPENT: host, ucredits: what it has been paid in this attempt, cumulative
 * @INF_JOB_EVENT_HOST_DEAD: host, text: how that was noticed, or %NULL
 * @INF_JOB_EVENT_LINK_LOST: host, text: as above; the host itself may live
 * @INF_JOB_EVENT_HOST_STOPPED: host, text: the host ended the lease (its owner, no payment)
 * @INF_JOB_EVENT_CREDITS_OUT: text: or %NULL
 * @INF_JOB_EVENT_COLLECTED: host
 * @INF_JOB_EVENT_COLLECT_FAILED: host, code, text
 * @INF_JOB_EVENT_SETTLED: host, ucredits: the final amount
 * @INF_JOB_EVENT_SETTLE_FAILED: host, text
 */
typedef enum
{
  INF_JOB_EVENT_SUBMITTED,
  INF_JOB_EVENT_RESTARTED,
  INF_JOB_EVENT_CANCEL_REQUESTED,
  INF_JOB_EVENT_HOSTS_CHANGED,
  INF_JOB_EVENT_TICK,
  INF_JOB_EVENT_PLANNED,
  INF_JOB_EVENT_PLAN_IMPOSSIBLE,
  INF_JOB_EVENT_LEASED,
  INF_JOB_EVENT_LEASE_REFUSED,
  INF_JOB_EVENT_STAGED,
  INF_JOB_EVENT_STAGE_FAILED,
  INF_JOB_EVENT_CHECKED,
  INF_JOB_EVENT_CHECK_FAILED,
  INF_JOB_EVENT_LAUNCHED,
  INF_JOB_EVENT_LAUNCH_FAILED,
  INF_JOB_EVENT_PROGRAM_EXITED,
  INF_JOB_EVENT_PROGRESS,
  INF_JOB_EVENT_SUMMARY,
  INF_JOB_EVENT_SPENT,
  INF_JOB_EVENT_HOST_DEAD,
  INF_JOB_EVENT_LINK_LOST,
  INF_JOB_EVENT_HOST_STOPPED,
  INF_JOB_EVENT_CREDITS_OUT,
  INF_JOB_EVENT_COLLECTED,
  INF_JOB_EVENT_COLLECT_FAILED,
  INF_JOB_EVENT_SETTLED,
  INF_JOB_EVENT_SETTLE_FAILED,
} InfJobEventType;

#define INF_JOB_N_EVENTS (INF_JOB_EVENT_SETTLE_FAILED + 1)

/**
 * InfJobEvent:
 * @type: what happened; it says which of the others count
 * @round: the round of the action that this answers; 0 for what nobody asked for (cancel, death,
 *   progress …). An answer of an earlier round is known by it and does no harm.
 * @host: (nullable): whom it is about
 * @hosts: (nullable) (element-type InfJobHost): a plan's hosts, rank 0's first
 * @lease_id: (nullable): 16 bytes
 * @code: why, for the caller; 0 is %INF_ERROR_FAILED
 * @text: (nullable): why, for people: one line that names the object
 * @cause: (nullable): the same for programs, `a{sv}`: docs/causes.md
 * @ucredits: an amount
 * @status: a wait status
 * @fraction: 0 to 1
 * @flag: see the type
 *
 * Everything is the caller's; the job copies what it keeps.
 */
typedef struct
{
  InfJobEventType type;
  guint round;
  const InfPeerId *host;
  GPtrArray *hosts;
  const guint8 *lease_id;
  InfError code;
  const char *text;
  GVariant *cause;
  guint64 ucredits;
  int status;
  double fraction;
  gboolean flag;
} InfJobEvent;

InfJobAction *inf_job_action_new (InfJobActionType type, guint round);
void inf_job_action_free (InfJobAction *action);

const char *inf_job_action_type_to_text (InfJobActionType type);
const char *inf_job_event_type_to_text (InfJobEventType type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobAction, inf_job_action_free)

G_END_DECLS
