#include "host-app/inf-host-earnings.h"

#include "host-app/inf-usage.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-credits-label.h"
#include "widgets/inf-phrases.h"
#include "widgets/inf-plot.h"

#include <glib/gi18n.h>

#define WEEK_DAYS 7

/**
 * InfHostEarnings:
 *
 * What this computer is used for and earns: amounts, and three live plots, each with its value in
 * words. infinityd measures for it only while it is in sight.
 */
struct _InfHostEarnings
{
  AdwBin parent_instance;

  InfHostModel *model;
  InfUsage *usage;
  InfCreditsLabel *today;
  InfCreditsLabel *week;
  InfCreditsLabel *balance;
  GtkDropDown *range;
  InfPlot *earned;
  InfPlot *cpu;
  InfPlot *memory;
  GtkLabel *earned_text;
  GtkLabel *cpu_text;
  GtkLabel *memory_text;
};

G_DEFINE_FINAL_TYPE (InfHostEarnings, inf_host_earnings, ADW_TYPE_BIN)

static void
show_value (GtkLabel *label, InfSeries *series, char *text)
{
  gtk_label_set_text (label, inf_series_get_length (series) ? text : _ ("Nothing measured yet"));
  g_free (text);
}

static void
show_cpu (InfSeries *series, gpointer user_data)
{
  show_value (INF_HOST_EARNINGS (user_data)->cpu_text, series,
              inf_phrase_percent (inf_series_get_latest (series)));
}

static void
show_memory (InfSeries *series, gpointer user_data)
{
  InfHostEarnings *self = user_data;
  g_autofree char *used = inf_phrase_size ((guint64)inf_series_get_latest (series));
  g_autofree char *total = inf_phrase_size (inf_usage_get_memory_total (self->usage));

  /* Translators: memory in use, of all there is */
  show_value (self->memory_text, series, g_strdup_printf (_ ("%s of %s"), used, total));
}

static void
show_earned (InfSeries *series, gpointer user_data)
{
  show_value (INF_HOST_EARNINGS (user_data)->earned_text, series,
              inf_phrase_rate ((gint64)inf_series_get_latest (series)));
}

static void
on_range_chosen (InfHostEarnings *self)
{
  InfPlot *plots[] = { self->earned, self->cpu, self->memory };

  inf_usage_set_range (self->usage, gtk_drop_down_get_selected (self->range));
  for (guint i = 0; i < G_N_ELEMENTS (plots); i++)
    inf_plot_set_window (plots[i], inf_usage_get_window_us (self->usage));
}

static void
on_week (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfHostEarnings) self = user_data;
  g_autoptr (GVariant) earnings = NULL;
  guint64 sum = 0;
  guint64 amount;
  GVariantIter iter;

  if (!inf_dbus_resources1_call_get_earnings_finish (INF_DBUS_RESOURCES1 (source), &earnings,
                                                     result, NULL))
    return;
  g_variant_iter_init (&iter, earnings);
  while (g_variant_iter_next (&iter, "(xtu)", NULL, &amount, NULL))
    sum += amount;
  if (self->model)
    inf_credits_label_set_amount (self->week, (gint64)sum,
                                  (double)inf_host_model_get_earning_rate (self->model));
}

static void
ask_for_week (InfHostEarnings *self)
{
  InfDBusResources1 *resources
      = inf_service_get_resources (inf_host_model_get_service (self->model));

  if (resources)
    inf_dbus_resources1_call_get_earnings (resources, WEEK_DAYS, NULL, on_week,
                                           g_object_ref (self));
}

static void
update (InfHostEarnings *self)
{
  InfDBusCredits1 *credits = inf_service_get_credits (inf_host_model_get_service (self->model));

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  inf_credits_label_set_amount (self->today, (gint64)inf_host_model_get_earned_today (self->model),
                                (double)inf_host_model_get_earning_rate (self->model));
  if (credits)
    inf_credits_label_set_amount (self->balance, inf_dbus_credits1_get_balance (credits), 0);
  inf_plot_set_limit (self->memory, (double)inf_usage_get_memory_total (self->usage));
}

static void
inf_host_earnings_map (GtkWidget *widget)
{
  InfHostEarnings *self = INF_HOST_EARNINGS (widget);

  GTK_WIDGET_CLASS (inf_host_earnings_parent_class)->map (widget);
  if (!self->model)
    return;
  inf_usage_set_watched (self->usage, TRUE);
  ask_for_week (self);
  update (self);
}

static void
inf_host_earnings_unmap (GtkWidget *widget)
{
  InfHostEarnings *self = INF_HOST_EARNINGS (widget);

  if (self->usage)
    inf_usage_set_watched (self->usage, FALSE);
  GTK_WIDGET_CLASS (inf_host_earnings_parent_class)->unmap (widget);
}

static void
inf_host_earnings_dispose (GObject *object)
{
  InfHostEarnings *self = INF_HOST_EARNINGS (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  for (guint i = 0; self->usage && i < INF_N_USAGE_KINDS; i++)
    g_signal_handlers_disconnect_by_data (inf_usage_get_series (self->usage, i), self);
  g_clear_object (&self->usage);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_host_earnings_parent_class)->dispose (object);
}

static void
inf_host_earnings_class_init (InfHostEarningsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_host_earnings_dispose;
  widget_class->map = inf_host_earnings_map;
  widget_class->unmap = inf_host_earnings_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Host/inf-host-earnings.ui");
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, today);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, week);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, balance);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, range);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, earned);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, cpu);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, memory);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, earned_text);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, cpu_text);
  gtk_widget_class_bind_template_child (widget_class, InfHostEarnings, memory_text);
}

static void
inf_host_earnings_init (InfHostEarnings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_name_inner (GTK_WIDGET (self->range), GTK_TYPE_BUTTON, _ ("Time shown"));
  inf_plot_set_label (self->earned, _ ("Credits an hour"));
  inf_plot_set_label (self->cpu, _ ("Processors in use"));
  inf_plot_set_label (self->memory, _ ("Memory in use"));
}

static void
follow (InfHostEarnings *self, InfUsageKind kind, InfPlot *plot, InfPlotUnit unit,
        GCallback show_latest)
{
  InfSeries *series = inf_usage_get_series (self->usage, kind);

  inf_plot_set_series (plot, series, unit);
  g_signal_connect (series, "changed", show_latest, self);
}

/**
 * inf_host_earnings_set_model:
 * @self: a page that has none yet
 * @model: what it shows
 */
void
inf_host_earnings_set_model (InfHostEarnings *self, InfHostModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  self->usage = inf_usage_new (inf_host_model_get_service (model));
  follow (self, INF_USAGE_EARNED, self->earned, INF_PLOT_CREDITS, G_CALLBACK (show_earned));
  follow (self, INF_USAGE_CPU, self->cpu, INF_PLOT_PERCENT, G_CALLBACK (show_cpu));
  follow (self, INF_USAGE_MEMORY, self->memory, INF_PLOT_BYTES, G_CALLBACK (show_memory));
  g_signal_connect_swapped (self->range, "notify::selected", G_CALLBACK (on_range_chosen), self);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  update (self);
}
