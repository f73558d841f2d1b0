#include "discovery/identity/inf-grid.h"

#include "common/inf-base32.h"
#include "common/inf-error.h"
#include "common/inf-sha256.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-name.h"

#include <sodium.h>
#include <string.h>

#define NONCE_SIZE_BYTES 16

G_STATIC_ASSERT (INF_GRID_ID_SIZE_BYTES == INF_SHA256_SIZE_BYTES);

struct _InfGrid
{
  gatomicrefcount ref_count;
  InfGridId id;
  char *name;
  InfPublicKey founder;
  guint8 nonce[NONCE_SIZE_BYTES];
  guint8 key[INF_GRID_KEY_SIZE_BYTES];
};

/* Names founder, nonce and name in one digest: nobody can found a second grid with this id. */
static void
compute_id (InfGrid *grid)
{
  g_autoptr (InfSha256) hash = inf_sha256_new ();

  inf_sha256_update (hash, grid->founder.bytes, sizeof grid->founder.bytes);
  inf_sha256_update (hash, grid->nonce, sizeof grid->nonce);
  inf_sha256_update (hash, grid->name, strlen (grid->name));
  inf_sha256_finish (hash, grid->id.bytes);
}

/**
 * inf_grid_found:
 * @founder: who signs the grid's certificates
 * @name: what people call it; see inf_name_is_valid()
 * @error: #INF_ERROR_INVALID for a name that can't be used
 *
 * Returns: (transfer full) (nullable): a new grid with a fresh id and secret
 */
InfGrid *
inf_grid_found (const InfPublicKey *founder, const char *name, GError **error)
{
  if (!inf_name_is_valid (name))
    {
      g_set_error (
          error, INF_ERROR, INF_ERROR_INVALID,
          "a grid's name is 1 to %d printable characters and begins with a letter or digit",
          INF_NAME_MAX_BYTES);
      return NULL;
    }

  InfGrid *grid = g_new0 (InfGrid, 1);
  g_atomic_ref_count_init (&grid->ref_count);
  grid->name = g_strdup (name);
  grid->founder = *founder;
  randombytes_buf (grid->nonce, sizeof grid->nonce);
  randombytes_buf (grid->key, sizeof grid->key);
  compute_id (grid);
  return grid;
}

static gboolean
copy_exactly (GVariant *parent, guint index, guint8 *ret_bytes, gsize size_bytes)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, index);
  gsize size;
  const void *data = g_variant_get_fixed_array (child, &size, 1);

  if (size != size_bytes)
    return FALSE;
  memcpy (ret_bytes, data, size);
  return TRUE;
}

/**
 * inf_grid_from_variant:
 * @value: of type %INF_GRID_VARIANT_TYPE, from anyone
 * @error: #INF_ERROR_INVALID
 *
 * The id is computed, never taken from @value; compare it with the one that was promised.
 *
 * Returns: (transfer full) (nullable): the grid
 */
InfGrid *
inf_grid_from_variant (GVariant *value, GError **error)
{
  g_autoptr (InfGrid) grid = g_new0 (InfGrid, 1);

  g_atomic_ref_count_init (&grid->ref_count);
  g_variant_get_child (value, 1, "s", &grid->name);
  if (!inf_name_is_valid (grid->name) || !copy_exactly (value, 0, grid->nonce, sizeof grid->nonce)
      || !copy_exactly (value, 2, grid->founder.bytes, sizeof grid->founder.bytes)
      || !copy_exactly (value, 3, grid->key, sizeof grid->key))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not the description of a grid");
      return NULL;
    }
  compute_id (grid);
  return g_steal_pointer (&grid);
}

InfGrid *
inf_grid_ref (InfGrid *grid)
{
  g_atomic_ref_count_inc (&grid->ref_count);
  return grid;
}

void
inf_grid_unref (InfGrid *grid)
{
  if (!grid || !g_atomic_ref_count_dec (&grid->ref_count))
    return;
  g_free (grid->name);
  sodium_memzero (grid, sizeof *grid);
  g_free (grid);
}

const InfGridId *
inf_grid_get_id (const InfGrid *grid)
{
  return &grid->id;
}

const char *
inf_grid_get_name (const InfGrid *grid)
{
  return grid->name;
}

const InfPublicKey *
inf_grid_get_founder (const InfGrid *grid)
{
  return &grid->founder;
}

/**
 * inf_grid_get_key:
 * @grid: a grid
 *
 * Returns: (transfer none) (array fixed-size=32): the secret that members share
 */
const guint8 *
inf_grid_get_key (const InfGrid *grid)
{
  return grid->key;
}

/**
 * inf_grid_to_variant:
 * @grid: a grid
 *
 * Returns: (transfer floating): everything about @grid, its secret too: for members and their disks
 */
GVariant *
inf_grid_to_variant (const InfGrid *grid)
{
  return g_variant_new ("(@ays@ay@ay)",
                        inf_wire_variant_from_data (grid->nonce, sizeof grid->nonce), grid->name,
                        inf_public_key_to_variant (&grid->founder),
                        inf_wire_variant_from_data (grid->key, sizeof grid->key));
}

gboolean
inf_grid_id_equal (const InfGridId *a, const InfGridId *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

char *
inf_grid_id_to_text (const InfGridId *id)
{
  return inf_base32_encode (id->bytes, sizeof id->bytes);
}

GVariant *
inf_grid_id_to_variant (const InfGridId *id)
{
  return inf_wire_variant_from_data (id->bytes, sizeof id->bytes);
}

/**
 * inf_grid_id_from_variant:
 * @value: an "ay" from anyone
 * @ret_id: (out): the id; left alone on failure
 *
 * Returns: whether @value has an id's size
 */
gboolean
inf_grid_id_from_variant (GVariant *value, InfGridId *ret_id)
{
  gsize size;
  const void *data = g_variant_get_fixed_array (value, &size, 1);

  if (size != sizeof ret_id->bytes)
    return FALSE;
  memcpy (ret_id->bytes, data, size);
  return TRUE;
}
