#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_WIRE_VERSION 1

GBytes *inf_wire_encode (guint8 kind, GVariant *body);
GVariant *inf_wire_decode (GBytes *bytes, guint8 kind, const GVariantType *type,
                           gsize max_size_bytes, GError **error);
GVariant *inf_wire_reopen (GBytes *bytes, const GVariantType *type);
gboolean inf_wire_peek_kind (const guint8 *data, gsize size_bytes, guint8 *ret_kind);

GBytes *inf_wire_bytes_from_variant (GVariant *value);
GVariant *inf_wire_variant_from_bytes (GBytes *bytes);
GVariant *inf_wire_variant_from_data (const void *data, gsize size_bytes);

G_END_DECLS
