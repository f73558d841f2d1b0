#pragma once

#include "widgets/inf-series.h"
#include "widgets/inf-service.h"

G_BEGIN_DECLS

/**
 * InfUsageKind:
 *
 * What a history is of: percent of all processors, bytes in use, micro-credits per hour.
 */
typedef enum
{
  INF_USAGE_CPU,
  INF_USAGE_MEMORY,
  INF_USAGE_EARNED,
  INF_N_USAGE_KINDS,
} InfUsageKind;

/**
 * InfUsageRange:
 *
 * How far back: two minutes by the second, a day or a week by the minute.
 */
typedef enum
{
  INF_USAGE_LIVE,
  INF_USAGE_DAY,
  INF_USAGE_WEEK,
  INF_N_USAGE_RANGES,
} InfUsageRange;

#define INF_TYPE_USAGE (inf_usage_get_type ())

G_DECLARE_FINAL_TYPE (InfUsage, inf_usage, INF, USAGE, GObject)

InfUsage *inf_usage_new (InfService *service);

InfSeries *inf_usage_get_series (InfUsage *self, InfUsageKind kind);
InfUsageRange inf_usage_get_range (InfUsage *self);
gint64 inf_usage_get_window_us (InfUsage *self);
guint64 inf_usage_get_memory_total (InfUsage *self);

void inf_usage_set_range (InfUsage *self, InfUsageRange range);
void inf_usage_set_watched (InfUsage *self, gboolean is_watched);

void inf_usage_fill (InfSeries *series, GVariant *samples, guint n_buckets, gint64 since_unix,
                     gint64 window_us);

G_END_DECLS
