#include "fake-peers.h"

#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-roster.h"

#define N_PEERS 600

static InfRoster *
roster_of (FakePeers *peers, gboolean is_reversed)
{
  InfRoster *roster = inf_roster_new ();

  for (guint i = 0; i < peers->n_peers; i++)
    {
      guint number = is_reversed ? peers->n_peers - 1 - i : i;
      inf_roster_add (roster, peers->certificates[number], peers->records[number], INF_PEER_ALIVE);
    }
  return roster;
}

static InfPeer *
find_number (const InfRoster *roster, const FakePeers *peers, guint number)
{
  return inf_roster_find (roster, inf_peer_hint (inf_record_get_peer_id (peers->records[number])));
}

static void
test_everybody_is_found_and_in_order (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (N_PEERS);
  g_autoptr (InfRoster) roster = roster_of (peers, FALSE);
  InfRosterIter iter;
  guint64 last = 0;
  guint n = 0;

  for (guint i = 0; i < N_PEERS; i++)
    g_assert_true (find_number (roster, peers, i)->record == peers->records[i]);
  inf_roster_iter_init (&iter, roster, 0);
  for (const InfPeer *peer; (peer = inf_roster_iter_next (&iter)); n++)
    {
      g_assert_true (n == 0 || peer->hint > last);
      last = peer->hint;
    }
  g_assert_cmpuint (n, ==, N_PEERS);
  inf_roster_iter_init (&iter, roster, last);
  g_assert_cmpuint (inf_roster_iter_next (&iter)->hint, ==, last);
  g_assert_null (inf_roster_iter_next (&iter));
}

static void
test_summary_does_not_depend_on_the_way_to_a_state (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (N_PEERS);
  g_autoptr (InfRoster) one = roster_of (peers, FALSE);
  g_autoptr (InfRoster) other = roster_of (peers, TRUE);
  g_autoptr (InfRecord) newer = fake_peers_sign (peers, 5, 1, 2);
  guint64 summary = inf_roster_get_summary (one, 0);

  g_assert_cmpuint (summary, ==, inf_roster_get_summary (other, 0));
  g_assert_cmpuint (summary, !=, inf_roster_get_summary (one, 1));
  inf_roster_set_state (one, find_number (one, peers, 3), INF_PEER_SUSPECT);
  g_assert_cmpuint (summary, ==, inf_roster_get_summary (one, 0));
  inf_roster_set_state (one, find_number (one, peers, 3), INF_PEER_DEAD);
  g_assert_cmpuint (summary, !=, inf_roster_get_summary (one, 0));
  inf_roster_set_record (one, find_number (one, peers, 5), newer);
  inf_roster_remove (other, find_number (other, peers, 3));
  inf_roster_set_record (other, find_number (other, peers, 5), newer);
  g_assert_cmpuint (inf_roster_get_summary (one, 0), ==, inf_roster_get_summary (other, 0));
  inf_roster_set_state (one, find_number (one, peers, 3), INF_PEER_ALIVE);
  inf_roster_set_record (one, find_number (one, peers, 5), peers->records[5]);
  g_assert_cmpuint (summary, ==, inf_roster_get_summary (one, 0));
}

static void
test_only_the_leaf_of_a_change_differs (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (N_PEERS);
  g_autoptr (InfRoster) one = roster_of (peers, FALSE);
  g_autoptr (InfRoster) other = roster_of (peers, FALSE);
  InfPeer *peer = find_number (one, peers, 77);

  inf_roster_remove (other, find_number (other, peers, 77));
  for (guint i = 0; i < INF_ROSTER_N_LEAVES; i++)
    g_assert_cmpint (inf_roster_get_leaf_hash (one, i) == inf_roster_get_leaf_hash (other, i), ==,
                     i != peer->hint >> 56);
}

static void
test_ring_of_the_live_has_a_place_for_each (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (N_PEERS);
  g_autoptr (InfRoster) roster = roster_of (peers, FALSE);
  const InfPeerState states[] = { INF_PEER_ALIVE, INF_PEER_SUSPECT, INF_PEER_DEAD, INF_PEER_LEFT };
  guint64 last = 0;

  for (guint i = 0; i < N_PEERS; i++)
    inf_roster_set_state (roster, find_number (roster, peers, i),
                          states[i * 7 % G_N_ELEMENTS (states)]);
  g_assert_cmpuint (inf_roster_count_live (roster), ==, N_PEERS / 2);
  for (guint i = 0; i < inf_roster_count_live (roster); i++)
    {
      const InfPeer *peer = inf_roster_get_live (roster, i);
      g_assert_true (inf_peer_is_live (peer));
      g_assert_true (i == 0 || peer->hint > last);
      g_assert_cmpuint (inf_roster_rank_live (roster, peer->hint), ==, i);
      last = peer->hint;
    }
  g_assert_cmpuint (inf_roster_rank_live (roster, G_MAXUINT64), ==, N_PEERS / 2);
}

static void
test_lists_by_state_follow_every_change (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (50);
  g_autoptr (InfRoster) roster = roster_of (peers, FALSE);

  for (guint round = 0; round < 40; round++)
    {
      InfPeer *peer = find_number (roster, peers, round);
      inf_roster_set_state (roster, peer, (InfPeerState)(round % (INF_PEER_LEFT + 1)));
    }
  inf_roster_remove (roster, find_number (roster, peers, 2));
  inf_roster_remove (roster, find_number (roster, peers, 45));
  g_assert_cmpuint (inf_roster_get_size (roster), ==, 48);
  g_assert_cmpuint (inf_roster_count_in_state (roster, INF_PEER_ALIVE), ==, 19);
  g_assert_cmpuint (inf_roster_count_in_state (roster, INF_PEER_DEAD), ==, 9);
  for (guint state = 0; state <= INF_PEER_LEFT; state++)
    for (guint i = 0; i < inf_roster_count_in_state (roster, (InfPeerState)state); i++)
      g_assert_cmpint (inf_roster_get_in_state (roster, (InfPeerState)state, i)->state, ==,
                       (InfPeerState)state);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/everybody-is-found-and-in-order", test_everybody_is_found_and_in_order);
  g_test_add_func ("/roster/summary-does-not-depend-on-the-way-to-a-state",
                   test_summary_does_not_depend_on_the_way_to_a_state);
  g_test_add_func ("/roster/only-the-leaf-of-a-change-differs",
                   test_only_the_leaf_of_a_change_differs);
  g_test_add_func ("/roster/ring-of-the-live-has-a-place-for-each",
                   test_ring_of_the_live_has_a_place_for_each);
  g_test_add_func ("/roster/lists-by-state-follow-every-change",
                   test_lists_by_state_follow_every_change);
  return g_test_run ();
}
