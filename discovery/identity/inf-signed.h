#pragma once

#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

GBytes *inf_signed_new (guint8 kind, const char *context, const InfKeypair *keypair,
                        GVariant *body);
GVariant *inf_signed_parse (GBytes *bytes, guint8 kind, const GVariantType *type,
                            gsize max_size_bytes, GError **error);
GVariant *inf_signed_reopen (GBytes *bytes, const GVariantType *type);
gboolean inf_signed_verify (GBytes *bytes, guint8 kind, const char *context,
                            const InfPublicKey *key);

G_END_DECLS
