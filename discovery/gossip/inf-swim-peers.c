#include "discovery/gossip/inf-swim-private.h"

/* What becomes of a peer:
 *
 *             record             no answer, or accused by K: see inf-swim-suspects.c
 *   unknown ─────────→ alive ──────────────────────────────────────────────────→ suspect
 *                       ↑ ↑ ←─ direct sign of life, or pulse or record of a ────┘  │ ↑
 *                       │ │    higher incarnation                                 │ │
 *   record of a higher  │ └─── pulse or record of a higher incarnation ──── dead ←┘ │
 *   incarnation         │                                                            │
 *                       left ←── record that says goodbye, from any state            │
 *                                                                                    │
 *   any but left ── record that says so ──→ away ── it should have been back ────────┘
 *                                            │
 *                   alive ←── record that says otherwise
 *
 * Dead and left peers are remembered for a day, so that a grid that was split finds itself again,
 * and that old news doesn't bring anybody back. */
#define TOMBSTONE_US (G_GINT64_CONSTANT (24) * 3600 * INF_SWIM_SECOND_US)

/* In how many steps everybody's certificate is looked at. */
#define N_REVIEWS 8

/* How long after it meant to be back a peer that is away is left alone: clocks differ, and waking
 * takes time. */
#define AWAY_GRACE_US (60 * INF_SWIM_SECOND_US)

void
inf_swim_set_state (InfSwim *swim, InfPeer *peer, InfPeerState state, gint64 now_us)
{
  InfPeerState old = peer->state;

  if (old == state)
    return;
  inf_roster_set_state (swim->roster, peer, state);
  peer->state_since_us = now_us;
  swim->changed_us = now_us;
  if (state == INF_PEER_DEAD)
    inf_swim_emit (swim, INF_SWIM_DEAD, peer);
  else if (state == INF_PEER_LEFT)
    inf_swim_emit (swim, INF_SWIM_LEFT, peer);
  else if (old == INF_PEER_DEAD || old == INF_PEER_LEFT)
    inf_swim_emit (swim, INF_SWIM_JOINED, peer);
  else
    inf_swim_emit (swim, INF_SWIM_CHANGED, peer);
}

/* The record that @bytes claims to be, signed by its subject. One that has expired is as good as
 * none, from whomever it comes: nobody could agree on it. */
static InfRecord *
read_record (InfSwim *swim, GBytes *bytes, gint64 now_us)
{
  g_autoptr (InfRecord) record = inf_evidence_read_record (swim->evidence, bytes);

  if (!record || inf_record_has_expired (record, now_us + swim->unix_offset_us))
    return NULL;
  return g_steal_pointer (&record);
}

/* Somebody has a record of this node that this run did not write: from before the state directory
 * was lost. Whatever it says, go beyond it. */
static void
outdo_former_self (InfSwim *swim, InfRecord *record, gint64 now_us)
{
  const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);

  if (inf_record_is_newer (record, self->record) && inf_record_verify (record))
    inf_swim_outdo (swim, inf_record_get_incarnation (record), now_us);
}

/* How a peer is by its own word. */
static InfPeerState
claimed_state (const InfSwim *swim, const InfRecord *record, gint64 now_us)
{
  gint64 until_unix_us = inf_record_get_away_until_unix_us (record);

  if (inf_record_has_left (record))
    return INF_PEER_LEFT;
  return until_unix_us + AWAY_GRACE_US > now_us + swim->unix_offset_us ? INF_PEER_AWAY
                                                                       : INF_PEER_ALIVE;
}

/* A newer record of a known peer, already verified. */
static void
replace_record (InfSwim *swim, InfPeer *peer, InfRecord *record, InfSwimUrgency urgency,
                gint64 now_us)
{
  gboolean is_risen
      = inf_record_get_incarnation (record) > inf_record_get_incarnation (peer->record);

  inf_roster_set_record (swim->roster, peer, record);
  inf_swim_outdate_evidence (swim, peer);
  swim->changed_us = now_us;
  inf_swim_tell_record (swim, peer, urgency, now_us);
  InfPeerState state = claimed_state (swim, record, now_us);
  if (state == INF_PEER_LEFT)
    inf_peer_ensure_contact (peer)->is_confirmed = FALSE;
  if (state == INF_PEER_ALIVE && !is_risen && peer->state != INF_PEER_AWAY)
    state = peer->state;
  if (state != peer->state)
    inf_swim_set_state (swim, peer, state, now_us);
  else
    inf_swim_emit (swim, INF_SWIM_CHANGED, peer);
}

static InfPeer *
add_peer (InfSwim *swim, InfCertificate *certificate, InfRecord *record, gint64 now_us)
{
  InfPeerState state = claimed_state (swim, record, now_us);
  InfPeer *peer = inf_roster_add (swim->roster, certificate, record, state);

  peer->state_since_us = now_us;
  swim->changed_us = now_us;
  if (peer->state == INF_PEER_ALIVE)
    inf_swim_tell_record (swim, peer, INF_SWIM_BRIEFLY, now_us);
  if (peer->state == INF_PEER_ALIVE)
    inf_swim_emit (swim, INF_SWIM_JOINED, peer);
  return peer;
}

/**
 * inf_swim_add_known:
 * @swim: a core
 * @certificate: (transfer none): verified
 * @record: (transfer none): verified, of the same subject
 * @address: (nullable): where datagrams of its own came from
 * @now_us: the time
 *
 * Takes a peer that was known before, as alive. Nobody is told, the caller included; a peer that is
 * known already stays as it is.
 */
void
inf_swim_add_known (InfSwim *swim, InfCertificate *certificate, InfRecord *record,
                    const InfAddress *address, gint64 now_us)
{
  if (inf_roster_find (swim->roster, inf_peer_hint (inf_record_get_peer_id (record))))
    return;

  InfPeerState state = claimed_state (swim, record, now_us);
  InfPeer *peer = inf_roster_add (swim->roster, certificate, record, state);
  peer->state_since_us = now_us;
  if (!address)
    return;
  InfContact *contact = inf_peer_ensure_contact (peer);
  contact->has_address = contact->is_confirmed = TRUE;
  contact->address = *address;
}

static gboolean
is_certificate_void (const InfSwim *swim, const InfCertificate *certificate, gint64 now_us)
{
  InfRevocations *revocations = inf_membership_get_revocations (swim->membership);
  const InfCertificateTerms *terms = inf_certificate_get_terms (certificate);

  return now_us + swim->unix_offset_us >= terms->expires_unix_us
         || (revocations && inf_revocations_contains (revocations, terms->serial));
}

/* As inf_membership_check(), but a signature that was verified before is not verified again. */
InfCertificate *
inf_swim_check_member (InfSwim *swim, GBytes *bytes, gint64 now_us)
{
  g_autoptr (InfCertificate) certificate = inf_evidence_prove_certificate (swim->evidence, bytes);

  if (!certificate || is_certificate_void (swim, certificate, now_us))
    return NULL;
  return g_steal_pointer (&certificate);
}

static InfCertificate *
check_certificate (InfSwim *swim, GBytes *bytes, const InfRecord *record, gint64 now_us)
{
  g_autoptr (InfCertificate) certificate = inf_swim_check_member (swim, bytes, now_us);

  if (!certificate
      || !inf_peer_id_equal (inf_certificate_get_peer_id (certificate),
                             inf_record_get_peer_id (record)))
    return NULL;
  return g_steal_pointer (&certificate);
}

/* Takes somebody's certificate, NULL where it should be known, and record, from whomever. Returns
 * the peer, or NULL when they prove nothing; @ret_is_new tells whether it was unknown before. What
 * is known already is not verified again: the same bytes prove the same. */
InfPeer *
inf_swim_admit (InfSwim *swim, GBytes *certificate_bytes, GBytes *record_bytes, gint64 now_us,
                gboolean *ret_is_new)
{
  g_autoptr (InfRecord) record = read_record (swim, record_bytes, now_us);
  if (!record)
    return NULL;

  InfPeer *peer = inf_roster_find (swim->roster, inf_peer_hint (inf_record_get_peer_id (record)));
  *ret_is_new = FALSE;
  if (peer && peer->is_self)
    {
      outdo_former_self (swim, record, now_us);
      return NULL;
    }
  gboolean knows_certificate
      = peer
        && (!certificate_bytes
            || g_bytes_equal (inf_certificate_get_bytes (peer->certificate), certificate_bytes));
  if (!certificate_bytes && !knows_certificate)
    return NULL;
  g_autoptr (InfCertificate) certificate
      = knows_certificate ? inf_certificate_ref (peer->certificate)
                          : check_certificate (swim, certificate_bytes, record, now_us);
  if (!certificate)
    return NULL;
  gboolean is_newer = !peer || inf_record_is_newer (record, peer->record);
  g_autoptr (InfRecord) proven
      = is_newer ? inf_evidence_prove_record (swim->evidence, record) : NULL;
  if (is_newer && !proven)
    return NULL;

  if (!peer)
    {
      *ret_is_new = TRUE;
      return add_peer (swim, certificate, proven, now_us);
    }
  if (inf_certificate_get_serial (certificate) > inf_certificate_get_serial (peer->certificate))
    {
      g_clear_pointer (&peer->certificate, inf_certificate_unref);
      peer->certificate = g_steal_pointer (&certificate);
    }
  if (is_newer)
    replace_record (swim, peer, proven, INF_SWIM_WHENEVER, now_us);
  return peer;
}

/* Takes a record that came without a certificate. */
void
inf_swim_admit_news (InfSwim *swim, const InfPeer *sender, GBytes *record_bytes, gint64 now_us)
{
  g_autoptr (InfRecord) record = read_record (swim, record_bytes, now_us);
  if (!record)
    return;

  guint64 hint = inf_peer_hint (inf_record_get_peer_id (record));
  InfPeer *peer = inf_roster_find (swim->roster, hint);
  if (!peer)
    inf_wants_add (swim->wants, hint, sender->hint, now_us);
  else if (peer->is_self)
    outdo_former_self (swim, record, now_us);
  else if (inf_peer_id_equal (inf_record_get_peer_id (record),
                              inf_record_get_peer_id (peer->record))
           && inf_record_is_newer (record, peer->record))
    {
      g_autoptr (InfRecord) proven = inf_evidence_prove_record (swim->evidence, record);
      if (proven)
        replace_record (swim, peer, proven, INF_SWIM_URGENT, now_us);
    }
}

/* An authentic datagram came from @peer. */
void
inf_swim_heard (InfSwim *swim, InfPeer *peer, const InfAddress *from, gint64 now_us)
{
  InfContact *contact = inf_peer_ensure_contact (peer);

  contact->last_heard_us = now_us;
  inf_swim_follow (swim, peer, from, FALSE, now_us);
  inf_swim_probe_answered (swim, peer);
  inf_swim_relays_answered (swim, peer->hint);
  if (peer->state == INF_PEER_DEAD)
    inf_swim_show_evidence (swim, peer, peer);
  else
    inf_swim_acquit (swim, peer, now_us);
}

static gboolean
is_former_member (InfSwim *swim, const InfPeer *peer, gint64 now_us)
{
  return !peer->is_self
         && (is_certificate_void (swim, peer->certificate, now_us)
             || inf_record_has_expired (peer->record, now_us + swim->unix_offset_us));
}

static gboolean
is_old_tombstone (const InfPeer *peer, gint64 now_us)
{
  return !peer->is_self && (peer->state == INF_PEER_DEAD || peer->state == INF_PEER_LEFT)
         && now_us - peer->state_since_us > TOMBSTONE_US;
}

static void
forget_peer (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  if (inf_peer_is_live (peer))
    {
      inf_swim_emit (swim, INF_SWIM_LEFT, peer);
      swim->changed_us = now_us;
    }
  inf_swim_drop_probe (swim, peer->hint);
  inf_swim_forget_suspect (swim, peer->hint);
  g_hash_table_remove (swim->pulses, &peer->hint);
  inf_rumours_forget (swim->rumours, peer->hint);
  inf_roster_remove (swim->roster, peer);
}

static void
review_peers (InfSwim *swim, guint64 first, guint64 last, gint64 now_us)
{
  g_autoptr (GPtrArray) doomed = g_ptr_array_new ();
  InfRosterIter iter;
  InfPeer *peer;

  inf_roster_iter_init (&iter, swim->roster, first);
  while ((peer = inf_roster_iter_next (&iter)) && peer->hint <= last)
    if (is_former_member (swim, peer, now_us) || is_old_tombstone (peer, now_us))
      g_ptr_array_add (doomed, peer);
  for (guint i = 0; i < doomed->len; i++)
    forget_peer (swim, g_ptr_array_index (doomed, i), now_us);
}

/* Whose certificate or record has expired, or who was removed, is no peer any more. */
void
inf_swim_drop_former_members (InfSwim *swim, gint64 now_us)
{
  review_peers (swim, 0, G_MAXUINT64, now_us);
}

/* The same, and forgets who is long dead, for the next of %N_REVIEWS parts of the roster: nothing
 * that takes time in proportion to the grid's size happens at once. */
void
inf_swim_review_some_peers (InfSwim *swim, gint64 now_us)
{
  guint64 part = G_MAXUINT64 / N_REVIEWS + 1;
  guint64 first = part * (swim->n_reviews++ % N_REVIEWS);

  review_peers (swim, first, first + (part - 1), now_us);
  inf_swim_review_notices (swim, (guint)(first >> 56), INF_ROSTER_N_LEAVES / N_REVIEWS, now_us);
}

/* Whoever said that it would be away, and for longer than that, is looked for. */
void
inf_swim_review_away (InfSwim *swim, gint64 now_us)
{
  for (guint i = inf_roster_count_in_state (swim->roster, INF_PEER_AWAY); i-- > 0;)
    {
      InfPeer *peer = inf_roster_get_in_state (swim->roster, INF_PEER_AWAY, i);
      if (!peer->is_self && claimed_state (swim, peer->record, now_us) != INF_PEER_AWAY)
        {
          inf_swim_set_state (swim, peer, INF_PEER_SUSPECT, now_us);
          inf_swim_probe (swim, peer, now_us);
        }
    }
}
