#include "tests/grid/sandbox/test-job.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-sandbox-probe.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINGERING "lingering in "

/* How many processes of this machine are in a PID namespace, given as "pid:[4026532…]". */
static guint
count_in_namespace (const char *name)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *pid;
  guint n = 0;

  while ((pid = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename ("/proc", pid, "ns/pid", NULL);
      g_autofree char *target = g_ascii_isdigit (*pid) ? g_file_read_link (path, NULL) : NULL;
      n += target && g_str_equal (target, name);
    }
  return n;
}

static gboolean
namespace_is_empty (gpointer name)
{
  return count_in_namespace (name) == 0;
}

static char *
namespace_from (const char *output)
{
  const char *start = strstr (output, LINGERING);
  const char *end = start ? strstr (start, ".\n") : NULL;

  g_assert_nonnull (end);
  start += strlen (LINGERING);
  return g_strndup (start, end - start);
}

static TestRun *
begin_lingering (TestJob *job, char **ret_namespace)
{
  TestRun *run = test_job_begin_escape (job, 1, "linger", NULL, NULL);

  test_run_wait_for_output (run, ".\n");
  g_autofree char *output = test_run_get_output (run);
  *ret_namespace = namespace_from (output);
  g_assert_cmpuint (count_in_namespace (*ret_namespace), >=, 2);
  return run;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean *ret_done = user_data;

  inf_sandbox_stop_finish (INF_SANDBOX (source), result, &error);
  g_assert_no_error (error);
  *ret_done = TRUE;
}

static gboolean
is_done (gpointer data)
{
  return *(gboolean *)data;
}

static void
test_stop_leaves_no_process (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_autofree char *name = NULL;
  TestRun *run = begin_lingering (job, &name);
  gboolean done = FALSE;

  inf_sandbox_stop_async (test_job_get_sandbox (job, 1), NULL, on_stopped, &done);
  test_wait_until (is_done, &done, "the stop");
  g_assert_cmpuint (count_in_namespace (name), ==, 0);
  g_assert_cmpint (test_run_end (run, NULL), ==, -1);
}

static void
test_a_cancelled_command_leaves_no_process (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_autofree char *name = NULL;
  TestRun *run = begin_lingering (job, &name);

  test_run_kill (run);
  test_run_end (run, NULL);
  test_wait_until (namespace_is_empty, name, "a cancelled command to be gone");
  g_assert_true (inf_sandbox_is_running (test_job_get_sandbox (job, 1)));
}

/* The next line that another test process prints, its TAP comments apart. */
static char *
read_line (GDataInputStream *stream)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = g_data_input_stream_read_line (stream, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (*line && *line != '#')
        return g_steal_pointer (&line);
    }
}

static gboolean
process_is_gone (gpointer pid)
{
  return kill (atoi (pid), 0) < 0 && errno == ESRCH;
}

static pid_t
find_keeper_of (pid_t owner)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", owner, owner);
  g_autofree char *children = NULL;

  g_assert_true (g_file_get_contents (path, &children, NULL, NULL));
  g_assert_cmpint (atoi (children), >, 0);
  return atoi (children);
}

static char *self_path;

static void
test_a_killed_owner_leaves_no_process (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) owner = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                    self_path, "--own-a-sandbox", NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) stream
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (owner));
  g_autofree char *dir = read_line (stream);
  g_autofree char *name = read_line (stream);
  pid_t keeper = find_keeper_of (atoi (g_subprocess_get_identifier (owner)));
  g_autofree char *keeper_text = g_strdup_printf ("%d", keeper);

  g_assert_cmpuint (count_in_namespace (name), >=, 2);
  g_subprocess_force_exit (owner);
  g_subprocess_wait (owner, NULL, NULL);
  test_wait_until (namespace_is_empty, name, "an orphaned sandbox to be gone");
  test_wait_until (process_is_gone, keeper_text, "an orphaned helper to be gone");
  test_remove_tree (dir);
}

/* The other side of it: says where and in which namespace, and waits to be killed. */
static int
own_a_sandbox (void)
{
  TestJob *job = test_job_new (0, 1, NULL);
  g_autofree char *dir = g_path_get_dirname (test_job_get_dir (job, 1));
  g_autofree char *name = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  begin_lingering (job, &name);
  g_print ("%s\n%s\n", dir, name);
  g_main_loop_run (loop);
  return 1;
}

static void
on_ended (InfSandbox *sandbox, const char *reason, gpointer user_data)
{
  char **ret_reason = user_data;

  *ret_reason = g_strdup (reason);
}

static gboolean
has_text (gpointer data)
{
  return *(char **)data != NULL;
}

static void
test_a_killed_helper_ends_the_sandbox (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_autofree char *name = NULL;
  g_autofree char *reason = NULL;
  TestRun *run = begin_lingering (job, &name);

  g_signal_connect (test_job_get_sandbox (job, 1), "ended", G_CALLBACK (on_ended), &reason);
  kill (find_keeper_of (getpid ()), SIGKILL);
  test_wait_until (has_text, &reason, "the sandbox to end");
  g_assert_cmpint (test_run_end (run, NULL), ==, -1);
  test_wait_until (namespace_is_empty, name, "the sandbox to be empty");
}

static void
on_start (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **ret_error = user_data;

  g_assert_false (inf_sandbox_start_finish (INF_SANDBOX (source), result, ret_error));
}

static gboolean
has_error (gpointer data)
{
  return *(GError **)data != NULL;
}

static void
assert_start_fails (InfSandboxConfig *config, const char *word)
{
  g_autoptr (InfSandbox) sandbox = inf_sandbox_new (config);
  g_autoptr (GError) error = NULL;

  inf_sandbox_start_async (sandbox, NULL, on_start, &error);
  test_wait_until (has_error, &error, "a start to fail");
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_a_failed_start_names_the_cause (void)
{
  InfSandboxConfig *config = inf_sandbox_config_new ("/nowhere/at/all", 1);

  assert_start_fails (config, "/nowhere/at/all");
  assert_start_fails (inf_sandbox_config_new ("/tmp", 9999), "participant 9999");
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **ret_error = user_data;

  g_assert_cmpint (inf_sandbox_connect_finish (INF_SANDBOX (source), result, ret_error), ==, -1);
}

static void
assert_connect_fails (TestJob *job, guint src_index, guint dst_port)
{
  g_autoptr (GError) error = NULL;

  inf_sandbox_connect_async (test_job_get_sandbox (job, 1), src_index, dst_port, NULL, on_connected,
                             &error);
  test_wait_until (has_error, &error, "a connection to fail");
  g_assert_true (inf_error_is_unreachable (error));
}

static void
test_connects_only_to_own_ports_that_listen (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);

  assert_connect_fails (job, 2, inf_sandbox_port_base (1) + 5);
  assert_connect_fails (job, 2, 22);
  assert_connect_fails (job, 1, inf_sandbox_port_base (1));
  assert_connect_fails (job, 4000, inf_sandbox_port_base (1));
  g_assert_true (inf_sandbox_is_running (test_job_get_sandbox (job, 1)));
}

static void
test_outputs_belong_to_the_owner_afterwards (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  const char *argv[] = { "sh", "-c", "mkdir -p deep/er && echo x >deep/er/out", NULL };
  g_autofree char *path = g_build_filename (test_job_get_dir (job, 1), "deep/er/out", NULL);
  gboolean done = FALSE;
  GStatBuf info;

  g_assert_cmpint (test_job_run (job, 1, argv, NULL), ==, 0);
  inf_sandbox_stop_async (test_job_get_sandbox (job, 1), NULL, on_stopped, &done);
  test_wait_until (is_done, &done, "the stop");
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_uid, ==, geteuid ());
}

static void
test_a_job_is_never_root_outside (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  const char *argv[] = { "sh", "-c", "id -u; id -un; hostname; touch mine", NULL };
  g_autofree char *path = g_build_filename (test_job_get_dir (job, 1), "mine", NULL);
  g_autofree char *map = NULL;
  g_autofree char *output = NULL;
  GStatBuf info;

  g_assert_cmpint (test_job_run (job, 1, argv, &output), ==, 0);
  g_assert_cmpstr (output, ==, "1000\njob\njob-1\n");
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_true (g_file_get_contents ("/proc/self/uid_map", &map, NULL, NULL));
  if (geteuid () == 0 && strstr (map, "4294967295"))
    g_assert_cmpuint (info.st_uid, >=, 61184);
  else
    g_assert_cmpuint (info.st_uid, ==, geteuid ());
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfSandboxReport **ret_report = user_data;

  *ret_report = inf_sandbox_probe_finish (result, NULL);
}

static gboolean
has_report (gpointer data)
{
  return *(InfSandboxReport **)data != NULL;
}

static void
test_the_probe_says_what_this_machine_can_do (void)
{
  g_autoptr (InfSandboxReport) report = NULL;

  inf_sandbox_probe_async (NULL, on_probed, &report);
  test_wait_until (has_report, &report, "the probe");
  g_assert_cmpuint (report->capabilities->len, ==, 5);
  for (guint i = 0; i < report->capabilities->len; i++)
    {
      InfSandboxCapability *each = g_ptr_array_index (report->capabilities, i);

      g_test_message ("%s: %s", each->name, each->found);
      g_assert_true (each->works || !each->needed);
      g_assert_true (each->works == (*each->remedy == '\0'));
    }
  g_assert_true (report->can_contain);
  g_assert_true (g_str_has_prefix (report->open_mpi_version, "4."));
}

/* A machine without bubblewrap: everything else works, and it says so and how to mend it. */
static void
test_the_probe_notices_what_is_missing (void)
{
  g_autofree char *path = g_strdup (g_getenv ("PATH"));

  g_setenv ("PATH", "/nowhere", TRUE);
  g_autoptr (InfSandboxReport) report = inf_sandbox_probe ();
  g_setenv ("PATH", path, TRUE);
  g_assert_false (report->can_contain);
  g_assert_cmpstr (report->open_mpi_version, ==, "");
  for (guint i = 0; i < report->capabilities->len; i++)
    {
      InfSandboxCapability *each = g_ptr_array_index (report->capabilities, i);

      if (g_str_equal (each->name, "bubblewrap"))
        g_assert_cmpstr (each->remedy, ==, "sudo apt install bubblewrap");
      if (g_str_equal (each->name, "user-namespaces"))
        g_assert_true (each->works);
    }
}

int
main (int argc, char **argv)
{
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  if (argc == 2 && g_str_equal (argv[1], "--own-a-sandbox"))
    return own_a_sandbox ();
  g_test_add_func ("/lifetime/stop-leaves-no-process", test_stop_leaves_no_process);
  g_test_add_func ("/lifetime/a-cancelled-command-leaves-no-process",
                   test_a_cancelled_command_leaves_no_process);
  g_test_add_func ("/lifetime/a-killed-owner-leaves-no-process",
                   test_a_killed_owner_leaves_no_process);
  g_test_add_func ("/lifetime/a-killed-helper-ends-the-sandbox",
                   test_a_killed_helper_ends_the_sandbox);
  g_test_add_func ("/lifetime/a-failed-start-names-the-cause", test_a_failed_start_names_the_cause);
  g_test_add_func ("/lifetime/connects-only-to-own-ports-that-listen",
                   test_connects_only_to_own_ports_that_listen);
  g_test_add_func ("/lifetime/outputs-belong-to-the-owner-afterwards",
                   test_outputs_belong_to_the_owner_afterwards);
  g_test_add_func ("/lifetime/a-job-is-never-root-outside", test_a_job_is_never_root_outside);
  g_test_add_func ("/probe/says-what-this-machine-can-do",
                   test_the_probe_says_what_this_machine_can_do);
  g_test_add_func ("/probe/notices-what-is-missing", test_the_probe_notices_what_is_missing);
  return g_test_run ();
}
