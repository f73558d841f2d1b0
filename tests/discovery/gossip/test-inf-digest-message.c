#include "discovery/gossip/inf-digest-message.h"
#include "discovery/gossip/inf-introduction-message.h"

static void
test_digest_survives_the_way (void)
{
  const InfDigestEntry entry
      = { .hint = G_MAXUINT64, .incarnation = 7, .sequence = 9, .state = INF_PEER_LEFT };
  const InfNoticeVersion notice = { .key = 5, .version = G_MAXUINT64 };
  g_auto (InfDigest) digest = { 0 };
  g_auto (InfDigest) read = { 0 };

  inf_digest_init (&digest, 8);
  digest.covered[digest.n_covered++] = 3;
  digest.covered[digest.n_covered++] = 255;
  g_array_append_val (digest.entries, entry);
  g_array_append_val (digest.notices, notice);
  g_autoptr (GBytes) bytes = inf_digest_encode (&digest);
  g_assert_true (inf_digest_decode (bytes, &read));
  g_assert_cmpuint (read.n_bits, ==, 8);
  g_assert_cmpuint (read.n_covered, ==, 2);
  g_assert_cmpuint (read.covered[1], ==, 255);
  g_assert_cmpuint (read.entries->len, ==, 1);
  const InfDigestEntry *found = &g_array_index (read.entries, InfDigestEntry, 0);
  g_assert_cmpuint (found->hint, ==, entry.hint);
  g_assert_cmpuint (found->incarnation, ==, entry.incarnation);
  g_assert_cmpuint (found->sequence, ==, entry.sequence);
  g_assert_cmpint (found->state, ==, entry.state);
  g_assert_cmpmem (read.notices->data, read.notices->len * sizeof notice, &notice, sizeof notice);
}

static void
test_fullest_digest_fits_a_datagram (void)
{
  g_auto (InfDigest) digest = { 0 };
  const InfDigestEntry entry = { .hint = 1, .incarnation = 1 };

  inf_digest_init (&digest, 8);
  for (guint i = 0; i < INF_BUCKETS_MAX; i++)
    digest.covered[digest.n_covered++] = (guint8)i;
  while (inf_digest_count_bytes (&digest) + INF_DIGEST_ENTRY_SIZE_BYTES <= INF_DIGEST_ROOM_BYTES)
    g_array_append_val (digest.entries, entry);
  g_autoptr (GBytes) bytes = inf_digest_encode (&digest);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, INF_PAYLOAD_MAX_SIZE_BYTES);
}

static void
test_bucket_named_twice_is_refused (void)
{
  g_auto (InfDigest) digest = { 0 };
  g_auto (InfDigest) read = { 0 };

  inf_digest_init (&digest, 4);
  digest.covered[digest.n_covered++] = 3;
  digest.covered[digest.n_covered++] = 3;
  g_autoptr (GBytes) bytes = inf_digest_encode (&digest);
  g_assert_false (inf_digest_decode (bytes, &read));
  digest.covered[1] = 16;
  g_autoptr (GBytes) beyond = inf_digest_encode (&digest);
  g_assert_false (inf_digest_decode (beyond, &read));
  g_assert_null (read.entries);
}

static void
test_buckets_are_as_many_as_they_say (void)
{
  InfBuckets buckets = { .revocations_version = 4, .n_bits = 8 }, read = { 0 };

  for (guint i = 0; i < INF_BUCKETS_MAX; i++)
    buckets.hashes[i] = i * 0x01010101u;
  g_autoptr (GBytes) bytes = inf_buckets_encode (&buckets);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, INF_PAYLOAD_MAX_SIZE_BYTES);
  g_assert_true (inf_buckets_decode (bytes, &read));
  g_assert_cmpuint (read.revocations_version, ==, 4);
  g_assert_cmpmem (read.hashes, sizeof read.hashes, buckets.hashes, sizeof buckets.hashes);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, g_bytes_get_size (bytes) - 4);
  g_assert_false (inf_buckets_decode (cut, &read));
}

static void
test_too_long_a_wish_is_refused (void)
{
  g_auto (InfWant) want = { 0 };
  g_auto (InfWant) read = { 0 };

  inf_want_init (&want);
  for (guint64 i = 0; i < INF_WANT_MAX; i++)
    g_array_append_val (want.unknown, i);
  g_autoptr (GBytes) bytes = inf_want_encode (&want);
  g_assert_true (inf_want_decode (bytes, &read));
  g_assert_cmpuint (read.unknown->len, ==, INF_WANT_MAX);
  inf_want_clear (&read);
  const guint64 one_more = 1;
  g_array_append_val (want.notices, one_more);
  g_autoptr (GBytes) longer = inf_want_encode (&want);
  g_assert_false (inf_want_decode (longer, &read));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest-message/digest-survives-the-way", test_digest_survives_the_way);
  g_test_add_func ("/digest-message/fullest-digest-fits-a-datagram",
                   test_fullest_digest_fits_a_datagram);
  g_test_add_func ("/digest-message/bucket-named-twice-is-refused",
                   test_bucket_named_twice_is_refused);
  g_test_add_func ("/digest-message/buckets-are-as-many-as-they-say",
                   test_buckets_are_as_many_as_they_say);
  g_test_add_func ("/digest-message/too-long-a-wish-is-refused", test_too_long_a_wish_is_refused);
  return g_test_run ();
}
