#include "common/inf-error.h"
#include "discovery/identity/inf-lockout.h"

#include <glib/gstdio.h>

#define NOW_UNIX_US G_GINT64_CONSTANT (1700000000000000)
#define SECOND_US ((gint64)G_USEC_PER_SEC)

static InfLockout
after (guint failures)
{
  InfLockout lockout = { 0 };

  for (guint i = 0; i < failures; i++)
    inf_lockout_fail (&lockout, NOW_UNIX_US);
  return lockout;
}

static void
test_the_first_three_wait_for_nothing (void)
{
  for (guint failures = 0; failures < 3; failures++)
    {
      InfLockout lockout = after (failures);
      g_assert_cmpint (inf_lockout_get_retry_unix_us (&lockout, NOW_UNIX_US), ==, 0);
      g_assert_true (inf_lockout_check (&lockout, NOW_UNIX_US, NULL));
    }
}

static void
test_the_wait_doubles_up_to_an_hour (void)
{
  static const gint64 seconds[] = { 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600 };

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      InfLockout lockout = after (3 + i);
      g_assert_cmpint (inf_lockout_get_retry_unix_us (&lockout, NOW_UNIX_US), ==,
                       NOW_UNIX_US + seconds[i] * SECOND_US);
    }
  InfLockout lockout = after (500);
  g_assert_cmpint (inf_lockout_get_retry_unix_us (&lockout, NOW_UNIX_US), ==,
                   NOW_UNIX_US + 3600 * SECOND_US);
}

static void
test_a_wait_ends (void)
{
  InfLockout lockout = after (3);
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_lockout_check (&lockout, NOW_UNIX_US + 5 * SECOND_US - 1, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_assert_true (inf_lockout_check (&lockout, NOW_UNIX_US + 5 * SECOND_US, NULL));
}

static void
test_a_clock_set_back_makes_nobody_wait_longer (void)
{
  InfLockout lockout = after (3);
  gint64 year_before = NOW_UNIX_US - 365 * 86400 * SECOND_US;

  g_assert_false (inf_lockout_check (&lockout, year_before, NULL));
  g_assert_true (inf_lockout_check (&lockout, year_before + 5 * SECOND_US, NULL));
}

static void
test_it_outlasts_a_restart (void)
{
  g_autofree char *dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
  InfLockout lockout = after (4), loaded;
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_lockout_load (&loaded, dir, &error));
  g_assert_cmpuint (loaded.failures, ==, 0);
  g_assert_true (inf_lockout_save (&lockout, dir, &error));
  g_assert_true (inf_lockout_load (&loaded, dir, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (loaded.failures, ==, 4);
  g_assert_cmpint (loaded.last_unix_us, ==, NOW_UNIX_US);
  lockout.failures = 0;
  g_assert_true (inf_lockout_save (&lockout, dir, &error));
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/lockout/" path, func)
  ADD ("the-first-three-wait-for-nothing", test_the_first_three_wait_for_nothing);
  ADD ("the-wait-doubles-up-to-an-hour", test_the_wait_doubles_up_to_an_hour);
  ADD ("a-wait-ends", test_a_wait_ends);
  ADD ("a-clock-set-back-makes-nobody-wait-longer", test_a_clock_set_back_makes_nobody_wait_longer);
  ADD ("it-outlasts-a-restart", test_it_outlasts_a_restart);
  return g_test_run ();
}
