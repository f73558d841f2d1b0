#include "discovery/gossip/inf-swim-private.h"

/* Where members may be: peers of the last run, the invite's addresses, what was typed. A new seed
 * is tried at once, then after 0.2 s, doubling; after N_QUICK tries, or once there is company,
 * slowly and for ever, since behind it may be the other half of a grid that was split. A seed whose
 * peer is alive rests. */
#define FIRST_GAP_US (INF_SWIM_SECOND_US / 5)
#define SLOW_GAP_US (60 * INF_SWIM_SECOND_US)
#define N_QUICK 8
#define MAX_SEEDS 256

/* How long these are alone in being tried. */
#define HEAD_START_US (INF_SWIM_SECOND_US / 5)

/* Peers of the last run are greeted some at a time: the first that answers knows the others. */
#define BATCH 4
#define BATCH_GAP_US (INF_SWIM_SECOND_US / 4)
#define MAX_REMEMBERED 64

/* So many tries by datagram go before one that takes the link as well. */
#define N_BEFORE_LINK 3

static void
remembered_free (gpointer data)
{
  InfSwimRemembered *remembered = data;

  inf_certificate_unref (remembered->certificate);
  inf_record_unref (remembered->record);
  g_free (remembered);
}

void
inf_swim_init_seeds (InfSwim *swim)
{
  swim->seeds = g_array_new (FALSE, FALSE, sizeof (InfSwimSeed));
  swim->remembered = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, remembered_free);
  swim->next_seed_us = G_MAXINT64;
}

void
inf_swim_clear_seeds (InfSwim *swim)
{
  g_array_unref (swim->seeds);
  g_hash_table_unref (swim->remembered);
}

static InfSwimSeed *
find_seed (InfSwim *swim, const InfAddress *address)
{
  for (guint i = 0; i < swim->seeds->len; i++)
    {
      InfSwimSeed *seed = &g_array_index (swim->seeds, InfSwimSeed, i);
      if (inf_address_equal (&seed->address, address))
        return seed;
    }
  return NULL;
}

static void
add_seed (InfSwim *swim, const InfAddress *address, guint64 hint, gint64 delay_us, gint64 now_us)
{
  const InfSwimSeed seed = {
    .address = *address,
    .hint = hint,
    .next_us = now_us + delay_us,
    .can_wait = delay_us > 0,
  };
  InfSwimSeed *known = find_seed (swim, address);

  if (known)
    {
      guint64 known_hint = known->hint;
      *known = seed;
      known->hint = hint ? hint : known_hint;
    }
  else if (swim->seeds->len < MAX_SEEDS)
    g_array_append_val (swim->seeds, seed);
  swim->next_seed_us = MIN (swim->next_seed_us, seed.next_us);
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
  add_seed (swim, address, 0, 0, now_us);
}

/**
 * inf_swim_add_late_seed:
 * @swim: a core
 * @address: as for inf_swim_add_seed()
 * @delay_us: how long others are tried before; when they answer, it is not urgent any more
 * @now_us: the time
 */
void
inf_swim_add_late_seed (InfSwim *swim, const InfAddress *address, gint64 delay_us, gint64 now_us)
{
  add_seed (swim, address, 0, delay_us, now_us);
}

/* Checks certificate and record as if they had just come. */
static InfSwimRemembered *
check_remembered (InfSwim *swim, GBytes *certificate_bytes, GBytes *record_bytes, gint64 now_us)
{
  gint64 now_unix_us = now_us + swim->unix_offset_us;
  g_autoptr (InfRecord) record
      = inf_record_from_bytes (record_bytes, inf_membership_get_grid (swim->membership), NULL);
  g_autoptr (InfCertificate) certificate
      = inf_membership_check (swim->membership, certificate_bytes, now_unix_us, NULL);

  if (!record || !certificate || !inf_record_verify (record)
      || !inf_peer_id_equal (inf_record_get_peer_id (record),
                             inf_certificate_get_peer_id (certificate))
      || inf_peer_hint (inf_record_get_peer_id (record)) == swim->self_hint)
    return NULL;
  InfSwimRemembered *remembered = g_new0 (InfSwimRemembered, 1);
  remembered->hint = inf_peer_hint (inf_record_get_peer_id (record));
  remembered->certificate = g_steal_pointer (&certificate);
  remembered->record = g_steal_pointer (&record);
  return remembered;
}

/**
 * inf_swim_remember:
 * @swim: a core
 * @certificate: a member's, from this node's disk
 * @record: likewise
 * @address: (nullable): where it was reached last
 * @now_us: the time
 *
 * Tells of a peer of an earlier run. It is greeted before anybody else is looked for, and is a peer
 * again as soon as it says a word; until then nobody hears of it.
 */
void
inf_swim_remember (InfSwim *swim, GBytes *certificate, GBytes *record, const InfAddress *address,
                   gint64 now_us)
{
  InfAddress addresses[INF_RECORD_MAX_TARGETS];
  guint n_known = g_hash_table_size (swim->remembered);
  gint64 delay_us = n_known / BATCH * BATCH_GAP_US;

  if (n_known >= MAX_REMEMBERED)
    return;
  InfSwimRemembered *remembered = check_remembered (swim, certificate, record, now_us);
  if (!remembered)
    return;
  g_hash_table_replace (swim->remembered, &remembered->hint, remembered);
  if (swim->n_multicasts == 0)
    swim->next_multicast_us = MAX (swim->next_multicast_us, now_us + HEAD_START_US);
  if (address)
    add_seed (swim, address, remembered->hint, delay_us, now_us);
  else if (inf_record_get_targets (remembered->record, addresses) > 0)
    add_seed (swim, &addresses[0], remembered->hint, delay_us, now_us);
}

const InfSwimRemembered *
inf_swim_get_remembered (const InfSwim *swim, guint64 hint)
{
  return g_hash_table_lookup (swim->remembered, &hint);
}

/* A remembered peer has spoken: it is known again. */
InfPeer *
inf_swim_recall (InfSwim *swim, guint64 hint, gint64 now_us)
{
  const InfSwimRemembered *remembered = inf_swim_get_remembered (swim, hint);
  gboolean is_new;

  if (!remembered)
    return NULL;
  g_autoptr (GBytes) certificate
      = g_bytes_ref (inf_certificate_get_bytes (remembered->certificate));
  g_autoptr (GBytes) record = g_bytes_ref (inf_record_get_bytes (remembered->record));
  g_hash_table_remove (swim->remembered, &hint);
  return inf_swim_admit (swim, certificate, record, now_us, &is_new);
}

/* Somebody proved to be at @address now. */
void
inf_swim_seed_answered (InfSwim *swim, guint64 hint, const InfAddress *address)
{
  InfSwimSeed *seed = find_seed (swim, address);

  if (seed)
    seed->hint = hint;
}

/* The network is another, or was gone: what did not answer may do so now. */
void
inf_swim_retry_seeds (InfSwim *swim, gint64 now_us)
{
  for (guint i = 0; i < swim->seeds->len; i++)
    {
      InfSwimSeed *seed = &g_array_index (swim->seeds, InfSwimSeed, i);
      seed->next_us = MIN (seed->next_us, now_us + i / BATCH * BATCH_GAP_US);
      seed->n_tries = 0;
    }
  if (swim->seeds->len > 0)
    swim->next_seed_us = now_us;
}

static gboolean
may_rest (const InfSwim *swim, const InfSwimSeed *seed)
{
  const InfPeer *peer = seed->hint ? inf_roster_find (swim->roster, seed->hint) : NULL;

  for (guint i = 0; i < swim->n_addresses; i++)
    if (inf_address_equal (&seed->address, &swim->addresses[i]))
      return TRUE;
  return peer && inf_peer_is_live (peer) && inf_peer_get_contact (peer)->is_confirmed;
}

static void
try_seed (InfSwim *swim, InfSwimSeed *seed, gint64 now_us)
{
  gboolean has_company = inf_roster_count_live (swim->roster) > 1;
  gint64 slow_us = SLOW_GAP_US * (has_company ? swim->seeds->len : 1);

  if (may_rest (swim, seed) || (has_company && seed->can_wait))
    {
      seed->can_wait = FALSE;
      seed->n_tries = MAX (seed->n_tries, N_QUICK);
      seed->next_us = now_us + inf_swim_jitter (swim, slow_us);
      return;
    }
  seed->can_wait = FALSE;
  inf_swim_greet_at (swim, seed->hint, &seed->address, seed->n_tries >= N_BEFORE_LINK);
  gint64 gap_us = seed->n_tries < N_QUICK ? FIRST_GAP_US << seed->n_tries : slow_us;
  seed->next_us = now_us + inf_swim_jitter (swim, gap_us);
  seed->n_tries = MIN (seed->n_tries + 1, N_QUICK);
}

void
inf_swim_tick_seeds (InfSwim *swim, gint64 now_us)
{
  if (now_us < swim->next_seed_us)
    return;
  swim->next_seed_us = G_MAXINT64;
  for (guint i = 0; i < swim->seeds->len; i++)
    {
      InfSwimSeed *seed = &g_array_index (swim->seeds, InfSwimSeed, i);
      if (now_us >= seed->next_us)
        try_seed (swim, seed, now_us);
      swim->next_seed_us = MIN (swim->next_seed_us, seed->next_us);
    }
}
