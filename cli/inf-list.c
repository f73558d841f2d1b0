#include "cli/inf-list.h"

#include "cli/inf-json.h"
#include "cli/inf-terminal.h"

#include <unistd.h>

InfListOptions inf_list_options;

static void
print_ids (const InfColumn *columns, const char *id_key, GVariant *rows)
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree char *id = inf_table_get_text (columns, id_key, row);

      inf_terminal_print (id);
      inf_terminal_print ("\n");
    }
}

static int
print_column_help (const InfColumn *columns)
{
  for (; columns->title; columns++)
    {
      g_autofree char *line = g_strdup_printf ("%-16s %s%s\n", columns->key, columns->title,
                                               columns->is_extra ? " (when asked for)" : "");
      inf_terminal_print (line);
    }
  return INF_EXIT_SUCCESS;
}

/**
 * inf_list_begin:
 * @columns: the columns of the listing
 * @ret_status: (out): the exit status, when there is nothing to go on with
 * @error: %G_OPTION_ERROR_BAD_VALUE
 *
 * To be called before infinityd is asked, so that a mistake in the options is the first thing said,
 * and `--columns help` needs no infinityd.
 *
 * Returns: whether to go on and list
 */
gboolean
inf_list_begin (const InfColumn *columns, int *ret_status, GError **error)
{
  g_autoptr (GVariant) no_rows = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  g_autofree char *titles = NULL;

  if (g_strcmp0 (inf_list_options.columns, "help") == 0)
    {
      *ret_status = print_column_help (columns);
      return FALSE;
    }
  *ret_status = INF_EXIT_USAGE;
  if (inf_list_options.is_json + inf_list_options.is_quiet + (inf_list_options.columns != NULL) > 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--json, --quiet and --columns exclude each other");
      return FALSE;
    }
  titles = inf_table_render (columns, no_rows, inf_list_options.columns, 0, error);
  return titles != NULL;
}

/**
 * inf_list_print:
 * @columns: the columns of the listing
 * @id_key: the key of what `--quiet` prints
 * @rows: `aa{sv}`
 * @empty_text: the message when there is no row
 * @error: %G_OPTION_ERROR_BAD_VALUE for a column that there is not
 *
 * Prints @rows the way that the options ask for.
 *
 * Returns: the exit status
 */
int
inf_list_print (const InfColumn *columns, const char *id_key, GVariant *rows,
                const char *empty_text, GError **error)
{
  g_autofree char *text = NULL;

  if (inf_list_options.is_quiet)
    {
      print_ids (columns, id_key, rows);
      return INF_EXIT_SUCCESS;
    }
  if (inf_list_options.is_json)
    text = inf_json_from_variant (rows);
  else if (g_variant_n_children (rows) == 0)
    {
      inf_terminal_message ("%s", empty_text);
      return INF_EXIT_SUCCESS;
    }
  else
    text = inf_table_render (columns, rows, inf_list_options.columns,
                             inf_terminal_get_width (STDOUT_FILENO), error);
  if (!text)
    return INF_EXIT_USAGE;
  inf_terminal_print (text);
  return INF_EXIT_SUCCESS;
}

/**
 * inf_list_print_record:
 * @columns: the fields that people are shown
 * @row: `a{sv}`
 *
 * Prints one thing: its fields, or with `--json` all of it.
 *
 * Returns: the exit status
 */
int
inf_list_print_record (const InfColumn *columns, GVariant *row)
{
  g_autofree char *text = inf_list_options.is_json ? inf_json_from_variant (row)
                                                   : inf_table_render_record (columns, row);

  inf_terminal_print (text);
  return INF_EXIT_SUCCESS;
}
