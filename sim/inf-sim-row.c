#include "sim/inf-sim-row.h"

#include <math.h>

InfSimRow *
inf_sim_row_new (const char *scenario, const char *what, const char *unit)
{
  InfSimRow *row = g_new0 (InfSimRow, 1);

  row->scenario = scenario;
  row->what = what;
  row->unit = unit;
  row->limit = NAN;
  row->values = g_array_new (FALSE, FALSE, sizeof (double));
  row->references = g_array_new (FALSE, FALSE, sizeof (double));
  return row;
}

void
inf_sim_row_free (InfSimRow *row)
{
  if (!row)
    return;
  g_array_unref (row->values);
  g_array_unref (row->references);
  g_free (row);
}

void
inf_sim_row_add (InfSimRow *row, double value)
{
  row->n_runs++;
  row->n_complete++;
  g_array_append_val (row->values, value);
}

/**
 * inf_sim_row_add_incomplete:
 * @row: a row, which does not hold any more
 *
 * What was waited for did not happen.
 */
void
inf_sim_row_add_incomplete (InfSimRow *row)
{
  row->n_runs++;
}

void
inf_sim_row_add_reference (InfSimRow *row, double value)
{
  g_array_append_val (row->references, value);
}

void
inf_sim_row_set_extra (InfSimRow *row, const char *key, double value)
{
  guint i = 0;

  while (i < row->n_extras && !g_str_equal (row->extras[i].key, key))
    i++;
  g_assert (i < INF_SIM_ROW_MAX_EXTRAS);
  row->extras[i] = (InfSimExtra){ key, value };
  row->n_extras = MAX (row->n_extras, i + 1);
}

/**
 * inf_sim_row_get_extra:
 * @row: a row
 * @key: as given to inf_sim_row_set_extra()
 *
 * Returns: the figure, 0 where there is none
 */
double
inf_sim_row_get_extra (const InfSimRow *row, const char *key)
{
  for (guint i = 0; i < row->n_extras; i++)
    if (g_str_equal (row->extras[i].key, key))
      return row->extras[i].value;
  return 0;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *)a, second = *(const double *)b;

  return (first > second) - (first < second);
}

/**
 * inf_sim_quantile:
 * @values: (element-type double): sorted by this
 * @quantile: 0 for the smallest, 0.5 for the median, 1 for the largest
 *
 * Returns: that one of @values, NAN where there is none
 */
double
inf_sim_quantile (GArray *values, double quantile)
{
  if (values->len == 0)
    return NAN;
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, (guint)lround (quantile * (values->len - 1)));
}

/**
 * inf_sim_row_holds:
 * @row: a row
 *
 * Returns: whether every run came to its end within the limit
 */
gboolean
inf_sim_row_holds (const InfSimRow *row)
{
  if (row->n_complete < row->n_runs || row->values->len == 0)
    return FALSE;
  return isnan (row->limit) || inf_sim_quantile (row->values, 1) <= row->limit;
}

static void
append_number (GString *json, const char *key, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    g_string_append_printf (json, ", \"%s\": null", key);
  else
    g_string_append_printf (json, ", \"%s\": %s", key,
                            g_ascii_formatd (digits, sizeof digits, "%.6g", value));
}

/**
 * inf_sim_row_to_json:
 * @row: a row
 *
 * Returns: (transfer full): one JSON object in one line; sim/README.md names its keys
 */
char *
inf_sim_row_to_json (const InfSimRow *row)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"scenario\": \"%s\", \"what\": \"%s\", \"unit\": \"%s\"",
                          row->scenario, row->what, row->unit);
  append_number (json, "nodes", row->n_nodes);
  append_number (json, "loss_percent", row->loss * 100);
  append_number (json, "seed", (double)row->seed);
  append_number (json, "runs", row->n_runs);
  append_number (json, "complete", row->n_complete);
  append_number (json, "min", inf_sim_quantile (row->values, 0));
  append_number (json, "median", inf_sim_quantile (row->values, 0.5));
  append_number (json, "max", inf_sim_quantile (row->values, 1));
  append_number (json, "reference_min", inf_sim_quantile (row->references, 0));
  append_number (json, "reference_median", inf_sim_quantile (row->references, 0.5));
  append_number (json, "reference_max", inf_sim_quantile (row->references, 1));
  append_number (json, "limit", row->limit);
  g_string_append_printf (json, ", \"holds\": %s", inf_sim_row_holds (row) ? "true" : "false");
  append_number (json, "virtual_s", (double)row->virtual_us / 1e6);
  append_number (json, "real_s", (double)row->real_us / 1e6);
  append_number (json, "events", (double)row->n_events);
  g_string_append_printf (json, ", \"trace\": \"%016" G_GINT64_MODIFIER "x\"", row->trace);
  for (guint i = 0; i < row->n_extras; i++)
    append_number (json, row->extras[i].key, row->extras[i].value);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

static char *
format_spread (GArray *values)
{
  if (values->len == 0)
    return g_strdup ("");
  if (values->len == 1)
    return g_strdup_printf ("%.4g", g_array_index (values, double, 0));
  return g_strdup_printf ("%.4g / %.4g / %.4g", inf_sim_quantile (values, 0),
                          inf_sim_quantile (values, 0.5), inf_sim_quantile (values, 1));
}

#define COLUMNS "%-11s %-46s %6s %5s %5s %9s  %-24s %-17s %8s  %s"

/**
 * inf_sim_row_get_heading:
 *
 * Returns: the titles above what inf_sim_row_to_text() gives
 */
const char *
inf_sim_row_get_heading (void)
{
  static char heading[200];

  g_snprintf (heading, sizeof heading, COLUMNS, "scenario", "what", "nodes", "loss", "runs",
              "complete", "min / median / max", "plain push", "reach", "");
  return heading;
}

char *
inf_sim_row_to_text (const InfSimRow *row)
{
  g_autofree char *values = format_spread (row->values);
  g_autofree char *references = format_spread (row->references);
  g_autofree char *what = g_strdup_printf ("%s, %s", row->what, row->unit);
  g_autofree char *nodes = g_strdup_printf ("%u", row->n_nodes);
  g_autofree char *loss = g_strdup_printf ("%.0f %%", row->loss * 100);
  g_autofree char *runs = g_strdup_printf ("%u", row->n_runs);
  g_autofree char *complete
      = g_strdup_printf ("%.4g %%", 100.0 * row->n_complete / MAX (row->n_runs, 1));
  g_autofree char *limit
      = isnan (row->limit) ? g_strdup ("") : g_strdup_printf ("<= %.4g", row->limit);
  const char *verdict = inf_sim_row_holds (row) ? "holds" : "does not hold";
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, COLUMNS, row->scenario, what, nodes, loss, runs, complete, values,
                          references, limit, isnan (row->limit) ? "" : verdict);
  for (guint i = 0; i < row->n_extras; i++)
    g_string_append_printf (text, "%s%s %.4g", i == 0 ? "\n            " : ", ", row->extras[i].key,
                            row->extras[i].value);
  return g_string_free (text, FALSE);
}
