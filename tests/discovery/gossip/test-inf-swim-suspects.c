#include "fake-net.h"

#include "discovery/gossip/inf-accusation.h"
#include "discovery/gossip/inf-probe-message.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)

static FakeNet *
settled_net (guint64 seed, guint loss_percent, guint n_nodes)
{
  FakeNet *net = fake_net_new (seed, loss_percent);

  for (guint i = 0; i < n_nodes; i++)
    fake_net_start (net, fake_net_add_node (net));
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 10 * SECOND_US), >=, 0);
  fake_net_run (net, 5 * SECOND_US);
  return net;
}

static guint
count_deaths (FakeNet *net)
{
  guint n_dead = 0;

  for (guint i = 0; i < net->n_nodes; i++)
    n_dead += net->nodes[i].n_dead;
  return n_dead;
}

static gboolean
is_dead_everywhere (FakeNet *net, gpointer data)
{
  return fake_net_all_see (net, GPOINTER_TO_UINT (data), INF_PEER_DEAD);
}

static gboolean
is_alive_everywhere (FakeNet *net, gpointer data)
{
  return fake_net_all_see (net, GPOINTER_TO_UINT (data), INF_PEER_ALIVE);
}

static gint64
time_until_dead_everywhere (FakeNet *net, guint node)
{
  return fake_net_run_until (net, is_dead_everywhere, GUINT_TO_POINTER (node), 60 * SECOND_US);
}

/* @at hears @accuser's signed word against @subject, by @bearer. */
static void
bear (FakeNet *net, guint at, guint bearer, guint accuser, guint subject)
{
  InfMembership *membership = net->nodes[accuser].membership;
  const InfPeer *peer = fake_net_peer (net, at, subject);
  guint32 incarnation = subject == at ? inf_swim_get_incarnation (fake_net_swim (net, at))
                                      : inf_record_get_incarnation (peer->record);
  InfAccusation accusation;
  g_auto (InfProbe) probe = {
    .type = INF_PROBE_NEWS,
    .liveness = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };

  inf_accusation_make (inf_membership_get_keypair (membership),
                       inf_membership_get_grid (membership), peer->hint, incarnation, &accusation);
  g_ptr_array_add (probe.liveness, inf_accusation_encode (&accusation, 0));
  g_autoptr (GBytes) payload = inf_probe_encode (&probe);
  inf_swim_receive (fake_net_swim (net, at), fake_net_peer (net, at, bearer)->hint, payload,
                    &net->nodes[bearer].address, net->now_us);
  fake_net_collect (net, at);
}

static void
test_one_liar_evicts_nobody (void)
{
  FakeNet *net = settled_net (1, 0, 6);

  for (guint round = 0; round < 300; round++)
    {
      for (guint at = 1; at < 6; at++)
        for (guint subject = 1; subject < 6; subject++)
          bear (net, at, 0, 0, subject);
      fake_net_run (net, SECOND_US / 5);
    }
  g_assert_cmpuint (count_deaths (net), ==, 0);
  g_assert_true (fake_net_all_know_all (net, NULL));
  /* Nor does it make anybody shout about it. */
  for (guint i = 1; i < 6; i++)
    g_assert_cmpuint (inf_swim_get_incarnation (fake_net_swim (net, i)), <, 40);
  fake_net_free (net);
}

/* While their victim objects. */
static void
test_many_liars_evict_nobody_who_answers (void)
{
  FakeNet *net = settled_net (2, 10, 8);

  for (guint round = 0; round < 300; round++)
    {
      for (guint accuser = 0; accuser < 4; accuser++)
        for (guint at = 4; at < 7; at++)
          bear (net, at, accuser, accuser, 7);
      fake_net_run (net, SECOND_US / 5);
    }
  g_assert_cmpuint (count_deaths (net), ==, 0);
  fake_net_run (net, 10 * SECOND_US);
  g_assert_true (is_alive_everywhere (net, GUINT_TO_POINTER (7)));
  fake_net_free (net);
}

static void
test_forged_accusation_counts_for_nothing (void)
{
  FakeNet *net = settled_net (3, 0, 6);
  const InfPeer *victim = fake_net_peer (net, 1, 2);
  g_auto (InfProbe) probe = {
    .type = INF_PROBE_NEWS,
    .liveness = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };

  for (guint i = 3; i < 6; i++)
    {
      InfAccusation accusation = {
        .subject = victim->hint,
        .incarnation = inf_record_get_incarnation (victim->record),
        .accuser = fake_net_peer (net, 1, i)->hint,
      };
      g_ptr_array_add (probe.liveness, inf_accusation_encode (&accusation, 0));
    }
  g_autoptr (GBytes) payload = inf_probe_encode (&probe);
  inf_swim_receive (fake_net_swim (net, 1), fake_net_peer (net, 1, 0)->hint, payload,
                    &net->nodes[0].address, net->now_us);
  g_assert_true (fake_net_sees (net, 1, 2, INF_PEER_ALIVE));
  fake_net_free (net);
}

static void
test_enough_accusers_are_believed_about_the_dead (void)
{
  FakeNet *net = settled_net (4, 0, 8);

  fake_net_unplug (net, 2);
  bear (net, 1, 0, 0, 2);
  bear (net, 1, 3, 3, 2);
  g_assert_true (fake_net_sees (net, 1, 2, INF_PEER_ALIVE));
  bear (net, 1, 4, 4, 2);
  g_assert_true (fake_net_sees (net, 1, 2, INF_PEER_SUSPECT));
  /* Sooner than its own probe could have told. */
  fake_net_run (net, 21 * SECOND_US / 10);
  g_assert_true (fake_net_sees (net, 1, 2, INF_PEER_DEAD));
  fake_net_free (net);
}

static void
test_isolated_node_accuses_nobody_early (void)
{
  FakeNet *net = settled_net (5, 0, 8);

  net->nodes[0].island = 1;
  g_assert_cmpint (time_until_dead_everywhere (net, 0), <, 6 * SECOND_US);
  fake_net_run (net, 4 * SECOND_US);
  g_assert_cmpuint (net->nodes[0].n_dead, ==, 0);
  net->nodes[0].island = 0;
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 30 * SECOND_US), <,
                   10 * SECOND_US);
  g_assert_cmpuint (count_deaths (net), ==, 7);
  fake_net_free (net);
}

static void
test_slow_node_is_only_suspected (void)
{
  FakeNet *net = settled_net (6, 0, 8);
  guint n_suspected = 0;

  fake_net_stall (net, 3, 12 * SECOND_US);
  for (guint i = 0; i < 110; i++)
    {
      fake_net_run (net, SECOND_US / 10);
      for (guint at = 0; at < 8; at++)
        n_suspected += at != 3 && fake_net_sees (net, at, 3, INF_PEER_SUSPECT);
    }
  g_assert_cmpuint (n_suspected, >, 0);
  fake_net_run (net, 10 * SECOND_US);
  g_assert_cmpuint (count_deaths (net), ==, 0);
  g_assert_true (fake_net_all_know_all (net, NULL));
  fake_net_free (net);
}

static void
test_refused_knock_shortens_a_death (void)
{
  gint64 killed_us = 0, unplugged_us = 0;

  for (guint64 seed = 10; seed < 20; seed++)
    {
      FakeNet *killed = settled_net (seed, 0, 8), *unplugged = settled_net (seed, 0, 8);
      fake_net_kill (killed, 3);
      killed_us += time_until_dead_everywhere (killed, 3);
      fake_net_unplug (unplugged, 3);
      unplugged_us += time_until_dead_everywhere (unplugged, 3);
      fake_net_free (killed);
      fake_net_free (unplugged);
    }
  g_test_message ("killed: dead everywhere after %.2f s, unplugged: %.2f s",
                  (double)killed_us / 1e7, (double)unplugged_us / 1e7);
  g_assert_cmpint (killed_us + 2 * SECOND_US, <, unplugged_us);
}

/* A laptop's lid: nothing of the machine answers, and then it is back. */
static void
test_resume_neither_accuses_nor_restarts (void)
{
  FakeNet *net = settled_net (7, 0, 8);
  guint64 session = inf_record_get_session (fake_net_peer (net, 0, 3)->record);

  net->nodes[3].is_unplugged = TRUE;
  fake_net_stall (net, 3, 60 * SECOND_US);
  g_assert_cmpint (time_until_dead_everywhere (net, 3), >=, 0);
  fake_net_run (net, net->nodes[3].stalled_until_us - net->now_us - 1);
  net->nodes[3].is_unplugged = FALSE;
  inf_swim_resumed (fake_net_swim (net, 3), 60 * SECOND_US, net->now_us);
  fake_net_collect (net, 3);
  g_assert_cmpint (
      fake_net_run_until (net, is_alive_everywhere, GUINT_TO_POINTER (3), 10 * SECOND_US), <,
      2 * SECOND_US);
  fake_net_run (net, 30 * SECOND_US);
  g_assert_true (fake_net_all_know_all (net, NULL));
  g_assert_cmpuint (net->nodes[3].n_dead, ==, 0);
  g_assert_cmpuint (count_deaths (net), ==, 7);
  g_assert_cmpuint (inf_record_get_session (fake_net_peer (net, 0, 3)->record), ==, session);
  fake_net_free (net);
}

static void
test_away_is_not_dead_until_it_should_be_back (void)
{
  FakeNet *net = settled_net (8, 10, 6);
  gint64 until_us = net->now_us + 600 * SECOND_US;

  inf_swim_set_away (fake_net_swim (net, 4), fake_net_get_unix_us (net) + 600 * SECOND_US,
                     net->now_us);
  fake_net_collect (net, 4);
  fake_net_run (net, SECOND_US);
  fake_net_unplug (net, 4);
  fake_net_run (net, until_us - net->now_us);
  g_assert_true (fake_net_all_see (net, 4, INF_PEER_AWAY));
  g_assert_cmpuint (count_deaths (net), ==, 0);
  g_assert_cmpint (
      fake_net_run_until (net, is_dead_everywhere, GUINT_TO_POINTER (4), 120 * SECOND_US), >,
      30 * SECOND_US);
  fake_net_free (net);
}

static void
test_back_from_away (void)
{
  FakeNet *net = settled_net (9, 0, 6);

  inf_swim_set_away (fake_net_swim (net, 4), fake_net_get_unix_us (net) + 600 * SECOND_US,
                     net->now_us);
  fake_net_collect (net, 4);
  fake_net_run (net, SECOND_US);
  g_assert_true (fake_net_all_see (net, 4, INF_PEER_AWAY));
  inf_swim_set_away (fake_net_swim (net, 4), 0, net->now_us);
  fake_net_collect (net, 4);
  fake_net_run (net, SECOND_US);
  g_assert_true (fake_net_all_know_all (net, NULL));
  fake_net_free (net);
}

/* Between some nodes datagrams get through one way only. */
static void
test_asymmetric_ways_evict_nobody (void)
{
  FakeNet *net = settled_net (20, 0, 8);

  net->is_blocked[0][1] = net->is_blocked[2][3] = net->is_blocked[3][4] = TRUE;
  fake_net_run (net, 120 * SECOND_US);
  g_assert_cmpuint (count_deaths (net), ==, 0);
  fake_net_free (net);
}

static gboolean
halves_are_apart (FakeNet *net, gpointer data)
{
  for (guint i = 0; i < net->n_nodes; i++)
    for (guint j = 0; j < net->n_nodes; j++)
      if (i != j
          && !fake_net_sees (net, i, j,
                             net->nodes[i].island == net->nodes[j].island ? INF_PEER_ALIVE
                                                                          : INF_PEER_DEAD))
        return FALSE;
  return TRUE;
}

static void
test_halves_go_on_and_find_each_other (void)
{
  for (guint64 seed = 30; seed < 34; seed++)
    {
      FakeNet *net = settled_net (seed, 0, 12);
      for (guint i = 6; i < 12; i++)
        net->nodes[i].island = 1;
      gint64 apart_us = fake_net_run_until (net, halves_are_apart, NULL, 60 * SECOND_US);
      g_assert_cmpint (apart_us, >=, 0);
      fake_net_run (net, 30 * SECOND_US);
      for (guint i = 6; i < 12; i++)
        net->nodes[i].island = 0;
      gint64 healed_us = fake_net_run_until (net, fake_net_all_know_all, NULL, 60 * SECOND_US);
      g_test_message ("two halves after %.1f s, one grid again after %.1f s",
                      (double)apart_us / 1e6, (double)healed_us / 1e6);
      g_assert_cmpint (healed_us, >=, 0);
      g_assert_cmpint (healed_us, <, 10 * SECOND_US);
      fake_net_free (net);
    }
}

/* Two are left, and nobody else could agree. */
static void
test_one_of_two_is_missed (void)
{
  FakeNet *net = settled_net (40, 0, 2);

  fake_net_unplug (net, 1);
  gint64 took_us = time_until_dead_everywhere (net, 1);
  g_assert_cmpint (took_us, >, 4 * SECOND_US);
  g_assert_cmpint (took_us, <, 15 * SECOND_US);
  fake_net_free (net);
}

static void
test_two_of_three_are_missed (void)
{
  FakeNet *net = settled_net (41, 0, 3);

  fake_net_unplug (net, 1);
  fake_net_unplug (net, 2);
  g_assert_cmpint (time_until_dead_everywhere (net, 1), <, 35 * SECOND_US);
  g_assert_cmpint (time_until_dead_everywhere (net, 2), <, 30 * SECOND_US);
  fake_net_free (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/swim-suspects/" path, function)
  ADD ("one-liar-evicts-nobody", test_one_liar_evicts_nobody);
  ADD ("many-liars-evict-nobody-who-answers", test_many_liars_evict_nobody_who_answers);
  ADD ("forged-accusation-counts-for-nothing", test_forged_accusation_counts_for_nothing);
  ADD ("enough-accusers-are-believed-about-the-dead",
       test_enough_accusers_are_believed_about_the_dead);
  ADD ("isolated-node-accuses-nobody-early", test_isolated_node_accuses_nobody_early);
  ADD ("slow-node-is-only-suspected", test_slow_node_is_only_suspected);
  ADD ("refused-knock-shortens-a-death", test_refused_knock_shortens_a_death);
  ADD ("resume-neither-accuses-nor-restarts", test_resume_neither_accuses_nor_restarts);
  ADD ("away-is-not-dead-until-it-should-be-back", test_away_is_not_dead_until_it_should_be_back);
  ADD ("back-from-away", test_back_from_away);
  ADD ("asymmetric-ways-evict-nobody", test_asymmetric_ways_evict_nobody);
  ADD ("halves-go-on-and-find-each-other", test_halves_go_on_and_find_each_other);
  ADD ("one-of-two-is-missed", test_one_of_two_is_missed);
  ADD ("two-of-three-are-missed", test_two_of_three_are_missed);
  return g_test_run ();
}
