#include "discovery/gossip/inf-swim-private.h"

#include "common/inf-wire.h"

#include <string.h>

/* SWIM (Das, Gupta, Motivala, 2002) for a grid of volunteers' machines. What this file, the parts
 * beside it and their data do:
 *
 *   inf-swim.c            the core's outside: what comes in, what goes out, the next deadline
 *   inf-swim-probes.c     whom this node pings, and how long it waits
 *   inf-swim-relays.c     pings for others
 *   inf-swim-suspects.c   accusations, pulses, deaths
 *   inf-swim-defence.c    this node's word that it lives, is back, or will be away
 *   inf-swim-peers.c      what becomes of a peer (its states are drawn there)
 *   inf-swim-self.c       this node's own record
 *   inf-swim-spread.c     news, and whom it is told
 *   inf-swim-sync.c       buckets and digests: what rumours missed
 *   inf-swim-introductions.c, inf-swim-notices.c  what is asked for, and what else is told
 *   inf-swim-bootstrap.c  first contacts
 *   inf-swim-seeds.c      where they are looked for
 *
 * Two things differ from the paper. Everything good about a peer is signed by it, incarnation
 * included, so that nobody is resurrected, moved or said goodbye for by another. And everything bad
 * by those who say so: it takes several of them, and time in which the accused can object. */
#define HOUSEKEEPING_US (5 * INF_SWIM_SECOND_US)

/* A tick that comes later than this was held up by this machine; see inf_swim_tick(). */
#define LATE_US (INF_SWIM_SECOND_US / 5)

/* And one that comes later than this found others as they were long ago. */
#define SLEPT_US (3 * INF_SWIM_SECOND_US)

const InfSwimTiming inf_swim_default_timing = {
  .probe_period_us = INF_SWIM_SECOND_US,
  .relay_patience_us = INF_SWIM_SECOND_US,
};

void
inf_swim_action_free (InfSwimAction *action)
{
  if (!action)
    return;
  g_clear_pointer (&action->payload, g_bytes_unref);
  g_clear_pointer (&action->notice, inf_notice_unref);
  g_free (action);
}

/* SplitMix64 (Steele, Lea, Flood, 2014): small, and the same on every machine. */
guint64
inf_swim_random (InfSwim *swim)
{
  guint64 value = swim->random_state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ value >> 31;
}

/* @interval_us give or take a quarter, so that nodes that start together don't stay together. */
gint64
inf_swim_jitter (InfSwim *swim, gint64 interval_us)
{
  return interval_us * 3 / 4 + (gint64)(inf_swim_random (swim) % (guint64)(interval_us / 2 + 1));
}

/**
 * inf_swim_new:
 * @membership: the node's membership; shared
 * @timing: usually &inf_swim_default_timing
 * @seed: random, for everything that the core leaves to chance
 * @incarnation: greater than in every earlier run of this node
 * @port: the node's port
 * @now_us: the time, as in every later call
 * @now_unix_us: the calendar's time, for the expiry of certificates
 *
 * Returns: (transfer full): a core that knows nobody but itself; call inf_swim_tick()
 */
InfSwim *
inf_swim_new (InfMembership *membership, const InfSwimTiming *timing, guint64 seed,
              guint32 incarnation, guint16 port, gint64 now_us, gint64 now_unix_us)
{
  InfSwim *swim = g_new0 (InfSwim, 1);
  InfKeypair *keypair = inf_membership_get_keypair (membership);

  swim->membership = inf_membership_ref (membership);
  swim->timing = *timing;
  swim->random_state = seed;
  swim->unix_offset_us = now_unix_us - now_us;
  swim->session = (guint64)now_unix_us;
  inf_vivaldi_init (&swim->vivaldi);
  g_queue_init (&swim->actions);
  swim->evidence = inf_evidence_new (inf_membership_get_grid (membership));
  swim->roster = inf_roster_new ();
  swim->rumours = inf_rumours_new ();
  swim->wants = inf_wants_new ();
  swim->notices = inf_notices_new ();
  swim->notice_wants = inf_wants_new ();
  swim->self_hint = inf_peer_hint (inf_keypair_get_peer_id (keypair));
  swim->capacity = inf_peer_info_new ();
  swim->port = port;
  swim->incarnation = incarnation;
  swim->probes = g_array_new (FALSE, FALSE, sizeof (InfSwimProbe));
  swim->relays = g_array_new (FALSE, FALSE, sizeof (InfSwimRelay));
  swim->next_sequence = (guint32)inf_swim_random (swim);
  inf_swim_init_seeds (swim);
  swim->link_peers = g_array_new (FALSE, FALSE, sizeof (guint64));
  swim->schedule_secret = inf_swim_make_schedule_secret (inf_membership_get_grid (membership));
  swim->next_probe_us = now_us + inf_swim_jitter (swim, timing->probe_period_us);
  swim->suspects = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  swim->pulses = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  swim->next_death_us = G_MAXINT64;
  swim->objected_us = now_us - INF_SWIM_SECOND_US * 60;
  swim->next_multicast_us = now_us;
  swim->next_revival_us = now_us + inf_swim_jitter (swim, 10 * INF_SWIM_SECOND_US);
  swim->next_udp_us = now_us + inf_swim_jitter (swim, 20 * INF_SWIM_SECOND_US);
  swim->loss_us = now_us;
  swim->next_housekeeping_us = now_us + HOUSEKEEPING_US;
  swim->last_round_us = now_us - INF_SWIM_SECOND_US;
  swim->next_round_us = G_MAXINT64;
  swim->synced_us = now_us - INF_SWIM_SECOND_US;
  swim->sync_us = G_MAXINT64;
  swim->bulk_us = G_MAXINT64;
  inf_swim_publish (swim, now_us);
  return swim;
}

void
inf_swim_free (InfSwim *swim)
{
  if (!swim)
    return;
  g_queue_clear_full (&swim->actions, (GDestroyNotify)inf_swim_action_free);
  inf_membership_unref (swim->membership);
  inf_roster_free (swim->roster);
  inf_evidence_unref (swim->evidence);
  inf_rumours_free (swim->rumours);
  inf_wants_free (swim->wants);
  inf_notices_free (swim->notices);
  inf_wants_free (swim->notice_wants);
  inf_peer_info_unref (swim->capacity);
  inf_peer_info_unref (swim->published);
  g_clear_pointer (&swim->neighbours, g_array_unref);
  g_hash_table_unref (swim->suspects);
  g_hash_table_unref (swim->pulses);
  g_array_unref (swim->probes);
  g_array_unref (swim->relays);
  inf_swim_clear_seeds (swim);
  g_array_unref (swim->link_peers);
  g_free (swim);
}

/**
 * inf_swim_share_evidence:
 * @swim: a core that has received nothing yet
 * @evidence: (transfer none): of the same grid
 *
 * Where many cores are in one process, as in a simulation, what one has verified need not be
 * verified, nor kept, by the others.
 */
void
inf_swim_share_evidence (InfSwim *swim, InfEvidence *evidence)
{
  inf_evidence_ref (evidence);
  inf_evidence_unref (swim->evidence);
  swim->evidence = evidence;
}

/**
 * inf_swim_get_roster:
 * @swim: a core
 *
 * Returns: (transfer none): everybody it knows, itself among them
 */
const InfRoster *
inf_swim_get_roster (const InfSwim *swim)
{
  return swim->roster;
}

guint32
inf_swim_get_incarnation (const InfSwim *swim)
{
  return swim->incarnation;
}

/**
 * inf_swim_get_summary:
 * @swim: a core
 *
 * Returns: a digest that two cores share when they know the same
 */
guint64
inf_swim_get_summary (const InfSwim *swim)
{
  return inf_roster_get_summary (swim->roster,
                                 inf_membership_get_revocations_version (swim->membership))
         ^ inf_notices_get_hash (swim->notices);
}

/**
 * inf_swim_find_key:
 * @swim: a core
 * @hint: the beginning of a peer's id
 *
 * Returns: (transfer none) (nullable): the key of the certified member that @hint names
 */
const InfPublicKey *
inf_swim_find_key (const InfSwim *swim, guint64 hint)
{
  const InfPeer *peer = inf_roster_find (swim->roster, hint);
  const InfSwimRemembered *remembered = peer ? NULL : inf_swim_get_remembered (swim, hint);

  if (remembered)
    return inf_certificate_get_subject (remembered->certificate);
  return peer ? inf_certificate_get_subject (peer->certificate) : NULL;
}

void
inf_swim_emit (InfSwim *swim, InfSwimActionType type, const InfPeer *peer)
{
  InfSwimAction *action = g_new0 (InfSwimAction, 1);

  action->type = type;
  if (peer)
    action->peer = *inf_record_get_peer_id (peer->record);
  if (type == INF_SWIM_DEAD)
    swim->has_new_loss = TRUE;
  g_queue_push_tail (&swim->actions, action);
}

void
inf_swim_send_to (InfSwim *swim, const InfPeer *peer, const InfAddress *address, GBytes *payload)
{
  InfSwimAction *action = g_new0 (InfSwimAction, 1);

  action->type = INF_SWIM_SEND;
  action->peer = *inf_record_get_peer_id (peer->record);
  action->recipient = *inf_certificate_get_subject (peer->certificate);
  action->address = *address;
  action->over_link = g_bytes_get_size (payload) > INF_PAYLOAD_MAX_SIZE_BYTES;
  action->payload = g_bytes_ref (payload);
  g_queue_push_tail (&swim->actions, action);
}

/* To where the peer was last heard from, or, before it was, to everywhere it may be. */
void
inf_swim_send (InfSwim *swim, const InfPeer *peer, GBytes *payload)
{
  const InfContact *contact = inf_peer_get_contact (peer);

  if (contact->has_address && contact->is_confirmed)
    inf_swim_send_to (swim, peer, &contact->address, payload);
  else
    inf_swim_send_everywhere (swim, peer, payload);
}

void
inf_swim_send_everywhere (InfSwim *swim, const InfPeer *peer, GBytes *payload)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  InfAddress addresses[INF_RECORD_MAX_TARGETS];
  guint n_addresses = inf_record_get_targets (peer->record, addresses);

  if (contact->has_address)
    inf_swim_send_to (swim, peer, &contact->address, payload);
  for (guint i = 0; i < n_addresses; i++)
    if (!contact->has_address || !inf_address_equal (&addresses[i], &contact->address))
      inf_swim_send_to (swim, peer, &addresses[i], payload);
}

/* Where UDP may not get through. */
void
inf_swim_send_over_link (InfSwim *swim, const InfPeer *peer, GBytes *payload)
{
  InfAddress link;

  if (!swim->has_links || inf_address_is_link (&inf_peer_get_contact (peer)->address))
    return;
  inf_address_init_link (&link, peer->hint);
  inf_swim_send_to (swim, peer, &link, payload);
}

/**
 * inf_swim_use_links:
 * @swim: a new core
 *
 * Tells that the driver can carry out what is for a link's address.
 */
void
inf_swim_use_links (InfSwim *swim)
{
  swim->has_links = TRUE;
}

/* Goes through all that are alive: only where that is hardly more than what is wanted. */
static guint
choose_among_few (InfSwim *swim, guint64 except, guint n_wanted, InfPeer **ret_peers)
{
  guint n_alive = inf_roster_count_in_state (swim->roster, INF_PEER_ALIVE);
  guint n_seen = 0;

  for (guint i = 0; i < n_alive; i++)
    {
      InfPeer *peer = inf_roster_get_in_state (swim->roster, INF_PEER_ALIVE, i);
      if (peer->is_self || peer->hint == except)
        continue;
      n_seen++;
      if (n_seen <= n_wanted)
        ret_peers[n_seen - 1] = peer;
      else
        {
          guint64 slot = inf_swim_random (swim) % n_seen;
          if (slot < n_wanted)
            ret_peers[slot] = peer;
        }
    }
  return MIN (n_seen, n_wanted);
}

static gboolean
is_among (InfPeer *const *peers, guint n_peers, const InfPeer *peer)
{
  for (guint i = 0; i < n_peers; i++)
    if (peers[i] == peer)
      return TRUE;
  return FALSE;
}

/* Up to @n_wanted peers that are alive, each as likely as the other, without this node and @except.
 * What it costs grows with @n_wanted, not with the grid. */
guint
inf_swim_choose_live (InfSwim *swim, guint64 except, guint n_wanted, InfPeer **ret_peers)
{
  guint n_alive = inf_roster_count_in_state (swim->roster, INF_PEER_ALIVE);
  guint n_chosen = 0;

  /* Above this, more than every second draw is a hit. */
  if (n_alive <= 2 * n_wanted + 4)
    return choose_among_few (swim, except, n_wanted, ret_peers);
  while (n_chosen < n_wanted)
    {
      guint index = (guint)(inf_swim_random (swim) % n_alive);
      InfPeer *peer = inf_roster_get_in_state (swim->roster, INF_PEER_ALIVE, index);
      if (!peer->is_self && peer->hint != except && !is_among (ret_peers, n_chosen, peer))
        ret_peers[n_chosen++] = peer;
    }
  return n_chosen;
}

/**
 * inf_swim_next_action:
 * @swim: a core
 *
 * Returns: (transfer full) (nullable): what to do next; take all of them after every call that has
 *   the time as a parameter
 */
InfSwimAction *
inf_swim_next_action (InfSwim *swim)
{
  return g_queue_pop_head (&swim->actions);
}

/**
 * inf_swim_get_deadline_us:
 * @swim: a core
 *
 * Returns: when inf_swim_tick() is to be called at the latest; %G_MAXINT64 for never
 */
gint64
inf_swim_get_deadline_us (const InfSwim *swim)
{
  gint64 deadline_us = MIN (swim->publish_us, swim->next_housekeeping_us);

  deadline_us = MIN (deadline_us, swim->next_round_us);
  deadline_us = MIN (deadline_us, inf_swim_get_sync_deadline_us (swim));

  if (swim->has_left)
    return G_MAXINT64;
  deadline_us = MIN (deadline_us, inf_swim_get_probes_deadline_us (swim));
  deadline_us = MIN (deadline_us, inf_swim_get_bootstrap_deadline_us (swim));
  return MIN (deadline_us, swim->next_death_us);
}

/* This node was not run for a while: answers may have been lost or lie unread, so nobody's time is
 * up who would have been late only because this node slept. */
static void
excuse_own_stall (InfSwim *swim, gint64 late_us)
{
  inf_local_health_worsen (&swim->health);
  inf_swim_postpone_probes (swim, late_us);
  inf_swim_excuse_suspects (swim, late_us);
  if (late_us > SLEPT_US)
    inf_swim_forget_suspicions (swim, swim->now_us);
}

static void
keep_house (InfSwim *swim, gint64 now_us)
{
  /* Two that ping each other at once take that for their answers, and measure nothing. */
  swim->next_housekeeping_us = now_us + inf_swim_jitter (swim, HOUSEKEEPING_US);
  if (swim->is_review_due)
    inf_swim_drop_former_members (swim, now_us);
  swim->is_review_due = FALSE;
  inf_swim_review_some_peers (swim, now_us);
  inf_swim_review_neighbours (swim, now_us);
  inf_swim_review_place (swim, now_us);
  inf_swim_review_away (swim, now_us);
  inf_swim_forget_old_evidence (swim, now_us);
}

/**
 * inf_swim_tick:
 * @swim: a core
 * @now_us: the time; everything that was received before must have been passed in
 *
 * Does what is due.
 */
void
inf_swim_tick (InfSwim *swim, gint64 now_us)
{
  gint64 late_us = now_us - inf_swim_get_deadline_us (swim);

  if (swim->has_left)
    return;
  swim->now_us = now_us;
  if (late_us > LATE_US)
    excuse_own_stall (swim, late_us);
  inf_swim_tick_suspects (swim, now_us);
  inf_swim_tick_probes (swim, now_us);
  inf_swim_tick_bootstrap (swim, now_us);
  inf_swim_publish_due (swim, now_us);
  if (now_us >= swim->next_housekeeping_us)
    keep_house (swim, now_us);
  inf_swim_tick_sync (swim, now_us);
  inf_swim_tick_spread (swim, now_us);
}

static void
receive_probe_bytes (InfSwim *swim, InfPeer *sender, const InfAddress *from, GBytes *payload,
                     gint64 now_us)
{
  g_auto (InfProbe) probe = { 0 };

  if (!inf_probe_decode (payload, &probe))
    return;
  inf_swim_measure_answer (swim, sender, &probe, now_us);
  inf_swim_heard (swim, sender, from, now_us);
  inf_swim_receive_probe (swim, sender, from, &probe, now_us);
}

static void
receive_digest_bytes (InfSwim *swim, InfPeer *sender, GBytes *payload, gint64 now_us)
{
  g_auto (InfDigest) digest = { 0 };

  if (inf_digest_decode (payload, &digest))
    inf_swim_receive_digest (swim, sender, &digest, now_us);
}

static void
receive_buckets_bytes (InfSwim *swim, const InfPeer *sender, GBytes *payload, gint64 now_us)
{
  InfBuckets buckets;

  if (inf_buckets_decode (payload, &buckets))
    inf_swim_receive_buckets (swim, sender, &buckets, now_us);
}

static void
receive_want_bytes (InfSwim *swim, const InfPeer *sender, GBytes *payload)
{
  g_auto (InfWant) want = { 0 };

  if (inf_want_decode (payload, &want))
    inf_swim_receive_want (swim, sender, &want);
}

static void
receive_introduction_bytes (InfSwim *swim, GBytes *payload, gint64 now_us)
{
  g_autoptr (GArray) introductions = inf_introductions_decode (payload);

  for (guint i = 0; introductions && i < introductions->len; i++)
    inf_swim_receive_introduction (swim, &g_array_index (introductions, InfIntroduction, i),
                                   now_us);
}

static void
receive_notices_bytes (InfSwim *swim, GBytes *payload, gint64 now_us)
{
  g_autoptr (GPtrArray) notices = inf_notice_list_decode (payload);

  if (notices)
    inf_swim_receive_notices (swim, notices, now_us);
}

static void
receive_revocations_bytes (InfSwim *swim, GBytes *payload, gint64 now_us)
{
  g_autoptr (GBytes) revocations = inf_revocations_news_decode (payload);

  if (revocations)
    inf_swim_receive_revocations (swim, revocations, now_us);
}

static void
receive_kind (InfSwim *swim, guint8 kind, InfPeer *sender, GBytes *payload, const InfAddress *from,
              gint64 now_us)
{
  switch (kind)
    {
    case INF_KIND_PROBE:
      receive_probe_bytes (swim, sender, from, payload, now_us);
      break;
    case INF_KIND_BUCKETS:
      receive_buckets_bytes (swim, sender, payload, now_us);
      break;
    case INF_KIND_DIGEST:
      receive_digest_bytes (swim, sender, payload, now_us);
      break;
    case INF_KIND_WANT:
      receive_want_bytes (swim, sender, payload);
      break;
    case INF_KIND_INTRODUCTION:
      receive_introduction_bytes (swim, payload, now_us);
      break;
    case INF_KIND_NOTICE_LIST:
      receive_notices_bytes (swim, payload, now_us);
      break;
    case INF_KIND_REVOCATIONS_NEWS:
      receive_revocations_bytes (swim, payload, now_us);
      break;
    default:
      break;
    }
}

/**
 * inf_swim_receive:
 * @swim: a core
 * @sender_hint: who sent it; proved
 * @payload: what was sent; from a member, but not to be trusted
 * @from: where it came from
 * @now_us: the time
 *
 * Takes what another member sealed for this node. Whoever is unknown or was removed is not heard.
 */
void
inf_swim_receive (InfSwim *swim, guint64 sender_hint, GBytes *payload, const InfAddress *from,
                  gint64 now_us)
{
  InfPeer *sender = inf_roster_find (swim->roster, sender_hint);
  guint8 kind;

  if (!sender && !swim->has_left)
    sender = inf_swim_recall (swim, sender_hint, now_us);
  if (swim->has_left || !sender || sender->is_self
      || !inf_wire_peek_kind (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), &kind))
    return;
  swim->now_us = now_us;
  if (kind != INF_KIND_PROBE)
    inf_swim_heard (swim, sender, from, now_us);
  receive_kind (swim, kind, sender, payload, from, now_us);
  inf_swim_pump_wants (swim, now_us);
}
