#include "discovery/gossip/inf-swim-private.h"

#include <string.h>

/* A record that nobody needs at once, since only the load or a neighbour changed, waits this long
 * since the one before. */
#define MINOR_GAP_US (10 * INF_SWIM_SECOND_US)
#define MAJOR_GAP_US (INF_SWIM_SECOND_US / 2)
#define MINOR_LOAD_MILLI 250
#define NEIGHBOUR_HEARD_US (60 * INF_SWIM_SECOND_US)
#define N_DEFENDERS 4

/* Whether neighbours whose times differ are worth a new record: noise is not. */
static gboolean
rtt_has_changed (guint old_us, guint new_us)
{
  guint difference_us = old_us > new_us ? old_us - new_us : new_us - old_us;

  return difference_us > 5000 && difference_us > old_us / 2;
}

static gboolean
is_neighbour (const InfPeer *peer, gint64 now_us)
{
  if (!peer || peer->is_self || peer->state != INF_PEER_ALIVE)
    return FALSE;
  const InfContact *contact = inf_peer_get_contact (peer);
  return contact->rtt_us > 0 && now_us - contact->last_heard_us < NEIGHBOUR_HEARD_US;
}

static int
compare_neighbours (gconstpointer a, gconstpointer b)
{
  const InfNeighbour *first = a, *second = b;

  return (first->rtt_us > second->rtt_us) - (first->rtt_us < second->rtt_us);
}

static gboolean
has_neighbour (GArray *neighbours, const InfPeerId *id)
{
  for (guint i = 0; i < neighbours->len; i++)
    if (inf_peer_id_equal (&g_array_index (neighbours, InfNeighbour, i).id, id))
      return TRUE;
  return FALSE;
}

static void
append_neighbour (GArray *neighbours, const InfPeer *peer)
{
  InfNeighbour neighbour = { .id = *inf_record_get_peer_id (peer->record),
                             .rtt_us = inf_peer_get_contact (peer)->rtt_us,
                             .loss_permille = INF_LOSS_UNKNOWN };

  g_array_append_val (neighbours, neighbour);
}

/* The published neighbours that still are, then others: a full list does not change with every
 * measurement. */
static GArray *
list_neighbours (InfSwim *swim, gint64 now_us)
{
  GArray *neighbours = g_array_new (FALSE, FALSE, sizeof (InfNeighbour));
  GArray *old = swim->published ? swim->published->neighbours : neighbours;
  InfRosterIter iter;
  const InfPeer *peer;

  for (guint i = 0; i < old->len; i++)
    {
      const InfPeerId *id = &g_array_index (old, InfNeighbour, i).id;
      peer = inf_roster_find (swim->roster, inf_peer_hint (id));
      if (is_neighbour (peer, now_us))
        append_neighbour (neighbours, peer);
    }
  inf_roster_iter_init (&iter, swim->roster, 0);
  while (neighbours->len < INF_RECORD_MAX_NEIGHBOURS && (peer = inf_roster_iter_next (&iter)))
    if (is_neighbour (peer, now_us)
        && !has_neighbour (neighbours, inf_record_get_peer_id (peer->record)))
      append_neighbour (neighbours, peer);
  g_array_sort (neighbours, compare_neighbours);
  return neighbours;
}

/* Signs and spreads a new record of this node. */
void
inf_swim_publish (InfSwim *swim, gint64 now_us)
{
  InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  InfPeerInfo *published = inf_peer_info_copy (swim->capacity);

  g_array_unref (published->neighbours);
  published->neighbours = list_neighbours (swim, now_us);
  const InfRecordDraft draft = {
    .incarnation = swim->incarnation,
    .sequence = ++swim->sequence,
    .session = swim->session,
    .signed_unix_us = now_us + swim->unix_offset_us,
    .has_left = swim->has_left,
    .port = swim->port,
    .addresses = swim->addresses,
    .n_addresses = swim->n_addresses,
    .neighbours = published->neighbours,
    .capacity = published,
  };
  g_autoptr (InfRecord) record
      = inf_record_new (inf_membership_get_keypair (swim->membership),
                        inf_membership_get_grid (swim->membership), &draft);
  g_clear_pointer (&swim->published, inf_peer_info_unref);
  swim->published = published;
  swim->published_us = now_us;
  swim->publish_us = G_MAXINT64;
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
      inf_rumours_add_record (swim->rumours, swim->self_hint, inf_record_get_bytes (record));
      inf_swim_emit (swim, INF_SWIM_CHANGED, self);
    }
}

static void
publish_after (InfSwim *swim, gint64 gap_us, gint64 now_us)
{
  gint64 due_us = MAX (now_us, swim->published_us + gap_us);

  swim->publish_us = MIN (swim->publish_us, due_us);
}

/* Somebody accuses this node, or has news of it from a life that it forgot. The objection is its
 * record with a higher incarnation, which only it can sign. */
void
inf_swim_refute (InfSwim *swim, InfPeer *accuser, guint32 incarnation, gint64 now_us)
{
  InfPeer *defenders[N_DEFENDERS];

  /* An accusation that was refuted already: the accuser lacks the refutation, nobody else. */
  if (accuser && incarnation < swim->incarnation)
    {
      const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
      inf_rumours_add_record (swim->rumours, swim->self_hint, inf_record_get_bytes (self->record));
      inf_swim_send_news (swim, accuser);
      return;
    }
  if (incarnation == G_MAXUINT32)
    return;
  swim->incarnation = incarnation + 1;
  swim->sequence = 0;
  inf_swim_publish (swim, now_us);
  inf_swim_emit (swim, INF_SWIM_INCARNATION, NULL);
  if (accuser)
    inf_swim_send_news (swim, accuser);
  guint n_defenders
      = inf_swim_choose_live (swim, accuser ? accuser->hint : 0, N_DEFENDERS, defenders);
  for (guint i = 0; i < n_defenders; i++)
    inf_swim_send_news (swim, defenders[i]);
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
 * core every ten seconds at most.
 */
void
inf_swim_set_capacity (InfSwim *swim, const InfPeerInfo *capacity, gint64 now_us)
{
  guint old_load = swim->published->load_milli, new_load = capacity->load_milli;
  guint difference = MAX (old_load, new_load) - MIN (old_load, new_load);

  inf_peer_info_unref (swim->capacity);
  swim->capacity = inf_peer_info_copy (capacity);
  if (major_fields_differ (capacity, swim->published))
    publish_after (swim, MAJOR_GAP_US, now_us);
  else if (difference >= MINOR_LOAD_MILLI)
    publish_after (swim, MINOR_GAP_US, now_us);
  if (swim->publish_us <= now_us)
    inf_swim_publish (swim, now_us);
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
  publish_after (swim, MAJOR_GAP_US, now_us);
}

/* Renews the record when this node's neighbours are not the ones it names. */
void
inf_swim_review_neighbours (InfSwim *swim, gint64 now_us)
{
  g_autoptr (GArray) neighbours = list_neighbours (swim, now_us);
  GArray *old = swim->published->neighbours;
  gboolean differ = neighbours->len != old->len;

  for (guint i = 0; i < old->len && !differ; i++)
    {
      const InfNeighbour *neighbour = &g_array_index (old, InfNeighbour, i);
      const InfPeer *peer = inf_roster_find (swim->roster, inf_peer_hint (&neighbour->id));
      differ = !has_neighbour (neighbours, &neighbour->id)
               || rtt_has_changed (neighbour->rtt_us, inf_peer_get_contact (peer)->rtt_us);
    }
  if (differ)
    publish_after (swim, MINOR_GAP_US, now_us);
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
  InfPeer *peers[16];

  if (swim->has_left)
    return;
  swim->has_left = TRUE;
  inf_swim_publish (swim, now_us);
  /* Everybody but a large grid's many hears it directly, twice, since nobody will ask again. */
  guint n_peers = inf_swim_choose_live (swim, 0, G_N_ELEMENTS (peers), peers);
  const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  for (guint i = 0; i < 2 * n_peers; i++)
    {
      inf_rumours_add_record (swim->rumours, swim->self_hint, inf_record_get_bytes (self->record));
      inf_swim_send_news (swim, peers[i % n_peers]);
    }
}
