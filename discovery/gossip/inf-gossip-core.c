#include "discovery/gossip/inf-gossip-core.h"

#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-source-limiter.h"

struct _InfGossipCore
{
  InfSwim *swim;
  InfSealer *sealer;
  InfSourceLimiter *limiter;
};

/**
 * inf_gossip_core_new:
 * @membership: the node's membership; shared
 * @timing: usually &inf_swim_default_timing
 * @seed: random
 * @incarnation: greater than in every earlier run of this node
 * @session: likewise
 * @port: the node's port
 * @now_us: the time, as in every later call
 * @now_unix_us: the calendar's time
 *
 * Returns: (transfer full): a core that knows nobody but itself
 */
InfGossipCore *
inf_gossip_core_new (InfMembership *membership, const InfSwimTiming *timing, guint64 seed,
                     guint32 incarnation, guint64 session, guint16 port, gint64 now_us,
                     gint64 now_unix_us)
{
  InfGossipCore *core = g_new0 (InfGossipCore, 1);

  core->swim = inf_swim_new (membership, timing, seed, incarnation, port, now_us, now_unix_us);
  inf_swim_set_session (core->swim, session, now_us);
  core->sealer = inf_sealer_new (inf_membership_get_keypair (membership),
                                 inf_membership_get_grid (membership), session);
  core->limiter = inf_source_limiter_new (seed);
  return core;
}

void
inf_gossip_core_free (InfGossipCore *core)
{
  if (!core)
    return;
  inf_swim_free (core->swim);
  inf_sealer_free (core->sealer);
  inf_source_limiter_free (core->limiter);
  g_free (core);
}

InfSwim *
inf_gossip_core_get_swim (InfGossipCore *core)
{
  return core->swim;
}

InfSealer *
inf_gossip_core_get_sealer (InfGossipCore *core)
{
  return core->sealer;
}

static const InfPublicKey *
find_key (guint64 hint, gpointer data)
{
  const InfGossipCore *core = data;

  return inf_swim_find_key (core->swim, hint);
}

static void
receive_first_contact (InfGossipCore *core, const InfOpened *opened, const InfAddress *from,
                       gint64 now_us)
{
  /* Before two signatures are checked: whoever listens in can send a hello again. */
  if (!inf_sealer_is_new (core->sealer, opened))
    return;
  const InfPublicKey *sender = inf_swim_check_hello (core->swim, opened->payload, now_us);
  if (!sender || !inf_sealer_accept_first (core->sealer, opened, sender))
    {
      inf_source_limiter_blame (core->limiter, from, now_us);
      return;
    }
  inf_source_limiter_praise (core->limiter, from, now_us);
  inf_swim_receive_hello (core->swim, opened->payload, from, now_us);
}

static void
receive (InfGossipCore *core, const guint8 *data, gsize size_bytes, const InfAddress *from,
         gint64 now_us)
{
  g_auto (InfOpened) opened = { 0 };

  if (!inf_source_limiter_admit (core->limiter, from, now_us)
      || !inf_sealer_open (core->sealer, data, size_bytes, find_key, core, &opened))
    return;
  if (opened.is_first_contact)
    {
      receive_first_contact (core, &opened, from, now_us);
      return;
    }
  inf_source_limiter_praise (core->limiter, from, now_us);
  inf_swim_receive (core->swim, opened.sender_hint, opened.payload, from, now_us);
}

/**
 * inf_gossip_core_receive:
 * @core: a core
 * @data: (array length=size_bytes): a datagram, from anyone
 * @size_bytes: its length
 * @from: where it came from
 * @now_us: the time
 *
 * What does not open, was seen before, or is from no certified member leaves no trace and gets no
 * answer. What comes from one source too often is not looked at.
 */
void
inf_gossip_core_receive (InfGossipCore *core, const guint8 *data, gsize size_bytes,
                         const InfAddress *from, gint64 now_us)
{
  if (size_bytes <= INF_DATAGRAM_MAX_SIZE_BYTES)
    receive (core, data, size_bytes, from, now_us);
}

/**
 * inf_gossip_core_receive_carried:
 * @core: a core
 * @data: (array length=size_bytes): what came over a link; sealed like a datagram, and perhaps
 *   longer
 * @size_bytes: its length
 * @peer: who is at the other end of that link
 * @now_us: the time
 */
void
inf_gossip_core_receive_carried (InfGossipCore *core, const guint8 *data, gsize size_bytes,
                                 const InfPeerId *peer, gint64 now_us)
{
  InfAddress link;

  inf_address_init_link (&link, inf_peer_hint (peer));
  if (inf_sealer_is_from (core->sealer, data, size_bytes, inf_peer_hint (peer)))
    receive (core, data, size_bytes, &link, now_us);
}

/* A peer's record may tell of a run that nothing has come from yet. */
static void
learn_session (InfGossipCore *core, const InfPeerId *id)
{
  guint64 hint = inf_peer_hint (id);
  const InfPeer *peer = inf_roster_find (inf_swim_get_roster (core->swim), hint);

  if (peer)
    inf_sealer_learn_session (core->sealer, hint, inf_record_get_session (peer->record));
}

/* Puts the datagram in place of what it seals; fails where the recipient's key is none. */
static gboolean
seal (InfGossipCore *core, InfSwimAction *action)
{
  if (action->type == INF_SWIM_SEND)
    learn_session (core, &action->peer);
  GBytes *datagram = action->type == INF_SWIM_SEND
                         ? inf_sealer_seal (core->sealer, &action->recipient, action->payload)
                         : inf_sealer_seal_first (core->sealer, action->payload);

  if (!datagram)
    return FALSE;
  g_bytes_unref (action->payload);
  action->payload = datagram;
  if (action->type == INF_SWIM_SEND && g_bytes_get_size (datagram) > INF_DATAGRAM_MAX_SIZE_BYTES)
    inf_address_init_link (&action->address, inf_peer_hint (&action->peer));
  return TRUE;
}

/**
 * inf_gossip_core_next_action:
 * @core: a core
 *
 * Returns: (transfer full) (nullable): what to do next, its payload the sealed datagram
 */
InfSwimAction *
inf_gossip_core_next_action (InfGossipCore *core)
{
  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_swim_next_action (core->swim);
      if (!action)
        return NULL;
      if (!action->payload || seal (core, action))
        return g_steal_pointer (&action);
    }
}
