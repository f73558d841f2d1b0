#include "discovery/gossip/inf-swim-private.h"

/* Anti-entropy: what rumours missed. Every probe carries a summary of eight bytes, and while all
 * agree that is all it costs. Where two differ for longer than news needs:
 *
 *   A ── buckets ──→ B    hashes of what A knows, by the first bits of the peers' hints
 *   A ←─ digest ──── B    the versions that B knows in some of the buckets that differ
 *   A ── want ─────→ B    what is newer in it, or unknown to A
 *   A ←─ introduction ─ B
 *
 * and A gives B what the digest lacks: at once where that is little, else by a digest of its own
 * that covers nothing and only offers. Nothing is sent that was not asked for, beyond a few
 * introductions, so whoever joins takes a large grid at its own pace. B answers with buckets
 * instead where it would divide the peers more finely.
 *
 * Whatever differs beyond one datagram waits for the next exchange; these follow each other at once
 * while they bring much, else not more than one a second. */
#define SETTLE_US (INF_SWIM_SECOND_US * 2 / 5)
#define GAP_US INF_SWIM_SECOND_US
#define UNSETTLED_GAP_US (2 * INF_SWIM_SECOND_US)
#define BULK_GAP_US (INF_SWIM_SECOND_US / 50)

/* An exchange that shows so many differences is followed by another as soon as nearly all of it
 * came. */
#define MUCH 10
#define NEARLY_NONE 8
#define BULK_MAX_TRIES 4
#define BULK_RETRY_US (INF_SWIM_SECOND_US / 4)

/* So few are introduced without being asked for. */
#define FEW 3
#define MAX_OFFERS 512

#define HINTS_PER_WANT 32

static guint
choose_n_bits (const InfSwim *swim)
{
  /* Buckets and a digest of one of them are about as long then. */
  guint n_bits = (g_bit_storage (inf_roster_get_size (swim->roster)) + 2) / 2;

  return MIN (n_bits, INF_BUCKETS_MAX_BITS);
}

static guint32
hash_bucket (const InfSwim *swim, guint n_bits, guint bucket)
{
  guint n_leaves = INF_ROSTER_N_LEAVES >> n_bits;
  guint64 hash = 0;

  for (guint i = bucket * n_leaves; i < (bucket + 1) * n_leaves; i++)
    hash ^= inf_roster_get_leaf_hash (swim->roster, i)
            ^ inf_notices_get_leaf_hash (swim->notices, i);
  return (guint32)(hash ^ hash >> 32);
}

static void
send_buckets (InfSwim *swim, const InfPeer *recipient, gint64 now_us)
{
  InfBuckets buckets = {
    .revocations_version = inf_membership_get_revocations_version (swim->membership),
    .n_bits = choose_n_bits (swim),
  };

  for (guint i = 0; i < 1u << buckets.n_bits; i++)
    buckets.hashes[i] = hash_bucket (swim, buckets.n_bits, i);
  g_autoptr (GBytes) payload = inf_buckets_encode (&buckets);
  inf_swim_send (swim, recipient, payload);
  swim->synced_us = now_us;
}

/* Begins an exchange with @peer, who is new, if the last one is not too near. Who has just come
 * knows nobody else to learn from: what is lost is made up for at once. */
void
inf_swim_sync_with (InfSwim *swim, const InfPeer *peer, gint64 now_us)
{
  if (now_us - swim->synced_us < INF_SWIM_SECOND_US / 5)
    return;
  send_buckets (swim, peer, now_us);
  if (swim->bulk_partner != 0)
    return;
  swim->bulk_partner = peer->hint;
  swim->bulk_us = now_us + BULK_RETRY_US;
  swim->n_bulk_tries = 0;
}

/* Right after a change summaries differ anyway, and rumours bring most of it: what counts is
 * whether they still do after a while. */
void
inf_swim_compare_summary (InfSwim *swim, const InfPeer *sender, guint64 summary, gint64 now_us)
{
  if (summary == inf_swim_get_summary (swim) || swim->sync_us != G_MAXINT64)
    return;
  swim->sync_partner = sender->hint;
  swim->sync_summary = summary;
  swim->sync_noted_us = now_us;
  swim->sync_us = MAX (now_us + inf_swim_jitter (swim, SETTLE_US), swim->synced_us + GAP_US);
}

static void
sync_if_still_needed (InfSwim *swim, gint64 now_us)
{
  const InfPeer *partner = inf_roster_find (swim->roster, swim->sync_partner);
  gboolean has_settled
      = swim->changed_us <= swim->sync_noted_us || now_us - swim->synced_us >= UNSETTLED_GAP_US;

  swim->sync_us = G_MAXINT64;
  if (partner && has_settled && swim->sync_summary != inf_swim_get_summary (swim))
    send_buckets (swim, partner, now_us);
}

static void
append_peer (GArray *entries, const InfPeer *peer)
{
  const InfDigestEntry entry = {
    .hint = peer->hint,
    .incarnation = inf_record_get_incarnation (peer->record),
    .sequence = inf_record_get_sequence (peer->record),
    .state = peer->state,
  };

  g_array_append_val (entries, entry);
}

static void
append_notice (GArray *entries, const InfNotice *notice)
{
  const InfNoticeVersion entry = {
    .key = inf_notice_get_key (notice),
    .version = inf_notice_get_version (notice),
  };

  g_array_append_val (entries, entry);
}

/* Adds @bucket to @digest, or as much of it as fits; then it is not covered. Returns whether all
 * fitted. */
static gboolean
append_bucket (InfSwim *swim, InfDigest *digest, guint bucket)
{
  guint n_leaves = INF_ROSTER_N_LEAVES >> digest->n_bits;
  guint64 first = digest->n_bits == 0 ? 0 : (guint64)bucket << (64 - digest->n_bits);
  guint64 last = first + (G_MAXUINT64 >> digest->n_bits);
  InfRosterIter iter;
  const InfPeer *peer;

  inf_roster_iter_init (&iter, swim->roster, first);
  while ((peer = inf_roster_iter_next (&iter)) && peer->hint <= last)
    {
      if (inf_digest_count_bytes (digest) + INF_DIGEST_ENTRY_SIZE_BYTES >= INF_DIGEST_ROOM_BYTES)
        return FALSE;
      append_peer (digest->entries, peer);
    }
  for (guint leaf = bucket * n_leaves; leaf < (bucket + 1) * n_leaves; leaf++)
    for (guint i = 0; i < inf_notices_count_in_leaf (swim->notices, leaf); i++)
      {
        if (inf_digest_count_bytes (digest) + INF_DIGEST_NOTICE_SIZE_BYTES >= INF_DIGEST_ROOM_BYTES)
          return FALSE;
        append_notice (digest->notices, inf_notices_get_in_leaf (swim->notices, leaf, i));
      }
  digest->covered[digest->n_covered++] = (guint8)bucket;
  return TRUE;
}

static void
send_digest (InfSwim *swim, const InfPeer *recipient, const InfDigest *digest)
{
  g_autoptr (GBytes) payload = inf_digest_encode (digest);

  inf_swim_send (swim, recipient, payload);
}

/* From a random place on, so that what doesn't fit today is told another time. */
static void
answer_with_digest (InfSwim *swim, const InfPeer *sender, const InfBuckets *buckets)
{
  g_auto (InfDigest) digest = { 0 };
  guint n_buckets = 1u << buckets->n_bits;
  guint begin = (guint)(inf_swim_random (swim) % n_buckets);

  inf_digest_init (&digest, buckets->n_bits);
  for (guint i = begin; i < n_buckets; i++)
    if (buckets->hashes[i] != hash_bucket (swim, buckets->n_bits, i)
        && !append_bucket (swim, &digest, i))
      break;
  if (digest.n_covered == 0 && digest.entries->len == 0)
    for (guint i = 0; i < begin; i++)
      if (buckets->hashes[i] != hash_bucket (swim, buckets->n_bits, i)
          && !append_bucket (swim, &digest, i))
        break;
  if (digest.n_covered > 0 || digest.entries->len > 0)
    send_digest (swim, sender, &digest);
}

static void
compare_revocations (InfSwim *swim, const InfPeer *sender, guint64 their_version)
{
  if (their_version < inf_membership_get_revocations_version (swim->membership))
    inf_swim_send_revocations (swim, sender);
}

void
inf_swim_receive_buckets (InfSwim *swim, const InfPeer *sender, const InfBuckets *buckets,
                          gint64 now_us)
{
  compare_revocations (swim, sender, buckets->revocations_version);
  if (buckets->revocations_version > inf_membership_get_revocations_version (swim->membership)
      || choose_n_bits (swim) > buckets->n_bits)
    send_buckets (swim, sender, now_us);
  else
    answer_with_digest (swim, sender, buckets);
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

/* The peers that the sender of @digest knows nothing or less of; perhaps the sender itself, which
 * has lost its state and must go beyond what it signed before. */
static GPtrArray *
list_lacking (InfSwim *swim, const InfDigest *digest)
{
  GPtrArray *lacking = g_ptr_array_new ();
  InfRosterIter iter;
  InfPeer *peer;

  for (guint i = 0; i < digest->entries->len; i++)
    {
      const InfDigestEntry *entry = &g_array_index (digest->entries, InfDigestEntry, i);
      peer = inf_roster_find (swim->roster, entry->hint);
      if (peer && compare_versions (entry, peer) < 0)
        g_ptr_array_add (lacking, peer);
    }
  for (guint i = 0; i < digest->n_covered; i++)
    {
      guint shift = 64 - digest->n_bits;
      guint64 first = digest->n_bits == 0 ? 0 : (guint64)digest->covered[i] << shift;
      guint64 last = first + (G_MAXUINT64 >> digest->n_bits);
      inf_roster_iter_init (&iter, swim->roster, first);
      while (lacking->len < MAX_OFFERS && (peer = inf_roster_iter_next (&iter))
             && peer->hint <= last)
        if (peer->state != INF_PEER_DEAD && peer->state != INF_PEER_LEFT
            && !find_entry (digest, peer->hint))
          g_ptr_array_add (lacking, peer);
    }
  return lacking;
}

static void
offer (InfSwim *swim, const InfPeer *recipient, GPtrArray *peers)
{
  g_auto (InfDigest) digest = { 0 };

  inf_digest_init (&digest, 0);
  for (guint i = 0; i < peers->len; i++)
    {
      append_peer (digest.entries, g_ptr_array_index (peers, i));
      if (inf_digest_count_bytes (&digest) + INF_DIGEST_ENTRY_SIZE_BYTES < INF_DIGEST_ROOM_BYTES
          && i + 1 < peers->len)
        continue;
      send_digest (swim, recipient, &digest);
      g_array_set_size (digest.entries, 0);
    }
}

/* Returns for how many peers it had something. */
static guint
give (InfSwim *swim, const InfPeer *sender, const InfDigest *digest)
{
  g_autoptr (GPtrArray) lacking = list_lacking (swim, digest);

  if (lacking->len > FEW)
    {
      offer (swim, sender, lacking);
      return lacking->len;
    }
  g_auto (InfIntroducer) introducer = { .swim = swim, .recipient = sender };
  for (guint i = 0; i < lacking->len; i++)
    {
      const InfPeer *peer = g_ptr_array_index (lacking, i);
      inf_introducer_add (&introducer, peer, !find_entry (digest, peer->hint));
    }
  return lacking->len;
}

/* Somebody has a record of this version. */
void
inf_swim_heard_of (InfSwim *swim, const InfPeer *sender, guint64 hint, guint32 incarnation,
                   guint32 sequence, gint64 now_us)
{
  const InfPeer *peer = inf_roster_find (swim->roster, hint);
  const InfDigestEntry entry = { .hint = hint, .incarnation = incarnation, .sequence = sequence };

  if (!peer || compare_versions (&entry, peer) > 0)
    inf_wants_add (swim->wants, hint, sender->hint, now_us);
}

static void
start_bulk (InfSwim *swim, const InfPeer *partner)
{
  swim->bulk_partner = partner->hint;
  swim->bulk_us = G_MAXINT64;
  swim->n_bulk_tries = 0;
}

static void
stop_bulk (InfSwim *swim)
{
  swim->bulk_partner = 0;
  swim->bulk_us = G_MAXINT64;
}

/* Returns of how many peers it had something. */
static guint
take (InfSwim *swim, const InfPeer *sender, const InfDigest *digest, gint64 now_us)
{
  guint n_before = inf_wants_get_size (swim->wants);

  for (guint i = 0; i < digest->entries->len; i++)
    {
      const InfDigestEntry *entry = &g_array_index (digest->entries, InfDigestEntry, i);
      gboolean is_gone = entry->state == INF_PEER_DEAD || entry->state == INF_PEER_LEFT;
      if (!is_gone || inf_roster_find (swim->roster, entry->hint))
        inf_swim_heard_of (swim, sender, entry->hint, entry->incarnation, entry->sequence, now_us);
    }
  return inf_wants_get_size (swim->wants) - n_before;
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
  guint n_given = give (swim, sender, digest);
  guint n_taken = take (swim, sender, digest, now_us);

  if (n_given + n_taken >= MUCH)
    start_bulk (swim, sender);
  else if (swim->bulk_partner == sender->hint && swim->bulk_us != G_MAXINT64)
    stop_bulk (swim);
  inf_swim_compare_notices (swim, sender, digest, now_us);
  settle_states (swim, sender, digest, now_us);
}

/* Asks for what is wanted, as much as may be under way. */
static void
ask (InfSwim *swim, gint64 now_us)
{
  g_autoptr (GArray) hints = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 source;

  while (inf_wants_take (swim->wants, now_us, HINTS_PER_WANT, &source, hints))
    {
      const InfPeer *recipient = inf_roster_find (swim->roster, source);
      g_auto (InfWant) want = { 0 };
      inf_want_init (&want);
      for (guint i = 0; i < hints->len; i++)
        {
          guint64 hint = g_array_index (hints, guint64, i);
          gboolean is_known = inf_roster_find (swim->roster, hint) != NULL;
          g_array_append_val (is_known ? want.outdated : want.unknown, hint);
        }
      if (!recipient)
        continue;
      g_autoptr (GBytes) payload = inf_want_encode (&want);
      inf_swim_send (swim, recipient, payload);
    }
}

/* After every datagram: what it brought may be asked for, or make room for more. */
void
inf_swim_pump_wants (InfSwim *swim, gint64 now_us)
{
  ask (swim, now_us);
  inf_swim_ask_for_notices (swim, now_us);
  if (swim->bulk_partner != 0 && swim->bulk_us == G_MAXINT64
      && inf_wants_get_size (swim->wants) <= NEARLY_NONE)
    swim->bulk_us = MAX (now_us, swim->synced_us + BULK_GAP_US);
}

static void
continue_bulk (InfSwim *swim, gint64 now_us)
{
  const InfPeer *partner = inf_roster_find (swim->roster, swim->bulk_partner);

  if (!partner || !inf_peer_is_live (partner) || swim->n_bulk_tries++ == BULK_MAX_TRIES)
    {
      stop_bulk (swim);
      return;
    }
  send_buckets (swim, partner, now_us);
  swim->bulk_us = now_us + BULK_RETRY_US;
}

void
inf_swim_tick_sync (InfSwim *swim, gint64 now_us)
{
  if (now_us >= swim->sync_us)
    sync_if_still_needed (swim, now_us);
  if (now_us >= swim->bulk_us)
    continue_bulk (swim, now_us);
  if (now_us >= inf_wants_get_deadline_us (swim->wants)
      || now_us >= inf_wants_get_deadline_us (swim->notice_wants))
    inf_swim_pump_wants (swim, now_us);
}

gint64
inf_swim_get_sync_deadline_us (const InfSwim *swim)
{
  gint64 wants_us = MIN (inf_wants_get_deadline_us (swim->wants),
                         inf_wants_get_deadline_us (swim->notice_wants));

  return MIN (MIN (swim->sync_us, swim->bulk_us), wants_us);
}
