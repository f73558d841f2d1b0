#include "discovery/identity/inf-revocations.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-identity-kinds.h"
#include "discovery/identity/inf-signed.h"

#include <string.h>

#define CONTEXT "infinity revocations"

/* grid, version, serials in ascending order */
#define LIST_TYPE G_VARIANT_TYPE ("(aytat)")
#define MAX_SIZE_BYTES (INF_REVOCATIONS_MAX * sizeof (guint64) + 256)

struct _InfRevocations
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  guint64 version;
  guint64 *serials;
  gsize n_serials;
};

static InfRevocations *
revocations_new (GBytes *bytes, guint64 version, const guint64 *serials, gsize n_serials)
{
  InfRevocations *revocations = g_new0 (InfRevocations, 1);

  g_atomic_ref_count_init (&revocations->ref_count);
  revocations->bytes = g_bytes_ref (bytes);
  revocations->version = version;
  revocations->serials = g_memdup2 (serials, n_serials * sizeof *serials);
  revocations->n_serials = n_serials;
  return revocations;
}

static int
compare_serials (gconstpointer a, gconstpointer b)
{
  guint64 serial_a = *(const guint64 *)a, serial_b = *(const guint64 *)b;

  return (serial_a > serial_b) - (serial_a < serial_b);
}

/**
 * inf_revocations_add:
 * @revocations: (nullable): the list so far
 * @founder: the founder's key pair
 * @grid: the grid
 * @serial: the certificate that holds no longer
 * @error: #INF_ERROR_TOO_LARGE where %INF_REVOCATIONS_MAX are listed already
 *
 * Returns: (transfer full) (nullable): the next version of the list
 */
InfRevocations *
inf_revocations_add (const InfRevocations *revocations, const InfKeypair *founder,
                     const InfGrid *grid, guint64 serial, GError **error)
{
  g_autoptr (GArray) serials = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 version = revocations ? revocations->version + 1 : 1;

  if (revocations)
    g_array_append_vals (serials, revocations->serials, (guint)revocations->n_serials);
  if (!revocations || !inf_revocations_contains (revocations, serial))
    g_array_append_val (serials, serial);
  if (serials->len > INF_REVOCATIONS_MAX)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%d members were removed already, no more fit on the list", INF_REVOCATIONS_MAX);
      return NULL;
    }
  g_array_sort (serials, compare_serials);

  GVariant *list = g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, serials->data, serials->len,
                                              sizeof (guint64));
  GVariant *body
      = g_variant_new ("(@ayt@at)", inf_grid_id_to_variant (inf_grid_get_id (grid)), version, list);
  g_autoptr (GBytes) bytes = inf_signed_new (INF_KIND_REVOCATIONS, CONTEXT, founder, body);
  return revocations_new (bytes, version, (const guint64 *)(void *)serials->data, serials->len);
}

/**
 * inf_revocations_from_bytes:
 * @bytes: a list, from anyone
 * @grid: the grid it should be for
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, #INF_ERROR_DENIED for another grid,
 *   #INF_ERROR_CORRUPT where the founder did not sign it
 *
 * Returns: (transfer full) (nullable): the list, verified
 */
InfRevocations *
inf_revocations_from_bytes (GBytes *bytes, const InfGrid *grid, GError **error)
{
  g_autoptr (GVariant) body
      = inf_signed_parse (bytes, INF_KIND_REVOCATIONS, LIST_TYPE, MAX_SIZE_BYTES, error);
  if (!body)
    return NULL;

  g_autoptr (GVariant) grid_id_field = g_variant_get_child_value (body, 0);
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 2);
  InfGridId grid_id;
  guint64 version;
  gsize n_serials;
  const guint64 *serials = g_variant_get_fixed_array (list, &n_serials, sizeof *serials);

  g_variant_get_child (body, 1, "t", &version);
  if (!inf_grid_id_from_variant (grid_id_field, &grid_id)
      || !inf_grid_id_equal (&grid_id, inf_grid_get_id (grid)))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "revocations of another grid");
      return NULL;
    }
  if (!inf_signed_verify (bytes, INF_KIND_REVOCATIONS, CONTEXT, inf_grid_get_founder (grid)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                   "revocations are not signed by the founder of %s", inf_grid_get_name (grid));
      return NULL;
    }
  return revocations_new (bytes, version, serials, n_serials);
}

InfRevocations *
inf_revocations_ref (InfRevocations *revocations)
{
  g_atomic_ref_count_inc (&revocations->ref_count);
  return revocations;
}

void
inf_revocations_unref (InfRevocations *revocations)
{
  if (!revocations || !g_atomic_ref_count_dec (&revocations->ref_count))
    return;
  g_bytes_unref (revocations->bytes);
  g_free (revocations->serials);
  g_free (revocations);
}

/**
 * inf_revocations_get_bytes:
 * @revocations: a list
 *
 * Returns: (transfer none): the bytes that were signed and that travel
 */
GBytes *
inf_revocations_get_bytes (const InfRevocations *revocations)
{
  return revocations->bytes;
}

guint64
inf_revocations_get_version (const InfRevocations *revocations)
{
  return revocations->version;
}

gboolean
inf_revocations_contains (const InfRevocations *revocations, guint64 serial)
{
  for (gsize i = 0; i < revocations->n_serials; i++)
    if (revocations->serials[i] == serial)
      return TRUE;
  return FALSE;
}
