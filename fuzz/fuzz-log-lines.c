#include "widgets/inf-log-search.h"

#include <string.h>

/* The first byte is the size of the pieces in which the rest arrives. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

static void
check_match (const InfLogMatch *match, gpointer user_data)
{
  gsize size_bytes;

  inf_log_lines_peek_row (user_data, match->row, &size_bytes);
  g_assert (match->start + match->size_bytes <= size_bytes);
}

static gsize
check_rows (InfLogLines *lines, InfLogSearch *search)
{
  gsize n_bytes = 0;

  for (guint64 row = inf_log_lines_get_first_row (lines); row < inf_log_lines_get_end_row (lines);
       row++)
    {
      gsize size_bytes;
      const char *text = inf_log_lines_peek_row (lines, row, &size_bytes);

      g_assert (g_utf8_validate (text, (gssize)size_bytes, NULL));
      g_assert (size_bytes <= INF_LOG_ROW_MAX_BYTES && !memchr (text, '\n', size_bytes));
      inf_log_search_each_in_row (search, row, check_match, lines);
      n_bytes += size_bytes;
    }
  return n_bytes;
}

static void
visit_matches (InfLogLines *lines, InfLogSearch *search)
{
  InfLogMatch match = { .row = G_MAXUINT64 };
  guint64 n_matches;

  while (inf_log_search_step (search))
    ;
  n_matches = inf_log_search_get_n_matches (search);
  for (guint64 i = 1; i <= n_matches; i++)
    {
      InfLogFind found = inf_log_search_find (search, match.row, match.start, TRUE, &match);

      g_assert (found == INF_LOG_FIND_FOUND && match.number == i);
      check_match (&match, lines);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (4096, 64);
  g_autoptr (InfLogSearch) search = inf_log_search_new (lines);
  gsize piece = size_bytes > 0 ? (gsize)data[0] + 1 : 1;
  g_autofree char *text = NULL;

  inf_log_search_set_text (search, "step");
  for (gsize i = 1; i < size_bytes; i += piece)
    {
      inf_log_lines_append (lines, data + i, MIN (piece, size_bytes - i));
      inf_log_search_step (search);
    }
  visit_matches (lines, search);
  text = inf_log_lines_dup_rows (lines, 0, G_MAXUINT64);
  g_assert (g_utf8_validate (text, -1, NULL) && check_rows (lines, search) <= strlen (text));
  return 0;
}
