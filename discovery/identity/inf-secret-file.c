#include "discovery/identity/inf-secret-file.h"

#include "common/inf-error.h"

#include <errno.h>
#include <glib/gstdio.h>

/**
 * inf_secret_file_load:
 * @state_dir: a node's state directory
 * @name: the file's name in it
 * @error: #INF_ERROR_NOT_FOUND or #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the file's content
 */
GBytes *
inf_secret_file_load (const char *state_dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  g_autoptr (GError) local_error = NULL;
  char *content;
  gsize size;

  if (g_file_get_contents (path, &content, &size, &local_error))
    return g_bytes_new_take (content, size);

  gboolean is_missing = g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_set_error (error, INF_ERROR, is_missing ? INF_ERROR_NOT_FOUND : INF_ERROR_FAILED, "%s: %s",
               path, local_error->message);
  return NULL;
}

/**
 * inf_secret_file_save:
 * @state_dir: a node's state directory, made (mode 0700) when it is missing
 * @name: the file's name in it
 * @bytes: its content
 * @error: #INF_ERROR_FAILED
 *
 * Returns: whether the file holds @bytes, mode 0600, written whole and durably
 */
gboolean
inf_secret_file_save (const char *state_dir, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  g_autoptr (GError) local_error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (g_mkdir_with_parents (state_dir, 0700) != 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", state_dir, g_strerror (errno));
      return FALSE;
    }
  if (!g_file_set_contents_full (path, data, (gssize)size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &local_error))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, local_error->message);
      return FALSE;
    }
  return TRUE;
}
