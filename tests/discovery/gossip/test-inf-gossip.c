#include "common/inf-error.h"
#include "discovery/gossip/inf-gossip.h"

#include <glib/gstdio.h>

/* Real sockets, on the loopback interface only. */
#define NOW_UNIX_US g_get_real_time ()
#define PATIENCE_US (30 * G_USEC_PER_SEC)

typedef struct
{
  char *dir;
  InfMembership *membership;
  InfGossip *gossip;
} Node;

typedef struct
{
  InfKeypair *founder;
  Node nodes[3];
  guint n_joined, n_dead, n_left, n_membership;
} Fixture;

static void
count (InfGossip *gossip, const InfPeerId *id, gpointer counter)
{
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (gossip, id);

  g_assert_nonnull (info);
  ++*(guint *)counter;
}

static void
count_membership (InfGossip *gossip, gpointer counter)
{
  ++*(guint *)counter;
}

static void
connect_counters (Fixture *fixture, InfGossip *gossip)
{
  g_signal_connect (gossip, "peer-joined", G_CALLBACK (count), &fixture->n_joined);
  g_signal_connect (gossip, "peer-dead", G_CALLBACK (count), &fixture->n_dead);
  g_signal_connect (gossip, "peer-left", G_CALLBACK (count), &fixture->n_left);
  g_signal_connect (gossip, "membership-changed", G_CALLBACK (count_membership),
                    &fixture->n_membership);
}

static InfMembership *
new_member (const Fixture *fixture, guint number)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  InfMembership *founders = fixture->nodes[0].membership;
  g_autofree char *name = g_strdup_printf ("node %u", number);
  g_autoptr (InfCertificate) certificate = inf_membership_issue (
      founders, inf_keypair_get_public_key (keypair), name, NOW_UNIX_US, NULL);

  return inf_membership_join (keypair, inf_membership_get_grid (founders),
                              inf_certificate_get_bytes (certificate), NULL, NOW_UNIX_US, NULL);
}

static void
start_node (Fixture *fixture, guint number)
{
  Node *node = &fixture->nodes[number];
  g_autoptr (GError) error = NULL;

  node->gossip = inf_gossip_new (node->membership, 0, node->dir);
  inf_gossip_set_multicast (node->gossip, FALSE);
  connect_counters (fixture, node->gossip);
  g_assert_true (inf_gossip_start (node->gossip, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->founder = inf_keypair_generate ();
  for (guint i = 0; i < G_N_ELEMENTS (fixture->nodes); i++)
    {
      Node *node = &fixture->nodes[i];
      node->dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
      node->membership
          = i == 0 ? inf_membership_found (fixture->founder, "lab", "node 0", 0, NOW_UNIX_US, NULL)
                   : new_member (fixture, i);
      start_node (fixture, i);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->nodes); i++)
    {
      Node *node = &fixture->nodes[i];
      g_autofree char *file = g_build_filename (node->dir, "gossip", NULL);
      g_clear_object (&node->gossip);
      inf_membership_unref (node->membership);
      g_unlink (file);
      g_rmdir (node->dir);
      g_free (node->dir);
    }
  inf_keypair_unref (fixture->founder);
}

static gboolean
wake_up (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
sees (const Fixture *fixture, guint at, guint number, InfPeerState state)
{
  InfKeypair *keypair = inf_membership_get_keypair (fixture->nodes[number].membership);
  g_autoptr (InfPeerInfo) info
      = inf_gossip_lookup (fixture->nodes[at].gossip, inf_keypair_get_peer_id (keypair));

  return info && info->state == state;
}

/* Runs the main loop until node @at sees node @number in @state; fails when that takes forever. */
static void
wait_until (Fixture *fixture, guint at, guint number, InfPeerState state)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  guint timer = g_timeout_add (50, wake_up, NULL);

  while (!sees (fixture, at, number, state))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (timer);
}

static void
point_at_first (Fixture *fixture, guint number)
{
  g_autofree char *address
      = g_strdup_printf ("127.0.0.1:%u", inf_gossip_get_port (fixture->nodes[0].gossip));

  g_assert_true (inf_gossip_add_address (fixture->nodes[number].gossip, address, NULL));
}

static void
meet (Fixture *fixture)
{
  for (guint i = 1; i < G_N_ELEMENTS (fixture->nodes); i++)
    point_at_first (fixture, i);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->nodes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (fixture->nodes); j++)
      wait_until (fixture, i, j, INF_PEER_ALIVE);
}

static void
test_nodes_find_each_other_from_one_address (Fixture *fixture, gconstpointer data)
{
  meet (fixture);
  g_assert_cmpuint (fixture->n_joined, ==, 6);

  g_autoptr (GPtrArray) list = inf_gossip_list (fixture->nodes[1].gossip);
  g_assert_cmpuint (list->len, ==, 3);
  g_autoptr (InfPeerInfo) founder = inf_gossip_lookup (
      fixture->nodes[1].gossip, inf_gossip_get_self_id (fixture->nodes[0].gossip));
  g_assert_cmpstr (founder->name, ==, "node 0");
  g_assert_nonnull (founder->certificate);
  g_assert_cmpuint (founder->port, ==, inf_gossip_get_port (fixture->nodes[0].gossip));
  g_assert_false (founder->is_self);
}

static void
test_capacity_reaches_the_others (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  const InfPeerId *id = inf_gossip_get_self_id (fixture->nodes[2].gossip);
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  guint timer = g_timeout_add (50, wake_up, NULL);

  capacity->cores = 8;
  capacity->memory_bytes = G_GUINT64_CONSTANT (1) << 34;
  capacity->slots_total = 8;
  capacity->slots_free = 5;
  capacity->price_ucredits = 77;
  capacity->hosting = TRUE;
  g_free (capacity->arch);
  capacity->arch = g_strdup ("x86_64");
  g_strfreev (capacity->offers);
  capacity->offers = g_strsplit ("taskadd taskmult", " ", -1);
  meet (fixture);
  inf_gossip_set_self (fixture->nodes[2].gossip, capacity);
  for (;;)
    {
      g_autoptr (InfPeerInfo) info = inf_gossip_lookup (fixture->nodes[1].gossip, id);
      if (info->slots_free == 5)
        {
          g_assert_true (info->hosting);
          g_assert_cmpuint (info->cores, ==, 8);
          g_assert_cmpuint (info->price_ucredits, ==, 77);
          g_assert_cmpstr (info->arch, ==, "x86_64");
          g_assert_cmpstr (info->offers[1], ==, "taskmult");
          break;
        }
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (timer);
}

static void
test_stopped_node_is_dead_and_comes_back (Fixture *fixture, gconstpointer data)
{
  meet (fixture);
  inf_gossip_stop (fixture->nodes[2].gossip);
  g_clear_object (&fixture->nodes[2].gossip);
  wait_until (fixture, 0, 2, INF_PEER_DEAD);
  wait_until (fixture, 1, 2, INF_PEER_DEAD);
  g_assert_cmpuint (fixture->n_dead, ==, 2);

  /* It remembers its peers: nobody tells it an address. */
  start_node (fixture, 2);
  wait_until (fixture, 0, 2, INF_PEER_ALIVE);
  wait_until (fixture, 1, 2, INF_PEER_ALIVE);
}

static void
test_goodbye_is_heard (Fixture *fixture, gconstpointer data)
{
  meet (fixture);
  inf_gossip_leave (fixture->nodes[1].gossip);
  inf_gossip_stop (fixture->nodes[1].gossip);
  g_clear_object (&fixture->nodes[1].gossip);
  wait_until (fixture, 0, 1, INF_PEER_LEFT);
  wait_until (fixture, 2, 1, INF_PEER_LEFT);
  g_assert_cmpuint (fixture->n_dead, ==, 0);
}

static void
test_port_that_is_taken_is_named (Fixture *fixture, gconstpointer data)
{
  guint16 port = inf_gossip_get_port (fixture->nodes[0].gossip);
  g_autoptr (InfGossip) second
      = inf_gossip_new (fixture->nodes[1].membership, port, fixture->nodes[1].dir);
  g_autoptr (GError) error = NULL;

  inf_gossip_set_multicast (second, FALSE);
  g_assert_false (inf_gossip_start (second, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
  g_assert_false (inf_gossip_add_address (second, "oak.example:7848", NULL));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/gossip/nodes-find-each-other-from-one-address",
       test_nodes_find_each_other_from_one_address);
  add ("/gossip/capacity-reaches-the-others", test_capacity_reaches_the_others);
  add ("/gossip/stopped-node-is-dead-and-comes-back", test_stopped_node_is_dead_and_comes_back);
  add ("/gossip/goodbye-is-heard", test_goodbye_is_heard);
  add ("/gossip/port-that-is-taken-is-named", test_port_that_is_taken_is_named);
  return g_test_run ();
}
