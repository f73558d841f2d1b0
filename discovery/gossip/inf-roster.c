#include "discovery/gossip/inf-roster.h"

#include "discovery/gossip/inf-gossip-kinds.h"

struct _InfRoster
{
  GPtrArray *peers; /* by ascending hint */
};

static void
peer_free (gpointer data)
{
  InfPeer *peer = data;

  inf_certificate_unref (peer->certificate);
  inf_record_unref (peer->record);
  g_free (peer);
}

InfRoster *
inf_roster_new (void)
{
  InfRoster *roster = g_new0 (InfRoster, 1);

  roster->peers = g_ptr_array_new_with_free_func (peer_free);
  return roster;
}

void
inf_roster_free (InfRoster *roster)
{
  if (!roster)
    return;
  g_ptr_array_unref (roster->peers);
  g_free (roster);
}

guint
inf_roster_get_size (const InfRoster *roster)
{
  return roster->peers->len;
}

/**
 * inf_roster_count_live:
 * @roster: a roster
 *
 * Returns: how many are alive or suspect, this node among them
 */
guint
inf_roster_count_live (const InfRoster *roster)
{
  guint n_live = 0;

  for (guint i = 0; i < roster->peers->len; i++)
    n_live += inf_peer_is_live (g_ptr_array_index (roster->peers, i)) ? 1 : 0;
  return n_live;
}

InfPeer *
inf_roster_get (const InfRoster *roster, guint index)
{
  return g_ptr_array_index (roster->peers, index);
}

/**
 * inf_roster_find_index:
 * @roster: a roster
 * @hint: the beginning of an id
 *
 * Returns: where the first peer stands whose hint is not less than @hint
 */
guint
inf_roster_find_index (const InfRoster *roster, guint64 hint)
{
  guint low = 0, high = roster->peers->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const InfPeer *peer = g_ptr_array_index (roster->peers, middle);
      if (peer->hint < hint)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/**
 * inf_roster_find:
 * @roster: a roster
 * @hint: the beginning of an id
 *
 * Returns: (transfer none) (nullable): the peer
 */
InfPeer *
inf_roster_find (const InfRoster *roster, guint64 hint)
{
  guint index = inf_roster_find_index (roster, hint);

  if (index == roster->peers->len)
    return NULL;
  InfPeer *peer = g_ptr_array_index (roster->peers, index);
  return peer->hint == hint ? peer : NULL;
}

/* The finalizer of MurmurHash3 (Appleby, 2011): spreads every bit of @value over all of them. */
static guint64
mix (guint64 value)
{
  value ^= value >> 33;
  value *= G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  value ^= value >> 33;
  value *= G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  value ^= value >> 33;
  return value;
}

/**
 * inf_roster_get_summary:
 * @roster: a roster
 * @revocations_version: which list of revocations this node has
 *
 * The dead and the departed don't count: nodes forget them at different times.
 *
 * Returns: a digest that two nodes share when they know the same of every live peer
 */
guint64
inf_roster_get_summary (const InfRoster *roster, guint64 revocations_version)
{
  guint64 summary = mix (revocations_version + 1);

  for (guint i = 0; i < roster->peers->len; i++)
    {
      const InfPeer *peer = g_ptr_array_index (roster->peers, i);
      guint64 version = (guint64)inf_record_get_incarnation (peer->record) << 32
                        | inf_record_get_sequence (peer->record);
      if (inf_peer_is_live (peer))
        summary ^= mix (peer->hint ^ mix (version));
    }
  return summary;
}

/**
 * inf_roster_add:
 * @roster: a roster
 * @certificate: (transfer none): verified
 * @record: (transfer none): verified, of the same subject, whom the roster does not have yet
 *
 * Returns: (transfer none): the new peer
 */
InfPeer *
inf_roster_add (InfRoster *roster, InfCertificate *certificate, InfRecord *record)
{
  InfPeer *peer = g_new0 (InfPeer, 1);

  peer->hint = inf_peer_hint (inf_record_get_peer_id (record));
  peer->certificate = inf_certificate_ref (certificate);
  peer->record = inf_record_ref (record);
  g_ptr_array_insert (roster->peers, (int)inf_roster_find_index (roster, peer->hint), peer);
  return peer;
}

void
inf_roster_remove (InfRoster *roster, guint64 hint)
{
  guint index = inf_roster_find_index (roster, hint);

  if (index < roster->peers->len
      && ((InfPeer *)g_ptr_array_index (roster->peers, index))->hint == hint)
    g_ptr_array_remove_index (roster->peers, index);
}

gboolean
inf_peer_is_live (const InfPeer *peer)
{
  return peer->state == INF_PEER_ALIVE || peer->state == INF_PEER_SUSPECT;
}

static void
append_address (GPtrArray *texts, const InfAddress *address)
{
  g_autofree char *text = inf_address_to_text (address);

  if (!g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
    g_ptr_array_add (texts, g_steal_pointer (&text));
}

static char **
list_addresses (const InfPeer *peer)
{
  InfAddress addresses[INF_RECORD_MAX_ADDRESSES];
  guint n_addresses = inf_record_get_addresses (peer->record, addresses);
  GPtrArray *texts = g_ptr_array_new ();

  if (peer->has_address && peer->is_confirmed)
    append_address (texts, &peer->address);
  for (guint i = 0; i < n_addresses; i++)
    append_address (texts, &addresses[i]);
  if (peer->has_address)
    append_address (texts, &peer->address);
  g_ptr_array_add (texts, NULL);
  return (char **)g_ptr_array_free (texts, FALSE);
}

/**
 * inf_peer_to_info:
 * @peer: a peer
 * @roster: the roster it is in, for its neighbours' ids
 *
 * Returns: (transfer full): all that is known of it
 */
InfPeerInfo *
inf_peer_to_info (const InfPeer *peer, const InfRoster *roster)
{
  InfPeerInfo *info = inf_peer_info_new ();
  guint64 hints[INF_RECORD_MAX_NEIGHBOURS];
  guint rtts_us[INF_RECORD_MAX_NEIGHBOURS];
  guint n_neighbours = inf_record_get_neighbour_hints (peer->record, hints, rtts_us);

  inf_record_fill_info (peer->record, info);
  info->certificate = inf_certificate_ref (peer->certificate);
  g_free (info->name);
  info->name = g_strdup (inf_certificate_get_name (peer->certificate));
  g_strfreev (info->addresses);
  info->addresses = list_addresses (peer);
  info->is_self = peer->is_self;
  info->state = peer->state;
  info->rtt_us = peer->rtt_us;
  info->last_heard_us = peer->last_heard_us;
  for (guint i = 0; i < n_neighbours; i++)
    {
      const InfPeer *neighbour = inf_roster_find (roster, hints[i]);
      if (!neighbour)
        continue;
      InfNeighbour entry
          = { .id = *inf_record_get_peer_id (neighbour->record), .rtt_us = rtts_us[i] };
      g_array_append_val (info->neighbours, entry);
    }
  return info;
}
