#pragma once

#include "sim/inf-sim-row.h"
#include "sim/inf-sim.h"

#include <glib.h>

G_BEGIN_DECLS

/* How long a node's news waits for the next telling: rounds are counted in these. */
#define INF_SCENARIO_ROUND_US (200 * 1000)
#define INF_SCENARIO_SECOND_US G_GINT64_CONSTANT (1000000)

/**
 * InfScenarioOptions:
 * @population: at least @n_nodes members
 * @n_nodes: how many nodes, at least 3
 * @loss: how likely a datagram is lost, each way, from 0 to 1
 * @delay: how long datagrams take
 * @seed: of the first run; the others follow
 * @n_runs: how often it is run
 * @n_repeats: how often what is measured happens in each run, where it can
 * @duration_us: for how long, in scenarios that watch for a while; 0 for their own choice
 */
typedef struct
{
  InfPopulation *population;
  guint n_nodes;
  double loss;
  InfSimDelay delay;
  guint64 seed;
  guint n_runs;
  guint n_repeats;
  gint64 duration_us;
} InfScenarioOptions;

/**
 * InfScenario:
 * @name: what it is called on the command line
 * @help: what it measures
 * @run: runs it
 */
typedef struct
{
  const char *name;
  const char *help;
  InfSimRow *(*run) (const InfScenarioOptions *options);
} InfScenario;

const InfScenario *inf_scenario_get_all (guint *ret_n_scenarios);
const InfScenario *inf_scenario_find (const char *name);

InfSimRow *inf_scenario_run_kill (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_lose (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_rounds (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_join (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_join_multicast (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_deaths (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_busy (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_slow (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_asymmetric (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_churn (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_traffic (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_traffic_new (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_traffic_jumpy (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_partition (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_partition_multicast (const InfScenarioOptions *options);
InfSimRow *inf_scenario_run_memory (const InfScenarioOptions *options);

/* Shared by the scenarios. */
InfSimRow *inf_scenario_begin (const char *what, const char *unit, const char *name,
                               const InfScenarioOptions *options);
InfSim *inf_scenario_make_sim (const InfScenarioOptions *options, guint run);
void inf_scenario_end_run (InfSimRow *row, InfSim *sim);
guint inf_scenario_draw_running (InfSim *sim);
void inf_scenario_start_strangers (InfSim *sim);

G_END_DECLS
