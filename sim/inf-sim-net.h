#pragma once

#include "sim/inf-sim-random.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfSimDelay:
 * @INF_SIM_LAN: 0.2 to 2 ms one way, mostly short
 * @INF_SIM_WAN: nodes lie on a plane some 80 ms across; what the distance takes, and a tenth more
 *   or less
 * @INF_SIM_JUMPY: a LAN's, and what machines add that are too busy: half of all datagrams wait less
 *   than 4 ms, a tenth more than 20, a hundredth more than 200
 */
typedef enum
{
  INF_SIM_LAN,
  INF_SIM_WAN,
  INF_SIM_JUMPY,
} InfSimDelay;

/**
 * InfSimNet:
 *
 * What becomes of a datagram between two nodes: whether it arrives, and when.
 */
typedef struct _InfSimNet InfSimNet;

InfSimNet *inf_sim_net_new (guint n_nodes, InfSimDelay delay, double loss, guint64 seed);
void inf_sim_net_free (InfSimNet *net);

void inf_sim_net_set_loss (InfSimNet *net, double loss);
void inf_sim_net_set_side (InfSimNet *net, guint node, guint side);
void inf_sim_net_block (InfSimNet *net, guint from, guint to);
void inf_sim_net_unblock (InfSimNet *net, guint from, guint to);

gboolean inf_sim_net_is_open (const InfSimNet *net, guint from, guint to);
gint64 inf_sim_net_draw_delay_us (InfSimNet *net, guint from, guint to);
gboolean inf_sim_net_carry (InfSimNet *net, guint from, guint to, gint64 *ret_delay_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSimNet, inf_sim_net_free)

G_END_DECLS
