#include "discovery/gossip/inf-gossip-memory.h"

/* How far a run may raise its incarnation before it has to be written down again: what is on disk
 * is always above what anybody has heard, so that no crash, however timed, makes a ghost. */
#define INCARNATION_RESERVE 32

/* When the invite's addresses and those that were typed are tried, where peers of the last run and
 * multicast bring nobody. */
#define INVITED_AFTER_US (G_USEC_PER_SEC / 2)
#define TYPED_AFTER_US G_USEC_PER_SEC

struct _InfGossipMemory
{
  char *state_dir;
  guint64 session;
  guint32 incarnation;         /* this run's first */
  guint32 incarnation_on_disk; /* the next run begins above it */
  GVariant *windows;           /* of the run before, until they are passed on */
  GArray *peers;               /* InfGossipStatePeer */
  GArray *former_seeds;        /* InfGossipStateSeed: of the runs before, likewise */
  GArray *seeds;               /* InfGossipStateSeed */
};

/**
 * inf_gossip_memory_new:
 * @state_dir: the node's state directory
 *
 * Returns: (transfer full): a memory that has not read anything yet
 */
InfGossipMemory *
inf_gossip_memory_new (const char *state_dir)
{
  InfGossipMemory *memory = g_new0 (InfGossipMemory, 1);

  memory->state_dir = g_strdup (state_dir);
  memory->peers = inf_gossip_state_peers_new ();
  memory->seeds = g_array_new (FALSE, FALSE, sizeof (InfGossipStateSeed));
  return memory;
}

void
inf_gossip_memory_free (InfGossipMemory *memory)
{
  if (!memory)
    return;
  g_free (memory->state_dir);
  g_clear_pointer (&memory->windows, g_variant_unref);
  g_clear_pointer (&memory->former_seeds, g_array_unref);
  g_array_unref (memory->peers);
  g_array_unref (memory->seeds);
  g_free (memory);
}

static void
set_array (GArray **array, GArray *value)
{
  g_clear_pointer (array, g_array_unref);
  *array = value ? g_array_ref (value) : NULL;
}

/**
 * inf_gossip_memory_begin:
 * @memory: a memory
 * @now_unix_us: the calendar's time
 * @error: #INF_ERROR_FAILED, #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Reads what the runs before have left.
 *
 * Returns: whether it is known what that was
 */
gboolean
inf_gossip_memory_begin (InfGossipMemory *memory, gint64 now_unix_us, GError **error)
{
  g_auto (InfGossipState) state = { 0 };

  if (!inf_gossip_state_load (memory->state_dir, &state, error))
    return FALSE;
  /* Both grow with every start, even if the clock went back: see inf-datagram-seal.c. */
  memory->session = MAX ((guint64)now_unix_us, state.session + 1);
  memory->incarnation = state.incarnation == G_MAXUINT32 ? G_MAXUINT32 : state.incarnation + 1;
  g_clear_pointer (&memory->windows, g_variant_unref);
  memory->windows = g_steal_pointer (&state.windows);
  set_array (&memory->former_seeds, state.seeds);
  if (state.peers)
    set_array (&memory->peers, state.peers);
  return TRUE;
}

/**
 * inf_gossip_memory_get_incarnation:
 * @memory: a memory that has begun
 *
 * Returns: the incarnation that this run begins with: above all that were ever heard of
 */
guint32
inf_gossip_memory_get_incarnation (const InfGossipMemory *memory)
{
  return memory->incarnation;
}

/**
 * inf_gossip_memory_get_session:
 * @memory: a memory that has begun
 *
 * Returns: this run's number, above every earlier one's
 */
guint64
inf_gossip_memory_get_session (const InfGossipMemory *memory)
{
  return memory->session;
}

/**
 * inf_gossip_memory_add_seed:
 * @memory: a memory
 * @seed: where a member may be found
 *
 * Keeps @seed from the next inf_gossip_memory_save() on; of too many, the oldest is forgotten.
 */
void
inf_gossip_memory_add_seed (InfGossipMemory *memory, const InfGossipStateSeed *seed)
{
  for (guint i = memory->seeds->len; i-- > 0;)
    if (inf_address_equal (&g_array_index (memory->seeds, InfGossipStateSeed, i).address,
                           &seed->address))
      g_array_remove_index (memory->seeds, i);
  if (memory->seeds->len >= INF_GOSSIP_STATE_MAX_SEEDS)
    g_array_remove_index (memory->seeds, 0);
  g_array_append_val (memory->seeds, *seed);
}

/* What was given for this run is tried at once, what is older in its turn. */
static void
recall_seeds (InfGossipMemory *memory, InfSwim *swim, gint64 now_us)
{
  g_autoptr (GArray) given = g_steal_pointer (&memory->seeds);
  g_autoptr (GArray) former = g_steal_pointer (&memory->former_seeds);

  memory->seeds = g_array_new (FALSE, FALSE, sizeof (InfGossipStateSeed));
  for (guint i = 0; former && i < former->len; i++)
    {
      const InfGossipStateSeed *seed = &g_array_index (former, InfGossipStateSeed, i);
      gint64 delay_us = seed->is_typed ? TYPED_AFTER_US : INVITED_AFTER_US;
      inf_gossip_memory_add_seed (memory, seed);
      inf_swim_add_late_seed (swim, &seed->address, delay_us, now_us);
    }
  for (guint i = 0; i < given->len; i++)
    {
      const InfGossipStateSeed *seed = &g_array_index (given, InfGossipStateSeed, i);
      inf_gossip_memory_add_seed (memory, seed);
      inf_swim_add_seed (swim, &seed->address, now_us);
    }
}

/**
 * inf_gossip_memory_recall:
 * @memory: a memory that has begun
 * @core: this run's
 * @now_us: the time
 *
 * Tells @core what is remembered.
 */
void
inf_gossip_memory_recall (InfGossipMemory *memory, InfGossipCore *core, gint64 now_us)
{
  InfSwim *swim = inf_gossip_core_get_swim (core);

  if (memory->windows)
    inf_sealer_windows_from_variant (inf_gossip_core_get_sealer (core), memory->windows);
  g_clear_pointer (&memory->windows, g_variant_unref);
  for (guint i = 0; i < memory->peers->len; i++)
    {
      const InfGossipStatePeer *peer = &g_array_index (memory->peers, InfGossipStatePeer, i);
      inf_swim_remember (swim, peer->certificate, peer->record,
                         peer->has_address ? &peer->address : NULL, now_us);
    }
  recall_seeds (memory, swim, now_us);
}

/**
 * inf_gossip_memory_is_due:
 * @memory: a memory
 * @core: this run's, whose incarnation has grown
 *
 * Returns: whether that has to be written down before long
 */
gboolean
inf_gossip_memory_is_due (const InfGossipMemory *memory, InfGossipCore *core)
{
  guint32 incarnation = inf_swim_get_incarnation (inf_gossip_core_get_swim (core));

  return (guint64)incarnation + INCARNATION_RESERVE / 2 > memory->incarnation_on_disk;
}

static void
append_peer (GArray *peers, const InfPeer *peer)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  const InfGossipStatePeer kept = {
    .has_address = contact->is_confirmed && !inf_address_is_link (&contact->address),
    .address = contact->address,
    .certificate = g_bytes_ref (inf_certificate_get_bytes (peer->certificate)),
    .record = g_bytes_ref (inf_record_get_bytes (peer->record)),
  };

  g_array_append_val (peers, kept);
}

/* Some that are alive, not the same at every node. While nobody is, at the start or after everybody
 * died, those that were kept before stay. */
static void
choose_peers (InfGossipMemory *memory, const InfRoster *roster)
{
  g_autoptr (GArray) peers = inf_gossip_state_peers_new ();
  guint n_alive = inf_roster_count_in_state (roster, INF_PEER_ALIVE);
  guint first = n_alive > 0 ? (guint)g_random_int () % n_alive : 0;

  for (guint i = 0; i < n_alive && peers->len < INF_GOSSIP_STATE_MAX_PEERS; i++)
    {
      const InfPeer *peer = inf_roster_get_in_state (roster, INF_PEER_ALIVE, (first + i) % n_alive);
      if (!peer->is_self && inf_peer_get_contact (peer)->is_confirmed)
        append_peer (peers, peer);
    }
  if (peers->len > 0)
    set_array (&memory->peers, peers);
}

/**
 * inf_gossip_memory_save:
 * @memory: a memory that has begun
 * @core: this run's
 * @error: #INF_ERROR_FAILED
 *
 * Returns: whether all that the next run must know is on disk
 */
gboolean
inf_gossip_memory_save (InfGossipMemory *memory, InfGossipCore *core, GError **error)
{
  InfSwim *swim = inf_gossip_core_get_swim (core);
  guint32 incarnation = inf_swim_get_incarnation (swim);

  choose_peers (memory, inf_swim_get_roster (swim));
  g_auto (InfGossipState) state = {
    .incarnation = incarnation + MIN (INCARNATION_RESERVE, G_MAXUINT32 - incarnation),
    .session = memory->session,
    .windows
    = g_variant_ref_sink (inf_sealer_windows_to_variant (inf_gossip_core_get_sealer (core))),
    .peers = g_array_ref (memory->peers),
    .seeds = g_array_ref (memory->seeds),
  };
  if (!inf_gossip_state_save (&state, memory->state_dir, error))
    return FALSE;
  memory->incarnation_on_disk = state.incarnation;
  return TRUE;
}
