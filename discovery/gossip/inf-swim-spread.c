#include "discovery/gossip/inf-swim-private.h"

#include <string.h>

/* How news gets to everybody. A node that hears something tells it at once to a few others, and
 * then in a few rounds more:
 *
 *   heard ──→ 2 at random and 2 by the rotation, at once unless the last round was less than a
 *             period ago
 *         ──→ 3 by the rotation, every period, until it was told often enough
 *
 * The first step reaches all but a few in a hundred, in as many hops as the logarithm of the number
 * of nodes. Choosing at random goes on missing some of these. So all nodes that are in the same
 * period turn the ring of the live by the same, hashed, distances: everyone who has the news tells
 * three, and everyone, whether he has it or not, is told by three. Where clocks or views differ,
 * the distances are as good as random.
 *
 * Besides, news goes along with every ping and answer, and an answer to somebody who knows less or
 * more than this node brings what changed here last. What misses somebody in spite of all this,
 * anti-entropy brings (inf-swim-sync.c). */
#define INF_SWIM_ROUND_US (INF_SWIM_SECOND_US / 5)
#define N_RANDOM 2
#define N_ROTATION_FIRST 2
#define N_ROTATION 3

/* For how long a change is among the last. */
#define RECENT_US (10 * INF_SWIM_SECOND_US)

/* Of a probe without news. */
#define PROBE_SIZE_BYTES 64

/* When so much waits, rounds follow each other faster. */
#define MANY_UNTOLD 12

/* A brief of a record: hint 8, incarnation 4, sequence 4; little-endian. */
#define BRIEF_SIZE_BYTES 16

static GBytes *
make_brief (const InfPeer *peer)
{
  guint64 hint = GUINT64_TO_LE (peer->hint);
  guint32 incarnation = GUINT32_TO_LE (inf_record_get_incarnation (peer->record));
  guint32 sequence = GUINT32_TO_LE (inf_record_get_sequence (peer->record));
  guint8 data[BRIEF_SIZE_BYTES];

  memcpy (data, &hint, sizeof hint);
  memcpy (data + 8, &incarnation, sizeof incarnation);
  memcpy (data + 12, &sequence, sizeof sequence);
  return g_bytes_new (data, sizeof data);
}

static void
schedule_round (InfSwim *swim, gint64 now_us)
{
  gboolean is_behind = inf_rumours_count_untold (swim->rumours) > MANY_UNTOLD;
  gint64 period_us = is_behind ? INF_SWIM_ROUND_US / 4 : INF_SWIM_ROUND_US;

  swim->next_round_us = inf_rumours_count_urgent (swim->rumours) == 0
                            ? G_MAXINT64
                            : MAX (now_us, swim->last_round_us + period_us);
}

void
inf_swim_tell (InfSwim *swim, const InfRumour *rumour, gint64 now_us)
{
  inf_rumours_put (swim->rumours, rumour);
  schedule_round (swim, now_us);
}

/* What @peer says about itself has changed. */
static void
note_change (InfSwim *swim, const InfPeer *peer, gint64 now_us)
{
  InfSwimChange *recent = swim->recent;
  guint i = 0;

  /* The oldest goes, or an earlier change of the same. */
  while (i < G_N_ELEMENTS (swim->recent) - 1 && recent[i].hint != peer->hint)
    i++;
  memmove (recent + 1, recent, i * sizeof *recent);
  recent[0] = (InfSwimChange){ .hint = peer->hint, .changed_us = now_us };
}

/* Passes on @peer's record. To whom it is unknown a record means nothing without a certificate, so
 * of newcomers only briefs go round, and everybody asks for both. */
void
inf_swim_tell_record (InfSwim *swim, const InfPeer *peer, InfSwimUrgency urgency, gint64 now_us)
{
  g_autoptr (GBytes) brief = make_brief (peer);
  const InfRumour rumour = {
    .class = INF_RUMOUR_RECORDS,
    .subject = peer->hint,
    .full = urgency == INF_SWIM_URGENT ? inf_record_get_bytes (peer->record) : NULL,
    .brief = brief,
    .is_urgent = urgency != INF_SWIM_WHENEVER,
  };

  note_change (swim, peer, now_us);
  inf_swim_tell (swim, &rumour, now_us);
}

/* Passes on what @key, or @subject itself, says about how @subject is. */
void
inf_swim_tell_liveness (InfSwim *swim, guint64 subject, guint64 key, GBytes *bytes, gint64 now_us)
{
  const InfRumour rumour = {
    .class = INF_RUMOUR_LIVENESS,
    .subject = subject,
    .key = key,
    .full = bytes,
    .is_urgent = TRUE,
  };

  inf_swim_tell (swim, &rumour, now_us);
}

static gsize
count_bytes (GPtrArray *list)
{
  gsize n_bytes = 0;

  for (guint i = 0; i < list->len; i++)
    n_bytes += g_bytes_get_size (g_ptr_array_index (list, i)) + 2;
  return n_bytes;
}

/* For somebody whose summary differs: the last change in full, and briefs of some before it. */
static void
add_recent (InfSwim *swim, const InfPeer *recipient, InfProbe *probe)
{
  g_autoptr (GByteArray) briefs = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (swim->recent); i++)
    {
      const InfPeer *peer = inf_roster_find (swim->roster, swim->recent[i].hint);
      if (!peer || peer == recipient || swim->now_us - swim->recent[i].changed_us > RECENT_US)
        continue;
      g_autoptr (GBytes) brief = make_brief (peer);
      if (probe->records->len == 0)
        g_ptr_array_add (probe->records, g_bytes_ref (inf_record_get_bytes (peer->record)));
      else if (briefs->len == 0)
        g_byte_array_append (briefs, &(guint8){ INF_RUMOUR_BRIEFS }, 1);
      if (briefs->len > 0)
        g_byte_array_append (briefs, g_bytes_get_data (brief, NULL), BRIEF_SIZE_BYTES);
    }
  if (briefs->len > 0)
    g_ptr_array_add (probe->records, g_bytes_new (briefs->data, briefs->len));
}

/* Adds what news fits to @probe. Returns how many items. */
guint
inf_swim_add_news (InfSwim *swim, const InfPeer *recipient, InfProbe *probe)
{
  GPtrArray **lists[INF_RUMOUR_N_CLASSES] = { &probe->liveness, &probe->records, &probe->notices };
  GPtrArray *filled[INF_RUMOUR_N_CLASSES];
  gsize used_bytes = PROBE_SIZE_BYTES;

  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    {
      if (!*lists[i])
        *lists[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
      filled[i] = *lists[i];
      used_bytes += count_bytes (filled[i]);
    }
  if (used_bytes >= INF_PAYLOAD_MAX_SIZE_BYTES)
    return 0;
  guint n_items
      = inf_rumours_take (swim->rumours, recipient->hint, inf_roster_count_live (swim->roster),
                          INF_PAYLOAD_MAX_SIZE_BYTES - used_bytes, filled);
  inf_swim_freshen_evidence (swim, probe->liveness);
  if (n_items == 0 && probe->type == INF_PROBE_ACK && recipient->hint == swim->differing)
    add_recent (swim, recipient, probe);
  return n_items;
}

void
inf_swim_send_news (InfSwim *swim, InfPeer *recipient)
{
  g_autoptr (GBytes) payload = inf_swim_make_probe (swim, recipient, INF_PROBE_NEWS, 0, 0);

  inf_swim_send (swim, recipient, payload);
}

/* SplitMix64's finalizer, as in inf_swim_random(). */
static guint64
mix (guint64 value)
{
  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ value >> 31;
}

static gboolean
is_among (InfPeer *const *peers, guint n_peers, const InfPeer *peer)
{
  for (guint i = 0; i < n_peers; i++)
    if (peers[i] == peer)
      return TRUE;
  return FALSE;
}

/* Adds up to @n_wanted, to whom the ring leads that is turned by this period's distances. */
static guint
choose_by_rotation (InfSwim *swim, guint n_wanted, InfPeer **peers, guint n_peers, gint64 now_us)
{
  guint n_live = inf_roster_count_live (swim->roster);
  guint own = inf_roster_rank_live (swim->roster, swim->self_hint);
  guint64 period = (guint64)((now_us + swim->unix_offset_us) / INF_SWIM_ROUND_US);

  for (guint i = 0; n_live > 1 && i < n_wanted; i++)
    {
      guint distance = 1 + (guint)(mix (period * N_ROTATION + i) % (n_live - 1));
      InfPeer *peer = inf_roster_get_live (swim->roster, (own + distance) % n_live);
      if (!peer->is_self && !is_among (peers, n_peers, peer))
        peers[n_peers++] = peer;
    }
  return n_peers;
}

/* Tells @recipient what it may not know; nothing is sent where that is nothing. */
static void
tell_in_round (InfSwim *swim, const InfPeer *recipient)
{
  g_auto (InfProbe) probe = { .type = INF_PROBE_NEWS, .summary = inf_swim_get_summary (swim) };

  if (inf_swim_add_news (swim, recipient, &probe) == 0)
    return;
  g_autoptr (GBytes) payload = inf_probe_encode (&probe);
  inf_swim_send (swim, recipient, payload);
}

void
inf_swim_tick_spread (InfSwim *swim, gint64 now_us)
{
  InfPeer *peers[MAX (N_RANDOM + N_ROTATION_FIRST, N_ROTATION)];
  guint n_peers = 0, n_rotation = N_ROTATION;

  if (now_us < swim->next_round_us)
    return;
  swim->last_round_us = now_us;
  if (inf_rumours_count_untold (swim->rumours) > 0)
    {
      n_peers = inf_swim_choose_live (swim, 0, N_RANDOM, peers);
      n_rotation = N_ROTATION_FIRST;
    }
  n_peers = choose_by_rotation (swim, n_rotation, peers, n_peers, now_us);
  for (guint i = 0; i < n_peers; i++)
    tell_in_round (swim, peers[i]);
  /* Alone: what there is to tell keeps until somebody comes, who is news himself. */
  if (n_peers == 0)
    swim->next_round_us = G_MAXINT64;
  else
    schedule_round (swim, now_us);
}

static void
receive_briefs (InfSwim *swim, const InfPeer *sender, const guint8 *data, gsize size, gint64 now_us)
{
  for (; size >= BRIEF_SIZE_BYTES; data += BRIEF_SIZE_BYTES, size -= BRIEF_SIZE_BYTES)
    {
      guint64 hint;
      guint32 incarnation, sequence;
      memcpy (&hint, data, sizeof hint);
      memcpy (&incarnation, data + 8, sizeof incarnation);
      memcpy (&sequence, data + 12, sizeof sequence);
      inf_swim_heard_of (swim, sender, GUINT64_FROM_LE (hint), GUINT32_FROM_LE (incarnation),
                         GUINT32_FROM_LE (sequence), now_us);
    }
}

/* Takes the records and notices that a probe carried. */
void
inf_swim_receive_news (InfSwim *swim, const InfPeer *sender, const InfProbe *probe, gint64 now_us)
{
  swim->differing = probe->summary != inf_swim_get_summary (swim) ? sender->hint : 0;
  for (guint i = 0; i < probe->records->len; i++)
    {
      GBytes *item = g_ptr_array_index (probe->records, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (item, &size);
      if (size > 0 && data[0] == INF_RUMOUR_BRIEFS)
        receive_briefs (swim, sender, data + 1, size - 1, now_us);
      else
        inf_swim_admit_news (swim, sender, item, now_us);
    }
  for (guint i = 0; i < probe->notices->len; i++)
    inf_swim_receive_notice_item (swim, sender, g_ptr_array_index (probe->notices, i), now_us);
}
