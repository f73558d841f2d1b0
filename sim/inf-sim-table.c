#include "sim/inf-sim-table.h"

#include <math.h>
#include <stdlib.h>

/* What has to be reached, and how it is measured. */
typedef struct
{
  const char *scenario;
  guint n_nodes;
  double loss;
  guint n_runs;
  guint n_repeats;
  double limit;
} Line;

static const Line lines[] = {
  { "lose", 100, 0, 100, 1, 5 },          { "lose", 100, 0.1, 100, 1, 5 },
  { "lose", 100, 0.3, 100, 1, 10 },       { "kill", 100, 0, 100, 1, 5 },
  { "kill", 100, 0.1, 100, 1, 5 },        { "kill", 100, 0.3, 100, 1, 10 },
  { "lose", 1000, 0, 10, 3, 8 },          { "lose", 1000, 0.1, 10, 3, 8 },
  { "lose", 10000, 0, 1, 5, 10 },         { "lose", 10000, 0.1, 1, 5, 10 },
  { "rounds", 1000, 0, 10, 10, 9 },       { "rounds", 1000, 0.1, 10, 10, 9 },
  { "rounds", 1000, 0.3, 10, 10, 11 },    { "rounds", 1000, 0.5, 10, 10, 25 },
  { "rounds", 10000, 0, 1, 10, 11 },      { "rounds", 10000, 0.1, 1, 10, 11 },
  { "rounds", 10000, 0.3, 1, 10, 14 },    { "rounds", 10000, 0.5, 1, 3, 25 },
  { "join", 100, 0, 20, 1, 5 },           { "join", 100, 0.1, 20, 1, 5 },
  { "join-multicast", 100, 0, 20, 1, 5 }, { "join-multicast", 100, 0.1, 20, 1, 5 },
  { "deaths", 1000, 0.1, 1, 1, 0 },       { "deaths", 1000, 0.3, 1, 1, 99 },
  { "traffic", 100, 0, 3, 1, 200 },       { "traffic", 100, 0.1, 3, 1, 600 },
  { "traffic", 100, 0.3, 3, 1, 2000 },    { "traffic-jumpy", 100, 0, 3, 1, 600 },
  { "traffic-new", 100, 0, 3, 1, 200 },   { "traffic-new", 100, 0.1, 3, 1, 600 },
  { "slow", 100, 0, 10, 1, 0 },           { "slow", 100, 0.1, 10, 1, 0 },
  { "busy", 100, 0.1, 3, 1, 0 },          { "asymmetric", 100, 0, 3, 1, 0 },
  { "partition", 100, 0, 20, 1, 10 },     { "partition-multicast", 100, 0, 20, 1, 10 },
  { "churn", 100, 0.1, 3, 1, 0 },         { "memory", 10000, 0, 1, 1, 15 },
};

static const Line *
find_line (const char *scenario, guint n_nodes, double loss)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (g_str_equal (lines[i].scenario, scenario) && lines[i].n_nodes == n_nodes
        && fabs (lines[i].loss - loss) < 1e-6)
      return &lines[i];
  return NULL;
}

/**
 * inf_sim_table_get_limit:
 * @scenario: a scenario's name
 * @n_nodes: with how many nodes
 * @loss: at which loss
 *
 * Returns: what it must not exceed, NAN where nothing is promised
 */
double
inf_sim_table_get_limit (const char *scenario, guint n_nodes, double loss)
{
  const Line *line = find_line (scenario, n_nodes, loss);

  return line ? line->limit : NAN;
}

/**
 * inf_sim_table_run:
 * @population: at least @max_nodes members
 * @seed: of the first runs
 * @max_nodes: lines with more nodes are left out
 * @max_runs: how often a line is run at most, and what it measures repeated in each run
 * @print: called with every line once it is measured
 *
 * Returns: whether every line holds
 */
gboolean
inf_sim_table_run (InfPopulation *population, guint64 seed, guint max_nodes, guint max_runs,
                   void (*print) (const InfSimRow *row))
{
  gboolean holds = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      const InfScenarioOptions options = {
        .population = population,
        .n_nodes = lines[i].n_nodes,
        .loss = lines[i].loss,
        .seed = seed,
        .n_runs = MIN (lines[i].n_runs, max_runs),
        .n_repeats = MIN (lines[i].n_repeats, max_runs),
      };
      if (lines[i].n_nodes > max_nodes)
        continue;
      g_autoptr (InfSimRow) row = inf_scenario_find (lines[i].scenario)->run (&options);
      row->limit = lines[i].limit;
      print (row);
      holds = holds && inf_sim_row_holds (row);
    }
  return holds;
}
