#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfBusSubscribers:
 *
 * The clients of the bus that asked for signals that are not for everybody. One that is gone asks
 * for nothing.
 */
typedef struct _InfBusSubscribers InfBusSubscribers;

InfBusSubscribers *inf_bus_subscribers_new (GFunc changed, gpointer user_data);
void inf_bus_subscribers_free (InfBusSubscribers *subscribers);

guint inf_bus_subscribers_get_length (InfBusSubscribers *subscribers);

void inf_bus_subscribers_add (InfBusSubscribers *subscribers, GDBusConnection *connection);
void inf_bus_subscribers_remove (InfBusSubscribers *subscribers, GDBusConnection *connection);
void inf_bus_subscribers_emit (InfBusSubscribers *subscribers, const char *interface,
                               const char *signal, GVariant *arguments);

G_END_DECLS
