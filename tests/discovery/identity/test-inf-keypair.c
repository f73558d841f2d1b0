#include "common/inf-error.h"
#include "discovery/identity/inf-keypair.h"

#include <glib/gstdio.h>

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

static void
test_file_round_trip (void)
{
  g_autofree char *dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "identity", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfKeypair) made = inf_keypair_load_or_create (path, &error);
  g_assert_no_error (error);
  g_autoptr (InfKeypair) loaded = inf_keypair_load_or_create (path, &error);
  g_assert_no_error (error);

  g_assert_true (
      inf_peer_id_equal (inf_keypair_get_peer_id (made), inf_keypair_get_peer_id (loaded)));

  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_null (inf_keypair_load (path, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  g_clear_error (&error);

  g_unlink (path);
  g_assert_true (g_file_set_contents_full (path, "junk", 4, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_null (inf_keypair_load_or_create (path, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);

  g_unlink (path);
  g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keypair/signature-is-bound-to-context", test_signature_is_bound_to_context);
  g_test_add_func ("/keypair/file-round-trip", test_file_round_trip);
  return g_test_run ();
}
