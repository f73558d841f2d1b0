#pragma once

#include "discovery/gossip/inf-datagram-seal.h"
#include "discovery/gossip/inf-swim.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfGossipCore:
 *
 * An #InfSwim behind an #InfSealer: datagrams as they are on the network go in and come out. Still
 * no socket, clock or source of randomness.
 */
typedef struct _InfGossipCore InfGossipCore;

InfGossipCore *inf_gossip_core_new (InfMembership *membership, const InfSwimTiming *timing,
                                    guint64 seed, guint32 incarnation, guint64 session,
                                    guint16 port, gint64 now_us, gint64 now_unix_us);
void inf_gossip_core_free (InfGossipCore *core);

InfSwim *inf_gossip_core_get_swim (InfGossipCore *core);
InfSealer *inf_gossip_core_get_sealer (InfGossipCore *core);

void inf_gossip_core_receive (InfGossipCore *core, const guint8 *data, gsize size_bytes,
                              const InfAddress *from, gint64 now_us);
void inf_gossip_core_receive_carried (InfGossipCore *core, const guint8 *data, gsize size_bytes,
                                      const InfPeerId *peer, gint64 now_us);
InfSwimAction *inf_gossip_core_next_action (InfGossipCore *core);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfGossipCore, inf_gossip_core_free)

G_END_DECLS
