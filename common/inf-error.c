#include "common/inf-error.h"

#include <gio/gio.h>

/* The names travel: in D-Bus errors (org.infinitygrid.Error.NAME) and in the replies of peers. */
static const GDBusErrorEntry error_entries[] = {
  { INF_ERROR_FAILED, "org.infinitygrid.Error.Failed" },
  { INF_ERROR_INVALID, "org.infinitygrid.Error.Invalid" },
  { INF_ERROR_NOT_FOUND, "org.infinitygrid.Error.NotFound" },
  { INF_ERROR_EXISTS, "org.infinitygrid.Error.Exists" },
  { INF_ERROR_DENIED, "org.infinitygrid.Error.Denied" },
  { INF_ERROR_REFUSED, "org.infinitygrid.Error.Refused" },
  { INF_ERROR_UNREACHABLE, "org.infinitygrid.Error.Unreachable" },
  { INF_ERROR_TIMED_OUT, "org.infinitygrid.Error.TimedOut" },
  { INF_ERROR_CANCELLED, "org.infinitygrid.Error.Cancelled" },
  { INF_ERROR_TOO_LARGE, "org.infinitygrid.Error.TooLarge" },
  { INF_ERROR_EXPIRED, "org.infinitygrid.Error.Expired" },
  { INF_ERROR_NO_HOSTS, "org.infinitygrid.Error.NoHosts" },
  { INF_ERROR_NO_CREDITS, "org.infinitygrid.Error.NoCredits" },
  { INF_ERROR_CORRUPT, "org.infinitygrid.Error.Corrupt" },
  { INF_ERROR_UNSUPPORTED, "org.infinitygrid.Error.Unsupported" },
  { INF_ERROR_BAD_DATA, "org.infinitygrid.Error.BadData" },
  { INF_ERROR_JOB_FAILED, "org.infinitygrid.Error.JobFailed" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (error_entries) == INF_N_ERRORS);

#define NAME_PREFIX_LENGTH (sizeof "org.infinitygrid.Error." - 1)

GQuark
inf_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("inf-error-quark", &quark, error_entries,
                                      G_N_ELEMENTS (error_entries));
  return (GQuark)quark;
}

/**
 * inf_error_code_name:
 * @code: a code of the domain
 *
 * Returns: (transfer none): its name as it travels between peers, "NotFound" for example; "Failed"
 *   for a number that is no code
 */
const char *
inf_error_code_name (InfError code)
{
  if ((guint)code >= INF_N_ERRORS)
    code = INF_ERROR_FAILED;
  return error_entries[code].dbus_error_name + NAME_PREFIX_LENGTH;
}

/**
 * inf_error_code_parse:
 * @name: a name as inf_error_code_name() gives
 * @ret_code: (out): the code; left alone when @name is unknown
 *
 * Returns: whether @name is known
 */
gboolean
inf_error_code_parse (const char *name, InfError *ret_code)
{
  for (guint i = 0; i < INF_N_ERRORS; i++)
    if (g_str_equal (name, error_entries[i].dbus_error_name + NAME_PREFIX_LENGTH))
      {
        *ret_code = error_entries[i].error_code;
        return TRUE;
      }
  return FALSE;
}

gboolean
inf_error_is_not_found (const GError *error)
{
  return g_error_matches (error, INF_ERROR, INF_ERROR_NOT_FOUND);
}

gboolean
inf_error_is_refused (const GError *error)
{
  return g_error_matches (error, INF_ERROR, INF_ERROR_REFUSED);
}

gboolean
inf_error_is_unreachable (const GError *error)
{
  return g_error_matches (error, INF_ERROR, INF_ERROR_UNREACHABLE);
}

gboolean
inf_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, INF_ERROR, INF_ERROR_CANCELLED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
