#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_HOURS_ALL_DAYS 0x7f
#define INF_HOURS_DAY_END 1440

/**
 * InfHours:
 * @days: bit 0 for Monday to bit 6 for Sunday: on which days it begins
 * @from: minutes of the day
 * @to: minutes of the day; of the next one where it is not after @from
 * @is_limited: %FALSE: always
 * @is_exact: %FALSE when the rule says more than this can, and it is only near to it
 *
 * The hours in which a computer is shared, as the Sharing screen shows them: one span on some days.
 */
typedef struct
{
  guint days;
  guint from;
  guint to;
  gboolean is_limited;
  gboolean is_exact;
} InfHours;

void inf_hours_read (InfHours *hours, GVariant *rule);
GVariant *inf_hours_write (const InfHours *hours);

G_END_DECLS
