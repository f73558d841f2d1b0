#include "sim/inf-sim-private.h"

/* The loop and the nodes' lives. Beside it, inf-sim-wire.c carries datagrams,
 * inf-sim-knock.c makes connections, and inf-sim-nodes.c starts, stops and kills. */

/* As many accusations and pulses as may be on their way at once. */
#define N_WORDS 65521

/**
 * inf_sim_new:
 * @population: whose keys the nodes have; must outlive the simulation
 * @config: copied
 *
 * Returns: (transfer full): a grid in which nothing runs yet
 */
InfSim *
inf_sim_new (InfPopulation *population, const InfSimConfig *config)
{
  InfSim *sim = g_new0 (InfSim, 1);

  g_assert (config->n_nodes <= inf_population_get_size (population));
  sim->config = *config;
  sim->population = population;
  sim->evidence
      = inf_evidence_new (inf_membership_get_grid (inf_population_get_membership (population, 0)));
  inf_evidence_remember_words (sim->evidence, N_WORDS);
  sim->random.state = inf_sim_mix (config->seed, 1);
  sim->net = inf_sim_net_new (config->n_nodes, config->delay, config->loss,
                              inf_sim_mix (config->seed, 2));
  sim->events = inf_event_queue_new ();
  sim->watchers = g_array_new (FALSE, FALSE, sizeof (InfSimWatcher));
  sim->nodes = g_new0 (InfSimNode, config->n_nodes);
  for (guint i = 0; i < config->n_nodes; i++)
    {
      InfSimNode *node = &sim->nodes[i];
      gint64 drift_ppb = (gint64)config->drift_ppm * 1000;
      node->timer_us = G_MAXINT64;
      node->clock_us = inf_sim_random_between (&sim->random, 1000, 9000) * G_USEC_PER_SEC;
      node->skew_us = inf_sim_random_between (&sim->random, -config->skew_us, config->skew_us);
      node->drift_ppb = inf_sim_random_between (&sim->random, -drift_ppb, drift_ppb);
    }
  return sim;
}

static void
free_event (const InfEvent *event)
{
  if (event->kind == INF_SIM_EVENT_SEALED || event->kind == INF_SIM_EVENT_FIRST)
    g_bytes_unref (event->data);
  else if (event->kind == INF_SIM_EVENT_CALL)
    g_free (event->data);
}

void
inf_sim_free (InfSim *sim)
{
  InfEvent event;

  if (!sim)
    return;
  for (guint i = 0; i < sim->config.n_nodes; i++)
    {
      InfSimNode *node = &sim->nodes[i];
      inf_swim_free (node->swim);
      for (guint j = 0; node->inbox && j < node->inbox->len; j++)
        free_event (&g_array_index (node->inbox, InfEvent, j));
      g_clear_pointer (&node->inbox, g_array_unref);
    }
  while (inf_event_queue_pop (sim->events, &event))
    free_event (&event);
  inf_event_queue_free (sim->events);
  inf_sim_net_free (sim->net);
  g_array_unref (sim->watchers);
  inf_evidence_unref (sim->evidence);
  g_free (sim->nodes);
  g_free (sim);
}

const InfSimConfig *
inf_sim_get_config (const InfSim *sim)
{
  return &sim->config;
}

gint64
inf_sim_get_now_us (const InfSim *sim)
{
  return sim->now_us;
}

/**
 * inf_sim_get_trace:
 * @sim: a simulation
 *
 * Returns: a hash over every event so far, with the bytes of every datagram
 */
guint64
inf_sim_get_trace (const InfSim *sim)
{
  return sim->trace;
}

InfSimNet *
inf_sim_get_net (InfSim *sim)
{
  return sim->net;
}

/**
 * inf_sim_get_random:
 * @sim: a simulation
 *
 * Returns: (transfer none): for what a scenario leaves to chance
 */
InfSimRandom *
inf_sim_get_random (InfSim *sim)
{
  return &sim->random;
}

const InfSimTraffic *
inf_sim_get_traffic (const InfSim *sim)
{
  return &sim->traffic;
}

guint64
inf_sim_count_events (const InfSim *sim)
{
  return sim->n_events;
}

/**
 * inf_sim_get_swim:
 * @sim: a simulation
 * @node: a number
 *
 * Returns: (transfer none) (nullable): its core, while it has a process; call inf_sim_collect()
 *   after anything that changes it
 */
InfSwim *
inf_sim_get_swim (const InfSim *sim, guint node)
{
  return sim->nodes[node].swim;
}

InfSimLife
inf_sim_get_life (const InfSim *sim, guint node)
{
  return sim->nodes[node].life;
}

/**
 * inf_sim_find_peer:
 * @sim: a simulation
 * @node: who is asked
 * @subject: about whom
 *
 * Returns: (transfer none) (nullable): what @node knows of @subject
 */
const InfPeer *
inf_sim_find_peer (const InfSim *sim, guint node, guint subject)
{
  const InfSwim *swim = sim->nodes[node].swim;
  guint64 hint = inf_population_get_hint (sim->population, subject);

  return swim ? inf_roster_find (inf_swim_get_roster (swim), hint) : NULL;
}

void
inf_sim_set_multicast (InfSim *sim, gboolean has_multicast)
{
  sim->config.has_multicast = has_multicast;
}

/**
 * inf_sim_observe:
 * @sim: a simulation
 * @observer: called for whatever cores tell of their peers
 * @data: for @observer
 */
void
inf_sim_observe (InfSim *sim, InfSimObserver observer, gpointer data)
{
  const InfSimWatcher watcher = { observer, data };

  g_array_append_val (sim->watchers, watcher);
}

typedef struct
{
  InfSimCall call;
  gpointer data;
} Call;

/**
 * inf_sim_at:
 * @sim: a simulation
 * @at_us: when, in the simulator's time
 * @call: what is called then
 * @node: for @call
 * @data: for @call
 */
void
inf_sim_at (InfSim *sim, gint64 at_us, InfSimCall call, guint node, gpointer data)
{
  const Call scheduled = { call, data };
  const InfEvent event = {
    .at_us = at_us,
    .to = node,
    .kind = INF_SIM_EVENT_CALL,
    .data = g_memdup2 (&scheduled, sizeof scheduled),
  };

  inf_event_queue_push (sim->events, &event);
}

void
inf_sim_note (InfSim *sim, guint64 what)
{
  sim->trace = inf_sim_mix (sim->trace, what);
}

static gint64
to_local_us (const InfSimNode *node, gint64 now_us)
{
  return node->clock_us + now_us + now_us / 1000 * node->drift_ppb / 1000000;
}

/**
 * inf_sim_get_local_us:
 * @sim: a simulation
 * @node: a number
 *
 * Returns: the time on that node's own monotonic clock
 */
gint64
inf_sim_get_local_us (const InfSim *sim, guint node)
{
  return to_local_us (&sim->nodes[node], sim->now_us);
}

/* The simulator's time at which the node's clock shows @local_us at least. */
static gint64
to_global_us (const InfSimNode *node, gint64 local_us)
{
  gint64 since_us = local_us - node->clock_us;
  gint64 global_us = since_us - since_us / 1000 * node->drift_ppb / 1000000;

  while (to_local_us (node, global_us) < local_us)
    global_us += MAX (1, local_us - to_local_us (node, global_us));
  return global_us;
}

/* Wakes the node at its core's deadline. An event that comes too early only looks again, so that a
 * deadline that moves away costs nothing. */
void
inf_sim_arm (InfSim *sim, guint number)
{
  InfSimNode *node = &sim->nodes[number];
  gint64 deadline_us = inf_swim_get_deadline_us (node->swim);

  if (deadline_us == G_MAXINT64)
    return;
  const InfEvent event = {
    .at_us = MAX (to_global_us (node, deadline_us), sim->now_us),
    .to = number,
    .kind = INF_SIM_EVENT_TIMER,
  };
  if (event.at_us >= node->timer_us)
    return;
  node->timer_us = event.at_us;
  inf_event_queue_push (sim->events, &event);
}

static void
wake (InfSim *sim, const InfEvent *event)
{
  InfSimNode *node = &sim->nodes[event->to];
  gint64 local_us = to_local_us (node, sim->now_us);

  if (node->life != INF_SIM_RUNNING || event->at_us != node->timer_us)
    return;
  node->timer_us = G_MAXINT64;
  if (inf_swim_get_deadline_us (node->swim) <= local_us)
    {
      inf_sim_note (sim, (guint64)sim->now_us << 20 | event->to);
      inf_swim_tick (node->swim, local_us);
    }
  inf_sim_collect (sim, event->to);
}

static void
handle (InfSim *sim, InfEvent *event)
{
  sim->now_us = event->at_us;
  sim->n_events++;
  if (event->kind == INF_SIM_EVENT_TIMER)
    wake (sim, event);
  else if (event->kind == INF_SIM_EVENT_CALL)
    {
      g_autofree Call *call = event->data;
      call->call (sim, event->to, call->data);
    }
  else if (event->kind == INF_SIM_EVENT_KNOCKED)
    inf_sim_tell_knocked (sim, event);
  else
    inf_sim_deliver (sim, event);
}

/**
 * inf_sim_run:
 * @sim: a simulation
 * @for_us: for how long, in virtual time
 */
void
inf_sim_run (InfSim *sim, gint64 for_us)
{
  inf_sim_run_until (sim, NULL, NULL, for_us);
}

/**
 * inf_sim_run_until:
 * @sim: a simulation
 * @predicate: (nullable): asked after every event
 * @data: for @predicate
 * @at_most_us: how long to go on at most, in virtual time
 *
 * Returns: how long it took until @predicate held, or -1
 */
gint64
inf_sim_run_until (InfSim *sim, InfSimPredicate predicate, gpointer data, gint64 at_most_us)
{
  gint64 begin_us = sim->now_us, end_us = begin_us + at_most_us;
  InfEvent event;

  for (;;)
    {
      if (predicate && predicate (sim, data))
        return sim->now_us - begin_us;
      const InfEvent *next = inf_event_queue_peek (sim->events);
      if (!next || next->at_us > end_us)
        break;
      inf_event_queue_pop (sim->events, &event);
      handle (sim, &event);
    }
  sim->now_us = end_us;
  return -1;
}
