#pragma once

#include "grid/ledger/inf-ledger.h"

#include <glib.h>

G_BEGIN_DECLS

/* What goes along with an identity that is exported: its membership, its open invites and its
 * accounts, as names and contents of files of the state directory. */

GVariant *inf_identity_export_pack (const char *state_dir, InfLedger *open_ledger, GError **error);
gboolean inf_identity_export_unpack (GVariant *files, const char *state_dir, GError **error);
gboolean inf_identity_export_is_name (const char *name);
gboolean inf_identity_export_has_account (const char *state_dir);

G_END_DECLS
