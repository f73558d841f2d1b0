#include "discovery/gossip/inf-swim-private.h"

/* Who is suspected, and why. Evidence is signed: an accusation says whose probe failed, a pulse
 * that the accused lives.
 *
 *   own probe failed ──────────→ suspect here ─── own patience, the longer one ────┐
 *   a relay's probe failed,          │                                             ↓
 *   or an accusation came ─→ kept    │ K members accuse                           dead
 *                              │     ↓                                             ↑
 *                              └→ suspect everywhere: all accusations are passed on ┘
 *                                 to everybody, and from the Kth on time runs
 *
 * A datagram of the suspect's own ends it here, whatever others say that was earlier; its pulse, or
 * a record of a higher incarnation, ends it everywhere. So nobody is evicted by less than K
 * members, nor by any number of them while it objects. What was held against the dead is kept: who
 * thinks otherwise is shown it, and the dead itself, should it turn up, so that it objects. */

/* How many of those who hear of a suspicion ask the suspect themselves, on average. */
#define N_ASKERS 8

/* Less evidence than makes a suspicion public is forgotten after this long. */
#define FORGET_US (10 * INF_SWIM_SECOND_US)

/* However bad this node's health: it may really be the only one left. */
#define MAX_DOUBT 3

/* Deadlines this near to each other are looked at together. */
#define COALESCE_US (INF_SWIM_SECOND_US / 50)

/**
 * inf_swim_get_incarnation_of:
 * @swim: a core
 * @peer: a peer
 *
 * Returns: its highest known incarnation, by its record or a pulse
 */
guint32
inf_swim_get_incarnation_of (const InfSwim *swim, const InfPeer *peer)
{
  const InfPulse *pulse = g_hash_table_lookup (swim->pulses, &peer->hint);
  guint32 incarnation = inf_record_get_incarnation (peer->record);

  return pulse ? MAX (pulse->incarnation, incarnation) : incarnation;
}

static InfSuspect *
find_suspect (const InfSwim *swim, guint64 hint)
{
  return g_hash_table_lookup (swim->suspects, &hint);
}

/* What speaks against @peer in its present incarnation. */
static InfSuspect *
ensure_suspect (InfSwim *swim, const InfPeer *peer)
{
  guint32 incarnation = inf_swim_get_incarnation_of (swim, peer);
  InfSuspect *suspect = find_suspect (swim, peer->hint);

  if (suspect && suspect->incarnation == incarnation)
    return suspect;
  suspect = g_new0 (InfSuspect, 1);
  suspect->subject = peer->hint;
  suspect->incarnation = incarnation;
  g_hash_table_replace (swim->suspects, &suspect->subject, suspect);
  return suspect;
}

static InfSuspicionRules
get_rules (const InfSwim *swim)
{
  const InfLocalHealth health = { MIN (swim->health.score, MAX_DOUBT) };
  InfSuspicionRules rules;

  inf_suspicion_get_rules (inf_roster_count_live (swim->roster), &rules);
  rules.alone_us = inf_local_health_stretch (&health, rules.alone_us);
  return rules;
}

static void
schedule_death (InfSwim *swim, const InfSuspect *suspect)
{
  const InfSuspicionRules rules = get_rules (swim);

  gint64 deadline_us = MAX (inf_suspect_get_deadline_us (suspect, &rules), swim->now_us);

  swim->next_death_us = MIN (swim->next_death_us, deadline_us);
}

/* Nothing speaks against @peer any more. */
void
inf_swim_forget_suspect (InfSwim *swim, guint64 hint)
{
  if (g_hash_table_remove (swim->suspects, &hint))
    inf_rumours_drop (swim->rumours, INF_RUMOUR_LIVENESS, hint);
}

static void
append (GPtrArray *list, GBytes *item)
{
  if (list->len < INF_PROBE_MAX_LIVENESS)
    g_ptr_array_add (list, item);
  else
    g_bytes_unref (item);
}

/* Adds what is held against @hint to @list, and its answer. */
void
inf_swim_add_evidence (InfSwim *swim, guint64 hint, GPtrArray *list)
{
  const InfSuspect *suspect = find_suspect (swim, hint);
  const InfPulse *pulse = g_hash_table_lookup (swim->pulses, &hint);

  for (guint i = 0; suspect && i < suspect->n_accusers; i++)
    append (list,
            inf_accusation_encode (&suspect->accusations[i], swim->now_us - suspect->born_us[i]));
  if (pulse)
    append (list, inf_pulse_encode (pulse));
}

static gboolean
is_repeated (GPtrArray *list, guint index, const InfAccusation *accusation)
{
  for (guint i = 0; i < index; i++)
    {
      InfAccusation earlier;
      gint64 age_us;
      if (inf_accusation_decode (g_ptr_array_index (list, i), &earlier, &age_us)
          && earlier.subject == accusation->subject && earlier.accuser == accusation->accuser)
        return TRUE;
    }
  return FALSE;
}

/* Accusations grow older while they wait to be passed on; those that are void by now, or twice in
 * @list, need not be. */
void
inf_swim_freshen_evidence (InfSwim *swim, GPtrArray *list)
{
  for (guint i = list->len; i-- > 0;)
    {
      InfAccusation accusation;
      gint64 age_us;
      if (!inf_accusation_decode (g_ptr_array_index (list, i), &accusation, &age_us))
        continue;
      const InfSuspect *suspect = find_suspect (swim, accusation.subject);
      guint index = 0;
      while (suspect && index < suspect->n_accusers
             && suspect->accusations[index].accuser != accusation.accuser)
        index++;
      if (!suspect || index == suspect->n_accusers || is_repeated (list, i, &accusation)
          || i >= INF_PROBE_MAX_LIVENESS)
        {
          g_ptr_array_remove_index (list, i);
          continue;
        }
      g_bytes_unref (g_ptr_array_index (list, i));
      g_ptr_array_index (list, i)
          = inf_accusation_encode (&accusation, swim->now_us - suspect->born_us[index]);
    }
}

/* Shows @recipient what is held against @peer. */
void
inf_swim_show_evidence (InfSwim *swim, InfPeer *recipient, const InfPeer *peer)
{
  g_autoptr (GBytes) payload = inf_swim_make_probe (swim, recipient, INF_PROBE_NEWS, 0, peer->hint);

  inf_swim_send (swim, recipient, payload);
}

static void
tell (InfSwim *swim, const InfSuspect *suspect, guint index, gint64 now_us)
{
  const InfAccusation *accusation = &suspect->accusations[index];
  g_autoptr (GBytes) bytes = inf_accusation_encode (accusation, now_us - suspect->born_us[index]);

  inf_swim_tell_liveness (swim, suspect->subject, accusation->accuser, bytes, now_us);
}

/* Enough members accuse @peer. */
static void
go_public (InfSwim *swim, InfPeer *peer, const InfSuspect *suspect, gint64 now_us)
{
  gboolean was_suspect = peer->state == INF_PEER_SUSPECT;

  for (guint i = 0; i < suspect->n_accusers; i++)
    tell (swim, suspect, i, now_us);
  inf_swim_set_state (swim, peer, INF_PEER_SUSPECT, now_us);
  if (!was_suspect && inf_swim_random (swim) % inf_roster_count_live (swim->roster) < N_ASKERS)
    inf_swim_probe (swim, peer, now_us);
}

/* Takes an accusation that holds. Returns whether it is news. */
static gboolean
keep (InfSwim *swim, InfPeer *peer, const InfAccusation *accusation, gint64 born_us, gint64 now_us)
{
  const InfSuspicionRules rules = get_rules (swim);
  InfSuspect *suspect = ensure_suspect (swim, peer);

  if (!inf_suspect_accuse (suspect, accusation, born_us, rules.n_needed, now_us))
    return FALSE;
  if (suspect->n_accusers == rules.n_needed)
    go_public (swim, peer, suspect, now_us);
  schedule_death (swim, suspect);
  return TRUE;
}

/* This node's pings of @peer got no answer, those that it made for another included. */
void
inf_swim_testify (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  InfAccusation accusation;

  if (!inf_peer_is_live (peer)
      || inf_suspect_is_accused_by (ensure_suspect (swim, peer), swim->self_hint))
    return;
  inf_accusation_make (inf_membership_get_keypair (swim->membership),
                       inf_membership_get_grid (swim->membership), peer->hint,
                       inf_swim_get_incarnation_of (swim, peer), &accusation);
  keep (swim, peer, &accusation, now_us, now_us);
}

/* @peer does not answer, but its machine does: nobody else needs to know. */
void
inf_swim_doubt (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  if (peer->state == INF_PEER_ALIVE)
    inf_swim_set_state (swim, peer, INF_PEER_SUSPECT, now_us);
}

/* This node's own probe of @peer failed. */
void
inf_swim_accuse (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  const InfSuspicionRules rules = get_rules (swim);

  inf_swim_set_state (swim, peer, INF_PEER_SUSPECT, now_us);
  InfSuspect *suspect = ensure_suspect (swim, peer);
  if (suspect->failed_us == 0)
    suspect->failed_us = now_us;
  inf_swim_testify (swim, peer, now_us);
  schedule_death (swim, suspect);
  /* Other relays may agree, or be answered. */
  if (!inf_suspect_is_public (suspect, &rules) || rules.n_needed == 1)
    inf_swim_probe (swim, peer, now_us);
}

/* Another node was answered by @peer. That says nothing against what many have signed. */
void
inf_swim_clear_doubt (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  const InfSuspicionRules rules = get_rules (swim);
  const InfSuspect *suspect = find_suspect (swim, peer->hint);

  if (!suspect || !inf_suspect_is_public (suspect, &rules))
    inf_swim_acquit (swim, peer, now_us);
}

/* @peer lives. */
void
inf_swim_acquit (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  if (peer->state == INF_PEER_DEAD)
    return;
  inf_swim_forget_suspect (swim, peer->hint);
  if (peer->state == INF_PEER_SUSPECT)
    inf_swim_set_state (swim, peer, INF_PEER_ALIVE, now_us);
}

/* Whether @accusation, made at @born_us, can change anything about @peer. */
static gboolean
is_relevant (InfSwim *swim, const InfPeer *peer, const InfAccusation *accusation, gint64 born_us)
{
  const InfSuspect *suspect = find_suspect (swim, accusation->subject);
  gboolean is_known = suspect && suspect->incarnation == accusation->incarnation
                      && inf_suspect_is_accused_by (suspect, accusation->accuser);

  return inf_peer_is_live (peer) && !is_known
         && accusation->incarnation == inf_swim_get_incarnation_of (swim, peer)
         && accusation->accuser != swim->self_hint
         && born_us > inf_peer_get_contact (peer)->last_heard_us;
}

static gboolean
is_signed (InfSwim *swim, const InfAccusation *accusation)
{
  const InfPublicKey *key = inf_swim_find_key (swim, accusation->accuser);

  return key && inf_evidence_prove_accusation (swim->evidence, accusation, key);
}

static void
receive_accusation (InfSwim *swim, InfPeer *sender, const InfAccusation *accusation, gint64 born_us,
                    gint64 now_us)
{
  InfPeer *peer = inf_roster_find (swim->roster, accusation->subject);

  if (!peer)
    return;
  if (peer->is_self)
    {
      if (accusation->incarnation < swim->incarnation || is_signed (swim, accusation))
        inf_swim_object (swim, accusation, sender, now_us);
    }
  /* Whoever still accuses an earlier incarnation has missed the answer to it. */
  else if (accusation->incarnation < inf_swim_get_incarnation_of (swim, peer)
           && accusation->accuser == sender->hint)
    inf_swim_show_evidence (swim, sender, peer);
  else if (is_relevant (swim, peer, accusation, born_us) && is_signed (swim, accusation))
    keep (swim, peer, accusation, born_us, now_us);
}

static void
receive_pulse (InfSwim *swim, const InfPulse *pulse, gint64 now_us)
{
  InfPeer *peer = inf_roster_find (swim->roster, pulse->subject);

  if (!peer)
    return;
  guint32 known = peer->is_self ? swim->incarnation : inf_swim_get_incarnation_of (swim, peer);
  if (pulse->incarnation <= known || peer->state == INF_PEER_LEFT
      || !inf_evidence_prove_pulse (swim->evidence, pulse,
                                    inf_certificate_get_subject (peer->certificate)))
    return;
  if (peer->is_self)
    {
      /* From a life that was forgotten with the state directory. */
      inf_swim_outdo (swim, pulse->incarnation, now_us);
      return;
    }
  InfPulse *kept = g_memdup2 (pulse, sizeof *pulse);
  g_hash_table_replace (swim->pulses, &kept->subject, kept);
  inf_swim_forget_suspect (swim, peer->hint);
  inf_swim_drop_probe (swim, peer->hint);
  if (peer->state != INF_PEER_AWAY)
    inf_swim_set_state (swim, peer, INF_PEER_ALIVE, now_us);
  g_autoptr (GBytes) bytes = inf_pulse_encode (pulse);
  inf_swim_tell_liveness (swim, peer->hint, 0, bytes, now_us);
}

/* Takes an accusation or a pulse. What is neither is a later version's. */
void
inf_swim_receive_liveness (InfSwim *swim, InfPeer *sender, GBytes *item, gint64 now_us)
{
  InfAccusation accusation;
  InfPulse pulse;
  gint64 age_us;

  if (inf_accusation_decode (item, &accusation, &age_us))
    receive_accusation (swim, sender, &accusation, now_us - age_us, now_us);
  else if (inf_pulse_decode (item, &pulse))
    receive_pulse (swim, &pulse, now_us);
}

/* @peer's record is of a higher incarnation than what is held against it. */
void
inf_swim_outdate_evidence (InfSwim *swim, const InfPeer *peer)
{
  guint32 incarnation = inf_record_get_incarnation (peer->record);
  const InfPulse *pulse = g_hash_table_lookup (swim->pulses, &peer->hint);
  const InfSuspect *suspect = find_suspect (swim, peer->hint);

  if (pulse && pulse->incarnation <= incarnation)
    g_hash_table_remove (swim->pulses, &peer->hint);
  if (suspect && suspect->incarnation < incarnation)
    inf_swim_forget_suspect (swim, peer->hint);
}

static void
die (InfSwim *swim, InfPeer *peer, gint64 now_us)
{
  inf_swim_drop_probe (swim, peer->hint);
  inf_swim_set_state (swim, peer, INF_PEER_DEAD, now_us);
}

void
inf_swim_tick_suspects (InfSwim *swim, gint64 now_us)
{
  const InfSuspicionRules rules = get_rules (swim);

  if (now_us < swim->next_death_us)
    return;
  swim->next_death_us = G_MAXINT64;
  for (guint i = inf_roster_count_in_state (swim->roster, INF_PEER_SUSPECT); i-- > 0;)
    {
      InfPeer *peer = inf_roster_get_in_state (swim->roster, INF_PEER_SUSPECT, i);
      const InfSuspect *suspect = find_suspect (swim, peer->hint);
      gint64 deadline_us = suspect ? inf_suspect_get_deadline_us (suspect, &rules) : G_MAXINT64;
      if (now_us >= deadline_us)
        die (swim, peer, now_us);
      else
        swim->next_death_us = MIN (swim->next_death_us, MAX (deadline_us, now_us + COALESCE_US));
    }
}

/* This node was not run for a while, so it can't have heard objections. */
void
inf_swim_excuse_suspects (InfSwim *swim, gint64 late_us)
{
  GHashTableIter iter;
  gpointer suspect;

  g_hash_table_iter_init (&iter, swim->suspects);
  while (g_hash_table_iter_next (&iter, NULL, &suspect))
    inf_suspect_excuse_stall (suspect, late_us);
  if (swim->next_death_us != G_MAXINT64)
    swim->next_death_us += late_us;
}

/* What single members said a while ago without others agreeing. */
void
inf_swim_forget_old_evidence (InfSwim *swim, gint64 now_us)
{
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, swim->suspects);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      const InfSuspect *suspect = data;
      const InfPeer *peer = inf_roster_find (swim->roster, suspect->subject);
      gboolean is_idle = peer && peer->state == INF_PEER_ALIVE;
      if (!peer || (is_idle && now_us - suspect->heard_us > FORGET_US))
        g_hash_table_iter_remove (&iter);
    }
}

/* Nobody is suspected any more: this node slept, and knows nothing. */
void
inf_swim_forget_suspicions (InfSwim *swim, gint64 now_us)
{
  for (guint i = inf_roster_count_in_state (swim->roster, INF_PEER_SUSPECT); i-- > 0;)
    inf_swim_acquit (swim, inf_roster_get_in_state (swim->roster, INF_PEER_SUSPECT, i), now_us);
}
