#include "sim/inf-sim-private.h"

/* Lives of nodes:
 *
 *   off, killed, lost ──start──→ running ──kill──→ killed
 *                                  ↑ │ └───lose──→ lost
 *                           resume │ │ stop
 *                                  │ ↓
 *                                stopped
 */
#define PORT 7848

/* As in inf-gossip.c: what is late by less has only waited for its turn. */
#define STOPPED_US (3 * G_USEC_PER_SEC)

/**
 * inf_sim_start:
 * @sim: a simulation
 * @number: a node that has no process
 *
 * Starts it as a driver would, with an incarnation above the one that was written down.
 */
void
inf_sim_start (InfSim *sim, guint number)
{
  InfSimNode *node = &sim->nodes[number];
  guint64 seed = inf_sim_mix (inf_sim_mix (sim->config.seed, number), ++node->n_starts);
  gint64 local_us = inf_sim_get_local_us (sim, number);
  InfAddress address;

  g_assert (!node->swim);
  node->swim = inf_swim_new (inf_population_get_membership (sim->population, number),
                             &inf_swim_default_timing, seed, ++node->incarnation, PORT, local_us,
                             INF_POPULATION_UNIX_US + sim->now_us + node->skew_us);
  inf_swim_share_evidence (node->swim, sim->evidence);
  node->life = INF_SIM_RUNNING;
  node->timer_us = G_MAXINT64;
  inf_sim_make_address (number, &address);
  inf_swim_set_addresses (node->swim, &address, 1, local_us);
  inf_swim_set_session (node->swim, node->n_starts, local_us);
  inf_sim_collect (sim, number);
}

/**
 * inf_sim_add_seed:
 * @sim: a simulation
 * @number: a running node
 * @seed: another, whose address it is told
 */
void
inf_sim_add_seed (InfSim *sim, guint number, guint seed)
{
  InfAddress address;

  inf_sim_make_address (seed, &address);
  inf_swim_add_seed (sim->nodes[number].swim, &address, inf_sim_get_local_us (sim, number));
  inf_sim_collect (sim, number);
}

/* Everybody's own word about itself, side by side: a hundred million of them are read. */
typedef struct
{
  InfCertificate *certificate;
  InfRecord *record;
  guint number;
} Word;

static int
compare_hints (gconstpointer a, gconstpointer b, gpointer data)
{
  const InfSim *sim = data;
  guint64 first = inf_population_get_hint (sim->population, ((const Word *)a)->number);
  guint64 second = inf_population_get_hint (sim->population, ((const Word *)b)->number);

  return (first > second) - (first < second);
}

static Word *
collect_words (InfSim *sim)
{
  guint n_nodes = sim->config.n_nodes;
  Word *words = g_new (Word, n_nodes);

  for (guint i = 0; i < n_nodes; i++)
    {
      const InfPeer *self = inf_sim_find_peer (sim, i, i);
      words[i] = (Word){ self->certificate, self->record, i };
    }
  /* In the order of a roster, so that nothing is inserted in its middle. */
  g_qsort_with_data (words, (int)n_nodes, sizeof *words, compare_hints, sim);
  return words;
}

/**
 * inf_sim_start_acquainted:
 * @sim: a simulation in which nothing runs yet
 *
 * Starts all nodes, each of which knows all others: a grid that has been running for long.
 */
void
inf_sim_start_acquainted (InfSim *sim)
{
  guint n_nodes = sim->config.n_nodes;

  for (guint i = 0; i < n_nodes; i++)
    {
      inf_sim_start (sim, i);
      inf_swim_tick (sim->nodes[i].swim, inf_sim_get_local_us (sim, i));
      InfSwimAction *action;
      while ((action = inf_swim_next_action (sim->nodes[i].swim)))
        inf_swim_action_free (action);
    }
  g_autofree Word *words = collect_words (sim);
  for (guint i = 0; i < n_nodes; i++)
    {
      gint64 local_us = inf_sim_get_local_us (sim, i);
      for (guint j = 0; j < n_nodes; j++)
        inf_swim_add_known (sim->nodes[i].swim, words[j].certificate, words[j].record, NULL,
                            local_us);
      inf_sim_collect (sim, i);
    }
}

static void
end_process (InfSim *sim, guint number, InfSimLife life)
{
  InfSimNode *node = &sim->nodes[number];

  g_clear_pointer (&node->swim, inf_swim_free);
  for (guint i = 0; node->inbox && i < node->inbox->len; i++)
    g_bytes_unref (g_array_index (node->inbox, InfEvent, i).data);
  g_clear_pointer (&node->inbox, g_array_unref);
  node->inbox_bytes = 0;
  node->life = life;
  inf_sim_note (sim, (guint64)number << 8 | life);
}

/**
 * inf_sim_kill:
 * @sim: a simulation
 * @number: a node whose process ends without a word; its kernel goes on
 */
void
inf_sim_kill (InfSim *sim, guint number)
{
  end_process (sim, number, INF_SIM_KILLED);
}

/**
 * inf_sim_lose:
 * @sim: a simulation
 * @number: a node whose machine or cable is gone
 */
void
inf_sim_lose (InfSim *sim, guint number)
{
  end_process (sim, number, INF_SIM_LOST);
}

/**
 * inf_sim_stop:
 * @sim: a simulation
 * @number: a running node that is not scheduled any more, as after SIGSTOP
 */
void
inf_sim_stop (InfSim *sim, guint number)
{
  InfSimNode *node = &sim->nodes[number];

  g_assert (node->life == INF_SIM_RUNNING);
  node->life = INF_SIM_STOPPED;
}

/**
 * inf_sim_resume:
 * @sim: a simulation
 * @number: a stopped node; notices as infinityd would that it stood still, and reads what has
 *   arrived meanwhile before its timers run
 */
void
inf_sim_resume (InfSim *sim, guint number)
{
  InfSimNode *node = &sim->nodes[number];
  gint64 local_us = inf_sim_get_local_us (sim, number);

  g_assert (node->life == INF_SIM_STOPPED);
  node->life = INF_SIM_RUNNING;
  node->timer_us = G_MAXINT64;
  gint64 late_us = local_us - inf_swim_get_deadline_us (node->swim);
  if (late_us >= STOPPED_US)
    inf_swim_resumed (node->swim, late_us, local_us);
  inf_sim_deliver_inbox (sim, number);
}
