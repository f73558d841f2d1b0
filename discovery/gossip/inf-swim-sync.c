#include "discovery/gossip/inf-swim-private.h"

/* Anti-entropy: what rumours missed. Every probe carries a summary of eight bytes, and while all
 * agree that is all it costs. Where two differ, one sends a digest: the versions that it knows in a
 * range of ids, as many as fit one datagram. The other introduces whom the digest lacks or has an
 * older record of, and asks for what it lacks itself. */
#define SETTLE_US (INF_SWIM_SECOND_US / 2)
#define UNSETTLED_GAP_US (3 * INF_SWIM_SECOND_US)
#define GAP_US INF_SWIM_SECOND_US
#define MAX_INTRODUCTIONS 12

/* Right after a change summaries differ anyway, and rumours bring most of it. */
void
inf_swim_compare_summary (InfSwim *swim, InfPeer *sender, guint64 summary, gint64 now_us)
{
  gboolean has_settled = now_us - swim->changed_us >= SETTLE_US;
  gint64 gap_us = has_settled ? GAP_US : UNSETTLED_GAP_US;

  if (summary != inf_swim_get_summary (swim) && now_us - swim->synced_us >= gap_us)
    inf_swim_send_digest (swim, sender, now_us);
}

/* The entries from the peer after the last digest's on; @digest's range begins with them and ends
 * before the first that does not fit. */
static void
fill_digest (InfSwim *swim, InfDigest *digest)
{
  InfRosterIter iter;
  const InfPeer *peer;

  if (inf_roster_get_size (swim->roster) <= INF_DIGEST_MAX_ENTRIES)
    swim->next_digest_hint = 0;
  digest->first = swim->next_digest_hint;
  inf_roster_iter_init (&iter, swim->roster, digest->first);
  while ((peer = inf_roster_iter_next (&iter)) && digest->entries->len < INF_DIGEST_MAX_ENTRIES)
    {
      const InfDigestEntry entry = {
        .hint = peer->hint,
        .incarnation = inf_record_get_incarnation (peer->record),
        .sequence = inf_record_get_sequence (peer->record),
        .state = peer->state,
      };
      g_array_append_val (digest->entries, entry);
    }
  digest->last = peer ? peer->hint - 1 : G_MAXUINT64;
  swim->next_digest_hint = peer ? peer->hint : 0;
}

void
inf_swim_send_digest (InfSwim *swim, InfPeer *recipient, gint64 now_us)
{
  g_auto (InfDigest) digest = {
    .revocations_version = inf_membership_get_revocations_version (swim->membership),
    .entries = g_array_new (FALSE, FALSE, sizeof (InfDigestEntry)),
  };

  swim->synced_us = now_us;
  fill_digest (swim, &digest);
  g_autoptr (GBytes) payload = inf_digest_encode (&digest);
  inf_swim_send (swim, recipient, payload);
}

/* A list that is longer than a datagram stays with those who have it; see docs/gossip.md. */
void
inf_swim_send_revocations (InfSwim *swim, InfPeer *recipient)
{
  InfRevocations *revocations = inf_membership_get_revocations (swim->membership);

  if (!revocations)
    return;
  g_autoptr (GBytes) payload
      = inf_revocations_news_encode (inf_revocations_get_bytes (revocations));
  if (g_bytes_get_size (payload) <= INF_PAYLOAD_MAX_SIZE_BYTES)
    inf_swim_send (swim, recipient, payload);
}

void
inf_swim_send_want (InfSwim *swim, const InfPeer *recipient, guint64 hint)
{
  g_autoptr (GBytes) payload = inf_want_encode (&hint, 1);

  inf_swim_send (swim, recipient, payload);
}

static void
introduce (InfSwim *swim, const InfPeer *recipient, const InfPeer *peer)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  const InfIntroduction introduction = {
    .state = peer->state,
    .certificate = inf_certificate_get_bytes (peer->certificate),
    .record = inf_record_get_bytes (peer->record),
    .has_address = contact->has_address && contact->is_confirmed,
    .address = contact->address,
  };
  g_autoptr (GBytes) payload = inf_introduction_encode (&introduction);

  inf_swim_send (swim, recipient, payload);
}

/* -1 where @entry is older than what is known of @peer, 1 where it is newer. */
static int
compare_versions (const InfDigestEntry *entry, const InfPeer *peer)
{
  guint32 incarnation = inf_record_get_incarnation (peer->record);
  guint32 sequence = inf_record_get_sequence (peer->record);

  if (entry->incarnation != incarnation)
    return entry->incarnation < incarnation ? -1 : 1;
  return (entry->sequence > sequence) - (entry->sequence < sequence);
}

static const InfDigestEntry *
find_entry (const InfDigest *digest, guint64 hint)
{
  for (guint i = 0; i < digest->entries->len; i++)
    {
      const InfDigestEntry *entry = &g_array_index (digest->entries, InfDigestEntry, i);
      if (entry->hint == hint)
        return entry;
    }
  return NULL;
}

/* Introduces those that the digest lacks or has an older record of; perhaps the sender itself,
 * which has lost its state and must go beyond what it signed before. */
static void
give (InfSwim *swim, InfPeer *sender, const InfDigest *digest)
{
  guint n_given = 0;
  InfRosterIter iter;
  const InfPeer *peer;

  inf_roster_iter_init (&iter, swim->roster, digest->first);
  while (n_given < MAX_INTRODUCTIONS && (peer = inf_roster_iter_next (&iter))
         && peer->hint <= digest->last)
    {
      const InfDigestEntry *entry = find_entry (digest, peer->hint);
      gboolean is_missing = !entry && inf_peer_is_live (peer);
      if ((!is_missing && !entry) || (entry && compare_versions (entry, peer) >= 0))
        continue;
      introduce (swim, sender, peer);
      n_given++;
    }
}

/* Asks for those that the digest has a newer record of, or that are unknown here. */
static void
take (InfSwim *swim, const InfPeer *sender, const InfDigest *digest)
{
  guint64 hints[INF_WANT_MAX_HINTS];
  guint n_hints = 0;

  for (guint i = 0; i < digest->entries->len && n_hints < INF_WANT_MAX_HINTS; i++)
    {
      const InfDigestEntry *entry = &g_array_index (digest->entries, InfDigestEntry, i);
      const InfPeer *peer = inf_roster_find (swim->roster, entry->hint);
      gboolean is_of_use = peer || entry->state == INF_PEER_ALIVE;
      if (is_of_use && (!peer || compare_versions (entry, peer) > 0))
        hints[n_hints++] = entry->hint;
    }
  if (n_hints == 0)
    return;
  g_autoptr (GBytes) payload = inf_want_encode (hints, n_hints);
  inf_swim_send (swim, sender, payload);
}

/* Where both know one version of a peer and only one takes it for dead, the other is shown what
 * there is against it, or its answer. */
static void
settle_states (InfSwim *swim, InfPeer *sender, const InfDigest *digest, gint64 now_us)
{
  for (guint i = 0; i < digest->entries->len; i++)
    {
      const InfDigestEntry *entry = &g_array_index (digest->entries, InfDigestEntry, i);
      const InfPeer *peer = inf_roster_find (swim->roster, entry->hint);
      if (!peer || (!peer->is_self && compare_versions (entry, peer) != 0))
        continue;
      if (peer->is_self && entry->state == INF_PEER_DEAD)
        inf_swim_deny_death (swim, sender, entry->incarnation, now_us);
      else if ((entry->state == INF_PEER_DEAD && inf_peer_is_live (peer))
               || (entry->state == INF_PEER_ALIVE && peer->state == INF_PEER_DEAD))
        inf_swim_show_evidence (swim, sender, peer);
    }
}

void
inf_swim_receive_digest (InfSwim *swim, InfPeer *sender, const InfDigest *digest, gint64 now_us)
{
  guint64 version = inf_membership_get_revocations_version (swim->membership);

  give (swim, sender, digest);
  take (swim, sender, digest);
  settle_states (swim, sender, digest, now_us);
  if (digest->revocations_version < version)
    inf_swim_send_revocations (swim, sender);
  else if (digest->revocations_version > version && now_us - swim->synced_us >= GAP_US)
    inf_swim_send_digest (swim, sender, now_us);
}

/* Somebody has a record of this version. */
void
inf_swim_heard_of (InfSwim *swim, const InfPeer *sender, guint64 hint, guint32 incarnation,
                   guint32 sequence)
{
  const InfPeer *peer = inf_roster_find (swim->roster, hint);
  const InfDigestEntry entry = { .hint = hint, .incarnation = incarnation, .sequence = sequence };

  if (!peer || compare_versions (&entry, peer) > 0)
    inf_swim_send_want (swim, sender, hint);
}

void
inf_swim_receive_want (InfSwim *swim, InfPeer *sender, GArray *hints)
{
  for (guint i = 0; i < MIN (hints->len, MAX_INTRODUCTIONS); i++)
    {
      const InfPeer *peer = inf_roster_find (swim->roster, g_array_index (hints, guint64, i));
      if (peer)
        introduce (swim, sender, peer);
    }
}

void
inf_swim_receive_introduction (InfSwim *swim, const InfIntroduction *introduction, gint64 now_us)
{
  gboolean is_new = FALSE;
  InfPeer *peer
      = inf_swim_admit (swim, introduction->certificate, introduction->record, now_us, &is_new);

  if (!peer || !is_new)
    return;
  if (introduction->has_address && !inf_peer_get_contact (peer)->has_address)
    {
      InfContact *contact = inf_peer_ensure_contact (peer);
      contact->address = introduction->address;
      contact->has_address = TRUE;
    }
  /* It knows this node no more than this node knew it. */
  if (peer->state == INF_PEER_ALIVE)
    inf_swim_greet (swim, peer);
}

void
inf_swim_receive_revocations (InfSwim *swim, GBytes *revocations, gint64 now_us)
{
  gboolean changed = FALSE;

  if (!inf_membership_update_revocations (swim->membership, revocations, &changed, NULL)
      || !changed)
    return;
  inf_swim_emit (swim, INF_SWIM_REVOCATIONS, NULL);
  inf_swim_drop_former_members (swim, now_us);
  swim->changed_us = now_us;
}

/**
 * inf_swim_revocations_changed:
 * @swim: a core
 * @now_us: the time
 *
 * Call it after the membership's revocations were changed from outside: peers that were removed are
 * dropped, the others hear of it.
 */
void
inf_swim_revocations_changed (InfSwim *swim, gint64 now_us)
{
  InfPeer *peers[16];

  inf_swim_drop_former_members (swim, now_us);
  swim->changed_us = now_us;
  guint n_peers = inf_swim_choose_live (swim, 0, G_N_ELEMENTS (peers), peers);
  for (guint i = 0; i < n_peers; i++)
    inf_swim_send_revocations (swim, peers[i]);
}
