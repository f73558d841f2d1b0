#include "grid/jobs/inf-progress-line.h"

#include <string.h>

static void
note (const InfProgressLine *line, gpointer user_data)
{
  GString *notes = user_data;

  switch (line->kind)
    {
    case INF_PROGRESS_STEP:
      g_string_append_printf (notes, "[%g %s]", line->fraction, line->text);
      break;
    case INF_PROGRESS_SUMMARY:
      g_string_append_printf (notes, "{%s}", line->text);
      break;
    default:
      if (strlen (line->text) > 100)
        g_string_append_printf (notes, "(%u%s)", (guint)strlen (line->text),
                                line->is_cut ? "…" : "");
      else
        g_string_append_printf (notes, "(%s%s)", line->text, line->is_cut ? "…" : "");
    }
}

static void
assert_parsed_in_pieces (const char *text, gsize size, gsize piece, const char *wanted)
{
  g_autoptr (GString) notes = g_string_new (NULL);
  g_autoptr (InfProgressParser) parser = inf_progress_parser_new (note, notes);

  for (gsize i = 0; i < size; i += piece)
    inf_progress_parser_feed (parser, text + i, MIN (piece, size - i));
  inf_progress_parser_finish (parser);
  g_assert_cmpstr (notes->str, ==, wanted);
}

static void
assert_parsed (const char *text, const char *wanted)
{
  assert_parsed_in_pieces (text, strlen (text), 1, wanted);
  assert_parsed_in_pieces (text, strlen (text), 7, wanted);
  assert_parsed_in_pieces (text, strlen (text), 100000, wanted);
}

static void
test_tells_the_kinds_apart (void)
{
  assert_parsed ("hello\n@infinity progress 0.5 half way\n@infinity summary sum has 7 digits\nbye",
                 "(hello)[0.5 half way]{sum has 7 digits}(bye)");
  assert_parsed ("\nafter an empty line", "()(after an empty line)");
  assert_parsed ("@infinity progress 1\n@infinity progress 0 \n\n", "[1 ][0 ]()");
}

static void
test_takes_nothing_else_for_progress (void)
{
  assert_parsed ("@infinity progress x\n", "(@infinity progress x)");
  assert_parsed ("@infinity progress 1.5 a\n", "(@infinity progress 1.5 a)");
  assert_parsed ("@infinity progress -0.5 a\n", "(@infinity progress -0.5 a)");
  assert_parsed ("@infinity progress nan a\n", "(@infinity progress nan a)");
  assert_parsed ("@infinity progress 0.5a\n", "(@infinity progress 0.5a)");
  assert_parsed ("@infinity other\n", "(@infinity other)");
  assert_parsed ("x @infinity progress 0.5 a\n", "(x @infinity progress 0.5 a)");
}

static void
test_bounds_a_line (void)
{
  g_autofree char *exact = g_strnfill (INF_PROGRESS_LINE_MAX_BYTES, 'x');
  g_autofree char *line = g_strconcat (exact, "\n", NULL);
  g_autofree char *longer = g_strconcat (exact, exact, "yz\nend\n", NULL);
  g_autofree char *sneaky = g_strconcat (exact, "@infinity progress 0.5 a\n", NULL);

  assert_parsed (line, "(4096)");
  assert_parsed (longer, "(4096…)(4096…)(yz)(end)");
  assert_parsed (sneaky, "(4096…)(@infinity progress 0.5 a)");
}

static void
test_shows_no_control_characters (void)
{
  static const char bytes[] = "a\033[2Jb\0c\xff\r\n@infinity summary \033]0;x\007\n";

  assert_parsed_in_pieces (bytes, sizeof bytes - 1, 3, "(a [2Jb\357\277\275c\357\277\275){]0;x}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress-line/kinds", test_tells_the_kinds_apart);
  g_test_add_func ("/progress-line/nothing-else", test_takes_nothing_else_for_progress);
  g_test_add_func ("/progress-line/bounded", test_bounds_a_line);
  g_test_add_func ("/progress-line/no-control-characters", test_shows_no_control_characters);
  return g_test_run ();
}
