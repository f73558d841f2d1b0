#include "discovery/gossip/inf-swim-private.h"

/* First contacts. A hello carries certificate and record under the grid's key, so that every member
 * can read it and nobody else; answered with the same, two nodes can seal for each other. Hellos go
 * to everybody near by multicast, to the addresses that the node was given, to peers that somebody
 * introduced, and now and then to one that is dead, in case it is only a network that was. */
#define FIRST_GAP_US (INF_SWIM_SECOND_US / 5)
#define MAX_GAP_US (30 * INF_SWIM_SECOND_US)
#define SEED_MAX_GAP_US (60 * INF_SWIM_SECOND_US)
#define REVIVAL_GAP_US (10 * INF_SWIM_SECOND_US)
#define MAX_SEEDS 256

/* 0.2 s, doubled with every try up to @max_us. */
static gint64
back_off (InfSwim *swim, guint n_tries, gint64 max_us)
{
  gint64 gap_us = n_tries < 16 ? MIN (FIRST_GAP_US << n_tries, max_us) : max_us;

  return inf_swim_jitter (swim, gap_us);
}

static GBytes *
make_hello (InfSwim *swim, InfHelloType type)
{
  const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  const InfHello hello = {
    .type = type,
    .summary = inf_swim_get_summary (swim),
    .certificate = inf_certificate_get_bytes (self->certificate),
    .record = inf_record_get_bytes (self->record),
  };

  return inf_hello_encode (&hello);
}

/* To @address, or to everybody near where it is NULL. */
void
inf_swim_send_hello (InfSwim *swim, InfHelloType type, const InfAddress *address)
{
  InfSwimAction *action = g_new0 (InfSwimAction, 1);

  action->type = address ? INF_SWIM_SEND_FIRST : INF_SWIM_MULTICAST;
  if (address)
    action->address = *address;
  action->payload = make_hello (swim, type);
  g_queue_push_tail (&swim->actions, action);
}

/* Asks a peer, wherever it may be, to answer even if it does not know this node. */
void
inf_swim_greet (InfSwim *swim, const InfPeer *peer)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  InfAddress addresses[INF_RECORD_MAX_TARGETS];
  guint n_addresses = inf_record_get_targets (peer->record, addresses);

  if (contact->has_address)
    inf_swim_send_hello (swim, INF_HELLO_ASK, &contact->address);
  for (guint i = 0; i < n_addresses; i++)
    if (!contact->has_address || !inf_address_equal (&addresses[i], &contact->address))
      inf_swim_send_hello (swim, INF_HELLO_ASK, &addresses[i]);
}

/**
 * inf_swim_check_hello:
 * @swim: a core
 * @payload: a first contact, from anyone who has the grid's key
 * @now_us: the time
 *
 * Finds whose signature a first contact must bear.
 *
 * Returns: (transfer none) (nullable): the key of the certified member whose hello it claims to be,
 *   valid until the next call; %NULL where it is no hello or its certificate does not hold
 */
const InfPublicKey *
inf_swim_check_hello (InfSwim *swim, GBytes *payload, gint64 now_us)
{
  g_auto (InfHello) hello = { 0 };

  if (!inf_hello_decode (payload, &hello))
    return NULL;
  g_autoptr (InfCertificate) certificate = inf_swim_check_member (swim, hello.certificate, now_us);
  if (!certificate)
    return NULL;
  swim->checked_key = *inf_certificate_get_subject (certificate);
  return &swim->checked_key;
}

/**
 * inf_swim_receive_hello:
 * @swim: a core
 * @payload: a first contact that inf_swim_check_hello() found to be a member's, and whose signature
 *   and number were checked
 * @from: where it came from
 * @now_us: the time
 */
void
inf_swim_receive_hello (InfSwim *swim, GBytes *payload, const InfAddress *from, gint64 now_us)
{
  g_auto (InfHello) hello = { 0 };
  gboolean is_new = FALSE;

  if (swim->has_left || !inf_hello_decode (payload, &hello))
    return;
  InfPeer *peer = inf_swim_admit (swim, hello.certificate, hello.record, now_us, &is_new);
  if (!peer || peer->state == INF_PEER_LEFT)
    return;
  /* Before anything that the other can't open until it has this answer. */
  if (hello.type == INF_HELLO_ASK
      || (hello.type == INF_HELLO_IF_NEEDED && hello.summary != inf_swim_get_summary (swim)))
    inf_swim_send_hello (swim, INF_HELLO_ANSWER, from);
  inf_swim_heard (swim, peer, from, now_us);
  if (is_new && now_us - swim->synced_us >= INF_SWIM_SECOND_US / 5)
    inf_swim_send_digest (swim, peer, now_us);
}

/**
 * inf_swim_add_seed:
 * @swim: a core
 * @address: where a member may be found; tried until one answers, then no more while it is alive
 * @now_us: the time
 */
void
inf_swim_add_seed (InfSwim *swim, const InfAddress *address, gint64 now_us)
{
  const InfSwimSeed seed = { .address = *address, .next_us = now_us };

  for (guint i = 0; i < swim->seeds->len; i++)
    {
      InfSwimSeed *known = &g_array_index (swim->seeds, InfSwimSeed, i);
      if (inf_address_equal (&known->address, address))
        {
          known->next_us = now_us;
          known->n_tries = 0;
          return;
        }
    }
  if (swim->seeds->len < MAX_SEEDS)
    g_array_append_val (swim->seeds, seed);
}

static gboolean
somebody_answers_at (const InfSwim *swim, const InfAddress *address)
{
  InfRosterIter iter;
  const InfPeer *peer;

  inf_roster_iter_init (&iter, swim->roster, 0);
  while ((peer = inf_roster_iter_next (&iter)))
    {
      const InfContact *contact = inf_peer_get_contact (peer);
      if (inf_peer_is_live (peer) && contact->is_confirmed
          && inf_address_equal (&contact->address, address))
        return TRUE;
    }
  return FALSE;
}

static void
try_seeds (InfSwim *swim, gint64 now_us)
{
  for (guint i = 0; i < swim->seeds->len; i++)
    {
      InfSwimSeed *seed = &g_array_index (swim->seeds, InfSwimSeed, i);
      if (now_us < seed->next_us)
        continue;
      if (somebody_answers_at (swim, &seed->address))
        {
          seed->next_us = now_us + inf_swim_jitter (swim, SEED_MAX_GAP_US);
          continue;
        }
      inf_swim_send_hello (swim, INF_HELLO_ASK, &seed->address);
      seed->next_us = now_us + back_off (swim, seed->n_tries++, SEED_MAX_GAP_US);
    }
}

static void
try_to_revive_one (InfSwim *swim, gint64 now_us)
{
  guint n_dead = inf_roster_count_in_state (swim->roster, INF_PEER_DEAD);

  swim->next_revival_us = now_us + inf_swim_jitter (swim, REVIVAL_GAP_US);
  if (n_dead == 0)
    return;
  guint index = (guint)(inf_swim_random (swim) % n_dead);
  inf_swim_greet (swim, inf_roster_get_in_state (swim->roster, INF_PEER_DEAD, index));
}

void
inf_swim_tick_bootstrap (InfSwim *swim, gint64 now_us)
{
  if (now_us >= swim->next_multicast_us)
    {
      inf_swim_send_hello (swim, INF_HELLO_IF_NEEDED, NULL);
      swim->next_multicast_us = now_us + back_off (swim, swim->n_multicasts++, MAX_GAP_US);
    }
  try_seeds (swim, now_us);
  if (now_us >= swim->next_revival_us)
    try_to_revive_one (swim, now_us);
}

gint64
inf_swim_get_bootstrap_deadline_us (const InfSwim *swim)
{
  gint64 deadline_us = MIN (swim->next_multicast_us, swim->next_revival_us);

  for (guint i = 0; i < swim->seeds->len; i++)
    deadline_us = MIN (deadline_us, g_array_index (swim->seeds, InfSwimSeed, i).next_us);
  return deadline_us;
}
