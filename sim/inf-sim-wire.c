#include "sim/inf-sim-private.h"

#include "discovery/gossip/inf-datagram-seal.h"
#include "discovery/gossip/inf-gossip-kinds.h"

#include <string.h>

/* What Linux keeps for a socket that nobody reads: net.core.rmem_default, and what one small
 * datagram takes of it with its administration. */
#define INBOX_MAX_BYTES 212992
#define INBOX_EXTRA_BYTES 768
#define PORT 7848

/**
 * inf_sim_make_address:
 * @number: a node
 * @ret_address: (out): 10.0.0.5 for node 5, so that a datagram's way needs no table
 */
void
inf_sim_make_address (guint number, InfAddress *ret_address)
{
  const InfAddress address = {
    .ip = { [10] = 0xff,
            [11] = 0xff,
            [12] = 10,
            [13] = (guint8)(number >> 16),
            [14] = (guint8)(number >> 8),
            [15] = (guint8)number },
    .port = PORT,
  };

  *ret_address = address;
}

static guint
read_address (const InfAddress *address)
{
  return (guint)address->ip[13] << 16 | (guint)address->ip[14] << 8 | address->ip[15];
}

static guint64
hash_bytes (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 hash = size, word;

  for (; size >= sizeof word; data += sizeof word, size -= sizeof word)
    {
      memcpy (&word, data, sizeof word);
      hash = inf_sim_mix (hash, word);
    }
  for (; size > 0; data++, size--)
    hash = inf_sim_mix (hash, *data);
  return hash;
}

static void
take_off (InfSim *sim, guint from, guint to, guint kind, GBytes *payload)
{
  gint64 delay_us;

  if (!inf_sim_net_carry (sim->net, from, to, &delay_us))
    return;
  const InfEvent event = {
    .at_us = sim->now_us + delay_us,
    .to = to,
    .from = from,
    .kind = kind,
    .data = g_bytes_ref (payload),
  };
  inf_event_queue_push (sim->events, &event);
}

static void
send_action (InfSim *sim, guint from, const InfSwimAction *action)
{
  gboolean is_sealed = action->type == INF_SWIM_SEND;
  guint kind = is_sealed ? INF_SIM_EVENT_SEALED : INF_SIM_EVENT_FIRST;

  sim->traffic.n_datagrams++;
  sim->traffic.n_bytes += g_bytes_get_size (action->payload)
                          + (is_sealed ? INF_SEAL_OVERHEAD_BYTES : INF_SEAL_FIRST_OVERHEAD_BYTES);
  inf_sim_note (sim, hash_bytes (action->payload) ^ from);
  if (action->type != INF_SWIM_MULTICAST)
    {
      guint to = read_address (&action->address);
      if (to < sim->config.n_nodes && to != from)
        take_off (sim, from, to, kind, action->payload);
      return;
    }
  for (guint to = 0; sim->config.has_multicast && to < sim->config.n_nodes; to++)
    if (to != from)
      take_off (sim, from, to, kind, action->payload);
}

static void
tell (InfSim *sim, guint number, const InfSwimAction *action)
{
  guint subject;

  if (!inf_population_find (sim->population, inf_peer_hint (&action->peer), &subject))
    return;
  for (guint i = 0; i < sim->watchers->len; i++)
    {
      const InfSimWatcher *watcher = &g_array_index (sim->watchers, InfSimWatcher, i);
      watcher->observer (sim, number, action->type, subject, watcher->data);
    }
}

/**
 * inf_sim_collect:
 * @sim: a simulation
 * @number: a node whose core was called
 *
 * Does what the core wants, as a driver would.
 */
void
inf_sim_collect (InfSim *sim, guint number)
{
  InfSimNode *node = &sim->nodes[number];

  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_swim_next_action (node->swim);
      if (!action)
        break;
      if (action->payload)
        send_action (sim, number, action);
      else if (action->type == INF_SWIM_INCARNATION)
        node->incarnation = inf_swim_get_incarnation (node->swim);
      else if (action->type == INF_SWIM_KNOCK)
        inf_sim_knock (sim, number, read_address (&action->address));
      else if (action->type != INF_SWIM_REVOCATIONS)
        tell (sim, number, action);
    }
  inf_sim_arm (sim, number);
}

static void
hand_over (InfSim *sim, const InfEvent *event)
{
  InfSwim *swim = sim->nodes[event->to].swim;
  gint64 local_us = inf_sim_get_local_us (sim, event->to);
  InfAddress from;

  inf_sim_note (sim, (guint64)sim->now_us << 20 | event->from);
  inf_sim_make_address (event->from, &from);
  if (event->kind == INF_SIM_EVENT_SEALED)
    inf_swim_receive (swim, inf_population_get_hint (sim->population, event->from), event->data,
                      &from, local_us);
  else if (inf_swim_check_hello (swim, event->data, local_us))
    inf_swim_receive_hello (swim, event->data, &from, local_us);
}

static gboolean
keep_for_later (InfSimNode *node, const InfEvent *event)
{
  gsize size_bytes = g_bytes_get_size (event->data) + INBOX_EXTRA_BYTES;

  if (node->inbox_bytes + size_bytes > INBOX_MAX_BYTES)
    return FALSE;
  if (!node->inbox)
    node->inbox = g_array_new (FALSE, FALSE, sizeof (InfEvent));
  g_array_append_vals (node->inbox, event, 1);
  node->inbox_bytes += size_bytes;
  return TRUE;
}

/* Takes over what @event carries. */
void
inf_sim_deliver (InfSim *sim, const InfEvent *event)
{
  InfSimNode *node = &sim->nodes[event->to];
  g_autoptr (GBytes) payload = event->data;

  if (node->life == INF_SIM_STOPPED && keep_for_later (node, event))
    g_steal_pointer (&payload);
  if (node->life != INF_SIM_RUNNING)
    return;
  hand_over (sim, event);
  inf_sim_collect (sim, event->to);
}

/* All that has arrived is read before anything else is done. */
void
inf_sim_deliver_inbox (InfSim *sim, guint number)
{
  InfSimNode *node = &sim->nodes[number];
  g_autoptr (GArray) inbox = g_steal_pointer (&node->inbox);

  node->inbox_bytes = 0;
  for (guint i = 0; inbox && i < inbox->len; i++)
    {
      const InfEvent *event = &g_array_index (inbox, InfEvent, i);
      hand_over (sim, event);
      g_bytes_unref (event->data);
    }
  inf_sim_collect (sim, number);
}
