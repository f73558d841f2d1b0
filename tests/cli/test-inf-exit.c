#include "cli/inf-exit.h"

#include "common/inf-error.h"

#include <gio/gio.h>

static void
test_errors (void)
{
  const struct
  {
    GQuark domain;
    int code;
    InfExit status;
  } cases[] = { { INF_ERROR, INF_ERROR_FAILED, INF_EXIT_FAILURE },
                { INF_ERROR, INF_ERROR_NOT_FOUND, INF_EXIT_FAILURE },
                { INF_ERROR, INF_ERROR_UNREACHABLE, INF_EXIT_UNREACHABLE },
                { INF_ERROR, INF_ERROR_NO_HOSTS, INF_EXIT_NOT_ENOUGH },
                { INF_ERROR, INF_ERROR_NO_CREDITS, INF_EXIT_NOT_ENOUGH },
                { INF_ERROR, INF_ERROR_JOB_FAILED, INF_EXIT_JOB_FAILED },
                { INF_ERROR, INF_ERROR_BAD_DATA, INF_EXIT_BAD_DATA },
                { INF_ERROR, INF_ERROR_CANCELLED, INF_EXIT_INTERRUPTED },
                { G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, INF_EXIT_USAGE },
                { G_FILE_ERROR, G_FILE_ERROR_NOENT, INF_EXIT_IO },
                { G_IO_ERROR, G_IO_ERROR_CLOSED, INF_EXIT_UNREACHABLE },
                { G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY, INF_EXIT_UNREACHABLE },
                { G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD, INF_EXIT_FAILURE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (cases[i].domain, cases[i].code, "x");
      g_assert_cmpint (inf_exit_from_error (error), ==, cases[i].status);
    }
}

static void
test_jobs (void)
{
  const struct
  {
    const char *job;
    InfExit status;
  } cases[] = {
    { "{'state': <'done'>, 'exit-status': <0>}", INF_EXIT_SUCCESS },
    { "{'state': <'failed'>, 'exit-status': <1>, 'failure': <'JobFailed'>}", INF_EXIT_JOB_FAILED },
    { "{'state': <'failed'>, 'exit-status': <65>, 'failure': <'JobFailed'>}", INF_EXIT_BAD_DATA },
    { "{'state': <'failed'>, 'exit-status': <74>, 'failure': <'JobFailed'>}", INF_EXIT_IO },
    { "{'state': <'failed'>, 'exit-status': <2>, 'failure': <''>}", INF_EXIT_JOB_FAILED },
    { "{'state': <'failed'>, 'exit-status': <-1>, 'failure': <'NoHosts'>}", INF_EXIT_NOT_ENOUGH },
    { "{'state': <'failed'>, 'failure': <'org.infinitygrid.Error.NoCredits'>}",
      INF_EXIT_NOT_ENOUGH },
    { "{'state': <'failed'>, 'exit-status': <-1>, 'failure': <'Refused'>}", INF_EXIT_NOT_ENOUGH },
    { "{'state': <'failed'>, 'failure': <'BadData'>}", INF_EXIT_BAD_DATA },
    { "{'state': <'failed'>, 'failure': <'Unreachable'>}", INF_EXIT_JOB_FAILED },
    { "{'state': <'cancelled'>, 'exit-status': <65>}", INF_EXIT_JOB_FAILED },
    { "@a{sv} {}", INF_EXIT_JOB_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) job = g_variant_ref_sink (g_variant_new_parsed (cases[i].job));
      g_assert_cmpint (inf_exit_from_job (job), ==, cases[i].status);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exit/errors", test_errors);
  g_test_add_func ("/exit/jobs", test_jobs);
  return g_test_run ();
}
