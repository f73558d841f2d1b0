#include "host-app/inf-usage.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)
#define DAY_US (24 * 60 * (gint64)MINUTE_US)
#define CAPACITY 360

static const char *const kind_names[] = { "cpu", "memory", "earned" };
static const gint64 windows_us[] = { 2 * (gint64)MINUTE_US, DAY_US, 7 * DAY_US };

/**
 * InfUsage:
 *
 * What this machine is used for and earns, in series for plots. infinityd is asked for samples only
 * while somebody looks.
 */
struct _InfUsage
{
  GObject parent_instance;

  InfService *service;
  GCancellable *cancellable; /* while it follows */
  InfSeries *series[INF_N_USAGE_KINDS];
  InfUsageRange range;
  gboolean is_watched;
};

G_DEFINE_FINAL_TYPE (InfUsage, inf_usage, G_TYPE_OBJECT)

/**
 * inf_usage_fill:
 * @series: filled anew
 * @samples: `a(xd)`, oldest first
 * @n_buckets: how many samples the series gets at most
 * @since_unix: where the window begins
 * @window_us: how long it is
 *
 * Fills a series with means, as a plot has fewer pixels than a week has minutes.
 */
void
inf_usage_fill (InfSeries *series, GVariant *samples, guint n_buckets, gint64 since_unix,
                gint64 window_us)
{
  gint64 width_us = MAX (window_us / n_buckets, 1);
  gint64 bucket = -1;
  gint64 time_us;
  double value;
  double sum = 0;
  guint n_summed = 0;
  GVariantIter iter;

  inf_series_clear (series);
  g_variant_iter_init (&iter, samples);
  while (g_variant_iter_next (&iter, "(xd)", &time_us, &value))
    {
      gint64 next = (time_us - since_unix) / width_us;
      if (n_summed && next != bucket)
        {
          inf_series_push (series, since_unix + bucket * width_us, sum / n_summed);
          sum = 0;
          n_summed = 0;
        }
      bucket = next;
      sum += value;
      n_summed++;
    }
  if (n_summed)
    inf_series_push (series, since_unix + bucket * width_us, sum / n_summed);
}

typedef struct
{
  InfUsage *self;
  InfUsageKind kind;
  gint64 since_unix;
} Query;

static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Query *query = user_data;
  g_autoptr (InfUsage) self = query->self;
  g_autoptr (GVariant) samples = NULL;

  /* a plot without a past begins now */
  if (!inf_dbus_resources1_call_get_history_finish (INF_DBUS_RESOURCES1 (source), &samples, result,
                                                    NULL))
    return;
  inf_usage_fill (self->series[query->kind], samples, CAPACITY, query->since_unix,
                  inf_usage_get_window_us (self));
}

static void
load (InfUsage *self)
{
  InfDBusResources1 *resources = inf_service_get_resources (self->service);
  gint64 since_unix = g_get_real_time () - inf_usage_get_window_us (self);

  for (guint i = 0; resources && i < INF_N_USAGE_KINDS; i++)
    {
      Query *query = g_new (Query, 1);

      *query = (Query){ g_object_ref (self), i, since_unix };
      inf_series_clear (self->series[i]);
      inf_dbus_resources1_call_get_history (resources, kind_names[i], since_unix,
                                            self->range == INF_USAGE_LIVE ? 1 : 60,
                                            self->cancellable, on_history, query);
    }
}

static void
on_sample (InfDBusResources1 *resources, GVariant *sample, gpointer user_data)
{
  InfUsage *self = user_data;
  gint64 time_us;
  double value;

  if (self->range != INF_USAGE_LIVE || !g_variant_lookup (sample, "time-unix", "x", &time_us))
    return;
  for (guint i = 0; i < INF_N_USAGE_KINDS; i++)
    if (g_variant_lookup (sample, kind_names[i], "d", &value))
      inf_series_push (self->series[i], time_us, value);
}

static void
follow (InfUsage *self)
{
  InfDBusResources1 *resources = inf_service_get_resources (self->service);

  if (!self->is_watched || !resources || self->cancellable)
    return;
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (resources, "sample", G_CALLBACK (on_sample), self, 0);
  load (self);
}

static void
unfollow (InfUsage *self)
{
  InfDBusResources1 *resources = inf_service_get_resources (self->service);

  if (!self->cancellable)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (!resources)
    return;
  g_signal_handlers_disconnect_by_func (resources, on_sample, self);
}

static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfUsage *self = user_data;

  if (inf_service_get_state (service) == INF_SERVICE_UP)
    follow (self);
  else if (self->cancellable)
    unfollow (self);
}

static void
inf_usage_dispose (GObject *object)
{
  InfUsage *self = INF_USAGE (object);

  if (self->service)
    {
      inf_usage_set_watched (self, FALSE);
      g_signal_handlers_disconnect_by_data (self->service, self);
    }
  g_clear_object (&self->service);
  for (guint i = 0; i < INF_N_USAGE_KINDS; i++)
    g_clear_object (&self->series[i]);
  G_OBJECT_CLASS (inf_usage_parent_class)->dispose (object);
}

static void
inf_usage_class_init (InfUsageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_usage_dispose;
}

static void
inf_usage_init (InfUsage *self)
{
  for (guint i = 0; i < INF_N_USAGE_KINDS; i++)
    self->series[i] = inf_series_new (CAPACITY);
}

/**
 * inf_usage_new:
 * @service: the connection to infinityd
 *
 * Returns: (transfer full): empty series, filled while they are watched
 */
InfUsage *
inf_usage_new (InfService *service)
{
  InfUsage *self = g_object_new (INF_TYPE_USAGE, NULL);

  self->service = g_object_ref (service);
  g_signal_connect (service, "notify::state", G_CALLBACK (on_service_state), self);
  return self;
}

/* Returns: (transfer none): of @kind */
InfSeries *
inf_usage_get_series (InfUsage *self, InfUsageKind kind)
{
  return self->series[kind];
}

InfUsageRange
inf_usage_get_range (InfUsage *self)
{
  return self->range;
}

gint64
inf_usage_get_window_us (InfUsage *self)
{
  return windows_us[self->range];
}

/* Returns: bytes, 0 while that is unknown */
guint64
inf_usage_get_memory_total (InfUsage *self)
{
  InfDBusResources1 *resources = inf_service_get_resources (self->service);

  return resources ? inf_dbus_resources1_get_memory_total (resources) : 0;
}

void
inf_usage_set_range (InfUsage *self, InfUsageRange range)
{
  if (range >= INF_N_USAGE_RANGES || range == self->range)
    return;
  self->range = range;
  if (self->cancellable)
    load (self);
}

/* @is_watched: whether somebody looks; nothing is measured for nobody */
void
inf_usage_set_watched (InfUsage *self, gboolean is_watched)
{
  if (is_watched == self->is_watched)
    return;
  self->is_watched = is_watched;
  if (is_watched)
    {
      inf_service_hold_samples (self->service);
      follow (self);
    }
  else
    {
      unfollow (self);
      inf_service_release_samples (self->service);
    }
}
