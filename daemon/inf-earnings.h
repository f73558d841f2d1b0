#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfEarning:
 * @time_unix_us: when it was booked
 * @amount_ucredits: how much
 */
typedef struct
{
  gint64 time_unix_us;
  guint64 amount_ucredits;
} InfEarning;

/**
 * InfEarningDay:
 * @begin_unix_us: the day's begin, local time
 * @amount_ucredits: earned on it
 * @n_leases: in how many leases
 */
typedef struct
{
  gint64 begin_unix_us;
  guint64 amount_ucredits;
  guint n_leases;
} InfEarningDay;

GArray *inf_earnings_by_day (const GArray *earnings, guint n_days, GDateTime *now);
gint64 inf_day_begin_unix_us (GDateTime *now, int days);

G_END_DECLS
