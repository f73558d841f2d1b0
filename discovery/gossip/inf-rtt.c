#include "discovery/gossip/inf-rtt.h"

/**
 * inf_rtt_add:
 * @rtt: what was measured before
 * @sample_us: a new round-trip time, from 1
 *
 * Takes an eighth of every new measurement and a quarter of every new deviation (RFC 6298, section
 * 2).
 */
void
inf_rtt_add (InfRtt *rtt, guint sample_us)
{
  rtt->recent_us[rtt->next] = sample_us;
  rtt->next = (guint8)((rtt->next + 1) % INF_RTT_N_RECENT);
  if (!inf_rtt_is_known (rtt))
    {
      rtt->smoothed_us = sample_us;
      rtt->deviation_us = sample_us / 2;
      return;
    }
  guint deviation_us = MAX (rtt->smoothed_us, sample_us) - MIN (rtt->smoothed_us, sample_us);
  rtt->deviation_us = rtt->deviation_us - rtt->deviation_us / 4 + deviation_us / 4;
  rtt->smoothed_us = rtt->smoothed_us - rtt->smoothed_us / 8 + (sample_us + 7) / 8;
}

gboolean
inf_rtt_is_known (const InfRtt *rtt)
{
  return rtt->smoothed_us > 0;
}

/**
 * inf_rtt_get_least_us:
 * @rtt: what was measured
 *
 * What busy machines add to a round trip is noise to whoever wants to know how far a peer is. The
 * least of the last four is a good forecast of the next (Ledlie, Gardner, Seltzer: Network
 * coordinates in the wild, NSDI 2007, section 3.2).
 *
 * Returns: the least of the last measurements, in microseconds; 0 while there is none
 */
guint
inf_rtt_get_least_us (const InfRtt *rtt)
{
  guint least_us = 0;

  for (guint i = 0; i < INF_RTT_N_RECENT; i++)
    if (rtt->recent_us[i] > 0 && (least_us == 0 || rtt->recent_us[i] < least_us))
      least_us = rtt->recent_us[i];
  return least_us;
}

/**
 * inf_rtt_get_timeout_us:
 * @rtt: what was measured
 *
 * Returns: after how long an answer is late (RFC 6298, section 2), without bounds
 */
gint64
inf_rtt_get_timeout_us (const InfRtt *rtt)
{
  return (gint64)rtt->smoothed_us + 4 * (gint64)rtt->deviation_us;
}
