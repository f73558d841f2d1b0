#pragma once

#include "widgets/inf-service.h"

G_BEGIN_DECLS

#define INF_TYPE_COPYING (inf_copying_get_type ())

G_DECLARE_FINAL_TYPE (InfCopying, inf_copying, INF, COPYING, GObject)

/**
 * InfCopyingDone:
 * @answer: (nullable): what infinityd answered
 * @error: (nullable): why it did not copy, fit to be shown; %INF_ERROR_CANCELLED when that was
 *   wanted
 */
typedef void (*InfCopyingDone) (InfCopying *copying, GVariant *answer, GError *error,
                                gpointer user_data);

InfCopying *inf_copying_new (InfService *service);

const char *inf_copying_get_id (InfCopying *self);
guint64 inf_copying_get_done_bytes (InfCopying *self);
guint64 inf_copying_get_total_bytes (InfCopying *self);
gint64 inf_copying_get_began_unix (InfCopying *self);

void inf_copying_begin (InfCopying *self, gpointer proxy, const char *method, GVariant *arguments,
                        InfCopyingDone done, gpointer user_data);
void inf_copying_cancel (InfCopying *self);

G_END_DECLS
