#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfCreditsCounter:
 * @from_ucredits: what is shown at @from_us
 * @to_ucredits: what was last told
 * @from_us: when that was told, monotonic
 * @rate: micro-credits a second since, as far as two updates tell
 *
 * An amount that moves between updates. What is shown glides to each new amount in
 * %INF_CREDITS_GLIDE_US and then goes on at the pace of the last two, so that it never jumps.
 */
typedef struct
{
  gint64 from_ucredits;
  gint64 to_ucredits;
  gint64 from_us;
  double rate;
  gboolean is_set;
} InfCreditsCounter;

#define INF_CREDITS_GLIDE_US (600 * G_TIME_SPAN_MILLISECOND)

void inf_credits_counter_update (InfCreditsCounter *counter, gint64 ucredits, double rate,
                                 gint64 now_us);
gint64 inf_credits_counter_get (const InfCreditsCounter *counter, gint64 now_us);
guint inf_credits_counter_get_wait_ms (const InfCreditsCounter *counter, gint64 now_us);

G_END_DECLS
