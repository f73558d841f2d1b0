#include "sim/inf-scenario.h"

#define WARM_UP_US (15 * INF_SCENARIO_SECOND_US)
#define APART_US (60 * INF_SCENARIO_SECOND_US)
#define AT_MOST_US (300 * INF_SCENARIO_SECOND_US)

typedef struct
{
  guint64 n_dead;   /* pairs */
  guint64 n_within; /* deaths declared on the same side */
} Watch;

static void
watch (InfSim *sim, guint node, InfSwimActionType what, guint subject, gpointer data)
{
  Watch *watched = data;

  if (what == INF_SWIM_DEAD)
    {
      watched->n_dead++;
      watched->n_within += node % 2 == subject % 2;
    }
  else if (what == INF_SWIM_JOINED)
    watched->n_dead--;
}

static gboolean
is_whole (InfSim *sim, gpointer data)
{
  return ((const Watch *)data)->n_dead == 0;
}

static void
run_once (const InfScenarioOptions *options, guint number, gboolean has_multicast, InfSimRow *row)
{
  InfSim *sim = inf_scenario_make_sim (options, number);
  Watch watched = { 0 };

  inf_sim_set_multicast (sim, has_multicast);
  inf_sim_observe (sim, watch, &watched);
  inf_sim_start_acquainted (sim);
  inf_sim_run (sim, WARM_UP_US);
  for (guint node = 0; node < options->n_nodes; node++)
    inf_sim_net_set_side (inf_sim_get_net (sim), node, node % 2);
  inf_sim_run (sim, APART_US);
  inf_sim_row_set_extra (row, "apart_deaths", (double)watched.n_dead);
  for (guint node = 0; node < options->n_nodes; node++)
    inf_sim_net_set_side (inf_sim_get_net (sim), node, 0);
  gint64 took_us = inf_sim_run_until (sim, is_whole, &watched, AT_MOST_US);
  if (took_us < 0)
    inf_sim_row_add_incomplete (row);
  else
    inf_sim_row_add (row, (double)took_us / 1e6);
  inf_sim_row_set_extra (row, "deaths_within_a_half",
                         inf_sim_row_get_extra (row, "deaths_within_a_half")
                             + (double)watched.n_within);
  inf_scenario_end_run (row, sim);
}

static InfSimRow *
run (const InfScenarioOptions *options, gboolean has_multicast, InfSimRow *row)
{
  for (guint i = 0; i < options->n_runs; i++)
    run_once (options, i, has_multicast, row);
  row->real_us += g_get_monotonic_time ();
  return row;
}

InfSimRow *
inf_scenario_run_partition (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("halves meet until all know all", "s", "partition", options);

  return run (options, FALSE, row);
}

InfSimRow *
inf_scenario_run_partition_multicast (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("the same on a LAN", "s", "partition-multicast", options);

  return run (options, TRUE, row);
}
