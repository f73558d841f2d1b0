#include "sim/inf-sim.h"

#define SECOND_US G_GINT64_CONSTANT (1000000)
#define N_NODES 20

static InfPopulation *population;

static InfSim *
make_sim (guint64 seed, double loss)
{
  const InfSimConfig config = {
    .n_nodes = N_NODES,
    .seed = seed,
    .loss = loss,
    .has_multicast = TRUE,
    .skew_us = SECOND_US,
    .drift_ppm = 100,
  };
  InfSim *sim = inf_sim_new (population, &config);

  inf_sim_start_acquainted (sim);
  return sim;
}

/* With all that can happen: loss, a machine lost, a node stopped, a part cut off. */
static guint64
trace_of_a_rich_run (guint64 seed)
{
  g_autoptr (InfSim) sim = make_sim (seed, 0.1);

  inf_sim_run (sim, 5 * SECOND_US);
  inf_sim_lose (sim, 3);
  inf_sim_stop (sim, 5);
  inf_sim_run (sim, 5 * SECOND_US);
  inf_sim_resume (sim, 5);
  inf_sim_net_set_side (inf_sim_get_net (sim), 7, 1);
  inf_sim_run (sim, 5 * SECOND_US);
  inf_sim_start (sim, 3);
  inf_sim_run (sim, 5 * SECOND_US);
  return inf_sim_get_trace (sim);
}

static void
test_one_seed_reproduces_a_run (void)
{
  g_assert_cmphex (trace_of_a_rich_run (1), ==, trace_of_a_rich_run (1));
}

static void
test_another_seed_gives_another_run (void)
{
  g_assert_cmphex (trace_of_a_rich_run (1), !=, trace_of_a_rich_run (2));
}

static guint
count_seen (InfSim *sim, guint subject, InfPeerState state)
{
  guint n_seen = 0;

  for (guint i = 0; i < N_NODES; i++)
    {
      const InfPeer *peer = inf_sim_find_peer (sim, i, subject);
      n_seen += i != subject && peer && peer->state == state;
    }
  return n_seen;
}

static void
test_acquainted_nodes_know_each_other (void)
{
  g_autoptr (InfSim) sim = make_sim (1, 0);

  for (guint i = 0; i < N_NODES; i++)
    g_assert_cmpuint (count_seen (sim, i, INF_PEER_ALIVE), ==, N_NODES - 1);
}

static void
test_a_lost_machine_dies_everywhere (void)
{
  g_autoptr (InfSim) sim = make_sim (1, 0);

  inf_sim_run (sim, 5 * SECOND_US);
  inf_sim_lose (sim, 3);
  inf_sim_run (sim, 20 * SECOND_US);
  g_assert_cmpuint (count_seen (sim, 3, INF_PEER_DEAD), ==, N_NODES - 1);
}

static void
test_sides_hear_nothing_of_each_other (void)
{
  g_autoptr (InfSim) sim = make_sim (1, 0);

  inf_sim_run (sim, 5 * SECOND_US);
  inf_sim_net_set_side (inf_sim_get_net (sim), 3, 1);
  inf_sim_run (sim, 30 * SECOND_US);
  g_assert_cmpuint (count_seen (sim, 3, INF_PEER_DEAD), ==, N_NODES - 1);
}

/* Within the same instant it answers the pings that came while it stood still. */
static void
test_a_stopped_node_reads_later_what_came_meanwhile (void)
{
  g_autoptr (InfSim) sim = make_sim (1, 0);

  inf_sim_run (sim, 5 * SECOND_US);
  inf_sim_stop (sim, 3);
  inf_sim_run (sim, 3 * SECOND_US);
  guint64 n_before = inf_sim_get_traffic (sim)->n_datagrams;
  inf_sim_resume (sim, 3);
  g_assert_cmpuint (inf_sim_get_traffic (sim)->n_datagrams, >, n_before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  population = inf_population_new (N_NODES);
  g_test_add_func ("/sim/one-seed-reproduces-a-run", test_one_seed_reproduces_a_run);
  g_test_add_func ("/sim/another-seed-gives-another-run", test_another_seed_gives_another_run);
  g_test_add_func ("/sim/acquainted-nodes-know-each-other", test_acquainted_nodes_know_each_other);
  g_test_add_func ("/sim/a-lost-machine-dies-everywhere", test_a_lost_machine_dies_everywhere);
  g_test_add_func ("/sim/sides-hear-nothing-of-each-other", test_sides_hear_nothing_of_each_other);
  g_test_add_func ("/sim/a-stopped-node-reads-later-what-came-meanwhile",
                   test_a_stopped_node_reads_later_what_came_meanwhile);
  int status = g_test_run ();
  inf_population_free (population);
  return status;
}
