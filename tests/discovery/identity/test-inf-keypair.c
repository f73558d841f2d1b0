#include "discovery/identity/inf-keypair.h"

static void
test_signature_is_bound_to_context (void)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  const InfPublicKey *key = inf_keypair_get_public_key (keypair);
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];

  inf_keypair_sign (keypair, "one", "data", 4, signature);
  g_assert_true (inf_public_key_verify (key, "one", "data", 4, signature, sizeof signature));
  g_assert_false (inf_public_key_verify (key, "two", "data", 4, signature, sizeof signature));
  g_assert_false (inf_public_key_verify (key, "one", "dat", 3, signature, sizeof signature));
  g_assert_false (inf_public_key_verify (key, "one", "data", 4, signature, 63));
  signature[5] ^= 1;
  g_assert_false (inf_public_key_verify (key, "one", "data", 4, signature, sizeof signature));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keypair/signature-is-bound-to-context", test_signature_is_bound_to_context);
  return g_test_run ();
}
