#include "tests/grid/sandbox/test-job.h"

#include "grid/sandbox/inf-agent-server.h"
#include "grid/sandbox/inf-launch.h"
#include "grid/sandbox/inf-orted-command.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_S 30
#define PROGRAM "/run/program/mpi-hello"
#define ESCAPE "/run/program/escape"

struct _TestJob
{
  guint n_hosts;
  guint n_slots;
  char *dir;
  GPtrArray *sandboxes; /* by index - 1 */
  GPtrArray *dirs;
  InfAgentServer *agents;
};

struct _TestRun
{
  int output_fd;
  gboolean over;
  int wait_status;
  GCancellable *cancellable;
};

/* Waiting */

static gboolean
on_deadline (gpointer what)
{
  g_error ("no end to the wait for %s", (const char *)what);
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
test_wait_until (TestCondition condition, gpointer data, const char *what)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, (gpointer)what);
  guint tick = g_timeout_add (5, on_tick, NULL);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_source_remove (deadline);
}

static gboolean
is_set (gpointer data)
{
  return *(gboolean *)data;
}

/* Joining: two sockets, copied both ways by a thread until both ends have finished. */

typedef struct
{
  int fds[2];
} Pair;

static gboolean
write_all (int fd, const char *data, gssize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EAGAIN)
        {
          struct pollfd wait = { .fd = fd, .events = POLLOUT };
          poll (&wait, 1, -1);
        }
      else if (n < 0)
        return FALSE;
      else
        {
          data += n;
          size -= n;
        }
    }
  return TRUE;
}

static gpointer
join (gpointer data)
{
  g_autofree Pair *pair = data;
  g_autofree char *buffer = g_malloc (65536);
  gboolean open[2] = { TRUE, TRUE };

  while (open[0] || open[1])
    {
      struct pollfd wait[2] = { { .fd = open[0] ? pair->fds[0] : -1, .events = POLLIN },
                                { .fd = open[1] ? pair->fds[1] : -1, .events = POLLIN } };
      poll (wait, 2, -1);
      for (guint i = 0; i < 2; i++)
        {
          if (!wait[i].revents)
            continue;
          gssize n = read (pair->fds[i], buffer, 65536);
          if (n < 0 && errno == EAGAIN)
            continue;
          if (n > 0 && write_all (pair->fds[1 - i], buffer, n))
            continue;
          shutdown (pair->fds[1 - i], SHUT_WR);
          open[i] = FALSE;
        }
    }
  close (pair->fds[0]);
  close (pair->fds[1]);
  return NULL;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  int from = GPOINTER_TO_INT (user_data);
  int to = inf_sandbox_connect_finish (INF_SANDBOX (source), result, &error);

  if (to < 0)
    {
      close (from);
      return;
    }
  Pair *pair = g_new (Pair, 1);
  pair->fds[0] = from;
  pair->fds[1] = to;
  g_thread_unref (g_thread_new ("join", join, pair));
}

static void
on_connect (InfSandbox *sandbox, guint dst_index, guint dst_port, int fd, gpointer user_data)
{
  TestJob *job = user_data;
  InfSandbox *other = g_ptr_array_index (job->sandboxes, dst_index - 1);

  inf_sandbox_connect_async (other, inf_sandbox_get_index (sandbox), dst_port, NULL, on_connected,
                             GINT_TO_POINTER (fd));
}

/* Agents */

static void
on_orted_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfAgentCall) call = user_data;
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (inf_sandbox_exec_finish (INF_SANDBOX (source), result, &status, &error))
    inf_agent_call_return (call, WIFEXITED (status) ? WEXITSTATUS (status) : 255, NULL);
  else
    inf_agent_call_return (call, 255, error->message);
}

static void
on_agent (InfAgentCall *call, gpointer user_data)
{
  TestJob *job = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (InfOrtedCommand) command
      = inf_orted_command_parse (inf_agent_call_get_command_line (call), &error);
  int fds[3];

  if (!command)
    {
      inf_agent_call_return (call, 255, error->message);
      return;
    }
  g_auto (GStrv) argv = inf_orted_command_to_argv (command);
  for (guint i = 0; i < 3; i++)
    fds[i] = inf_agent_call_steal_fd (call, i);
  inf_sandbox_exec_async (test_job_get_sandbox (job, inf_agent_call_get_host_index (call)),
                          (const char *const *)argv, NULL, NULL, fds, NULL, on_orted_over,
                          g_object_ref (call));
  for (guint i = 0; i < 3; i++)
    close (fds[i]);
}

/* Starting and ending */

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint *n_started = user_data;

  inf_sandbox_start_finish (INF_SANDBOX (source), result, &error);
  g_assert_no_error (error);
  (*n_started)++;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint *n_left = user_data;

  inf_sandbox_stop_finish (INF_SANDBOX (source), result, &error);
  g_assert_no_error (error);
  (*n_left)--;
}

static InfSandbox *
make_sandbox (TestJob *job, guint index, const InfSandboxLimits *limits)
{
  g_autofree char *name = g_strdup_printf ("job-%u", index);
  char *dir = g_build_filename (job->dir, name, NULL);
  g_autofree char *program
      = g_test_build_filename (G_TEST_BUILT, "grid", "sandbox", "mpi-hello", NULL);
  g_autofree char *escape = g_test_build_filename (G_TEST_BUILT, "grid", "sandbox", "escape", NULL);
  gboolean is_host = index != INF_SANDBOX_LAUNCHER_INDEX;
  g_autofree char *params = inf_launch_mca_params (index, job->n_slots, TRUE, is_host);
  g_autofree char *log = g_strconcat (dir, ".log", NULL);
  InfSandboxConfig *config = inf_sandbox_config_new (dir, index);

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  if (is_host)
    {
      g_assert_cmpint (mkfifo (log, 0600), ==, 0);
      g_assert_cmpint (g_chmod (log, 0622), ==, 0);
      inf_sandbox_config_set_log (config, log);
    }
  g_ptr_array_add (job->dirs, dir);
  for (guint i = 1; i <= job->n_hosts + 1; i++)
    inf_sandbox_config_add_participant (config, i, 0);
  inf_sandbox_config_add_bind (config, program, PROGRAM);
  inf_sandbox_config_add_bind (config, escape, ESCAPE);
  inf_sandbox_config_set_mca_params (config, params);
  if (limits)
    inf_sandbox_config_set_limits (config, limits);
  if (index == INF_SANDBOX_LAUNCHER_INDEX)
    inf_sandbox_config_set_agent_dir (config, inf_agent_server_get_dir (job->agents));
  InfSandbox *sandbox = inf_sandbox_new (config);
  inf_sandbox_set_connect_func (sandbox, on_connect, job, NULL);
  return sandbox;
}

typedef struct
{
  guint *counter;
  guint wanted;
} Count;

static gboolean
count_is_reached (gpointer data)
{
  Count *count = data;

  return *count->counter == count->wanted;
}

/* A job with a launcher (1) and @n_hosts hosts (2…), all running. */
TestJob *
test_job_new (guint n_hosts, guint n_slots, const InfSandboxLimits *limits)
{
  TestJob *job = g_new0 (TestJob, 1);
  g_autoptr (GError) error = NULL;
  guint n_started = 0;
  Count count = { &n_started, n_hosts + 1 };

  job->n_hosts = n_hosts;
  job->n_slots = n_slots;
  job->dir = g_dir_make_tmp ("infinity-sandbox-XXXXXX", &error);
  g_assert_no_error (error);
  job->sandboxes = g_ptr_array_new_with_free_func (g_object_unref);
  job->dirs = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *agent_dir = g_build_filename (job->dir, "agents", NULL);
  g_assert_cmpint (g_mkdir (agent_dir, 0700), ==, 0);
  job->agents = inf_agent_server_new (agent_dir, on_agent, job, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 1; i <= n_hosts + 1; i++)
    g_ptr_array_add (job->sandboxes, make_sandbox (job, i, limits));
  for (guint i = 0; i <= n_hosts; i++)
    inf_sandbox_start_async (g_ptr_array_index (job->sandboxes, i), NULL, on_started, &n_started);
  test_wait_until (count_is_reached, &count, "the sandboxes to start");
  return job;
}

void
test_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      if (g_file_test (below, G_FILE_TEST_IS_DIR) && !g_file_test (below, G_FILE_TEST_IS_SYMLINK))
        test_remove_tree (below);
      else
        g_unlink (below);
    }
  g_rmdir (path);
}

void
test_job_free (TestJob *job)
{
  guint n_left = job->n_hosts + 1;
  Count count = { &n_left, 0 };

  for (guint i = 0; i < job->sandboxes->len; i++)
    inf_sandbox_stop_async (g_ptr_array_index (job->sandboxes, i), NULL, on_stopped, &n_left);
  test_wait_until (count_is_reached, &count, "the sandboxes to stop");
  inf_agent_server_stop (job->agents);
  g_object_unref (job->agents);
  g_ptr_array_unref (job->sandboxes);
  g_ptr_array_unref (job->dirs);
  test_remove_tree (job->dir);
  g_free (job->dir);
  g_free (job);
}

InfSandbox *
test_job_get_sandbox (TestJob *job, guint index)
{
  return g_ptr_array_index (job->sandboxes, index - 1);
}

const char *
test_job_get_dir (TestJob *job, guint index)
{
  return g_ptr_array_index (job->dirs, index - 1);
}

/* Running */

static void
on_run_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TestRun *run = user_data;
  g_autoptr (GError) error = NULL;

  run->wait_status = -1;
  if (!inf_sandbox_exec_finish (INF_SANDBOX (source), result, &run->wait_status, &error))
    g_test_message ("run: %s", error->message);
  run->over = TRUE;
}

/* Its output, both streams, is kept in memory. */
TestRun *
test_job_begin (TestJob *job, guint index, const char *const *argv)
{
  TestRun *run = g_new0 (TestRun, 1);

  run->output_fd = memfd_create ("output", MFD_CLOEXEC);
  run->cancellable = g_cancellable_new ();
  fcntl (run->output_fd, F_SETFL, O_APPEND);
  int fds[3] = { -1, run->output_fd, run->output_fd };
  inf_sandbox_exec_async (test_job_get_sandbox (job, index), argv, NULL, NULL, fds,
                          run->cancellable, on_run_over, run);
  return run;
}

TestRun *
test_job_begin_mpiexec (TestJob *job, const char *mode)
{
  g_autofree InfLaunchHost *hosts = g_new0 (InfLaunchHost, job->n_hosts);
  const char *args[] = { mode, NULL };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < job->n_hosts; i++)
    hosts[i] = (InfLaunchHost){ i + 2, job->n_slots };
  InfLaunch launch = { .hosts = hosts, .n_hosts = job->n_hosts, .program = PROGRAM, .args = args };
  g_auto (GStrv) argv = inf_launch_argv (&launch, &error);
  g_assert_no_error (error);
  return test_job_begin (job, INF_SANDBOX_LAUNCHER_INDEX, (const char *const *)argv);
}

char *
test_run_get_output (TestRun *run)
{
  off_t size = lseek (run->output_fd, 0, SEEK_END);
  char *text = g_malloc0 (size + 1);

  g_assert_cmpint (pread (run->output_fd, text, size, 0), ==, size);
  return text;
}

typedef struct
{
  TestRun *run;
  const char *text;
} Wanted;

static gboolean
output_has (gpointer data)
{
  Wanted *wanted = data;
  g_autofree char *output = test_run_get_output (wanted->run);

  return wanted->run->over || strstr (output, wanted->text);
}

void
test_run_wait_for_output (TestRun *run, const char *text)
{
  Wanted wanted = { run, text };

  test_wait_until (output_has, &wanted, text);
  if (run->over)
    {
      g_autofree char *output = test_run_get_output (run);
      g_error ("the run is over without %s: %s", text, output);
    }
}

gboolean
test_run_is_over (TestRun *run)
{
  return run->over;
}

void
test_run_kill (TestRun *run)
{
  g_cancellable_cancel (run->cancellable);
}

/* Its wait status, -1 when the sandbox ended first; frees it. */
int
test_run_end (TestRun *run, char **ret_output)
{
  int status;

  test_wait_until (is_set, &run->over, "a command to end");
  g_autofree char *output = test_run_get_output (run);
  g_test_message ("%s", output);
  if (ret_output)
    *ret_output = g_steal_pointer (&output);
  status = run->wait_status;
  close (run->output_fd);
  g_object_unref (run->cancellable);
  g_free (run);
  return status;
}

/* escape, with up to two arguments. */
TestRun *
test_job_begin_escape (TestJob *job, guint index, const char *what, const char *first,
                       const char *second)
{
  const char *argv[] = { ESCAPE, what, first, first ? second : NULL, NULL };

  return test_job_begin (job, index, argv);
}

int
test_job_mpiexec (TestJob *job, const char *mode, char **ret_output)
{
  return test_run_end (test_job_begin_mpiexec (job, mode), ret_output);
}

int
test_job_run (TestJob *job, guint index, const char *const *argv, char **ret_output)
{
  return test_run_end (test_job_begin (job, index, argv), ret_output);
}

int
test_job_escape (TestJob *job, guint index, const char *what, const char *first, const char *second,
                 char **ret_output)
{
  return test_run_end (test_job_begin_escape (job, index, what, first, second), ret_output);
}
