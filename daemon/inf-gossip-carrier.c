#include "daemon/inf-gossip-carrier.h"

/* Each datagram is a call without a reply to speak of. Like a datagram it may be lost: when too
 * many are under way to one peer, and while a peer that could not be reached is left alone. */
#define METHOD "gossip"
#define TIMEOUT_MS 10000
#define MAX_PENDING 32
#define FIRST_PAUSE_US (2 * G_USEC_PER_SEC)
#define MAX_PAUSE_US (120 * G_USEC_PER_SEC)
#define MAX_DOUBLINGS 6
#define MAX_PEERS 4096

typedef struct
{
  InfPeerId id;
  guint n_pending;
  guint n_failures; /* in a row */
  gint64 paused_until_us;
} Peer;

struct _InfGossipCarrier
{
  grefcount ref_count;
  InfGossip *gossip; /* NULL once it is over */
  InfLinks *links;
  GCancellable *cancellable;
  GHashTable *peers; /* InfPeerId → Peer */
};

typedef struct
{
  InfGossipCarrier *carrier;
  InfPeerId id;
} Delivery;

static void
unref (InfGossipCarrier *carrier)
{
  if (!g_ref_count_dec (&carrier->ref_count))
    return;
  g_object_unref (carrier->cancellable);
  g_hash_table_unref (carrier->peers);
  g_free (carrier);
}

static gboolean
is_idle (gpointer key, gpointer value, gpointer data)
{
  const Peer *peer = value;
  const gint64 *now_us = data;

  return peer->n_pending == 0 && peer->paused_until_us < *now_us;
}

static Peer *
ensure_peer (InfGossipCarrier *carrier, const InfPeerId *id, gint64 now_us)
{
  Peer *peer = g_hash_table_lookup (carrier->peers, id);

  if (peer)
    return peer;
  if (g_hash_table_size (carrier->peers) >= MAX_PEERS)
    g_hash_table_foreach_remove (carrier->peers, is_idle, &now_us);
  peer = g_new0 (Peer, 1);
  peer->id = *id;
  g_hash_table_insert (carrier->peers, &peer->id, peer);
  return peer;
}

static void
note_result (Peer *peer, gboolean is_delivered)
{
  peer->n_pending--;
  if (is_delivered)
    {
      peer->n_failures = 0;
      peer->paused_until_us = 0;
      return;
    }
  gint64 pause_us = FIRST_PAUSE_US << MIN (peer->n_failures++, MAX_DOUBLINGS);
  peer->paused_until_us = g_get_monotonic_time () + MIN (pause_us, MAX_PAUSE_US);
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer data)
{
  Delivery *delivery = data;
  InfGossipCarrier *carrier = delivery->carrier;
  Peer *peer = g_hash_table_lookup (carrier->peers, &delivery->id);
  g_autoptr (GBytes) reply = inf_links_call_finish (INF_LINKS (source), result, NULL);

  if (peer)
    note_result (peer, reply != NULL);
  unref (carrier);
  g_free (delivery);
}

static void
carry (const InfPeerId *id, const char *const *addresses, GBytes *datagram, gpointer data)
{
  InfGossipCarrier *carrier = data;
  gint64 now_us = g_get_monotonic_time ();
  Peer *peer = ensure_peer (carrier, id, now_us);

  if (peer->n_pending >= MAX_PENDING || now_us < peer->paused_until_us)
    return;
  g_autoptr (InfEndpoint) endpoint = inf_endpoint_new (id, addresses);
  Delivery *delivery = g_new0 (Delivery, 1);
  delivery->carrier = carrier;
  delivery->id = *id;
  g_ref_count_inc (&carrier->ref_count);
  peer->n_pending++;
  inf_links_call_async (carrier->links, endpoint, METHOD, datagram, TIMEOUT_MS,
                        carrier->cancellable, on_delivered, delivery);
}

static void
on_call (InfLinkCall *call, gpointer data)
{
  InfGossipCarrier *carrier = data;
  const InfPeerId id = *inf_link_call_get_peer_id (call);
  g_autoptr (GBytes) datagram = g_bytes_ref (inf_link_call_get_request (call));
  Peer *peer = g_hash_table_lookup (carrier->peers, &id);

  inf_link_call_return (call, NULL);
  /* Whoever calls can be called. */
  if (peer)
    peer->paused_until_us = 0;
  if (carrier->gossip)
    inf_gossip_receive_carried (carrier->gossip, &id, datagram);
}

/**
 * inf_gossip_carrier_new:
 * @gossip: a gossip that has not started; must outlive the carrier
 * @links: the node's links; likewise
 *
 * Returns: (transfer full): what connects the two
 */
InfGossipCarrier *
inf_gossip_carrier_new (InfGossip *gossip, InfLinks *links)
{
  InfGossipCarrier *carrier = g_new0 (InfGossipCarrier, 1);

  g_ref_count_init (&carrier->ref_count);
  carrier->gossip = gossip;
  carrier->links = links;
  carrier->cancellable = g_cancellable_new ();
  carrier->peers = g_hash_table_new_full (inf_peer_id_hash, inf_peer_id_equal, NULL, g_free);
  g_ref_count_inc (&carrier->ref_count);
  inf_links_add_method (links, METHOD, INF_LINK_METHOD_MEMBERS, on_call, carrier,
                        (GDestroyNotify)unref);
  inf_gossip_set_carrier (gossip, carry, carrier);
  return carrier;
}

/**
 * inf_gossip_carrier_free:
 * @carrier: (nullable): a carrier; its gossip has stopped
 */
void
inf_gossip_carrier_free (InfGossipCarrier *carrier)
{
  if (!carrier)
    return;
  inf_gossip_set_carrier (carrier->gossip, NULL, NULL);
  carrier->gossip = NULL;
  g_cancellable_cancel (carrier->cancellable);
  unref (carrier);
}
