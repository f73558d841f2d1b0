#include "discovery/identity/inf-membership-private.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-identity-kinds.h"
#include "discovery/identity/inf-secret-file.h"

#include <errno.h>
#include <glib/gstdio.h>

/* A membership on disk. Signatures are verified again when it is read. */

#define FILE_NAME "membership"
#define MAX_SIZE_BYTES (16u << 20)

/* grid, own certificate, revocations, next serial, welcome grant, issued (serial, peer, name, time)
 */
#define FILE_TYPE G_VARIANT_TYPE ("(" INF_GRID_VARIANT_TYPE "ayaytta(taysx))")

static gboolean
read_issued (InfMembership *membership, GVariant *list)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) peer_id = g_variant_get_child_value (child, 1);
      g_autoptr (InfIssued) issued = g_new0 (InfIssued, 1);
      g_variant_get (child, "(t@aysx)", &issued->serial, NULL, &issued->name,
                     &issued->issued_unix_us);
      if (!inf_peer_id_from_variant (peer_id, &issued->peer_id))
        return FALSE;
      g_ptr_array_add (membership->issued, g_steal_pointer (&issued));
    }
  return TRUE;
}

static InfMembership *
membership_from_file (GVariant *body, InfKeypair *keypair, GError **error)
{
  g_autoptr (GVariant) grid_field = g_variant_get_child_value (body, 0);
  g_autoptr (GVariant) certificate_field = g_variant_get_child_value (body, 1);
  g_autoptr (GVariant) revocations_field = g_variant_get_child_value (body, 2);
  g_autoptr (GVariant) issued_field = g_variant_get_child_value (body, 5);
  g_autoptr (InfGrid) grid = inf_grid_from_variant (grid_field, error);
  if (!grid)
    return NULL;

  g_autoptr (InfMembership) membership = inf_membership_new (keypair, grid);
  g_autoptr (GBytes) certificate = inf_wire_bytes_from_variant (certificate_field);
  g_autoptr (GBytes) revocations = inf_wire_bytes_from_variant (revocations_field);
  g_variant_get_child (body, 3, "t", &membership->next_serial);
  g_variant_get_child (body, 4, "t", &membership->grant_ucredits);
  if (g_bytes_get_size (revocations) > 0
      && !inf_membership_update_revocations (membership, revocations, NULL, error))
    return NULL;
  /* Neither expiry nor revocation is looked at: such a node must be able to start and say so. */
  membership->certificate = inf_certificate_from_bytes (certificate, error);
  if (!membership->certificate)
    return NULL;
  if (!inf_certificate_verify (membership->certificate, grid, G_MININT64, error))
    return NULL;
  if (!inf_peer_id_equal (inf_certificate_get_peer_id (membership->certificate),
                          inf_keypair_get_peer_id (keypair))
      || !read_issued (membership, issued_field))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "the membership file does not belong to this node's identity");
      return NULL;
    }
  return g_steal_pointer (&membership);
}

/**
 * inf_membership_load:
 * @state_dir: a node's state directory
 * @keypair: the node's key pair
 * @error: #INF_ERROR_NOT_FOUND where the node is in no grid, #INF_ERROR_INVALID,
 *   #INF_ERROR_CORRUPT, #INF_ERROR_FAILED
 *
 * A membership that has expired or was revoked loads; inf_membership_check_certificate() tells.
 *
 * Returns: (transfer full) (nullable): the membership
 */
InfMembership *
inf_membership_load (const char *state_dir, InfKeypair *keypair, GError **error)
{
  g_autoptr (GBytes) bytes = inf_secret_file_load (state_dir, FILE_NAME, error);
  if (!bytes)
    return NULL;
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_MEMBERSHIP_FILE, FILE_TYPE, MAX_SIZE_BYTES, error);
  InfMembership *membership = body ? membership_from_file (body, keypair, error) : NULL;

  if (!membership)
    g_prefix_error (error, "%s/" FILE_NAME ": ", state_dir);
  return membership;
}

/**
 * inf_membership_save:
 * @membership: a membership
 * @state_dir: a node's state directory
 * @error: #INF_ERROR_FAILED
 *
 * Call it after every change, and before a certificate that was issued is handed out.
 *
 * Returns: whether the membership is on disk, written whole, mode 0600
 */
gboolean
inf_membership_save (const InfMembership *membership, const char *state_dir, GError **error)
{
  GVariantBuilder issued_list;

  g_variant_builder_init (&issued_list, G_VARIANT_TYPE ("a(taysx)"));
  for (guint i = 0; i < membership->issued->len; i++)
    {
      const InfIssued *issued = g_ptr_array_index (membership->issued, i);
      g_variant_builder_add (&issued_list, "(t@aysx)", issued->serial,
                             inf_peer_id_to_variant (&issued->peer_id), issued->name,
                             issued->issued_unix_us);
    }
  GBytes *revocations
      = membership->revocations ? inf_revocations_get_bytes (membership->revocations) : NULL;
  GVariant *body = g_variant_new (
      "(@" INF_GRID_VARIANT_TYPE "@ay@aytt@a(taysx))", inf_grid_to_variant (membership->grid),
      inf_wire_variant_from_bytes (inf_certificate_get_bytes (membership->certificate)),
      inf_wire_variant_from_bytes (revocations), membership->next_serial,
      membership->grant_ucredits, g_variant_builder_end (&issued_list));
  g_autoptr (GBytes) bytes = inf_wire_encode (INF_KIND_MEMBERSHIP_FILE, body);
  return inf_secret_file_save (state_dir, FILE_NAME, bytes, error);
}

/**
 * inf_membership_forget:
 * @state_dir: a node's state directory
 * @error: #INF_ERROR_FAILED
 *
 * For a node that leaves its grid for good. A founder that does so orphans the grid.
 *
 * Returns: whether no membership is on disk any more
 */
gboolean
inf_membership_forget (const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, FILE_NAME, NULL);

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  return FALSE;
}
