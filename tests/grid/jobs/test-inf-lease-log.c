#include "grid/jobs/inf-lease-log.h"

#include <string.h>

static void
assert_read (const InfLeaseLog *log, guint64 offset, guint64 wanted_start, const char *wanted)
{
  guint64 start = G_MAXUINT64;
  g_autoptr (GBytes) bytes = inf_lease_log_read (log, offset, 8, &start);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpuint (start, ==, wanted_start);
  g_assert_cmpmem (data, size, wanted, strlen (wanted));
}

static void
test_reads_from_anywhere (void)
{
  g_autoptr (InfLeaseLog) log = inf_lease_log_new ();

  assert_read (log, 0, 0, "");
  inf_lease_log_append (log, "0123456789", 10);
  inf_lease_log_append (log, "ab", 2);
  assert_read (log, 0, 0, "01234567");
  assert_read (log, 8, 0, "89ab");
  assert_read (log, 12, 0, "");
  assert_read (log, G_MAXUINT64, 0, "");
}

static void
test_keeps_the_end (void)
{
  g_autoptr (InfLeaseLog) log = inf_lease_log_new ();
  g_autofree char *filler = g_strnfill (1000, 'x');
  guint64 total = 0;

  for (guint i = 0; i < 5000; i++, total += 1000)
    inf_lease_log_append (log, filler, 1000);
  inf_lease_log_append (log, "the end.", 8);
  total += 8;
  assert_read (log, total - 8, total - INF_LEASE_LOG_KEPT_BYTES, "the end.");
  assert_read (log, 0, total - INF_LEASE_LOG_KEPT_BYTES, "xxxxxxxx");
}

static void
test_more_at_once_than_is_kept (void)
{
  g_autoptr (InfLeaseLog) log = inf_lease_log_new ();
  gsize size = 2 * INF_LEASE_LOG_KEPT_BYTES + 3;
  g_autofree char *filler = g_strnfill (size, 'x');

  inf_lease_log_append (log, "begin", 5);
  memcpy (filler + size - 8, "the end.", 8);
  inf_lease_log_append (log, filler, size);
  assert_read (log, size + 5 - 8, size + 5 - INF_LEASE_LOG_KEPT_BYTES, "the end.");
  inf_lease_log_append (log, "more", 4);
  assert_read (log, size + 5, size + 9 - INF_LEASE_LOG_KEPT_BYTES, "more");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lease-log/reads-from-anywhere", test_reads_from_anywhere);
  g_test_add_func ("/lease-log/keeps-the-end", test_keeps_the_end);
  g_test_add_func ("/lease-log/more-at-once-than-is-kept", test_more_at_once_than_is_kept);
  return g_test_run ();
}
