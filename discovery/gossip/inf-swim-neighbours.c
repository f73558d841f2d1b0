#include "discovery/gossip/inf-swim-private.h"

/* Whom the record names, of all that this node exchanges probes with. One half are those that
 * follow it in the ring of ids: so the neighbours of all together make one connected picture, in
 * which every edge is measured from both ends soon. The other half are the nearest. Whoever is
 * chosen stays so while others are only a little nearer: a record is not worth renewing for noise.
 *
 * Whom the record is to name is pinged a few times soon. The schedule of probes alone takes minutes
 * for that in a grid of a hundred, and every node would tell again and again what it knows so far.
 */
#define N_FOLLOWERS (INF_RECORD_MAX_NEIGHBOURS / 2)
#define MAX_STEPS_IN_RING 64
#define N_CANDIDATES 16

/* Somebody who was not heard of for this long is no neighbour, unless the grid is so large that
 * three probes each way take longer. */
#define MIN_HEARD_US (60 * INF_SWIM_SECOND_US)
#define HEARD_PERIODS 3

#define LOSS_WEIGHT 16
/* Fewer pings than this say nothing about loss. */
#define MIN_PINGS 4
/* Some four standard deviations of the mean of the last pings, where a fifth of them is lost. */
#define MIN_LOSS_CHANGE_PERMILLE 300
#define MIN_RTT_CHANGE_US 5000

typedef struct
{
  InfSwim *swim;
  GArray *list; /* of InfNeighbour */
  gint64 heard_since_us;
} Choice;

/**
 * inf_swim_count_ping:
 * @peer: a peer that was pinged directly
 * @was_answered: whether the first ping was answered in its time
 *
 * Keeps the share of lost pings: the mean of the first, then a sixteenth of every new one.
 */
void
inf_swim_count_ping (InfPeer *peer, gboolean was_answered)
{
  InfContact *contact = inf_peer_ensure_contact (peer);
  int sample = was_answered ? 0 : 1000;

  contact->n_pings = (guint8)MIN (contact->n_pings + 1, LOSS_WEIGHT);
  contact->loss_permille
      = (guint16)(contact->loss_permille + (sample - contact->loss_permille) / contact->n_pings);
}

static gboolean
is_neighbour (const Choice *choice, const InfPeer *peer)
{
  if (!peer || peer->is_self || peer->state != INF_PEER_ALIVE)
    return FALSE;
  const InfContact *contact = inf_peer_get_contact (peer);
  return inf_rtt_is_known (&contact->rtt) && contact->last_heard_us > choice->heard_since_us;
}

static const InfNeighbour *
find_neighbour (GArray *list, const InfPeerId *id)
{
  for (guint i = 0; list && i < list->len; i++)
    if (inf_peer_id_equal (&g_array_index (list, InfNeighbour, i).id, id))
      return &g_array_index (list, InfNeighbour, i);
  return NULL;
}

static void
take (Choice *choice, const InfPeer *peer)
{
  if (!is_neighbour (choice, peer)
      || find_neighbour (choice->list, inf_record_get_peer_id (peer->record)))
    return;
  const InfContact *contact = inf_peer_get_contact (peer);
  const InfNeighbour neighbour = {
    .id = *inf_record_get_peer_id (peer->record),
    .rtt_us = inf_rtt_get_least_us (&contact->rtt),
    .loss_permille = contact->n_pings >= MIN_PINGS ? contact->loss_permille : INF_LOSS_UNKNOWN,
  };
  g_array_append_val (choice->list, neighbour);
}

static void
take_followers (Choice *choice)
{
  const InfRoster *roster = choice->swim->roster;
  guint n_peers = inf_roster_get_size (roster);
  InfRosterIter iter;

  inf_roster_iter_init (&iter, roster, choice->swim->self_hint);
  for (guint i = 0; i < MIN (n_peers, MAX_STEPS_IN_RING) && choice->list->len < N_FOLLOWERS; i++)
    {
      const InfPeer *peer = inf_roster_iter_next (&iter);
      if (!peer)
        {
          inf_roster_iter_init (&iter, roster, 0);
          peer = inf_roster_iter_next (&iter);
        }
      take (choice, peer);
    }
}

static void
take_chosen_before (Choice *choice)
{
  GArray *chosen = choice->swim->neighbours;

  for (guint i = 0; chosen && i < chosen->len; i++)
    {
      guint64 hint = inf_peer_hint (&g_array_index (chosen, InfNeighbour, i).id);
      take (choice, inf_roster_find (choice->swim->roster, hint));
    }
}

static void
take_some_live (Choice *choice)
{
  InfPeer *peers[N_CANDIDATES];
  guint n_peers = inf_swim_choose_live (choice->swim, 0, N_CANDIDATES, peers);

  for (guint i = 0; i < n_peers; i++)
    take (choice, peers[i]);
}

static int
compare_rtt (gconstpointer a, gconstpointer b)
{
  const InfNeighbour *first = a, *second = b;

  return (first->rtt_us > second->rtt_us) - (first->rtt_us < second->rtt_us);
}

/* Who was chosen before counts as twice as near, and in a LAN, where all are near, as nearer than
 * all. */
static gint64
rank (const InfNeighbour *neighbour, GArray *chosen)
{
  if (find_neighbour (chosen, &neighbour->id))
    return (gint64)neighbour->rtt_us / 2 - MIN_RTT_CHANGE_US;
  return neighbour->rtt_us;
}

static int
compare_rank (gconstpointer a, gconstpointer b, gpointer chosen)
{
  gint64 first = rank (a, chosen), second = rank (b, chosen);

  return (first > second) - (first < second);
}

static void
keep_nearest (Choice *choice, guint n_followers)
{
  GArray *list = choice->list;

  if (list->len <= INF_RECORD_MAX_NEIGHBOURS)
    return;
  g_qsort_with_data (&g_array_index (list, InfNeighbour, n_followers),
                     (int)(list->len - n_followers), sizeof (InfNeighbour), compare_rank,
                     choice->swim->neighbours);
  g_array_set_size (list, INF_RECORD_MAX_NEIGHBOURS);
}

/* Returns: (transfer full) (element-type InfNeighbour): whom this node's record is to name, nearest
 * first */
GArray *
inf_swim_choose_neighbours (InfSwim *swim, gint64 now_us)
{
  gint64 round_us = HEARD_PERIODS * inf_roster_count_live (swim->roster) * INF_SWIM_SECOND_US;
  Choice choice = {
    .swim = swim,
    .list = g_array_new (FALSE, FALSE, sizeof (InfNeighbour)),
    .heard_since_us = now_us - MAX (round_us, MIN_HEARD_US),
  };

  take_followers (&choice);
  guint n_followers = choice.list->len;
  take_chosen_before (&choice);
  take_some_live (&choice);
  keep_nearest (&choice, n_followers);
  g_array_sort (choice.list, compare_rtt);
  g_clear_pointer (&swim->neighbours, g_array_unref);
  swim->neighbours = g_array_ref (choice.list);
  return choice.list;
}

/* By how much measurements of the way to a neighbour differ anyway: less is no news. */
static guint
get_usual_change_us (const InfSwim *swim, const InfNeighbour *neighbour)
{
  const InfPeer *peer = inf_roster_find (swim->roster, inf_peer_hint (&neighbour->id));

  return peer ? MAX (inf_peer_get_contact (peer)->rtt.deviation_us, MIN_RTT_CHANGE_US)
              : MIN_RTT_CHANGE_US;
}

static gboolean
differs (const InfNeighbour *old, const InfNeighbour *new, guint usual_change_us)
{
  guint rtt_us = MAX (old->rtt_us, new->rtt_us) - MIN (old->rtt_us, new->rtt_us);
  guint loss_permille
      = MAX (old->loss_permille, new->loss_permille) - MIN (old->loss_permille, new->loss_permille);

  if (rtt_us > usual_change_us && rtt_us > old->rtt_us / 2)
    return TRUE;
  return old->loss_permille != INF_LOSS_UNKNOWN
         && new->loss_permille != INF_LOSS_UNKNOWN &&loss_permille > MIN_LOSS_CHANGE_PERMILLE;
}

typedef enum
{
  NEWS_NONE,
  NEWS_MEASURED, /* the same ones by other figures, or better ones */
  NEWS_NUMBER,   /* there are more or fewer */
} News;

static News
compare_with_published (const InfSwim *swim, GArray *neighbours)
{
  GArray *old = swim->published->neighbours;
  guint n_kept = 0, n_measured = 0, n_told = 0;

  if (neighbours->len != old->len)
    return NEWS_NUMBER;
  for (guint i = 0; i < neighbours->len; i++)
    {
      const InfNeighbour *neighbour = &g_array_index (neighbours, InfNeighbour, i);
      const InfNeighbour *named = find_neighbour (old, &neighbour->id);
      if (named && differs (named, neighbour, get_usual_change_us (swim, neighbour)))
        return NEWS_MEASURED;
      n_kept += named ? 1 : 0;
      n_measured += neighbour->loss_permille != INF_LOSS_UNKNOWN ? 1 : 0;
      n_told += named && named->loss_permille != INF_LOSS_UNKNOWN ? 1 : 0;
    }
  if (n_kept < neighbours->len || (n_measured == neighbours->len && n_told < neighbours->len))
    return NEWS_MEASURED;
  return NEWS_NONE;
}

static void
meet (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  if (peer && !peer->is_self && peer->state == INF_PEER_ALIVE
      && inf_peer_get_contact (peer)->n_pings < MIN_PINGS)
    inf_swim_measure (swim, peer, now_us);
}

/* All that the record names or should name; and where they are too few, others. */
static void
meet_neighbours (InfSwim *swim, GArray *neighbours, gint64 now_us)
{
  guint n_live = inf_roster_count_live (swim->roster);
  guint own = inf_roster_rank_live (swim->roster, swim->self_hint);
  InfPeer *others[INF_RECORD_MAX_NEIGHBOURS];

  for (guint i = 1; i <= N_FOLLOWERS && i < n_live; i++)
    meet (swim, inf_roster_get_live (swim->roster, (own + i) % n_live), now_us);
  for (guint i = 0; i < neighbours->len; i++)
    {
      guint64 hint = inf_peer_hint (&g_array_index (neighbours, InfNeighbour, i).id);
      meet (swim, inf_roster_find (swim->roster, hint), now_us);
    }
  guint n_others
      = inf_swim_choose_live (swim, 0, INF_RECORD_MAX_NEIGHBOURS - neighbours->len, others);
  for (guint i = 0; i < n_others; i++)
    meet (swim, others[i], now_us);
}

/* Renews the record, in its time, when this node's neighbours are not the ones it names. */
void
inf_swim_review_neighbours (InfSwim *swim, gint64 now_us)
{
  g_autoptr (GArray) neighbours = inf_swim_choose_neighbours (swim, now_us);

  if (swim->away_until_unix_us == 0)
    meet_neighbours (swim, neighbours, now_us);
  switch (compare_with_published (swim, neighbours))
    {
    case NEWS_NUMBER:
      inf_swim_publish_later (swim, now_us);
      break;
    case NEWS_MEASURED:
      inf_swim_publish_measured (swim, now_us);
      break;
    case NEWS_NONE:
      break;
    }
}
