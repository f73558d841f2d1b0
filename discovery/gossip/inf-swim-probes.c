#include "discovery/gossip/inf-swim-private.h"

#include "common/inf-sha256.h"
#include "discovery/gossip/inf-probe-schedule.h"

#include <string.h>

/* One probe, r being how long this peer's answers take, or 0.2 s where that is not known:
 *
 *   ping ──── an answer, or any datagram of the target's ────────────────────────→ done
 *    │ r
 *    ├→ ping again, and so on every r
 *    │ 2r
 *    ├→ three others are asked to ping; a hello, in case the target does not know this node; all
 *    │  its addresses, the link; a knock at its door, where TCP answers though the process is
 *    │  stopped
 *    │ the relays' patience and 4r, times this node's health
 *    ├→ a knock was answered: the process is there, and slow; ask on, for 15 s
 *    ├→ no relay said anything: it may be this node that is cut off; ask others, for a while
 *    └→ this node accuses the target
 *
 * Timed by the peer's own round-trip times as in RFC 6298, within bounds: below 0.1 s a machine
 * that does other things is slower than the network, above 0.5 s nothing would be noticed in time.
 */
#define MIN_RETRY_US (INF_SWIM_SECOND_US / 10)
#define MAX_RETRY_US (INF_SWIM_SECOND_US / 2)
#define UNMEASURED_RETRY_US (INF_SWIM_SECOND_US / 5)

#define SLOW_RETRY_US INF_SWIM_SECOND_US
#define SLOW_PATIENCE_US (15 * INF_SWIM_SECOND_US)

/* How long a node that no relay answers goes on asking. */
#define CUT_OFF_PATIENCE_US (4 * INF_SWIM_SECOND_US)

/* A refused knock shortens a probe to so many pings. */
#define N_PINGS_IF_REFUSED 4

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

  if (type == INF_PROBE_ACK && target == 0)
    probe.coordinate = inf_swim_make_place (swim, recipient);
  if (recipient->state == INF_PEER_SUSPECT || recipient->state == INF_PEER_DEAD)
    inf_swim_add_evidence (swim, recipient->hint, probe.liveness);
  if (target != 0)
    inf_swim_add_evidence (swim, target, probe.liveness);
  inf_swim_add_news (swim, recipient, &probe);
  return inf_probe_encode (&probe);
}

static InfSwimProbe *
find_probe (const InfSwim *swim, guint64 target)
{
  for (guint i = 0; i < swim->probes->len; i++)
    {
      InfSwimProbe *probe = &g_array_index (swim->probes, InfSwimProbe, i);
      if (probe->target == target)
        return probe;
    }
  return NULL;
}

gint64
inf_swim_get_retry_us (const InfPeer *peer)
{
  const InfRtt *rtt = &inf_peer_get_contact (peer)->rtt;

  if (!inf_rtt_is_known (rtt))
    return UNMEASURED_RETRY_US;
  return CLAMP (inf_rtt_get_timeout_us (rtt), MIN_RETRY_US, MAX_RETRY_US);
}

/* Until relays have answered that were asked after two pings. */
static gint64
patience_us (const InfSwim *swim, gint64 retry_us)
{
  return inf_local_health_stretch (&swim->health, swim->timing.relay_patience_us + 4 * retry_us);
}

/* Every ping has a number of its own, so that an answer tells which one it is for, and the
 * round-trip time is known though pings were repeated (Karn, Partridge, 1987). */
static void
ping (InfSwim *swim, InfSwimProbe *probe, InfPeer *target, gboolean everywhere, gint64 now_us)
{
  guint32 sequence = probe->sequence + MIN (probe->n_pings, INF_SWIM_MAX_PINGS - 1);
  g_autoptr (GBytes) payload = inf_swim_make_probe (swim, target, INF_PROBE_PING, sequence, 0);

  if (everywhere)
    {
      inf_swim_send_everywhere (swim, target, payload);
      inf_swim_send_over_link (swim, target, payload);
    }
  else
    inf_swim_send (swim, target, payload);
  if (probe->n_pings < INF_SWIM_MAX_PINGS)
    probe->pinged_us[probe->n_pings++] = now_us;
  probe->next_ping_us = now_us + probe->retry_us;
}

static void
begin (InfSwim *swim, InfPeer *peer, gboolean only_measures, gint64 now_us)
{
  gint64 retry_us = inf_swim_get_retry_us (peer);
  InfSwimProbe probe = {
    .target = peer->hint,
    .sequence = swim->next_sequence,
    .started_us = now_us,
    .retry_us = retry_us,
    .indirect_us = now_us + 2 * retry_us,
    .give_up_us = now_us + patience_us (swim, retry_us),
    .only_measures = only_measures,
    .knock = INF_SWIM_KNOCK_SILENT,
  };

  swim->next_sequence += INF_SWIM_MAX_PINGS;
  ping (swim, &probe, peer, FALSE, now_us);
  g_array_append_val (swim->probes, probe);
}

/* Pings @peer, unless that is under way. */
void
inf_swim_probe (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  const InfSwimProbe *probe = find_probe (swim, peer->hint);

  if (probe && !probe->only_measures)
    return;
  inf_swim_drop_probe (swim, peer->hint);
  begin (swim, peer, FALSE, now_us);
}

/* Pings @peer once, unless it is being pinged, for nothing but how long the way is and how much is
 * lost on it: nobody is accused for that. */
void
inf_swim_measure (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  if (!find_probe (swim, peer->hint))
    begin (swim, peer, TRUE, now_us);
}

/* @target gave a sign of life, or is of no interest any more. */
void
inf_swim_drop_probe (InfSwim *swim, guint64 target)
{
  InfSwimProbe *probe = find_probe (swim, target);

  if (probe)
    g_array_remove_index_fast (swim->probes,
                               (guint)(probe - (InfSwimProbe *)(void *)swim->probes->data));
}

/* @peer is known to be alive, from itself or from one who asked it. */
void
inf_swim_probe_answered (InfSwim *swim, InfPeer *peer)
{
  const InfSwimProbe *probe = find_probe (swim, peer->hint);

  if (!probe)
    return;
  if (probe->n_pings == 1)
    inf_local_health_improve (&swim->health);
  inf_swim_drop_probe (swim, peer->hint);
}

static void
ask_relays (InfSwim *swim, InfSwimProbe *probe, InfPeer *target)
{
  InfPeer *others[INF_SWIM_N_INDIRECT];
  guint n_others = inf_swim_choose_live (swim, target->hint, INF_SWIM_N_INDIRECT, others);

  probe->has_answer = FALSE;
  probe->n_relays = n_others;
  for (guint i = 0; i < n_others; i++)
    probe->relays[i] = others[i]->hint;
}

/* A relay that has said nothing by the next ping may not have heard the question. */
static void
remind_relays (InfSwim *swim, InfSwimProbe *probe, InfPeer *target)
{
  for (guint i = 0; i < probe->n_relays; i++)
    {
      InfPeer *relay = inf_roster_find (swim->roster, probe->relays[i]);
      if (!relay)
        continue;
      g_autoptr (GBytes) request = inf_swim_make_probe (swim, relay, INF_PROBE_PING_REQUEST,
                                                        probe->sequence, target->hint);
      inf_swim_send (swim, relay, request);
    }
}

/* Wherever @peer listens. */
void
inf_swim_knock (InfSwim *swim, const InfPeer *peer)
{
  const InfContact *contact = inf_peer_get_contact (peer);
  InfAddress addresses[INF_RECORD_MAX_ADDRESSES];

  if (!contact->has_address && inf_record_get_addresses (peer->record, addresses) == 0)
    return;
  InfSwimAction *action = g_new0 (InfSwimAction, 1);
  action->type = INF_SWIM_KNOCK;
  action->peer = *inf_record_get_peer_id (peer->record);
  action->address = contact->has_address ? contact->address : addresses[0];
  g_queue_push_tail (&swim->actions, action);
}

static void
try_everything (InfSwim *swim, InfSwimProbe *probe, InfPeer *target)
{
  probe->indirect_us = 0;
  inf_swim_count_ping (target, FALSE);
  inf_swim_greet (swim, target);
  inf_swim_knock (swim, target);
  ask_relays (swim, probe, target);
  remind_relays (swim, probe, target);
}

static void
ask_again (InfSwim *swim, InfSwimProbe *probe, InfPeer *target, gint64 now_us)
{
  gboolean is_indirect = probe->indirect_us != 0 && now_us >= probe->indirect_us;

  if (is_indirect)
    try_everything (swim, probe, target);
  else if (probe->n_relays > 0 && !probe->has_answer && !probe->has_reminded)
    {
      probe->has_reminded = TRUE;
      remind_relays (swim, probe, target);
    }
  ping (swim, probe, target, is_indirect, now_us);
}

/* Whether the target's silence may be this node's own: there are others, and none of them says
 * anything, or all are suspected already. */
static gboolean
may_be_cut_off (const InfSwim *swim, const InfSwimProbe *probe)
{
  return inf_roster_count_live (swim->roster) > 2 && !probe->has_answer
         && probe->knock != INF_SWIM_KNOCK_REFUSED;
}

static gboolean
is_slow (const InfSwimProbe *probe, gint64 now_us)
{
  return probe->knock == INF_SWIM_KNOCK_ANSWERED && now_us - probe->started_us < SLOW_PATIENCE_US;
}

/* The probe's time is up. Returns whether it goes on nevertheless. */
static gboolean
extend (InfSwim *swim, InfSwimProbe *probe, InfPeer *target, gint64 now_us)
{
  if (is_slow (probe, now_us))
    {
      probe->retry_us = SLOW_RETRY_US;
      probe->next_ping_us = now_us;
      probe->give_up_us = now_us + SLOW_RETRY_US;
      /* Until it is heard of: whoever stopped it may kill it. */
      probe->knock = INF_SWIM_KNOCK_SILENT;
      inf_swim_doubt (swim, target, now_us);
      inf_swim_knock (swim, target);
      return TRUE;
    }
  if (may_be_cut_off (swim, probe))
    {
      inf_local_health_worsen (&swim->health);
      if (now_us - probe->started_us >= CUT_OFF_PATIENCE_US)
        return FALSE;
      probe->give_up_us = now_us + patience_us (swim, probe->retry_us);
      probe->has_reminded = FALSE;
      ask_relays (swim, probe, target);
      remind_relays (swim, probe, target);
      return TRUE;
    }
  return FALSE;
}

static void
advance_probes (InfSwim *swim, gint64 now_us)
{
  for (guint i = swim->probes->len; i-- > 0;)
    {
      InfSwimProbe *probe = &g_array_index (swim->probes, InfSwimProbe, i);
      InfPeer *target = inf_roster_find (swim->roster, probe->target);
      if (!target || !(inf_peer_is_live (target) || target->state == INF_PEER_AWAY))
        g_array_remove_index_fast (swim->probes, i);
      else if (now_us >= probe->next_ping_us && probe->only_measures)
        {
          inf_swim_count_ping (target, FALSE);
          g_array_remove_index_fast (swim->probes, i);
        }
      else if (now_us >= probe->give_up_us && !extend (swim, probe, target, now_us))
        {
          g_array_remove_index_fast (swim->probes, i);
          inf_swim_accuse (swim, target, now_us);
        }
      else if (now_us >= probe->next_ping_us)
        ask_again (swim, probe, target, now_us);
    }
}

/* When the probe of @tick is due, and of whom. */
static InfPeer *
look_up_schedule (const InfSwim *swim, guint64 tick, gint64 *ret_due_us)
{
  gint64 period_us = swim->timing.probe_period_us;
  guint n_live = inf_roster_count_live (swim->roster);
  InfPeer *target = NULL;
  gint64 phase_us = 0;

  if (n_live > 1)
    {
      guint own = inf_roster_rank_live (swim->roster, swim->self_hint);
      guint index = inf_probe_schedule_get_target (swim->schedule_secret, tick, own, n_live);
      target = inf_roster_get_live (swim->roster, index);
      phase_us = inf_probe_schedule_get_phase_us (swim->schedule_secret, target->hint, period_us);
    }
  *ret_due_us = (gint64)tick * period_us + phase_us - swim->unix_offset_us;
  return target;
}

/* After the probe of a tick, or after there was none. A tick that has gone by is not made up for:
 * others have probed meanwhile. */
void
inf_swim_schedule_probe (InfSwim *swim, gint64 now_us)
{
  gint64 now_unix_us = MAX (now_us + swim->unix_offset_us, 0);
  guint64 current = (guint64)(now_unix_us / swim->timing.probe_period_us);

  /* The calendar may have gone back. */
  swim->probe_tick = CLAMP (swim->probe_tick + 1, current, current + 1);
  look_up_schedule (swim, swim->probe_tick, &swim->next_probe_us);
  if (swim->next_probe_us < now_us)
    look_up_schedule (swim, ++swim->probe_tick, &swim->next_probe_us);
}

static void
probe_by_schedule (InfSwim *swim, gint64 now_us)
{
  gint64 due_us;
  InfPeer *target = look_up_schedule (swim, swim->probe_tick, &due_us);

  /* The ring has changed meanwhile; whoever is looked at now has another time. */
  if (due_us > now_us)
    {
      swim->next_probe_us = due_us;
      return;
    }
  if (target && !target->is_self && swim->away_until_unix_us == 0)
    inf_swim_probe (swim, target, now_us);
  inf_swim_schedule_probe (swim, now_us);
}

/* The secret is the grid's, so that its members, and nobody else, know who is probed when. */
guint64
inf_swim_make_schedule_secret (const InfGrid *grid)
{
  static const char context[] = "infinity probe schedule";
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  guint8 digest[INF_SHA256_SIZE_BYTES];
  guint64 secret;

  inf_sha256_update (hash, context, sizeof context);
  inf_sha256_update (hash, inf_grid_get_key (grid), INF_GRID_KEY_SIZE_BYTES);
  inf_sha256_finish (hash, digest);
  memcpy (&secret, digest, sizeof secret);
  return GUINT64_FROM_LE (secret);
}

void
inf_swim_tick_probes (InfSwim *swim, gint64 now_us)
{
  advance_probes (swim, now_us);
  inf_swim_tick_relays (swim, now_us);
  if (now_us >= swim->next_probe_us)
    probe_by_schedule (swim, now_us);
}

gint64
inf_swim_get_probes_deadline_us (const InfSwim *swim)
{
  gint64 deadline_us = MIN (swim->next_probe_us, inf_swim_get_relays_deadline_us (swim));

  for (guint i = 0; i < swim->probes->len; i++)
    {
      const InfSwimProbe *probe = &g_array_index (swim->probes, InfSwimProbe, i);
      deadline_us = MIN (deadline_us, MIN (probe->next_ping_us, probe->give_up_us));
    }
  return deadline_us;
}

void
inf_swim_postpone_probes (InfSwim *swim, gint64 by_us)
{
  for (guint i = 0; i < swim->probes->len; i++)
    g_array_index (swim->probes, InfSwimProbe, i).give_up_us += by_us;
  for (guint i = 0; i < swim->relays->len; i++)
    g_array_index (swim->relays, InfSwimRelay, i).until_us += by_us;
}

/* What the answer of @sender itself tells of the way to it; before inf_swim_heard() ends the probe.
 */
void
inf_swim_measure_answer (InfSwim *swim, InfPeer *sender, const InfProbe *answer, gint64 now_us)
{
  const InfSwimProbe *probe = find_probe (swim, sender->hint);
  guint32 index = probe ? answer->sequence - probe->sequence : G_MAXUINT32;
  guint least_us = 0;

  if (answer->type != INF_PROBE_ACK || answer->target != 0)
    return;
  /* The last number stands for all later pings. */
  if (probe && index < MIN (probe->n_pings, INF_SWIM_MAX_PINGS - 1))
    {
      InfRtt *rtt = &inf_peer_ensure_contact (sender)->rtt;
      inf_rtt_add (rtt, (guint)CLAMP (now_us - probe->pinged_us[index], 1, G_MAXINT32));
      least_us = inf_rtt_get_least_us (rtt);
    }
  if (probe && probe->indirect_us != 0)
    inf_swim_count_ping (sender, probe->n_pings == 1);
  inf_swim_take_place (swim, sender, answer->coordinate, least_us, now_us);
}

/* @relay tells how its pings of a target went. What it says counts as far as it is about a probe of
 * this node's: it was asked, so it was heard. */
static void
receive_relayed (InfSwim *swim, const InfPeer *relay, const InfProbe *answer, gint64 now_us)
{
  InfSwimProbe *probe = find_probe (swim, answer->target);
  InfPeer *target = inf_roster_find (swim->roster, answer->target);

  if (!probe || !target || probe->sequence != answer->sequence)
    return;
  for (guint i = 0; i < probe->n_relays; i++)
    probe->has_answer = probe->has_answer || probe->relays[i] == relay->hint;
  if (answer->type == INF_PROBE_ACK)
    {
      inf_swim_drop_probe (swim, target->hint);
      inf_swim_clear_doubt (swim, target, now_us);
    }
}

/* Takes a probe; inf_swim_heard() was called for its sender just before. */
void
inf_swim_receive_probe (InfSwim *swim, InfPeer *sender, const InfAddress *from,
                        const InfProbe *probe, gint64 now_us)
{
  for (guint i = 0; i < probe->liveness->len; i++)
    inf_swim_receive_liveness (swim, sender, g_ptr_array_index (probe->liveness, i), now_us);
  inf_swim_receive_news (swim, sender, probe, now_us);
  switch (probe->type)
    {
    case INF_PROBE_PING:
      {
        g_autoptr (GBytes) answer
            = inf_swim_make_probe (swim, sender, INF_PROBE_ACK, probe->sequence, 0);
        inf_swim_send_to (swim, sender, from, answer);
        break;
      }
    case INF_PROBE_ACK:
    case INF_PROBE_NACK:
      receive_relayed (swim, sender, probe, now_us);
      break;
    case INF_PROBE_PING_REQUEST:
      inf_swim_relay (swim, sender, probe, now_us);
      break;
    case INF_PROBE_NEWS:
      break;
    }
  inf_swim_compare_summary (swim, sender, probe->summary, now_us);
}

/**
 * inf_swim_knocked:
 * @swim: a core
 * @peer: whose door it was, as in the action %INF_SWIM_KNOCK
 * @knock: what came of it
 * @now_us: the time
 *
 * A machine whose kernel answers where the process does not is busy or stopped, not dead; and one
 * whose kernel says that nobody listens has lost the process.
 */
void
inf_swim_knocked (InfSwim *swim, const InfPeerId *peer, InfSwimKnock knock, gint64 now_us)
{
  guint64 hint = inf_peer_hint (peer);
  InfSwimProbe *probe = find_probe (swim, hint);

  swim->now_us = now_us;
  inf_swim_relay_knocked (swim, hint, knock, now_us);
  if (!probe)
    return;
  probe->knock = knock;
  if (knock == INF_SWIM_KNOCK_REFUSED)
    {
      gint64 enough_us = probe->started_us + N_PINGS_IF_REFUSED * probe->retry_us;
      probe->give_up_us = MIN (probe->give_up_us, MAX (enough_us, now_us));
    }
}
