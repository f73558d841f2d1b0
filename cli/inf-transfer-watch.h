#pragma once

#include "cli/inf-client.h"

G_BEGIN_DECLS

GVariant *inf_transfer_watch (InfClient *client, InfDBusFiles1 *files, const char *transfer,
                              gboolean shows_progress, int *ret_signal, GError **error);

G_END_DECLS
