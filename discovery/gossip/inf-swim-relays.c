#include "discovery/gossip/inf-swim-private.h"

/* Pings for others:
 *
 *   request ──→ ping, and again every r ──── any datagram of the target's ───→ ACK
 *                │ knock at the second       a knock refused ───→ NACK with an accusation
 *                │ relay's patience
 *                └→ NACK; with this node's own accusation, unless a knock was answered or this node
 *                   has reason to doubt itself
 *
 * The NACK tells the requester that it is not itself cut off (Lifeguard: Dadgar, Phillips, Currey,
 * 2018, section IV-A), and the accusation makes one more who says so under its own name. */
#define MAX_RELAYS 64
#define DOUBTFUL_SCORE 2

static gboolean
is_under_way (const InfSwim *swim, const InfPeer *requester, const InfProbe *request)
{
  for (guint i = 0; i < swim->relays->len; i++)
    {
      const InfSwimRelay *relay = &g_array_index (swim->relays, InfSwimRelay, i);
      if (relay->requester == requester->hint && relay->target == request->target)
        return TRUE;
    }
  return FALSE;
}

static void
ping (InfSwim *swim, InfSwimRelay *relay, InfPeer *target, gint64 now_us)
{
  g_autoptr (GBytes) payload
      = inf_swim_make_probe (swim, target, INF_PROBE_PING, swim->next_sequence++, 0);

  inf_swim_send (swim, target, payload);
  relay->next_ping_us = now_us + inf_swim_get_retry_us (target);
  if (++relay->n_pings == 2)
    inf_swim_knock (swim, target);
}

/* Pings for @requester. */
void
inf_swim_relay (InfSwim *swim, const InfPeer *requester, const InfProbe *request, gint64 now_us)
{
  InfPeer *target = inf_roster_find (swim->roster, request->target);
  InfSwimRelay relay = {
    .requester = requester->hint,
    .requester_sequence = request->sequence,
    .target = request->target,
    .until_us = now_us + swim->timing.relay_patience_us,
  };

  if (!target || target->is_self || target == requester || swim->relays->len >= MAX_RELAYS
      || is_under_way (swim, requester, request))
    return;
  ping (swim, &relay, target, now_us);
  g_array_append_val (swim->relays, relay);
}

static void
answer (InfSwim *swim, const InfSwimRelay *relay, InfProbeType type)
{
  InfPeer *requester = inf_roster_find (swim->roster, relay->requester);

  if (!requester)
    return;
  g_autoptr (GBytes) payload
      = inf_swim_make_probe (swim, requester, type, relay->requester_sequence, relay->target);
  inf_swim_send (swim, requester, payload);
}

/* @target gave a sign of life. */
void
inf_swim_relays_answered (InfSwim *swim, guint64 target)
{
  for (guint i = swim->relays->len; i-- > 0;)
    {
      const InfSwimRelay relay = g_array_index (swim->relays, InfSwimRelay, i);
      if (relay.target != target)
        continue;
      g_array_remove_index_fast (swim->relays, i);
      answer (swim, &relay, INF_PROBE_ACK);
    }
}

static void
give_up (InfSwim *swim, const InfSwimRelay *relay, InfPeer *target, gint64 now_us)
{
  if (!relay->is_slow && swim->health.score < DOUBTFUL_SCORE)
    inf_swim_testify (swim, target, now_us);
  answer (swim, relay, INF_PROBE_NACK);
}

void
inf_swim_tick_relays (InfSwim *swim, gint64 now_us)
{
  for (guint i = swim->relays->len; i-- > 0;)
    {
      InfSwimRelay *relay = &g_array_index (swim->relays, InfSwimRelay, i);
      InfPeer *target = inf_roster_find (swim->roster, relay->target);
      if (target && now_us < relay->until_us && now_us >= relay->next_ping_us)
        ping (swim, relay, target, now_us);
      if (target && now_us < relay->until_us)
        continue;
      const InfSwimRelay done = *relay;
      g_array_remove_index_fast (swim->relays, i);
      if (target)
        give_up (swim, &done, target, now_us);
    }
}

gint64
inf_swim_get_relays_deadline_us (const InfSwim *swim)
{
  gint64 deadline_us = G_MAXINT64;

  for (guint i = 0; i < swim->relays->len; i++)
    {
      const InfSwimRelay *relay = &g_array_index (swim->relays, InfSwimRelay, i);
      deadline_us = MIN (deadline_us, MIN (relay->next_ping_us, relay->until_us));
    }
  return deadline_us;
}

/* What came of a knock at @target's door. */
void
inf_swim_relay_knocked (InfSwim *swim, guint64 target, InfSwimKnock knock, gint64 now_us)
{
  for (guint i = 0; i < swim->relays->len; i++)
    {
      InfSwimRelay *relay = &g_array_index (swim->relays, InfSwimRelay, i);
      if (relay->target != target)
        continue;
      relay->is_slow = knock == INF_SWIM_KNOCK_ANSWERED;
      if (knock == INF_SWIM_KNOCK_REFUSED)
        relay->until_us = MIN (relay->until_us, MAX (now_us, relay->next_ping_us));
    }
}
