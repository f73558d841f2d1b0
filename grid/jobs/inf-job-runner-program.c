#include "grid/jobs/inf-job-runner-private.h"

#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "grid/jobs/inf-job-messages.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* What a job's driver does with the program: the launcher, the orted on each host, the end. */

/* What a host's exec channel says when the orted did not end by itself: see inf-host-exec.c */
#define NO_EXIT_STATUS (-1)

static void run_program (InfJobRunner *self);

static const InfJobHost *
host_by_index (InfJobRunner *self, guint index)
{
  GPtrArray *hosts = inf_job_get_hosts (self->job);

  for (guint i = 0; i < hosts->len; i++)
    if (((InfJobHost *)hosts->pdata[i])->index == index)
      return hosts->pdata[i];
  return NULL;
}

/* One orted: the agent that waits for it, and the channel that carries it. */
typedef struct
{
  InfJobRunner *runner;
  guint round;
  InfAgentCall *call;
  InfLinkChannel *channel;
  InfPeerId host;
  char *host_name;
  gboolean agent_is_gone;
} Orted;

static void
orted_free (Orted *orted)
{
  g_signal_handlers_disconnect_by_data (orted->call, orted);
  if (orted->channel)
    g_signal_handlers_disconnect_by_data (orted->channel, orted);
  g_clear_object (&orted->channel);
  g_object_unref (orted->call);
  g_object_unref (orted->runner);
  g_free (orted->host_name);
  g_free (orted);
}

static void
host_trouble (Orted *orted, InfJobEventType type, InfError code, const char *text)
{
  InfJobEvent event = {
    .type = type,
    .round = orted->round,
    .host = &orted->host,
    .code = code,
    .text = text,
  };

  /* Once mpiexec has ended, an orted that is still there is stopped on purpose. */
  if (!orted->runner->program_is_running || orted->runner->is_stopping
      || orted->round != inf_job_get_round (orted->runner->job))
    return;
  if (type == INF_JOB_EVENT_HOST_STOPPED)
    event.round = 0;
  inf_job_runner_handle (orted->runner, &event);
}

static void
end_orted (Orted *orted, int exit_status)
{
  inf_agent_call_return (orted->call, exit_status, NULL);
  orted_free (orted);
}

/* mpiexec learns of the orted's end last, so that the job's reason is the host's, not mpiexec's. */
static void
on_end_explained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Orted *orted = user_data;
  InfLeaseClient *client = INF_LEASE_CLIENT (source);
  g_autoptr (GError) error = NULL;

  if (!inf_lease_client_stop_finish (client, result, &error))
    host_trouble (orted, INF_JOB_EVENT_LINK_LOST, INF_ERROR_UNREACHABLE, error->message);
  else
    {
      const char *reason = inf_lease_client_get_end_reason (client);
      host_trouble (orted, INF_JOB_EVENT_HOST_STOPPED, INF_ERROR_REFUSED,
                    reason ? reason : "it gave no reason");
    }
  end_orted (orted, 255);
}

/* Without an exit status the host has ended the orted, or is gone: it is asked which. But mpiexec
 * does not wait for its agents: when it ends they are killed, and what closes the channel then is
 * this node. */
static void
on_orted_closed (InfLinkChannel *channel, int exit_status, gpointer user_data)
{
  Orted *orted = user_data;
  InfLeaseClient *client = inf_job_runner_get_client (orted->runner, &orted->host);

  if (exit_status == NO_EXIT_STATUS && !orted->agent_is_gone && client
      && !orted->runner->is_stopping && orted->round == inf_job_get_round (orted->runner->job))
    inf_lease_client_stop_async (client, "the program's stream ended", on_end_explained, orted);
  else
    end_orted (orted, exit_status == NO_EXIT_STATUS ? 255 : exit_status);
}

static void
on_agent_gone (InfAgentCall *call, gpointer user_data)
{
  Orted *orted = user_data;

  orted->agent_is_gone = TRUE;
  if (orted->channel)
    inf_link_channel_close (orted->channel);
}

static void
on_orted_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Orted *orted = user_data;
  InfJobRunner *self = orted->runner;
  g_autoptr (GError) error = NULL;
  InfJobEvent event = { .type = INF_JOB_EVENT_LAUNCHED, .round = orted->round };

  orted->channel = inf_links_open_channel_finish (INF_LINKS (source), result, &error);
  if (!orted->channel)
    {
      host_trouble (orted, INF_JOB_EVENT_LAUNCH_FAILED, inf_job_runner_error_code (error),
                    error->message);
      inf_agent_call_return (orted->call, 255, error->message);
      orted_free (orted);
      return;
    }
  g_signal_connect (orted->channel, "closed", G_CALLBACK (on_orted_closed), orted);
  if (inf_link_channel_is_closed (orted->channel))
    on_orted_closed (orted->channel, NO_EXIT_STATUS, orted);
  else if (orted->agent_is_gone)
    inf_link_channel_close (orted->channel);
  else if (orted->round == inf_job_get_round (self->job)
           && ++self->n_orteds == inf_job_get_hosts (self->job)->len)
    inf_job_runner_handle (self, &event);
}

/* mpiexec wants an orted on a host: the command goes there over an exec channel, with the agent's
 * own standard streams spliced to it. */
static void
on_agent (InfAgentCall *call, gpointer user_data)
{
  InfJobRunner *self = user_data;
  const InfJobHost *host = host_by_index (self, inf_agent_call_get_host_index (call));
  InfLeaseClient *client = host ? inf_job_runner_get_client (self, &host->peer_id) : NULL;
  g_auto (InfExecHeader) header = { 0 };

  if (!client)
    {
      inf_agent_call_return (call, 255, "no such host in this job");
      return;
    }
  Orted *orted = g_new0 (Orted, 1);
  orted->runner = g_object_ref (self);
  orted->round = inf_job_get_round (self->job);
  orted->call = g_object_ref (call);
  orted->host = host->peer_id;
  orted->host_name = g_strdup (host->name);
  g_signal_connect (call, "cancelled", G_CALLBACK (on_agent_gone), orted);

  memcpy (header.lease_id, host->lease_id, sizeof header.lease_id);
  header.command_line = g_strdup (inf_agent_call_get_command_line (call));
  g_autoptr (GBytes) bytes = inf_exec_header_encode (&header);
  InfSplice splice = {
    .in_fd = inf_agent_call_steal_fd (call, 0),
    .out_fd = inf_agent_call_steal_fd (call, 1),
    .err_fd = inf_agent_call_steal_fd (call, 2),
  };
  inf_links_open_channel_async (self->context->links, inf_lease_client_get_endpoint (client),
                                INF_SERVICE_EXEC, bytes, &splice, self->cancellable,
                                on_orted_opened, orted);
}

static void
on_output (InfJobLauncher *launcher, GBytes *data, gpointer user_data)
{
  InfJobRunner *self = user_data;

  if (!self->log)
    return;
  inf_job_log_add (self->log, data);
  g_signal_emit_by_name (self, "log-grew");
}

static void
launch_failed (InfJobRunner *self, guint round, const GError *error)
{
  InfJobEvent event = {
    .type = INF_JOB_EVENT_LAUNCH_FAILED,
    .round = round,
    .code = inf_job_runner_error_code (error),
    .text = error->message,
  };

  inf_job_runner_handle (self, &event);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  InfJobRunner *self = answer->runner;
  g_autoptr (GError) error = NULL;
  gboolean prepared = inf_job_launcher_prepare_finish (INF_JOB_LAUNCHER (source), result, &error);

  if (self->launcher == INF_JOB_LAUNCHER (source))
    {
      self->launcher_is_ready = prepared;
      if (prepared && self->launch_is_wanted)
        run_program (self);
      else if (!prepared)
        launch_failed (self, answer->round, error);
    }
  inf_job_answer_free (answer);
}

/**
 * inf_job_runner_prepare_launcher:
 * @runner: a runner whose hosts have their files
 *
 * Makes the launcher's sandbox while the hosts make theirs.
 */
void
inf_job_runner_prepare_launcher (InfJobRunner *runner)
{
  g_autofree char *name = g_strdup_printf ("%s-%u", inf_job_get_id_text (runner->job),
                                           inf_job_get_round (runner->job));

  g_autoptr (GError) error = NULL;

  runner->work_dir = g_build_filename (runner->context->state_dir, "launch", name, NULL);
  runner->launcher = inf_job_launcher_new (runner->job, runner->work_dir);
  runner->launcher_is_ready = runner->launch_is_wanted = FALSE;
  g_signal_connect (runner->launcher, "output", G_CALLBACK (on_output), runner);
  inf_job_launcher_prepare_async (
      runner->launcher, on_agent, runner, runner->cancellable, on_prepared,
      inf_job_answer_new (runner, inf_job_get_round (runner->job), NULL));
  if (inf_job_launcher_get_sandbox (runner->launcher))
    runner->seat = inf_job_net_join (runner->context->net, inf_job_get_id (runner->job),
                                     INF_SANDBOX_LAUNCHER_INDEX, runner->participants,
                                     inf_job_launcher_get_sandbox (runner->launcher), &error);
  if (error)
    g_warning ("job %s: %s", inf_job_get_name (runner->job), error->message);
}

static void
tell_exit (InfJobRunner *self, guint round, int wait_status)
{
  InfJobEvent event = {
    .type = INF_JOB_EVENT_PROGRAM_EXITED,
    .round = round,
    .status = wait_status,
    .text = self->log ? inf_job_log_get_last_words (self->log) : NULL,
  };

  inf_job_runner_handle (self, &event);
}

/* The order to stop a program, while it is carried out: the launcher, the program and each host
 * answer in whatever order, and some of them after the round is long over. Each keeps it. */
struct _InfJobStop
{
  InfJobRunner *runner;
  guint round;
  guint pending;
  int wait_status;
};

static void
stop_clear (gpointer data)
{
  InfJobStop *stop = data;

  g_object_unref (stop->runner);
}

static InfJobStop *
stop_new (InfJobRunner *self)
{
  InfJobStop *stop = g_rc_box_new0 (InfJobStop);

  stop->runner = g_object_ref (self);
  stop->round = inf_job_get_round (self->job);
  stop->wait_status = SIGTERM;
  return stop;
}

static void
stop_unref (InfJobStop *stop)
{
  g_rc_box_release_full (stop, stop_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfJobStop, stop_unref)

static InfJobStop *
stop_wait_for_one_more (InfJobStop *stop)
{
  stop->pending++;
  return g_rc_box_acquire (stop);
}

/**
 * inf_job_runner_forget_stop:
 * @runner: a runner
 *
 * The round is over: who still answers to the order to stop answers to nobody.
 */
void
inf_job_runner_forget_stop (InfJobRunner *runner)
{
  g_clear_pointer (&runner->stop, stop_unref);
}

static void
stop_answered (InfJobStop *stop)
{
  g_autoptr (InfJobStop) keep = g_rc_box_acquire (stop);

  if (--stop->pending > 0 || stop->runner->stop != stop)
    return;
  inf_job_runner_forget_stop (stop->runner);
  tell_exit (stop->runner, stop->round, stop->wait_status);
}

static void
on_program_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobAnswer *answer = user_data;
  InfJobRunner *self = answer->runner;
  g_autoptr (GError) error = NULL;
  int wait_status = SIGKILL;
  gboolean ran
      = inf_job_launcher_run_finish (INF_JOB_LAUNCHER (source), result, &wait_status, &error);

  if (self->launcher == INF_JOB_LAUNCHER (source))
    {
      self->program_is_running = FALSE;
      if (self->log)
        inf_job_log_end_output (self->log);
      if (self->stop)
        {
          self->stop->wait_status = wait_status;
          stop_answered (self->stop);
        }
      else if (ran)
        tell_exit (self, answer->round, wait_status);
      else
        launch_failed (self, answer->round, error);
    }
  inf_job_answer_free (answer);
}

static void
run_program (InfJobRunner *self)
{
  InfJobSpec *spec = inf_job_get_spec (self->job);
  g_autofree char *name = inf_job_spec_program_name (spec);
  g_autofree char *program = spec->kind == INF_PROGRAM_INSTALLED
                                 ? g_strdup (spec->program)
                                 : g_build_filename ("/app", name, NULL);

  self->launch_is_wanted = FALSE;
  self->program_is_running = TRUE;
  inf_job_launcher_run_async (self->launcher, program, NULL, on_program_ended,
                              inf_job_answer_new (self, inf_job_get_round (self->job), NULL));
}

void
inf_job_runner_launch (InfJobRunner *runner, const InfJobAction *action)
{
  if (runner->launcher_is_ready)
    run_program (runner);
  else
    runner->launch_is_wanted = TRUE;
}

static void
on_host_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfJobStop) stop = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_lease_client_stop_finish (INF_LEASE_CLIENT (source), result, &error))
    g_debug ("%s", error->message);
  stop_answered (stop);
}

static void
on_launcher_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfJobStop) stop = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_job_launcher_stop_finish (INF_JOB_LAUNCHER (source), result, &error))
    g_warning ("the launcher can't be stopped: %s", error->message);
  stop_answered (stop);
}

/* After a restart of this node there is no launcher to be stopped. */
static void
tell_nothing_runs (gpointer user_data)
{
  g_autoptr (InfJobStop) stop = user_data;

  stop_answered (stop);
}

/**
 * inf_job_runner_stop_program:
 * @runner: a runner
 * @action: the order
 *
 * Ends everything at once, here and on every host; the core hears of it when all have answered, or
 * its own deadline passes.
 */
void
inf_job_runner_stop_program (InfJobRunner *runner, const InfJobAction *action)
{
  GPtrArray *hosts = inf_job_get_hosts (runner->job);

  if (runner->stop)
    return; /* it is being done, and will be answered */
  InfJobStop *stop = runner->stop = stop_new (runner);
  runner->is_stopping = TRUE;
  runner->launch_is_wanted = FALSE;
  stop->pending = runner->program_is_running ? 1 : 0;
  if (runner->launcher)
    inf_job_launcher_stop_async (runner->launcher, on_launcher_stopped,
                                 stop_wait_for_one_more (stop));
  else
    g_idle_add_once (tell_nothing_runs, stop_wait_for_one_more (stop));
  for (guint i = 0; i < hosts->len; i++)
    {
      const InfJobHost *host = hosts->pdata[i];
      if (host->is_lost || host->lease != INF_JOB_LEASE_HELD)
        continue;
      InfLeaseClient *client = inf_job_runner_need_client (runner, host);
      if (client && inf_lease_client_get_lease (client))
        inf_lease_client_stop_async (client, "the job was stopped", on_host_stopped,
                                     stop_wait_for_one_more (stop));
    }
}

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *work_dir = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_job_launcher_stop_finish (INF_JOB_LAUNCHER (source), result, &error)
      || !inf_tree_remove (work_dir, &error))
    g_warning ("the launcher left something behind: %s", error->message);
}

/**
 * inf_job_runner_drop_launcher:
 * @runner: a runner
 *
 * The attempt is over: its launcher, sandbox and files go.
 */
void
inf_job_runner_drop_launcher (InfJobRunner *runner)
{
  g_clear_pointer (&runner->seat, inf_job_seat_leave);
  if (!runner->launcher)
    return;
  g_signal_handlers_disconnect_by_data (runner->launcher, runner);
  inf_job_launcher_stop_async (runner->launcher, on_dropped, g_steal_pointer (&runner->work_dir));
  g_clear_object (&runner->launcher);
}
