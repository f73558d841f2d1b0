#pragma once

#include "discovery/gossip/inf-notice.h"
#include "discovery/gossip/inf-peer-info.h"
#include "discovery/identity/inf-membership.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_GOSSIP (inf_gossip_get_type ())
G_DECLARE_FINAL_TYPE (InfGossip, inf_gossip, INF, GOSSIP, GObject)

#define INF_GOSSIP_DEFAULT_PORT 7848

/**
 * InfGossip:
 *
 * Knows the members of the grid: finds them, tells them about this node, and notices when one dies.
 * Lives in the main context that it was started in; never blocks.
 *
 * Signals, each with the `const InfPeerId *` it is about, valid during the emission:
 * - `peer-joined`: a peer became known, or came back
 * - `peer-changed`: something in its #InfPeerInfo that it says about itself, or its state, changed
 * - `peer-dead`: it was declared dead
 * - `peer-left`: it said goodbye, or was removed from the grid
 *
 * `notice`, with a `const InfNotice *`: a member told the grid something that was not known here.
 *
 * And `membership-changed`, without an argument: the list of revocations was replaced by a newer
 * one; save the membership and close the links of whoever was removed.
 */

/**
 * InfGossipCarryFunc:
 * @peer: whom it is for
 * @addresses: (array zero-terminated=1): where its links' port may be, likeliest first
 * @datagram: sealed already
 * @data: as given
 *
 * Brings a datagram to a peer over its link, or loses it. Never blocks, and does not call gossip
 * before it has returned.
 */
typedef void (*InfGossipCarryFunc) (const InfPeerId *peer, const char *const *addresses,
                                    GBytes *datagram, gpointer data);

InfGossip *inf_gossip_new (InfMembership *membership, guint16 port, const char *state_dir);

void inf_gossip_set_multicast (InfGossip *gossip, gboolean uses_multicast);
void inf_gossip_set_carrier (InfGossip *gossip, InfGossipCarryFunc carry, gpointer data);
void inf_gossip_receive_carried (InfGossip *gossip, const InfPeerId *peer, GBytes *datagram);

gboolean inf_gossip_start (InfGossip *gossip, GError **error);
void inf_gossip_leave (InfGossip *gossip);
void inf_gossip_stop (InfGossip *gossip);

guint16 inf_gossip_get_port (InfGossip *gossip);
guint64 inf_gossip_get_sent_bytes (InfGossip *gossip);
const InfPeerId *inf_gossip_get_self_id (InfGossip *gossip);
char **inf_gossip_dup_own_addresses (InfGossip *gossip);
guint inf_gossip_count_others (InfGossip *gossip);
GPtrArray *inf_gossip_list (InfGossip *gossip);
InfPeerInfo *inf_gossip_lookup (InfGossip *gossip, const InfPeerId *id);

void inf_gossip_set_self (InfGossip *gossip, const InfPeerInfo *capacity);
gboolean inf_gossip_add_address (InfGossip *gossip, const char *address, GError **error);
gboolean inf_gossip_add_invited_address (InfGossip *gossip, const char *address, GError **error);
void inf_gossip_set_away (InfGossip *gossip, gint64 until_unix_us);
void inf_gossip_publish_revocations (InfGossip *gossip);
gboolean inf_gossip_publish_notice (InfGossip *gossip, const char *topic, GBytes *content,
                                    GError **error);

G_END_DECLS
