#include "widgets/inf-credits-counter.h"

/* Without news for so long, the pace is not believed any more. */
#define STALE_US (10 * G_USEC_PER_SEC)
/* micro-credits that can be seen */
#define COARSE_STEP 10000
#define FINE_STEP 100
#define LEAST_WAIT_MS 100
#define MOST_WAIT_MS 1000

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

/**
 * inf_credits_counter_get_wait_ms:
 * @counter: a counter
 * @now_us: monotonic time, not before the last update
 *
 * Returns: after how long it is worth looking again, given that people see hundredths of a credit,
 *   and finer ones only of less than that; 0 when the amount stands
 */
guint
inf_credits_counter_get_wait_ms (const InfCreditsCounter *counter, gint64 now_us)
{
  gint64 since_us = now_us - counter->from_us;
  double step = ABS (counter->to_ucredits) < COARSE_STEP ? FINE_STEP : COARSE_STEP;

  if (since_us < INF_CREDITS_GLIDE_US && counter->from_ucredits != counter->to_ucredits)
    return LEAST_WAIT_MS;
  if (counter->rate == 0 || since_us >= STALE_US)
    return 0;
  return (guint)CLAMP (step / ABS (counter->rate) / 2 * 1000, LEAST_WAIT_MS, MOST_WAIT_MS);
}
