#include "fake-net.h"

#include "discovery/gossip/inf-messages.h"

#define SECOND_US G_USEC_PER_SEC

static FakeNet *
net_with_nodes (guint64 seed, guint loss_percent, guint n_nodes)
{
  FakeNet *net = fake_net_new (seed, loss_percent);

  for (guint i = 0; i < n_nodes; i++)
    fake_net_start (net, fake_net_add_node (net));
  return net;
}

static FakeNet *
settled_net (guint64 seed, guint loss_percent, guint n_nodes)
{
  FakeNet *net = net_with_nodes (seed, loss_percent, n_nodes);

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

static gboolean
has_left_everywhere (FakeNet *net, gpointer data)
{
  return fake_net_all_see (net, GPOINTER_TO_UINT (data), INF_PEER_LEFT);
}

static void
test_twenty_converge_over_a_lossy_net (void)
{
  for (guint64 seed = 1; seed <= 5; seed++)
    {
      FakeNet *net = net_with_nodes (seed, 10, 20);
      gint64 took_us = fake_net_run_until (net, fake_net_all_know_all, NULL, 5 * SECOND_US);
      g_test_message ("seed %u: all know all after %.2f s", (guint)seed, (double)took_us / 1e6);
      g_assert_cmpint (took_us, >=, 0);
      fake_net_free (net);
    }
}

static void
test_twenty_converge_from_one_address (void)
{
  FakeNet *net = fake_net_new (7, 10);

  net->has_multicast = FALSE;
  for (guint i = 0; i < 20; i++)
    {
      fake_net_start (net, fake_net_add_node (net));
      if (i > 0)
        inf_swim_add_seed (fake_net_swim (net, i), &net->nodes[0].address, net->now_us);
    }
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 10 * SECOND_US), >=, 0);
  fake_net_free (net);
}

static void
test_death_is_known_everywhere_within_ten_seconds (void)
{
  gint64 total_us = 0, longest_us = 0;
  const guint n_runs = 20;

  for (guint64 seed = 1; seed <= n_runs; seed++)
    {
      FakeNet *net = settled_net (seed, 0, 5);
      fake_net_kill (net, 3);
      gint64 took_us
          = fake_net_run_until (net, is_dead_everywhere, GUINT_TO_POINTER (3), 10 * SECOND_US);
      g_assert_cmpint (took_us, >=, 0);
      g_assert_cmpuint (count_deaths (net), ==, 4);
      total_us += took_us;
      longest_us = MAX (longest_us, took_us);
      fake_net_free (net);
    }
  g_test_message ("5 nodes: dead everywhere after %.2f s on average, %.2f s at most",
                  (double)total_us / n_runs / 1e6, (double)longest_us / 1e6);
}

static void
test_nobody_dies_of_loss (void)
{
  FakeNet *net = settled_net (3, 10, 10);

  fake_net_run (net, 600 * SECOND_US);
  g_assert_cmpuint (count_deaths (net), ==, 0);
  g_assert_true (fake_net_all_know_all (net, NULL));
  fake_net_free (net);
}

/* The kernel runs other things: every node stands still for a second, one after the other. */
static void
test_nobody_dies_of_stalls (void)
{
  FakeNet *net = settled_net (4, 0, 5);

  for (guint round = 0; round < 60; round++)
    {
      fake_net_stall (net, round % 5, SECOND_US);
      fake_net_stall (net, (round + 2) % 5, SECOND_US);
      fake_net_run (net, SECOND_US + SECOND_US / 2);
    }
  g_assert_cmpuint (count_deaths (net), ==, 0);
  fake_net_free (net);
}

static gboolean
is_suspected_somewhere (FakeNet *net, gpointer data)
{
  for (guint i = 0; i < net->n_nodes; i++)
    if (i != GPOINTER_TO_UINT (data)
        && fake_net_sees (net, i, GPOINTER_TO_UINT (data), INF_PEER_SUSPECT))
      return TRUE;
  return FALSE;
}

/* Longer than a probe waits, shorter than a suspicion lasts; and nothing answers a knock. */
static void
stall_machine (FakeNet *net, guint node, gint64 for_us)
{
  net->nodes[node].is_unplugged = TRUE;
  fake_net_stall (net, node, for_us);
}

static void
test_suspicion_is_refuted (void)
{
  FakeNet *net = settled_net (17, 0, 5);
  guint32 before = inf_swim_get_incarnation (fake_net_swim (net, 2));

  stall_machine (net, 2, 12 * SECOND_US / 5);
  g_assert_cmpint (
      fake_net_run_until (net, is_suspected_somewhere, GUINT_TO_POINTER (2), 12 * SECOND_US / 5),
      >=, 0);
  g_assert_cmpint (
      fake_net_run_until (net, is_alive_everywhere, GUINT_TO_POINTER (2), 5 * SECOND_US), >=, 0);
  fake_net_run (net, 10 * SECOND_US);
  g_assert_cmpuint (inf_swim_get_incarnation (fake_net_swim (net, 2)), >, before);
  g_assert_cmpuint (net->nodes[2].incarnation, >, before);
  g_assert_cmpuint (count_deaths (net), ==, 0);
  fake_net_free (net);
}

static void
test_restart_refutes_its_own_death (void)
{
  FakeNet *net = settled_net (6, 0, 5);

  fake_net_kill (net, 1);
  g_assert_cmpint (
      fake_net_run_until (net, is_dead_everywhere, GUINT_TO_POINTER (1), 10 * SECOND_US), >=, 0);
  fake_net_start (net, 1);
  g_assert_cmpint (
      fake_net_run_until (net, is_alive_everywhere, GUINT_TO_POINTER (1), 5 * SECOND_US), >=, 0);
  fake_net_run (net, 30 * SECOND_US);
  g_assert_true (fake_net_all_know_all (net, NULL));
  g_assert_cmpuint (count_deaths (net), ==, 4);
  fake_net_free (net);
}

/* Who has lost even the incarnation learns it from the records that others keep of it. */
static void
test_restart_without_state_is_heard_again (void)
{
  FakeNet *net = settled_net (9, 0, 5);

  stall_machine (net, 1, 12 * SECOND_US / 5);
  fake_net_run (net, 10 * SECOND_US);
  g_assert_cmpuint (net->nodes[1].incarnation, >, 1);
  fake_net_kill (net, 1);
  net->nodes[1].incarnation = 0;
  fake_net_run (net, 15 * SECOND_US);
  fake_net_start (net, 1);
  g_assert_cmpint (
      fake_net_run_until (net, is_alive_everywhere, GUINT_TO_POINTER (1), 20 * SECOND_US), >=, 0);
  fake_net_free (net);
}

static void
test_split_grid_heals (void)
{
  FakeNet *net = settled_net (9, 0, 6);

  /* Nobody hears anybody, for long enough that everybody is dead to everybody. */
  net->loss_percent = 100;
  fake_net_run (net, 120 * SECOND_US);
  g_assert_cmpuint (count_deaths (net), ==, 30);
  net->loss_percent = 0;
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 40 * SECOND_US), >=, 0);
  fake_net_free (net);
}

static void
test_goodbye_is_no_death (void)
{
  FakeNet *net = settled_net (10, 10, 8);

  inf_swim_leave (fake_net_swim (net, 4), net->now_us);
  fake_net_collect (net, 4);
  fake_net_run (net, SECOND_US / 100);
  fake_net_kill (net, 4);
  g_assert_cmpint (
      fake_net_run_until (net, has_left_everywhere, GUINT_TO_POINTER (4), 10 * SECOND_US), >=, 0);
  fake_net_run (net, 30 * SECOND_US);
  g_assert_true (has_left_everywhere (net, GUINT_TO_POINTER (4)));
  g_assert_cmpuint (count_deaths (net), ==, 0);

  fake_net_start (net, 4);
  g_assert_cmpint (
      fake_net_run_until (net, is_alive_everywhere, GUINT_TO_POINTER (4), 10 * SECOND_US), >=, 0);
  fake_net_free (net);
}

static void
test_lone_node_backs_off (void)
{
  FakeNet *net = net_with_nodes (18, 0, 1);
  InfAddress nowhere;

  g_assert_true (inf_address_from_text ("10.0.0.200:7848", 0, &nowhere));
  inf_swim_add_seed (fake_net_swim (net, 0), &nowhere, net->now_us);
  fake_net_run (net, 3600 * (gint64)SECOND_US);
  g_test_message ("an hour alone: %u datagrams", net->nodes[0].n_sent);
  g_assert_cmpuint (net->nodes[0].n_sent, >, 100);
  g_assert_cmpuint (net->nodes[0].n_sent, <, 300);
  fake_net_free (net);
}

static gboolean
price_is_known_everywhere (FakeNet *net, gpointer data)
{
  for (guint i = 1; i < net->n_nodes; i++)
    {
      const InfRoster *roster = inf_swim_get_roster (fake_net_swim (net, i));
      g_autoptr (InfPeerInfo) info = inf_peer_to_info (fake_net_peer (net, i, 0), roster);
      if (info->price_ucredits != 123)
        return FALSE;
    }
  return TRUE;
}

static void
test_changed_capacity_spreads (void)
{
  FakeNet *net = settled_net (11, 10, 20);
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();

  capacity->price_ucredits = 123;
  inf_swim_set_capacity (fake_net_swim (net, 0), capacity, net->now_us);
  g_assert_cmpint (fake_net_run_until (net, price_is_known_everywhere, NULL, 10 * SECOND_US), >=,
                   0);
  fake_net_free (net);
}

static gboolean
notice_is_known_everywhere (FakeNet *net, gpointer data)
{
  for (guint i = 0; i < net->n_nodes; i++)
    if (inf_notices_get_size (inf_swim_get_notices (fake_net_swim (net, i))) != 1)
      return FALSE;
  return TRUE;
}

static void
test_notice_spreads (void)
{
  FakeNet *net = settled_net (19, 10, 20);
  g_autoptr (GBytes) content = g_bytes_new_static ("news", 4);

  g_assert_true (
      inf_swim_publish_notice (fake_net_swim (net, 7), "topic", content, net->now_us, NULL));
  fake_net_collect (net, 7);
  gint64 took_us = fake_net_run_until (net, notice_is_known_everywhere, NULL, 5 * SECOND_US);
  g_test_message ("everybody has a notice after %.2f s", (double)took_us / 1e6);
  g_assert_cmpint (took_us, >=, 0);
  fake_net_free (net);
}

static void
test_neighbours_are_told_with_their_times (void)
{
  FakeNet *net = settled_net (12, 0, 5);

  fake_net_run (net, 20 * SECOND_US);
  g_autoptr (InfPeerInfo) info
      = inf_peer_to_info (fake_net_peer (net, 1, 0), inf_swim_get_roster (fake_net_swim (net, 1)));
  g_assert_cmpuint (info->neighbours->len, ==, 4);
  g_assert_cmpuint (g_array_index (info->neighbours, InfNeighbour, 0).rtt_us, >=, 200);
  g_assert_cmpuint (g_array_index (info->neighbours, InfNeighbour, 0).rtt_us, <, 2300);
  g_assert_cmpuint (info->rtt_us, >=, 200);
  g_assert_cmpstr (info->addresses[0], ==, "10.0.0.1:7848");
  fake_net_free (net);
}

static void
test_moved_node_is_followed (void)
{
  FakeNet *net = settled_net (13, 0, 5);

  g_assert_true (inf_address_from_text ("10.0.1.99:7848", 0, &net->nodes[2].address));
  inf_swim_set_addresses (fake_net_swim (net, 2), &net->nodes[2].address, 1, net->now_us);
  fake_net_run (net, 20 * SECOND_US);
  g_assert_true (fake_net_all_know_all (net, NULL));
  g_assert_true (inf_address_equal (&inf_peer_get_contact (fake_net_peer (net, 0, 2))->address,
                                    &net->nodes[2].address));
  g_assert_cmpuint (count_deaths (net), ==, 0);
  fake_net_free (net);
}

static gboolean
is_unknown_to_others (FakeNet *net, gpointer data)
{
  for (guint i = 0; i < net->n_nodes; i++)
    if (i != GPOINTER_TO_UINT (data) && fake_net_peer (net, i, GPOINTER_TO_UINT (data)))
      return FALSE;
  return TRUE;
}

static void
test_removed_member_is_dropped_everywhere (void)
{
  FakeNet *net = settled_net (14, 10, 8);
  InfKeypair *removed = inf_membership_get_keypair (net->nodes[5].membership);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      inf_membership_revoke (net->founder_membership, inf_keypair_get_peer_id (removed), &error));
  inf_swim_revocations_changed (fake_net_swim (net, 0), net->now_us);
  fake_net_collect (net, 0);
  g_assert_cmpint (
      fake_net_run_until (net, is_unknown_to_others, GUINT_TO_POINTER (5), 10 * SECOND_US), >=, 0);
  /* It goes on talking; nobody listens. */
  fake_net_run (net, 60 * SECOND_US);
  g_assert_true (is_unknown_to_others (net, GUINT_TO_POINTER (5)));
  g_assert_cmpuint (count_deaths (net) - net->nodes[5].n_dead, ==, 0);
  fake_net_free (net);
}

static void
test_idle_grid_is_quiet (void)
{
  FakeNet *net = settled_net (16, 0, 5);
  guint64 before_bytes = 0, after_bytes = 0;

  fake_net_run (net, 60 * SECOND_US);
  for (guint i = 0; i < 5; i++)
    before_bytes += net->nodes[i].sent_bytes;
  fake_net_run (net, 100 * SECOND_US);
  for (guint i = 0; i < 5; i++)
    after_bytes += net->nodes[i].sent_bytes;
  double bytes_per_second = (double)(after_bytes - before_bytes) / 5 / 100;
  g_test_message ("idle: %.0f bytes per node and second", bytes_per_second);
  g_assert_cmpfloat (bytes_per_second, <, 200);
  fake_net_free (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swim/twenty-converge-over-a-lossy-net", test_twenty_converge_over_a_lossy_net);
  g_test_add_func ("/swim/twenty-converge-from-one-address", test_twenty_converge_from_one_address);
  g_test_add_func ("/swim/death-is-known-everywhere-within-ten-seconds",
                   test_death_is_known_everywhere_within_ten_seconds);
  g_test_add_func ("/swim/nobody-dies-of-loss", test_nobody_dies_of_loss);
  g_test_add_func ("/swim/nobody-dies-of-stalls", test_nobody_dies_of_stalls);
  g_test_add_func ("/swim/suspicion-is-refuted", test_suspicion_is_refuted);
  g_test_add_func ("/swim/restart-refutes-its-own-death", test_restart_refutes_its_own_death);
  g_test_add_func ("/swim/restart-without-state-is-heard-again",
                   test_restart_without_state_is_heard_again);
  g_test_add_func ("/swim/split-grid-heals", test_split_grid_heals);
  g_test_add_func ("/swim/goodbye-is-no-death", test_goodbye_is_no_death);
  g_test_add_func ("/swim/lone-node-backs-off", test_lone_node_backs_off);
  g_test_add_func ("/swim/changed-capacity-spreads", test_changed_capacity_spreads);
  g_test_add_func ("/swim/notice-spreads", test_notice_spreads);
  g_test_add_func ("/swim/neighbours-are-told-with-their-times",
                   test_neighbours_are_told_with_their_times);
  g_test_add_func ("/swim/moved-node-is-followed", test_moved_node_is_followed);
  g_test_add_func ("/swim/removed-member-is-dropped-everywhere",
                   test_removed_member_is_dropped_everywhere);
  g_test_add_func ("/swim/idle-grid-is-quiet", test_idle_grid_is_quiet);
  return g_test_run ();
}
