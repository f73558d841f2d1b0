#include "sim/inf-scenario.h"

/* What NTP leaves, and what a quartz does. */
#define SKEW_US 50000
#define DRIFT_PPM 50

static const InfScenario scenarios[] = {
  { "lose", "a machine is gone: until 99 % of the others know", inf_scenario_run_lose },
  { "kill", "a process is gone: until 99 % of the others know", inf_scenario_run_kill },
  { "rounds", "a record changes: rounds of 0.2 s until every node has it",
    inf_scenario_run_rounds },
  { "join", "all start at once, knowing one address: until all know all", inf_scenario_run_join },
  { "join-multicast", "the same on a LAN, knowing none", inf_scenario_run_join_multicast },
  { "deaths", "nothing but loss: pairs of which one thinks that the other died",
    inf_scenario_run_deaths },
  { "traffic", "bytes that a node sends in a second", inf_scenario_run_traffic },
  { "traffic-new", "the same while all are new: 140 s to 170 s after they joined at once",
    inf_scenario_run_traffic_new },
  { "traffic-jumpy", "the same where machines are too busy: round-trip times jump",
    inf_scenario_run_traffic_jumpy },
  { "slow", "one node stands still 10 s of every 30: deaths", inf_scenario_run_slow },
  { "busy", "all stand still 0.1 to 2 s every 20 s: deaths", inf_scenario_run_busy },
  { "asymmetric", "a tenth of all pairs hear each other one way only: deaths",
    inf_scenario_run_asymmetric },
  { "partition", "two halves, one minute: until all know all again", inf_scenario_run_partition },
  { "partition-multicast", "the same where nodes hear multicasts",
    inf_scenario_run_partition_multicast },
  { "churn", "nodes come and go: deaths of those that run", inf_scenario_run_churn },
  { "memory", "what one core takes that knows this many peers", inf_scenario_run_memory },
};

const InfScenario *
inf_scenario_get_all (guint *ret_n_scenarios)
{
  *ret_n_scenarios = G_N_ELEMENTS (scenarios);
  return scenarios;
}

/**
 * inf_scenario_find:
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the scenario
 */
const InfScenario *
inf_scenario_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    if (g_str_equal (scenarios[i].name, name))
      return &scenarios[i];
  return NULL;
}

InfSimRow *
inf_scenario_begin (const char *what, const char *unit, const char *name,
                    const InfScenarioOptions *options)
{
  InfSimRow *row = inf_sim_row_new (name, what, unit);

  row->n_nodes = options->n_nodes;
  row->loss = options->loss;
  row->seed = options->seed;
  row->real_us = -g_get_monotonic_time ();
  return row;
}

InfSim *
inf_scenario_make_sim (const InfScenarioOptions *options, guint run)
{
  const InfSimConfig config = {
    .n_nodes = options->n_nodes,
    .seed = options->seed + run,
    .loss = options->loss,
    .delay = options->delay,
    .skew_us = SKEW_US,
    .drift_ppm = DRIFT_PPM,
  };

  return inf_sim_new (options->population, &config);
}

/* Takes over @sim. */
void
inf_scenario_end_run (InfSimRow *row, InfSim *sim)
{
  row->trace = inf_sim_mix (row->trace, inf_sim_get_trace (sim));
  row->n_events += inf_sim_count_events (sim);
  row->virtual_us += inf_sim_get_now_us (sim);
  inf_sim_free (sim);
}

guint
inf_scenario_draw_running (InfSim *sim)
{
  for (;;)
    {
      guint node = (guint)inf_sim_random_below (inf_sim_get_random (sim),
                                                inf_sim_get_config (sim)->n_nodes);
      if (inf_sim_get_life (sim, node) == INF_SIM_RUNNING)
        return node;
    }
}
