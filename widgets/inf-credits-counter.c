#include "widgets/inf-credits-counter.h"

/* Without news for so long, the pace is not believed any more. */
#define STALE_US (10 * G_USEC_PER_SEC)

/**
 * inf_credits_counter_update:
 * @counter: zeroed before the first time
 * @ucredits: the amount now
 * @rate: by how many micro-credits it changes a second, 0 when it stands
 * @now_us: monotonic time
 */
void
inf_credits_counter_update (InfCreditsCounter *counter, gint64 ucredits, double rate, gint64 now_us)
{
  gint64 shown = counter->is_set ? inf_credits_counter_get (counter, now_us) : ucredits;

  *counter = (InfCreditsCounter){ shown, ucredits, now_us, rate, TRUE };
}

/**
 * inf_credits_counter_get:
 * @counter: a counter
 * @now_us: monotonic time, not before the last update
 *
 * Returns: what to show, in micro-credits
 */
gint64
inf_credits_counter_get (const InfCreditsCounter *counter, gint64 now_us)
{
  gint64 since_us = CLAMP (now_us - counter->from_us, 0, STALE_US);
  double moved = counter->rate * (double)since_us / G_USEC_PER_SEC;
  double left = 1 - (double)MIN (since_us, INF_CREDITS_GLIDE_US) / INF_CREDITS_GLIDE_US;
  double behind = (double)(counter->from_ucredits - counter->to_ucredits);

  /* eased: fast at first, and gentle when it arrives */
  return counter->to_ucredits + (gint64)(moved + behind * left * left);
}

gboolean
inf_credits_counter_is_moving (const InfCreditsCounter *counter, gint64 now_us)
{
  gint64 since_us = now_us - counter->from_us;

  if (since_us < INF_CREDITS_GLIDE_US && counter->from_ucredits != counter->to_ucredits)
    return TRUE;
  return counter->rate != 0 && since_us < STALE_US;
}
