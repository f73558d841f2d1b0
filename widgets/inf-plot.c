#include "widgets/inf-plot.h"

#include "widgets/inf-axis.h"
#include "widgets/inf-phrases.h"
#include "widgets/inf-plot-layer.h"

#include <glib/gi18n.h>

#define MAX_TICKS 4
#define MIN_WIDTH 120
#define HEIGHT 140
#define GAP 6
#define DEFAULT_WINDOW_US (2 * 60 * G_USEC_PER_SEC)

/**
 * InfPlot:
 *
 * A live plot: a grid with round numbers, and a line drawn from an #InfSeries. It draws when a
 * sample arrives and at no other time; labels are laid out again only when the axis changes. Its
 * accessible description says in words what the line shows.
 */
struct _InfPlot
{
  GtkWidget parent_instance;

  InfPlotLayer layer;
  InfPlotUnit unit;
  InfAxis axis;
  double limit; /* the axis always reaches it; 0 for none */
  char *label;
  char *summary;
  PangoLayout *ticks[MAX_TICKS + 1];
  int tick_width;
  int tick_height;
};

G_DEFINE_FINAL_TYPE (InfPlot, inf_plot, GTK_TYPE_WIDGET)

static char *
format_value (InfPlot *self, double value)
{
  switch (self->unit)
    {
    case INF_PLOT_BYTES:
      return inf_phrase_size ((guint64)MAX (value, 0));
    case INF_PLOT_CREDITS:
      return inf_phrase_rate ((gint64)value);
    case INF_PLOT_BALANCE:
      return inf_phrase_credits ((gint64)value);
    case INF_PLOT_PERCENT:
    default:
      return inf_phrase_percent (value);
    }
}

static char *
format_tick (InfPlot *self, double value)
{
  if (self->unit == INF_PLOT_CREDITS)
    return inf_phrase_credits ((gint64)value);
  return format_value (self, value);
}

static void
layout_ticks (InfPlot *self)
{
  self->tick_width = 0;
  for (guint i = 0; i <= MAX_TICKS; i++)
    {
      int width = 0;
      g_autofree char *text = NULL;

      g_clear_object (&self->ticks[i]);
      if (i >= self->axis.n_ticks)
        continue;
      text = format_tick (self, inf_axis_get_tick (&self->axis, i));
      self->ticks[i] = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
      pango_layout_get_pixel_size (self->ticks[i], &width, &self->tick_height);
      self->tick_width = MAX (self->tick_width, width);
    }
}

static void
fit_axis (InfPlot *self)
{
  double highest = MAX (self->limit, inf_series_get_highest (self->layer.series));
  InfAxis axis;

  if (self->unit == INF_PLOT_BYTES)
    inf_axis_fit_binary (&axis, highest, MAX_TICKS);
  else if (self->unit == INF_PLOT_PERCENT)
    inf_axis_fit (&axis, 0, MAX (highest, 100), MAX_TICKS - 1);
  else
    inf_axis_fit_credits (&axis, highest, MAX_TICKS);
  if (self->ticks[0] && axis.upper == self->axis.upper && axis.step == self->axis.step)
    return;
  self->axis = axis;
  layout_ticks (self);
}

static void
update_summary (InfPlot *self)
{
  g_autofree char *now = NULL;
  g_autofree char *highest = NULL;
  g_autofree char *span = NULL;
  g_autofree char *summary = NULL;

  if (!self->layer.series || !inf_series_get_length (self->layer.series))
    summary = g_strdup (_ ("Nothing measured yet"));
  else
    {
      now = format_value (self, inf_series_get_latest (self->layer.series));
      highest = format_value (self, inf_series_get_highest (self->layer.series));
      span = inf_phrase_duration (self->layer.window_us);
      /* Translators: what a plot shows, in words: the value now, the highest, a time span */
      summary = g_strdup_printf (_ ("Now %s, at most %s in the last %s"), now, highest, span);
    }
  if (g_strcmp0 (summary, self->summary) == 0)
    return;
  g_free (self->summary);
  self->summary = g_steal_pointer (&summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->summary, -1);
}

static void
on_changed (InfSeries *series, gpointer user_data)
{
  InfPlot *self = user_data;

  /* who can't see it reads the summary when it can be seen again */
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  fit_axis (self);
  update_summary (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
inf_plot_map (GtkWidget *widget)
{
  InfPlot *self = INF_PLOT (widget);

  GTK_WIDGET_CLASS (inf_plot_parent_class)->map (widget);
  if (self->layer.series)
    on_changed (self->layer.series, self);
}

static void
inf_plot_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  InfPlot *self = INF_PLOT (widget);

  GTK_WIDGET_CLASS (inf_plot_parent_class)->css_changed (widget, change);
  if (self->ticks[0])
    layout_ticks (self);
}

static void
inf_plot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                  int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 2 * MIN_WIDTH : HEIGHT;
}

static void
draw_grid (InfPlot *self, GtkSnapshot *snapshot, const graphene_rect_t *area, const GdkRGBA *text)
{
  GdkRGBA line = *text;
  GdkRGBA faint = *text;

  line.alpha *= 0.15f;
  faint.alpha *= 0.6f;
  for (guint i = 0; i < self->axis.n_ticks && self->ticks[i]; i++)
    {
      double fraction = inf_axis_get_fraction (&self->axis, inf_axis_get_tick (&self->axis, i));
      float y = (float)(int)(area->origin.y + area->size.height * (1 - fraction));
      int width;

      pango_layout_get_pixel_size (self->ticks[i], &width, NULL);
      gtk_snapshot_append_color (snapshot, &line,
                                 &GRAPHENE_RECT_INIT (area->origin.x, y, area->size.width, 1));
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)(self->tick_width - width),
                                                              y - (float)self->tick_height / 2));
      gtk_snapshot_append_layout (snapshot, self->ticks[i], &faint);
      gtk_snapshot_restore (snapshot);
    }
}

static void
inf_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  InfPlot *self = INF_PLOT (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  float half = (float)self->tick_height / 2;
  float left = (float)self->tick_width + GAP;
  graphene_rect_t area;
  GdkRGBA text;
  cairo_t *cr;

  if (!self->layer.series || !self->ticks[0])
    return;
  area = GRAPHENE_RECT_INIT (left, half, (float)gtk_widget_get_width (widget) - left,
                             (float)gtk_widget_get_height (widget) - 2 * half);
  gtk_style_context_get_color (context, &text);
  draw_grid (self, snapshot, &area, &text);
  if (!gtk_style_context_lookup_color (context, "accent_color", &self->layer.color))
    self->layer.color = text;
  gtk_snapshot_push_clip (snapshot, &area);
  cr = gtk_snapshot_append_cairo (snapshot, &area);
  inf_plot_layer_draw (&self->layer, cr, &self->axis, &area);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
}

static void
inf_plot_dispose (GObject *object)
{
  InfPlot *self = INF_PLOT (object);

  inf_plot_set_series (self, NULL, self->unit);
  for (guint i = 0; i <= MAX_TICKS; i++)
    g_clear_object (&self->ticks[i]);
  G_OBJECT_CLASS (inf_plot_parent_class)->dispose (object);
}

static void
inf_plot_finalize (GObject *object)
{
  g_free (INF_PLOT (object)->label);
  g_free (INF_PLOT (object)->summary);
  G_OBJECT_CLASS (inf_plot_parent_class)->finalize (object);
}

static void
inf_plot_class_init (InfPlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = inf_plot_dispose;
  object_class->finalize = inf_plot_finalize;
  widget_class->map = inf_plot_map;
  widget_class->measure = inf_plot_measure;
  widget_class->snapshot = inf_plot_snapshot;
  widget_class->css_changed = inf_plot_css_changed;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
inf_plot_init (InfPlot *self)
{
  self->layer.window_us = DEFAULT_WINDOW_US;
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
}

GtkWidget *
inf_plot_new (void)
{
  return g_object_new (INF_TYPE_PLOT, NULL);
}

/**
 * inf_plot_get_summary:
 * @self: a plot
 *
 * Returns: (nullable): what it shows, in words, as a screen reader says it
 */
const char *
inf_plot_get_summary (InfPlot *self)
{
  return self->summary;
}

/**
 * inf_plot_set_series:
 * @self: a plot
 * @series: (nullable): what to draw; followed from now on
 * @unit: what its values are
 */
void
inf_plot_set_series (InfPlot *self, InfSeries *series, InfPlotUnit unit)
{
  if (self->layer.series)
    g_signal_handlers_disconnect_by_func (self->layer.series, on_changed, self);
  g_set_object (&self->layer.series, series);
  self->unit = unit;
  if (!series)
    return;
  g_signal_connect (series, "changed", G_CALLBACK (on_changed), self);
  fit_axis (self);
  update_summary (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * inf_plot_set_window:
 * @self: a plot
 * @window_us: how much time the width stands for
 */
void
inf_plot_set_window (InfPlot *self, gint64 window_us)
{
  self->layer.window_us = MAX (window_us, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* @label: what is plotted; its accessible name */
void
inf_plot_set_label (InfPlot *self, const char *label)
{
  g_free (self->label);
  self->label = g_strdup (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* @limit: a value that the axis reaches whatever is drawn, such as all the machine's memory */
void
inf_plot_set_limit (InfPlot *self, double limit)
{
  self->limit = limit;
  if (self->layer.series)
    fit_axis (self);
}
