#pragma once

#include "discovery/files/inf-store.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_SERVICE_FILES "infinity-files"
#define INF_KIND_FILE_REQUEST 70

/* An object's id in an envelope of @kind, for the messages that are no more than that. */
GBytes *inf_file_id_encode (guint8 kind, const InfObjectId *id);
gboolean inf_file_id_decode (guint8 kind, InfObjectId *ret_id, GBytes *bytes, GError **error);

GBytes *inf_file_request_encode (const InfObjectId *id);
gboolean inf_file_request_decode (InfObjectId *ret_id, GBytes *bytes, GError **error);

G_END_DECLS
