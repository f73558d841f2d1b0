#include "sim/inf-sim-net.h"

#include <math.h>

#define LAN_LEAST_US 200
#define LAN_SPREAD_US 1800
#define WAN_LEAST_US 1000
#define WAN_ACROSS_US 80000
/* Pareto's distribution with exponent 1: a wait is longer than w with the probability LEAST / w. */
#define JUMPY_LEAST_US 2000
#define JUMPY_MOST_US 2000000

typedef struct
{
  double x, y;
  guint side;
} Place;

struct _InfSimNet
{
  InfSimDelay delay;
  double loss;
  InfSimRandom random;
  Place *places;
  GHashTable *blocked; /* (from, to); NULL while every way is open */
};

/**
 * inf_sim_net_new:
 * @n_nodes: how many nodes it connects
 * @delay: how long datagrams take
 * @loss: how likely one is lost, each way, from 0 to 1
 * @seed: for everything that is left to chance
 *
 * Returns: (transfer full): a network that connects everybody
 */
InfSimNet *
inf_sim_net_new (guint n_nodes, InfSimDelay delay, double loss, guint64 seed)
{
  InfSimNet *net = g_new0 (InfSimNet, 1);

  net->delay = delay;
  net->loss = loss;
  net->random.state = seed;
  net->places = g_new0 (Place, n_nodes);
  for (guint i = 0; i < n_nodes; i++)
    {
      net->places[i].x = inf_sim_random_unit (&net->random);
      net->places[i].y = inf_sim_random_unit (&net->random);
    }
  return net;
}

void
inf_sim_net_free (InfSimNet *net)
{
  if (!net)
    return;
  g_clear_pointer (&net->blocked, g_hash_table_unref);
  g_free (net->places);
  g_free (net);
}

void
inf_sim_net_set_loss (InfSimNet *net, double loss)
{
  net->loss = loss;
}

/**
 * inf_sim_net_set_side:
 * @net: a network
 * @node: a node
 * @side: nothing passes between nodes of different sides; all begin on side 0
 */
void
inf_sim_net_set_side (InfSimNet *net, guint node, guint side)
{
  net->places[node].side = side;
}

static gint64
make_key (guint from, guint to)
{
  return (gint64)((guint64)from << 32 | to);
}

/**
 * inf_sim_net_block:
 * @net: a network
 * @from: a node
 * @to: another, which hears nothing of @from any more; the other way stays as it was
 */
void
inf_sim_net_block (InfSimNet *net, guint from, guint to)
{
  gint64 key = make_key (from, to);

  if (!net->blocked)
    net->blocked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_hash_table_add (net->blocked, g_memdup2 (&key, sizeof key));
}

void
inf_sim_net_unblock (InfSimNet *net, guint from, guint to)
{
  gint64 key = make_key (from, to);

  if (net->blocked)
    g_hash_table_remove (net->blocked, &key);
}

gboolean
inf_sim_net_is_open (const InfSimNet *net, guint from, guint to)
{
  gint64 key = make_key (from, to);

  return net->places[from].side == net->places[to].side
         && !(net->blocked && g_hash_table_contains (net->blocked, &key));
}

/**
 * inf_sim_net_draw_delay_us:
 * @net: a network
 * @from: a node
 * @to: another
 *
 * Returns: how long one datagram takes
 */
gint64
inf_sim_net_draw_delay_us (InfSimNet *net, guint from, guint to)
{
  double chance = inf_sim_random_unit (&net->random);
  const Place *a = &net->places[from], *b = &net->places[to];

  if (net->delay == INF_SIM_LAN)
    return LAN_LEAST_US + (gint64)(LAN_SPREAD_US * chance * chance * chance);
  if (net->delay == INF_SIM_JUMPY)
    return LAN_LEAST_US + (gint64)MIN (JUMPY_LEAST_US / (1 - chance), JUMPY_MOST_US);
  double distance = sqrt ((a->x - b->x) * (a->x - b->x) + (a->y - b->y) * (a->y - b->y));
  return WAN_LEAST_US + (gint64)(WAN_ACROSS_US * distance * (0.9 + 0.2 * chance));
}

/**
 * inf_sim_net_carry:
 * @net: a network
 * @from: who sends a datagram
 * @to: to whom
 * @ret_delay_us: (out): how long it takes; left alone when it is lost
 *
 * Returns: whether it arrives
 */
gboolean
inf_sim_net_carry (InfSimNet *net, guint from, guint to, gint64 *ret_delay_us)
{
  if (!inf_sim_net_is_open (net, from, to) || inf_sim_random_unit (&net->random) < net->loss)
    return FALSE;
  *ret_delay_us = inf_sim_net_draw_delay_us (net, from, to);
  return TRUE;
}
