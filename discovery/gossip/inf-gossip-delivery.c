#include "discovery/gossip/inf-gossip-private.h"

#include "discovery/gossip/inf-gossip-kinds.h"

/* Where what the core sends goes: to the socket, over a link, or as a knock at a door. */

/* Where the peer's own word, or whoever named it, says that it is. */
static char **
list_places (InfGossip *self, const InfSwimAction *action)
{
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (self, &action->peer);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!inf_address_is_link (&action->address))
    {
      g_autofree char *text = inf_address_to_text (&action->address);
      g_strv_builder_add (builder, text);
    }
  if (info)
    g_strv_builder_addv (builder, (const char **)info->addresses);
  return g_strv_builder_end (builder);
}

static void
carry (InfGossip *self, const InfSwimAction *action)
{
  if (!self->carry || inf_peer_id_equal (&action->peer, inf_gossip_get_self_id (self)))
    return;
  g_auto (GStrv) places = list_places (self, action);
  self->carry (&action->peer, (const char *const *)places, action->payload, self->carry_data);
}

void
inf_gossip_deliver (InfGossip *self, const InfSwimAction *action)
{
  gboolean is_link = inf_address_is_link (&action->address);

  if (!is_link)
    inf_gossip_socket_send (self->socket, &action->address, action->payload);
  if (is_link || action->over_link)
    carry (self, action);
}

static gboolean
is_own_word (InfGossip *self, const InfPeerId *id, const InfAddress *address)
{
  InfAddress addresses[INF_RECORD_MAX_ADDRESSES];
  const InfRoster *roster = inf_swim_get_roster (inf_gossip_core_get_swim (self->core));
  const InfPeer *peer = inf_roster_find (roster, inf_peer_hint (id));
  guint n_addresses = peer ? inf_record_get_addresses (peer->record, addresses) : 0;

  for (guint i = 0; i < n_addresses; i++)
    if (inf_address_equal (&addresses[i], address))
      return TRUE;
  return FALSE;
}

/* A router that translates addresses refuses for whoever is behind it: only at an address that the
 * peer itself names does that tell that nobody is there. */
void
inf_gossip_knocked (const InfPeerId *peer, const InfAddress *address, InfSwimKnock knock,
                    gpointer data)
{
  InfGossip *self = data;

  if (knock == INF_SWIM_KNOCK_REFUSED && !is_own_word (self, peer, address))
    knock = INF_SWIM_KNOCK_SILENT;
  inf_swim_knocked (inf_gossip_core_get_swim (self->core), peer, knock, g_get_monotonic_time ());
  inf_gossip_take_actions (self);
}

/* A link has no address of its own: the peer's word will do. */
void
inf_gossip_knock (InfGossip *self, const InfSwimAction *action)
{
  InfAddress addresses[INF_RECORD_MAX_ADDRESSES];
  const InfRoster *roster = inf_swim_get_roster (inf_gossip_core_get_swim (self->core));
  const InfPeer *peer = inf_roster_find (roster, inf_peer_hint (&action->peer));

  if (!inf_address_is_link (&action->address))
    inf_knocker_knock (self->knocker, &action->peer, &action->address);
  else if (peer && inf_record_get_addresses (peer->record, addresses) > 0)
    inf_knocker_knock (self->knocker, &action->peer, &addresses[0]);
}
