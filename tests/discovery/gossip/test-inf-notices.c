#include "fake-peers.h"

#include "common/inf-error.h"
#include "discovery/gossip/inf-notices.h"

static InfNotice *
notice_of (FakePeers *peers, guint origin, const char *topic, guint64 version)
{
  g_autoptr (GBytes) content = g_bytes_new_static ("said", 4);

  return inf_notice_new (peers->keypairs[origin], inf_membership_get_grid (peers->founder), topic,
                         version, FAKE_PEERS_NOW_UNIX_US + 1000, content, NULL);
}

static void
test_notice_survives_the_way (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (1);
  g_autoptr (InfNotice) notice = notice_of (peers, 0, "some/topic", 4);
  g_autoptr (InfNotice) read = inf_notice_from_bytes (
      inf_notice_get_bytes (notice), inf_membership_get_grid (peers->founder), NULL);

  g_assert_true (inf_notice_verify (read));
  g_assert_cmpstr (inf_notice_get_topic (read), ==, "some/topic");
  g_assert_cmpuint (inf_notice_get_version (read), ==, 4);
  g_assert_cmpmem (g_bytes_get_data (inf_notice_get_content (read), NULL),
                   g_bytes_get_size (inf_notice_get_content (read)), "said", 4);
  g_assert_true (
      inf_peer_id_equal (inf_notice_get_origin (read), inf_record_get_peer_id (peers->records[0])));
  g_assert_cmpuint (inf_notice_get_key (read), ==,
                    inf_notice_make_key (inf_notice_get_origin (read), "some/topic"));
}

static void
test_largest_notice_fits (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (1);
  InfGrid *grid = inf_membership_get_grid (peers->founder);
  guint8 data[INF_NOTICE_MAX_CONTENT_BYTES + 1] = { 0 };
  g_autoptr (GBytes) content = g_bytes_new (data, INF_NOTICE_MAX_CONTENT_BYTES);
  g_autoptr (GBytes) too_much = g_bytes_new (data, sizeof data);
  g_autofree char *topic = g_strnfill (INF_NOTICE_MAX_TOPIC_BYTES, 'x');
  g_autoptr (GError) error = NULL;
  g_autoptr (InfNotice) notice
      = inf_notice_new (peers->keypairs[0], grid, topic, 1, 1, content, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (inf_notice_get_bytes (notice)), <=,
                    INF_NOTICE_MAX_SIZE_BYTES);
  g_assert_null (inf_notice_new (peers->keypairs[0], grid, topic, 1, 1, too_much, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (inf_notice_new (peers->keypairs[0], grid, "no topic", 1, 1, content, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_forged_notice_is_found_out (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (1);
  g_autoptr (InfNotice) notice = notice_of (peers, 0, "topic", 4);
  gsize size;
  const guint8 *data = g_bytes_get_data (inf_notice_get_bytes (notice), &size);

  for (gsize i = 0; i < size; i++)
    {
      guint8 *copy = g_memdup2 (data, size);
      copy[i] ^= 4;
      g_autoptr (GBytes) bytes = g_bytes_new_take (copy, size);
      g_autoptr (InfNotice) forged
          = inf_notice_from_bytes (bytes, inf_membership_get_grid (peers->founder), NULL);
      g_assert_false (forged && inf_notice_verify (forged));
    }
}

static void
test_newer_replaces_older_only (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (2);
  g_autoptr (InfNotices) notices = inf_notices_new ();
  g_autoptr (InfNotice) first = notice_of (peers, 0, "topic", 1);
  g_autoptr (InfNotice) second = notice_of (peers, 0, "topic", 2);
  g_autoptr (InfNotice) other = notice_of (peers, 1, "topic", 1);

  g_assert_true (inf_notices_put (notices, first));
  g_assert_true (inf_notices_put (notices, other));
  guint64 hash = inf_notices_get_hash (notices);
  g_assert_true (inf_notices_put (notices, second));
  g_assert_cmpuint (inf_notices_get_hash (notices), !=, hash);
  g_assert_false (inf_notices_put (notices, first));
  g_assert_cmpuint (inf_notices_get_size (notices), ==, 2);
  g_assert_true (inf_notices_find (notices, inf_notice_get_key (first)) == second);
}

static void
test_origin_can_not_fill_the_store (void)
{
  g_autoptr (FakePeers) peers = fake_peers_new (1);
  g_autoptr (InfNotices) notices = inf_notices_new ();

  for (guint i = 0; i < 2 * INF_NOTICES_MAX_OF_ORIGIN; i++)
    {
      g_autofree char *topic = g_strdup_printf ("topic-%u", i);
      g_autoptr (InfNotice) notice = notice_of (peers, 0, topic, 1);
      g_assert_cmpint (inf_notices_put (notices, notice), ==, i < INF_NOTICES_MAX_OF_ORIGIN);
    }
  g_autoptr (InfNotice) newer = notice_of (peers, 0, "topic-3", 2);
  g_assert_true (inf_notices_put (notices, newer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notices/notice-survives-the-way", test_notice_survives_the_way);
  g_test_add_func ("/notices/largest-notice-fits", test_largest_notice_fits);
  g_test_add_func ("/notices/forged-notice-is-found-out", test_forged_notice_is_found_out);
  g_test_add_func ("/notices/newer-replaces-older-only", test_newer_replaces_older_only);
  g_test_add_func ("/notices/origin-can-not-fill-the-store", test_origin_can_not_fill_the_store);
  return g_test_run ();
}
