#include "grid/jobs/inf-job-launcher.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-launch.h"
#include "grid/sandbox/inf-mpiexec-output.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define READ_SIZE_BYTES 65536

struct _InfJobLauncher
{
  GObject parent;

  InfJob *job;
  char *work_dir; /* what lies in it goes with the launcher */
  InfSandbox *sandbox;
  InfAgentServer *agents;
  GInputStream *output; /* the read end of what mpiexec prints */
  InfMpiexecOutput *printed;
  GPtrArray *stop_waiters; /* of GTask; NULL while nobody waits for the stop */
};

G_DEFINE_FINAL_TYPE (InfJobLauncher, inf_job_launcher, G_TYPE_OBJECT)

enum
{
  SIGNAL_OUTPUT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_job_launcher_finalize (GObject *object)
{
  InfJobLauncher *self = INF_JOB_LAUNCHER (object);

  if (self->agents)
    inf_agent_server_stop (self->agents);
  g_clear_object (&self->agents);
  g_clear_object (&self->sandbox);
  g_clear_object (&self->output);
  g_clear_pointer (&self->printed, inf_mpiexec_output_free);
  g_clear_pointer (&self->job, inf_job_unref);
  g_clear_pointer (&self->work_dir, g_free);
  G_OBJECT_CLASS (inf_job_launcher_parent_class)->finalize (object);
}

static void
inf_job_launcher_class_init (InfJobLauncherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_job_launcher_finalize;
  signals[SIGNAL_OUTPUT] = g_signal_new ("output", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
}

static void
inf_job_launcher_init (InfJobLauncher *self)
{
}

/* The launcher reaches every host, and holds no ranks. Its own mca-params say which ports it has;
 * the sandbox writes them where Open MPI looks. */
static InfSandbox *
make_sandbox (InfJobLauncher *self, const char *job_dir)
{
  InfSandboxConfig *config = inf_sandbox_config_new (job_dir, INF_SANDBOX_LAUNCHER_INDEX);
  GPtrArray *hosts = inf_job_get_hosts (self->job);
  g_autofree char *params = inf_launch_mca_params (INF_SANDBOX_LAUNCHER_INDEX, 1, FALSE, FALSE);

  for (guint i = 0; i < hosts->len; i++)
    {
      InfJobHost *host = hosts->pdata[i];
      /* mpiexec speaks to orted only, never to ranks */
      inf_sandbox_config_add_participant (config, host->index, 1);
    }
  inf_sandbox_config_set_mca_params (config, params);
  inf_sandbox_config_set_agent_dir (config, inf_agent_server_get_dir (self->agents));
  return inf_sandbox_new (config);
}

/**
 * inf_job_launcher_new:
 * @job: a job whose attempt has its hosts
 * @work_dir: an empty directory for the launcher's own files, on this machine
 *
 * Returns: (transfer full): a launcher that has started nothing
 */
InfJobLauncher *
inf_job_launcher_new (InfJob *job, const char *work_dir)
{
  InfJobLauncher *self = g_object_new (INF_TYPE_JOB_LAUNCHER, NULL);

  self->job = inf_job_ref (job);
  self->work_dir = g_strdup (work_dir);
  return self;
}

/**
 * inf_job_launcher_get_sandbox:
 * @launcher: a launcher
 *
 * Returns: (transfer none) (nullable): its sandbox, from inf_job_launcher_prepare_async() on
 */
InfSandbox *
inf_job_launcher_get_sandbox (InfJobLauncher *launcher)
{
  return launcher->sandbox;
}

static void
on_sandbox_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (inf_sandbox_start_finish (INF_SANDBOX (source), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_prefix_error (&error, "this machine can't start the launcher: ");
  g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * inf_job_launcher_prepare_async:
 * @launcher: a new launcher
 * @agent_func: called for each `orted` that mpiexec wants started on a host
 * @agent_data: for @agent_func; must outlive the launcher's sandbox
 * @cancellable: (nullable): gives up
 * @callback: when the sandbox runs; its connect function is the caller's to set
 * @user_data: for @callback
 */
void
inf_job_launcher_prepare_async (InfJobLauncher *launcher, InfAgentFunc agent_func,
                                gpointer agent_data, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (launcher, cancellable, callback, user_data);
  g_autofree char *job_dir = g_build_filename (launcher->work_dir, "job", NULL);
  g_autofree char *agent_dir = g_build_filename (launcher->work_dir, "agent", NULL);
  GError *error = NULL;

  if (g_mkdir_with_parents (job_dir, 0700) != 0 || g_mkdir_with_parents (agent_dir, 0700) != 0)
    {
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_FAILED, "%s: %s", launcher->work_dir,
                               g_strerror (errno));
      return;
    }
  launcher->agents = inf_agent_server_new (agent_dir, agent_func, agent_data, NULL, &error);
  if (!launcher->agents)
    {
      g_task_return_error (task, error);
      return;
    }
  launcher->sandbox = make_sandbox (launcher, job_dir);
  inf_sandbox_start_async (launcher->sandbox, cancellable, on_sandbox_started,
                           g_steal_pointer (&task));
}

gboolean
inf_job_launcher_prepare_finish (InfJobLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static char **
launch_argv (InfJobLauncher *self, const char *program, GError **error)
{
  InfJobSpec *spec = inf_job_get_spec (self->job);
  GPtrArray *hosts = inf_job_get_hosts (self->job);
  g_autofree InfLaunchHost *launch_hosts = g_new0 (InfLaunchHost, hosts->len);

  for (guint i = 0; i < hosts->len; i++)
    {
      InfJobHost *host = hosts->pdata[i];
      launch_hosts[i].index = host->index;
      launch_hosts[i].n_slots = host->slots;
    }
  InfLaunch launch = {
    .hosts = launch_hosts,
    .n_hosts = hosts->len,
    .program = program,
    .args = (const char *const *)spec->args,
  };
  return inf_launch_argv (&launch, error);
}

/* The run is over when mpiexec has ended and everything it printed was read: the pipe's other end
 * may stay open a moment longer than the process. */
typedef struct
{
  gboolean has_exited;
  gboolean output_ended;
  int wait_status;
  GError *error;
} Run;

static void
run_free (Run *run)
{
  g_clear_error (&run->error);
  g_free (run);
}

static void
return_when_over (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  if (!run->has_exited || !run->output_ended)
    return;
  if (run->error)
    g_task_return_error (task, g_steal_pointer (&run->error));
  else
    g_task_return_int (task, run->wait_status);
}

static void read_output (GTask *task);

static void
tell (InfJobLauncher *self, GBytes *data)
{
  if (g_bytes_get_size (data) > 0)
    g_signal_emit (self, signals[SIGNAL_OUTPUT], 0, data);
}

static void
on_output (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfJobLauncher *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GBytes) passed = NULL;
  g_autoptr (GBytes) data
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (!data || g_bytes_get_size (data) == 0)
    {
      passed = inf_mpiexec_output_finish (self->printed);
      tell (self, passed);
      run->output_ended = TRUE;
      return_when_over (task);
      return;
    }
  passed = inf_mpiexec_output_feed (self->printed, data);
  tell (self, passed);
  read_output (task);
}

static void
read_output (GTask *task)
{
  InfJobLauncher *self = g_task_get_source_object (task);

  g_input_stream_read_bytes_async (self->output, READ_SIZE_BYTES, G_PRIORITY_DEFAULT, NULL,
                                   on_output, g_object_ref (task));
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);

  run->has_exited = TRUE;
  inf_sandbox_exec_finish (INF_SANDBOX (source), result, &run->wait_status, &run->error);
  return_when_over (task);
}

/**
 * inf_job_launcher_run_async:
 * @launcher: a prepared launcher
 * @program: absolute path of the program in the hosts' sandboxes, or an installed program's name
 * @cancellable: (nullable): gives up waiting; inf_job_launcher_stop_async() ends the program
 * @callback: when mpiexec has ended and its output was read
 * @user_data: for @callback
 */
void
inf_job_launcher_run_async (InfJobLauncher *launcher, const char *program,
                            GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (launcher, cancellable, callback, user_data);
  GError *error = NULL;
  g_auto (GStrv) argv = launch_argv (launcher, program, &error);
  int pipe_fds[2];

  if (!argv || !g_unix_open_pipe (pipe_fds, FD_CLOEXEC, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  int null_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  const int fds[3] = { null_fd, pipe_fds[1], pipe_fds[1] };

  g_task_set_task_data (task, g_new0 (Run, 1), (GDestroyNotify)run_free);
  launcher->output = g_unix_input_stream_new (pipe_fds[0], TRUE);
  launcher->printed = inf_mpiexec_output_new ();
  inf_sandbox_exec_async (launcher->sandbox, (const char *const *)argv, NULL, INF_SANDBOX_JOB_DIR,
                          fds, cancellable, on_exited, g_object_ref (task));
  close (pipe_fds[1]);
  close (null_fd);
  read_output (task);
}

/**
 * inf_job_launcher_run_finish:
 * @launcher: a launcher
 * @result: what the callback was given
 * @ret_wait_status: (out): mpiexec's, as waitpid() gives it; left alone on failure
 * @error: why mpiexec could not be run
 */
gboolean
inf_job_launcher_run_finish (InfJobLauncher *launcher, GAsyncResult *result, int *ret_wait_status,
                             GError **error)
{
  GError *local_error = NULL;
  gssize status = g_task_propagate_int (G_TASK (result), &local_error);

  if (local_error)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  *ret_wait_status = (int)status;
  return TRUE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfJobLauncher) self = user_data;
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->stop_waiters);
  g_autoptr (GError) error = NULL;

  inf_sandbox_stop_finish (INF_SANDBOX (source), result, &error);
  for (guint i = 0; i < waiters->len; i++)
    if (error)
      g_task_return_error (waiters->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (waiters->pdata[i], TRUE);
}

/**
 * inf_job_launcher_stop_async:
 * @launcher: a launcher, in whatever state
 * @callback: when no process of it is left
 * @user_data: for @callback
 */
void
inf_job_launcher_stop_async (InfJobLauncher *launcher, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (launcher, NULL, callback, user_data);

  if (launcher->agents)
    inf_agent_server_stop (launcher->agents);
  if (!launcher->sandbox)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (launcher->stop_waiters)
    {
      g_ptr_array_add (launcher->stop_waiters, g_steal_pointer (&task));
      return;
    }
  launcher->stop_waiters = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (launcher->stop_waiters, g_steal_pointer (&task));
  inf_sandbox_stop_async (launcher->sandbox, NULL, on_stopped, g_object_ref (launcher));
}

gboolean
inf_job_launcher_stop_finish (InfJobLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
