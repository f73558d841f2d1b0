#include "cli/inf-text.h"

#include <string.h>

/* What peers and programs call themselves and print is theirs to choose. On a terminal it must not
 * move the cursor, change the title, or swap the order of letters, so that all it could do that
 * with is shown as an escape instead. */

struct _InfTextFilter
{
  char pending[8]; /* the beginning of a character that was cut by the end of a chunk */
  gsize n_pending;
  gboolean after_return; /* the last byte was a carriage return */
};

static void
append_character (GString *out, gunichar c)
{
  /* isprint is false for what controls (C0, C1, DEL), formats (bidirectional overrides) or is
   * not assigned */
  if (g_unichar_isprint (c))
    g_string_append_unichar (out, c);
  else if (c < 0x80)
    g_string_append_printf (out, "\\x%02x", c);
  else
    g_string_append_printf (out, "\\u%04x", c);
}

/**
 * inf_text_make_safe:
 * @text: any bytes that end with a zero
 *
 * Returns: (transfer full): one line of valid UTF-8 that a terminal only prints: control and
 *   format characters and bytes that are no UTF-8 are written as escapes
 */
char *
inf_text_make_safe (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text)
    {
      gunichar c = g_utf8_get_char_validated (text, -1);
      if (c == (gunichar)-1 || c == (gunichar)-2)
        {
          g_string_append_printf (out, "\\x%02x", (guchar)*text++);
          continue;
        }
      append_character (out, c);
      text = g_utf8_next_char (text);
    }
  return g_string_free (out, FALSE);
}

static gsize
character_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

/**
 * inf_text_get_width:
 * @text: valid UTF-8, as inf_text_make_safe() gives
 *
 * Returns: how many columns of a terminal it takes
 */
gsize
inf_text_get_width (const char *text)
{
  gsize width = 0;

  for (; *text; text = g_utf8_next_char (text))
    width += character_width (g_utf8_get_char (text));
  return width;
}

/**
 * inf_text_fit:
 * @text: valid UTF-8
 * @width: columns there are, at least 1
 *
 * Returns: (transfer full): @text, cut and ended with "…" where it takes more than @width columns
 */
char *
inf_text_fit (const char *text, gsize width)
{
  gsize used = 0;
  const char *p = text;

  if (inf_text_get_width (text) <= width)
    return g_strdup (text);
  for (; *p; p = g_utf8_next_char (p))
    {
      gsize next = character_width (g_utf8_get_char (p));
      if (used + next + 1 > width)
        break;
      used += next;
    }
  return g_strdup_printf ("%.*s…", (int)(p - text), text);
}

/**
 * inf_text_filter_new:
 *
 * A filter makes a stream of bytes safe for a terminal, as inf_text_make_safe() does with a line:
 * new lines and tabs stay, carriage returns become new lines, characters may be cut by the ends of
 * chunks.
 *
 * Returns: (transfer full): a filter
 */
InfTextFilter *
inf_text_filter_new (void)
{
  return g_new0 (InfTextFilter, 1);
}

void
inf_text_filter_free (InfTextFilter *filter)
{
  g_free (filter);
}

static void
filter_character (InfTextFilter *filter, gunichar c, GString *out)
{
  gboolean after_return = filter->after_return;

  filter->after_return = c == '\r';
  if (c == '\r' || (c == '\n' && !after_return))
    g_string_append_c (out, '\n');
  else if (c == '\t')
    g_string_append_c (out, '\t');
  else if (c != '\n')
    append_character (out, c);
}

static void
filter_bytes (InfTextFilter *filter, const char *data, gsize size_bytes, GString *out)
{
  while (size_bytes)
    {
      /* a zero byte is a character of its own here, but ends the text for the validator */
      gunichar c = *data ? g_utf8_get_char_validated (data, size_bytes) : 0;

      if (c == (gunichar)-2 && size_bytes < 6)
        {
          memcpy (filter->pending, data, size_bytes);
          filter->n_pending = size_bytes;
          return;
        }
      if (c == (gunichar)-1 || c == (gunichar)-2)
        {
          filter->after_return = FALSE;
          g_string_append_printf (out, "\\x%02x", (guchar)*data);
          data++;
          size_bytes--;
          continue;
        }
      filter_character (filter, c, out);
      size_bytes -= *data ? g_utf8_skip[(guchar)*data] : 1;
      data += *data ? g_utf8_skip[(guchar)*data] : 1;
    }
}

/**
 * inf_text_filter_push:
 * @filter: a filter
 * @data: the next bytes of the stream
 * @size_bytes: how many
 * @out: where what can be shown of them is appended
 */
void
inf_text_filter_push (InfTextFilter *filter, const void *data, gsize size_bytes, GString *out)
{
  g_autoptr (GString) joined = NULL;

  if (!filter->n_pending)
    {
      filter_bytes (filter, data, size_bytes, out);
      return;
    }
  joined = g_string_new_len (filter->pending, filter->n_pending);
  g_string_append_len (joined, data, size_bytes);
  filter->n_pending = 0;
  filter_bytes (filter, joined->str, joined->len, out);
}

/**
 * inf_text_filter_finish:
 * @filter: a filter whose stream has ended
 * @out: where the rest is appended
 */
void
inf_text_filter_finish (InfTextFilter *filter, GString *out)
{
  for (gsize i = 0; i < filter->n_pending; i++)
    g_string_append_printf (out, "\\x%02x", (guchar)filter->pending[i]);
  filter->n_pending = 0;
}
