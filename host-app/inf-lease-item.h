#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_LEASE_ITEM (inf_lease_item_get_type ())

G_DECLARE_FINAL_TYPE (InfLeaseItem, inf_lease_item, INF, LEASE_ITEM, GObject)

InfLeaseItem *inf_lease_item_new (GVariant *lease);

const char *inf_lease_item_get_id (InfLeaseItem *self);
const char *inf_lease_item_get_client (InfLeaseItem *self);
const char *inf_lease_item_get_program (InfLeaseItem *self);
const char *inf_lease_item_get_state (InfLeaseItem *self);
const char *inf_lease_item_get_end_reason (InfLeaseItem *self);
gboolean inf_lease_item_is_closed (InfLeaseItem *self);
guint inf_lease_item_get_slots (InfLeaseItem *self);
gint64 inf_lease_item_get_since_unix (InfLeaseItem *self);
gint64 inf_lease_item_get_ended_unix (InfLeaseItem *self);
gint64 inf_lease_item_get_cpu_milli (InfLeaseItem *self);
gint64 inf_lease_item_get_memory_bytes (InfLeaseItem *self);
guint64 inf_lease_item_get_earned (InfLeaseItem *self);
guint64 inf_lease_item_get_price (InfLeaseItem *self);

void inf_lease_item_update (InfLeaseItem *self, GVariant *lease);

G_END_DECLS
