#include "daemon/inf-bus-views.h"

#include "common/inf-error.h"
#include "daemon/inf-bus-subscribers.h"
#include "daemon/inf-earnings.h"
#include "inf-dbus.h"

#define MAX_DAYS 366
#define INTERFACE "org.infinitygrid.Resources1"

typedef struct
{
  InfNode *node;
  InfBusSubscribers *subscribers;
} View;

static GVariant *
describe_sample (View *view, const InfSample *sample)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "time-unix", "x", sample->time_unix_us);
  for (guint i = 0; i < INF_N_SAMPLE_KINDS; i++)
    g_variant_dict_insert (&dict, inf_sample_kind_to_text (i), "d", sample->values[i]);
  g_variant_dict_insert (&dict, "earned-today", "t",
                         inf_resources_get_earned_today (inf_node_get_resources (view->node)));
  return g_variant_dict_end (&dict);
}

/* To those only who asked for it. */
static void
on_sample (const InfSample *sample, gpointer user_data)
{
  View *view = user_data;

  inf_bus_subscribers_emit (view->subscribers, INTERFACE, "Sample",
                            g_variant_new ("(@a{sv})", describe_sample (view, sample)));
  inf_node_emit_leases_used (view->node);
}

static void
update_live (gpointer subscribers, gpointer user_data)
{
  View *view = user_data;
  gboolean is_live = inf_bus_subscribers_get_length (subscribers) > 0;

  inf_resources_set_live (inf_node_get_resources (view->node), is_live ? on_sample : NULL, view);
}

static gboolean
handle_subscribe (InfDBusResources1 *skeleton, GDBusMethodInvocation *invocation, View *view)
{
  inf_bus_subscribers_add (view->subscribers, g_dbus_method_invocation_get_connection (invocation));
  inf_dbus_resources1_complete_subscribe (skeleton, invocation);
  return TRUE;
}

static gboolean
handle_unsubscribe (InfDBusResources1 *skeleton, GDBusMethodInvocation *invocation, View *view)
{
  inf_bus_subscribers_remove (view->subscribers,
                              g_dbus_method_invocation_get_connection (invocation));
  inf_dbus_resources1_complete_unsubscribe (skeleton, invocation);
  return TRUE;
}

static GArray *
list_samples (View *view, const char *kind, gint64 since_unix_us, guint step_s,
              InfSampleKind *ret_kind, GError **error)
{
  if (inf_sample_kind_from_text (kind, ret_kind))
    return inf_resources_list_samples (inf_node_get_resources (view->node), since_unix_us, step_s,
                                       error);
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "there is no history of “%s”", kind);
  return NULL;
}

static gboolean
handle_get_history (InfDBusResources1 *skeleton, GDBusMethodInvocation *invocation,
                    const char *kind_text, gint64 since_unix_us, guint step_s, View *view)
{
  GError *error = NULL;
  InfSampleKind kind = 0;
  g_autoptr (GArray) samples = list_samples (view, kind_text, since_unix_us, step_s, &kind, &error);
  GVariantBuilder builder;

  if (!samples)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xd)"));
  for (guint i = 0; i < samples->len; i++)
    {
      const InfSample *sample = &g_array_index (samples, InfSample, i);
      g_variant_builder_add (&builder, "(xd)", sample->time_unix_us, sample->values[kind]);
    }
  inf_dbus_resources1_complete_get_history (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static GArray *
list_earnings (View *view, guint n_days, GError **error)
{
  if (n_days >= 1 && n_days <= MAX_DAYS)
    return inf_resources_list_earnings (inf_node_get_resources (view->node), n_days, error);
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "earnings are of 1 to %u days, not %u",
               MAX_DAYS, n_days);
  return NULL;
}

static gboolean
handle_get_earnings (InfDBusResources1 *skeleton, GDBusMethodInvocation *invocation, guint n_days,
                     View *view)
{
  GError *error = NULL;
  g_autoptr (GArray) days = list_earnings (view, n_days, &error);
  GVariantBuilder builder;

  if (!days)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xtu)"));
  for (guint i = 0; i < days->len; i++)
    {
      const InfEarningDay *day = &g_array_index (days, InfEarningDay, i);
      g_variant_builder_add (&builder, "(xtu)", day->begin_unix_us, day->amount_ucredits,
                             day->n_leases);
    }
  inf_dbus_resources1_complete_get_earnings (skeleton, invocation,
                                             g_variant_builder_end (&builder));
  return TRUE;
}

static void
view_free (gpointer data)
{
  View *view = data;

  inf_bus_subscribers_free (view->subscribers);
  g_free (view);
}

/**
 * inf_bus_resources_new:
 * @node: the node
 *
 * Returns: (transfer full): org.infinitygrid.Resources1
 */
GDBusInterfaceSkeleton *
inf_bus_resources_new (InfNode *node)
{
  InfDBusResources1 *skeleton = inf_dbus_resources1_skeleton_new ();
  View *view = g_new0 (View, 1);

  view->node = node;
  view->subscribers = inf_bus_subscribers_new (update_live, view);
  g_object_set_data_full (G_OBJECT (skeleton), "view", view, view_free);
  inf_dbus_resources1_set_cores (skeleton, inf_node_get_machine (node)->cores);
  inf_dbus_resources1_set_memory_total (skeleton, inf_node_get_machine (node)->memory_bytes);
  g_signal_connect (skeleton, "handle-get-history", G_CALLBACK (handle_get_history), view);
  g_signal_connect (skeleton, "handle-get-earnings", G_CALLBACK (handle_get_earnings), view);
  g_signal_connect (skeleton, "handle-subscribe", G_CALLBACK (handle_subscribe), view);
  g_signal_connect (skeleton, "handle-unsubscribe", G_CALLBACK (handle_unsubscribe), view);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
