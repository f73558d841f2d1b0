#include "daemon/inf-earnings.h"

static GDateTime *
at (int day, int hour)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("-05:00");

  return g_date_time_new (zone, 2023, 11, day, hour, 0, 0);
}

static gint64
unix_us_of (int day, int hour)
{
  g_autoptr (GDateTime) time = at (day, hour);

  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static GArray *
by_day (const InfEarning *earnings, guint n_earnings, guint n_days)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (InfEarning));
  g_autoptr (GDateTime) now = at (10, 15);

  g_array_append_vals (array, earnings, n_earnings);
  return inf_earnings_by_day (array, n_days, now);
}

static void
test_days_without_earnings_are_there (void)
{
  g_autoptr (GArray) days = by_day (NULL, 0, 3);

  g_assert_cmpuint (days->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const InfEarningDay *day = &g_array_index (days, InfEarningDay, i);
      g_assert_cmpint (day->begin_unix_us, ==, unix_us_of (8 + (int)i, 0));
      g_assert_cmpuint (day->amount_ucredits, ==, 0);
    }
}

static void
test_a_day_ends_at_midnight_here (void)
{
  const InfEarning earnings[] = { { unix_us_of (9, 0) - 1, 1 },
                                  { unix_us_of (9, 0), 10 },
                                  { unix_us_of (10, 0) - 1, 100 },
                                  { unix_us_of (10, 0), 1000 } };
  g_autoptr (GArray) days = by_day (earnings, G_N_ELEMENTS (earnings), 2);
  const InfEarningDay *first = &g_array_index (days, InfEarningDay, 0);
  const InfEarningDay *last = &g_array_index (days, InfEarningDay, 1);

  g_assert_cmpuint (first->amount_ucredits, ==, 110);
  g_assert_cmpuint (first->n_leases, ==, 2);
  g_assert_cmpuint (last->amount_ucredits, ==, 1000);
  g_assert_cmpuint (last->n_leases, ==, 1);
}

/* A clock that was ahead. */
static void
test_the_future_counts_for_today (void)
{
  const InfEarning earning = { unix_us_of (12, 0), 7 };
  g_autoptr (GArray) days = by_day (&earning, 1, 2);

  g_assert_cmpuint (g_array_index (days, InfEarningDay, 1).amount_ucredits, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/earnings/days-without-earnings-are-there",
                   test_days_without_earnings_are_there);
  g_test_add_func ("/earnings/a-day-ends-at-midnight-here", test_a_day_ends_at_midnight_here);
  g_test_add_func ("/earnings/the-future-counts-for-today", test_the_future_counts_for_today);
  return g_test_run ();
}
