#include "discovery/gossip/inf-swim-private.h"

/* This node's word that it lives: a pulse with a higher incarnation, which only it can sign. One
 * accuser alone can't evict it, so he alone is answered; it takes two to make it tell everybody.
 * Thus a member that accuses everyone costs each a datagram now and then. */
#define N_ACCUSERS_TO_TELL_ALL 2
#define N_DEFENDERS 4
#define TELL_ALL_GAP_US (INF_SWIM_SECOND_US / 2)
#define TELL_ONE_GAP_US (2 * INF_SWIM_SECOND_US)

/* How many are told at once that this node is back. */
#define N_GREETED 8

static void
send_pulse (InfSwim *swim, const InfPeer *recipient)
{
  InfPulse pulse;
  g_auto (InfProbe) probe = {
    .type = INF_PROBE_NEWS,
    .summary = inf_swim_get_summary (swim),
    .liveness = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };

  inf_pulse_make (inf_membership_get_keypair (swim->membership),
                  inf_membership_get_grid (swim->membership), swim->incarnation, &pulse);
  g_ptr_array_add (probe.liveness, inf_pulse_encode (&pulse));
  g_autoptr (GBytes) payload = inf_probe_encode (&probe);
  inf_swim_send (swim, recipient, payload);
}

static void
raise_incarnation (InfSwim *swim)
{
  if (swim->incarnation == G_MAXUINT32)
    return;
  swim->incarnation++;
  swim->sequence = 0;
  swim->own_suspect = (InfSuspect){ 0 };
  inf_swim_emit (swim, INF_SWIM_INCARNATION, NULL);
}

static void
tell_all (InfSwim *swim, guint n_at_once, gint64 now_us)
{
  InfPeer *peers[MAX (N_DEFENDERS, N_GREETED)];
  InfPulse pulse;

  inf_pulse_make (inf_membership_get_keypair (swim->membership),
                  inf_membership_get_grid (swim->membership), swim->incarnation, &pulse);
  g_autoptr (GBytes) bytes = inf_pulse_encode (&pulse);
  inf_swim_tell_liveness (swim, swim->self_hint, 0, bytes, now_us);
  guint n_peers = inf_swim_choose_live (swim, 0, n_at_once, peers);
  for (guint i = 0; i < n_peers; i++)
    inf_swim_send_news (swim, peers[i]);
}

static void
deny_to_one (InfSwim *swim, const InfPeer *sender, gint64 now_us)
{
  if (now_us - swim->objected_us < TELL_ONE_GAP_US)
    return;
  swim->objected_us = now_us;
  raise_incarnation (swim);
  send_pulse (swim, sender);
}

/* @sender takes this node for dead, in @incarnation. */
void
inf_swim_deny_death (InfSwim *swim, const InfPeer *sender, guint32 incarnation, gint64 now_us)
{
  if (incarnation < swim->incarnation)
    send_pulse (swim, sender);
  else if (incarnation == swim->incarnation)
    deny_to_one (swim, sender, now_us);
}

/* @sender bears @accusation of this node, signed unless it is of an earlier incarnation. */
void
inf_swim_object (InfSwim *swim, const InfAccusation *accusation, InfPeer *sender, gint64 now_us)
{
  InfSuspicionRules rules;

  if (accusation->incarnation > swim->incarnation)
    return;
  if (accusation->incarnation < swim->incarnation)
    {
      send_pulse (swim, sender);
      return;
    }
  inf_suspicion_get_rules (inf_roster_count_live (swim->roster), &rules);
  guint n_needed = MIN (rules.n_needed, N_ACCUSERS_TO_TELL_ALL);
  inf_suspect_accuse (&swim->own_suspect, accusation, now_us, n_needed, now_us);
  if (swim->own_suspect.n_accusers >= n_needed)
    {
      if (now_us - swim->objected_us < TELL_ALL_GAP_US)
        return;
      swim->objected_us = now_us;
      inf_local_health_worsen (&swim->health);
      raise_incarnation (swim);
      send_pulse (swim, sender);
      tell_all (swim, N_DEFENDERS, now_us);
    }
  else if (accusation->accuser == sender->hint)
    deny_to_one (swim, sender, now_us);
}

/**
 * inf_swim_resumed:
 * @swim: a core
 * @gap_us: for how long nothing of this process ran
 * @now_us: the time
 *
 * Call it when the machine wakes from suspension, or the process was stopped: whatever this node
 * was waiting for has come to nothing, and says nothing about others. It tells everybody that it is
 * back, with a higher incarnation and the same session, so that it is not taken for a restart.
 */
void
inf_swim_resumed (InfSwim *swim, gint64 gap_us, gint64 now_us)
{
  InfPeer *peers[N_GREETED];

  if (swim->has_left)
    return;
  swim->now_us = now_us;
  g_array_set_size (swim->probes, 0);
  g_array_set_size (swim->relays, 0);
  inf_swim_forget_suspicions (swim, now_us);
  inf_swim_schedule_probe (swim, now_us);
  raise_incarnation (swim);
  tell_all (swim, N_GREETED, now_us);
  /* Who was asleep may be unknown by now to whom it knows. */
  guint n_peers = inf_swim_choose_live (swim, 0, N_GREETED / 2, peers);
  for (guint i = 0; i < n_peers; i++)
    inf_swim_greet (swim, peers[i]);
  inf_swim_publish (swim, now_us);
}

/**
 * inf_swim_set_away:
 * @swim: a core
 * @until_unix_us: when this node means to be back, by the calendar; 0 when it is
 * @now_us: the time
 *
 * Says that this node will not answer for a while, so that nobody takes it for dead. Before a
 * suspension, take the actions that this leaves before the machine sleeps.
 */
void
inf_swim_set_away (InfSwim *swim, gint64 until_unix_us, gint64 now_us)
{
  if (swim->has_left || swim->away_until_unix_us == until_unix_us)
    return;
  swim->now_us = now_us;
  swim->away_until_unix_us = until_unix_us;
  inf_swim_publish_to_many (swim, now_us);
}
