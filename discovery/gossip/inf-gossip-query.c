#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-gossip-private.h"
#include "discovery/gossip/inf-interfaces.h"

/* What others may ask a gossip; nothing here changes it. */

/**
 * inf_gossip_get_port:
 * @self: a gossip
 *
 * Returns: the UDP port in use, after the start; before it the one that was asked for
 */
guint16
inf_gossip_get_port (InfGossip *self)
{
  return self->socket ? inf_gossip_socket_get_port (self->socket) : self->port;
}

/**
 * inf_gossip_get_self_id:
 * @self: a gossip
 *
 * Returns: (transfer none): this node's id
 */
const InfPeerId *
inf_gossip_get_self_id (InfGossip *self)
{
  return inf_keypair_get_peer_id (inf_membership_get_keypair (self->membership));
}

/**
 * inf_gossip_get_sent_bytes:
 * @self: a gossip
 *
 * Returns: how many bytes of datagrams were sent since the start
 */
guint64
inf_gossip_get_sent_bytes (InfGossip *self)
{
  return self->socket ? inf_gossip_socket_get_sent_bytes (self->socket) : 0;
}

/**
 * inf_gossip_dup_own_addresses:
 * @self: a gossip
 *
 * Returns: (transfer full) (array zero-terminated=1): where this node is reached, "ip:port",
 *   likeliest first: for invites
 */
char **
inf_gossip_dup_own_addresses (InfGossip *self)
{
  InfAddress addresses[8];
  guint n_addresses = inf_interfaces_list_addresses (inf_gossip_get_port (self), addresses,
                                                     G_N_ELEMENTS (addresses));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n_addresses; i++)
    {
      g_autofree char *text = inf_address_to_text (&addresses[i]);
      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

/**
 * inf_gossip_count_others:
 * @self: a gossip
 *
 * Returns: how many other members are alive
 */
guint
inf_gossip_count_others (InfGossip *self)
{
  if (!self->core)
    return 0;
  return inf_roster_count_live (inf_swim_get_roster (inf_gossip_core_get_swim (self->core))) - 1;
}

/**
 * inf_gossip_list:
 * @self: a gossip
 *
 * Returns: (transfer full) (element-type InfPeerInfo): everybody it knows, this node among them,
 * the dead and the departed of the last day too; empty while it is not started
 */
GPtrArray *
inf_gossip_list (InfGossip *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_peer_info_unref);
  InfRosterIter iter;
  const InfPeer *peer;

  if (!self->core)
    return list;
  const InfRoster *roster = inf_swim_get_roster (inf_gossip_core_get_swim (self->core));
  inf_roster_iter_init (&iter, roster, 0);
  while ((peer = inf_roster_iter_next (&iter)))
    g_ptr_array_add (list, inf_peer_to_info (peer, roster));
  return list;
}

/**
 * inf_gossip_lookup:
 * @self: a gossip
 * @id: a peer
 *
 * Returns: (transfer full) (nullable): what is known of it
 */
InfPeerInfo *
inf_gossip_lookup (InfGossip *self, const InfPeerId *id)
{
  if (!self->core)
    return NULL;
  const InfRoster *roster = inf_swim_get_roster (inf_gossip_core_get_swim (self->core));
  const InfPeer *peer = inf_roster_find (roster, inf_peer_hint (id));
  if (!peer || !inf_peer_id_equal (inf_record_get_peer_id (peer->record), id))
    return NULL;
  return inf_peer_to_info (peer, roster);
}
