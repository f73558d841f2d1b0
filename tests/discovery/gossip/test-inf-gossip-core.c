#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-messages.h"
#include "discovery/gossip/inf-record.h"
#include "fake-net.h"

/* Who is answered, and whose word counts. */
#define SECOND_US G_USEC_PER_SEC
#define NOW_UNIX_US G_GINT64_CONSTANT (1700000000000000)

typedef struct
{
  FakeNet *net;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->net = fake_net_new (21, 0);
  for (guint i = 0; i < 3; i++)
    fake_net_start (fixture->net, fake_net_add_node (fixture->net));
  g_assert_cmpint (fake_net_run_until (fixture->net, fake_net_all_know_all, NULL, 5 * SECOND_US),
                   >=, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fake_net_free (fixture->net);
}

/* Gives node 0 a datagram and tells whether it answers. */
static gboolean
is_answered (FakeNet *net, GBytes *datagram)
{
  InfAddress from;

  g_assert_true (inf_address_from_text ("10.9.9.9:1234", 0, &from));
  fake_net_collect (net, 0);
  guint before = net->nodes[0].n_sent;
  inf_gossip_core_receive (net->nodes[0].core, g_bytes_get_data (datagram, NULL),
                           g_bytes_get_size (datagram), &from, net->now_us);
  fake_net_collect (net, 0);
  return net->nodes[0].n_sent != before;
}

static GBytes *
hello_from (InfKeypair *keypair, InfGrid *grid, GBytes *certificate)
{
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  const InfRecordDraft draft = {
    .incarnation = 1, .sequence = 1, .signed_unix_us = FAKE_NET_NOW_UNIX_US, .capacity = capacity
  };
  g_autoptr (InfRecord) record = inf_record_new (keypair, grid, &draft);
  const InfHello hello = {
    .type = INF_HELLO_ASK,
    .certificate = certificate,
    .record = inf_record_get_bytes (record),
  };
  g_autoptr (GBytes) payload = inf_hello_encode (&hello);
  g_autoptr (InfSealer) sealer = inf_sealer_new (keypair, grid, 1);

  return inf_sealer_seal_first (sealer, payload);
}

static InfGrid *
grid_of (FakeNet *net)
{
  return inf_membership_get_grid (net->founder_membership);
}

static void
test_new_member_is_answered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfCertificate) certificate
      = inf_membership_issue (fixture->net->founder_membership,
                              inf_keypair_get_public_key (keypair), "elm", NOW_UNIX_US, NULL);
  g_autoptr (GBytes) datagram
      = hello_from (keypair, grid_of (fixture->net), inf_certificate_get_bytes (certificate));

  g_assert_true (is_answered (fixture->net, datagram));
}

static gboolean
is_answered_over_link (FakeNet *net, GBytes *datagram, const InfKeypair *other_end)
{
  const InfPeerId *id = inf_keypair_get_peer_id (other_end);
  InfAddress link;
  gboolean is_answered = FALSE;

  inf_address_init_link (&link, inf_peer_hint (id));
  inf_gossip_core_receive_carried (net->nodes[0].core, g_bytes_get_data (datagram, NULL),
                                   g_bytes_get_size (datagram), id, net->now_us);
  for (;;)
    {
      g_autoptr (InfSwimAction) action = inf_gossip_core_next_action (net->nodes[0].core);
      if (!action)
        return is_answered;
      is_answered
          = is_answered
            || (action->type == INF_SWIM_SEND_FIRST && inf_address_equal (&action->address, &link)
                && inf_peer_id_equal (&action->peer, id));
    }
}

/* But not what a member brings of another's, which it could have picked up anywhere. */
static void
test_hello_over_a_link_is_answered_there (Fixture *fixture, gconstpointer data)
{
  FakeNet *net = fixture->net;
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfCertificate) certificate = inf_membership_issue (
      net->founder_membership, inf_keypair_get_public_key (keypair), "elm", NOW_UNIX_US, NULL);
  g_autoptr (GBytes) hello
      = hello_from (keypair, grid_of (net), inf_certificate_get_bytes (certificate));

  fake_net_collect (net, 0);
  g_assert_false (
      is_answered_over_link (net, hello, inf_membership_get_keypair (net->nodes[1].membership)));
  g_assert_true (is_answered_over_link (net, hello, keypair));
}

/* Even one who got hold of the grid's key: with a certificate that it made itself, with somebody
 * else's, and with one of another grid. */
static void
test_outsider_gets_no_answer (Fixture *fixture, gconstpointer data)
{
  FakeNet *net = fixture->net;
  g_autoptr (InfKeypair) outsider = inf_keypair_generate ();
  g_autoptr (InfMembership) own_grid
      = inf_membership_found (outsider, "lab", "elm", 0, NOW_UNIX_US, NULL);
  GBytes *foreign = inf_certificate_get_bytes (inf_membership_get_certificate (own_grid));
  GBytes *stolen
      = inf_certificate_get_bytes (inf_membership_get_certificate (net->nodes[1].membership));
  InfCertificateTerms terms
      = *inf_certificate_get_terms (inf_membership_get_certificate (net->nodes[1].membership));
  terms.subject = *inf_keypair_get_public_key (outsider);
  g_autoptr (InfCertificate) self_made = inf_certificate_issue (outsider, &terms, NULL);

  g_autoptr (GBytes) with_foreign = hello_from (outsider, grid_of (net), foreign);
  g_autoptr (GBytes) with_stolen = hello_from (outsider, grid_of (net), stolen);
  g_autoptr (GBytes) with_self_made
      = hello_from (outsider, grid_of (net), inf_certificate_get_bytes (self_made));
  g_autoptr (GBytes) without_key
      = hello_from (outsider, inf_membership_get_grid (own_grid), foreign);
  g_autoptr (GBytes) noise
      = g_bytes_new_static ("hello? is anybody there? hello? hello? hello?", 45);
  g_assert_false (is_answered (net, with_foreign));
  g_assert_false (is_answered (net, with_stolen));
  g_assert_false (is_answered (net, with_self_made));
  g_assert_false (is_answered (net, without_key));
  g_assert_false (is_answered (net, noise));
  g_assert_cmpuint (inf_roster_get_size (inf_swim_get_roster (fake_net_swim (net, 0))), ==, 3);
}

static gboolean
has_sent_to_first (FakeNet *net, gpointer data)
{
  return net->last_datagram && net->last_recipient == 0;
}

static void
test_replayed_datagram_is_refused (Fixture *fixture, gconstpointer data)
{
  FakeNet *net = fixture->net;
  guint n_tried = 0;

  /* Every datagram that the first node gets in ten seconds: pings, answers, hellos. */
  gint64 end_us = net->now_us + 10 * SECOND_US;
  while (net->now_us < end_us)
    {
      g_clear_pointer (&net->last_datagram, g_bytes_unref);
      g_assert_cmpint (fake_net_run_until (net, has_sent_to_first, NULL, 5 * SECOND_US), >=, 0);
      g_assert_false (is_answered (net, net->last_datagram));
      n_tried++;
    }
  g_assert_cmpuint (n_tried, >, 10);
  g_assert_true (
      inf_address_equal (&fake_net_peer (net, 0, 1)->contact->address, &net->nodes[1].address));
}

/* A member says something about another, in its name. */
static void
test_forged_record_is_refused (Fixture *fixture, gconstpointer data)
{
  FakeNet *net = fixture->net;
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();
  capacity->price_ucredits = 1;
  const InfRecordDraft draft = { .incarnation = 9,
                                 .sequence = 1,
                                 .signed_unix_us = FAKE_NET_NOW_UNIX_US,
                                 .has_left = TRUE,
                                 .capacity = capacity };
  InfKeypair *forger = inf_membership_get_keypair (net->nodes[2].membership);
  InfKeypair *victim = inf_membership_get_keypair (net->nodes[1].membership);
  g_autoptr (InfRecord) own = inf_record_new (forger, grid_of (net), &draft);
  gsize size = g_bytes_get_size (inf_record_get_bytes (own));
  guint8 *forged = g_memdup2 (g_bytes_get_data (inf_record_get_bytes (own), NULL), size);
  gboolean is_changed = FALSE;

  for (gsize i = 0; i + INF_PUBLIC_KEY_SIZE_BYTES <= size && !is_changed; i++)
    if (memcmp (forged + i, inf_keypair_get_public_key (forger), INF_PUBLIC_KEY_SIZE_BYTES) == 0)
      {
        memcpy (forged + i, inf_keypair_get_public_key (victim), INF_PUBLIC_KEY_SIZE_BYTES);
        is_changed = TRUE;
      }
  g_assert_true (is_changed);

  g_auto (InfProbe) probe = {
    .type = INF_PROBE_NEWS,
    .records = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
  };
  g_ptr_array_add (probe.records, g_bytes_new_take (forged, size));
  g_autoptr (GBytes) payload = inf_probe_encode (&probe);
  inf_swim_receive (fake_net_swim (net, 0), inf_peer_hint (inf_keypair_get_peer_id (forger)),
                    payload, &net->nodes[2].address, net->now_us);
  g_assert_true (fake_net_sees (net, 0, 1, INF_PEER_ALIVE));
  g_assert_cmpuint (inf_record_get_incarnation (fake_net_peer (net, 0, 1)->record), ==, 1);
}

/* Noise, half of it from addresses that are made up, half of it from a member's own. */
static void
flood (FakeNet *net, guint n_datagrams)
{
  guint32 noise[50];
  InfAddress from = net->nodes[1].address;

  for (guint i = 0; i < n_datagrams; i++)
    {
      noise[i % G_N_ELEMENTS (noise)] = g_rand_int (net->rand);
      if (i % 2 == 0)
        from = net->nodes[1].address;
      else
        memcpy (from.ip + 12, &noise[i % G_N_ELEMENTS (noise)], 4);
      inf_gossip_core_receive (net->nodes[0].core, (const guint8 *)noise, sizeof noise, &from,
                               net->now_us);
    }
}

/* Four thousand a second, for twenty seconds. */
static void
test_flood_stops_no_member (Fixture *fixture, gconstpointer data)
{
  FakeNet *net = fixture->net;

  for (guint i = 0; i < 20000; i++)
    {
      flood (net, 4);
      fake_net_run (net, SECOND_US / 1000);
    }
  g_assert_cmpuint (net->nodes[0].n_dead + net->nodes[1].n_dead + net->nodes[2].n_dead, ==, 0);
  g_assert_true (fake_net_all_know_all (net, NULL));
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
  add ("/gossip-core/new-member-is-answered", test_new_member_is_answered);
  add ("/gossip-core/hello-over-a-link-is-answered-there",
       test_hello_over_a_link_is_answered_there);
  add ("/gossip-core/outsider-gets-no-answer", test_outsider_gets_no_answer);
  add ("/gossip-core/replayed-datagram-is-refused", test_replayed_datagram_is_refused);
  add ("/gossip-core/forged-record-is-refused", test_forged_record_is_refused);
  add ("/gossip-core/flood-stops-no-member", test_flood_stops_no_member);
  return g_test_run ();
}
