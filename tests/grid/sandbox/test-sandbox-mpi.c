#include "tests/grid/sandbox/test-job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
test_ring_over_three_hosts (void)
{
  g_autoptr (TestJob) job = test_job_new (3, 2, NULL);
  g_autofree char *output = NULL;
  int status = test_job_mpiexec (job, "names", &output);

  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (output, "sum 21 of 6 ranks\n"));
  g_assert_nonnull (strstr (output, "rank 0 on job-2\n"));
  g_assert_nonnull (strstr (output, "rank 5 on job-4\n"));
}

/* Ports of the run before are still in TIME_WAIT; the next takes others. */
static void
test_runs_follow_each_other_in_one_sandbox (void)
{
  g_autoptr (TestJob) job = test_job_new (2, 1, NULL);

  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (test_job_mpiexec (job, "ring", NULL), ==, 0);
}

static void
test_two_jobs_at_once (void)
{
  g_autoptr (TestJob) first = test_job_new (2, 1, NULL);
  g_autoptr (TestJob) second = test_job_new (2, 1, NULL);
  TestRun *first_run = test_job_begin_mpiexec (first, "ring");
  TestRun *second_run = test_job_begin_mpiexec (second, "ring");
  g_autofree char *first_output = NULL;
  g_autofree char *second_output = NULL;

  g_assert_cmpint (test_run_end (first_run, &first_output), ==, 0);
  g_assert_cmpint (test_run_end (second_run, &second_output), ==, 0);
  /* On a busy machine Open MPI may have warned before (of a setpgid() that came too late). */
  g_assert_true (g_str_has_suffix (first_output, "sum 3 of 2 ranks\n"));
  g_assert_true (g_str_has_suffix (second_output, "sum 3 of 2 ranks\n"));
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  inf_sandbox_stop_finish (INF_SANDBOX (source), result, &error);
  g_assert_no_error (error);
}

static void
test_a_host_that_stops_ends_the_job (void)
{
  g_autoptr (TestJob) job = test_job_new (3, 1, NULL);
  TestRun *run = test_job_begin_mpiexec (job, "spin");

  test_run_wait_for_output (run, "spinning");
  inf_sandbox_stop_async (test_job_get_sandbox (job, 3), NULL, on_stopped, NULL);
  g_assert_cmpint (test_run_end (run, NULL), !=, 0);
}

static int
open_log (TestJob *job, guint index)
{
  g_autofree char *path = g_strconcat (test_job_get_dir (job, index), ".log", NULL);
  int fd = open (path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

/* Each host's owner sees what ranks printed there, here rank 0 alone, and the launcher all of it,
 * as if nobody did. */
static void
test_a_host_has_a_log_of_its_own (void)
{
  g_autoptr (TestJob) job = test_job_new (2, 1, NULL);
  int first = open_log (job, 2), second = open_log (job, 3);
  g_autofree char *output = NULL;
  char text[4096] = "";

  g_assert_cmpint (test_job_mpiexec (job, "names", &output), ==, 0);
  g_assert_cmpint (read (first, text, sizeof text - 1), >, 0);
  g_assert_cmpstr (text, ==, "rank 0 on job-2\nrank 1 on job-3\nsum 3 of 2 ranks\n");
  g_assert_nonnull (strstr (output, text));
  g_assert_cmpint (read (second, text, sizeof text), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  close (first);
  close (second);
}

static void
test_a_failing_rank_fails_the_job (void)
{
  g_autoptr (TestJob) job = test_job_new (2, 1, NULL);
  int status = test_job_mpiexec (job, "exit3", NULL);

  g_assert_cmpint (status >> 8, ==, 3);
}

static gboolean
on_killed (gpointer data)
{
  return test_run_is_over (data);
}

static void
test_a_cancelled_launcher_ends_everywhere (void)
{
  g_autoptr (TestJob) job = test_job_new (2, 1, NULL);
  TestRun *run = test_job_begin_mpiexec (job, "spin");

  test_run_wait_for_output (run, "spinning");
  test_run_kill (run);
  test_wait_until (on_killed, run, "mpiexec to end");
  test_run_end (run, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox-mpi/ring-over-three-hosts", test_ring_over_three_hosts);
  g_test_add_func ("/sandbox-mpi/runs-follow-each-other-in-one-sandbox",
                   test_runs_follow_each_other_in_one_sandbox);
  g_test_add_func ("/sandbox-mpi/two-jobs-at-once", test_two_jobs_at_once);
  g_test_add_func ("/sandbox-mpi/a-host-that-stops-ends-the-job",
                   test_a_host_that_stops_ends_the_job);
  g_test_add_func ("/sandbox-mpi/a-host-has-a-log-of-its-own", test_a_host_has_a_log_of_its_own);
  g_test_add_func ("/sandbox-mpi/a-failing-rank-fails-the-job", test_a_failing_rank_fails_the_job);
  g_test_add_func ("/sandbox-mpi/a-cancelled-launcher-ends-everywhere",
                   test_a_cancelled_launcher_ends_everywhere);
  return g_test_run ();
}
