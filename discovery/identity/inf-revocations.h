#pragma once

#include "discovery/identity/inf-grid.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_REVOCATIONS_MAX 1000

/**
 * InfRevocations:
 *
 * The founder's signed list of certificates, by serial, that hold no longer. A list with a higher
 * version replaces one with a lower. Reference counted, never changes.
 */
typedef struct _InfRevocations InfRevocations;

InfRevocations *inf_revocations_add (const InfRevocations *revocations, const InfKeypair *founder,
                                     const InfGrid *grid, guint64 serial, GError **error);
InfRevocations *inf_revocations_from_bytes (GBytes *bytes, const InfGrid *grid, GError **error);
InfRevocations *inf_revocations_ref (InfRevocations *revocations);
void inf_revocations_unref (InfRevocations *revocations);

GBytes *inf_revocations_get_bytes (const InfRevocations *revocations);
guint64 inf_revocations_get_version (const InfRevocations *revocations);
gboolean inf_revocations_contains (const InfRevocations *revocations, guint64 serial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfRevocations, inf_revocations_unref)

G_END_DECLS
