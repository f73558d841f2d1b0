#include "widgets/inf-series.h"

#include <math.h>

typedef struct
{
  gint64 time_us;
  double value;
} Sample;

/**
 * InfSeries:
 *
 * The last samples of something measured over time, in a ring: pushing one costs the same however
 * many there are, and allocates nothing. It emits "changed" after each.
 */
struct _InfSeries
{
  GObject parent_instance;

  Sample *samples;
  guint capacity;
  guint length;
  guint next; /* where the next sample goes */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfSeries, inf_series, G_TYPE_OBJECT)

static const Sample *
get_sample (InfSeries *self, guint index)
{
  return &self->samples[(self->next + self->capacity - self->length + index) % self->capacity];
}

static void
inf_series_finalize (GObject *object)
{
  g_free (INF_SERIES (object)->samples);
  G_OBJECT_CLASS (inf_series_parent_class)->finalize (object);
}

static void
inf_series_class_init (InfSeriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_series_finalize;

  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_SERIES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
inf_series_init (InfSeries *self)
{
}

/**
 * inf_series_new:
 * @capacity: how many samples it keeps, at least 1
 *
 * Returns: (transfer full): an empty series
 */
InfSeries *
inf_series_new (guint capacity)
{
  InfSeries *self = g_object_new (INF_TYPE_SERIES, NULL);

  self->capacity = MAX (capacity, 1);
  self->samples = g_new0 (Sample, self->capacity);
  return self;
}

guint
inf_series_get_capacity (InfSeries *self)
{
  return self->capacity;
}

guint
inf_series_get_length (InfSeries *self)
{
  return self->length;
}

/**
 * inf_series_get_value:
 * @self: a series
 * @index: 0 for the oldest sample, below the length
 *
 * Returns: the sample's value
 */
double
inf_series_get_value (InfSeries *self, guint index)
{
  g_return_val_if_fail (index < self->length, 0);

  return get_sample (self, index)->value;
}

/**
 * inf_series_get_time:
 * @self: a series
 * @index: 0 for the oldest sample, below the length
 *
 * Returns: when the sample was taken, in microseconds of the clock its giver uses
 */
gint64
inf_series_get_time (InfSeries *self, guint index)
{
  g_return_val_if_fail (index < self->length, 0);

  return get_sample (self, index)->time_us;
}

/* Returns: the newest value, 0 where there is none */
double
inf_series_get_latest (InfSeries *self)
{
  return self->length ? get_sample (self, self->length - 1)->value : 0;
}

/* Returns: the highest value, 0 where there is none */
double
inf_series_get_highest (InfSeries *self)
{
  double highest = 0;

  for (guint i = 0; i < self->length; i++)
    highest = i ? fmax (highest, get_sample (self, i)->value) : get_sample (self, i)->value;
  return highest;
}

/**
 * inf_series_push:
 * @self: a series
 * @time_us: when it was measured; not before the newest sample
 * @value: what was measured; what is no number is left out
 *
 * Adds a sample, and drops the oldest when the series is full.
 */
void
inf_series_push (InfSeries *self, gint64 time_us, double value)
{
  if (!isfinite (value))
    return;
  self->samples[self->next] = (Sample){ time_us, value };
  self->next = (self->next + 1) % self->capacity;
  self->length = MIN (self->length + 1, self->capacity);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
inf_series_clear (InfSeries *self)
{
  self->length = 0;
  g_signal_emit (self, signals[CHANGED], 0);
}
