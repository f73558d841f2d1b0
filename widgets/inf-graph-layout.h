#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfGraphPoint:
 *
 * A place in a drawing whose middle is 0, 0 and whose edge is 1 away from it.
 */
typedef struct
{
  double x;
  double y;
} InfGraphPoint;

void inf_graph_layout_place (const gint64 *rtts_us, guint n_rtts, InfGraphPoint *ret_points);
double inf_graph_layout_get_distance (gint64 rtt_us);

G_END_DECLS
