#include "daemon/inf-bus-views.h"

#include "daemon/inf-bus-subscribers.h"
#include "daemon/inf-peer-news.h"
#include "inf-dbus.h"

#define INTERFACE "org.infinitygrid.Node1"

/* What the signals about peers need; belongs to the skeleton. */
typedef struct
{
  InfNode *node;
  InfBusSubscribers *subscribers;
  InfPeerNews *news;
  guint source;
} Peers;

static GVariant *
describe_neighbours (const InfPeerInfo *info)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sxi)"));
  for (guint i = 0; i < info->neighbours->len; i++)
    {
      const InfNeighbour *neighbour = &g_array_index (info->neighbours, InfNeighbour, i);
      g_autofree char *id = inf_peer_id_to_text (&neighbour->id);
      int loss = neighbour->loss_permille == INF_LOSS_UNKNOWN ? -1 : neighbour->loss_permille;
      g_variant_builder_add (&builder, "(sxi)", id, (gint64)neighbour->rtt_us, loss);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_coordinate (const InfCoordinate *coordinate)
{
  const double values[]
      = { coordinate->x_us, coordinate->y_us, coordinate->height_us, coordinate->error };

  return g_variant_new_fixed_array (
      G_VARIANT_TYPE_DOUBLE, values,
      inf_coordinate_is_known (coordinate) ? G_N_ELEMENTS (values) : 0, sizeof *values);
}

static gint64
heard_ms (const InfPeerInfo *info)
{
  if (info->is_self)
    return 0;
  return info->last_heard_us ? (g_get_monotonic_time () - info->last_heard_us) / 1000 : -1;
}

static const char *
state_of (const InfPeerInfo *info)
{
  if (info->is_self)
    return "self";
  if (info->state == INF_PEER_ALIVE && info->is_reclaimed)
    return "reclaimed";
  return inf_peer_state_to_text (info->state);
}

static void
describe_contact (const InfPeerInfo *info, GVariantDict *dict)
{
  const char *address = info->addresses && info->addresses[0] ? info->addresses[0] : "";

  g_variant_dict_insert (dict, "state", "s", state_of (info));
  g_variant_dict_insert (dict, "address", "s", address);
  g_variant_dict_insert (dict, "observed-address", "s", info->observed_address);
  g_variant_dict_insert (dict, "away-until-unix", "x", info->away_until_unix_us);
  g_variant_dict_insert (dict, "expires-unix", "x", info->expires_unix_us);
  g_variant_dict_insert (dict, "rtt-us", "x", info->rtt_us ? (gint64)info->rtt_us : -1);
  g_variant_dict_insert (dict, "loss-permille", "i",
                         info->loss_permille == INF_LOSS_UNKNOWN ? -1 : info->loss_permille);
  g_variant_dict_insert (dict, "heard-ms", "x", heard_ms (info));
  g_variant_dict_insert_value (dict, "coordinate", describe_coordinate (&info->coordinate));
  g_variant_dict_insert_value (dict, "neighbours", describe_neighbours (info));
}

/**
 * inf_bus_describe_peer:
 * @info: a peer
 *
 * Returns: (transfer floating): the a{sv} that the contract documents
 */
GVariant *
inf_bus_describe_peer (const InfPeerInfo *info)
{
  g_autofree char *id = inf_peer_id_to_text (&info->id);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "name", "s", info->name);
  g_variant_dict_insert (&dict, "cores", "u", info->cores);
  g_variant_dict_insert (&dict, "memory-bytes", "t", info->memory_bytes);
  g_variant_dict_insert (&dict, "slots-total", "u", info->slots_total);
  g_variant_dict_insert (&dict, "slots-free", "u", info->slots_free);
  g_variant_dict_insert (&dict, "load-milli", "u", info->load_milli);
  g_variant_dict_insert (&dict, "price", "t", info->price_ucredits);
  g_variant_dict_insert (&dict, "hosting", "b", info->hosting);
  g_variant_dict_insert (&dict, "open-mpi", "s", info->open_mpi_version);
  g_variant_dict_insert (&dict, "arch", "s", info->arch);
  g_variant_dict_insert (&dict, "os", "s", info->os);
  g_variant_dict_insert (&dict, "offers", "^as", info->offers);
  describe_contact (info, &dict);
  return g_variant_dict_end (&dict);
}

static GVariant *
describe (const InfPeerId *id, gpointer user_data)
{
  Peers *peers = user_data;
  InfGossip *gossip = inf_node_get_gossip (peers->node);
  g_autoptr (InfPeerInfo) info = gossip ? inf_gossip_lookup (gossip, id) : NULL;

  return info ? inf_bus_describe_peer (info) : NULL;
}

static void
tell (InfPeerNewsType type, const InfPeerId *id, GVariant *fields, gpointer user_data)
{
  static const char *const signals[] = {
    [INF_PEER_NEWS_JOINED] = "PeerJoined",
    [INF_PEER_NEWS_CHANGED] = "PeerChanged",
    [INF_PEER_NEWS_GONE] = "PeerGone",
  };
  Peers *peers = user_data;
  g_autofree char *text = inf_peer_id_to_text (id);

  inf_bus_subscribers_emit (peers->subscribers, INTERFACE, signals[type],
                            g_variant_new ("(s@a{sv})", text, fields));
}

static void schedule (Peers *peers);

static gboolean
on_deadline (gpointer user_data)
{
  Peers *peers = user_data;

  peers->source = 0;
  inf_peer_news_tick (peers->news, g_get_monotonic_time ());
  schedule (peers);
  return G_SOURCE_REMOVE;
}

static void
schedule (Peers *peers)
{
  gint64 deadline_us = inf_peer_news_get_deadline_us (peers->news);
  gint64 wait_us = MAX (deadline_us - g_get_monotonic_time (), 0);

  if (peers->source == 0 && deadline_us != G_MAXINT64)
    peers->source = g_timeout_add ((guint)(wait_us / 1000) + 1, on_deadline, peers);
}

static void
on_peer_changed (InfNode *node, const InfPeerId *id, gpointer user_data)
{
  Peers *peers = g_object_get_data (user_data, "peers");

  inf_peer_news_changed (peers->news, id, g_get_monotonic_time ());
  schedule (peers);
}

static void
on_peer_gone (InfNode *node, const InfPeerId *id, gpointer user_data)
{
  Peers *peers = g_object_get_data (user_data, "peers");

  inf_peer_news_gone (peers->news, id, g_get_monotonic_time ());
}

/* Left, or out of contact for now: whoever is met again has joined. */
static void
on_state_changed (InfNode *node, gpointer user_data)
{
  Peers *peers = g_object_get_data (user_data, "peers");

  if (!inf_node_get_gossip (node))
    inf_peer_news_forget_all (peers->news);
}

static gboolean
handle_subscribe (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, Peers *peers)
{
  inf_bus_subscribers_add (peers->subscribers,
                           g_dbus_method_invocation_get_connection (invocation));
  inf_dbus_node1_complete_subscribe_peers (skeleton, invocation);
  return TRUE;
}

static gboolean
handle_unsubscribe (InfDBusNode1 *skeleton, GDBusMethodInvocation *invocation, Peers *peers)
{
  inf_bus_subscribers_remove (peers->subscribers,
                              g_dbus_method_invocation_get_connection (invocation));
  inf_dbus_node1_complete_unsubscribe_peers (skeleton, invocation);
  return TRUE;
}

static void
peers_free (gpointer data)
{
  Peers *peers = data;

  g_clear_handle_id (&peers->source, g_source_remove);
  inf_peer_news_free (peers->news);
  inf_bus_subscribers_free (peers->subscribers);
  g_free (peers);
}

/**
 * inf_bus_peers_watch:
 * @node: the node
 * @skeleton: (type InfDBusNode1): tells those who subscribed what changes about the peers, from
 *   now on
 */
void
inf_bus_peers_watch (InfNode *node, GDBusInterfaceSkeleton *skeleton)
{
  Peers *peers = g_new0 (Peers, 1);

  peers->node = node;
  peers->subscribers = inf_bus_subscribers_new (NULL, NULL);
  peers->news = inf_peer_news_new (describe, tell, peers);
  g_object_set_data_full (G_OBJECT (skeleton), "peers", peers, peers_free);
  g_signal_connect (skeleton, "handle-subscribe-peers", G_CALLBACK (handle_subscribe), peers);
  g_signal_connect (skeleton, "handle-unsubscribe-peers", G_CALLBACK (handle_unsubscribe), peers);
  g_signal_connect_object (node, "peer-changed", G_CALLBACK (on_peer_changed), skeleton, 0);
  g_signal_connect_object (node, "peer-gone", G_CALLBACK (on_peer_gone), skeleton, 0);
  g_signal_connect_object (node, "grid-changed", G_CALLBACK (on_state_changed), skeleton, 0);
  g_signal_connect_object (node, "state-changed", G_CALLBACK (on_state_changed), skeleton, 0);
}
