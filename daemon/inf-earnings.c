#include "daemon/inf-earnings.h"

/**
 * inf_day_begin_unix_us:
 * @now: the local time
 * @days: of another day, counted from @now's
 *
 * Returns: that day's begin; where the clocks changed at midnight, the first moment there was
 */
gint64
inf_day_begin_unix_us (GDateTime *now, int days)
{
  g_autoptr (GDateTime) day = g_date_time_add_days (now, days);

  for (int hour = 0; hour < 3; hour++)
    {
      g_autoptr (GDateTime) begin = g_date_time_new (
          g_date_time_get_timezone (now), g_date_time_get_year (day), g_date_time_get_month (day),
          g_date_time_get_day_of_month (day), hour, 0, 0);
      if (begin && g_date_time_get_day_of_month (begin) == g_date_time_get_day_of_month (day))
        return g_date_time_to_unix (begin) * G_USEC_PER_SEC;
    }
  return g_date_time_to_unix (day) * G_USEC_PER_SEC;
}

/**
 * inf_earnings_by_day:
 * @earnings: (element-type InfEarning): in any order
 * @n_days: how many days, the last one being @now's
 * @now: the local time
 *
 * Returns: (transfer full) (element-type InfEarningDay): the days, oldest first; what is older is
 *   left out, what is newer counts for the last
 */
GArray *
inf_earnings_by_day (const GArray *earnings, guint n_days, GDateTime *now)
{
  GArray *days = g_array_sized_new (FALSE, TRUE, sizeof (InfEarningDay), n_days);

  for (guint i = 0; i < n_days; i++)
    {
      InfEarningDay day
          = { .begin_unix_us = inf_day_begin_unix_us (now, (int)i + 1 - (int)n_days) };
      g_array_append_val (days, day);
    }
  for (guint i = 0; i < earnings->len; i++)
    {
      const InfEarning *earning = &g_array_index (earnings, InfEarning, i);
      for (guint k = n_days; k > 0; k--)
        {
          InfEarningDay *day = &g_array_index (days, InfEarningDay, k - 1);
          if (earning->time_unix_us < day->begin_unix_us)
            continue;
          day->amount_ucredits += earning->amount_ucredits;
          day->n_leases++;
          break;
        }
    }
  return days;
}
