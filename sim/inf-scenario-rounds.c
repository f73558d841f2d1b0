#include "sim/inf-push-model.h"
#include "sim/inf-scenario.h"

#include <math.h>
#include <string.h>

#define WARM_UP_US (15 * INF_SCENARIO_SECOND_US)
#define BETWEEN_US (3 * INF_SCENARIO_SECOND_US)
#define AT_MOST_US (60 * INF_SCENARIO_SECOND_US)
#define FAN_OUT 3
#define MODEL_MAX_ROUNDS 300

typedef struct
{
  guint source;
  guint32 incarnation, sequence; /* of the record that is waited for */
  guint8 *has_it;
  guint n_having;
} Watch;

static gboolean
is_new_enough (const InfPeer *peer, const Watch *watched)
{
  guint32 incarnation = inf_record_get_incarnation (peer->record);

  return incarnation > watched->incarnation
         || (incarnation == watched->incarnation
             && inf_record_get_sequence (peer->record) >= watched->sequence);
}

static void
watch (InfSim *sim, guint node, InfSwimActionType what, guint subject, gpointer data)
{
  Watch *watched = data;

  if (subject != watched->source || watched->has_it[node])
    return;
  const InfPeer *peer = inf_sim_find_peer (sim, node, subject);
  if (peer && is_new_enough (peer, watched))
    {
      watched->has_it[node] = TRUE;
      watched->n_having++;
    }
}

static gboolean
has_everyone (InfSim *sim, gpointer data)
{
  const Watch *watched = data;

  return watched->n_having == inf_sim_get_config (sim)->n_nodes;
}

/* Changes one node's price; its core says at once that its own record changed. */
static void
change_one (InfSim *sim, Watch *watched, guint price, InfSimRow *row)
{
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  guint n_nodes = inf_sim_get_config (sim)->n_nodes;

  watched->source = inf_scenario_draw_running (sim);
  const InfPeer *self = inf_sim_find_peer (sim, watched->source, watched->source);
  watched->incarnation = inf_record_get_incarnation (self->record);
  watched->sequence = inf_record_get_sequence (self->record) + 1;
  watched->n_having = 0;
  memset (watched->has_it, 0, n_nodes);
  capacity->price_ucredits = price;
  inf_swim_set_capacity (inf_sim_get_swim (sim, watched->source), capacity,
                         inf_sim_get_local_us (sim, watched->source));
  inf_sim_collect (sim, watched->source);
  gint64 took_us = inf_sim_run_until (sim, has_everyone, watched, AT_MOST_US);
  if (took_us < 0)
    inf_sim_row_add_incomplete (row);
  else
    inf_sim_row_add (row, ceil ((double)took_us / INF_SCENARIO_ROUND_US));
}

InfSimRow *
inf_scenario_run_rounds (const InfScenarioOptions *options)
{
  InfSimRow *row
      = inf_scenario_begin ("until every node has a change", "rounds of 0.2 s", "rounds", options);
  Watch watched = { .source = G_MAXUINT, .has_it = g_new0 (guint8, options->n_nodes) };

  for (guint i = 0; i < options->n_runs; i++)
    {
      InfSim *sim = inf_scenario_make_sim (options, i);
      inf_sim_start_acquainted (sim);
      inf_sim_run (sim, WARM_UP_US);
      inf_sim_observe (sim, watch, &watched);
      for (guint j = 0; j < options->n_repeats; j++)
        {
          inf_sim_run (sim, BETWEEN_US);
          change_one (sim, &watched, j + 1, row);
          guint64 seed = inf_sim_mix (options->seed + i, j);
          inf_sim_row_add_reference (row,
                                     inf_push_model_run (options->n_nodes, FAN_OUT, options->loss,
                                                         seed, MODEL_MAX_ROUNDS));
        }
      inf_scenario_end_run (row, sim);
    }
  g_free (watched.has_it);
  row->real_us += g_get_monotonic_time ();
  return row;
}
