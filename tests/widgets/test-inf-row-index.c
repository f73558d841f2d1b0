#include "widgets/inf-row-index.h"

#include <string.h>

/* As a reader of the file would cut it, all of it at hand. */
static GPtrArray *
cut_plainly (const char *text, gsize n_bytes, guint columns)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_free);
  gsize line = 0;

  while (line < n_bytes)
    {
      const char *newline = memchr (text + line, '\n', n_bytes - line);
      gsize end = newline ? (gsize)(newline - text) : n_bytes;

      for (gsize at = line; at == line || at < end; at += columns)
        g_ptr_array_add (rows, g_strndup (text + at, MIN (columns, end - at)));
      line = end + 1;
    }
  return rows;
}

static char *
get_row (const InfRowIndex *index, const char *text, gsize n_bytes, guint row)
{
  InfRowPlace place;
  gsize begin;
  gsize end;
  gsize n_there;

  if (!inf_row_index_locate (index, row, &place))
    return NULL;
  /* of a file that shrank */
  if (place.offset > n_bytes)
    return NULL;
  n_there = MIN (inf_row_index_get_reach (index), n_bytes - place.offset);
  if (!inf_row_index_cut (index, &place, (const guint8 *)text + place.offset, n_there, &begin,
                          &end))
    return NULL;
  g_assert_cmpuint (begin, <=, end);
  g_assert_cmpuint (end, <=, n_there);
  return g_strndup (text + place.offset + begin, end - begin);
}

static void
check (const char *text, gsize n_bytes, guint columns, gsize piece)
{
  g_autoptr (InfRowIndex) index = inf_row_index_new (columns);
  g_autoptr (GPtrArray) rows = cut_plainly (text, n_bytes, columns);

  for (gsize at = 0; at < n_bytes; at += piece)
    g_assert_true (
        inf_row_index_feed (index, (const guint8 *)text + at, MIN (piece, n_bytes - at)));
  g_assert_cmpuint (inf_row_index_get_n_rows (index), ==, rows->len);
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *row = get_row (index, text, n_bytes, i);
      g_assert_cmpstr (row, ==, rows->pdata[i]);
    }
  g_assert_null (get_row (index, text, n_bytes, rows->len));
}

#define CHECK(text, columns) check (text, strlen (text), columns, 3)

static void
test_small (void)
{
  CHECK ("", 8);
  CHECK ("\n", 8);
  CHECK ("one", 8);
  CHECK ("one\n", 8);
  CHECK ("one\n\ntwo\n", 8);
  CHECK ("12345678", 8);
  CHECK ("12345678\n", 8);
  CHECK ("123456789", 8);
  CHECK ("\n\n\n123456781234567812\nx", 8);
}

/* Lines of every length beside each other: short ones, and some of hundreds of rows. */
static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      guint n_lines = (guint)g_rand_int_range (rand, 1, 400);

      for (guint i = 0; i < n_lines; i++)
        {
          int longest = g_rand_int_range (rand, 0, 20) ? 40 : 2000;
          int length = g_rand_int_range (rand, 0, longest);

          for (int k = 0; k < length; k++)
            g_string_append_c (text, (char)g_rand_int_range (rand, '0', 'z'));
          if (i + 1 < n_lines || round % 2)
            g_string_append_c (text, '\n');
        }
      check (text->str, text->len, (guint)g_rand_int_range (rand, 8, 30),
             (gsize)g_rand_int_range (rand, 1, 5000));
    }
}

static void
test_unbroken (void)
{
  const guint64 size_bytes = G_GUINT64_CONSTANT (19000001);
  g_autoptr (InfRowIndex) index = inf_row_index_new_unbroken (80, size_bytes);
  InfRowPlace place;

  g_assert_cmpuint (inf_row_index_get_n_rows (index), ==, 237501);
  g_assert_true (inf_row_index_locate (index, 237500, &place));
  g_assert_cmpuint (place.offset, ==, 19000000);
  g_assert_cmpuint (place.n_rows_before, ==, 0);
  g_assert_false (inf_row_index_locate (index, 237501, &place));
  g_assert_false (inf_row_index_is_full (index));
}

/* A character belongs to the row it begins in. */
static void
test_characters_stay_whole (void)
{
  const char *text = "1234567\xc3\xa4"
                     "234567\xe2\x82\xac"
                     "456789";
  g_autoptr (InfRowIndex) index = inf_row_index_new (8);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  inf_row_index_feed (index, (const guint8 *)text, strlen (text));
  first = get_row (index, text, strlen (text), 0);
  second = get_row (index, text, strlen (text), 1);
  third = get_row (index, text, strlen (text), 2);
  g_assert_cmpstr (first, ==, "1234567\xc3\xa4");
  g_assert_cmpstr (second, ==, "234567\xe2\x82\xac");
  g_assert_cmpstr (third, ==, "456789");
}

static void
test_a_file_that_shrank (void)
{
  const char *text = "one\ntwo\nthree\nfour";
  g_autoptr (InfRowIndex) index = inf_row_index_new (8);

  inf_row_index_feed (index, (const guint8 *)text, strlen (text));
  for (gsize n_left = 0; n_left < strlen (text); n_left++)
    for (guint i = 0; i < 4; i++)
      {
        g_autofree char *row = get_row (index, text, n_left, i);
        g_assert_true (!row || strlen (row) <= 5);
      }
}

static void
test_no_more_rows_than_fit (void)
{
  g_autoptr (InfRowIndex) index = inf_row_index_new (8);
  g_autofree guint8 *newlines = g_malloc (1000000);
  guint n_fed = 0;

  memset (newlines, '\n', 1000000);
  while (inf_row_index_feed (index, newlines, 1000000))
    n_fed++;
  g_assert_cmpuint (n_fed, ==, INF_ROW_INDEX_MAX_ROWS / 1000000 - 1);
  g_assert_true (inf_row_index_is_full (index));
  g_assert_cmpuint (inf_row_index_get_n_rows (index), ==, INF_ROW_INDEX_MAX_ROWS);
  g_assert_false (inf_row_index_feed (index, newlines, 1000000));
  g_assert_cmpuint (inf_row_index_get_n_rows (index), ==, INF_ROW_INDEX_MAX_ROWS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-index/small", test_small);
  g_test_add_func ("/row-index/random", test_random);
  g_test_add_func ("/row-index/unbroken", test_unbroken);
  g_test_add_func ("/row-index/characters-stay-whole", test_characters_stay_whole);
  g_test_add_func ("/row-index/a-file-that-shrank", test_a_file_that_shrank);
  g_test_add_func ("/row-index/no-more-rows-than-fit", test_no_more_rows_than_fit);
  return g_test_run ();
}
