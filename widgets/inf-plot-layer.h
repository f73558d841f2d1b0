#pragma once

#include "widgets/inf-axis.h"
#include "widgets/inf-series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * InfPlotLayer:
 * @series: (transfer none): what is drawn
 * @color: of the line; the area below it is a tint of it
 * @window_us: how much time the width stands for
 *
 * One line of a plot.
 */
typedef struct
{
  InfSeries *series;
  GdkRGBA color;
  gint64 window_us;
} InfPlotLayer;

void inf_plot_layer_draw (const InfPlotLayer *layer, cairo_t *cr, const InfAxis *axis,
                          const graphene_rect_t *area);

G_END_DECLS
