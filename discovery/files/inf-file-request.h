#pragma once

#include "discovery/files/inf-store.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_SERVICE_FILES "infinity-files"
#define INF_KIND_FILE_REQUEST 70

GBytes *inf_file_request_encode (const InfObjectId *id);
gboolean inf_file_request_decode (InfObjectId *ret_id, GBytes *bytes, GError **error);

G_END_DECLS
