#include "common/inf-error.h"
#include "grid/sandbox/inf-orted-command.h"

#include <string.h>

#define BASE                                                                                       \
  "-mca orte_leave_session_attached \"1\" -mca ess \"env\" -mca ess_base_jobid \"1228275712\" "    \
  "-mca ess_base_vpid 1 -mca ess_base_num_procs \"2\" "                                            \
  "-mca orte_node_regex \"job-[1:1],[2:10].77.0.2@0(2)\" "                                         \
  "-mca orte_hnp_uri \"1228275712.0;tcp://10.77.0.1:10064\" "
#define TAIL "-mca plm \"rsh\" -mca pmix \"^s1,s2,cray,isolated\""
#define EXPORTS(prefix)                                                                            \
  "          PATH=" prefix "/bin:$PATH ; export PATH ; "                                           \
  "LD_LIBRARY_PATH=" prefix "/lib:${LD_LIBRARY_PATH:-} ; export LD_LIBRARY_PATH ; "                \
  "DYLD_LIBRARY_PATH=" prefix "/lib:${DYLD_LIBRARY_PATH:-} ; export DYLD_LIBRARY_PATH ;   "

static void
assert_parses (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfOrtedCommand) command = inf_orted_command_parse (line, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (inf_orted_command_get_param (command, "ess_base_vpid"), ==, "1");
  g_auto (GStrv) argv = inf_orted_command_to_argv (command);
  g_assert_cmpstr (argv[0], ==, "orted");
}

static void
assert_refused (const char *line, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfOrtedCommand) command = inf_orted_command_parse (line, &error);

  g_assert_null (command);
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_reads_what_mpiexec_sends (void)
{
  assert_parses (" orted " BASE TAIL);
  assert_parses (" orted " BASE "--mca plm_rsh_agent \"/run/infinity/infinity-agent\" "
                 "--mca plm_rsh_no_tree_spawn \"1\" " TAIL);
  assert_parses ("( test ! -r ./.profile || . ./.profile;  orted " BASE TAIL " )");
  assert_parses (EXPORTS ("/usr") "/usr/bin/orted " BASE TAIL);
  assert_parses (" orted " BASE "-mca btl_tcp_if_include \"job0\" -mca mpi_yield_when_idle 1 "
                 "-mca hwloc_base_binding_policy \"none\" -mca routed radix " TAIL);
  assert_parses (" orted " BASE "-mca orte_parent_uri "
                 "\"1228275712.0;tcp://10.77.0.1,10.77.0.2:10064;tcp://10.77.0.3:1\" " TAIL);
}

static void
test_rebuilds_without_the_launchers_own (void)
{
  g_autoptr (InfOrtedCommand) command
      = inf_orted_command_parse ("orted " BASE "--mca plm_rsh_agent \"/evil agent\" " TAIL, NULL);
  g_auto (GStrv) argv = inf_orted_command_to_argv (command);
  g_autofree char *joined = g_strjoinv ("|", argv);

  g_assert_cmpstr (joined, ==,
                   "orted|-mca|orte_leave_session_attached|1|-mca|ess|env|-mca|ess_base_jobid|"
                   "1228275712|-mca|ess_base_vpid|1|-mca|ess_base_num_procs|2|-mca|"
                   "orte_node_regex|job-[1:1],[2:10].77.0.2@0(2)|-mca|orte_hnp_uri|"
                   "1228275712.0;tcp://10.77.0.1:10064|-mca|plm|rsh|-mca|pmix|"
                   "^s1,s2,cray,isolated|-mca|plm_rsh_agent|/bin/false");
}

static void
test_refuses_other_commands (void)
{
  assert_refused ("", "does not start orted");
  assert_refused ("sh -c id", "does not start orted");
  assert_refused ("/tmp/orted " BASE TAIL, "does not start orted");
  assert_refused ("orted", "lacks ess");
  assert_refused ("orted " BASE TAIL " ; id", "neither plain");
  assert_refused ("orted " BASE TAIL " && id", "neither plain");
  assert_refused ("orted " BASE TAIL " `id`", "neither plain");
  assert_refused ("orted " BASE TAIL " --daemonize", "unknown option");
  assert_refused ("orted " BASE "--tree-spawn " TAIL, "start no other hosts");
  assert_refused ("orted " BASE TAIL " -mca plm", "ends within");
  assert_refused (EXPORTS ("/usr") "/tmp/bin/orted " BASE TAIL, "--prefix");
  assert_refused (EXPORTS ("/a/../b") "/a/../b/bin/orted " BASE TAIL, "--prefix");
  assert_refused ("PATH=/x ; id ; orted " BASE TAIL, "--prefix");
}

static void
test_refuses_values_that_could_do_harm (void)
{
  assert_refused ("orted " BASE "-mca mca_base_component_path \"/job\" " TAIL, "unknown parameter");
  assert_refused ("orted " BASE "-mca filem_raw_preload \"1\" " TAIL, "unknown parameter");
  assert_refused ("orted " BASE "-mca orte_fork_agent \"/job/x\" " TAIL, "unknown parameter");
  assert_refused ("orted " BASE "-mca btl_base_verbose \"/job/x\" " TAIL, "not allowed");
  assert_refused ("orted " BASE "-mca btl_tcp_if_include \"$HOME\" " TAIL, "neither plain");
  assert_refused ("orted " BASE "-mca btl_tcp_if_include \"a\"b " TAIL, "neither plain");
  assert_refused ("orted " BASE "-mca orte_parent_uri \"1.0;tcp://192.168.0.1:22\" " TAIL,
                  "not allowed");
  assert_refused ("orted " BASE "-mca orte_parent_uri \"1.0;tcp6://[::1]:22\" " TAIL,
                  "not allowed");
  assert_refused ("orted " BASE "-mca orte_parent_uri \"file:/etc/passwd\" " TAIL, "not allowed");
  assert_refused ("orted " BASE "-mca ess_base_jobid \"1x\" " TAIL, "not allowed");
  assert_refused ("orted " BASE "-mca ess \"tool\" " TAIL, "not allowed");
}

static void
test_refuses_what_is_too_large (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *blanks = g_strnfill (INF_ORTED_MAX_LENGTH_BYTES + 1, ' ');
  g_autoptr (GString) many = g_string_new ("orted");

  g_assert_null (inf_orted_command_parse (blanks, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  for (guint i = 0; i < INF_ORTED_MAX_WORDS; i++)
    g_string_append (many, " x");
  assert_refused (many->str, "too many words");
}

static void
test_survives_damage (void)
{
  const char *line = "orted " BASE TAIL;
  gsize length = strlen (line);

  for (gsize i = 0; i < length * 7; i++)
    {
      g_autofree char *damaged = g_strdup (line);
      g_autoptr (GError) error = NULL;

      damaged[i / 7] ^= (char)(1 << (i % 7));
      g_autoptr (InfOrtedCommand) command = inf_orted_command_parse (damaged, &error);
      g_assert_true (command ? error == NULL : error->domain == INF_ERROR);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/orted-command/reads-what-mpiexec-sends", test_reads_what_mpiexec_sends);
  g_test_add_func ("/orted-command/rebuilds-without-the-launchers-own",
                   test_rebuilds_without_the_launchers_own);
  g_test_add_func ("/orted-command/refuses-other-commands", test_refuses_other_commands);
  g_test_add_func ("/orted-command/refuses-values-that-could-do-harm",
                   test_refuses_values_that_could_do_harm);
  g_test_add_func ("/orted-command/refuses-what-is-too-large", test_refuses_what_is_too_large);
  g_test_add_func ("/orted-command/survives-damage", test_survives_damage);
  return g_test_run ();
}
