#include "discovery/gossip/inf-datagram-seal.h"
#include "discovery/gossip/inf-probe-message.h"

static GPtrArray *
items (guint n_items)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < n_items; i++)
    g_ptr_array_add (list, g_bytes_new ("item", 1 + i % 4));
  return list;
}

static gboolean
travels (const InfProbe *probe)
{
  g_autoptr (GBytes) bytes = inf_probe_encode (probe);
  g_auto (InfProbe) read = { 0 };

  return inf_probe_decode (bytes, &read);
}

static void
test_travels_unchanged (void)
{
  g_auto (InfProbe) probe = {
    .type = INF_PROBE_NACK,
    .sequence = 7,
    .target = 8,
    .summary = G_MAXUINT64,
    .coordinate = g_bytes_new ("12345678", 8),
    .liveness = items (3),
    .records = items (1),
    .notices = items (2),
  };
  g_autoptr (GBytes) bytes = inf_probe_encode (&probe);
  g_auto (InfProbe) read = { 0 };

  g_assert_true (inf_probe_decode (bytes, &read));
  g_assert_cmpint (read.type, ==, INF_PROBE_NACK);
  g_assert_cmpuint (read.sequence, ==, 7);
  g_assert_cmpuint (read.target, ==, 8);
  g_assert_cmpuint (read.summary, ==, G_MAXUINT64);
  g_assert_true (g_bytes_equal (read.coordinate, probe.coordinate));
  g_assert_cmpuint (read.liveness->len, ==, 3);
  g_assert_cmpuint (read.records->len, ==, 1);
  g_assert_cmpuint (read.notices->len, ==, 2);
  g_assert_true (g_bytes_equal (read.liveness->pdata[2], probe.liveness->pdata[2]));
}

static void
test_idle_probes_are_short (void)
{
  const InfProbe ping = { .type = INF_PROBE_PING, .sequence = 1, .summary = 2 };
  g_auto (InfProbe) answer
      = { .type = INF_PROBE_ACK, .coordinate = g_bytes_new ("twelve bytes", 12) };
  g_autoptr (GBytes) ping_bytes = inf_probe_encode (&ping);
  g_autoptr (GBytes) answer_bytes = inf_probe_encode (&answer);

  g_assert_cmpuint (g_bytes_get_size (ping_bytes) + INF_SEAL_OVERHEAD_BYTES, <=, 78);
  g_assert_cmpuint (g_bytes_get_size (answer_bytes) + INF_SEAL_OVERHEAD_BYTES, <=, 88);
}

static void
test_too_many_items_are_refused (void)
{
  g_auto (InfProbe) liveness
      = { .type = INF_PROBE_NEWS, .liveness = items (INF_PROBE_MAX_LIVENESS) };
  g_auto (InfProbe) records = { .type = INF_PROBE_NEWS, .records = items (INF_PROBE_MAX_RECORDS) };
  g_auto (InfProbe) notices = { .type = INF_PROBE_NEWS, .notices = items (INF_PROBE_MAX_NOTICES) };

  g_assert_true (travels (&liveness) && travels (&records) && travels (&notices));
  g_ptr_array_add (liveness.liveness, g_bytes_new_static ("x", 1));
  g_ptr_array_add (records.records, g_bytes_new_static ("x", 1));
  g_ptr_array_add (notices.notices, g_bytes_new_static ("x", 1));
  g_assert_false (travels (&liveness) || travels (&records) || travels (&notices));
}

static void
test_unknown_type_is_refused (void)
{
  const InfProbe none = { .sequence = 1 };
  const InfProbe later = { .type = INF_PROBE_NACK + 1 };

  g_assert_false (travels (&none));
  g_assert_false (travels (&later));
}

static void
test_later_versions_coordinate_is_ignored (void)
{
  g_auto (InfProbe) probe = {
    .type = INF_PROBE_ACK,
    .coordinate = g_bytes_new ("a coordinate in so many dimensions", 34),
  };
  g_autoptr (GBytes) bytes = inf_probe_encode (&probe);
  g_auto (InfProbe) read = { 0 };

  g_assert_true (inf_probe_decode (bytes, &read));
  g_assert_null (read.coordinate);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/probe-message/travels-unchanged", test_travels_unchanged);
  g_test_add_func ("/probe-message/idle-probes-are-short", test_idle_probes_are_short);
  g_test_add_func ("/probe-message/too-many-items-are-refused", test_too_many_items_are_refused);
  g_test_add_func ("/probe-message/unknown-type-is-refused", test_unknown_type_is_refused);
  g_test_add_func ("/probe-message/later-versions-coordinate-is-ignored",
                   test_later_versions_coordinate_is_ignored);
  return g_test_run ();
}
