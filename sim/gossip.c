#include "sim/inf-sim-table.h"

#include <stdio.h>
#include <stdlib.h>

static int n_nodes = 100, n_runs = 1, n_repeats = 1, max_nodes = 10000, max_runs = 1000;
static double loss_percent = 0, minutes = 0;
static gint64 seed = 1;
static char *scenario_name;
static gboolean is_json, is_table, is_wan;

static const GOptionEntry entries[] = {
  { "scenario", 's', 0, G_OPTION_ARG_STRING, &scenario_name, "What to simulate", "NAME" },
  { "nodes", 'n', 0, G_OPTION_ARG_INT, &n_nodes, "How many nodes (100)", "N" },
  { "loss", 'l', 0, G_OPTION_ARG_DOUBLE, &loss_percent, "Loss each way, in per cent (0)", "P" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "The first run's seed (1)", "S" },
  { "runs", 'r', 0, G_OPTION_ARG_INT, &n_runs, "How many runs, each with the next seed (1)", "R" },
  { "repeats", 0, 0, G_OPTION_ARG_INT, &n_repeats, "How often in each run, where it can (1)", "K" },
  { "minutes", 'm', 0, G_OPTION_ARG_DOUBLE, &minutes, "How long to watch, in virtual time", "M" },
  { "wan", 0, 0, G_OPTION_ARG_NONE, &is_wan, "Delays of up to 80 ms instead of a LAN's", NULL },
  { "table", 0, 0, G_OPTION_ARG_NONE, &is_table, "Run all that has something to reach", NULL },
  { "max-nodes", 0, 0, G_OPTION_ARG_INT, &max_nodes, "Leave larger grids out of the table", "N" },
  { "max-runs", 0, 0, G_OPTION_ARG_INT, &max_runs, "Run no line of the table more often", "R" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, "One JSON object a line", NULL },
  { NULL },
};

static void
print_row (const InfSimRow *row)
{
  g_autofree char *line = is_json ? inf_sim_row_to_json (row) : inf_sim_row_to_text (row);

  puts (line);
  fflush (stdout);
}

static char *
describe_scenarios (void)
{
  GString *text = g_string_new ("Scenarios:\n");
  guint n_scenarios;
  const InfScenario *scenarios = inf_scenario_get_all (&n_scenarios);

  for (guint i = 0; i < n_scenarios; i++)
    g_string_append_printf (text, "  %-15s %s\n", scenarios[i].name, scenarios[i].help);
  return g_string_free (text, FALSE);
}

static gboolean
parse (int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *scenarios = describe_scenarios ();

  g_option_context_set_summary (context, "Gossip in virtual time: the core of infinityd, once per "
                                         "node, over a virtual network.");
  g_option_context_set_description (context, scenarios);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (is_table || (scenario_name && inf_scenario_find (scenario_name)))
    {
      if (n_nodes >= 3 && n_nodes <= 100000 && n_runs > 0 && n_repeats > 0 && max_runs > 0
          && loss_percent >= 0 && loss_percent < 100 && minutes >= 0)
        return TRUE;
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "a number is out of its range: 3 to 100000 nodes, 0 to 99 per cent");
      return FALSE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--table or --scenario NAME is needed; %s", scenarios);
  return FALSE;
}

static gboolean
run_one (void)
{
  g_autoptr (InfPopulation) population = inf_population_new ((guint)n_nodes);
  const InfScenarioOptions options = {
    .population = population,
    .n_nodes = (guint)n_nodes,
    .loss = loss_percent / 100,
    .delay = is_wan ? INF_SIM_WAN : INF_SIM_LAN,
    .seed = (guint64)seed,
    .n_runs = (guint)n_runs,
    .n_repeats = (guint)n_repeats,
    .duration_us = (gint64)(minutes * 60e6),
  };
  g_autoptr (InfSimRow) row = inf_scenario_find (scenario_name)->run (&options);

  row->limit = inf_sim_table_get_limit (scenario_name, options.n_nodes, options.loss);
  if (!is_json)
    puts (inf_sim_row_get_heading ());
  print_row (row);
  if (!is_json)
    printf ("%.1f s of virtual time, %.1f s, %" G_GUINT64_FORMAT
            " events, trace %016" G_GINT64_MODIFIER "x\n",
            (double)row->virtual_us / 1e6, (double)row->real_us / 1e6, row->n_events, row->trace);
  return inf_sim_row_holds (row);
}

static gboolean
run_table (void)
{
  g_autoptr (InfPopulation) population = inf_population_new ((guint)max_nodes);

  if (!is_json)
    puts (inf_sim_row_get_heading ());
  return inf_sim_table_run (population, (guint64)seed, (guint)max_nodes, (guint)max_runs,
                            print_row);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!parse (&argc, &argv, &error))
    {
      fprintf (stderr, "gossip: %s\n", error->message);
      return 2;
    }
  gboolean holds = is_table ? run_table () : run_one ();
  g_free (scenario_name);
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
