#include "cli/inf-exit.h"

#include "common/inf-error.h"

#include <gio/gio.h>

static InfExit
from_code (InfError code)
{
  switch (code)
    {
    case INF_ERROR_UNREACHABLE:
      return INF_EXIT_UNREACHABLE;
    case INF_ERROR_JOB_FAILED:
      return INF_EXIT_JOB_FAILED;
    case INF_ERROR_NO_HOSTS:
    case INF_ERROR_NO_CREDITS:
      return INF_EXIT_NOT_ENOUGH;
    case INF_ERROR_BAD_DATA:
      return INF_EXIT_BAD_DATA;
    case INF_ERROR_CANCELLED:
      return INF_EXIT_INTERRUPTED;
    default:
      return INF_EXIT_FAILURE;
    }
}

static gboolean
is_connection_lost (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED);
}

/**
 * inf_exit_from_error:
 * @error: why a command did not succeed
 *
 * Returns: the exit status that tells a script as much
 */
InfExit
inf_exit_from_error (const GError *error)
{
  if (error->domain == INF_ERROR)
    return from_code (error->code);
  if (error->domain == G_OPTION_ERROR)
    return INF_EXIT_USAGE;
  if (error->domain == G_FILE_ERROR)
    return INF_EXIT_IO;
  if (is_connection_lost (error))
    return INF_EXIT_UNREACHABLE;
  return INF_EXIT_FAILURE;
}

/**
 * inf_exit_from_job:
 * @job: a job, as org.infinitygrid.Jobs1 describes it
 *
 * A program's own statuses for bad input data and for input or output errors, 65 and 74, are passed
 * on; every other status of it only says that the job failed, as it could be taken for one of ours.
 *
 * Returns: the exit status of a command that waited for @job
 */
InfExit
inf_exit_from_job (GVariant *job)
{
  const char *state = "", *failure = "";
  gint32 status = -1;
  InfError code;

  g_variant_lookup (job, "state", "&s", &state);
  g_variant_lookup (job, "failure", "&s", &failure);
  g_variant_lookup (job, "exit-status", "i", &status);

  if (g_str_equal (state, "done"))
    return INF_EXIT_SUCCESS;
  if (g_str_equal (state, "failed") && (status == INF_EXIT_BAD_DATA || status == INF_EXIT_IO))
    return (InfExit)status;
  if (g_str_has_prefix (failure, "org.infinitygrid.Error."))
    failure += sizeof "org.infinitygrid.Error." - 1;
  if (inf_error_code_parse (failure, &code)
      && (from_code (code) == INF_EXIT_NOT_ENOUGH || from_code (code) == INF_EXIT_BAD_DATA))
    return from_code (code);
  /* A job ends as refused when the hosts that are there don't take it. */
  if (g_str_equal (failure, inf_error_code_name (INF_ERROR_REFUSED)))
    return INF_EXIT_NOT_ENOUGH;
  return INF_EXIT_JOB_FAILED;
}
