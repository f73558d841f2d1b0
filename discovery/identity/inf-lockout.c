#include "discovery/identity/inf-lockout.h"

#include "common/inf-error.h"
#include "discovery/identity/inf-secret-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define FILE_NAME "identity.failures"
#define FREE_FAILURES 3
#define FIRST_WAIT_US (5 * (gint64)G_USEC_PER_SEC)
#define LONGEST_WAIT_US (3600 * (gint64)G_USEC_PER_SEC)
/* Past this many doublings the longest wait is reached. */
#define MAX_DOUBLINGS 10

static gint64
wait_us (guint failures)
{
  if (failures < FREE_FAILURES)
    return 0;
  return MIN (FIRST_WAIT_US << MIN (failures - FREE_FAILURES, MAX_DOUBLINGS), LONGEST_WAIT_US);
}

/**
 * inf_lockout_get_retry_unix_us:
 * @lockout: what was tried
 * @now_unix_us: the time
 *
 * Returns: when the next try is looked at; 0 when it may be now
 */
gint64
inf_lockout_get_retry_unix_us (const InfLockout *lockout, gint64 now_unix_us)
{
  gint64 retry_unix_us = lockout->last_unix_us + wait_us (lockout->failures);

  return retry_unix_us > now_unix_us ? retry_unix_us : 0;
}

/**
 * inf_lockout_check:
 * @lockout: what was tried
 * @now_unix_us: the time
 * @error: #INF_ERROR_REFUSED with how long to wait
 *
 * Returns: whether a passphrase may be tried now
 */
gboolean
inf_lockout_check (InfLockout *lockout, gint64 now_unix_us, GError **error)
{
  /* A clock that was set back makes nobody wait for longer than the wait. */
  lockout->last_unix_us = MIN (lockout->last_unix_us, now_unix_us);
  gint64 retry_unix_us = inf_lockout_get_retry_unix_us (lockout, now_unix_us);

  if (retry_unix_us == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_REFUSED,
               "%u wrong passphrases in a row; try again in %" G_GINT64_FORMAT " s",
               lockout->failures,
               (retry_unix_us - now_unix_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  return FALSE;
}

void
inf_lockout_fail (InfLockout *lockout, gint64 now_unix_us)
{
  if (lockout->failures < G_MAXUINT)
    lockout->failures++;
  lockout->last_unix_us = now_unix_us;
}

/**
 * inf_lockout_load:
 * @lockout: (out caller-allocates): what was tried in earlier runs
 * @state_dir: the node's state directory
 * @error: #INF_ERROR_FAILED, #INF_ERROR_INVALID
 */
gboolean
inf_lockout_load (InfLockout *lockout, const char *state_dir, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = inf_secret_file_load (state_dir, FILE_NAME, &local_error);
  InfLockout read = { 0 };

  if (!bytes && !inf_error_is_not_found (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (bytes)
    {
      g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      if (sscanf (text, "%u %" G_GINT64_FORMAT, &read.failures, &read.last_unix_us) != 2)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s/" FILE_NAME " is damaged",
                       state_dir);
          return FALSE;
        }
    }
  *lockout = read;
  return TRUE;
}

/**
 * inf_lockout_save:
 * @lockout: what was tried
 * @state_dir: the node's state directory
 * @error: #INF_ERROR_FAILED
 */
gboolean
inf_lockout_save (const InfLockout *lockout, const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, FILE_NAME, NULL);

  if (lockout->failures == 0)
    {
      if (g_unlink (path) == 0 || errno == ENOENT)
        return TRUE;
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  g_autofree char *text
      = g_strdup_printf ("%u %" G_GINT64_FORMAT "\n", lockout->failures, lockout->last_unix_us);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  return inf_secret_file_save (state_dir, FILE_NAME, bytes, error);
}
