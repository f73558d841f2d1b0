#include "cli/inf-table.h"

#include <string.h>

static char *
format_double (GVariant *row)
{
  guint32 number = 0;

  g_variant_lookup (row, "number", "u", &number);
  return g_strdup_printf ("%u", number * 2);
}

static const InfColumn columns[] = {
  { "name", "NAME", INF_CELL_TEXT },
  { "number", "NUMBER", INF_CELL_NUMBER },
  { "twice", "TWICE", INF_CELL_NUMBER, .is_extra = TRUE, .format = format_double },
  { "id", "ID", INF_CELL_ID },
  { "words", "WORDS", INF_CELL_TEXT },
  { NULL },
};

static GVariant *
make_rows (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

static void
test_aligns (void)
{
  g_autoptr (GVariant) rows = make_rows (
      "[{'name': <'oak'>, 'number': <@u 7>, 'id': <'abcdefghijklmnop'>, 'words': <['a', 'b']>},"
      " {'name': <'日本'>, 'number': <@u 1234567>, 'id': <'short'>, 'words': <@as []>}]");
  g_autofree char *table = inf_table_render (columns, rows, NULL, 0, NULL);

  g_assert_cmpstr (table, ==,
                   "NAME   NUMBER  ID          WORDS\n"
                   "oak         7  abcdefghij  a, b\n"
                   "日本  1234567  short       -\n");
}

static void
test_selects_columns (void)
{
  g_autoptr (GVariant) rows = make_rows ("[{'name': <'oak'>, 'number': <@u 7>}]");
  g_autofree char *table = inf_table_render (columns, rows, "twice, Name", 0, NULL);

  g_assert_cmpstr (table, ==, "TWICE  NAME\n   14  oak\n");
}

static void
test_names_the_columns_there_are (void)
{
  g_autoptr (GVariant) rows = make_rows ("@aa{sv} []");
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_table_render (columns, rows, "name,colour", 0, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  g_assert_nonnull (strstr (error->message, "colour"));
  g_assert_nonnull (strstr (error->message, "twice"));
}

static void
test_cuts_text_to_the_width (void)
{
  g_autoptr (GVariant) rows
      = make_rows ("[{'name': <'a name that is quite long'>, 'number': <@u 7>, 'id': <'abc'>,"
                   "  'words': <['one', 'two', 'three', 'four', 'five']>}]");
  g_autofree char *table = inf_table_render (columns, rows, NULL, 40, NULL);
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_cmpint (g_utf8_strlen (lines[1], -1), <=, 40);
  g_assert_nonnull (strstr (lines[1], "…"));
  g_assert_nonnull (strstr (lines[1], "abc"));
}

static void
test_survives_missing_and_wrong_values (void)
{
  g_autoptr (GVariant) rows
      = make_rows ("[{'name': <@u 5>, 'number': <'seven'>, 'id': <@ay []>}, @a{sv} {}]");
  g_autofree char *table = inf_table_render (columns, rows, "name,number,id", 0, NULL);

  g_assert_cmpstr (table, ==, "NAME  NUMBER  ID\n-          -  -\n-          -  -\n");
}

static void
test_makes_cells_safe (void)
{
  g_autoptr (GVariant) rows = make_rows ("[{'name': <'a\\u001b[2J\\nb'>}]");
  g_autofree char *table = inf_table_render (columns, rows, "name", 0, NULL);

  g_assert_cmpstr (table, ==, "NAME\na\\x1b[2J\\x0ab\n");
}

static void
test_records_leave_out_what_is_empty (void)
{
  g_autoptr (GVariant) row
      = make_rows ("{'name': <''>, 'number': <@u 7>, 'id': <'abcdefghijklmnop'>}");
  g_autofree char *record = inf_table_render_record (columns, row);

  g_assert_cmpstr (record, ==, "NUMBER:  7\nTWICE:   14\nID:      abcdefghijklmnop\n");
}

static void
test_long_lists (void)
{
  g_autoptr (GVariant) rows = NULL;
  g_autofree char *table = NULL;
  g_auto (GStrv) lines = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < 20000; i++)
    g_variant_builder_add_parsed (&builder, "{'name': <%s>, 'number': <%u>}", "oak", i);
  rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  table = inf_table_render (columns, rows, NULL, 80, NULL);
  lines = g_strsplit (table, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 20002);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/aligns", test_aligns);
  g_test_add_func ("/table/selects-columns", test_selects_columns);
  g_test_add_func ("/table/names-the-columns-there-are", test_names_the_columns_there_are);
  g_test_add_func ("/table/cuts-text-to-the-width", test_cuts_text_to_the_width);
  g_test_add_func ("/table/survives-missing-and-wrong-values",
                   test_survives_missing_and_wrong_values);
  g_test_add_func ("/table/makes-cells-safe", test_makes_cells_safe);
  g_test_add_func ("/table/records-leave-out-what-is-empty", test_records_leave_out_what_is_empty);
  g_test_add_func ("/table/long-lists", test_long_lists);
  return g_test_run ();
}
