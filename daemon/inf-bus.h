#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_BUS_OBJECT_PATH "/org/infinitygrid"

typedef struct _InfBus InfBus;

InfBus *inf_bus_new (const char *socket_path, GError **error);
void inf_bus_add (InfBus *bus, GDBusInterfaceSkeleton *skeleton);
void inf_bus_start (InfBus *bus);
void inf_bus_free (InfBus *bus);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfBus, inf_bus_free)

G_END_DECLS
