#pragma once

#include "discovery/identity/inf-certificate.h"
#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-invite-book.h"
#include "discovery/identity/inf-keypair.h"
#include "discovery/identity/inf-revocations.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfIssued:
 * @serial: the certificate's number
 * @peer_id: whom it was issued to
 * @name: the member's name
 * @issued_unix_us: when
 * @is_revoked: whether it was taken back
 *
 * What a founder remembers of a certificate that it signed.
 */
typedef struct
{
  guint64 serial;
  InfPeerId peer_id;
  char *name;
  gint64 issued_unix_us;
  gboolean is_revoked;
} InfIssued;

void inf_issued_free (InfIssued *issued);

/**
 * InfMembership:
 *
 * What one node knows of its grid: the grid, its own certificate, what was revoked, and, at the
 * founder, what was issued. Used from one thread.
 */
typedef struct _InfMembership InfMembership;

InfMembership *inf_membership_found (InfKeypair *keypair, const char *grid_name,
                                     const char *node_name, guint64 grant_ucredits,
                                     gint64 now_unix_us, GError **error);
InfMembership *inf_membership_join (InfKeypair *keypair, InfGrid *grid, GBytes *certificate,
                                    GBytes *revocations, gint64 now_unix_us, GError **error);
InfMembership *inf_membership_load (const char *state_dir, InfKeypair *keypair, GError **error);
InfMembership *inf_membership_ref (InfMembership *membership);
void inf_membership_unref (InfMembership *membership);

InfGrid *inf_membership_get_grid (const InfMembership *membership);
InfKeypair *inf_membership_get_keypair (const InfMembership *membership);
InfCertificate *inf_membership_get_certificate (const InfMembership *membership);
InfRevocations *inf_membership_get_revocations (const InfMembership *membership);
guint64 inf_membership_get_revocations_version (const InfMembership *membership);
gboolean inf_membership_is_founder (const InfMembership *membership);
guint64 inf_membership_get_grant_ucredits (const InfMembership *membership);
GPtrArray *inf_membership_list_issued (const InfMembership *membership);

gboolean inf_membership_save (const InfMembership *membership, const char *state_dir,
                              GError **error);
gboolean inf_membership_forget (const char *state_dir, GError **error);

InfCertificate *inf_membership_check (const InfMembership *membership, GBytes *certificate,
                                      gint64 now_unix_us, GError **error);
gboolean inf_membership_check_certificate (const InfMembership *membership,
                                           const InfCertificate *certificate, gint64 now_unix_us,
                                           GError **error);
InfCertificate *inf_membership_issue (InfMembership *membership, const InfPublicKey *subject,
                                      const char *node_name, gint64 now_unix_us, GError **error);
gboolean inf_membership_revoke (InfMembership *membership, const InfPeerId *peer_id,
                                GError **error);
gboolean inf_membership_update_revocations (InfMembership *membership, GBytes *revocations,
                                            gboolean *ret_changed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfIssued, inf_issued_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfMembership, inf_membership_unref)

G_END_DECLS
