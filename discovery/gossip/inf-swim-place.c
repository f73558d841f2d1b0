#include "discovery/gossip/inf-swim-private.h"

/* What a node says in every answer of its own, for nothing but the bytes: its coordinate; and where
 * it sees whom it answers, where that is none of the addresses in that one's record. */
#define MAX_PLACE_BYTES (INF_COORDINATE_SIZE_BYTES + 18)

#define N_WITNESSES 2

/* A record is worth renewing for a coordinate that is off by this much, by this share of its
 * distance to the middle, and by more than forecasts are off anyway. */
#define MIN_SHIFT_US 2000.0f
#define MIN_SHIFT_SHARE 0.2f
#define N_USUAL_RESIDUALS 2.0f
/* Above this, a coordinate says nothing yet. */
#define MAX_PUBLISHED_ERROR 0.7f

static gboolean
names_address (const InfRecord *record, const InfAddress *address)
{
  InfAddress addresses[INF_RECORD_MAX_ADDRESSES];
  guint n_addresses = inf_record_get_addresses (record, addresses);

  for (guint i = 0; i < n_addresses; i++)
    if (inf_address_equal (&addresses[i], address))
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full): where this node is, and where it sees @recipient */
GBytes *
inf_swim_make_place (const InfSwim *swim, const InfPeer *recipient)
{
  const InfContact *contact = inf_peer_get_contact (recipient);
  guint8 data[MAX_PLACE_BYTES];
  gsize size = INF_COORDINATE_SIZE_BYTES;

  inf_coordinate_to_bytes (&swim->vivaldi.own, data);
  if (contact->is_confirmed && !inf_address_is_link_local (&contact->address)
      && !inf_address_is_loopback (&contact->address)
      && !names_address (recipient->record, &contact->address))
    size += inf_address_to_bytes (&contact->address, data + size);
  return g_bytes_new (data, size);
}

static void
hear_where_seen (InfSwim *swim, const InfPeer *witness, const guint8 *data, gsize size_bytes,
                 gint64 now_us)
{
  const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  InfAddress seen;

  if (!inf_address_from_bytes (data, size_bytes, &seen) || names_address (self->record, &seen))
    inf_observed_add (&swim->observed, witness->hint, NULL, now_us);
  else
    inf_observed_add (&swim->observed, witness->hint, &seen, now_us);
}

/* Takes what inf_swim_make_place() made at @sender; @rtt_us is what its answer took, 0 where that
 * can't be told. */
void
inf_swim_take_place (InfSwim *swim, const InfPeer *sender, GBytes *place, guint rtt_us,
                     gint64 now_us)
{
  gsize size = 0;
  const guint8 *data = place ? g_bytes_get_data (place, &size) : NULL;
  InfCoordinate coordinate;

  if (size < INF_COORDINATE_SIZE_BYTES)
    return;
  if (inf_coordinate_from_bytes (data, INF_COORDINATE_SIZE_BYTES, &coordinate))
    inf_vivaldi_update (&swim->vivaldi, &coordinate, rtt_us, (guint32)inf_swim_random (swim));
  hear_where_seen (swim, sender, data + INF_COORDINATE_SIZE_BYTES, size - INF_COORDINATE_SIZE_BYTES,
                   now_us);
}

/* Where enough others see this node, FALSE where that is an address of its own. */
gboolean
inf_swim_find_observed (const InfSwim *swim, gint64 now_us, InfAddress *ret_address)
{
  guint n_others = inf_roster_count_live (swim->roster) - 1;

  return inf_observed_find (&swim->observed, CLAMP (n_others, 1, N_WITNESSES), now_us, ret_address);
}

/* Where this node is as far as that is worth telling everybody; unknown while it is not. */
InfCoordinate
inf_swim_get_coordinate (const InfSwim *swim)
{
  const InfCoordinate unknown = { 0 };

  return swim->vivaldi.own.error <= MAX_PUBLISHED_ERROR ? swim->vivaldi.own : unknown;
}

/* Whether others' forecasts of the way to this node, which knows where it is, are worth mending. */
static gboolean
coordinate_is_stale (const InfSwim *swim, const InfCoordinate *own)
{
  const InfCoordinate *published = &swim->published->coordinate;
  float shift_us = inf_coordinate_get_shift_us (own, published);

  return shift_us > MIN_SHIFT_US
         && shift_us > MIN_SHIFT_SHARE * inf_coordinate_get_norm_us (published)
         && shift_us > N_USUAL_RESIDUALS * swim->vivaldi.usual_residual_us;
}

static void
review_coordinate (InfSwim *swim, gint64 now_us)
{
  const InfCoordinate own = inf_swim_get_coordinate (swim);

  if (!inf_coordinate_is_known (&own))
    return;
  if (!inf_coordinate_is_known (&swim->published->coordinate))
    inf_swim_publish_later (swim, now_us);
  else if (coordinate_is_stale (swim, &own))
    inf_swim_publish_measured (swim, now_us);
}

/* Renews the record, in its time, when this node is somewhere else than it says. */
void
inf_swim_review_place (InfSwim *swim, gint64 now_us)
{
  const InfPeer *self = inf_roster_find (swim->roster, swim->self_hint);
  InfAddress seen = { 0 }, published = { 0 };
  gboolean is_seen = inf_swim_find_observed (swim, now_us, &seen);
  gboolean is_published = inf_record_get_observed_address (self->record, &published);

  if (is_seen != is_published || !inf_address_equal (&seen, &published))
    inf_swim_publish_later (swim, now_us);
  review_coordinate (swim, now_us);
}
