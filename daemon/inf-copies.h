#pragma once

#include "common/inf-copy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_COPIES (inf_copies_get_type ())
G_DECLARE_FINAL_TYPE (InfCopies, inf_copies, INF, COPIES, GObject)

/**
 * InfCopies:
 *
 * What is being copied for clients, in threads. Each is known by its client and by what that client
 * calls it.
 *
 * Signals:
 * `progress` (gpointer client, const char *id, guint64 done_bytes, guint64 total_bytes)
 */

InfCopies *inf_copies_new (void);

InfCopy *inf_copies_begin (InfCopies *copies, gpointer client, const char *id, GError **error);
void inf_copies_end (InfCopies *copies, InfCopy *copy);
gboolean inf_copies_cancel (InfCopies *copies, gpointer client, const char *id, GError **error);

void inf_copies_stop_async (InfCopies *copies, GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_copies_stop_finish (InfCopies *copies, GAsyncResult *result, GError **error);

G_END_DECLS
