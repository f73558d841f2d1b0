#include "discovery/files/inf-file-find.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/files/inf-file-request.h"

#include <string.h>

#define MAX_FOUND_SIZE_BYTES 512
#define FOUND_TYPE G_VARIANT_TYPE ("(bts)")

/**
 * inf_file_name_is_safe:
 * @name: a name from anyone
 *
 * Returns: whether a file can be called so wherever it is put: one printable component of a path,
 *   and not a hidden one
 */
gboolean
inf_file_name_is_safe (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > INF_FILE_NAME_MAX_BYTES || name[0] == '.' || strchr (name, '/')
      || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *p = name; *p; p = g_utf8_next_char (p))
    if (!g_unichar_isprint (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

GBytes *
inf_file_find_encode (const InfObjectId *id)
{
  return inf_file_id_encode (INF_KIND_FILE_FIND, id);
}

/**
 * inf_file_find_decode:
 * @ret_id: (out): which object is looked for; left alone on failure
 * @bytes: from a peer
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE
 */
gboolean
inf_file_find_decode (InfObjectId *ret_id, GBytes *bytes, GError **error)
{
  return inf_file_id_decode (INF_KIND_FILE_FIND, ret_id, bytes, error);
}

GBytes *
inf_file_found_encode (const InfFileFound *found)
{
  return inf_wire_encode (INF_KIND_FILE_FOUND,
                          g_variant_new ("(bts)", found->is_here, found->size_bytes, found->name));
}

/**
 * inf_file_found_decode:
 * @ret_found: (out): the answer; left alone on failure
 * @bytes: from a peer
 * @error: #INF_ERROR_INVALID also for a name that no file can have, or a length that none has;
 *   #INF_ERROR_TOO_LARGE
 */
gboolean
inf_file_found_decode (InfFileFound *ret_found, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_FILE_FOUND, FOUND_TYPE, MAX_FOUND_SIZE_BYTES, error);
  gboolean is_here;
  guint64 size_bytes;
  const char *name;

  if (!body)
    return FALSE;
  g_variant_get (body, "(bt&s)", &is_here, &size_bytes, &name);
  if ((*name && !inf_file_name_is_safe (name)) || size_bytes > G_MAXINT64
      || (!is_here && (size_bytes > 0 || *name)))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "an answer about a file that can't be true");
      return FALSE;
    }
  ret_found->is_here = is_here;
  ret_found->size_bytes = size_bytes;
  g_strlcpy (ret_found->name, name, sizeof ret_found->name);
  return TRUE;
}
