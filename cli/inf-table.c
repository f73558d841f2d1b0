#include "cli/inf-table.h"

#include "cli/inf-quantity.h"
#include "cli/inf-text.h"
#include "common/inf-error.h"

#define GAP 2
#define SHORT_ID_LENGTH 10
/* A column of text is not cut below this, whatever the terminal's width. */
#define MIN_TEXT_WIDTH 8

static gboolean
read_integer (GVariant *value, gint64 *ret_number)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    *ret_number = g_variant_get_int64 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    *ret_number = (gint64)MIN (g_variant_get_uint64 (value), (guint64)G_MAXINT64);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    *ret_number = g_variant_get_uint32 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    *ret_number = g_variant_get_int32 (value);
  else
    return FALSE;
  return TRUE;
}

static char *
format_integer (InfCell cell, gint64 number)
{
  switch (cell)
    {
    case INF_CELL_MILLI:
      return g_strdup_printf ("%.2f", number / 1000.0);
    case INF_CELL_CREDITS:
      return inf_quantity_format_credits (number);
    case INF_CELL_SIZE:
      return inf_quantity_format_size ((guint64)MAX (number, 0));
    case INF_CELL_RTT:
      return number < 0 ? g_strdup ("-") : inf_quantity_format_duration (number);
    case INF_CELL_TIME:
      return inf_quantity_format_time (number);
    default:
      return number == -1 ? g_strdup ("-") : g_strdup_printf ("%" G_GINT64_FORMAT, number);
    }
}

static char *
format_text (InfCell cell, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);
      return g_strjoinv (", ", (char **)words);
    }
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return NULL;
  if (cell == INF_CELL_ID)
    return g_utf8_substring (
        g_variant_get_string (value, NULL), 0,
        MIN (SHORT_ID_LENGTH, g_utf8_strlen (g_variant_get_string (value, NULL), -1)));
  return g_variant_dup_string (value, NULL);
}

static char *
format_value (InfCell cell, GVariant *value)
{
  gint64 number;

  switch (cell)
    {
    case INF_CELL_TEXT:
    case INF_CELL_ID:
      return format_text (cell, value);
    case INF_CELL_YES_NO:
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        return NULL;
      return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
    case INF_CELL_PERCENT:
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE)
          || !(g_variant_get_double (value) >= 0))
        return NULL;
      return g_strdup_printf ("%.0f%%", CLAMP (g_variant_get_double (value), 0, 1) * 100);
    default:
      return read_integer (value, &number) ? format_integer (cell, number) : NULL;
    }
}

/* The text of a cell; "-" for what is empty, missing, or of another type than the contract's. */
static char *
format_cell (const InfColumn *column, GVariant *row, gboolean is_short)
{
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;

  if (column->format)
    text = column->format (row);
  else
    {
      InfCell cell = column->cell == INF_CELL_ID && !is_short ? INF_CELL_TEXT : column->cell;
      value = g_variant_lookup_value (row, column->key, NULL);
      text = value ? format_value (cell, value) : NULL;
    }
  return text && *text ? inf_text_make_safe (text) : g_strdup ("-");
}

static const InfColumn *
find_column (const InfColumn *columns, const char *key)
{
  for (; columns->title; columns++)
    if (g_ascii_strcasecmp (columns->key, key) == 0)
      return columns;
  return NULL;
}

static void
refuse_column (const InfColumn *columns, const char *key, GError **error)
{
  GString *known = g_string_new (NULL);

  for (; columns->title; columns++)
    g_string_append_printf (known, "%s%s", known->len ? ", " : "", columns->key);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no column “%s”; there are %s", key,
               known->str);
  g_string_free (known, TRUE);
}

/* Returns: (element-type InfColumn): the columns to show, in their order */
static GPtrArray *
select_columns (const InfColumn *columns, const char *selection, GError **error)
{
  g_autoptr (GPtrArray) selected = g_ptr_array_new ();
  g_auto (GStrv) keys = NULL;

  if (!selection)
    {
      for (; columns->title; columns++)
        if (!columns->is_extra)
          g_ptr_array_add (selected, (gpointer)columns);
      return g_steal_pointer (&selected);
    }
  keys = g_strsplit (selection, ",", -1);
  for (guint i = 0; keys[i]; i++)
    {
      const InfColumn *column = find_column (columns, g_strstrip (keys[i]));
      if (!column)
        {
          refuse_column (columns, keys[i], error);
          return NULL;
        }
      g_ptr_array_add (selected, (gpointer)column);
    }
  return g_steal_pointer (&selected);
}

/* Takes columns of the terminal from the widest column of text, again and again, until the lines
 * fit or there is nothing to take. */
static void
shrink (GPtrArray *columns, gsize *widths, gsize width)
{
  gsize total = GAP * (columns->len - 1);

  for (guint i = 0; i < columns->len; i++)
    total += widths[i];
  while (total > width)
    {
      guint widest = G_MAXUINT;
      for (guint i = 0; i < columns->len; i++)
        {
          const InfColumn *column = g_ptr_array_index (columns, i);
          if (column->cell == INF_CELL_TEXT && widths[i] > MIN_TEXT_WIDTH
              && (widest == G_MAXUINT || widths[i] > widths[widest]))
            widest = i;
        }
      if (widest == G_MAXUINT)
        return;
      widths[widest]--;
      total--;
    }
}

static gboolean
is_aligned_right (const InfColumn *column)
{
  return column->cell != INF_CELL_TEXT && column->cell != INF_CELL_ID
         && column->cell != INF_CELL_YES_NO && column->cell != INF_CELL_TIME;
}

static void
append_line (GString *out, GPtrArray *columns, char **cells, const gsize *widths)
{
  for (guint i = 0; i < columns->len; i++)
    {
      g_autofree char *cell = inf_text_fit (cells[i], widths[i]);
      int padding = (int)(widths[i] - MIN (widths[i], inf_text_get_width (cell)));

      if (is_aligned_right (g_ptr_array_index (columns, i)))
        g_string_append_printf (out, "%*s%s", padding, "", cell);
      else
        g_string_append_printf (out, "%s%*s", cell, i + 1 < columns->len ? padding : 0, "");
      if (i + 1 < columns->len)
        g_string_append_printf (out, "%*s", GAP, "");
    }
  g_string_append_c (out, '\n');
}

static char **
title_cells (GPtrArray *columns)
{
  char **cells = g_new0 (char *, columns->len + 1);

  for (guint i = 0; i < columns->len; i++)
    cells[i] = g_strdup (((const InfColumn *)g_ptr_array_index (columns, i))->title);
  return cells;
}

static char **
row_cells (GPtrArray *columns, GVariant *rows, gsize index)
{
  g_autoptr (GVariant) row = g_variant_get_child_value (rows, index);
  char **cells = g_new0 (char *, columns->len + 1);

  for (guint i = 0; i < columns->len; i++)
    cells[i] = format_cell (g_ptr_array_index (columns, i), row, TRUE);
  return cells;
}

/**
 * inf_table_render:
 * @columns: the columns that there are
 * @rows: `aa{sv}`
 * @selection: (nullable): keys of the columns to show, with commas between; %NULL: all but extra
 * ones
 * @width: columns of the terminal, 0 when there is no limit
 * @error: %G_OPTION_ERROR_BAD_VALUE when @selection names none of @columns
 *
 * Returns: (transfer full): a line of titles and a line for every row, safe for a terminal; %NULL
 *   with @error set
 */
char *
inf_table_render (const InfColumn *columns, GVariant *rows, const char *selection, gsize width,
                  GError **error)
{
  g_autoptr (GPtrArray) selected = select_columns (columns, selection, error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_autofree gsize *widths = NULL;
  GString *out;

  if (!selected)
    return NULL;
  g_ptr_array_add (lines, title_cells (selected));
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    g_ptr_array_add (lines, row_cells (selected, rows, i));

  widths = g_new0 (gsize, selected->len);
  for (guint i = 0; i < lines->len; i++)
    for (guint j = 0; j < selected->len; j++)
      {
        char **cells = g_ptr_array_index (lines, i);
        widths[j] = MAX (widths[j], inf_text_get_width (cells[j]));
      }
  if (width)
    shrink (selected, widths, width);

  out = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++)
    append_line (out, selected, g_ptr_array_index (lines, i), widths);
  return g_string_free (out, FALSE);
}

/**
 * inf_table_get_text:
 * @columns: the columns that there are
 * @key: the key of one of them
 * @row: `a{sv}`
 *
 * Returns: (transfer full): what @row has there, with an id written out; "-" for nothing; safe for
 * a terminal
 */
char *
inf_table_get_text (const InfColumn *columns, const char *key, GVariant *row)
{
  const InfColumn *column = find_column (columns, key);

  return column ? format_cell (column, row, FALSE) : g_strdup ("-");
}

/**
 * inf_table_render_record:
 * @columns: the fields to show
 * @row: `a{sv}`
 *
 * Returns: (transfer full): a line for every field that has a value, its title first, with ids
 *   written out; safe for a terminal
 */
char *
inf_table_render_record (const InfColumn *columns, GVariant *row)
{
  GString *out = g_string_new (NULL);
  gsize widest = 0;

  for (const InfColumn *column = columns; column->title; column++)
    widest = MAX (widest, inf_text_get_width (column->title));
  for (const InfColumn *column = columns; column->title; column++)
    {
      g_autofree char *cell = format_cell (column, row, FALSE);
      if (!g_str_equal (cell, "-"))
        g_string_append_printf (out, "%s:%*s%s\n", column->title,
                                (int)(widest - inf_text_get_width (column->title)) + GAP, "", cell);
    }
  return g_string_free (out, FALSE);
}
