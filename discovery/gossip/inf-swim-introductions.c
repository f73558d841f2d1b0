#include "discovery/gossip/inf-swim-private.h"

/* Certificates and records on request, as many to a datagram as fit; and the founder's list of
 * revocations, by the link where it is too long for one. */
#define MESSAGE_OVERHEAD_BYTES 16

static void
flush (InfIntroducer *introducer)
{
  if (introducer->n == 0)
    return;
  g_autoptr (GBytes) payload = inf_introductions_encode (introducer->introductions, introducer->n);
  inf_swim_send (introducer->swim, introducer->recipient, payload);
  introducer->n = 0;
  introducer->size_bytes = 0;
}

/* Introduces @peer, now or with the next. */
void
inf_introducer_add (InfIntroducer *introducer, const InfPeer *peer, gboolean with_certificate)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  const InfIntroduction introduction = {
    .certificate = with_certificate ? inf_certificate_get_bytes (peer->certificate) : NULL,
    .record = inf_record_get_bytes (peer->record),
    .has_address = contact->has_address && contact->is_confirmed,
    .address = contact->address,
  };
  gsize size_bytes = inf_introduction_count_bytes (&introduction);

  if (introducer->n == G_N_ELEMENTS (introducer->introductions)
      || MESSAGE_OVERHEAD_BYTES + introducer->size_bytes + size_bytes > INF_PAYLOAD_MAX_SIZE_BYTES)
    flush (introducer);
  introducer->introductions[introducer->n++] = introduction;
  introducer->size_bytes += size_bytes;
}

void
inf_introducer_finish (InfIntroducer *introducer)
{
  if (introducer->swim)
    flush (introducer);
}

static void
introduce_all (InfIntroducer *introducer, GArray *hints, gboolean with_certificate)
{
  for (guint i = 0; i < hints->len; i++)
    {
      const InfPeer *peer
          = inf_roster_find (introducer->swim->roster, g_array_index (hints, guint64, i));
      if (peer)
        inf_introducer_add (introducer, peer, with_certificate);
    }
}

void
inf_swim_receive_want (InfSwim *swim, const InfPeer *sender, const InfWant *want)
{
  g_auto (InfIntroducer) introducer = { .swim = swim, .recipient = sender };

  introduce_all (&introducer, want->unknown, TRUE);
  introduce_all (&introducer, want->outdated, FALSE);
  inf_swim_send_notices (swim, sender, want->notices);
}

void
inf_swim_receive_introduction (InfSwim *swim, const InfIntroduction *introduction, gint64 now_us)
{
  gboolean is_new = FALSE;
  InfPeer *peer
      = inf_swim_admit (swim, introduction->certificate, introduction->record, now_us, &is_new);

  if (!peer)
    return;
  inf_wants_remove (swim->wants, peer->hint);
  if (is_new && introduction->has_address && !inf_peer_get_contact (peer)->has_address)
    {
      InfContact *contact = inf_peer_ensure_contact (peer);
      contact->address = introduction->address;
      contact->has_address = TRUE;
    }
}

void
inf_swim_send_revocations (InfSwim *swim, const InfPeer *recipient)
{
  InfRevocations *revocations = inf_membership_get_revocations (swim->membership);

  if (!revocations)
    return;
  g_autoptr (GBytes) payload
      = inf_revocations_news_encode (inf_revocations_get_bytes (revocations));
  inf_swim_send (swim, recipient, payload);
}

/* As news while the list fits; a longer one goes to a few by their links, and so on. */
static void
spread_revocations (InfSwim *swim, gint64 now_us)
{
  InfPeer *peers[4];
  guint n_peers = 0;

  if (!inf_swim_tell_revocations (swim, now_us))
    n_peers = inf_swim_choose_live (swim, 0, G_N_ELEMENTS (peers), peers);
  for (guint i = 0; i < n_peers; i++)
    inf_swim_send_revocations (swim, peers[i]);
}

void
inf_swim_receive_revocations (InfSwim *swim, GBytes *revocations, gint64 now_us)
{
  gboolean changed = FALSE;

  if (!inf_membership_update_revocations (swim->membership, revocations, &changed, NULL)
      || !changed)
    return;
  inf_swim_emit (swim, INF_SWIM_REVOCATIONS, NULL);
  swim->changed_us = now_us;
  spread_revocations (swim, now_us);
  /* Not at once: whoever sent this may be among those that go. */
  swim->is_review_due = TRUE;
  swim->next_housekeeping_us = now_us;
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
  inf_swim_drop_former_members (swim, now_us);
  swim->changed_us = now_us;
  spread_revocations (swim, now_us);
}
