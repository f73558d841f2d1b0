#include "discovery/identity/inf-membership-private.h"

#include "common/inf-error.h"

#include <string.h>

/* Nothing renews certificates yet, so they hold long; who must go earlier is revoked. */
#define CERTIFICATE_LIFETIME_US (G_GINT64_CONSTANT (5) * 365 * 24 * 3600 * G_USEC_PER_SEC)

void
inf_issued_free (InfIssued *issued)
{
  if (!issued)
    return;
  g_free (issued->name);
  g_free (issued);
}

InfMembership *
inf_membership_new (InfKeypair *keypair, InfGrid *grid)
{
  InfMembership *membership = g_new0 (InfMembership, 1);

  g_atomic_ref_count_init (&membership->ref_count);
  membership->keypair = inf_keypair_ref (keypair);
  membership->grid = inf_grid_ref (grid);
  membership->next_serial = 1;
  membership->issued = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_issued_free);
  return membership;
}

/**
 * inf_membership_found:
 * @keypair: the founder's key pair
 * @grid_name: what the grid is called
 * @node_name: what this node is called
 * @grant_ucredits: the welcome grant that every certificate carries, the founder's own too
 * @now_unix_us: the time
 * @error: #INF_ERROR_INVALID for a name that can't be used
 *
 * Returns: (transfer full) (nullable): the founder's membership in a new grid, not saved yet
 */
InfMembership *
inf_membership_found (InfKeypair *keypair, const char *grid_name, const char *node_name,
                      guint64 grant_ucredits, gint64 now_unix_us, GError **error)
{
  g_autoptr (InfGrid) grid
      = inf_grid_found (inf_keypair_get_public_key (keypair), grid_name, error);
  if (!grid)
    return NULL;

  g_autoptr (InfMembership) membership = inf_membership_new (keypair, grid);
  membership->grant_ucredits = grant_ucredits;
  membership->certificate = inf_membership_issue (membership, inf_keypair_get_public_key (keypair),
                                                  node_name, now_unix_us, error);
  if (!membership->certificate)
    return NULL;
  return g_steal_pointer (&membership);
}

/* A certificate for this node's own key that holds, or NULL. */
static InfCertificate *
check_own (const InfMembership *membership, GBytes *bytes, gint64 now_unix_us, GError **error)
{
  g_autoptr (InfCertificate) certificate
      = inf_membership_check (membership, bytes, now_unix_us, error);

  if (!certificate)
    return NULL;
  if (!inf_peer_id_equal (inf_certificate_get_peer_id (certificate),
                          inf_keypair_get_peer_id (membership->keypair)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
                   "the certificate is for another node's key, of %s",
                   inf_certificate_get_name (certificate));
      return NULL;
    }
  return g_steal_pointer (&certificate);
}

/**
 * inf_membership_join:
 * @keypair: this node's key pair
 * @grid: the grid
 * @certificate: this node's certificate, from anyone
 * @revocations: (nullable): the founder's list, from anyone
 * @now_unix_us: the time
 * @error: as inf_membership_check() and inf_revocations_from_bytes()
 *
 * Returns: (transfer full) (nullable): the membership, everything verified, not saved yet
 */
InfMembership *
inf_membership_join (InfKeypair *keypair, InfGrid *grid, GBytes *certificate, GBytes *revocations,
                     gint64 now_unix_us, GError **error)
{
  g_autoptr (InfMembership) membership = inf_membership_new (keypair, grid);

  if (revocations && !inf_membership_update_revocations (membership, revocations, NULL, error))
    return NULL;
  membership->certificate = check_own (membership, certificate, now_unix_us, error);
  if (!membership->certificate)
    return NULL;
  membership->grant_ucredits = inf_certificate_get_grant_ucredits (membership->certificate);
  return g_steal_pointer (&membership);
}

InfMembership *
inf_membership_ref (InfMembership *membership)
{
  g_atomic_ref_count_inc (&membership->ref_count);
  return membership;
}

void
inf_membership_unref (InfMembership *membership)
{
  if (!membership || !g_atomic_ref_count_dec (&membership->ref_count))
    return;
  inf_keypair_unref (membership->keypair);
  inf_grid_unref (membership->grid);
  inf_certificate_unref (membership->certificate);
  inf_revocations_unref (membership->revocations);
  g_ptr_array_unref (membership->issued);
  g_free (membership);
}

InfGrid *
inf_membership_get_grid (const InfMembership *membership)
{
  return membership->grid;
}

InfKeypair *
inf_membership_get_keypair (const InfMembership *membership)
{
  return membership->keypair;
}

/**
 * inf_membership_get_certificate:
 * @membership: a membership
 *
 * Returns: (transfer none): this node's own certificate
 */
InfCertificate *
inf_membership_get_certificate (const InfMembership *membership)
{
  return membership->certificate;
}

/**
 * inf_membership_get_revocations:
 * @membership: a membership
 *
 * Returns: (transfer none) (nullable): the founder's list, %NULL while nobody was removed
 */
InfRevocations *
inf_membership_get_revocations (const InfMembership *membership)
{
  return membership->revocations;
}

guint64
inf_membership_get_revocations_version (const InfMembership *membership)
{
  return membership->revocations ? inf_revocations_get_version (membership->revocations) : 0;
}

gboolean
inf_membership_is_founder (const InfMembership *membership)
{
  return memcmp (inf_keypair_get_public_key (membership->keypair),
                 inf_grid_get_founder (membership->grid), sizeof (InfPublicKey))
         == 0;
}

guint64
inf_membership_get_grant_ucredits (const InfMembership *membership)
{
  return membership->grant_ucredits;
}

/**
 * inf_membership_list_issued:
 * @membership: the founder's membership
 *
 * Returns: (transfer full) (element-type InfIssued): every certificate that was issued, oldest
 *   first; empty at other members
 */
GPtrArray *
inf_membership_list_issued (const InfMembership *membership)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_issued_free);

  for (guint i = 0; i < membership->issued->len; i++)
    {
      const InfIssued *issued = g_ptr_array_index (membership->issued, i);
      InfIssued *copy = g_memdup2 (issued, sizeof *issued);
      copy->name = g_strdup (issued->name);
      copy->is_revoked = membership->revocations
                         && inf_revocations_contains (membership->revocations, issued->serial);
      g_ptr_array_add (list, copy);
    }
  return list;
}

/**
 * inf_membership_check:
 * @membership: what this node knows
 * @certificate: a certificate, from anyone
 * @now_unix_us: the time
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, #INF_ERROR_CORRUPT (forged),
 *   #INF_ERROR_EXPIRED, #INF_ERROR_DENIED (another grid, or revoked)
 *
 * Returns: (transfer full) (nullable): the certificate of a member
 */
InfCertificate *
inf_membership_check (const InfMembership *membership, GBytes *certificate, gint64 now_unix_us,
                      GError **error)
{
  g_autoptr (InfCertificate) parsed = inf_certificate_from_bytes (certificate, error);

  if (!parsed || !inf_membership_check_certificate (membership, parsed, now_unix_us, error))
    return NULL;
  return g_steal_pointer (&parsed);
}

/**
 * inf_membership_check_certificate:
 * @membership: what this node knows
 * @certificate: a certificate, perhaps one that passed before
 * @now_unix_us: the time
 * @error: as inf_membership_check()
 *
 * Returns: whether @certificate makes its subject a member at @now_unix_us
 */
gboolean
inf_membership_check_certificate (const InfMembership *membership,
                                  const InfCertificate *certificate, gint64 now_unix_us,
                                  GError **error)
{
  if (!inf_certificate_verify (certificate, membership->grid, now_unix_us, error))
    return FALSE;
  if (membership->revocations
      && inf_revocations_contains (membership->revocations,
                                   inf_certificate_get_serial (certificate)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_DENIED, "%s was removed from %s",
                   inf_certificate_get_name (certificate), inf_grid_get_name (membership->grid));
      return FALSE;
    }
  return TRUE;
}

static gboolean
require_founder (const InfMembership *membership, GError **error)
{
  if (inf_membership_is_founder (membership))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
               "only the founder's node of %s may do this; run it there",
               inf_grid_get_name (membership->grid));
  return FALSE;
}

/**
 * inf_membership_issue:
 * @membership: the founder's membership; remembers what it issues
 * @subject: the new member's key
 * @node_name: the new member's name
 * @now_unix_us: the time
 * @error: #INF_ERROR_DENIED where this node is not the founder's, #INF_ERROR_INVALID for a name
 *   that can't be used
 *
 * Returns: (transfer full) (nullable): the certificate; save the membership before it is handed out
 */
InfCertificate *
inf_membership_issue (InfMembership *membership, const InfPublicKey *subject, const char *node_name,
                      gint64 now_unix_us, GError **error)
{
  if (!require_founder (membership, error))
    return NULL;

  gboolean is_own = memcmp (subject, inf_grid_get_founder (membership->grid), sizeof *subject) == 0;
  const InfCertificateTerms terms = {
    .grid = *inf_grid_get_id (membership->grid),
    .subject = *subject,
    .name = node_name,
    .roles = is_own ? INF_ROLE_FOUNDER : INF_ROLES_NONE,
    .serial = membership->next_serial,
    .issued_unix_us = now_unix_us,
    .expires_unix_us = now_unix_us + CERTIFICATE_LIFETIME_US,
    .grant_ucredits = membership->grant_ucredits,
  };
  InfCertificate *certificate = inf_certificate_issue (membership->keypair, &terms, error);
  if (!certificate)
    return NULL;

  InfIssued *issued = g_new0 (InfIssued, 1);
  issued->serial = membership->next_serial++;
  issued->peer_id = *inf_certificate_get_peer_id (certificate);
  issued->name = g_strdup (node_name);
  issued->issued_unix_us = now_unix_us;
  g_ptr_array_add (membership->issued, issued);
  return certificate;
}

/**
 * inf_membership_revoke:
 * @membership: the founder's membership
 * @peer_id: who is removed from the grid
 * @error: #INF_ERROR_DENIED where this node is not the founder's or would remove itself,
 *   #INF_ERROR_NOT_FOUND, #INF_ERROR_TOO_LARGE
 *
 * Every certificate that was issued to @peer_id holds no longer. It may be invited again.
 *
 * Returns: whether there is a new list of revocations: save it, gossip it
 */
gboolean
inf_membership_revoke (InfMembership *membership, const InfPeerId *peer_id, GError **error)
{
  g_autoptr (InfRevocations) list
      = membership->revocations ? inf_revocations_ref (membership->revocations) : NULL;
  gboolean is_known = FALSE;

  if (!require_founder (membership, error))
    return FALSE;
  if (inf_peer_id_equal (peer_id, inf_keypair_get_peer_id (membership->keypair)))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED,
                           "the founder can't be removed from its own grid");
      return FALSE;
    }
  for (guint i = 0; i < membership->issued->len; i++)
    {
      const InfIssued *issued = g_ptr_array_index (membership->issued, i);
      if (!inf_peer_id_equal (&issued->peer_id, peer_id))
        continue;
      is_known = TRUE;
      if (list && inf_revocations_contains (list, issued->serial))
        continue;
      InfRevocations *next = inf_revocations_add (list, membership->keypair, membership->grid,
                                                  issued->serial, error);
      if (!next)
        return FALSE;
      g_clear_pointer (&list, inf_revocations_unref);
      list = next;
    }
  if (!is_known)
    {
      g_autofree char *short_id = inf_peer_id_to_short (peer_id);
      g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "%s is no member of %s", short_id,
                   inf_grid_get_name (membership->grid));
      return FALSE;
    }
  g_clear_pointer (&membership->revocations, inf_revocations_unref);
  membership->revocations = g_steal_pointer (&list);
  return TRUE;
}

/**
 * inf_membership_update_revocations:
 * @membership: what this node knows
 * @revocations: a list, from anyone
 * @ret_changed: (out) (optional): whether it was newer than what was known
 * @error: as inf_revocations_from_bytes()
 *
 * Returns: whether @revocations is the founder's; an older one changes nothing
 */
gboolean
inf_membership_update_revocations (InfMembership *membership, GBytes *revocations,
                                   gboolean *ret_changed, GError **error)
{
  g_autoptr (InfRevocations) list
      = inf_revocations_from_bytes (revocations, membership->grid, error);
  if (!list)
    return FALSE;

  gboolean is_newer
      = inf_revocations_get_version (list) > inf_membership_get_revocations_version (membership);
  if (is_newer)
    {
      g_clear_pointer (&membership->revocations, inf_revocations_unref);
      membership->revocations = g_steal_pointer (&list);
    }
  if (ret_changed)
    *ret_changed = is_newer;
  return TRUE;
}
