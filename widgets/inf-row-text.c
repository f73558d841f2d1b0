#include "widgets/inf-row-text.h"

#define CONTROL_PICTURES 0x2400
#define DELETE_PICTURE 0x2421

/* Characters that act instead of being seen: what turns the order of others around could make a row
 * read as what it is not. */
static gboolean
acts_unseen (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029
         || c == 0x200e || c == 0x200f || c == 0x061c;
}

static void
append_shown (GString *text, gunichar c)
{
  if (c == '\t')
    g_string_append_c (text, '\t');
  else if (c < 32)
    g_string_append_unichar (text, CONTROL_PICTURES + c);
  else if (c == 127)
    g_string_append_unichar (text, DELETE_PICTURE);
  else if (acts_unseen (c) || g_unichar_type (c) == G_UNICODE_CONTROL)
    g_string_append_unichar (text, 0xfffd);
  else
    g_string_append_unichar (text, c);
}

/**
 * inf_row_text_make:
 * @bytes: (array length=n_bytes): a row of a file, as a job wrote it
 * @n_bytes: how long it is
 *
 * Returns: (transfer full): one line of text to show: what is no UTF-8 replaced, characters that
 *   steer visible, without the end of a line
 */
char *
inf_row_text_make (const guint8 *bytes, gsize n_bytes)
{
  GString *text = g_string_sized_new (n_bytes);
  const char *at = (const char *)bytes;
  const char *end;

  if (n_bytes && bytes[n_bytes - 1] == '\n')
    n_bytes--;
  if (n_bytes && bytes[n_bytes - 1] == '\r')
    n_bytes--;
  end = at + n_bytes;
  while (at < end)
    {
      gunichar c = *at ? g_utf8_get_char_validated (at, end - at) : 0;
      gboolean is_wrong = c == (gunichar)-1 || c == (gunichar)-2;

      append_shown (text, is_wrong ? 0xfffd : c);
      at = is_wrong || !*at ? at + 1 : g_utf8_next_char (at);
    }
  return g_string_free (text, FALSE);
}
