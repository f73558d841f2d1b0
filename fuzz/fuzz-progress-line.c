#include "grid/jobs/inf-progress-line.h"

#include <string.h>

/* The first byte is the size of the pieces in which the rest arrives. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

static void
check (const InfProgressLine *line, gpointer user_data)
{
  g_assert_true (g_utf8_validate (line->text, -1, NULL));
  for (const char *c = line->text; *c; c = g_utf8_next_char (c))
    g_assert_true (g_unichar_isprint (g_utf8_get_char (c)));
  if (line->kind != INF_PROGRESS_PLAIN)
    g_assert_cmpuint (strlen (line->text), <=, INF_PROGRESS_TEXT_MAX_BYTES);
  g_assert_true (line->fraction >= 0 && line->fraction <= 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  g_autoptr (InfProgressParser) parser = inf_progress_parser_new (check, NULL);
  gsize piece = size_bytes > 0 ? (gsize)data[0] + 1 : 1;

  for (gsize i = 1; i < size_bytes; i += piece)
    inf_progress_parser_feed (parser, data + i, MIN (piece, size_bytes - i));
  inf_progress_parser_finish (parser);
  return 0;
}
