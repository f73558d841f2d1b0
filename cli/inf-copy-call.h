#pragma once

#include "cli/inf-client.h"

G_BEGIN_DECLS

/* What this program calls the copy that it has under way: it never has two. */
#define INF_COPY_ID "copy"

GVariant *inf_copy_call (InfClient *client, gpointer proxy, const char *method, GVariant *arguments,
                         gboolean shows_progress, GError **error);

G_END_DECLS
