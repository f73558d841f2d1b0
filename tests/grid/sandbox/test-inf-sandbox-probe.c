#include "grid/sandbox/inf-process-usage.h"
#include "grid/sandbox/inf-sandbox-probe-private.h"

static void
test_reads_versions (void)
{
  g_autofree char *debian
      = inf_sandbox_probe_parse_version ("mpiexec (OpenRTE) 4.1.4\n\nReport bugs to …\n");
  g_autofree char *plain = inf_sandbox_probe_parse_version ("mpirun (Open MPI) 4.1.6rc1\n");
  g_autofree char *other = inf_sandbox_probe_parse_version ("HYDRA build details:\n");

  g_assert_cmpstr (debian, ==, "4.1.4");
  g_assert_cmpstr (plain, ==, "4.1.6");
  g_assert_null (other);
}

static void
test_reads_the_self_test (void)
{
  const char *output = "user-namespaces\tok\tfine\njob-network\tno\tveth: Not supported\n";
  g_autofree char *namespaces = NULL;
  g_autofree char *network = NULL;
  g_autofree char *missing = NULL;

  g_assert_true (inf_sandbox_probe_parse_line (output, "user-namespaces", &namespaces));
  g_assert_cmpstr (namespaces, ==, "fine");
  g_assert_false (inf_sandbox_probe_parse_line (output, "job-network", &network));
  g_assert_cmpstr (network, ==, "veth: Not supported");
  g_assert_false (inf_sandbox_probe_parse_line (output, "cgroups", &missing));
  g_assert_nonnull (missing);
}

static void
test_adds_up_what_a_process_uses (void)
{
  const char *status = "Name:\tx\nVmRSS:\t  900 kB\nRssAnon:\t  100 kB\nRssFile:\t 700 kB\n"
                       "RssShmem:\t 100 kB\nVmPTE:\t  8 kB\nVmSwap:\t  20 kB\nThreads:\t3\n";
  InfProcessUsage usage = { 0 };

  g_assert_true (inf_process_usage_parse (status, &usage));
  g_assert_cmpuint (usage.memory_bytes, ==, 128 << 10);
  g_assert_cmpuint (usage.n_threads, ==, 3);
  g_assert_false (inf_process_usage_parse ("garbage", &usage));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox-probe/reads-versions", test_reads_versions);
  g_test_add_func ("/sandbox-probe/reads-the-self-test", test_reads_the_self_test);
  g_test_add_func ("/sandbox-probe/adds-up-what-a-process-uses", test_adds_up_what_a_process_uses);
  return g_test_run ();
}
