#include "fake-net.h"

#include "discovery/gossip/inf-gossip-kinds.h"

#define PORT 7848
#define BEGIN_US (1000 * (gint64)G_USEC_PER_SEC)

typedef struct
{
  gint64 at_us;
  guint to;
  guint sender;
  InfAddress from;
  GBytes *datagram; /* NULL: a knock's outcome, for @to, at @from's door */
} Flight;

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  g_clear_pointer (&flight->datagram, g_bytes_unref);
  g_free (flight);
}

static int
compare_flights (gconstpointer a, gconstpointer b, gpointer data)
{
  const Flight *first = a, *second = b;

  return (first->at_us > second->at_us) - (first->at_us < second->at_us);
}

static InfKeypair *
keypair_number (guint64 seed, guint number)
{
  guint8 bytes[INF_SEED_SIZE_BYTES] = { (guint8)seed, (guint8)(seed >> 8), (guint8)number, 1 };

  return inf_keypair_from_seed (bytes);
}

FakeNet *
fake_net_new (guint64 seed, guint loss_percent)
{
  FakeNet *net = g_new0 (FakeNet, 1);

  net->now_us = BEGIN_US;
  net->loss_percent = loss_percent;
  net->seed = seed;
  net->rand = g_rand_new_with_seed ((guint32)seed);
  net->has_multicast = TRUE;
  net->founder = keypair_number (seed, 0);
  net->founder_membership
      = inf_membership_found (net->founder, "lab", "node 0", 0, FAKE_NET_NOW_UNIX_US, NULL);
  net->flights = g_sequence_new (flight_free);
  return net;
}

void
fake_net_free (FakeNet *net)
{
  for (guint i = 0; i < net->n_nodes; i++)
    {
      inf_gossip_core_free (net->nodes[i].core);
      inf_membership_unref (net->nodes[i].membership);
    }
  g_sequence_free (net->flights);
  g_rand_free (net->rand);
  inf_keypair_unref (net->founder);
  inf_membership_unref (net->founder_membership);
  g_clear_pointer (&net->last_datagram, g_bytes_unref);
  g_free (net);
}

static InfMembership *
make_member (FakeNet *net, guint number)
{
  g_autoptr (InfKeypair) keypair = keypair_number (net->seed, number);
  g_autofree char *name = g_strdup_printf ("node %u", number);
  g_autoptr (InfCertificate) certificate
      = inf_membership_issue (net->founder_membership, inf_keypair_get_public_key (keypair), name,
                              FAKE_NET_NOW_UNIX_US, NULL);

  return inf_membership_join (keypair, inf_membership_get_grid (net->founder_membership),
                              inf_certificate_get_bytes (certificate), NULL, FAKE_NET_NOW_UNIX_US,
                              NULL);
}

/* Adds a node that does not run yet; the first is the founder's. */
guint
fake_net_add_node (FakeNet *net)
{
  guint number = net->n_nodes++;
  FakeNode *node = &net->nodes[number];
  g_autofree char *address = g_strdup_printf ("10.0.0.%u:%u", number + 1, PORT);

  g_assert_cmpuint (number, <, FAKE_NET_MAX_NODES);
  g_assert_true (inf_address_from_text (address, 0, &node->address));
  node->membership
      = number == 0 ? inf_membership_ref (net->founder_membership) : make_member (net, number);
  return number;
}

/* Starts a node as its driver would: with an incarnation above the one that was written down. */
void
fake_net_start (FakeNet *net, guint number)
{
  FakeNode *node = &net->nodes[number];
  guint64 seed = net->seed << 32 | number << 8 | node->incarnation;

  g_assert_null (node->core);
  node->incarnation++;
  node->core
      = inf_gossip_core_new (node->membership, &inf_swim_default_timing, seed, node->incarnation,
                             (guint64)net->now_us, PORT, net->now_us, fake_net_get_unix_us (net));
  inf_swim_set_addresses (fake_net_swim (net, number), &node->address, 1, net->now_us);
  fake_net_collect (net, number);
}

/* What every node's calendar says. */
gint64
fake_net_get_unix_us (const FakeNet *net)
{
  return FAKE_NET_NOW_UNIX_US + net->now_us - BEGIN_US;
}

/* Its process ends without a word. */
void
fake_net_kill (FakeNet *net, guint number)
{
  g_clear_pointer (&net->nodes[number].core, inf_gossip_core_free);
}

/* Its machine is gone. */
void
fake_net_unplug (FakeNet *net, guint number)
{
  fake_net_kill (net, number);
  net->nodes[number].is_unplugged = TRUE;
}

/* The node's machine does not run it for a while; what arrives is kept for it. */
void
fake_net_stall (FakeNet *net, guint number, gint64 for_us)
{
  net->nodes[number].stalled_until_us = net->now_us + for_us;
}

static gboolean
is_heard (const FakeNet *net, guint from, guint to)
{
  return net->nodes[from].island == net->nodes[to].island && !net->is_blocked[from][to];
}

static void
take_off (FakeNet *net, guint from, guint to, GBytes *datagram)
{
  Flight *flight;

  if ((guint)g_rand_int_range (net->rand, 0, 100) < net->loss_percent || !is_heard (net, from, to))
    return;
  flight = g_new0 (Flight, 1);
  flight->at_us = net->now_us + g_rand_int_range (net->rand, 100, 1100);
  flight->to = to;
  flight->sender = from;
  flight->from = net->nodes[from].address;
  flight->datagram = g_bytes_ref (datagram);
  g_sequence_insert_sorted (net->flights, flight, compare_flights, NULL);
}

static void
knock (FakeNet *net, guint from, const InfSwimAction *action)
{
  for (guint to = 0; to < net->n_nodes; to++)
    {
      if (!inf_address_equal (&action->address, &net->nodes[to].address))
        continue;
      Flight *flight = g_new0 (Flight, 1);
      flight->at_us = net->now_us + g_rand_int_range (net->rand, 200, 2200);
      flight->to = from;
      flight->sender = to;
      g_sequence_insert_sorted (net->flights, flight, compare_flights, NULL);
    }
}

static InfSwimKnock
find_outcome (const FakeNet *net, guint from, guint to)
{
  if (net->loss_percent == 100 || net->nodes[to].is_unplugged || !is_heard (net, from, to)
      || !is_heard (net, to, from))
    return INF_SWIM_KNOCK_SILENT;
  return net->nodes[to].core ? INF_SWIM_KNOCK_ANSWERED : INF_SWIM_KNOCK_REFUSED;
}

static void
send_action (FakeNet *net, guint from, const InfSwimAction *action)
{
  FakeNode *node = &net->nodes[from];

  g_assert_cmpuint (g_bytes_get_size (action->payload), <=, INF_DATAGRAM_MAX_SIZE_BYTES);
  node->n_sent++;
  node->sent_bytes += g_bytes_get_size (action->payload);
  for (guint to = 0; to < net->n_nodes; to++)
    {
      gboolean is_multicast = action->type == INF_SWIM_MULTICAST;
      if (is_multicast ? net->has_multicast && to != from
                       : inf_address_equal (&action->address, &net->nodes[to].address))
        take_off (net, from, to, action->payload);
    }
}

/* Does what a node's core wants. */
void
fake_net_collect (FakeNet *net, guint number)
{
  FakeNode *node = &net->nodes[number];

  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (node->core);
      if (!action)
        return;
      node->n_joined += action->type == INF_SWIM_JOINED;
      node->n_dead += action->type == INF_SWIM_DEAD;
      node->n_left += action->type == INF_SWIM_LEFT;
      if (action->type == INF_SWIM_INCARNATION)
        node->incarnation = inf_swim_get_incarnation (fake_net_swim (net, number));
      if (action->payload)
        send_action (net, number, action);
      else if (action->type == INF_SWIM_KNOCK)
        knock (net, number, action);
    }
}

static gboolean
land (FakeNet *net, const Flight *flight)
{
  FakeNode *node = &net->nodes[flight->to];

  if (!node->core)
    return FALSE;
  if (!flight->datagram)
    {
      const InfKeypair *door = inf_membership_get_keypair (net->nodes[flight->sender].membership);
      inf_swim_knocked (fake_net_swim (net, flight->to), inf_keypair_get_peer_id (door),
                        find_outcome (net, flight->to, flight->sender), net->now_us);
      fake_net_collect (net, flight->to);
      return TRUE;
    }

  gsize size;
  const guint8 *data = g_bytes_get_data (flight->datagram, &size);
  g_clear_pointer (&net->last_datagram, g_bytes_unref);
  net->last_datagram = g_bytes_ref (flight->datagram);
  net->last_recipient = flight->to;
  inf_gossip_core_receive (node->core, data, size, &flight->from, net->now_us);
  fake_net_collect (net, flight->to);
  return TRUE;
}

static gint64
next_deadline_us (FakeNet *net, guint *ret_node)
{
  gint64 earliest_us = G_MAXINT64;

  for (guint i = 0; i < net->n_nodes; i++)
    {
      const FakeNode *node = &net->nodes[i];
      if (!node->core)
        continue;
      gint64 deadline_us
          = MAX (inf_swim_get_deadline_us (fake_net_swim (net, i)), node->stalled_until_us);
      if (deadline_us < earliest_us)
        {
          earliest_us = deadline_us;
          *ret_node = i;
        }
    }
  return earliest_us;
}

/* One event: an arrival or a deadline. Arrivals come first, as in the driver. */
static gboolean
step (FakeNet *net, gint64 end_us)
{
  guint number = 0;
  gint64 deadline_us = next_deadline_us (net, &number);
  GSequenceIter *first = g_sequence_get_begin_iter (net->flights);
  Flight *flight = g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);

  if (flight && flight->at_us <= deadline_us && flight->at_us <= end_us)
    {
      FakeNode *node = &net->nodes[flight->to];
      net->now_us = MAX (net->now_us, flight->at_us);
      if (node->stalled_until_us > net->now_us)
        {
          flight->at_us = node->stalled_until_us;
          g_sequence_sort_changed (first, compare_flights, NULL);
          return TRUE;
        }
      g_autoptr (GBytes) kept = flight->datagram ? g_bytes_ref (flight->datagram) : NULL;
      Flight copy = *flight;
      g_sequence_remove (first);
      copy.datagram = kept;
      land (net, &copy);
      return TRUE;
    }
  if (deadline_us > end_us)
    {
      net->now_us = end_us;
      return FALSE;
    }
  net->now_us = MAX (net->now_us, deadline_us);
  inf_swim_tick (fake_net_swim (net, number), net->now_us);
  fake_net_collect (net, number);
  return TRUE;
}

void
fake_net_run (FakeNet *net, gint64 for_us)
{
  gint64 end_us = net->now_us + for_us;

  while (step (net, end_us))
    continue;
}

/* Returns how long it took until @predicate held, or -1. */
gint64
fake_net_run_until (FakeNet *net, FakeNetPredicate predicate, gpointer data, gint64 at_most_us)
{
  gint64 begin_us = net->now_us, end_us = begin_us + at_most_us;

  while (!predicate (net, data))
    if (!step (net, end_us))
      return predicate (net, data) ? net->now_us - begin_us : -1;
  return net->now_us - begin_us;
}

InfSwim *
fake_net_swim (FakeNet *net, guint number)
{
  return inf_gossip_core_get_swim (net->nodes[number].core);
}

InfPeer *
fake_net_peer (FakeNet *net, guint at, guint number)
{
  const InfKeypair *keypair = inf_membership_get_keypair (net->nodes[number].membership);

  return inf_roster_find (inf_swim_get_roster (fake_net_swim (net, at)),
                          inf_peer_hint (inf_keypair_get_peer_id (keypair)));
}

gboolean
fake_net_sees (FakeNet *net, guint at, guint number, InfPeerState state)
{
  const InfPeer *peer = fake_net_peer (net, at, number);

  return peer && peer->state == state;
}

/* Whether all others that run see @number in @state. */
gboolean
fake_net_all_see (FakeNet *net, guint number, InfPeerState state)
{
  for (guint i = 0; i < net->n_nodes; i++)
    if (i != number && net->nodes[i].core && !fake_net_sees (net, i, number, state))
      return FALSE;
  return TRUE;
}

gboolean
fake_net_all_know_all (FakeNet *net, gpointer data)
{
  for (guint i = 0; i < net->n_nodes; i++)
    if (net->nodes[i].core && !fake_net_all_see (net, i, INF_PEER_ALIVE))
      return FALSE;
  return TRUE;
}
