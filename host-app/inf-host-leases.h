#pragma once

#include "host-app/inf-lease-item.h"
#include "inf-dbus.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_LEASES (inf_host_leases_get_type ())

G_DECLARE_FINAL_TYPE (InfHostLeases, inf_host_leases, INF, HOST_LEASES, GObject)

InfHostLeases *inf_host_leases_new (void);

GListModel *inf_host_leases_get_running (InfHostLeases *self);
GListModel *inf_host_leases_get_past (InfHostLeases *self);
guint64 inf_host_leases_get_rate (InfHostLeases *self);

void inf_host_leases_load (InfHostLeases *self, InfDBusHost1 *host, GCancellable *cancellable);
void inf_host_leases_take (InfHostLeases *self, GVariant *lease);
void inf_host_leases_forget_running (InfHostLeases *self);

G_END_DECLS
