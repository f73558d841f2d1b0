#include "sim/inf-scenario.h"

#define WARM_UP_US (20 * INF_SCENARIO_SECOND_US)
#define AT_MOST_US (120 * INF_SCENARIO_SECOND_US)
#define BETWEEN_US (15 * INF_SCENARIO_SECOND_US)

typedef struct
{
  guint victim;
  guint n_needed;
  guint n_aware;
  gint64 first_us;
  guint n_false;
} Watch;

static void
watch (InfSim *sim, guint node, InfSwimActionType what, guint subject, gpointer data)
{
  Watch *watched = data;

  if (subject != watched->victim)
    {
      gboolean is_gone = inf_sim_get_life (sim, subject) != INF_SIM_RUNNING;
      watched->n_false += what == INF_SWIM_DEAD && !is_gone;
      return;
    }
  if (what == INF_SWIM_DEAD && watched->n_aware++ == 0)
    watched->first_us = inf_sim_get_now_us (sim);
  else if (what == INF_SWIM_JOINED)
    watched->n_aware--;
}

static gboolean
is_known (InfSim *sim, gpointer data)
{
  const Watch *watched = data;

  return watched->n_aware >= watched->n_needed;
}

static void
end_one (InfSim *sim, Watch *watched, void (*end) (InfSim *, guint), guint n_running,
         InfSimRow *row)
{
  gint64 begin_us = inf_sim_get_now_us (sim);

  watched->victim = inf_scenario_draw_running (sim);
  watched->n_aware = 0;
  watched->n_needed = (99 * (n_running - 1) + 99) / 100;
  end (sim, watched->victim);
  gint64 took_us = inf_sim_run_until (sim, is_known, watched, AT_MOST_US);
  if (took_us < 0)
    inf_sim_row_add_incomplete (row);
  else
    {
      inf_sim_row_add (row, (double)took_us / 1e6);
      double first = (double)(watched->first_us - begin_us) / 1e6;
      inf_sim_row_set_extra (row, "first_max_s",
                             MAX (inf_sim_row_get_extra (row, "first_max_s"), first));
    }
}

static InfSimRow *
run (const InfScenarioOptions *options, InfSimRow *row, void (*end) (InfSim *, guint))
{
  guint n_false = 0;

  for (guint i = 0; i < options->n_runs; i++)
    {
      InfSim *sim = inf_scenario_make_sim (options, i);
      Watch watched = { .victim = G_MAXUINT };
      inf_sim_observe (sim, watch, &watched);
      inf_sim_start_acquainted (sim);
      inf_sim_run (sim, WARM_UP_US + inf_sim_random_between (inf_sim_get_random (sim), 0, 2000000));
      for (guint j = 0; j < options->n_repeats; j++)
        {
          if (j > 0)
            inf_sim_run (sim, BETWEEN_US
                                  + inf_sim_random_between (inf_sim_get_random (sim), 0, 2000000));
          end_one (sim, &watched, end, options->n_nodes - j, row);
        }
      n_false += watched.n_false;
      inf_scenario_end_run (row, sim);
    }
  inf_sim_row_set_extra (row, "false_deaths", n_false);
  row->real_us += g_get_monotonic_time ();
  return row;
}

InfSimRow *
inf_scenario_run_lose (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("machine lost until 99 % know", "s", "lose", options);

  return run (options, row, inf_sim_lose);
}

InfSimRow *
inf_scenario_run_kill (const InfScenarioOptions *options)
{
  InfSimRow *row = inf_scenario_begin ("process killed until 99 % know", "s", "kill", options);

  return run (options, row, inf_sim_kill);
}
