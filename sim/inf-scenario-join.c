#include "sim/inf-scenario.h"

#define WITHIN_US (INF_SCENARIO_SECOND_US / 10)
#define AT_MOST_US (300 * INF_SCENARIO_SECOND_US)

static void
count_known (InfSim *sim, guint node, InfSwimActionType what, guint subject, gpointer data)
{
  guint64 *n_known = data;

  if (what == INF_SWIM_JOINED)
    ++*n_known;
  else if (what == INF_SWIM_DEAD || what == INF_SWIM_LEFT)
    --*n_known;
}

static gboolean
know_all (InfSim *sim, gpointer data)
{
  const guint64 *n_known = data;
  guint64 n = inf_sim_get_config (sim)->n_nodes;

  return *n_known == n * (n - 1);
}

static void
start (InfSim *sim, guint node, gpointer data)
{
  inf_sim_start (sim, node);
  if (!inf_sim_get_config (sim)->has_multicast && node != 0)
    inf_sim_add_seed (sim, node, 0);
}

/**
 * inf_scenario_start_strangers:
 * @sim: a simulation in which nothing runs yet
 *
 * Has all nodes start within a moment. They know one address, or none where there are multicasts.
 */
void
inf_scenario_start_strangers (InfSim *sim)
{
  guint n_nodes = inf_sim_get_config (sim)->n_nodes;

  for (guint node = 0; node < n_nodes; node++)
    inf_sim_at (sim, inf_sim_random_between (inf_sim_get_random (sim), 0, WITHIN_US), start, node,
                NULL);
}

static InfSimRow *
run (const InfScenarioOptions *options, InfSimRow *row, gboolean has_multicast)
{
  for (guint i = 0; i < options->n_runs; i++)
    {
      InfSim *sim = inf_scenario_make_sim (options, i);
      guint64 n_known = 0; /* pairs */
      inf_sim_set_multicast (sim, has_multicast);
      inf_sim_observe (sim, count_known, &n_known);
      inf_scenario_start_strangers (sim);
      gint64 took_us = inf_sim_run_until (sim, know_all, &n_known, AT_MOST_US);
      if (took_us < 0)
        inf_sim_row_add_incomplete (row);
      else
        inf_sim_row_add (row, (double)took_us / 1e6);
      double kib = (double)inf_sim_get_traffic (sim)->n_bytes / options->n_nodes / 1024;
      inf_sim_row_set_extra (row, "kib_per_node_max",
                             MAX (inf_sim_row_get_extra (row, "kib_per_node_max"), kib));
      inf_scenario_end_run (row, sim);
    }
  row->real_us += g_get_monotonic_time ();
  return row;
}

InfSimRow *
inf_scenario_run_join (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("all join at once by one address", "s", "join", options);

  return run (options, row, FALSE);
}

InfSimRow *
inf_scenario_run_join_multicast (const InfScenarioOptions *options)
{
  InfSimRow *row
      = inf_scenario_begin ("all join at once by multicast", "s", "join-multicast", options);

  return run (options, row, TRUE);
}
