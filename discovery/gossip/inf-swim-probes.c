#include "discovery/gossip/inf-swim-private.h"

/* One probe:
 *
 *   ping ──── an answer, or any datagram of the target's ────→ done
 *    │ indirect_after
 *    ├→ ping again, everywhere; a hello in case the target does not know this node;
 *    │  k others are asked to ping
 *    │ suspect_after
 *    └→ the target is suspected
 */
#define MAX_RELAYS 64
#define RELAY_US (2 * INF_SWIM_SECOND_US)

/* A probe with what news fits. A recipient that is accused hears of it from everyone that it hears
 * from (Lifeguard's buddy system: Dadgar, Phillips, Currey, 2018, section IV-C). */
GBytes *
inf_swim_make_probe (InfSwim *swim, InfPeer *recipient, InfProbeType type, guint32 sequence,
                     guint64 target)
{
  g_auto (InfProbe) probe = {
    .type = type,
    .sequence = sequence,
    .target = target,
    .summary = inf_swim_get_summary (swim),
    .liveness = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };

  if (recipient->state == INF_PEER_SUSPECT || recipient->state == INF_PEER_DEAD)
    {
      const InfHearsay accusation = {
        .hint = recipient->hint,
        .incarnation = inf_record_get_incarnation (recipient->record),
        .state = recipient->state,
      };
      g_ptr_array_add (probe.liveness, inf_hearsay_encode (&accusation));
    }
  if (type == INF_PROBE_ACK && target == 0)
    probe.coordinate = inf_swim_make_place (swim, recipient);
  inf_swim_add_news (swim, recipient, &probe);
  return inf_probe_encode (&probe);
}

static gboolean
is_being_probed (const InfSwim *swim, guint64 hint)
{
  for (guint i = 0; i < swim->probes->len; i++)
    if (g_array_index (swim->probes, InfSwimProbe, i).target == hint)
      return TRUE;
  return FALSE;
}

/* Pings @peer, unless that is under way. */
void
inf_swim_probe (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  const InfSwimProbe probe = {
    .target = peer->hint,
    .sequence = swim->next_sequence++,
    .sent_us = now_us,
    .indirect_us = now_us + swim->timing.indirect_after_us,
    .suspect_us = now_us + swim->timing.suspect_after_us,
  };

  if (is_being_probed (swim, peer->hint))
    return;
  g_autoptr (GBytes) payload = inf_swim_make_probe (swim, peer, INF_PROBE_PING, probe.sequence, 0);
  inf_swim_send (swim, peer, payload);
  g_array_append_val (swim->probes, probe);
  InfContact *contact = inf_peer_ensure_contact (peer);
  if (contact->pinged_us != 0)
    inf_swim_count_ping (peer, FALSE);
  contact->ping_sequence = probe.sequence;
  contact->pinged_us = now_us;
}

/* @target gave a sign of life, or is of no interest any more. */
void
inf_swim_probe_answered (InfSwim *swim, guint64 target)
{
  for (guint i = swim->probes->len; i-- > 0;)
    if (g_array_index (swim->probes, InfSwimProbe, i).target == target)
      g_array_remove_index_fast (swim->probes, i);
}

static void
ask_others (InfSwim *swim, InfSwimProbe *probe, InfPeer *target)
{
  InfPeer *others[INF_SWIM_N_INDIRECT];
  guint n_others = inf_swim_choose_live (swim, target->hint, INF_SWIM_N_INDIRECT, others);

  for (guint i = 0; i < n_others; i++)
    {
      g_autoptr (GBytes) request = inf_swim_make_probe (swim, others[i], INF_PROBE_PING_REQUEST,
                                                        probe->sequence, target->hint);
      inf_swim_send (swim, others[i], request);
    }
  g_autoptr (GBytes) ping = inf_swim_make_probe (swim, target, INF_PROBE_PING, probe->sequence, 0);
  inf_swim_send_everywhere (swim, target, ping);
  inf_swim_greet (swim, target);
  inf_swim_count_ping (target, FALSE);
  probe->indirect_us = 0;
  /* Which of two pings an answer is for can't be told (Karn, Partridge, 1987). */
  inf_peer_ensure_contact (target)->pinged_us = 0;
}

static void
advance_probes (InfSwim *swim, gint64 now_us)
{
  for (guint i = swim->probes->len; i-- > 0;)
    {
      InfSwimProbe *probe = &g_array_index (swim->probes, InfSwimProbe, i);
      InfPeer *target = inf_roster_find (swim->roster, probe->target);
      if (!target || !inf_peer_is_live (target))
        g_array_remove_index_fast (swim->probes, i);
      else if (probe->indirect_us != 0 && now_us >= probe->indirect_us)
        ask_others (swim, probe, target);
    }
}

static void
give_up_on_silent (InfSwim *swim, gint64 now_us)
{
  for (guint i = swim->probes->len; i-- > 0;)
    {
      const InfSwimProbe probe = g_array_index (swim->probes, InfSwimProbe, i);
      if (now_us < probe.suspect_us)
        continue;
      g_array_remove_index_fast (swim->probes, i);
      InfPeer *target = inf_roster_find (swim->roster, probe.target);
      if (target)
        inf_swim_suspect (swim, target, now_us);
    }
}

/* Everybody once, in a new random order each time round, so that the time to the next probe of a
 * peer is bounded (SWIM, section 4.3). */
static void
shuffle_order (InfSwim *swim)
{
  InfRosterIter iter;
  const InfPeer *peer;

  g_array_set_size (swim->order, 0);
  swim->next_in_order = 0;
  inf_roster_iter_init (&iter, swim->roster, 0);
  while ((peer = inf_roster_iter_next (&iter)))
    if (!peer->is_self && inf_peer_is_live (peer))
      g_array_append_val (swim->order, peer->hint);
  for (guint i = swim->order->len; i > 1; i--)
    {
      guint j = (guint)(inf_swim_random (swim) % i);
      guint64 *hints = (guint64 *)(void *)swim->order->data;
      guint64 hint = hints[i - 1];
      hints[i - 1] = hints[j];
      hints[j] = hint;
    }
}

static void
probe_next (InfSwim *swim, gint64 now_us)
{
  if (swim->next_in_order >= swim->order->len)
    shuffle_order (swim);
  while (swim->next_in_order < swim->order->len)
    {
      guint64 hint = g_array_index (swim->order, guint64, swim->next_in_order++);
      InfPeer *peer = inf_roster_find (swim->roster, hint);
      if (!peer || !inf_peer_is_live (peer) || is_being_probed (swim, hint))
        continue;
      inf_swim_probe (swim, peer, now_us);
      return;
    }
}

void
inf_swim_tick_probes (InfSwim *swim, gint64 now_us)
{
  advance_probes (swim, now_us);
  give_up_on_silent (swim, now_us);
  if (now_us < swim->next_probe_us)
    return;
  probe_next (swim, now_us);
  swim->next_probe_us = MAX (swim->next_probe_us + swim->timing.probe_period_us, now_us);
  for (guint i = swim->relays->len; i-- > 0;)
    if (now_us >= g_array_index (swim->relays, InfSwimRelay, i).until_us)
      g_array_remove_index_fast (swim->relays, i);
}

gint64
inf_swim_get_probes_deadline_us (const InfSwim *swim)
{
  gint64 deadline_us = swim->next_probe_us;

  for (guint i = 0; i < swim->probes->len; i++)
    {
      const InfSwimProbe *probe = &g_array_index (swim->probes, InfSwimProbe, i);
      if (probe->indirect_us != 0)
        deadline_us = MIN (deadline_us, probe->indirect_us);
      deadline_us = MIN (deadline_us, probe->suspect_us);
    }
  return deadline_us;
}

void
inf_swim_postpone_probes (InfSwim *swim, gint64 by_us)
{
  for (guint i = 0; i < swim->probes->len; i++)
    {
      InfSwimProbe *probe = &g_array_index (swim->probes, InfSwimProbe, i);
      probe->suspect_us += by_us;
    }
}

static void
answer_ping (InfSwim *swim, InfPeer *sender, const InfAddress *from, const InfProbe *ping)
{
  g_autoptr (GBytes) answer = inf_swim_make_probe (swim, sender, INF_PROBE_ACK, ping->sequence, 0);

  inf_swim_send_to (swim, sender, from, answer);
}

static void
ping_for (InfSwim *swim, const InfPeer *requester, const InfProbe *request, gint64 now_us)
{
  InfPeer *target = inf_roster_find (swim->roster, request->target);
  const InfSwimRelay relay = {
    .sequence = swim->next_sequence++,
    .requester = requester->hint,
    .requester_sequence = request->sequence,
    .target = request->target,
    .until_us = now_us + RELAY_US,
  };

  if (!target || target->is_self || swim->relays->len >= MAX_RELAYS)
    return;
  g_autoptr (GBytes) ping = inf_swim_make_probe (swim, target, INF_PROBE_PING, relay.sequence, 0);
  inf_swim_send (swim, target, ping);
  g_array_append_val (swim->relays, relay);
}

static void
pass_on_answer (InfSwim *swim, const InfPeer *sender, const InfProbe *answer)
{
  for (guint i = 0; i < swim->relays->len; i++)
    {
      const InfSwimRelay relay = g_array_index (swim->relays, InfSwimRelay, i);
      if (relay.sequence != answer->sequence || relay.target != sender->hint)
        continue;
      g_array_remove_index_fast (swim->relays, i);
      InfPeer *requester = inf_roster_find (swim->roster, relay.requester);
      if (!requester)
        return;
      g_autoptr (GBytes) passed_on = inf_swim_make_probe (swim, requester, INF_PROBE_ACK,
                                                          relay.requester_sequence, relay.target);
      inf_swim_send (swim, requester, passed_on);
      return;
    }
}

/* RFC 6298's smoothing: an eighth of every new measurement. */
static void
measure (InfContact *contact, gint64 rtt_us)
{
  guint sample_us = (guint)CLAMP (rtt_us, 1, G_MAXINT32);

  contact->rtt_us = contact->rtt_us == 0
                        ? sample_us
                        : contact->rtt_us - contact->rtt_us / 8 + (sample_us + 7) / 8;
}

static void
receive_answer (InfSwim *swim, InfPeer *sender, const InfProbe *answer, gint64 now_us)
{
  if (answer->target != 0)
    {
      /* The target answered another node; for its state, that is as good as answering this one. */
      for (guint i = 0; i < swim->probes->len; i++)
        {
          const InfSwimProbe *probe = &g_array_index (swim->probes, InfSwimProbe, i);
          if (probe->target == answer->target && probe->sequence == answer->sequence)
            {
              g_array_remove_index_fast (swim->probes, i);
              return;
            }
        }
      return;
    }
  InfContact *contact = inf_peer_ensure_contact (sender);
  gint64 rtt_us = 0;
  if (contact->pinged_us != 0 && contact->ping_sequence == answer->sequence)
    {
      rtt_us = CLAMP (now_us - contact->pinged_us, 1, G_MAXINT32);
      measure (contact, rtt_us);
      inf_swim_count_ping (sender, TRUE);
      contact->pinged_us = 0;
    }
  inf_swim_take_place (swim, sender, answer->coordinate, (guint)rtt_us, now_us);
  pass_on_answer (swim, sender, answer);
}

/* Takes a probe; inf_swim_heard() was called for its sender just before. */
void
inf_swim_receive_probe (InfSwim *swim, InfPeer *sender, const InfAddress *from,
                        const InfProbe *probe, gint64 now_us)
{
  for (guint i = 0; i < probe->liveness->len; i++)
    {
      InfHearsay hearsay;
      if (inf_hearsay_decode (g_ptr_array_index (probe->liveness, i), &hearsay))
        inf_swim_accuse (swim, &hearsay, sender, now_us);
    }
  inf_swim_receive_news (swim, sender, probe, now_us);
  switch (probe->type)
    {
    case INF_PROBE_PING:
      answer_ping (swim, sender, from, probe);
      break;
    case INF_PROBE_ACK:
      receive_answer (swim, sender, probe, now_us);
      break;
    case INF_PROBE_PING_REQUEST:
      ping_for (swim, sender, probe, now_us);
      break;
    case INF_PROBE_NEWS:
    case INF_PROBE_NACK:
      break;
    }
  inf_swim_compare_summary (swim, sender, probe->summary, now_us);
}
