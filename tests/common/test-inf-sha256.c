#include "common/inf-sha256.h"

static void
test_vectors (void)
{
  /* FIPS 180-4 examples */
  guint8 digest[INF_SHA256_SIZE_BYTES];

  inf_sha256_of_data ("abc", 3, digest);
  g_autofree char *hex = inf_sha256_to_hex (digest);
  g_assert_cmpstr (hex, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
test_pieces_equal_whole (void)
{
  guint8 whole[INF_SHA256_SIZE_BYTES], pieces[INF_SHA256_SIZE_BYTES];
  g_autoptr (InfSha256) hash = inf_sha256_new ();

  inf_sha256_of_data ("hello world", 11, whole);
  inf_sha256_update (hash, "hello", 5);
  inf_sha256_update (hash, " world", 6);
  inf_sha256_finish (hash, pieces);
  g_assert_cmpmem (whole, sizeof whole, pieces, sizeof pieces);
}

static void
test_hex_is_strict (void)
{
  guint8 digest[INF_SHA256_SIZE_BYTES];
  g_autofree char *good = g_strnfill (64, 'a');
  g_autofree char *shorter = g_strnfill (63, 'a');
  g_autofree char *longer = g_strnfill (65, 'a');
  g_autofree char *other = g_strnfill (64, 'g');

  g_assert_true (inf_sha256_from_hex (good, digest));
  g_assert_cmphex (digest[31], ==, 0xaa);
  g_assert_false (inf_sha256_from_hex (shorter, digest));
  g_assert_false (inf_sha256_from_hex (longer, digest));
  g_assert_false (inf_sha256_from_hex (other, digest));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sha256/vectors", test_vectors);
  g_test_add_func ("/sha256/pieces-equal-whole", test_pieces_equal_whole);
  g_test_add_func ("/sha256/hex-is-strict", test_hex_is_strict);
  return g_test_run ();
}
