#include "grid/jobs/inf-progress-line.h"

#include "common/inf-report-filter.h"
#include "grid/jobs/inf-job-text.h"

#include <math.h>
#include <string.h>

/* A job's output is whatever a stranger's program writes: lines without end, half characters, key
 * words with nonsense after them. What is not exactly a progress or summary line is a plain one. */

#define PROGRESS_WORD "progress "
#define SUMMARY_WORD "summary "

struct _InfProgressParser
{
  InfProgressLineFunc func;
  gpointer user_data;
  GByteArray *line;
  gboolean is_continued;
};

/**
 * inf_progress_parser_new:
 * @func: called with each line, which is valid during the call only
 * @user_data: for @func
 *
 * Returns: (transfer full): a parser at the beginning of a line
 */
InfProgressParser *
inf_progress_parser_new (InfProgressLineFunc func, gpointer user_data)
{
  InfProgressParser *parser = g_new0 (InfProgressParser, 1);

  parser->func = func;
  parser->user_data = user_data;
  parser->line = g_byte_array_new ();
  return parser;
}

void
inf_progress_parser_free (InfProgressParser *parser)
{
  if (!parser)
    return;
  g_byte_array_unref (parser->line);
  g_free (parser);
}

static gboolean
skip_word (const char **text, const char *word)
{
  gsize length = strlen (word);

  if (strncmp (*text, word, length) != 0)
    return FALSE;
  *text += length;
  return TRUE;
}

static gboolean
parse_fraction (const char *text, double *ret_fraction, const char **ret_rest)
{
  char *end;
  double fraction;

  /* g_ascii_strtod() also takes "inf", "nan" and hexadecimal, which no program means. */
  if (!g_ascii_isdigit (*text))
    return FALSE;
  fraction = g_ascii_strtod (text, &end);
  if ((*end != ' ' && *end != '\0') || !isfinite (fraction) || fraction < 0 || fraction > 1)
    return FALSE;
  *ret_fraction = fraction;
  *ret_rest = *end ? end + 1 : end;
  return TRUE;
}

static void
report_special (InfProgressParser *parser, InfProgressKind kind, double fraction, const char *rest)
{
  g_autofree char *text = inf_job_text_clean (rest, -1, INF_PROGRESS_TEXT_MAX_BYTES);
  InfProgressLine line = { .kind = kind, .fraction = fraction, .text = text };

  parser->func (&line, parser->user_data);
}

static gboolean
try_special (InfProgressParser *parser, const char *text)
{
  double fraction;
  const char *rest;

  if (!skip_word (&text, INF_REPORT_PREFIX))
    return FALSE;
  if (skip_word (&text, SUMMARY_WORD))
    {
      report_special (parser, INF_PROGRESS_SUMMARY, 0, text);
      return TRUE;
    }
  if (skip_word (&text, PROGRESS_WORD) && parse_fraction (text, &fraction, &rest))
    {
      report_special (parser, INF_PROGRESS_STEP, fraction, rest);
      return TRUE;
    }
  return FALSE;
}

static void
report (InfProgressParser *parser, gboolean is_cut)
{
  GByteArray *bytes = parser->line;
  /* A byte that is no UTF-8 becomes a character of three. */
  g_autofree char *text
      = inf_job_text_clean ((const char *)bytes->data, (gssize)bytes->len, (gsize)3 * bytes->len);

  if (is_cut || parser->is_continued || !try_special (parser, text))
    {
      InfProgressLine line = { .kind = INF_PROGRESS_PLAIN, .text = text, .is_cut = is_cut };
      parser->func (&line, parser->user_data);
    }
  parser->is_continued = is_cut;
  g_byte_array_set_size (bytes, 0);
}

/**
 * inf_progress_parser_feed:
 * @parser: a parser
 * @data: (array length=size_bytes): what was read; may begin and end anywhere
 * @size_bytes: its length
 *
 * Calls the parser's function for every line that is complete by now.
 */
void
inf_progress_parser_feed (InfProgressParser *parser, const void *data, gsize size_bytes)
{
  const guint8 *bytes = data;

  while (size_bytes > 0)
    {
      gsize room = INF_PROGRESS_LINE_MAX_BYTES - parser->line->len;
      const guint8 *end = memchr (bytes, '\n', size_bytes);
      gsize length = end ? (gsize)(end - bytes) : size_bytes;
      gsize taken = MIN (length, room);

      g_byte_array_append (parser->line, bytes, (guint)taken);
      bytes += taken;
      size_bytes -= taken;
      if (length > room)
        report (parser, TRUE);
      else if (end)
        {
          report (parser, FALSE);
          bytes++;
          size_bytes--;
        }
    }
}

/**
 * inf_progress_parser_finish:
 * @parser: a parser
 *
 * The output has ended: a last line without its end counts too.
 */
void
inf_progress_parser_finish (InfProgressParser *parser)
{
  if (parser->line->len > 0)
    report (parser, FALSE);
}
