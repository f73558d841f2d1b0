#include "widgets/inf-plot-layer.h"

#define LINE_WIDTH 2.0
#define FILL_ALPHA 0.15

static double
get_x (const InfPlotLayer *layer, const graphene_rect_t *area, guint index)
{
  guint last = inf_series_get_length (layer->series) - 1;
  gint64 age_us
      = inf_series_get_time (layer->series, last) - inf_series_get_time (layer->series, index);

  return area->origin.x + area->size.width * (1 - (double)age_us / layer->window_us);
}

static double
get_y (const InfPlotLayer *layer, const InfAxis *axis, const graphene_rect_t *area, guint index)
{
  double fraction = inf_axis_get_fraction (axis, inf_series_get_value (layer->series, index));

  return area->origin.y + area->size.height * (1 - CLAMP (fraction, 0, 1));
}

static void
trace (const InfPlotLayer *layer, cairo_t *cr, const InfAxis *axis, const graphene_rect_t *area)
{
  for (guint i = 0; i < inf_series_get_length (layer->series); i++)
    cairo_line_to (cr, get_x (layer, area, i), get_y (layer, axis, area, i));
}

/**
 * inf_plot_layer_draw:
 * @layer: the line
 * @cr: drawn on, clipped to @area by the caller
 * @axis: the vertical axis
 * @area: where the axes' ends are
 *
 * Draws the series, its newest sample at the right edge. Nothing is allocated but what cairo keeps
 * of the path.
 */
void
inf_plot_layer_draw (const InfPlotLayer *layer, cairo_t *cr, const InfAxis *axis,
                     const graphene_rect_t *area)
{
  guint length = inf_series_get_length (layer->series);
  double bottom = area->origin.y + area->size.height;
  GdkRGBA fill = layer->color;

  if (length < 2)
    return;
  fill.alpha *= FILL_ALPHA;
  trace (layer, cr, axis, area);
  cairo_line_to (cr, get_x (layer, area, length - 1), bottom);
  cairo_line_to (cr, get_x (layer, area, 0), bottom);
  gdk_cairo_set_source_rgba (cr, &fill);
  cairo_fill (cr);
  trace (layer, cr, axis, area);
  gdk_cairo_set_source_rgba (cr, &layer->color);
  cairo_set_line_width (cr, LINE_WIDTH);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
}
