#include "discovery/identity/inf-name.h"

#include <string.h>

/**
 * inf_name_is_valid:
 * @name: what someone wants a node or a grid to be called, UTF-8 or not
 *
 * Names are printed in tables and error messages everywhere, so nothing in one may move the cursor
 * or look like an option: 1 to %INF_NAME_MAX_BYTES bytes of printable UTF-8, beginning with a
 * letter or a digit, not ending with a space.
 *
 * Returns: whether @name may be used
 */
gboolean
inf_name_is_valid (const char *name)
{
  gsize size_bytes = strlen (name);

  if (size_bytes == 0 || size_bytes > INF_NAME_MAX_BYTES
      || !g_utf8_validate (name, (gssize)size_bytes, NULL))
    return FALSE;
  if (!g_unichar_isalnum (g_utf8_get_char (name)) || name[size_bytes - 1] == ' ')
    return FALSE;
  for (const char *c = name; *c; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}
