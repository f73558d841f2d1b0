#include "cli/inf-text.h"

#include <string.h>

static void
test_shows_what_would_control_a_terminal (void)
{
  const struct
  {
    const char *text;
    const char *safe;
  } cases[] = { { "oak", "oak" },
                { "Wörter 日本", "Wörter 日本" },
                { "a\x1b[31mb", "a\\x1b[31mb" },
                { "a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f" },
                { "\xc2\x9b"
                  "2J",
                  "\\u009b2J" },
                { "a\xe2\x80\xae"
                  "b",
                  "a\\u202eb" },
                { "a\xff\xc3", "a\\xff\\xc3" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = inf_text_make_safe (cases[i].text);
      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
}

static void
test_fits_by_columns (void)
{
  const struct
  {
    const char *text;
    gsize width;
    const char *fit;
  } cases[] = { { "oak", 3, "oak" },      { "oaks", 3, "oa…" },   { "日本語", 6, "日本語" },
                { "日本語", 5, "日本…" }, { "日本語", 4, "日…" }, { "oak", 1, "…" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *fit = inf_text_fit (cases[i].text, cases[i].width);
      g_assert_cmpstr (fit, ==, cases[i].fit);
      g_assert_cmpuint (inf_text_get_width (fit), <=, cases[i].width);
    }
}

/* Whatever the chunks, the same comes out. */
static void
test_filters_a_stream_in_any_pieces (void)
{
  static const char stream[] = "one\r\ntwo\rthree\n\x1b]0;title\x07\tä日\xf0\x9f\x8c\xb3\0\xff"
                               "\xc3(\xe2\x80";
  static const char expected[]
      = "one\ntwo\nthree\n\\x1b]0;title\\x07\tä日\xf0\x9f\x8c\xb3\\x00\\xff"
        "\\xc3(\\xe2\\x80";
  gsize size = sizeof stream - 1;

  for (gsize piece = 1; piece <= size; piece++)
    {
      g_autoptr (InfTextFilter) filter = inf_text_filter_new ();
      g_autoptr (GString) out = g_string_new (NULL);

      for (gsize i = 0; i < size; i += piece)
        inf_text_filter_push (filter, stream + i, MIN (piece, size - i), out);
      inf_text_filter_finish (filter, out);
      g_assert_cmpstr (out->str, ==, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/shows-what-would-control-a-terminal",
                   test_shows_what_would_control_a_terminal);
  g_test_add_func ("/text/fits-by-columns", test_fits_by_columns);
  g_test_add_func ("/text/filters-a-stream-in-any-pieces", test_filters_a_stream_in_any_pieces);
  return g_test_run ();
}
