#include "discovery/gossip/inf-roster.h"

#include "discovery/gossip/inf-gossip-kinds.h"

#include <string.h>

/* Peers stand in 256 leaves by the first byte of their hints, each leaf in ascending order, so that
 * finding and adding cost the same at ten peers and at ten thousand, and the leaves in turn are all
 * peers in order. A second set of lists, one for each state and in no order, makes "a random live
 * peer" and "all suspects" cost no more than their result.
 *
 * Every leaf keeps the exclusive or of a hash of what counts about each of its peers; that of all
 * leaves is the summary. A change costs two hashes, whatever the number of peers. */
#define N_STATES 8 /* more than there are */

typedef struct
{
  InfPeer **peers;
  guint n_peers;
  guint n_allocated;
  guint n_live;
  guint64 hash;
} Leaf;

struct _InfRoster
{
  Leaf leaves[INF_ROSTER_N_LEAVES];
  GPtrArray *by_state[N_STATES];
  guint n_peers;
  guint n_live;
  guint64 hash;
};

static const InfContact no_contact;

static void
peer_free (InfPeer *peer)
{
  inf_certificate_unref (peer->certificate);
  inf_record_unref (peer->record);
  g_free (peer->contact);
  g_slice_free (InfPeer, peer);
}

InfRoster *
inf_roster_new (void)
{
  InfRoster *roster = g_new0 (InfRoster, 1);

  for (guint i = 0; i < N_STATES; i++)
    roster->by_state[i] = g_ptr_array_new ();
  return roster;
}

void
inf_roster_free (InfRoster *roster)
{
  if (!roster)
    return;
  for (guint i = 0; i < INF_ROSTER_N_LEAVES; i++)
    {
      for (guint j = 0; j < roster->leaves[i].n_peers; j++)
        peer_free (roster->leaves[i].peers[j]);
      g_free (roster->leaves[i].peers);
    }
  for (guint i = 0; i < N_STATES; i++)
    g_ptr_array_unref (roster->by_state[i]);
  g_free (roster);
}

guint
inf_roster_get_size (const InfRoster *roster)
{
  return roster->n_peers;
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
  return roster->n_live;
}

guint
inf_roster_count_in_state (const InfRoster *roster, InfPeerState state)
{
  return roster->by_state[state]->len;
}

/**
 * inf_roster_get_in_state:
 * @roster: a roster
 * @state: a state
 * @index: below inf_roster_count_in_state()
 *
 * The order means nothing. Whoever changes states or removes peers on the way goes from the last
 * index to the first.
 *
 * Returns: (transfer none): one of the peers in @state
 */
InfPeer *
inf_roster_get_in_state (const InfRoster *roster, InfPeerState state, guint index)
{
  return g_ptr_array_index (roster->by_state[state], index);
}

static guint
leaf_of (guint64 hint)
{
  return (guint)(hint >> 56);
}

/* Where the first peer of @leaf stands whose hint is not less than @hint. */
static guint
find_in_leaf (const Leaf *leaf, guint64 hint)
{
  guint low = 0, high = leaf->n_peers;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (leaf->peers[middle]->hint < hint)
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
  const Leaf *leaf = &roster->leaves[leaf_of (hint)];
  guint index = find_in_leaf (leaf, hint);

  return index < leaf->n_peers && leaf->peers[index]->hint == hint ? leaf->peers[index] : NULL;
}

/**
 * inf_roster_iter_init:
 * @iter: (out caller-allocates): where to begin
 * @roster: a roster, which is not to gain or lose peers meanwhile
 * @first: the smallest hint of interest
 *
 * Begins to go through the peers by ascending hint.
 */
void
inf_roster_iter_init (InfRosterIter *iter, const InfRoster *roster, guint64 first)
{
  iter->roster = roster;
  iter->leaf = leaf_of (first);
  iter->index = find_in_leaf (&roster->leaves[iter->leaf], first);
}

/**
 * inf_roster_iter_next:
 * @iter: where it is
 *
 * Returns: (transfer none) (nullable): the next peer
 */
InfPeer *
inf_roster_iter_next (InfRosterIter *iter)
{
  for (; iter->leaf < INF_ROSTER_N_LEAVES; iter->leaf++, iter->index = 0)
    {
      const Leaf *leaf = &iter->roster->leaves[iter->leaf];
      if (iter->index < leaf->n_peers)
        return leaf->peers[iter->index++];
    }
  return NULL;
}

/**
 * inf_roster_rank_live:
 * @roster: a roster
 * @hint: the beginning of an id
 *
 * Returns: how many live peers have lesser hints: the place of @hint in the ring of the live
 */
guint
inf_roster_rank_live (const InfRoster *roster, guint64 hint)
{
  guint own = leaf_of (hint), rank = 0;
  const Leaf *leaf = &roster->leaves[own];

  for (guint i = 0; i < own; i++)
    rank += roster->leaves[i].n_live;
  for (guint i = 0; i < leaf->n_peers && leaf->peers[i]->hint < hint; i++)
    rank += inf_peer_is_live (leaf->peers[i]) ? 1 : 0;
  return rank;
}

/**
 * inf_roster_get_live:
 * @roster: a roster
 * @index: below inf_roster_count_live()
 *
 * Returns: (transfer none): the live peer at that place in the ring of the live, which is by
 *   ascending hint
 */
InfPeer *
inf_roster_get_live (const InfRoster *roster, guint index)
{
  const Leaf *leaf = roster->leaves;
  guint i = 0;

  for (; index >= leaf->n_live; leaf++)
    index -= leaf->n_live;
  for (; !inf_peer_is_live (leaf->peers[i]) || index > 0; i++)
    index -= inf_peer_is_live (leaf->peers[i]) ? 1 : 0;
  return leaf->peers[i];
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

/* What @peer adds to its leaf's hash. The dead and the departed don't count: nodes forget them at
 * different times. */
static guint64
hash_peer (const InfPeer *peer)
{
  guint64 version = (guint64)inf_record_get_incarnation (peer->record) << 32
                    | inf_record_get_sequence (peer->record);

  if (peer->state == INF_PEER_DEAD || peer->state == INF_PEER_LEFT)
    return 0;
  return mix (peer->hint ^ mix (version));
}

/* Counts @peer in, or out where it was counted in: the one undoes the other. */
static void
toggle_hash (InfRoster *roster, const InfPeer *peer)
{
  guint64 hash = hash_peer (peer);

  roster->leaves[leaf_of (peer->hint)].hash ^= hash;
  roster->hash ^= hash;
}

/**
 * inf_roster_get_summary:
 * @roster: a roster
 * @revocations_version: which list of revocations this node has
 *
 * Returns: a digest that two nodes share when they know the same of every peer that is neither dead
 *   nor departed
 */
guint64
inf_roster_get_summary (const InfRoster *roster, guint64 revocations_version)
{
  return mix (revocations_version + 1) ^ roster->hash;
}

/**
 * inf_roster_get_leaf_hash:
 * @roster: a roster
 * @leaf: below %INF_ROSTER_N_LEAVES; the first byte of the hints that it is about
 *
 * Returns: a digest of what inf_roster_get_summary() covers of these peers
 */
guint64
inf_roster_get_leaf_hash (const InfRoster *roster, guint leaf)
{
  return roster->leaves[leaf].hash;
}

static void
enter_state (InfRoster *roster, InfPeer *peer)
{
  guint n_live = inf_peer_is_live (peer) ? 1 : 0;

  roster->n_live += n_live;
  roster->leaves[leaf_of (peer->hint)].n_live += n_live;
  peer->index_in_state = roster->by_state[peer->state]->len;
  g_ptr_array_add (roster->by_state[peer->state], peer);
  toggle_hash (roster, peer);
}

static void
leave_state (InfRoster *roster, InfPeer *peer)
{
  GPtrArray *list = roster->by_state[peer->state];
  InfPeer *last = g_ptr_array_index (list, list->len - 1);
  guint n_live = inf_peer_is_live (peer) ? 1 : 0;

  toggle_hash (roster, peer);
  roster->n_live -= n_live;
  roster->leaves[leaf_of (peer->hint)].n_live -= n_live;
  last->index_in_state = peer->index_in_state;
  g_ptr_array_remove_index_fast (list, peer->index_in_state);
}

static void
insert_into_leaf (Leaf *leaf, InfPeer *peer)
{
  guint index = find_in_leaf (leaf, peer->hint);

  if (leaf->n_peers == leaf->n_allocated)
    {
      leaf->n_allocated += MAX (4, leaf->n_allocated / 4);
      leaf->peers = g_renew (InfPeer *, leaf->peers, leaf->n_allocated);
    }
  memmove (leaf->peers + index + 1, leaf->peers + index,
           (leaf->n_peers - index) * sizeof *leaf->peers);
  leaf->peers[index] = peer;
  leaf->n_peers++;
}

/**
 * inf_roster_add:
 * @roster: a roster
 * @certificate: (transfer none): verified
 * @record: (transfer none): verified, of the same subject, whom the roster does not have yet
 * @state: how it is
 *
 * Returns: (transfer none): the new peer
 */
InfPeer *
inf_roster_add (InfRoster *roster, InfCertificate *certificate, InfRecord *record,
                InfPeerState state)
{
  InfPeer *peer = g_slice_new0 (InfPeer);

  peer->hint = inf_peer_hint (inf_record_get_peer_id (record));
  peer->certificate = inf_certificate_ref (certificate);
  peer->record = inf_record_ref (record);
  peer->state = state;
  insert_into_leaf (&roster->leaves[leaf_of (peer->hint)], peer);
  roster->n_peers++;
  enter_state (roster, peer);
  return peer;
}

/**
 * inf_roster_remove:
 * @roster: a roster
 * @peer: (transfer full): a peer in it, which is freed
 */
void
inf_roster_remove (InfRoster *roster, InfPeer *peer)
{
  Leaf *leaf = &roster->leaves[leaf_of (peer->hint)];
  guint index = find_in_leaf (leaf, peer->hint);

  leave_state (roster, peer);
  leaf->n_peers--;
  memmove (leaf->peers + index, leaf->peers + index + 1,
           (leaf->n_peers - index) * sizeof *leaf->peers);
  roster->n_peers--;
  peer_free (peer);
}

/**
 * inf_roster_set_state:
 * @roster: a roster
 * @peer: a peer in it
 * @state: how it is from now on
 *
 * The only way to change #InfPeer.state.
 */
void
inf_roster_set_state (InfRoster *roster, InfPeer *peer, InfPeerState state)
{
  leave_state (roster, peer);
  peer->state = state;
  enter_state (roster, peer);
}

/**
 * inf_roster_set_record:
 * @roster: a roster
 * @peer: a peer in it
 * @record: (transfer none): verified, the peer's
 *
 * The only way to change #InfPeer.record.
 */
void
inf_roster_set_record (InfRoster *roster, InfPeer *peer, InfRecord *record)
{
  toggle_hash (roster, peer);
  inf_record_ref (record);
  inf_record_unref (peer->record);
  peer->record = record;
  toggle_hash (roster, peer);
}

/**
 * inf_peer_get_contact:
 * @peer: a peer
 *
 * Returns: (transfer none): what this node's own traffic with it has shown; all zero where there
 *   was none
 */
const InfContact *
inf_peer_get_contact (const InfPeer *peer)
{
  return peer->contact ? peer->contact : &no_contact;
}

/**
 * inf_peer_ensure_contact:
 * @peer: a peer
 *
 * Returns: (transfer none): the same, to write to
 */
InfContact *
inf_peer_ensure_contact (InfPeer *peer)
{
  if (!peer->contact)
    peer->contact = g_new0 (InfContact, 1);
  return peer->contact;
}

gboolean
inf_peer_is_live (const InfPeer *peer)
{
  return peer->state == INF_PEER_ALIVE || peer->state == INF_PEER_SUSPECT;
}

static void
append_address (GPtrArray *texts, const InfAddress *address)
{
  g_autofree char *text = inf_address_is_link (address) ? NULL : inf_address_to_text (address);

  if (text && !g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
    g_ptr_array_add (texts, g_steal_pointer (&text));
}

static char **
list_addresses (const InfPeer *peer)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  InfAddress addresses[INF_RECORD_MAX_TARGETS];
  guint n_addresses = inf_record_get_targets (peer->record, addresses);
  GPtrArray *texts = g_ptr_array_new ();

  if (contact->has_address && contact->is_confirmed)
    append_address (texts, &contact->address);
  for (guint i = 0; i < n_addresses; i++)
    append_address (texts, &addresses[i]);
  if (contact->has_address)
    append_address (texts, &contact->address);
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
  const InfContact *contact = inf_peer_get_contact (peer);
  InfRecordNeighbour neighbours[INF_RECORD_MAX_NEIGHBOURS];
  guint n_neighbours = inf_record_get_neighbours (peer->record, neighbours);

  inf_record_fill_info (peer->record, info);
  info->certificate = inf_certificate_ref (peer->certificate);
  g_free (info->name);
  info->name = g_strdup (inf_certificate_get_name (peer->certificate));
  g_strfreev (info->addresses);
  info->addresses = list_addresses (peer);
  info->is_self = peer->is_self;
  info->state = peer->state;
  info->rtt_us = contact->rtt.smoothed_us;
  info->loss_permille = contact->n_pings > 0 ? contact->loss_permille : INF_LOSS_UNKNOWN;
  info->last_heard_us = contact->last_heard_us;
  for (guint i = 0; i < n_neighbours; i++)
    {
      const InfPeer *neighbour = inf_roster_find (roster, neighbours[i].hint);
      if (!neighbour)
        continue;
      InfNeighbour entry = { .id = *inf_record_get_peer_id (neighbour->record),
                             .rtt_us = neighbours[i].rtt_us,
                             .loss_permille = neighbours[i].loss_permille };
      g_array_append_val (info->neighbours, entry);
    }
  return info;
}
