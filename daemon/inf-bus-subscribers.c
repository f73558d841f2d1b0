#include "daemon/inf-bus-subscribers.h"

#include "daemon/inf-bus.h"

struct _InfBusSubscribers
{
  GHashTable *connections; /* of GDBusConnection */
  GFunc changed;
  gpointer user_data;
};

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer user_data)
{
  inf_bus_subscribers_remove (user_data, connection);
}

static void
tell_that_they_changed (InfBusSubscribers *subscribers)
{
  if (subscribers->changed)
    subscribers->changed (subscribers, subscribers->user_data);
}

/**
 * inf_bus_subscribers_new:
 * @changed: (nullable): called with the subscribers and @user_data when one comes or goes
 * @user_data: for @changed
 *
 * Returns: (transfer full): nobody yet
 */
InfBusSubscribers *
inf_bus_subscribers_new (GFunc changed, gpointer user_data)
{
  InfBusSubscribers *subscribers = g_new0 (InfBusSubscribers, 1);

  subscribers->connections = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  subscribers->changed = changed;
  subscribers->user_data = user_data;
  return subscribers;
}

void
inf_bus_subscribers_free (InfBusSubscribers *subscribers)
{
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, subscribers->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    g_signal_handlers_disconnect_by_data (connection, subscribers);
  g_hash_table_unref (subscribers->connections);
  g_free (subscribers);
}

guint
inf_bus_subscribers_get_length (InfBusSubscribers *subscribers)
{
  return g_hash_table_size (subscribers->connections);
}

/* Asking twice is asking once. */
void
inf_bus_subscribers_add (InfBusSubscribers *subscribers, GDBusConnection *connection)
{
  if (!g_hash_table_add (subscribers->connections, g_object_ref (connection)))
    return;
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), subscribers);
  tell_that_they_changed (subscribers);
}

void
inf_bus_subscribers_remove (InfBusSubscribers *subscribers, GDBusConnection *connection)
{
  if (!g_hash_table_contains (subscribers->connections, connection))
    return;
  g_signal_handlers_disconnect_by_data (connection, subscribers);
  g_hash_table_remove (subscribers->connections, connection);
  tell_that_they_changed (subscribers);
}

/**
 * inf_bus_subscribers_emit:
 * @subscribers: who hears it
 * @interface: of the contract, whole
 * @signal: its name
 * @arguments: a tuple, taken when floating
 */
void
inf_bus_subscribers_emit (InfBusSubscribers *subscribers, const char *interface, const char *signal,
                          GVariant *arguments)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, subscribers->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    g_dbus_connection_emit_signal (connection, NULL, INF_BUS_OBJECT_PATH, interface, signal, owned,
                                   NULL);
}
