#include "fake-peers.h"

#include "discovery/gossip/inf-accusation.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-probe-message.h"
#include "discovery/gossip/inf-swim-private.h"

/* One core among peers that the test plays. */
#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define STEP_US (SECOND_US / 1000)
#define N_PEERS 8

typedef struct
{
  FakePeers *peers;
  InfMembership *membership;
  InfSwim *swim;
  gint64 now_us;
  gint64 begin_us;
  gboolean is_silent[N_PEERS];
  gboolean answers_requests;
  gint64 delay_us[N_PEERS];
  GArray *answers; /* of Answer */

  /* What the core did. */
  guint n_pings[N_PEERS];
  gint64 pinged_us[N_PEERS][2]; /* the last two */
  guint n_requests[N_PEERS];    /* by whom they were for */
  guint n_knocks[N_PEERS];
  guint n_acks, n_nacks, n_testimonies;
} Scene;

typedef struct
{
  guint from;
  gint64 at_us;
  InfProbe probe;
} Answer;

static guint64
hint_of (Scene *scene, guint number)
{
  return inf_peer_hint (inf_record_get_peer_id (scene->peers->records[number]));
}

static guint
number_of (Scene *scene, guint64 hint)
{
  for (guint i = 0; i < N_PEERS; i++)
    if (hint_of (scene, i) == hint)
      return i;
  g_assert_not_reached ();
}

static InfAddress
address_of (guint number)
{
  const InfAddress address
      = { .ip = { [10] = 0xff, [11] = 0xff, 10, 0, 0, (guint8)number }, .port = 7848 };

  return address;
}

static Scene *
scene_new (void)
{
  Scene *scene = g_new0 (Scene, 1);

  scene->peers = fake_peers_new (N_PEERS);
  scene->membership = inf_membership_join (
      scene->peers->keypairs[0], inf_membership_get_grid (scene->peers->founder),
      inf_certificate_get_bytes (scene->peers->certificates[0]), NULL, FAKE_PEERS_NOW_UNIX_US,
      NULL);
  scene->begin_us = scene->now_us = 1000 * SECOND_US;
  scene->answers_requests = TRUE;
  scene->answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  scene->swim = inf_swim_new (scene->membership, &inf_swim_default_timing, 7, 1, 7848,
                              scene->now_us, FAKE_PEERS_NOW_UNIX_US);
  for (guint i = 1; i < N_PEERS; i++)
    {
      const InfAddress address = address_of (i);
      scene->delay_us[i] = STEP_US;
      inf_swim_add_known (scene->swim, scene->peers->certificates[i], scene->peers->records[i],
                          &address, scene->now_us);
      /* A neighbour of old, so that no ping is for measuring only. */
      InfPeer *peer = inf_roster_find (scene->swim->roster, hint_of (scene, i));
      inf_peer_ensure_contact (peer)->n_pings = 16;
    }
  return scene;
}

static void
scene_free (Scene *scene)
{
  inf_swim_free (scene->swim);
  inf_membership_unref (scene->membership);
  fake_peers_free (scene->peers);
  g_array_unref (scene->answers);
  g_free (scene);
}

static InfPeerState
state_of (Scene *scene, guint number)
{
  return inf_roster_find (inf_swim_get_roster (scene->swim), hint_of (scene, number))->state;
}

static void
say (Scene *scene, guint from, const InfProbe *probe)
{
  const InfAddress address = address_of (from);
  InfProbe copy = *probe;

  copy.summary = inf_swim_get_summary (scene->swim);
  g_autoptr (GBytes) payload = inf_probe_encode (&copy);
  inf_swim_receive (scene->swim, hint_of (scene, from), payload, &address, scene->now_us);
}

static void
answer_later (Scene *scene, guint from, InfProbeType type, guint32 sequence, guint64 target)
{
  const Answer answer = {
    .from = from,
    .at_us = scene->now_us + scene->delay_us[from],
    .probe = { .type = type, .sequence = sequence, .target = target },
  };

  g_array_append_val (scene->answers, answer);
}

static void
take_ping (Scene *scene, guint to, const InfProbe *ping)
{
  scene->n_pings[to]++;
  scene->pinged_us[to][0] = scene->pinged_us[to][1];
  scene->pinged_us[to][1] = scene->now_us;
  if (!scene->is_silent[to])
    answer_later (scene, to, INF_PROBE_ACK, ping->sequence, 0);
}

static void
take_probe (Scene *scene, guint to, GBytes *payload)
{
  g_auto (InfProbe) probe = { 0 };

  if (!inf_probe_decode (payload, &probe))
    return;
  if (probe.type == INF_PROBE_PING)
    take_ping (scene, to, &probe);
  else if (probe.type == INF_PROBE_PING_REQUEST)
    {
      scene->n_requests[number_of (scene, probe.target)]++;
      if (scene->answers_requests && !scene->is_silent[to])
        answer_later (scene, to, INF_PROBE_NACK, probe.sequence, probe.target);
    }
  else if (probe.type == INF_PROBE_ACK && probe.target != 0)
    scene->n_acks++;
  else if (probe.type == INF_PROBE_NACK)
    {
      scene->n_nacks++;
      scene->n_testimonies += probe.liveness->len;
    }
}

static void
collect (Scene *scene)
{
  InfSwimAction *action;

  while ((action = inf_swim_next_action (scene->swim)))
    {
      if (action->type == INF_SWIM_KNOCK)
        scene->n_knocks[number_of (scene, inf_peer_hint (&action->peer))]++;
      else if (action->type == INF_SWIM_SEND)
        take_probe (scene, number_of (scene, inf_peer_hint (&action->peer)), action->payload);
      inf_swim_action_free (action);
    }
}

static void
run (Scene *scene, gint64 for_us)
{
  for (gint64 end_us = scene->now_us + for_us; scene->now_us < end_us; scene->now_us += STEP_US)
    {
      for (guint i = scene->answers->len; i-- > 0;)
        {
          const Answer answer = g_array_index (scene->answers, Answer, i);
          if (scene->now_us < answer.at_us)
            continue;
          g_array_remove_index (scene->answers, i);
          say (scene, answer.from, &answer.probe);
          collect (scene);
        }
      if (scene->now_us >= inf_swim_get_deadline_us (scene->swim))
        inf_swim_tick (scene->swim, scene->now_us);
      collect (scene);
    }
}

static void
run_until_pinged (Scene *scene, guint number)
{
  guint before = scene->n_pings[number];

  for (guint i = 0; i < 60 * 1000 && scene->n_pings[number] == before; i++)
    run (scene, STEP_US);
  g_assert_cmpuint (scene->n_pings[number], >, before);
}

static void
knock (Scene *scene, guint number, InfSwimKnock outcome)
{
  inf_swim_knocked (scene->swim, inf_record_get_peer_id (scene->peers->records[number]), outcome,
                    scene->now_us);
  collect (scene);
}

static void
test_everybody_is_pinged_as_often (void)
{
  Scene *scene = scene_new ();

  run (scene, 10 * (N_PEERS - 1) * SECOND_US);
  for (guint i = 1; i < N_PEERS; i++)
    {
      g_assert_cmpuint (scene->n_pings[i], >=, 8);
      g_assert_cmpuint (scene->n_pings[i], <=, 12);
      g_assert_cmpuint (scene->n_requests[i], ==, 0);
    }
  scene_free (scene);
}

static InfPeer *
silent_peer_that_is_not_probed (Scene *scene)
{
  run (scene, SECOND_US);
  scene->swim->next_probe_us = G_MAXINT64;
  scene->is_silent[3] = TRUE;
  scene->n_pings[3] = 0;
  return inf_roster_find (inf_swim_get_roster (scene->swim), hint_of (scene, 3));
}

/* One ping, and nothing comes of it but a loss that is counted. */
static void
test_measuring_accuses_nobody (void)
{
  Scene *scene = scene_new ();
  InfPeer *peer = silent_peer_that_is_not_probed (scene);

  inf_swim_measure (scene->swim, peer, scene->now_us);
  collect (scene);
  run (scene, 2 * SECOND_US);
  g_assert_cmpuint (scene->n_pings[3], ==, 1);
  g_assert_cmpuint (scene->n_requests[3], ==, 0);
  g_assert_cmpuint (inf_peer_get_contact (peer)->loss_permille, >, 0);
  scene_free (scene);
}

/* The schedule's probe does not rely on a ping that only measures. */
static void
test_measuring_hides_no_silence (void)
{
  Scene *scene = scene_new ();
  InfPeer *peer = silent_peer_that_is_not_probed (scene);

  inf_swim_measure (scene->swim, peer, scene->now_us);
  inf_swim_probe (scene->swim, peer, scene->now_us);
  collect (scene);
  run (scene, SECOND_US / 2);
  g_assert_cmpuint (scene->n_requests[3], ==, 3);
  scene_free (scene);
}

static void
test_calendar_that_goes_back_stops_nothing (void)
{
  Scene *scene = scene_new ();
  guint n_before = 0, n_after = 0;

  run (scene, 10 * SECOND_US);
  inf_swim_set_calendar (scene->swim, FAKE_PEERS_NOW_UNIX_US - 3600 * SECOND_US, scene->now_us);
  for (guint i = 1; i < N_PEERS; i++)
    n_before += scene->n_pings[i];
  run (scene, 20 * SECOND_US);
  for (guint i = 1; i < N_PEERS; i++)
    n_after += scene->n_pings[i];
  g_assert_cmpuint (n_after - n_before, >=, 18);
  scene_free (scene);
}

static void
test_silence_is_looked_into (void)
{
  Scene *scene = scene_new ();

  scene->is_silent[3] = TRUE;
  run_until_pinged (scene, 3);
  run (scene, SECOND_US / 2);
  g_assert_cmpuint (scene->n_pings[3], >=, 3);
  g_assert_cmpuint (scene->n_requests[3], ==, 3);
  g_assert_cmpuint (scene->n_knocks[3], ==, 1);
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_ALIVE);
  run (scene, 2 * SECOND_US);
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_SUSPECT);
  scene_free (scene);
}

static void
test_retries_follow_round_trip_times (void)
{
  Scene *scene = scene_new ();

  scene->delay_us[2] = 300 * STEP_US;
  run (scene, 100 * SECOND_US);
  guint n_before = scene->n_pings[2];
  run (scene, 10 * (N_PEERS - 1) * SECOND_US);
  /* One that is far is not asked twice for that. */
  g_assert_cmpuint (scene->n_pings[2] - n_before, <=, 11);

  scene->is_silent[1] = TRUE;
  run_until_pinged (scene, 1);
  run_until_pinged (scene, 1);
  gint64 near_us = scene->pinged_us[1][1] - scene->pinged_us[1][0];
  scene->is_silent[2] = TRUE;
  run_until_pinged (scene, 2);
  run_until_pinged (scene, 2);
  gint64 far_us = scene->pinged_us[2][1] - scene->pinged_us[2][0];
  g_assert_cmpint (near_us, <=, 110 * STEP_US);
  g_assert_cmpint (far_us, >=, 300 * STEP_US);
  scene_free (scene);
}

static void
test_cut_off_node_accuses_late (void)
{
  Scene *scene = scene_new ();

  run (scene, 10 * SECOND_US);
  for (guint i = 1; i < N_PEERS; i++)
    scene->is_silent[i] = TRUE;
  run (scene, 4 * SECOND_US);
  for (guint i = 1; i < N_PEERS; i++)
    g_assert_cmpint (state_of (scene, i), ==, INF_PEER_ALIVE);
  run (scene, 14 * SECOND_US);
  for (guint i = 1; i < N_PEERS; i++)
    g_assert_cmpint (state_of (scene, i), !=, INF_PEER_DEAD);
  scene_free (scene);
}

static void
test_answered_knock_buys_time (void)
{
  Scene *scene = scene_new ();

  scene->is_silent[3] = TRUE;
  run_until_pinged (scene, 3);
  for (guint i = 0; i < 12; i++)
    {
      run (scene, SECOND_US);
      knock (scene, 3, INF_SWIM_KNOCK_ANSWERED);
    }
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_SUSPECT);
  g_assert_cmpuint (scene->n_knocks[3], >, 5);
  /* For a while. */
  for (guint i = 0; i < 15; i++)
    {
      run (scene, SECOND_US);
      knock (scene, 3, INF_SWIM_KNOCK_ANSWERED);
    }
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_DEAD);
  scene_free (scene);
}

static void
test_refused_knock_is_enough_after_some_pings (void)
{
  Scene *scene = scene_new ();

  run (scene, 20 * SECOND_US);
  scene->is_silent[3] = TRUE;
  run_until_pinged (scene, 3);
  run (scene, SECOND_US / 4);
  knock (scene, 3, INF_SWIM_KNOCK_REFUSED);
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_ALIVE);
  run (scene, SECOND_US / 4);
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_SUSPECT);
  scene_free (scene);
}

static void
ask_to_relay (Scene *scene, guint requester, guint target)
{
  const InfProbe request = {
    .type = INF_PROBE_PING_REQUEST,
    .sequence = 77,
    .target = hint_of (scene, target),
  };

  say (scene, requester, &request);
  collect (scene);
}

static void
test_relay_passes_on_an_answer (void)
{
  Scene *scene = scene_new ();

  ask_to_relay (scene, 1, 2);
  run (scene, SECOND_US / 10);
  g_assert_cmpuint (scene->n_acks, ==, 1);
  run (scene, 3 * SECOND_US);
  g_assert_cmpuint (scene->n_nacks, ==, 0);
  scene_free (scene);
}

static void
test_relay_testifies_to_silence (void)
{
  Scene *scene = scene_new ();

  scene->is_silent[2] = TRUE;
  ask_to_relay (scene, 1, 2);
  ask_to_relay (scene, 1, 2);
  run (scene, 3 * SECOND_US / 2);
  g_assert_cmpuint (scene->n_acks, ==, 0);
  g_assert_cmpuint (scene->n_nacks, ==, 1);
  g_assert_cmpuint (scene->n_testimonies, ==, 1);
  scene_free (scene);
}

static void
test_relay_does_not_testify_against_the_slow (void)
{
  Scene *scene = scene_new ();

  scene->is_silent[2] = TRUE;
  ask_to_relay (scene, 1, 2);
  run (scene, SECOND_US / 2);
  g_assert_cmpuint (scene->n_knocks[2], >=, 1);
  knock (scene, 2, INF_SWIM_KNOCK_ANSWERED);
  run (scene, SECOND_US);
  g_assert_cmpuint (scene->n_nacks, ==, 1);
  g_assert_cmpuint (scene->n_testimonies, ==, 0);
  scene_free (scene);
}

static void
test_resumed_node_asks_anew (void)
{
  Scene *scene = scene_new ();
  guint32 incarnation = inf_swim_get_incarnation (scene->swim);

  scene->is_silent[3] = TRUE;
  run_until_pinged (scene, 3);
  run (scene, 2 * SECOND_US);
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_SUSPECT);
  scene->now_us += 600 * SECOND_US;
  inf_swim_resumed (scene->swim, 600 * SECOND_US, scene->now_us);
  collect (scene);
  g_assert_cmpint (state_of (scene, 3), ==, INF_PEER_ALIVE);
  g_assert_cmpuint (inf_swim_get_incarnation (scene->swim), ==, incarnation + 1);
  scene_free (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/swim-probes/" path, function)
  ADD ("everybody-is-pinged-as-often", test_everybody_is_pinged_as_often);
  ADD ("measuring-accuses-nobody", test_measuring_accuses_nobody);
  ADD ("measuring-hides-no-silence", test_measuring_hides_no_silence);
  ADD ("calendar-that-goes-back-stops-nothing", test_calendar_that_goes_back_stops_nothing);
  ADD ("silence-is-looked-into", test_silence_is_looked_into);
  ADD ("retries-follow-round-trip-times", test_retries_follow_round_trip_times);
  ADD ("cut-off-node-accuses-late", test_cut_off_node_accuses_late);
  ADD ("answered-knock-buys-time", test_answered_knock_buys_time);
  ADD ("refused-knock-is-enough-after-some-pings", test_refused_knock_is_enough_after_some_pings);
  ADD ("relay-passes-on-an-answer", test_relay_passes_on_an_answer);
  ADD ("relay-testifies-to-silence", test_relay_testifies_to_silence);
  ADD ("relay-does-not-testify-against-the-slow", test_relay_does_not_testify_against_the_slow);
  ADD ("resumed-node-asks-anew", test_resumed_node_asks_anew);
  return g_test_run ();
}
