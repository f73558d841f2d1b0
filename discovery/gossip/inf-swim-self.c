#include "discovery/gossip/inf-swim-private.h"

#include <string.h>

/* A record that nobody needs at once, since only the load or a neighbour changed, waits this long
 * since the one before; longer in a large grid, so that all of them together say no more than a
 * hundred times a second what everybody has to hear. */
#define MINOR_GAP_US (10 * INF_SWIM_SECOND_US)
#define MINOR_GAP_PER_PEER_US (INF_SWIM_SECOND_US / 10)
/* What changes again and again is told less and less often: each such record doubles the wait for
 * the next, as often as this, until nothing has changed for several times that long. */
#define MAX_DOUBLINGS 4
#define N_GAPS_OF_QUIET 3
/* What was only measured anew is told now and then: two records at once, as newcomers have to say
 * twice how they see the others, and then one in this time, longer in a large grid, so that what
 * everybody has to hear of it is one record in ten seconds. */
#define MEASURED_GAP_US (100 * INF_SWIM_SECOND_US)
#define MEASURED_GAP_PER_PEER_US (10 * INF_SWIM_SECOND_US)
#define N_MEASURED_AT_ONCE 2
#define MAJOR_GAP_US (INF_SWIM_SECOND_US / 2)
/* A record is renewed long before it expires: whoever is asleep or cut off meanwhile is remembered.
 */
#define RENEWAL_US (INF_RECORD_DEFAULT_LIFETIME_S / 3 * INF_SWIM_SECOND_US)
#define MINOR_LOAD_MILLI 250
#define N_TOLD_AT_ONCE 4

/* Whoever is away can't renew its record meanwhile. */
static guint32
lifetime_s (const InfSwim *swim, gint64 now_us)
{
  gint64 away_us = MAX (swim->away_until_unix_us - (now_us + swim->unix_offset_us), 0);

  return (guint32)MIN (INF_RECORD_DEFAULT_LIFETIME_S + away_us / INF_SWIM_SECOND_US,
                       INF_RECORD_MAX_LIFETIME_S);
}

static gboolean
load_has_moved (const InfPeerInfo *published, const InfPeerInfo *now)
{
  guint before = published->load_milli, after = now->load_milli;

  return MAX (before, after) - MIN (before, after) >= MINOR_LOAD_MILLI;
}

static void
publish (InfSwim *swim, InfSwimUrgency urgency, gint64 now_us)
{
  InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  InfPeerInfo *published = inf_peer_info_copy (swim->capacity);
  InfAddress observed;
  gboolean is_observed = self && inf_swim_find_observed (swim, now_us, &observed);

  g_array_unref (published->neighbours);
  published->neighbours = inf_swim_choose_neighbours (swim, now_us);
  published->coordinate = inf_swim_get_coordinate (swim);
  const InfRecordDraft draft = {
    .incarnation = swim->incarnation,
    .sequence = ++swim->sequence,
    .session = swim->session,
    .signed_unix_us = now_us + swim->unix_offset_us,
    .lifetime_s = lifetime_s (swim, now_us),
    .has_left = swim->has_left,
    .away_until_unix_us = swim->away_until_unix_us,
    .port = swim->port,
    .addresses = swim->addresses,
    .n_addresses = swim->n_addresses,
    .observed_address = is_observed ? &observed : NULL,
    .coordinate = &published->coordinate,
    .neighbours = published->neighbours,
    .capacity = published,
  };
  g_autoptr (InfRecord) record
      = inf_record_new (inf_membership_get_keypair (swim->membership),
                        inf_membership_get_grid (swim->membership), &draft);
  if (urgency == INF_SWIM_WHENEVER && load_has_moved (swim->published, published))
    swim->n_load_records = MIN (swim->n_load_records + 1, MAX_DOUBLINGS);
  g_clear_pointer (&swim->published, inf_peer_info_unref);
  swim->published = published;
  swim->published_us = now_us;
  swim->publish_us = now_us + inf_swim_jitter (swim, RENEWAL_US);
  swim->has_major_change = FALSE;
  swim->changed_us = now_us;
  if (!self)
    {
      /* Nobody has heard this first record: the next need not wait. */
      swim->published_us = now_us - MAJOR_GAP_US;
      self = inf_roster_add (swim->roster, inf_membership_get_certificate (swim->membership),
                             record, INF_PEER_ALIVE);
      self->is_self = TRUE;
    }
  else
    {
      inf_roster_set_record (swim->roster, self, record);
      if (swim->has_left)
        inf_roster_set_state (swim->roster, self, INF_PEER_LEFT);
      inf_swim_tell_record (swim, self, urgency, now_us);
      inf_swim_emit (swim, INF_SWIM_CHANGED, self);
    }
}

/* Signs a new record of this node and spreads it. */
void
inf_swim_publish (InfSwim *swim, gint64 now_us)
{
  publish (swim, INF_SWIM_URGENT, now_us);
}

/* What nobody waits for goes along with what is sent anyway. */
void
inf_swim_publish_due (InfSwim *swim, gint64 now_us)
{
  if (now_us >= swim->publish_us)
    publish (swim, swim->has_major_change ? INF_SWIM_URGENT : INF_SWIM_WHENEVER, now_us);
}

/* Tells something that nobody will be here to repeat: everybody but a large grid's many hears it
 * directly, twice. */
void
inf_swim_publish_to_many (InfSwim *swim, gint64 now_us)
{
  InfPeer *peers[16];

  inf_swim_publish (swim, now_us);
  guint n_peers = inf_swim_choose_live (swim, 0, G_N_ELEMENTS (peers), peers);
  const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  for (guint i = 0; i < 2 * n_peers; i++)
    {
      inf_swim_tell_record (swim, self, INF_SWIM_URGENT, now_us);
      inf_swim_send_news (swim, peers[i % n_peers]);
    }
}

/**
 * inf_swim_set_calendar:
 * @swim: a core
 * @now_unix_us: the calendar's time, which a suspension or its owner may have moved
 * @now_us: the time
 */
void
inf_swim_set_calendar (InfSwim *swim, gint64 now_unix_us, gint64 now_us)
{
  gint64 before_us = swim->unix_offset_us;

  swim->unix_offset_us = now_unix_us - now_us;
  if (ABS (swim->unix_offset_us - before_us) > swim->timing.probe_period_us / 10)
    inf_swim_schedule_probe (swim, now_us);
}

/**
 * inf_swim_set_session:
 * @swim: a new core
 * @session: which run of the process this is: greater than in every earlier one, as datagrams are
 *   sealed for it
 * @now_us: the time
 */
void
inf_swim_set_session (InfSwim *swim, guint64 session, gint64 now_us)
{
  if (session == swim->session)
    return;
  swim->session = session;
  inf_swim_publish (swim, now_us);
}

static void
publish_after (InfSwim *swim, gint64 gap_us, gint64 now_us)
{
  gint64 due_us = MAX (now_us, swim->published_us + gap_us);

  swim->publish_us = MIN (swim->publish_us, due_us);
}

static void
publish_soon (InfSwim *swim, gint64 now_us)
{
  swim->has_major_change = TRUE;
  publish_after (swim, MAJOR_GAP_US, now_us);
}

/* How much time passes at least before a record that nobody waits for. */
static gint64
get_minor_gap_us (const InfSwim *swim)
{
  return MAX (MINOR_GAP_US, inf_roster_count_live (swim->roster) * MINOR_GAP_PER_PEER_US);
}

/* Whether a record is due within @gap_us of the last one, or half as much more. */
static gboolean
is_due_after (const InfSwim *swim, gint64 gap_us)
{
  return swim->publish_us <= swim->published_us + gap_us + gap_us / 2;
}

/* Not everybody at once, even where everybody started at once. */
static void
publish_after_about (InfSwim *swim, gint64 gap_us, gint64 now_us)
{
  if (is_due_after (swim, gap_us))
    return;
  publish_after (swim, gap_us + (gint64)(inf_swim_random (swim) % (guint64)gap_us) / 2, now_us);
}

/* Renews the record for a change that can wait. */
void
inf_swim_publish_later (InfSwim *swim, gint64 now_us)
{
  publish_after_about (swim, get_minor_gap_us (swim), now_us);
}

/* Renews the record for something measured, unless that was done of late: all that it names is
 * measured anew all the time, and everybody would hear of nothing else. */
void
inf_swim_publish_measured (InfSwim *swim, gint64 now_us)
{
  gint64 gap_us
      = MAX (MEASURED_GAP_US, inf_roster_count_live (swim->roster) * MEASURED_GAP_PER_PEER_US);

  if (swim->measured_us > now_us + (N_MEASURED_AT_ONCE - 1) * gap_us
      || is_due_after (swim, get_minor_gap_us (swim)))
    return;
  swim->measured_us = MAX (swim->measured_us, now_us) + gap_us;
  inf_swim_publish_later (swim, now_us);
}

static void
publish_load_later (InfSwim *swim, gint64 now_us)
{
  gint64 gap_us = get_minor_gap_us (swim) << swim->n_load_records;

  if (now_us - swim->published_us > N_GAPS_OF_QUIET * gap_us)
    {
      swim->n_load_records = 0;
      gap_us = get_minor_gap_us (swim);
    }
  publish_after_about (swim, gap_us, now_us);
}

/* Somebody has news of this node from a life that it forgot: it must go beyond that. */
void
inf_swim_outdo (InfSwim *swim, guint32 incarnation, gint64 now_us)
{
  InfPeer *peers[N_TOLD_AT_ONCE];

  if (incarnation == G_MAXUINT32)
    return;
  swim->incarnation = incarnation + 1;
  swim->sequence = 0;
  inf_swim_publish (swim, now_us);
  inf_swim_emit (swim, INF_SWIM_INCARNATION, NULL);
  guint n_peers = inf_swim_choose_live (swim, 0, N_TOLD_AT_ONCE, peers);
  for (guint i = 0; i < n_peers; i++)
    inf_swim_send_news (swim, peers[i]);
}

static gboolean
major_fields_differ (const InfPeerInfo *a, const InfPeerInfo *b)
{
  return a->cores != b->cores || a->memory_bytes != b->memory_bytes
         || a->slots_total != b->slots_total || a->slots_free != b->slots_free
         || a->price_ucredits != b->price_ucredits || a->hosting != b->hosting
         || a->is_reclaimed != b->is_reclaimed || !g_str_equal (a->arch, b->arch)
         || !g_str_equal (a->os, b->os) || !g_str_equal (a->open_mpi_version, b->open_mpi_version)
         || !g_strv_equal ((const char *const *)a->offers, (const char *const *)b->offers);
}

/**
 * inf_swim_set_capacity:
 * @swim: a core
 * @capacity: what this node can do now; only the fields from @cores to @offers count
 * @now_us: the time
 *
 * Peers hear of a change at once (twice a second at most), of a load that moved by a quarter of a
 * core every ten seconds at most, and less often where it never rests.
 */
void
inf_swim_set_capacity (InfSwim *swim, const InfPeerInfo *capacity, gint64 now_us)
{
  inf_peer_info_unref (swim->capacity);
  swim->capacity = inf_peer_info_copy (capacity);
  if (major_fields_differ (capacity, swim->published))
    publish_soon (swim, now_us);
  else if (load_has_moved (swim->published, capacity))
    publish_load_later (swim, now_us);
  inf_swim_publish_due (swim, now_us);
}

/**
 * inf_swim_set_addresses:
 * @swim: a core
 * @addresses: (array length=n_addresses): where this node is reached, likeliest first
 * @n_addresses: only the first %INF_RECORD_MAX_ADDRESSES count
 * @now_us: the time
 */
void
inf_swim_set_addresses (InfSwim *swim, const InfAddress *addresses, guint n_addresses,
                        gint64 now_us)
{
  guint n = MIN (n_addresses, INF_RECORD_MAX_ADDRESSES);

  if (n == swim->n_addresses)
    {
      guint n_equal = 0;
      while (n_equal < n && inf_address_equal (&addresses[n_equal], &swim->addresses[n_equal]))
        n_equal++;
      if (n_equal == n)
        return;
    }
  memcpy (swim->addresses, addresses, n * sizeof *addresses);
  swim->n_addresses = n;
  publish_soon (swim, now_us);
}

/**
 * inf_swim_leave:
 * @swim: a core
 * @now_us: the time
 *
 * Says goodbye. Nothing but the actions that this leaves to be taken comes from @swim any more.
 */
void
inf_swim_leave (InfSwim *swim, gint64 now_us)
{
  if (swim->has_left)
    return;
  swim->has_left = TRUE;
  inf_swim_publish_to_many (swim, now_us);
}
