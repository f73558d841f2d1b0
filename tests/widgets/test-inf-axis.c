#include "widgets/inf-axis.h"

#include <math.h>

static void
check (double lowest, double highest, guint max_ticks, double lower, double upper, double step)
{
  InfAxis axis;

  inf_axis_fit (&axis, lowest, highest, max_ticks);
  g_assert_cmpfloat_with_epsilon (axis.lower, lower, 1e-9);
  g_assert_cmpfloat_with_epsilon (axis.upper, upper, 1e-9);
  g_assert_cmpfloat_with_epsilon (axis.step, step, 1e-9);
}

static void
test_ticks_are_round (void)
{
  check (0, 100, 3, 0, 100, 50);
  check (0, 100, 6, 0, 100, 20);
  check (0, 7.3, 5, 0, 8, 2);
  check (0, 0.013, 4, 0, 0.015, 0.005);
  check (-3, 12, 5, -5, 15, 5);
}

static void
test_there_are_never_more_ticks_than_room (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 10000; i++)
    {
      double lowest = g_rand_double_range (random, -1e3, 1e3);
      double highest = lowest + pow (10, g_rand_double_range (random, -3, 9));
      guint max_ticks = (guint)g_rand_int_range (random, 3, 12);
      InfAxis axis;

      inf_axis_fit (&axis, lowest, highest, max_ticks);
      g_assert_cmpuint (axis.n_ticks, >=, 2);
      g_assert_cmpuint (axis.n_ticks, <=, max_ticks);
      g_assert_cmpfloat (axis.lower, <=, lowest + axis.step * 1e-6);
      g_assert_cmpfloat (axis.upper, >=, highest - axis.step * 1e-6);
    }
}

static void
test_what_is_no_range_has_an_axis (void)
{
  check (5, 5, 3, 5, 6, 0.5);
  check (NAN, NAN, 3, 0, 1, 0.5);
  check (0, INFINITY, 3, 0, 1, 0.5);
}

static void
test_bytes_have_powers_of_two (void)
{
  InfAxis axis;

  inf_axis_fit_binary (&axis, 7.5 * 1024 * 1024, 5);
  g_assert_cmpfloat (axis.step, ==, 2 * 1024 * 1024);
  g_assert_cmpfloat (axis.upper, ==, 8 * 1024 * 1024);
  g_assert_cmpuint (axis.n_ticks, ==, 5);
  inf_axis_fit_binary (&axis, 0, 4);
  g_assert_cmpfloat (axis.upper, >=, 1);
}

/* 0.0050 and 0.01, where nothing was earned */
static void
test_credits_have_labels_that_differ (void)
{
  InfAxis axis;

  inf_axis_fit_credits (&axis, 0, 4);
  g_assert_cmpfloat (axis.step, ==, 5000);
  g_assert_cmpfloat (axis.upper, ==, 10000);
  inf_axis_fit_credits (&axis, NAN, 4);
  g_assert_cmpfloat (axis.upper, ==, 10000);
  inf_axis_fit_credits (&axis, 3.6e6, 4);
  g_assert_cmpfloat (axis.upper, ==, 4e6);
}

static void
test_places_on_it (void)
{
  InfAxis axis;

  inf_axis_fit (&axis, 0, 100, 6);
  g_assert_cmpfloat (inf_axis_get_tick (&axis, 2), ==, 40);
  g_assert_cmpfloat (inf_axis_get_fraction (&axis, 25), ==, 0.25);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axis/ticks-are-round", test_ticks_are_round);
  g_test_add_func ("/axis/there-are-never-more-ticks-than-room",
                   test_there_are_never_more_ticks_than_room);
  g_test_add_func ("/axis/what-is-no-range-has-an-axis", test_what_is_no_range_has_an_axis);
  g_test_add_func ("/axis/bytes-have-powers-of-two", test_bytes_have_powers_of_two);
  g_test_add_func ("/axis/credits-have-labels-that-differ", test_credits_have_labels_that_differ);
  g_test_add_func ("/axis/places-on-it", test_places_on_it);
  return g_test_run ();
}
