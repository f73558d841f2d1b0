#include "common/inf-copy.h"

#include "common/inf-error.h"

static void
assert_looks (InfCopy *copy, guint64 done_bytes, guint64 total_bytes)
{
  guint64 done, total;

  inf_copy_look (copy, &done, &total);
  g_assert_cmpuint (done, ==, done_bytes);
  g_assert_cmpuint (total, ==, total_bytes);
}

static void
test_adds_up (void)
{
  g_autoptr (InfCopy) copy = inf_copy_new ();

  assert_looks (copy, 0, 0);
  g_assert_true (inf_copy_advance (copy, 3, NULL));
  assert_looks (copy, 3, 0);
  inf_copy_expect (copy, 10);
  g_assert_true (inf_copy_advance (copy, 4, NULL));
  assert_looks (copy, 7, 10);
}

static void
test_is_never_more_than_all (void)
{
  g_autoptr (InfCopy) copy = inf_copy_new ();

  inf_copy_expect (copy, 10);
  g_assert_true (inf_copy_advance (copy, 12, NULL));
  assert_looks (copy, 10, 10);
}

static void
test_stops_once_cancelled (void)
{
  g_autoptr (InfCopy) copy = inf_copy_new ();
  g_autoptr (GError) error = NULL;

  inf_copy_cancel (copy);
  g_assert_false (inf_copy_advance (copy, 1, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CANCELLED);
}

static void
test_nobody_watches (void)
{
  inf_copy_expect (NULL, 10);
  g_assert_true (inf_copy_advance (NULL, 1, NULL));
  inf_copy_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/copy/adds-up", test_adds_up);
  g_test_add_func ("/copy/is-never-more-than-all", test_is_never_more_than_all);
  g_test_add_func ("/copy/stops-once-cancelled", test_stops_once_cancelled);
  g_test_add_func ("/copy/nobody-watches", test_nobody_watches);
  return g_test_run ();
}
