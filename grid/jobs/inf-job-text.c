#include "grid/jobs/inf-job-text.h"

#include <string.h>

/**
 * inf_job_text_clean:
 * @text: (array length=size_bytes) (nullable): bytes from a job or from another node
 * @size_bytes: their number, or -1 when they end with a NUL
 * @max_bytes: how much is kept
 *
 * What others wrote ends up on terminals and in lists: no escape sequence, line break or invisible
 * character may go with it.
 *
 * Returns: (transfer full): one line of printable UTF-8, at most @max_bytes long, without space at
 *   either end
 */
char *
inf_job_text_clean (const char *text, gssize size_bytes, gsize max_bytes)
{
  gsize size = size_bytes < 0 ? strlen (text) : (gsize)size_bytes;

  /* An array that nothing was ever put into has no memory. */
  if (size == 0)
    return g_strdup ("");
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)MIN (size, max_bytes));
  GString *line = g_string_new (NULL);

  for (const char *c = valid; *c; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);
      gsize length = (gsize)(g_utf8_next_char (c) - c);
      if (line->len + length > max_bytes)
        break;
      if (g_unichar_isprint (character))
        g_string_append_len (line, c, (gssize)length);
      else
        g_string_append_c (line, ' ');
    }
  return g_strstrip (g_string_free (line, FALSE));
}
