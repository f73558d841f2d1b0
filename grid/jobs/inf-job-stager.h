#pragma once

#include "discovery/files/inf-store-pins.h"
#include "grid/jobs/inf-job-spec.h"

#include <gio/gio.h>

G_BEGIN_DECLS

void inf_job_stager_hash_async (InfStore *store, InfJobSpec *spec, const char *program_path,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
InfStorePins *inf_job_stager_hash_finish (GAsyncResult *result, GError **error);

G_END_DECLS
