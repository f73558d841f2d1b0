#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-gossip-state.h"

static InfAddress
address (const char *text)
{
  InfAddress result;

  g_assert_true (inf_address_from_text (text, 7848, &result));
  return result;
}

static void
test_all_comes_back (void)
{
  g_auto (InfGossipState) state = {
    .incarnation = 7,
    .session = G_GUINT64_CONSTANT (1700000000000000),
    .peers = inf_gossip_state_peers_new (),
    .seeds = g_array_new (FALSE, FALSE, sizeof (InfGossipStateSeed)),
  };
  const InfGossipStatePeer peer = {
    .has_address = TRUE,
    .address = address ("192.0.2.1:80"),
    .certificate = g_bytes_new_static ("certificate", 11),
    .record = g_bytes_new_static ("record", 6),
  };
  const InfGossipStateSeed seed = { .address = address ("[fe80::1%2]:9"), .is_typed = TRUE };
  g_auto (InfGossipState) back = { 0 };

  g_array_append_val (state.peers, peer);
  g_array_append_val (state.seeds, seed);
  g_autoptr (GBytes) bytes = inf_gossip_state_encode (&state);
  g_assert_true (inf_gossip_state_decode (bytes, &back, NULL));
  g_assert_cmpuint (back.incarnation, ==, 7);
  g_assert_cmpuint (back.session, ==, state.session);
  g_assert_cmpuint (back.peers->len, ==, 1);
  const InfGossipStatePeer *first = &g_array_index (back.peers, InfGossipStatePeer, 0);
  g_assert_true (inf_address_equal (&first->address, &peer.address));
  g_assert_true (g_bytes_equal (first->certificate, peer.certificate));
  g_assert_true (g_bytes_equal (first->record, peer.record));
  g_assert_cmpuint (back.seeds->len, ==, 1);
  g_assert_true (g_array_index (back.seeds, InfGossipStateSeed, 0).is_typed);
}

static void
test_file_of_the_version_before_is_read (void)
{
  const char *addresses[] = { "192.0.2.1:7848", "nonsense", NULL };
  g_autoptr (GBytes) bytes = inf_wire_encode (
      INF_KIND_FORMER_GOSSIP_FILE,
      g_variant_new ("(ut@a(ttt)^as)", 3u, G_GUINT64_CONSTANT (9),
                     g_variant_new_array (G_VARIANT_TYPE ("(ttt)"), NULL, 0), addresses));
  g_auto (InfGossipState) state = { 0 };

  g_assert_true (inf_gossip_state_decode (bytes, &state, NULL));
  g_assert_cmpuint (state.incarnation, ==, 3);
  g_assert_cmpuint (state.session, ==, 9);
  g_assert_cmpuint (state.seeds->len, ==, 1);
}

static void
test_other_files_are_refused (void)
{
  g_autoptr (GBytes) noise = g_bytes_new_static ("something else", 14);
  g_auto (InfGossipState) state = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_gossip_state_decode (noise, &state, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip-state/all-comes-back", test_all_comes_back);
  g_test_add_func ("/gossip-state/file-of-the-version-before-is-read",
                   test_file_of_the_version_before_is_read);
  g_test_add_func ("/gossip-state/other-files-are-refused", test_other_files_are_refused);
  return g_test_run ();
}
