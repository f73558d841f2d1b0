#pragma once

#include "discovery/gossip/inf-gossip.h"
#include "discovery/link/inf-links.h"

G_BEGIN_DECLS

/**
 * InfGossipCarrier:
 *
 * Brings gossip's datagrams over links, for peers that UDP does not reach.
 */
typedef struct _InfGossipCarrier InfGossipCarrier;

InfGossipCarrier *inf_gossip_carrier_new (InfGossip *gossip, InfLinks *links);
void inf_gossip_carrier_free (InfGossipCarrier *carrier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfGossipCarrier, inf_gossip_carrier_free)

G_END_DECLS
