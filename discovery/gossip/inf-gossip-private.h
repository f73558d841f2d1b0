#pragma once

#include "discovery/gossip/inf-gossip-core.h"
#include "discovery/gossip/inf-gossip-memory.h"
#include "discovery/gossip/inf-gossip-socket.h"
#include "discovery/gossip/inf-gossip.h"
#include "discovery/gossip/inf-interface-watch.h"
#include "discovery/gossip/inf-knocker.h"

G_BEGIN_DECLS

struct _InfGossip
{
  GObject parent_instance;

  InfMembership *membership;
  guint16 port;
  InfGossipMemory *memory;
  gboolean uses_multicast;

  InfPeerInfo *capacity; /* what inf_gossip_set_self() gave before the start */

  InfGossipCore *core; /* NULL before the start and after the stop */
  InfGossipSocket *socket;
  InfInterfaceWatch *interface_watch; /* NULL where the kernel tells nothing */
  GBytes *own_addresses;              /* of the last look at the interfaces */
  InfKnocker *knocker;
  InfGossipCarryFunc carry; /* NULL where there are no links */
  gpointer carry_data;
  GSource *timer;
  gint64 deadline_us;  /* what the timer is set to */
  gint64 suspended_us; /* for how long the machine has been, since it started */
  gint64 refresh_us;
  gint64 save_us; /* G_MAXINT64 while nothing is to be saved */
};

/* inf-gossip.c */
void inf_gossip_take_actions (InfGossip *self);

/* inf-gossip-delivery.c */
void inf_gossip_deliver (InfGossip *self, const InfSwimAction *action);
void inf_gossip_knock (InfGossip *self, const InfSwimAction *action);
void inf_gossip_knocked (const InfPeerId *peer, const InfAddress *address, InfSwimKnock knock,
                         gpointer data);

G_END_DECLS
