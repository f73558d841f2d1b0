#include "widgets/inf-series.h"

#include <math.h>

static void
count (InfSeries *series, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
test_keeps_the_last_samples (void)
{
  g_autoptr (InfSeries) series = inf_series_new (3);

  for (int i = 1; i <= 5; i++)
    inf_series_push (series, i * 10, i);
  g_assert_cmpuint (inf_series_get_length (series), ==, 3);
  g_assert_cmpfloat (inf_series_get_value (series, 0), ==, 3);
  g_assert_cmpint (inf_series_get_time (series, 2), ==, 50);
  g_assert_cmpfloat (inf_series_get_latest (series), ==, 5);
}

static void
test_an_empty_one_is_zero (void)
{
  g_autoptr (InfSeries) series = inf_series_new (3);

  g_assert_cmpuint (inf_series_get_length (series), ==, 0);
  g_assert_cmpfloat (inf_series_get_latest (series), ==, 0);
  g_assert_cmpfloat (inf_series_get_highest (series), ==, 0);
}

static void
test_the_highest_goes_with_its_sample (void)
{
  g_autoptr (InfSeries) series = inf_series_new (2);

  inf_series_push (series, 1, 9);
  inf_series_push (series, 2, -4);
  g_assert_cmpfloat (inf_series_get_highest (series), ==, 9);
  inf_series_push (series, 3, -2);
  g_assert_cmpfloat (inf_series_get_highest (series), ==, -2);
}

static void
test_tells_of_every_sample (void)
{
  g_autoptr (InfSeries) series = inf_series_new (2);
  guint n_changes = 0;

  g_signal_connect (series, "changed", G_CALLBACK (count), &n_changes);
  inf_series_push (series, 1, 1);
  inf_series_push (series, 2, NAN);
  inf_series_clear (series);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_cmpuint (inf_series_get_length (series), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series/keeps-the-last-samples", test_keeps_the_last_samples);
  g_test_add_func ("/series/an-empty-one-is-zero", test_an_empty_one_is_zero);
  g_test_add_func ("/series/the-highest-goes-with-its-sample",
                   test_the_highest_goes_with_its_sample);
  g_test_add_func ("/series/tells-of-every-sample", test_tells_of_every_sample);
  return g_test_run ();
}
