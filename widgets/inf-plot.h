#pragma once

#include "widgets/inf-series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * InfPlotUnit:
 * @INF_PLOT_PERCENT: the axis ends at 100
 * @INF_PLOT_BYTES: ticks at powers of two
 * @INF_PLOT_CREDITS: micro-credits per hour
 * @INF_PLOT_BALANCE: micro-credits
 *
 * What the values of a plot are, and so how its ticks read.
 */
typedef enum
{
  INF_PLOT_PERCENT,
  INF_PLOT_BYTES,
  INF_PLOT_CREDITS,
  INF_PLOT_BALANCE,
} InfPlotUnit;

#define INF_TYPE_PLOT (inf_plot_get_type ())

G_DECLARE_FINAL_TYPE (InfPlot, inf_plot, INF, PLOT, GtkWidget)

GtkWidget *inf_plot_new (void);

const char *inf_plot_get_summary (InfPlot *self);

void inf_plot_set_series (InfPlot *self, InfSeries *series, InfPlotUnit unit);
void inf_plot_set_window (InfPlot *self, gint64 window_us);
void inf_plot_set_label (InfPlot *self, const char *label);
void inf_plot_set_limit (InfPlot *self, double limit);

G_END_DECLS
