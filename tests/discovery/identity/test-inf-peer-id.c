#include "discovery/identity/inf-peer-id.h"

#include <string.h>

static void
test_text_round_trip (void)
{
  InfPublicKey key = { { 1, 2, 3 } };
  InfPeerId id, back;

  inf_peer_id_of_key (&key, &id);
  g_autofree char *text = inf_peer_id_to_text (&id);
  g_assert_true (inf_peer_id_from_text (text, &back));
  g_assert_true (inf_peer_id_equal (&id, &back));
  g_autofree char *shortened = inf_peer_id_to_short (&id);
  g_assert_cmpuint (strlen (shortened), ==, 9);
}

static void
test_refuses_wrong_sizes (void)
{
  InfPeerId id;
  g_autoptr (GVariant) small = g_variant_ref_sink (g_variant_new_bytestring ("abc"));
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new_uint32 (5));

  g_assert_false (inf_peer_id_from_text ("abcd", &id));
  g_assert_false (inf_peer_id_from_variant (small, &id));
  g_assert_false (inf_peer_id_from_variant (number, &id));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-id/text-round-trip", test_text_round_trip);
  g_test_add_func ("/peer-id/refuses-wrong-sizes", test_refuses_wrong_sizes);
  return g_test_run ();
}
