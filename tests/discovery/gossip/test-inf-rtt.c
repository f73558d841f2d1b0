#include "discovery/gossip/inf-rtt.h"

static void
add_all (InfRtt *rtt, const guint *samples_us, guint n_samples)
{
  for (guint i = 0; i < n_samples; i++)
    inf_rtt_add (rtt, samples_us[i]);
}

static void
test_nothing_measured_is_unknown (void)
{
  const InfRtt rtt = { 0 };

  g_assert_false (inf_rtt_is_known (&rtt));
  g_assert_cmpuint (inf_rtt_get_least_us (&rtt), ==, 0);
}

static void
test_first_measurement_is_followed_with_doubt (void)
{
  InfRtt rtt = { 0 };

  inf_rtt_add (&rtt, 1000);
  g_assert_true (inf_rtt_is_known (&rtt));
  g_assert_cmpuint (inf_rtt_get_least_us (&rtt), ==, 1000);
  g_assert_cmpint (inf_rtt_get_timeout_us (&rtt), ==, 1000 + 4 * 500);
}

static void
test_even_answers_bring_the_timeout_near (void)
{
  InfRtt rtt = { 0 };

  for (guint i = 0; i < 100; i++)
    inf_rtt_add (&rtt, 1000);
  g_assert_cmpint (inf_rtt_get_timeout_us (&rtt), <, 1100);
  g_assert_cmpint (inf_rtt_get_timeout_us (&rtt), >=, 1000);
}

static void
test_slow_answers_leave_the_least_alone (void)
{
  const guint samples_us[] = { 900, 300000, 1000, 80000 };
  InfRtt rtt = { 0 };

  add_all (&rtt, samples_us, G_N_ELEMENTS (samples_us));
  g_assert_cmpuint (inf_rtt_get_least_us (&rtt), ==, 900);
  g_assert_cmpuint (rtt.smoothed_us, >, 10000);
}

static void
test_longer_way_shows_after_four_answers (void)
{
  const guint near_us[] = { 1000, 1000, 1000, 1000 }, far_us[] = { 50000, 60000, 55000 };
  InfRtt rtt = { 0 };

  add_all (&rtt, near_us, G_N_ELEMENTS (near_us));
  add_all (&rtt, far_us, G_N_ELEMENTS (far_us));
  g_assert_cmpuint (inf_rtt_get_least_us (&rtt), ==, 1000);
  inf_rtt_add (&rtt, 70000);
  g_assert_cmpuint (inf_rtt_get_least_us (&rtt), ==, 50000);
}

static void
test_longest_times_overflow_nothing (void)
{
  InfRtt rtt = { 0 };

  inf_rtt_add (&rtt, 1);
  for (guint i = 0; i < 100; i++)
    inf_rtt_add (&rtt, G_MAXINT32);
  g_assert_cmpint (inf_rtt_get_timeout_us (&rtt), >, G_MAXINT32 / 2);
  g_assert_cmpuint (inf_rtt_get_least_us (&rtt), ==, G_MAXINT32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtt/nothing-measured-is-unknown", test_nothing_measured_is_unknown);
  g_test_add_func ("/rtt/first-measurement-is-followed-with-doubt",
                   test_first_measurement_is_followed_with_doubt);
  g_test_add_func ("/rtt/even-answers-bring-the-timeout-near",
                   test_even_answers_bring_the_timeout_near);
  g_test_add_func ("/rtt/slow-answers-leave-the-least-alone",
                   test_slow_answers_leave_the_least_alone);
  g_test_add_func ("/rtt/longer-way-shows-after-four-answers",
                   test_longer_way_shows_after_four_answers);
  g_test_add_func ("/rtt/longest-times-overflow-nothing", test_longest_times_overflow_nothing);
  return g_test_run ();
}
