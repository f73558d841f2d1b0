#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-hello-message.h"
#include "fake-net.h"

/* How nodes find each other, and find each other again. */
#define SECOND_US G_USEC_PER_SEC

static FakeNet *
lonely_net (guint64 seed, guint n_nodes)
{
  FakeNet *net = fake_net_new (seed, 0);

  net->has_multicast = FALSE;
  for (guint i = 0; i < n_nodes; i++)
    fake_net_start (net, fake_net_add_node (net));
  return net;
}

static void
point_at (FakeNet *net, guint at, guint node)
{
  inf_swim_add_seed (fake_net_swim (net, at), &net->nodes[node].address, net->now_us);
}

static void
settle (FakeNet *net)
{
  for (guint i = 1; i < net->n_nodes; i++)
    point_at (net, i, 0);
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 10 * SECOND_US), >=, 0);
}

/* Node @at remembers what @net knows of @node. */
static void
remember (FakeNet *net, guint at, const InfPeer *peer, const InfAddress *address)
{
  inf_swim_remember (fake_net_swim (net, at), inf_certificate_get_bytes (peer->certificate),
                     inf_record_get_bytes (peer->record), address, net->now_us);
}

static void
test_remembered_peer_brings_everybody (void)
{
  FakeNet *net = lonely_net (31, 4);
  settle (net);
  fake_net_kill (net, 3);
  fake_net_start (net, 3);

  remember (net, 3, fake_net_peer (net, 0, 1), &net->nodes[1].address);
  g_assert_null (fake_net_peer (net, 3, 1));
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 3 * SECOND_US), >=, 0);
  fake_net_free (net);
}

static void
test_forgotten_address_is_taken_from_the_record (void)
{
  FakeNet *net = lonely_net (32, 2);
  settle (net);
  fake_net_kill (net, 1);
  fake_net_start (net, 1);

  remember (net, 1, fake_net_peer (net, 0, 0), NULL);
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 3 * SECOND_US), >=, 0);
  fake_net_free (net);
}

static void
test_remembered_stranger_is_not_believed (void)
{
  FakeNet *net = lonely_net (33, 2), *other = lonely_net (34, 2);
  settle (net);

  inf_swim_remember (fake_net_swim (other, 0),
                     inf_certificate_get_bytes (fake_net_peer (net, 0, 1)->certificate),
                     inf_record_get_bytes (fake_net_peer (net, 0, 1)->record), NULL, other->now_us);
  const InfPublicKey *key
      = inf_keypair_get_public_key (inf_membership_get_keypair (net->nodes[1].membership));
  InfPeerId id;
  inf_peer_id_of_key (key, &id);
  g_assert_null (inf_swim_find_key (fake_net_swim (other, 0), inf_peer_hint (&id)));
  fake_net_free (net);
  fake_net_free (other);
}

static void
test_seed_that_comes_up_later_is_found (void)
{
  FakeNet *net = lonely_net (35, 2);
  fake_net_kill (net, 1);
  point_at (net, 0, 1);

  fake_net_run (net, 300 * SECOND_US);
  fake_net_start (net, 1);
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, 90 * SECOND_US), >=, 0);
  fake_net_free (net);
}

static guint
n_hellos_to_nowhere (FakeNet *net, gint64 delay_us)
{
  InfAddress nowhere;
  guint before = net->nodes[1].n_sent;

  g_assert_true (inf_address_from_text ("10.9.9.9:1", 0, &nowhere));
  for (guint i = 0; i < 20; i++)
    {
      nowhere.port++;
      inf_swim_add_late_seed (fake_net_swim (net, 1), &nowhere, delay_us, net->now_us);
    }
  fake_net_run (net, 3 * SECOND_US);
  return net->nodes[1].n_sent - before;
}

static void
test_late_seeds_rest_while_others_answer (void)
{
  FakeNet *net = lonely_net (36, 2);
  settle (net);

  g_assert_cmpuint (n_hellos_to_nowhere (net, SECOND_US), <, 40);
  g_assert_cmpuint (n_hellos_to_nowhere (net, 0), >=, 20 * 3);
  fake_net_free (net);
}

static void
test_network_that_came_back_is_tried_at_once (void)
{
  FakeNet *net = lonely_net (37, 2);
  net->nodes[1].island = 1;
  point_at (net, 1, 0);
  fake_net_run (net, 600 * SECOND_US);

  net->nodes[1].island = 0;
  inf_swim_network_changed (fake_net_swim (net, 1), net->now_us);
  g_assert_cmpint (fake_net_run_until (net, fake_net_all_know_all, NULL, SECOND_US), >=, 0);
  fake_net_free (net);
}

static gboolean
halves_are_apart (FakeNet *net, gpointer data)
{
  return fake_net_sees (net, 0, net->n_nodes - 1, INF_PEER_DEAD)
         && fake_net_sees (net, net->n_nodes - 1, 0, INF_PEER_DEAD);
}

static void
split (FakeNet *net, gboolean is_split)
{
  for (guint i = net->n_nodes / 2; i < net->n_nodes; i++)
    net->nodes[i].island = is_split;
}

/* Nobody forgot anything: each half has seen the other die. */
static void
test_split_grid_merges (void)
{
  for (guint64 seed = 40; seed < 45; seed++)
    {
      FakeNet *net = lonely_net (seed, 8);
      settle (net);

      split (net, TRUE);
      g_assert_cmpint (fake_net_run_until (net, halves_are_apart, NULL, 60 * SECOND_US), >=, 0);
      fake_net_run (net, 60 * SECOND_US);
      split (net, FALSE);
      gint64 took_us = fake_net_run_until (net, fake_net_all_know_all, NULL, 10 * SECOND_US);
      g_test_message ("merged after %.1f s", (double)took_us / SECOND_US);
      g_assert_cmpint (took_us, >=, 0);
      fake_net_free (net);
    }
}

static gboolean
has_sent_to_first (FakeNet *net, gpointer data)
{
  return net->last_datagram && net->last_recipient == 0;
}

/* After a crash nothing tells that this hello was taken before; it still proves nobody alive, and
 * moves nobody. */
static void
test_hello_of_an_earlier_run_is_no_sign_of_life (void)
{
  FakeNet *net = lonely_net (50, 2);
  InfAddress elsewhere;
  g_assert_true (inf_address_from_text ("10.9.9.9:1", 0, &elsewhere));
  point_at (net, 1, 0);
  g_assert_cmpint (fake_net_run_until (net, has_sent_to_first, NULL, SECOND_US), >=, 0);
  g_autoptr (GBytes) hello = g_bytes_ref (net->last_datagram);
  settle (net);

  fake_net_kill (net, 0);
  fake_net_kill (net, 1);
  fake_net_run (net, SECOND_US);
  fake_net_start (net, 0);
  inf_gossip_core_receive (net->nodes[0].core, g_bytes_get_data (hello, NULL),
                           g_bytes_get_size (hello), &elsewhere, net->now_us);
  g_assert_false (inf_peer_get_contact (fake_net_peer (net, 0, 1))->is_confirmed);
  g_assert_cmpint (inf_peer_get_contact (fake_net_peer (net, 0, 1))->last_heard_us, ==, 0);
  fake_net_free (net);
}

static const InfContact *
hear_from (FakeNet *net, const InfAddress *from, gboolean is_answer)
{
  InfPeer *peer = fake_net_peer (net, 0, 1);
  const InfPeer *self = fake_net_peer (net, 1, 1);
  const InfHello hello = {
    .type = is_answer ? INF_HELLO_ANSWER : INF_HELLO_ASK,
    .recipient_session = inf_record_get_session (fake_net_peer (net, 0, 0)->record),
    .certificate = inf_certificate_get_bytes (self->certificate),
    .record = inf_record_get_bytes (self->record),
  };
  g_autoptr (GBytes) payload = inf_hello_encode (&hello);

  inf_swim_receive_hello (fake_net_swim (net, 0), payload, from, net->now_us);
  return inf_peer_get_contact (peer);
}

static void
test_link_serves_until_udp_works_both_ways (void)
{
  FakeNet *net = lonely_net (51, 2);
  settle (net);
  fake_net_run (net, 3 * SECOND_US);
  InfAddress link, udp = net->nodes[1].address;
  inf_address_init_link (&link, fake_net_peer (net, 0, 1)->hint);

  g_assert_true (inf_address_equal (&hear_from (net, &link, FALSE)->address, &udp));
  net->nodes[1].island = 1;
  net->now_us += 6 * SECOND_US;
  g_assert_true (inf_address_equal (&hear_from (net, &link, FALSE)->address, &link));
  g_assert_true (inf_address_equal (&hear_from (net, &udp, FALSE)->address, &link));
  g_assert_true (inf_address_equal (&hear_from (net, &udp, TRUE)->address, &udp));
  fake_net_free (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swim-bootstrap/remembered-peer-brings-everybody",
                   test_remembered_peer_brings_everybody);
  g_test_add_func ("/swim-bootstrap/forgotten-address-is-taken-from-the-record",
                   test_forgotten_address_is_taken_from_the_record);
  g_test_add_func ("/swim-bootstrap/remembered-stranger-is-not-believed",
                   test_remembered_stranger_is_not_believed);
  g_test_add_func ("/swim-bootstrap/seed-that-comes-up-later-is-found",
                   test_seed_that_comes_up_later_is_found);
  g_test_add_func ("/swim-bootstrap/late-seeds-rest-while-others-answer",
                   test_late_seeds_rest_while_others_answer);
  g_test_add_func ("/swim-bootstrap/network-that-came-back-is-tried-at-once",
                   test_network_that_came_back_is_tried_at_once);
  g_test_add_func ("/swim-bootstrap/split-grid-merges", test_split_grid_merges);
  g_test_add_func ("/swim-bootstrap/hello-of-an-earlier-run-is-no-sign-of-life",
                   test_hello_of_an_earlier_run_is_no_sign_of_life);
  g_test_add_func ("/swim-bootstrap/link-serves-until-udp-works-both-ways",
                   test_link_serves_until_udp_works_both_ways);
  return g_test_run ();
}
