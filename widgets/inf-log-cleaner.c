#include "widgets/inf-log-cleaner.h"

/* What a program prints is meant for a terminal, or for nobody. This makes text of it: valid UTF-8
 * without escape sequences (ECMA-48) and without characters that turn the order of others around.
 *
 *   TEXT ──ESC──▶ ESCAPE ──[──▶ SEQUENCE ──(final byte)──▶ TEXT
 *                   │  └──],P,X,^,_──▶ STRING ──BEL──▶ TEXT
 *                   └──(final byte)──▶ TEXT   └──ESC──▶ STRING_ESCAPE ──(any)──▶ TEXT
 *
 * An end of line ends every sequence, and so does a length no real one has: a log is never
 * swallowed by a sequence that was cut off.
 */
enum
{
  TEXT,
  ESCAPE,
  SEQUENCE,
  STRING,
  STRING_ESCAPE
};

#define MAX_SEQUENCE_BYTES 64
#define MAX_STRING_BYTES 4096
#define REPLACEMENT 0xFFFD
#define CONTROL_PICTURES 0x2400

/* A return before an end of line means nothing; before anything else it begins the line anew. */
static void
settle_return (InfLogCleaner *self, GString *out, gboolean is_line_end)
{
  if (self->has_return && !is_line_end)
    g_string_append_c (out, '\r');
  self->has_return = FALSE;
}

static void
put (InfLogCleaner *self, GString *out, gunichar character)
{
  /* the C1 controls, and those that reorder what is read */
  gboolean is_hidden = (character >= 0x80 && character < 0xA0)
                       || (character >= 0x202A && character <= 0x202E)
                       || (character >= 0x2066 && character <= 0x2069);

  settle_return (self, out, FALSE);
  g_string_append_unichar (out, is_hidden ? REPLACEMENT : character);
}

static void
take_control (InfLogCleaner *self, guint8 byte, GString *out)
{
  if (byte == '\n')
    {
      settle_return (self, out, TRUE);
      g_string_append_c (out, '\n');
    }
  else if (byte == '\r')
    self->has_return = TRUE;
  else if (byte == '\t')
    put (self, out, '\t');
  else if (byte == 0x1B)
    {
      self->state = ESCAPE;
      self->n_escape = 0;
    }
  else
    put (self, out, byte == 0x7F ? CONTROL_PICTURES + 0x21 : (gunichar)(CONTROL_PICTURES + byte));
}

static void
drop_character (InfLogCleaner *self, GString *out)
{
  if (self->n_character)
    put (self, out, REPLACEMENT);
  self->n_character = 0;
}

static void
take_text (InfLogCleaner *self, guint8 byte, GString *out)
{
  gunichar character;

  if (byte < 0x80 || (byte & 0xC0) == 0xC0)
    drop_character (self, out);
  if (byte < 0x20 || byte == 0x7F)
    {
      take_control (self, byte, out);
      return;
    }
  if (byte < 0x80)
    {
      put (self, out, byte);
      return;
    }
  self->character[self->n_character++] = byte;
  character = g_utf8_get_char_validated ((const char *)self->character, self->n_character);
  if (character == (gunichar)-2 && self->n_character < 4)
    return;
  self->n_character = 0;
  put (self, out, character >= (gunichar)-2 ? REPLACEMENT : character);
}

/* Of an escape sequence. */
static void
take_escape (InfLogCleaner *self, guint8 byte, GString *out)
{
  guint max_bytes = self->state == STRING ? MAX_STRING_BYTES : MAX_SEQUENCE_BYTES;

  if (byte == '\n' || byte == '\r' || ++self->n_escape > max_bytes)
    {
      self->state = TEXT;
      take_text (self, byte, out);
      return;
    }
  switch (self->state)
    {
    case ESCAPE:
      if (byte == '[')
        self->state = SEQUENCE;
      else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_')
        self->state = STRING;
      else if (byte < 0x20 || byte > 0x2F)
        self->state = TEXT;
      break;
    case SEQUENCE:
      if (byte >= 0x40 && byte <= 0x7E)
        self->state = TEXT;
      break;
    case STRING:
      if (byte == 0x07)
        self->state = TEXT;
      else if (byte == 0x1B)
        self->state = STRING_ESCAPE;
      break;
    default:
      self->state = TEXT;
    }
}

static gsize
count_plain (const guint8 *data, gsize size_bytes)
{
  gsize n = 0;

  while (n < size_bytes && data[n] >= 0x20 && data[n] < 0x7F)
    n++;
  return n;
}

/**
 * inf_log_cleaner_feed:
 * @self: where the last piece ended
 * @data: (array length=size_bytes): what a program printed next; anything
 * @size_bytes: its length
 * @out: what to append its text to: lines that end with `\n`; a `\r` says that what follows stands
 *   in the place of the line so far
 */
void
inf_log_cleaner_feed (InfLogCleaner *self, const guint8 *data, gsize size_bytes, GString *out)
{
  gsize at = 0;

  while (at < size_bytes)
    {
      gsize n_plain = 0;

      if (self->state == TEXT && !self->n_character && !self->has_return)
        n_plain = count_plain (data + at, size_bytes - at);
      g_string_append_len (out, (const char *)data + at, (gssize)n_plain);
      at += n_plain;
      if (at == size_bytes)
        break;
      if (self->state == TEXT)
        take_text (self, data[at], out);
      else
        take_escape (self, data[at], out);
      at++;
    }
}
