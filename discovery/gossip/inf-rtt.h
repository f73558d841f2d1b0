#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_RTT_N_RECENT 4

/**
 * InfRtt:
 * @smoothed_us: the round-trip time to a peer, smoothed; 0 while unknown
 * @deviation_us: the smoothed deviation from it
 * @recent_us: the last measurements, 0 for none
 * @next: which of these is the oldest
 *
 * What was measured of the way to one peer and back. All zero at first, owns nothing.
 */
typedef struct
{
  guint smoothed_us;
  guint deviation_us;
  guint recent_us[INF_RTT_N_RECENT];
  guint8 next;
} InfRtt;

void inf_rtt_add (InfRtt *rtt, guint sample_us);

gboolean inf_rtt_is_known (const InfRtt *rtt);
guint inf_rtt_get_least_us (const InfRtt *rtt);
gint64 inf_rtt_get_timeout_us (const InfRtt *rtt);

G_END_DECLS
