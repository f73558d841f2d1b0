#include "tests/grid/sandbox/test-job.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void
assert_nothing_allowed (const char *output)
{
  g_assert_nonnull (strstr (output, "refused"));
  g_assert_null (strstr (output, "ALLOWED"));
}

static void
test_writes_only_below_job (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  const char *write_job[] = { "sh", "-c", "echo kept >/job/out && echo gone >/tmp/scratch", NULL };
  g_autofree char *path = g_build_filename (test_job_get_dir (job, 1), "out", NULL);
  g_autofree char *output = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpint (test_job_escape (job, 1, "write", NULL, NULL, &output), ==, 0);
  assert_nothing_allowed (output);
  g_assert_cmpint (test_job_run (job, 1, write_job, NULL), ==, 0);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "kept\n");
  g_assert_false (g_file_test ("/tmp/scratch", G_FILE_TEST_EXISTS));
}

static void
assert_unreadable (TestJob *job, const char *path)
{
  g_autofree char *output = NULL;

  g_assert_cmpint (test_job_escape (job, 1, "read", path, NULL, &output), ==, 0);
  assert_nothing_allowed (output);
}

static void
test_reads_nothing_of_the_owner (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_autofree char *secret = g_build_filename (g_get_tmp_dir (), "infinity-secret-XXXXXX", NULL);
  int fd = g_mkstemp (secret);

  g_assert_cmpint (fd, >=, 0);
  assert_unreadable (job, secret);
  assert_unreadable (job, g_get_home_dir ());
  assert_unreadable (job, "/root");
  assert_unreadable (job, "/home");
  assert_unreadable (job, "/etc/shadow");
  assert_unreadable (job, "/etc/hostname");
  assert_unreadable (job, "/var/log");
  assert_unreadable (job, "/run/user");
  assert_unreadable (job, "/sys/class/net");
  g_unlink (secret);
  close (fd);
}

static void
test_environment_holds_nothing_of_the_owner (void)
{
  const char *print[] = { "env", NULL };
  g_autofree char *output = NULL;

  g_setenv ("INFINITY_TEST_SECRET", "do not tell", TRUE);
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_assert_cmpint (test_job_run (job, 1, print, &output), ==, 0);
  g_assert_nonnull (strstr (output, "HOME=/tmp"));
  g_assert_null (strstr (output, "do not tell"));
  g_unsetenv ("INFINITY_TEST_SECRET");
}

static int
listen_on_host (guint *ret_port)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &length), ==, 0);
  *ret_port = ntohs (address.sin_port);
  return fd;
}

static int
listen_abstract (const char *name)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  strcpy (address.sun_path + 1, name);
  g_assert_cmpint (
      bind (fd, (struct sockaddr *)&address,
            (socklen_t)(G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + 1 + strlen (name))),
      ==, 0);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  return fd;
}

static void
assert_unconnectable (TestJob *job, const char *address, const char *port)
{
  g_autofree char *output = NULL;

  g_assert_cmpint (test_job_escape (job, 1, "connect", address, port, &output), ==, 0);
  assert_nothing_allowed (output);
}

static void
test_connects_to_neither_host_nor_network (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_autofree char *name = g_strdup_printf ("infinity-test-%d", (int)getpid ());
  g_autofree char *output = NULL;
  guint port = 0;
  int tcp_fd = listen_on_host (&port);
  int unix_fd = listen_abstract (name);
  g_autofree char *port_text = g_strdup_printf ("%u", port);

  assert_unconnectable (job, "127.0.0.1", port_text);
  assert_unconnectable (job, "10.77.0.1", port_text);
  assert_unconnectable (job, "10.77.255.254", "3128");
  assert_unconnectable (job, "192.168.1.1", "80");
  assert_unconnectable (job, "9.9.9.9", "53");
  g_assert_cmpint (test_job_escape (job, 1, "abstract", name, NULL, &output), ==, 0);
  assert_nothing_allowed (output);
  close (tcp_fd);
  close (unix_fd);
}

/* The same address and port exist in both jobs; each reaches only its own. */
static void
test_jobs_do_not_reach_each_other (void)
{
  g_autoptr (TestJob) first = test_job_new (1, 4, NULL);
  g_autoptr (TestJob) second = test_job_new (1, 4, NULL);
  g_autofree char *port = g_strdup_printf ("%u", inf_sandbox_port_base (2) + 3);
  g_autofree char *own_output = NULL;
  g_autofree char *other_output = NULL;
  TestRun *greeter = test_job_begin_escape (first, 2, "greet", port, "hello from the first job");

  test_run_wait_for_output (greeter, "greeting");
  g_assert_cmpint (test_job_escape (first, 1, "connect", "10.77.0.2", port, &own_output), ==, 0);
  g_assert_nonnull (strstr (own_output, "hello from the first job"));
  g_assert_cmpint (test_job_escape (second, 1, "connect", "10.77.0.2", port, &other_output), ==, 0);
  g_assert_nonnull (strstr (other_output, "silence"));
  test_run_kill (greeter);
  test_run_end (greeter, NULL);
}

static void
test_refuses_what_escapes_are_made_of (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_autofree char *output = NULL;

  g_assert_cmpint (test_job_escape (job, 1, "calls", NULL, NULL, &output), ==, 0);
  assert_nothing_allowed (output);
}

static void
test_sees_only_its_own_processes (void)
{
  g_autoptr (TestJob) job = test_job_new (0, 1, NULL);
  g_autofree char *output = NULL;

  g_assert_cmpint (test_job_escape (job, 1, "processes", NULL, NULL, &output), ==, 0);
  g_assert_cmpstr (output, ==, "processes seen: 2\n");
}

static void
on_ended (InfSandbox *sandbox, const char *reason, gpointer user_data)
{
  char **ret_reason = user_data;

  *ret_reason = g_strdup (reason ? reason : "stopped");
}

static gboolean
has_reason (gpointer data)
{
  return *(char **)data != NULL;
}

static void
test_forks_only_so_often (void)
{
  InfSandboxLimits limits = { .n_processes = 40 };
  g_autoptr (TestJob) job = test_job_new (0, 1, &limits);
  const char *still_there[] = { "true", NULL };
  g_autofree char *output = NULL;

  /* Refused to the job where the kernel counts; its sandbox ended where it does not. */
  int status = test_job_escape (job, 1, "fork", NULL, NULL, &output);
  if (status == 0)
    {
      int n = 0;

      g_assert_cmpint (sscanf (output, "forked %d:", &n), ==, 1);
      g_assert_cmpint (n, >, 10);
      g_assert_cmpint (n, <=, 40);
      /* What was killed counts until the kernel is done with it. */
      gint64 deadline_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
      do
        status = test_job_run (job, 1, still_there, NULL);
      while (status != 0 && g_get_monotonic_time () < deadline_us);
      g_assert_cmpint (status, ==, 0);
    }
  else
    g_assert_false (inf_sandbox_is_running (test_job_get_sandbox (job, 1)));
}

static void
test_a_fork_bomb_can_be_stopped (void)
{
  InfSandboxLimits limits = { .n_processes = 60 };
  g_autoptr (TestJob) job = test_job_new (0, 1, &limits);
  TestRun *bomb = test_job_begin_escape (job, 1, "bomb", NULL, NULL);

  test_run_wait_for_output (bomb, "bomb");
  test_run_kill (bomb);
  test_run_end (bomb, NULL);
}

/* By the kernel, by a failing allocation or by the end of the sandbox: never with success. */
static void
assert_memory_is_bounded (const char *each_mib, const char *n_processes)
{
  InfSandboxLimits limits = { .memory_bytes = G_GUINT64_CONSTANT (128) << 20 };
  g_autoptr (TestJob) job = test_job_new (0, 1, &limits);
  g_autofree char *output = NULL;
  int status = test_job_escape (job, 1, "allocate", each_mib, n_processes, &output);

  g_assert_cmpint (status, !=, 0);
  g_assert_null (strstr (output, "ALLOWED"));
}

static void
test_one_process_allocates_only_so_much (void)
{
  assert_memory_is_bounded ("1024", "1");
}

static void
test_processes_allocate_only_so_much_together (void)
{
  g_autofree char *reason = NULL;
  InfSandboxLimits limits = { .memory_bytes = G_GUINT64_CONSTANT (128) << 20 };
  g_autoptr (TestJob) job = test_job_new (0, 1, &limits);

  g_signal_connect (test_job_get_sandbox (job, 1), "ended", G_CALLBACK (on_ended), &reason);
  TestRun *run = test_job_begin_escape (job, 1, "allocate", "48", "8");
  test_wait_until (has_reason, &reason, "the sandbox to end");
  g_assert_nonnull (strstr (reason, "memory limit"));
  test_run_end (run, NULL);
}

static void
test_scratch_space_is_bounded (void)
{
  InfSandboxLimits limits = { .scratch_bytes = 8 << 20 };
  g_autoptr (TestJob) job = test_job_new (0, 1, &limits);
  const char *dirs[] = { "/tmp", "/dev/shm" };

  for (guint i = 0; i < G_N_ELEMENTS (dirs); i++)
    {
      g_autofree char *output = NULL;
      g_autofree char *expected = g_strdup_printf ("wrote 8 MiB to %s", dirs[i]);

      g_assert_cmpint (test_job_escape (job, 1, "fill", dirs[i], "64", &output), ==, 0);
      g_assert_true (g_str_has_prefix (output, expected));
      g_assert_null (strstr (output, "ALLOWED"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/containment/writes-only-below-job", test_writes_only_below_job);
  g_test_add_func ("/containment/reads-nothing-of-the-owner", test_reads_nothing_of_the_owner);
  g_test_add_func ("/containment/environment-holds-nothing-of-the-owner",
                   test_environment_holds_nothing_of_the_owner);
  g_test_add_func ("/containment/connects-to-neither-host-nor-network",
                   test_connects_to_neither_host_nor_network);
  g_test_add_func ("/containment/jobs-do-not-reach-each-other", test_jobs_do_not_reach_each_other);
  g_test_add_func ("/containment/refuses-what-escapes-are-made-of",
                   test_refuses_what_escapes_are_made_of);
  g_test_add_func ("/containment/sees-only-its-own-processes", test_sees_only_its_own_processes);
  g_test_add_func ("/containment/forks-only-so-often", test_forks_only_so_often);
  g_test_add_func ("/containment/a-fork-bomb-can-be-stopped", test_a_fork_bomb_can_be_stopped);
  g_test_add_func ("/containment/one-process-allocates-only-so-much",
                   test_one_process_allocates_only_so_much);
  g_test_add_func ("/containment/processes-allocate-only-so-much-together",
                   test_processes_allocate_only_so_much_together);
  g_test_add_func ("/containment/scratch-space-is-bounded", test_scratch_space_is_bounded);
  return g_test_run ();
}
