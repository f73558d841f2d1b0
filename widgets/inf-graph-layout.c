#include "widgets/inf-graph-layout.h"

#include <math.h>

/* Nearer than this, names would lie on the middle; from there on to the edge, each step out is a
 * round trip ten times as long: 0.1 ms in one room to 1 s around the world. */
#define NEAREST 0.38
#define NEAREST_US 100.0
#define DECADES 4.0

/**
 * inf_graph_layout_get_distance:
 * @rtt_us: round trip, negative when unknown
 *
 * Returns: how far from the middle, 0.38 to 1, by the logarithm of the round trip; the edge where
 *   it is unknown
 */
double
inf_graph_layout_get_distance (gint64 rtt_us)
{
  double decades;

  if (rtt_us < 0)
    return 1;
  decades = log10 (fmax ((double)rtt_us, NEAREST_US) / NEAREST_US);
  return NEAREST + (1 - NEAREST) * fmin (decades / DECADES, 1);
}

/**
 * inf_graph_layout_place:
 * @rtts_us: (array length=n_rtts): round trips of those around the middle
 * @n_rtts: how many
 * @ret_points: (out caller-allocates) (array length=n_rtts): where each goes
 *
 * Places them around the middle at equal angles, from the top on clockwise. The same peers get the
 * same places, so that nothing moves about when one round trip changes.
 */
void
inf_graph_layout_place (const gint64 *rtts_us, guint n_rtts, InfGraphPoint *ret_points)
{
  for (guint i = 0; i < n_rtts; i++)
    {
      double angle = 2 * G_PI * i / n_rtts - G_PI / 2;
      double distance = inf_graph_layout_get_distance (rtts_us[i]);

      ret_points[i] = (InfGraphPoint){ distance * cos (angle), distance * sin (angle) };
    }
}
