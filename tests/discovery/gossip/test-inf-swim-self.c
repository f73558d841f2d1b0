#include "fake-net.h"
#include "fake-peers.h"

#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-hello-message.h"
#include "discovery/gossip/inf-record-private.h"
#include "discovery/gossip/inf-swim-private.h"
#include "discovery/identity/inf-signed.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define HOUR_US (3600 * SECOND_US)

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

static InfPeerInfo *
info_of (FakeNet *net, guint at, guint node)
{
  return inf_peer_to_info (fake_net_peer (net, at, node),
                           inf_swim_get_roster (fake_net_swim (net, at)));
}

static InfSwim *
lone_core (FakePeers *peers)
{
  return inf_swim_new (peers->founder, &inf_swim_default_timing, 1, 1, 7848, 0,
                       FAKE_PEERS_NOW_UNIX_US);
}

static const InfRecord *
own_record (const InfSwim *swim)
{
  return inf_roster_find (swim->roster, swim->self_hint)->record;
}

static void
drop_actions (InfSwim *swim)
{
  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_swim_next_action (swim);
      if (!action)
        return;
    }
}

static void
test_record_is_renewed_long_before_it_expires (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (1);
  g_autoptr (InfSwim) swim = lone_core (peers);
  gint64 now_us = 0;

  while (now_us < 60 * HOUR_US)
    {
      gint64 expires_us = inf_record_get_expires_unix_us (own_record (swim));
      g_assert_cmpint (expires_us - FAKE_PEERS_NOW_UNIX_US - now_us, >, 13 * HOUR_US);
      now_us = MAX (now_us + SECOND_US, inf_swim_get_deadline_us (swim));
      inf_swim_tick (swim, now_us);
      drop_actions (swim);
    }
  g_assert_cmpuint (inf_record_get_sequence (own_record (swim)), <, 15);
}

static void
test_record_outlasts_an_absence (void)
{
  const gint64 back_us = FAKE_PEERS_NOW_UNIX_US + 60 * HOUR_US;
  g_autoptr (FakePeers) peers = fake_peers_new (1);
  g_autoptr (InfSwim) swim = lone_core (peers);

  inf_swim_set_away (swim, back_us, 0);
  g_assert_cmpint (inf_record_get_expires_unix_us (own_record (swim)), >, back_us);
  inf_swim_set_away (swim, 0, SECOND_US);
  g_assert_cmpint (inf_record_get_expires_unix_us (own_record (swim)), <, back_us);
  inf_swim_set_away (swim, FAKE_PEERS_NOW_UNIX_US + 10000 * HOUR_US, 2 * SECOND_US);
  g_assert_cmpint (inf_record_get_expires_unix_us (own_record (swim)), <=,
                   FAKE_PEERS_NOW_UNIX_US + 7 * 24 * HOUR_US + 2 * SECOND_US);
}

static InfPeer *
greet (InfSwim *swim, FakePeers *peers, guint peer, gint64 now_us)
{
  const InfAddress from = { .ip = { [10] = 0xff, [11] = 0xff, 10, 0, 0, 1 }, .port = 7848 };
  const InfHello hello = {
    .type = INF_HELLO_ANSWER,
    .certificate = inf_certificate_get_bytes (peers->certificates[peer]),
    .record = inf_record_get_bytes (peers->records[peer]),
  };
  g_autoptr (GBytes) payload = inf_hello_encode (&hello);

  inf_swim_receive_hello (swim, payload, &from, now_us);
  return inf_roster_find (swim->roster,
                          inf_peer_hint (inf_record_get_peer_id (peers->records[peer])));
}

static void
test_expired_record_is_not_taken (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (2);
  g_autoptr (InfSwim) swim = lone_core (peers);

  inf_swim_tick (swim, 25 * HOUR_US);
  g_assert_null (greet (swim, peers, 0, 25 * HOUR_US));
  g_assert_nonnull (greet (swim, peers, 1, 23 * HOUR_US));
}

/* As a later version would write it: with an extension that this one knows nothing of. */
static GBytes *
sign_with_unknown_extension (InfMembership *membership, gint64 now_us)
{
  InfKeypair *keypair = inf_membership_get_keypair (membership);
  guint32 now_s = (guint32)((FAKE_NET_NOW_UNIX_US + now_us) / SECOND_US);
  const char *const no_texts[] = { NULL };
  GVariant *body
      = g_variant_new ("(ttttuuuuuuqqqy@aysss^as@ay@aay@a(yay))",
                       inf_record_grid_hint (inf_membership_get_grid (membership)), (guint64)1,
                       (guint64)2, (guint64)3, 9u, 5u, now_s, 3600u, 8u, 9u, 10, 11, 12, 0,
                       inf_public_key_to_variant (inf_keypair_get_public_key (keypair)), "", "", "",
                       no_texts, inf_wire_variant_from_data (NULL, 0),
                       g_variant_new_array (G_VARIANT_TYPE_BYTESTRING, NULL, 0),
                       g_variant_new_parsed ("[(byte 77, b'of the future')]"));

  return inf_signed_new (INF_KIND_RECORD, INF_RECORD_CONTEXT, keypair, body);
}

static void
test_what_is_not_understood_is_passed_on (void)
{
  FakeNet *net = settled_net (37, 0, 5);
  InfMembership *newer = net->nodes[4].membership;
  g_autoptr (GBytes) bytes = sign_with_unknown_extension (newer, net->now_us);
  const InfHello hello = {
    .type = INF_HELLO_ANSWER,
    .certificate = inf_certificate_get_bytes (inf_membership_get_certificate (newer)),
    .record = bytes,
  };
  g_autoptr (GBytes) payload = inf_hello_encode (&hello);

  fake_net_kill (net, 4);
  inf_swim_receive_hello (fake_net_swim (net, 0), payload, &net->nodes[4].address, net->now_us);
  fake_net_collect (net, 0);
  fake_net_run (net, 2 * SECOND_US);
  for (guint i = 0; i < 4; i++)
    g_assert_true (g_bytes_equal (inf_record_get_bytes (fake_net_peer (net, i, 4)->record), bytes));
  fake_net_free (net);
}

static void
test_peer_whose_record_expires_is_unknown (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (1);
  g_autoptr (InfSwim) swim = lone_core (peers);

  InfPeer *peer = greet (swim, peers, 0, 0);
  g_assert_nonnull (peer);
  guint64 hint = peer->hint;
  inf_roster_set_state (swim->roster, peer, INF_PEER_AWAY);
  for (gint64 now_us = 0; now_us < 25 * HOUR_US;)
    {
      g_assert_true (now_us >= 24 * HOUR_US || inf_roster_find (swim->roster, hint));
      now_us = MAX (now_us + SECOND_US, inf_swim_get_deadline_us (swim));
      inf_swim_tick (swim, now_us);
      drop_actions (swim);
    }
  g_assert_null (inf_roster_find (swim->roster, hint));
}

static guint32
own_sequence (FakeNet *net)
{
  return inf_record_get_sequence (fake_net_peer (net, 0, 0)->record);
}

/* How many records a node publishes whose load moves in every second of @duration_s. */
static guint32
count_published (FakeNet *net, InfPeerInfo *capacity, guint duration_s)
{
  guint32 before = own_sequence (net);

  for (guint i = 0; i < duration_s; i++)
    {
      capacity->load_milli += 1000;
      inf_swim_set_capacity (fake_net_swim (net, 0), capacity, net->now_us);
      fake_net_collect (net, 0);
      fake_net_run (net, SECOND_US);
    }
  return own_sequence (net) - before;
}

/* The first change is told soon; where changes never end, they are told less and less often. */
static void
test_minor_changes_are_published_seldom (void)
{
  FakeNet *net = settled_net (32, 0, 10);
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();

  fake_net_run (net, 600 * SECOND_US);
  g_assert_cmpuint (count_published (net, capacity, 16), >=, 1);
  g_assert_cmpuint (count_published (net, capacity, 300), <=, 6);
  g_assert_cmpuint (count_published (net, capacity, 600), <=, 4);
  g_assert_cmpuint (count_published (net, capacity, 300), >=, 1);
  fake_net_free (net);
}

/* After a quiet time a change is as good as the first. */
static void
test_quiet_makes_minor_changes_soon_again (void)
{
  FakeNet *net = settled_net (32, 0, 10);
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();

  count_published (net, capacity, 600);
  fake_net_run (net, 900 * SECOND_US);
  guint32 before = own_sequence (net);
  capacity->load_milli += 1000;
  inf_swim_set_capacity (fake_net_swim (net, 0), capacity, net->now_us);
  fake_net_collect (net, 0);
  fake_net_run (net, 16 * SECOND_US);
  g_assert_cmpuint (own_sequence (net) - before, ==, 1);
  fake_net_free (net);
}

/* Where datagrams are lost, measured loss varies all the time; that alone is not worth a record. */
static void
test_chance_is_not_published (void)
{
  FakeNet *net = settled_net (38, 10, 15);
  guint32 sequences[15];
  guint n_published = 0;

  fake_net_run (net, 400 * SECOND_US);
  for (guint i = 0; i < 30; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (sequences); j++)
        sequences[j] = inf_record_get_sequence (fake_net_peer (net, j, j)->record);
      fake_net_run (net, 10 * SECOND_US);
      for (guint j = 0; j < G_N_ELEMENTS (sequences); j++)
        n_published += inf_record_get_sequence (fake_net_peer (net, j, j)->record) != sequences[j];
    }
  g_test_message ("15 nodes that lose 10 %%: %u records in 300 s", n_published);
  g_assert_cmpuint (n_published, <, 45);
  fake_net_free (net);
}

static guint
mark_reachable (FakeNet *net, guint node, gboolean *reached)
{
  g_autoptr (InfPeerInfo) info = info_of (net, 0, node);
  guint n = 1;

  reached[node] = TRUE;
  for (guint i = 0; i < info->neighbours->len; i++)
    for (guint j = 0; j < net->n_nodes; j++)
      if (!reached[j]
          && inf_peer_id_equal (&g_array_index (info->neighbours, InfNeighbour, i).id,
                                inf_record_get_peer_id (fake_net_peer (net, 0, j)->record)))
        n += mark_reachable (net, j, reached);
  return n;
}

/* One node can draw everybody from what the records say. */
static void
test_neighbours_connect_the_whole_grid (void)
{
  FakeNet *net = settled_net (33, 0, 25);
  gboolean reached[FAKE_NET_MAX_NODES] = { FALSE };

  fake_net_run (net, 60 * SECOND_US);
  g_assert_cmpuint (mark_reachable (net, 7, reached), ==, 25);
  for (guint i = 0; i < net->n_nodes; i++)
    {
      g_autoptr (InfPeerInfo) info = info_of (net, 0, i);
      g_assert_cmpuint (info->neighbours->len, ==, INF_RECORD_MAX_NEIGHBOURS);
    }
  fake_net_free (net);
}

static guint
count_records (FakeNet *net)
{
  guint n = 0;

  for (guint i = 0; i < net->n_nodes; i++)
    n += inf_record_get_sequence (fake_net_peer (net, i, i)->record);
  return n;
}

/* The whole picture, loss included, long before everybody has probed everybody four times, and in
 * three records each at most; then there is nothing more to say. */
static void
test_newcomers_measure_their_neighbours_soon (void)
{
  FakeNet *net = settled_net (39, 0, 25);
  guint n_before = count_records (net);

  fake_net_run (net, 60 * SECOND_US);
  for (guint i = 0; i < net->n_nodes; i++)
    {
      g_autoptr (InfPeerInfo) info = info_of (net, 0, i);
      g_assert_cmpuint (info->neighbours->len, ==, INF_RECORD_MAX_NEIGHBOURS);
      for (guint j = 0; j < info->neighbours->len; j++)
        g_assert_cmpuint (g_array_index (info->neighbours, InfNeighbour, j).loss_permille, ==, 0);
    }
  guint n_settled = count_records (net);
  g_test_message ("25 newcomers: %u records", n_settled - n_before);
  g_assert_cmpuint (n_settled - n_before, <=, 3 * net->n_nodes);
  fake_net_run (net, 120 * SECOND_US);
  g_assert_cmpuint (count_records (net), ==, n_settled);
  fake_net_free (net);
}

/* Neither the longest nor the shortest of ways is far from what its two ends foretell. */
static void
test_coordinates_are_published (void)
{
  FakeNet *net = settled_net (34, 0, 10);

  fake_net_run (net, 120 * SECOND_US);
  g_autoptr (InfPeerInfo) first = info_of (net, 0, 3);
  g_autoptr (InfPeerInfo) second = info_of (net, 0, 4);
  guint forecast_us = inf_coordinate_get_distance_us (&first->coordinate, &second->coordinate);
  g_assert_true (inf_coordinate_is_known (&first->coordinate));
  g_assert_cmpuint (forecast_us, >, 200);
  g_assert_cmpuint (forecast_us, <, 2400);
  fake_net_free (net);
}

static void
test_loss_is_measured (void)
{
  FakeNet *net = settled_net (35, 20, 6);
  guint sum_permille = 0, n = 0;

  fake_net_run (net, 300 * SECOND_US);
  for (guint i = 1; i < 6; i++)
    {
      g_autoptr (InfPeerInfo) info = info_of (net, 0, i);
      g_assert_cmpuint (info->loss_permille, !=, INF_LOSS_UNKNOWN);
      for (guint j = 0; j < info->neighbours->len; j++, n++)
        sum_permille += g_array_index (info->neighbours, InfNeighbour, j).loss_permille;
    }
  /* two ways that lose a fifth each */
  g_test_message ("loss of 20 %% each way is measured as %u permille", sum_permille / n);
  g_assert_cmpuint (sum_permille / n, >, 250);
  g_assert_cmpuint (sum_permille / n, <, 470);
  fake_net_free (net);
}

/* As behind a router that translates addresses: the node does not know its own. */
static void
test_address_that_others_see_is_told (void)
{
  FakeNet *net = settled_net (36, 0, 5);
  InfAddress inner;

  g_assert_true (inf_address_from_text ("192.168.1.5:7848", 0, &inner));
  inf_swim_set_addresses (fake_net_swim (net, 2), &inner, 1, net->now_us);
  fake_net_run (net, 40 * SECOND_US);
  g_autoptr (InfPeerInfo) info = info_of (net, 0, 2);
  g_assert_cmpstr (info->observed_address, ==, "10.0.0.3:7848");
  inf_swim_set_addresses (fake_net_swim (net, 2), &net->nodes[2].address, 1, net->now_us);
  fake_net_run (net, 60 * SECOND_US);
  g_autoptr (InfPeerInfo) later = info_of (net, 0, 2);
  g_assert_cmpstr (later->observed_address, ==, "");
  fake_net_free (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swim-self/record-is-renewed-long-before-it-expires",
                   test_record_is_renewed_long_before_it_expires);
  g_test_add_func ("/swim-self/record-outlasts-an-absence", test_record_outlasts_an_absence);
  g_test_add_func ("/swim-self/expired-record-is-not-taken", test_expired_record_is_not_taken);
  g_test_add_func ("/swim-self/what-is-not-understood-is-passed-on",
                   test_what_is_not_understood_is_passed_on);
  g_test_add_func ("/swim-self/peer-whose-record-expires-is-unknown",
                   test_peer_whose_record_expires_is_unknown);
  g_test_add_func ("/swim-self/minor-changes-are-published-seldom",
                   test_minor_changes_are_published_seldom);
  g_test_add_func ("/swim-self/quiet-makes-minor-changes-soon-again",
                   test_quiet_makes_minor_changes_soon_again);
  g_test_add_func ("/swim-self/chance-is-not-published", test_chance_is_not_published);
  g_test_add_func ("/swim-self/neighbours-connect-the-whole-grid",
                   test_neighbours_connect_the_whole_grid);
  g_test_add_func ("/swim-self/newcomers-measure-their-neighbours-soon",
                   test_newcomers_measure_their_neighbours_soon);
  g_test_add_func ("/swim-self/coordinates-are-published", test_coordinates_are_published);
  g_test_add_func ("/swim-self/loss-is-measured", test_loss_is_measured);
  g_test_add_func ("/swim-self/address-that-others-see-is-told",
                   test_address_that_others_see_is_told);
  return g_test_run ();
}
