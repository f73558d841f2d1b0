#include "common/inf-error.h"
#include "grid/sandbox/inf-launch.h"

#include <string.h>

static const InfLaunchHost hosts[] = { { 2, 2 }, { 300, 1 } };

static void
test_argv (void)
{
  const char *args[] = { "--input", "my numbers.txt", NULL };
  const char *env[] = { "SEED=a b'c\"d", NULL };
  InfLaunch launch
      = { .hosts = hosts, .n_hosts = 2, .program = "/job/program", .args = args, .env = env };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = inf_launch_argv (&launch, &error);

  g_assert_no_error (error);
  g_autofree char *joined = g_strjoinv ("|", argv);
  g_assert_cmpstr (joined, ==,
                   "mpiexec|--leave-session-attached|--host|10.77.0.2:2,10.77.1.44:1|-np|3|--wdir|"
                   "/job|-x|SEED=a b'c\"d|/job/program|--input|my numbers.txt");
}

static void
assert_refused (InfLaunch *launch)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_launch_argv (launch, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_refuses_what_can_not_run (void)
{
  const InfLaunchHost launcher[] = { { 1, 1 } };
  const InfLaunchHost too_many[] = { { 2, 64 } };
  InfLaunch launch = { .hosts = hosts, .n_hosts = 2, .program = "taskadd" };
  InfLaunch bad = launch;

  bad.n_hosts = 0;
  assert_refused (&bad);
  bad = launch;
  bad.n_ranks = 4;
  assert_refused (&bad);
  bad = launch;
  bad.program = "--app";
  assert_refused (&bad);
  bad.program = "../escape";
  assert_refused (&bad);
  bad.program = NULL;
  assert_refused (&bad);
  bad = (InfLaunch){ .hosts = launcher, .n_hosts = 1, .program = "x" };
  assert_refused (&bad);
  bad = (InfLaunch){ .hosts = too_many, .n_hosts = 1, .program = "x" };
  assert_refused (&bad);
}

static void
test_params_give_each_participant_its_own_ports (void)
{
  g_autofree char *launcher = inf_launch_mca_params (1, 0, FALSE, FALSE);
  g_autofree char *host = inf_launch_mca_params (2, 2, TRUE, TRUE);

  g_assert_nonnull (strstr (launcher, "oob_tcp_dynamic_ipv4_ports = 10064\n"));
  g_assert_nonnull (strstr (launcher, "plm_rsh_agent = /run/infinity/infinity-agent\n"));
  g_assert_nonnull (strstr (launcher, "mpi_yield_when_idle = 0\n"));
  g_assert_nonnull (strstr (host, "oob_tcp_dynamic_ipv4_ports = 10128\n"));
  g_assert_nonnull (strstr (host, "btl_tcp_port_min_v4 = 10129\n"));
  g_assert_nonnull (strstr (host, "btl_tcp_port_range_v4 = 63\n"));
  g_assert_nonnull (strstr (host, "mpi_yield_when_idle = 1\n"));
  g_assert_null (strstr (host, "infinity-agent"));
  g_assert_nonnull (strstr (host, "orte_fork_agent = /infinity/tee /infinity/log\n"));
  g_assert_null (strstr (launcher, "orte_fork_agent"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/launch/argv", test_argv);
  g_test_add_func ("/launch/refuses-what-can-not-run", test_refuses_what_can_not_run);
  g_test_add_func ("/launch/params-give-each-participant-its-own-ports",
                   test_params_give_each_participant_its_own_ports);
  return g_test_run ();
}
