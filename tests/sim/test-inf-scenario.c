#include "sim/inf-scenario.h"

#include <string.h>

/* Every scenario with few nodes: that it runs, ends, and says what it measured. The figures that
 * have to be reached are for bench/. */
#define N_NODES 16

static InfPopulation *population;

static void
test_scenario (gconstpointer data)
{
  const InfScenario *scenario = data;
  const InfScenarioOptions options = {
    .population = population,
    .n_nodes = N_NODES,
    .loss = 0.05,
    .seed = 3,
    .n_runs = 1,
    .n_repeats = 1,
    .duration_us = 20 * INF_SCENARIO_SECOND_US,
  };
  g_autoptr (InfSimRow) row = scenario->run (&options);
  g_autofree char *json = inf_sim_row_to_json (row);

  g_test_message ("%s", json);
  g_assert_cmpuint (row->n_runs, ==, 1);
  g_assert_cmpuint (row->n_complete, ==, 1);
  g_assert_cmpuint (row->values->len, ==, 1);
  g_assert_true (inf_sim_row_holds (row));
  g_assert_true (g_str_has_prefix (json, "{\"scenario\": \""));
}

/* What busy machines add to round-trip times is no news: it must not cost a multiple. */
static void
test_jumping_times_make_no_news (void)
{
  const InfScenarioOptions options = {
    .population = population,
    .n_nodes = N_NODES,
    .seed = 5,
    .n_runs = 1,
    .n_repeats = 1,
    .duration_us = 300 * INF_SCENARIO_SECOND_US,
  };
  g_autoptr (InfSimRow) quiet = inf_scenario_run_traffic (&options);
  g_autoptr (InfSimRow) jumpy = inf_scenario_run_traffic_jumpy (&options);

  g_assert_cmpfloat (g_array_index (jumpy->values, double, 0), <,
                     2 * g_array_index (quiet->values, double, 0));
}

static void
test_a_limit_is_held_by_every_run (void)
{
  g_autoptr (InfSimRow) row = inf_sim_row_new ("kill", "until all know", "s");

  row->limit = 5;
  inf_sim_row_add (row, 3);
  inf_sim_row_add (row, 5);
  g_assert_true (inf_sim_row_holds (row));
  inf_sim_row_add (row, 5.1);
  g_assert_false (inf_sim_row_holds (row));
}

static void
test_a_run_that_does_not_end_holds_nothing (void)
{
  g_autoptr (InfSimRow) row = inf_sim_row_new ("kill", "until all know", "s");

  inf_sim_row_add (row, 3);
  inf_sim_row_add_incomplete (row);
  g_assert_false (inf_sim_row_holds (row));
}

int
main (int argc, char **argv)
{
  guint n_scenarios;
  const InfScenario *scenarios = inf_scenario_get_all (&n_scenarios);

  g_test_init (&argc, &argv, NULL);
  population = inf_population_new (N_NODES);
  for (guint i = 0; i < n_scenarios; i++)
    {
      g_autofree char *path = g_strdup_printf ("/scenario/%s", scenarios[i].name);
      g_test_add_data_func (path, &scenarios[i], test_scenario);
    }
  g_test_add_func ("/scenario/jumping-times-make-no-news", test_jumping_times_make_no_news);
  g_test_add_func ("/scenario/a-limit-is-held-by-every-run", test_a_limit_is_held_by_every_run);
  g_test_add_func ("/scenario/a-run-that-does-not-end-holds-nothing",
                   test_a_run_that_does_not_end_holds_nothing);
  int status = g_test_run ();
  inf_population_free (population);
  return status;
}
