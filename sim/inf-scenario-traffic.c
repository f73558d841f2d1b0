#include "sim/inf-scenario.h"

/* Until nodes have measured each other, and say so in their records. */
#define WARM_UP_US (600 * INF_SCENARIO_SECOND_US)
#define WINDOW_US (120 * INF_SCENARIO_SECOND_US)

/* As bench/bench-gossip.py counts what real nodes send. */
#define NEW_WARM_UP_US (140 * INF_SCENARIO_SECOND_US)
#define NEW_WINDOW_US (30 * INF_SCENARIO_SECOND_US)

static void
measure (InfSim *sim, gint64 window_us, InfSimRow *row)
{
  InfSimTraffic before = *inf_sim_get_traffic (sim);
  double n_node_seconds = inf_sim_get_config (sim)->n_nodes * ((double)window_us / 1e6);

  inf_sim_run (sim, window_us);
  const InfSimTraffic *after = inf_sim_get_traffic (sim);
  inf_sim_row_add (row, (double)(after->n_bytes - before.n_bytes) / n_node_seconds);
  inf_sim_row_set_extra (row, "datagrams_per_second",
                         (double)(after->n_datagrams - before.n_datagrams) / n_node_seconds);
}

static InfSimRow *
run (const char *what, const char *name, const InfScenarioOptions *options,
     void (*start) (InfSim *sim), gint64 warm_up_us, gint64 window_us)
{
  InfSimRow *row = inf_scenario_begin (what, "bytes/s", name, options);

  for (guint i = 0; i < options->n_runs; i++)
    {
      InfSim *sim = inf_scenario_make_sim (options, i);
      start (sim);
      inf_sim_run (sim, warm_up_us);
      measure (sim, options->duration_us > 0 ? options->duration_us : window_us, row);
      inf_scenario_end_run (row, sim);
    }
  row->real_us += g_get_monotonic_time ();
  return row;
}

InfSimRow *
inf_scenario_run_traffic (const InfScenarioOptions *options)
{
  return run ("sent by a node, sealed", "traffic", options, inf_sim_start_acquainted, WARM_UP_US,
              WINDOW_US);
}

InfSimRow *
inf_scenario_run_traffic_jumpy (const InfScenarioOptions *options)
{
  InfScenarioOptions jumpy = *options;

  jumpy.delay = INF_SIM_JUMPY;
  return run ("sent by a node, sealed, machines too busy", "traffic-jumpy", &jumpy,
              inf_sim_start_acquainted, WARM_UP_US, WINDOW_US);
}

InfSimRow *
inf_scenario_run_traffic_new (const InfScenarioOptions *options)
{
  return run ("sent by a node, sealed, while all are new", "traffic-new", options,
              inf_scenario_start_strangers, NEW_WARM_UP_US, NEW_WINDOW_US);
}
