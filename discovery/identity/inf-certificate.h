#pragma once

#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_CERTIFICATE_MAX_SIZE_BYTES 512

/**
 * InfRoles:
 * @INF_ROLES_NONE: an ordinary member
 * @INF_ROLE_FOUNDER: made the grid; signs certificates and revocations
 *
 * What a certificate lets its subject do beyond being a member. Unknown bits mean nothing here and
 * are kept.
 */
typedef enum
{
  INF_ROLES_NONE = 0,
  INF_ROLE_FOUNDER = 1 << 0,
} InfRoles;

/**
 * InfCertificateTerms:
 * @grid: the grid that @subject is made a member of
 * @subject: the member's key
 * @name: the node's name, unique enough for people; see inf_name_is_valid()
 * @roles: what it may do
 * @serial: number that the issuer never gives twice; revocations name it
 * @issued_unix_us: when it was signed
 * @expires_unix_us: when it ends
 * @grant_ucredits: the welcome grant
 *
 * What a certificate says.
 */
typedef struct
{
  InfGridId grid;
  InfPublicKey subject;
  const char *name;
  guint32 roles;
  guint64 serial;
  gint64 issued_unix_us;
  gint64 expires_unix_us;
  guint64 grant_ucredits;
} InfCertificateTerms;

/**
 * InfCertificate:
 *
 * A founder's statement that a key belongs to a grid. Reference counted, never changes, keeps the
 * bytes that were signed.
 */
typedef struct _InfCertificate InfCertificate;

InfCertificate *inf_certificate_issue (const InfKeypair *issuer, const InfCertificateTerms *terms,
                                       GError **error);
InfCertificate *inf_certificate_from_bytes (GBytes *bytes, GError **error);
InfCertificate *inf_certificate_ref (InfCertificate *certificate);
void inf_certificate_unref (InfCertificate *certificate);
gboolean inf_certificate_is_unshared (const InfCertificate *certificate);

GBytes *inf_certificate_get_bytes (const InfCertificate *certificate);
const InfCertificateTerms *inf_certificate_get_terms (const InfCertificate *certificate);
const InfPeerId *inf_certificate_get_peer_id (const InfCertificate *certificate);
const InfPublicKey *inf_certificate_get_subject (const InfCertificate *certificate);
const char *inf_certificate_get_name (const InfCertificate *certificate);
guint64 inf_certificate_get_serial (const InfCertificate *certificate);
guint64 inf_certificate_get_grant_ucredits (const InfCertificate *certificate);

gboolean inf_certificate_verify (const InfCertificate *certificate, const InfGrid *grid,
                                 gint64 now_unix_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfCertificate, inf_certificate_unref)

G_END_DECLS
