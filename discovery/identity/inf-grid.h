#pragma once

#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_GRID_ID_SIZE_BYTES 32
#define INF_GRID_KEY_SIZE_BYTES 32

/**
 * InfGridId:
 * @bytes: SHA-256 over the founder's public key, a random nonce and the grid's name
 */
typedef struct
{
  guint8 bytes[INF_GRID_ID_SIZE_BYTES];
} InfGridId;

/**
 * InfGrid:
 *
 * What every member of a grid shares: its id, name, founder, and the secret that first contacts
 * are sealed with. Reference counted, never changes.
 */
typedef struct _InfGrid InfGrid;

InfGrid *inf_grid_found (const InfPublicKey *founder, const char *name, GError **error);
InfGrid *inf_grid_from_variant (GVariant *value, GError **error);
InfGrid *inf_grid_ref (InfGrid *grid);
void inf_grid_unref (InfGrid *grid);

const InfGridId *inf_grid_get_id (const InfGrid *grid);
const char *inf_grid_get_name (const InfGrid *grid);
const InfPublicKey *inf_grid_get_founder (const InfGrid *grid);
const guint8 *inf_grid_get_key (const InfGrid *grid);
GVariant *inf_grid_to_variant (const InfGrid *grid);

gboolean inf_grid_id_equal (const InfGridId *a, const InfGridId *b);
char *inf_grid_id_to_text (const InfGridId *id);
GVariant *inf_grid_id_to_variant (const InfGridId *id);
gboolean inf_grid_id_from_variant (GVariant *value, InfGridId *ret_id);

#define INF_GRID_VARIANT_TYPE "(aysayay)"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfGrid, inf_grid_unref)

G_END_DECLS
