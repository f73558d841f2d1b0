#include "widgets/inf-log-lines.h"

#include <string.h>

static void
append (InfLogLines *lines, const char *text)
{
  inf_log_lines_append (lines, (const guint8 *)text, strlen (text));
}

static void
assert_row (InfLogLines *lines, guint64 row, const char *expected)
{
  gsize size_bytes;
  const char *text = inf_log_lines_peek_row (lines, row, &size_bytes);
  g_autofree char *copy = g_strndup (text, size_bytes);

  g_assert_cmpstr (copy, ==, expected);
}

static void
test_rows_are_lines (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);

  g_assert_cmpuint (inf_log_lines_get_end_row (lines), ==, 0);
  append (lines, "one\n\nthr");
  g_assert_cmpuint (inf_log_lines_get_end_row (lines), ==, 3);
  assert_row (lines, 0, "one");
  assert_row (lines, 1, "");
  assert_row (lines, 2, "thr");
  append (lines, "ee\n");
  g_assert_cmpuint (inf_log_lines_get_end_row (lines), ==, 3);
  assert_row (lines, 2, "three");
  append (lines, "x");
  assert_row (lines, 3, "x");
}

static void
test_a_return_begins_the_line_anew (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);

  append (lines, "head\n10 %\r20 %");
  append (lines, "\r30");
  assert_row (lines, 1, "30");
  append (lines, "\n");
  assert_row (lines, 0, "head");
  assert_row (lines, 1, "30");
  g_assert_cmpuint (inf_log_lines_get_end_row (lines), ==, 2);
}

static void
test_a_progress_bar_takes_no_room (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);
  InfLogBlock block;

  for (guint i = 0; i < 100000; i++)
    append (lines, "\rworking on it");
  g_assert_cmpuint (inf_log_lines_get_end_block (lines), ==, 1);
  inf_log_lines_peek_block (lines, 0, &block);
  g_assert_cmpuint (block.size_bytes, ==, strlen ("working on it"));
}

static void
test_a_long_line_is_folded_between_characters (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);
  g_autoptr (GString) text = g_string_new ("a");
  g_autofree char *copy = NULL;

  while (text->len < 3000000)
    g_string_append (text, "油");
  g_string_append_c (text, '\n');
  append (lines, text->str);
  append (lines, "next\n");
  for (guint64 row = 0; row < inf_log_lines_get_end_row (lines); row++)
    {
      gsize size_bytes;
      const char *at = inf_log_lines_peek_row (lines, row, &size_bytes);

      g_assert_cmpuint (size_bytes, <=, INF_LOG_ROW_MAX_BYTES);
      g_assert_true (g_utf8_validate (at, (gssize)size_bytes, NULL));
    }
  g_assert_cmpuint (inf_log_lines_get_end_row (lines), >, 3000000 / INF_LOG_ROW_MAX_BYTES);
  assert_row (lines, inf_log_lines_get_end_row (lines) - 1, "next");
  copy = inf_log_lines_dup_rows (lines, 0, inf_log_lines_get_end_row (lines) - 1);
  g_assert_cmpstr (copy, ==, text->str);
}

static void
test_the_widest_row_is_known (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);

  append (lines, "abc\n");
  g_assert_cmpuint (inf_log_lines_get_max_columns (lines), ==, 3);
  append (lines, "油油\n");
  g_assert_cmpuint (inf_log_lines_get_max_columns (lines), ==, 4);
  append (lines, "a\tb\n");
  g_assert_cmpuint (inf_log_lines_get_max_columns (lines), ==, 9);
  append (lines, "a\n");
  g_assert_cmpuint (inf_log_lines_get_max_columns (lines), ==, 9);
}

static void
test_the_oldest_rows_go (void)
{
  const gsize max_bytes = 1000000;
  g_autoptr (InfLogLines) lines = inf_log_lines_new (max_bytes, INF_LOG_MAX_ROWS);
  guint64 first;
  gsize n_kept = 0;

  for (guint i = 0; i < 200000; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %06u of many\n", i);
      append (lines, line);
    }
  first = inf_log_lines_get_first_row (lines);
  g_assert_cmpuint (first, >, 0);
  g_assert_cmpuint (inf_log_lines_get_end_row (lines), ==, 200000);
  g_assert_cmpuint (inf_log_lines_get_dropped_bytes (lines), ==, first * 20);
  for (guint64 i = inf_log_lines_get_first_block (lines); i < inf_log_lines_get_end_block (lines);
       i++)
    {
      InfLogBlock block;

      inf_log_lines_peek_block (lines, i, &block);
      n_kept += block.size_bytes;
    }
  /* about what was allowed: a block more or less */
  g_assert_cmpuint (n_kept, <=, max_bytes + 600000);
  g_assert_cmpuint (n_kept, >=, max_bytes - 600000);
  for (guint64 row = first; row < 200000; row += 997)
    {
      g_autofree char *expected = g_strdup_printf ("line %06u of many", (guint)row);
      assert_row (lines, row, expected);
    }
}

static void
test_rows_are_limited_too (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, 10000);
  g_autofree char *empty = g_strnfill (4000000, '\n');

  append (lines, empty);
  g_assert_cmpuint (inf_log_lines_get_end_row (lines), ==, 4000000);
  g_assert_cmpuint (inf_log_lines_get_first_row (lines), >, 3000000);
}

static void
test_a_place_is_found (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);
  gsize start;

  for (guint i = 0; i < 100000; i++)
    append (lines, "0123456789\n");
  g_assert_cmpuint (inf_log_lines_get_end_block (lines), >, 2);
  for (guint64 i = 0; i < inf_log_lines_get_end_block (lines); i++)
    {
      InfLogBlock block;

      inf_log_lines_peek_block (lines, i, &block);
      g_assert_cmpuint (inf_log_lines_find_row (lines, i, 25, &start), ==, block.first_row + 2);
      g_assert_cmpuint (start, ==, 22);
      g_assert_cmpuint (inf_log_lines_find_block (lines, block.first_row), ==, i);
      g_assert_cmpuint (inf_log_lines_find_block (lines, block.first_row + 5), ==, i);
    }
}

static void
test_cleared_it_begins_with_row_0 (void)
{
  g_autoptr (InfLogLines) lines = inf_log_lines_new (INF_LOG_MAX_BYTES, INF_LOG_MAX_ROWS);

  append (lines, "one\ntw\033[3");
  inf_log_lines_clear (lines);
  g_assert_cmpuint (inf_log_lines_get_end_row (lines), ==, 0);
  append (lines, "1m\n");
  assert_row (lines, 0, "1m");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-lines/rows-are-lines", test_rows_are_lines);
  g_test_add_func ("/log-lines/a-return-begins-the-line-anew", test_a_return_begins_the_line_anew);
  g_test_add_func ("/log-lines/a-progress-bar-takes-no-room", test_a_progress_bar_takes_no_room);
  g_test_add_func ("/log-lines/a-long-line-is-folded-between-characters",
                   test_a_long_line_is_folded_between_characters);
  g_test_add_func ("/log-lines/the-widest-row-is-known", test_the_widest_row_is_known);
  g_test_add_func ("/log-lines/the-oldest-rows-go", test_the_oldest_rows_go);
  g_test_add_func ("/log-lines/rows-are-limited-too", test_rows_are_limited_too);
  g_test_add_func ("/log-lines/a-place-is-found", test_a_place_is_found);
  g_test_add_func ("/log-lines/cleared-it-begins-with-row-0", test_cleared_it_begins_with_row_0);
  return g_test_run ();
}
