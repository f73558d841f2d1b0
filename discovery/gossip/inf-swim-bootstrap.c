#include "discovery/gossip/inf-swim-private.h"

/* First contacts. A hello carries certificate and record under the grid's key, so that every member
 * can read it and nobody else; answered with the same, two nodes can seal for each other. Hellos go
 * to everybody near by multicast, to the seeds (inf-swim-seeds.c), to peers that somebody
 * introduced, and now and then to one that is dead or away, in case it is only a network that was.
 *
 * A hello proves who wrote it. Only one that names this run of this process proves that it was
 * written just now, and is a sign of life; any other could be an old one that somebody sends again
 * after a crash, and gets an answer of its own size at most. */
#define FIRST_GAP_US (INF_SWIM_SECOND_US / 5)
#define MAX_GAP_US (30 * INF_SWIM_SECOND_US)

/* Of those who hear a multicast, about so many answer: the others come to know by rumour. */
#define N_ANSWERS 16

/* Where more than this many are known, each calls out more seldom. */
#define N_CALLERS 50

/* The living together greet two of the dead a second, whatever the number of either; less often
 * after a day than after a minute. */
#define REVIVAL_GAP_PER_LIVE_US (INF_SWIM_SECOND_US / 2)
#define MIN_REVIVAL_GAP_US (2 * INF_SWIM_SECOND_US)
#define MAX_REVIVAL_GAP_US (60 * INF_SWIM_SECOND_US)
#define MAX_LATE_REVIVAL_GAP_US (300 * INF_SWIM_SECOND_US)
#define LATENESS_PER_GAP 120

/* How long UDP may be silent before a link takes over, and how often UDP is tried again then. */
#define UDP_FRESH_US (5 * INF_SWIM_SECOND_US)
#define UDP_GAP_US (20 * INF_SWIM_SECOND_US)

/* 0.2 s, doubled with every try up to @max_us. */
static gint64
back_off (InfSwim *swim, guint n_tries, gint64 max_us)
{
  gint64 gap_us = FIRST_GAP_US;

  /* By half, not by doubling: where a tenth is lost, one in five hellos comes to nothing, and among
   * a hundred that join at once somebody loses four in a row. */
  for (guint i = 0; i < n_tries && gap_us < max_us; i++)
    gap_us += gap_us / 2;
  return inf_swim_jitter (swim, MIN (gap_us, max_us));
}

static GBytes *
make_hello (InfSwim *swim, InfHelloType type, guint64 recipient_session)
{
  const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  const InfHello hello = {
    .type = type,
    .summary = inf_swim_get_summary (swim),
    .recipient_session = recipient_session,
    .certificate = inf_certificate_get_bytes (self->certificate),
    .record = inf_record_get_bytes (self->record),
  };

  return inf_hello_encode (&hello);
}

static InfSwimAction *
push_hello (InfSwim *swim, InfSwimActionType action_type, InfHelloType type,
            guint64 recipient_session)
{
  InfSwimAction *action = g_new0 (InfSwimAction, 1);

  action->type = action_type;
  action->payload = make_hello (swim, type, recipient_session);
  g_queue_push_tail (&swim->actions, action);
  return action;
}

static void
send_to_peer (InfSwim *swim, InfHelloType type, const InfPeer *peer, const InfAddress *address)
{
  InfSwimAction *action
      = push_hello (swim, INF_SWIM_SEND_FIRST, type, inf_record_get_session (peer->record));

  action->peer = *inf_record_get_peer_id (peer->record);
  action->address = *address;
}

/* Asks a peer, wherever it may be, to answer even if it does not know this node. */
void
inf_swim_greet (InfSwim *swim, const InfPeer *peer)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  InfAddress addresses[INF_RECORD_MAX_TARGETS];
  guint n_addresses = inf_record_get_targets (peer->record, addresses);

  if (contact->has_address)
    send_to_peer (swim, INF_HELLO_ASK, peer, &contact->address);
  for (guint i = 0; i < n_addresses; i++)
    if (!contact->has_address || !inf_address_equal (&addresses[i], &contact->address))
      send_to_peer (swim, INF_HELLO_ASK, peer, &addresses[i]);
}

/* Who answers at an address that nobody is known to be at: the founder, if anybody in particular.
 * Only whom this node names can take a link, since it shows its certificate there. */
static const InfPeerId *
find_id (const InfSwim *swim, guint64 hint)
{
  const InfPeer *peer = inf_roster_find (swim->roster, hint);
  const InfSwimRemembered *remembered = inf_swim_get_remembered (swim, hint);

  if (peer)
    return inf_record_get_peer_id (peer->record);
  return remembered ? inf_record_get_peer_id (remembered->record) : NULL;
}

/* Asks whoever is at @address, @hint as far as it is known. */
void
inf_swim_greet_at (InfSwim *swim, guint64 hint, const InfAddress *address, gboolean over_link)
{
  const InfSwimRemembered *remembered = inf_swim_get_remembered (swim, hint);
  const InfPeer *peer = inf_roster_find (swim->roster, hint);
  const InfRecord *record = peer ? peer->record : remembered ? remembered->record : NULL;
  InfGrid *grid = inf_membership_get_grid (swim->membership);
  InfSwimAction *action = push_hello (swim, INF_SWIM_SEND_FIRST, INF_HELLO_ASK,
                                      record ? inf_record_get_session (record) : 0);
  const InfPeerId *id = find_id (swim, hint);

  action->address = *address;
  action->over_link = over_link;
  if (id)
    action->peer = *id;
  else
    inf_peer_id_of_key (inf_grid_get_founder (grid), &action->peer);
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

/* Where @peer is reached now. A link is used while UDP does not get through, and UDP again once it
 * has been seen to do so both ways. */
void
inf_swim_follow (InfSwim *swim, InfPeer *peer, const InfAddress *from, gboolean is_round_trip,
                 gint64 now_us)
{
  InfContact *contact = inf_peer_ensure_contact (peer);
  gboolean has_link = contact->is_confirmed && inf_address_is_link (&contact->address);

  if (inf_address_is_link (from))
    {
      if (has_link || (contact->is_confirmed && now_us - contact->udp_heard_us < UDP_FRESH_US))
        return;
      g_array_append_val (swim->link_peers, peer->hint);
    }
  else
    {
      contact->udp_heard_us = now_us;
      if (has_link && !is_round_trip)
        return;
    }
  contact->address = *from;
  contact->has_address = TRUE;
  contact->is_confirmed = TRUE;
}

static gboolean
wants_answer (InfSwim *swim, const InfHello *hello)
{
  if (hello->type != INF_HELLO_IF_NEEDED)
    return hello->type == INF_HELLO_ASK;
  return hello->summary != inf_swim_get_summary (swim)
         && inf_swim_random (swim) % inf_roster_count_live (swim->roster) < N_ANSWERS;
}

/* A hello that may be an old one: worth no more than what its signatures say. */
static void
note_address (InfPeer *peer, const InfAddress *from)
{
  InfContact *contact = inf_peer_ensure_contact (peer);

  if (contact->is_confirmed)
    return;
  contact->address = *from;
  contact->has_address = TRUE;
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
  swim->now_us = now_us;
  InfPeer *peer = inf_swim_admit (swim, hello.certificate, hello.record, now_us, &is_new);
  if (!peer || peer->state == INF_PEER_LEFT)
    return;
  /* Before anything that the other can't open until it has this answer. */
  if (wants_answer (swim, &hello))
    send_to_peer (swim, INF_HELLO_ANSWER, peer, from);
  if (hello.recipient_session == swim->session)
    {
      inf_swim_seed_answered (swim, peer->hint, from);
      inf_swim_follow (swim, peer, from, hello.type == INF_HELLO_ANSWER, now_us);
      inf_swim_heard (swim, peer, from, now_us);
      /* It may not know yet that this node's question was no old one. */
      if (hello.type == INF_HELLO_ANSWER)
        inf_swim_send_news (swim, peer);
    }
  else
    note_address (peer, from);
  if (is_new)
    inf_swim_sync_with (swim, peer, now_us);
}

/**
 * inf_swim_network_changed:
 * @swim: a core
 * @now_us: the time
 *
 * Tells that this node's addresses are others, or that its network was gone: whoever could not be
 * reached before is tried again soon.
 */
void
inf_swim_network_changed (InfSwim *swim, gint64 now_us)
{
  swim->n_multicasts = 0;
  swim->next_multicast_us = now_us + (gint64)(inf_swim_random (swim) % FIRST_GAP_US);
  swim->loss_us = now_us;
  swim->next_revival_us = MIN (swim->next_revival_us, now_us + MIN_REVIVAL_GAP_US);
  inf_swim_retry_seeds (swim, now_us);
}

static void
call_out (InfSwim *swim, gint64 now_us)
{
  guint n_live = inf_roster_count_live (swim->roster);
  gint64 max_us = MAX_GAP_US * MAX (n_live, N_CALLERS) / N_CALLERS;

  push_hello (swim, INF_SWIM_MULTICAST, INF_HELLO_IF_NEEDED, 0);
  swim->next_multicast_us = now_us + back_off (swim, swim->n_multicasts++, max_us);
}

static InfPeer *
choose_lost (InfSwim *swim)
{
  guint n_dead = inf_roster_count_in_state (swim->roster, INF_PEER_DEAD);
  guint n_away = inf_roster_count_in_state (swim->roster, INF_PEER_AWAY);

  if (n_dead + n_away == 0)
    return NULL;
  guint index = (guint)(inf_swim_random (swim) % (n_dead + n_away));
  if (index < n_dead)
    return inf_roster_get_in_state (swim->roster, INF_PEER_DEAD, index);
  return inf_roster_get_in_state (swim->roster, INF_PEER_AWAY, index - n_dead);
}

static gint64
revival_gap_us (const InfSwim *swim, gint64 now_us)
{
  gint64 gap_us = REVIVAL_GAP_PER_LIVE_US * inf_roster_count_live (swim->roster);
  gint64 late_gap_us = (now_us - swim->loss_us) / LATENESS_PER_GAP;

  gap_us = CLAMP (gap_us, MIN_REVIVAL_GAP_US, MAX_REVIVAL_GAP_US);
  return MAX (gap_us, MIN (late_gap_us, MAX_LATE_REVIVAL_GAP_US));
}

/* A few bytes are enough where it still knows this node; now and then a hello, in case it forgot.
 */
static void
try_to_revive_one (InfSwim *swim, gint64 now_us)
{
  InfPeer *lost = choose_lost (swim);

  swim->next_revival_us = now_us + inf_swim_jitter (swim, revival_gap_us (swim, now_us));
  if (!lost)
    return;
  if (swim->n_revivals++ % 2 == 0)
    inf_swim_greet (swim, lost);
  else
    inf_swim_send_news (swim, lost);
}

/* Whether UDP gets through to one of those who are reached by link only. */
static void
try_udp (InfSwim *swim, gint64 now_us)
{
  InfAddress addresses[INF_RECORD_MAX_TARGETS];

  swim->next_udp_us = now_us + inf_swim_jitter (swim, UDP_GAP_US);
  while (swim->link_peers->len > 0)
    {
      guint index = (guint)(inf_swim_random (swim) % swim->link_peers->len);
      guint64 hint = g_array_index (swim->link_peers, guint64, index);
      const InfPeer *peer = inf_roster_find (swim->roster, hint);
      if (peer && inf_address_is_link (&inf_peer_get_contact (peer)->address))
        {
          guint n_addresses = inf_record_get_targets (peer->record, addresses);
          for (guint i = 0; i < n_addresses; i++)
            send_to_peer (swim, INF_HELLO_ASK, peer, &addresses[i]);
          return;
        }
      g_array_remove_index_fast (swim->link_peers, index);
    }
}

static void
note_loss (InfSwim *swim, gint64 now_us)
{
  swim->has_new_loss = FALSE;
  swim->loss_us = now_us;
  swim->next_revival_us = MIN (swim->next_revival_us, now_us + revival_gap_us (swim, now_us));
  if (inf_roster_count_live (swim->roster) <= 1)
    inf_swim_network_changed (swim, now_us);
}

void
inf_swim_tick_bootstrap (InfSwim *swim, gint64 now_us)
{
  if (swim->has_new_loss)
    note_loss (swim, now_us);
  inf_swim_tick_seeds (swim, now_us);
  if (now_us >= swim->next_multicast_us)
    call_out (swim, now_us);
  if (now_us >= swim->next_revival_us)
    try_to_revive_one (swim, now_us);
  if (now_us >= swim->next_udp_us)
    try_udp (swim, now_us);
}

gint64
inf_swim_get_bootstrap_deadline_us (const InfSwim *swim)
{
  gint64 deadline_us = MIN (swim->next_multicast_us, swim->next_revival_us);

  deadline_us = MIN (deadline_us, swim->next_udp_us);
  return MIN (deadline_us, swim->next_seed_us);
}
