#pragma once

#include "discovery/files/inf-store.h"
#include "discovery/link/inf-links.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_FILES (inf_files_get_type ())
G_DECLARE_FINAL_TYPE (InfFiles, inf_files, INF, FILES, GObject)

/**
 * InfFilesProgressFunc:
 * @got_bytes: verified or not, so far
 * @size_bytes: of the whole object
 */
typedef void (*InfFilesProgressFunc) (guint64 got_bytes, guint64 size_bytes, gpointer user_data);

InfFiles *inf_files_new (InfLinks *links, InfStore *store);

/* Fetches a whole object into the store, verified; at once when it is there already. */
void inf_files_fetch_async (InfFiles *files, InfEndpoint *endpoint, const InfObjectId *id,
                            guint64 size_bytes, GCancellable *cancellable,
                            InfFilesProgressFunc progress, gpointer progress_data,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_files_fetch_finish (InfFiles *files, GAsyncResult *result, GError **error);

G_END_DECLS
