#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_SERIES (inf_series_get_type ())

G_DECLARE_FINAL_TYPE (InfSeries, inf_series, INF, SERIES, GObject)

InfSeries *inf_series_new (guint capacity);

guint inf_series_get_capacity (InfSeries *self);
guint inf_series_get_length (InfSeries *self);
double inf_series_get_value (InfSeries *self, guint index);
gint64 inf_series_get_time (InfSeries *self, guint index);
double inf_series_get_latest (InfSeries *self);
double inf_series_get_highest (InfSeries *self);

void inf_series_push (InfSeries *self, gint64 time_us, double value);
void inf_series_clear (InfSeries *self);

G_END_DECLS
