#include "sim/inf-scenario.h"

/* Scenarios that count who is wrongly taken for dead. */
#define HOUR_US (3600 * INF_SCENARIO_SECOND_US)
#define SLOW_NODE 1
#define SLOW_STOP_US (10 * INF_SCENARIO_SECOND_US)
#define SLOW_PERIOD_US (30 * INF_SCENARIO_SECOND_US)
/* Machines that run jobs at full load. */
#define BUSY_GAP_US (20 * INF_SCENARIO_SECOND_US)
#define BUSY_LEAST_US (INF_SCENARIO_SECOND_US / 10)
#define BUSY_MOST_US (2 * INF_SCENARIO_SECOND_US)
#define CHURN_PERIOD_US (5 * INF_SCENARIO_SECOND_US)
#define CHURN_DOWN_US (60 * INF_SCENARIO_SECOND_US)

typedef struct
{
  guint64 n_deaths;
  guint64 n_slow_deaths; /* of those, about the slow node */
  guint64 n_by_slow;     /* declared by it */
  guint64 n_suspicions;
  guint64 n_slow_suspicions;
  GHashTable *pairs;
} Watch;

static void
count_death (Watch *watched, guint node, guint subject)
{
  gint64 pair = (gint64)((guint64)node << 32 | subject);

  watched->n_deaths++;
  watched->n_slow_deaths += subject == SLOW_NODE;
  watched->n_by_slow += node == SLOW_NODE;
  if (!g_hash_table_contains (watched->pairs, &pair))
    g_hash_table_add (watched->pairs, g_memdup2 (&pair, sizeof pair));
}

static void
watch (InfSim *sim, guint node, InfSwimActionType what, guint subject, gpointer data)
{
  Watch *watched = data;
  InfSimLife life = inf_sim_get_life (sim, subject);

  if (life != INF_SIM_RUNNING && life != INF_SIM_STOPPED)
    return;
  if (what == INF_SWIM_DEAD)
    count_death (watched, node, subject);
  else if (what == INF_SWIM_CHANGED)
    {
      const InfPeer *peer = inf_sim_find_peer (sim, node, subject);
      gboolean is_suspect = peer && peer->state == INF_PEER_SUSPECT;
      watched->n_suspicions += is_suspect;
      watched->n_slow_suspicions += is_suspect && subject == SLOW_NODE;
    }
}

typedef void (*Arrange) (InfSim *sim, gint64 end_us);

static InfSimRow *
run (const InfScenarioOptions *options, InfSimRow *row, gint64 duration_us, Arrange arrange)
{
  Watch total = { 0 };

  for (guint i = 0; i < options->n_runs; i++)
    {
      InfSim *sim = inf_scenario_make_sim (options, i);
      Watch watched = total;
      watched.pairs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      inf_sim_observe (sim, watch, &watched);
      inf_sim_start_acquainted (sim);
      if (arrange)
        arrange (sim, duration_us);
      inf_sim_run (sim, duration_us);
      inf_sim_row_add (row, g_hash_table_size (watched.pairs));
      g_clear_pointer (&watched.pairs, g_hash_table_unref);
      total = watched;
      inf_scenario_end_run (row, sim);
    }
  inf_sim_row_set_extra (row, "deaths", (double)total.n_deaths);
  inf_sim_row_set_extra (row, "suspicions", (double)total.n_suspicions);
  if (arrange)
    {
      inf_sim_row_set_extra (row, "deaths_of_node_1", (double)total.n_slow_deaths);
      inf_sim_row_set_extra (row, "deaths_by_node_1", (double)total.n_by_slow);
      inf_sim_row_set_extra (row, "suspicions_of_node_1", (double)total.n_slow_suspicions);
    }
  row->real_us += g_get_monotonic_time ();
  return row;
}

static gint64
choose_duration (const InfScenarioOptions *options, gint64 default_us)
{
  return options->duration_us > 0 ? options->duration_us : default_us;
}

InfSimRow *
inf_scenario_run_deaths (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("false deaths", "pairs", "deaths", options);
  gint64 duration_us = choose_duration (options, HOUR_US);
  double n_pairs = (double)options->n_nodes * (options->n_nodes - 1);

  run (options, row, duration_us, NULL);
  double n_pair_hours = n_pairs * ((double)duration_us / HOUR_US);
  inf_sim_row_set_extra (row, "deaths_per_pair_and_hour",
                         inf_sim_quantile (row->values, 1) / n_pair_hours);
  inf_sim_row_set_extra (row, "suspicions_per_pair_and_hour",
                         inf_sim_row_get_extra (row, "suspicions") / options->n_runs
                             / n_pair_hours);
  return row;
}

static void
wake_slow (InfSim *sim, guint node, gpointer data)
{
  inf_sim_resume (sim, node);
}

static void
stop_slow (InfSim *sim, guint node, gpointer data)
{
  gint64 now_us = inf_sim_get_now_us (sim);

  inf_sim_stop (sim, node);
  inf_sim_at (sim, now_us + SLOW_STOP_US, wake_slow, node, NULL);
  inf_sim_at (sim, now_us + SLOW_PERIOD_US, stop_slow, node, NULL);
}

static void
arrange_slow (InfSim *sim, gint64 end_us)
{
  inf_sim_at (sim, inf_sim_random_between (inf_sim_get_random (sim), 0, SLOW_PERIOD_US), stop_slow,
              SLOW_NODE, NULL);
}

InfSimRow *
inf_scenario_run_slow (const InfScenarioOptions *options)
{
  InfSimRow *row
      = inf_scenario_begin ("one stands still 10 s of every 30: deaths", "pairs", "slow", options);

  return run (options, row, choose_duration (options, HOUR_US / 6), arrange_slow);
}

static void
arrange_asymmetric (InfSim *sim, gint64 end_us)
{
  guint n_nodes = inf_sim_get_config (sim)->n_nodes;

  for (guint from = 0; from < n_nodes; from++)
    for (guint to = 0; to < n_nodes; to++)
      if (from < to && inf_sim_random_below (inf_sim_get_random (sim), 10) == 0)
        inf_sim_net_block (inf_sim_get_net (sim), from, to);
}

InfSimRow *
inf_scenario_run_asymmetric (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("a tenth of pairs is heard one way: deaths", "pairs",
                                       "asymmetric", options);

  return run (options, row, choose_duration (options, HOUR_US / 6), arrange_asymmetric);
}

static void
come_back (InfSim *sim, guint node, gpointer data)
{
  inf_sim_start (sim, node);
  inf_sim_add_seed (sim, node, inf_scenario_draw_running (sim));
}

static void
go (InfSim *sim, guint node, gpointer data)
{
  gint64 now_us = inf_sim_get_now_us (sim);
  guint gone = inf_scenario_draw_running (sim);

  inf_sim_lose (sim, gone);
  inf_sim_at (sim, now_us + CHURN_DOWN_US, come_back, gone, NULL);
  inf_sim_at (sim, now_us + CHURN_PERIOD_US, go, 0, NULL);
}

static void
arrange_churn (InfSim *sim, gint64 end_us)
{
  inf_sim_at (sim, CHURN_PERIOD_US, go, 0, NULL);
}

InfSimRow *
inf_scenario_run_churn (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("one goes every 5 s, for a minute: false deaths", "pairs",
                                       "churn", options);

  return run (options, row, choose_duration (options, HOUR_US / 6), arrange_churn);
}

static void stall (InfSim *sim, guint node, gpointer data);

static void
go_on (InfSim *sim, guint node, gpointer data)
{
  gint64 gap_us = inf_sim_random_between (inf_sim_get_random (sim), 0, 2 * BUSY_GAP_US);

  inf_sim_resume (sim, node);
  inf_sim_at (sim, inf_sim_get_now_us (sim) + gap_us, stall, node, NULL);
}

static void
stall (InfSim *sim, guint node, gpointer data)
{
  gint64 stall_us = inf_sim_random_between (inf_sim_get_random (sim), BUSY_LEAST_US, BUSY_MOST_US);

  inf_sim_stop (sim, node);
  inf_sim_at (sim, inf_sim_get_now_us (sim) + stall_us, go_on, node, NULL);
}

static void
arrange_busy (InfSim *sim, gint64 end_us)
{
  for (guint node = 0; node < inf_sim_get_config (sim)->n_nodes; node++)
    inf_sim_at (sim, inf_sim_random_between (inf_sim_get_random (sim), 0, 2 * BUSY_GAP_US), stall,
                node, NULL);
}

InfSimRow *
inf_scenario_run_busy (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("all stand still 0.1 to 2 s every 20: deaths", "pairs",
                                       "busy", options);

  return run (options, row, choose_duration (options, HOUR_US / 6), arrange_busy);
}
