#include "tests/lab/lab-fixture.h"

#include "common/inf-error.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a host is: its own address, names, files, processes; and what runs in it. */

static void
test_own_name_and_address (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (3);

  for (guint i = 1; i <= 3; i++)
    {
      const char *host = inf_lab_get_host_name (lab, i);
      g_autofree char *address = inf_lab_dup_host_address (lab, host);
      g_autofree char *name = NULL, *file = NULL, *addresses = NULL;

      g_assert_cmpint (lab_fixture_sh (lab, host, "hostname", &name), ==, 0);
      g_assert_cmpstr (name, ==, host);
      lab_fixture_sh (lab, host, "cat /etc/hostname", &file);
      g_assert_cmpstr (file, ==, host);
      lab_fixture_sh (lab, host, "ip -4 -brief address show eth0", &addresses);
      g_assert_nonnull (strstr (addresses, address));
    }
}

static void
test_names_resolve (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autofree char *out = NULL;

  g_assert_cmpint (lab_fixture_sh (lab, "oak", "getent hosts elm", &out), ==, 0);
  g_assert_true (g_str_has_prefix (out, "10.99.0.2 "));
}

static void
test_reach_each_other (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (3);

  for (guint to = 1; to <= 3; to++)
    {
      g_autoptr (LabReceiver) receiver
          = lab_fixture_receiver (lab, inf_lab_get_host_name (lab, to), NULL);

      for (guint from = 1; from <= 3; from++)
        lab_fixture_send (lab, inf_lab_get_host_name (lab, from), receiver->address,
                          inf_lab_get_host_name (lab, from), 1);
      for (guint from = 1; from <= 3; from++)
        lab_fixture_await (receiver, inf_lab_get_host_name (lab, from));
    }
}

static void
test_multicast (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (3);
  g_autoptr (LabReceiver) elm = lab_fixture_receiver (lab, "elm", "239.77.1.1");
  g_autoptr (LabReceiver) ash = lab_fixture_receiver (lab, "ash", "239.77.1.1");

  lab_fixture_send (lab, "oak", "239.77.1.1", "to all", 1);
  lab_fixture_await (elm, "to all");
  lab_fixture_await (ash, "to all");
}

static void
test_own_directories (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  const char *dirs[]
      = { "/tmp", "/var/tmp", "/run", "/dev/shm", "$HOME", "$INFINITY_HOME", "$XDG_RUNTIME_DIR" };

  for (guint i = 0; i < G_N_ELEMENTS (dirs); i++)
    {
      g_autofree char *make = g_strdup_printf ("echo oak > %s/mark", dirs[i]);
      g_autofree char *look = g_strdup_printf ("test ! -e %s/mark", dirs[i]);
      g_autofree char *read = g_strdup_printf ("grep oak %s/mark", dirs[i]);

      g_assert_cmpint (lab_fixture_sh (lab, "oak", make, NULL), ==, 0);
      g_assert_cmpint (lab_fixture_sh (lab, "oak", read, NULL), ==, 0);
      g_assert_cmpint (lab_fixture_sh (lab, "elm", look, NULL), ==, 0);
    }
  g_assert_false (g_file_test ("/run/mark", G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test ("/dev/shm/mark", G_FILE_TEST_EXISTS));
}

static void
test_directories_from_outside (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);
  g_autofree char *tmp = inf_lab_dup_tmp (lab, "oak");
  g_autofree char *home = inf_lab_dup_home (lab, "oak");
  g_autofree char *infinity_home = inf_lab_dup_infinity_home (lab, "h1");
  g_autofree char *in_tmp = g_build_filename (tmp, "a", NULL);
  g_autofree char *in_home = g_build_filename (home, "b", NULL);
  g_autofree char *in_infinity_home = g_build_filename (infinity_home, "c", NULL);

  lab_fixture_sh (lab, "oak", "touch /tmp/a $HOME/b $INFINITY_HOME/c", NULL);
  g_assert_true (g_file_test (in_tmp, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (in_home, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (in_infinity_home, G_FILE_TEST_EXISTS));
}

static void
test_own_processes_and_interfaces (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autofree char *interfaces = NULL, *processes = NULL;

  lab_fixture_sh (lab, "oak", "ls /sys/class/net", &interfaces);
  g_assert_cmpstr (interfaces, ==, "eth0\nlo");
  lab_fixture_sh (lab, "oak", "basename \"$(readlink /proc/1/exe)\"; kill -0 1 && echo $PPID",
                  &processes);
  g_assert_cmpstr (processes, ==, "infinity-lab-host\n1");
}

/* A job's sandbox: bubblewrap with all it can unshare, /proc mounted once more. */
static void
test_nested_bubblewrap (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);
  const char *sandbox = "bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true";
  g_autofree char *as_nobody
      = g_strconcat ("setpriv --reuid=65534 --regid=65534 --clear-groups ", sandbox, NULL);

  g_assert_cmpint (lab_fixture_sh (lab, "oak", sandbox, NULL), ==, 0);
  if (geteuid () == 0)
    g_assert_cmpint (lab_fixture_sh (lab, "oak", as_nobody, NULL), ==, 0);
}

static void
test_nested_network (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);

  g_assert_cmpint (
      lab_fixture_sh (lab, "oak", "unshare -Urn ip link add job0 type veth peer name job1", NULL),
      ==, 0);
}

static void
test_status_of_commands (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);
  g_autoptr (GError) error = NULL;
  const char *missing[] = { "/no/such/program", NULL };
  const char *fails[] = { "sh", "-c", "echo because >&2; exit 3", NULL };
  const char *killed[] = { "sh", "-c", "kill -TERM $$", NULL };
  int status = 0;

  g_assert_cmpint (lab_fixture_sh (lab, "oak", "exit 7", NULL), ==, 7);
  g_assert_true (
      inf_lab_run (lab, "oak", killed, LAB_FIXTURE_TIMEOUT_MS, NULL, NULL, &status, NULL));
  g_assert_cmpint (WTERMSIG (status), ==, SIGTERM);
  g_assert_false (
      inf_lab_run (lab, "oak", missing, LAB_FIXTURE_TIMEOUT_MS, NULL, NULL, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (
      inf_lab_run (lab, "oak", fails, LAB_FIXTURE_TIMEOUT_MS, NULL, NULL, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "because"));
}

static void
test_unknown_host (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_lab_cut (lab, "ash", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
}

static gboolean
is_empty (gpointer data)
{
  return inf_lab_count_processes (data, "oak", NULL) == 0;
}

static void
test_count_processes (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (2);
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "sh", "-c",
                         "setsid sleep 1000 & bwrap --unshare-all --ro-bind / / "
                         "--proc /proc sleep 1000 & echo started; wait",
                         NULL };
  int pipe_fds[2];
  char text[8] = "";
  InfLabCommand command = { .argv = argv, .in_fd = -1, .err_fd = -1 };
  g_autoptr (InfLabProcess) process = NULL;

  g_assert_true (g_unix_open_pipe (pipe_fds, FD_CLOEXEC, NULL));
  command.out_fd = pipe_fds[1];
  process = inf_lab_exec (lab, "oak", &command, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (pipe_fds[0], text, sizeof text), ==, 8);
  g_assert_cmpint (inf_lab_count_processes (lab, "oak", &error), >=, 3);
  g_assert_cmpint (inf_lab_count_processes (lab, "elm", &error), ==, 0);
  g_assert_false (inf_lab_process_wait (process, 0, NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TIMED_OUT);
  lab_fixture_sh (lab, "oak", "kill -KILL -1", NULL);
  lab_fixture_poll (is_empty, lab, "no process in oak");
  close (pipe_fds[0]);
  close (pipe_fds[1]);
}

static gboolean
is_stopped (gpointer data)
{
  g_autofree char *processes = inf_lab_describe_processes (data, "oak", NULL);

  return strstr (processes, " T sleep") != NULL;
}

static void
test_pause_and_end_a_process (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "sleep", "1000", NULL };
  InfLabCommand command = { .argv = argv, .in_fd = -1, .out_fd = -1, .err_fd = -1 };
  g_autoptr (InfLabProcess) process = inf_lab_exec (lab, "oak", &command, &error);
  int status = 0;

  g_assert_no_error (error);
  g_assert_true (inf_lab_process_signal (process, SIGSTOP, NULL));
  lab_fixture_poll (is_stopped, lab, "a stopped process");
  g_assert_true (inf_lab_process_signal (process, SIGTERM, NULL));
  g_assert_true (inf_lab_process_signal (process, SIGCONT, NULL));
  g_assert_true (inf_lab_process_wait (process, LAB_FIXTURE_TIMEOUT_MS, &status, &error));
  g_assert_cmpint (WTERMSIG (status), ==, SIGTERM);
}

static void
test_free_ends_a_process (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);
  const char *argv[] = { "sleep", "1000", NULL };
  InfLabCommand command = { .argv = argv, .in_fd = -1, .out_fd = -1, .err_fd = -1 };
  InfLabProcess *process = inf_lab_exec (lab, "oak", &command, NULL);

  g_assert_cmpint (inf_lab_count_processes (lab, "oak", NULL), ==, 1);
  inf_lab_process_free (process);
  lab_fixture_poll (is_empty, lab, "no process in oak");
}

static void
test_environment (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (1);
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "sh", "-c",
                         "test $HOME = /home/owner -a $INFINITY_HOME = /home/owner/infinity -a "
                         "-z \"$TMPDIR$XDG_STATE_HOME$DBUS_SESSION_BUS_ADDRESS\" -a "
                         "$LAB_TEST = inherited -a $OVER = ridden -a $PWD = /usr",
                         NULL };
  const char *settings[] = { "OVER=ridden", NULL };
  InfLabCommand command = {
    .argv = argv, .env = settings, .cwd = "/usr", .in_fd = -1, .out_fd = -1, .err_fd = STDERR_FILENO
  };
  g_autoptr (InfLabProcess) process = NULL;
  int status = -1;

  g_setenv ("LAB_TEST", "inherited", TRUE);
  g_setenv ("OVER", "not", TRUE);
  g_setenv ("XDG_STATE_HOME", "/nowhere", TRUE);
  process = inf_lab_exec (lab, "oak", &command, &error);
  g_assert_no_error (error);
  g_assert_true (inf_lab_process_wait (process, LAB_FIXTURE_TIMEOUT_MS, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

static void
test_many_hosts (void)
{
  g_autoptr (InfLab) lab = lab_fixture_start (40);
  g_autoptr (LabReceiver) receiver = lab_fixture_receiver (lab, "h40", NULL);

  g_assert_cmpstr (inf_lab_get_host_name (lab, 40), ==, "h40");
  lab_fixture_send (lab, "oak", receiver->address, "far", 1);
  lab_fixture_await (receiver, "far");
}

static void
add_tests (void)
{
  g_test_add_func ("/lab/hosts/own-name-and-address", test_own_name_and_address);
  g_test_add_func ("/lab/hosts/names-resolve", test_names_resolve);
  g_test_add_func ("/lab/hosts/reach-each-other", test_reach_each_other);
  g_test_add_func ("/lab/hosts/multicast", test_multicast);
  g_test_add_func ("/lab/hosts/own-directories", test_own_directories);
  g_test_add_func ("/lab/hosts/directories-from-outside", test_directories_from_outside);
  g_test_add_func ("/lab/hosts/own-processes-and-interfaces", test_own_processes_and_interfaces);
  g_test_add_func ("/lab/hosts/nested-bubblewrap", test_nested_bubblewrap);
  g_test_add_func ("/lab/hosts/nested-network", test_nested_network);
  g_test_add_func ("/lab/hosts/status-of-commands", test_status_of_commands);
  g_test_add_func ("/lab/hosts/unknown-host", test_unknown_host);
  g_test_add_func ("/lab/hosts/count-processes", test_count_processes);
  g_test_add_func ("/lab/hosts/pause-and-end-a-process", test_pause_and_end_a_process);
  g_test_add_func ("/lab/hosts/free-ends-a-process", test_free_ends_a_process);
  g_test_add_func ("/lab/hosts/environment", test_environment);
  g_test_add_func ("/lab/hosts/many-hosts", test_many_hosts);
}

int
main (int argc, char **argv)
{
  return lab_fixture_main (argc, argv, add_tests);
}
