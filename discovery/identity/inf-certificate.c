#include "discovery/identity/inf-certificate.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-identity-kinds.h"
#include "discovery/identity/inf-name.h"
#include "discovery/identity/inf-signed.h"

#define CONTEXT "infinity certificate"

/* grid, subject, name, roles, serial, issued, expires, grant. The issuer is the grid's founder. */
#define TERMS_TYPE G_VARIANT_TYPE ("(ayaysutxxt)")

struct _InfCertificate
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  InfCertificateTerms terms;
  InfPeerId peer_id;
};

static InfCertificate *
certificate_new (GBytes *bytes, const InfCertificateTerms *terms)
{
  InfCertificate *certificate = g_new0 (InfCertificate, 1);

  g_atomic_ref_count_init (&certificate->ref_count);
  certificate->bytes = g_bytes_ref (bytes);
  certificate->terms = *terms;
  certificate->terms.name = g_strdup (terms->name);
  inf_peer_id_of_key (&terms->subject, &certificate->peer_id);
  return certificate;
}

/**
 * inf_certificate_issue:
 * @issuer: the founder's key pair
 * @terms: what is certified; copied
 * @error: #INF_ERROR_INVALID for a name that can't be used
 *
 * Returns: (transfer full) (nullable): the certificate
 */
InfCertificate *
inf_certificate_issue (const InfKeypair *issuer, const InfCertificateTerms *terms, GError **error)
{
  if (!inf_name_is_valid (terms->name))
    {
      g_set_error (
          error, INF_ERROR, INF_ERROR_INVALID,
          "a node's name is 1 to %d printable characters and begins with a letter or digit",
          INF_NAME_MAX_BYTES);
      return NULL;
    }

  GVariant *body = g_variant_new ("(@ay@aysutxxt)", inf_grid_id_to_variant (&terms->grid),
                                  inf_public_key_to_variant (&terms->subject), terms->name,
                                  terms->roles, terms->serial, terms->issued_unix_us,
                                  terms->expires_unix_us, terms->grant_ucredits);
  g_autoptr (GBytes) bytes = inf_signed_new (INF_KIND_CERTIFICATE, CONTEXT, issuer, body);
  return certificate_new (bytes, terms);
}

/**
 * inf_certificate_from_bytes:
 * @bytes: a certificate, from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Reads what the certificate claims; nothing is proved before inf_certificate_verify().
 *
 * Returns: (transfer full) (nullable): the certificate
 */
InfCertificate *
inf_certificate_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body = inf_signed_parse (bytes, INF_KIND_CERTIFICATE, TERMS_TYPE,
                                                INF_CERTIFICATE_MAX_SIZE_BYTES, error);
  if (!body)
    return NULL;

  InfCertificateTerms terms;
  g_autoptr (GVariant) grid = NULL;
  g_autoptr (GVariant) subject = NULL;
  g_variant_get (body, "(@ay@ay&sutxxt)", &grid, &subject, &terms.name, &terms.roles, &terms.serial,
                 &terms.issued_unix_us, &terms.expires_unix_us, &terms.grant_ucredits);
  if (!inf_grid_id_from_variant (grid, &terms.grid)
      || !inf_public_key_from_variant (subject, &terms.subject) || !inf_name_is_valid (terms.name))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not a certificate");
      return NULL;
    }
  return certificate_new (bytes, &terms);
}

InfCertificate *
inf_certificate_ref (InfCertificate *certificate)
{
  g_atomic_ref_count_inc (&certificate->ref_count);
  return certificate;
}

void
inf_certificate_unref (InfCertificate *certificate)
{
  if (!certificate || !g_atomic_ref_count_dec (&certificate->ref_count))
    return;
  g_bytes_unref (certificate->bytes);
  g_free ((char *)certificate->terms.name);
  g_free (certificate);
}

/**
 * inf_certificate_is_unshared:
 * @certificate: a certificate
 *
 * Returns: whether the caller's is the only reference
 */
gboolean
inf_certificate_is_unshared (const InfCertificate *certificate)
{
  return g_atomic_ref_count_compare ((gatomicrefcount *)&certificate->ref_count, 1);
}

/**
 * inf_certificate_get_bytes:
 * @certificate: a certificate
 *
 * Returns: (transfer none): the bytes that were signed and that travel
 */
GBytes *
inf_certificate_get_bytes (const InfCertificate *certificate)
{
  return certificate->bytes;
}

const InfCertificateTerms *
inf_certificate_get_terms (const InfCertificate *certificate)
{
  return &certificate->terms;
}

const InfPeerId *
inf_certificate_get_peer_id (const InfCertificate *certificate)
{
  return &certificate->peer_id;
}

const InfPublicKey *
inf_certificate_get_subject (const InfCertificate *certificate)
{
  return &certificate->terms.subject;
}

const char *
inf_certificate_get_name (const InfCertificate *certificate)
{
  return certificate->terms.name;
}

guint64
inf_certificate_get_serial (const InfCertificate *certificate)
{
  return certificate->terms.serial;
}

guint64
inf_certificate_get_grant_ucredits (const InfCertificate *certificate)
{
  return certificate->terms.grant_ucredits;
}

/**
 * inf_certificate_verify:
 * @certificate: a certificate, from anyone
 * @grid: the grid it should be for
 * @now_unix_us: the time
 * @error: #INF_ERROR_DENIED for another grid, #INF_ERROR_CORRUPT where the founder did not sign it,
 *   #INF_ERROR_EXPIRED
 *
 * Revocation is not looked at: see inf_membership_check(), which is what nearly every caller wants.
 * A certificate "from the future" is taken: volunteers' clocks are often wrong, and refusing it
 * protects nobody.
 */
gboolean
inf_certificate_verify (const InfCertificate *certificate, const InfGrid *grid, gint64 now_unix_us,
                        GError **error)
{
  const InfCertificateTerms *terms = &certificate->terms;

  if (!inf_grid_id_equal (&terms->grid, inf_grid_get_id (grid)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_DENIED, "certificate of %s is for another grid",
                   terms->name);
      return FALSE;
    }
  if (!inf_signed_verify (certificate->bytes, INF_KIND_CERTIFICATE, CONTEXT,
                          inf_grid_get_founder (grid)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                   "certificate of %s is not signed by the founder of %s", terms->name,
                   inf_grid_get_name (grid));
      return FALSE;
    }
  if (now_unix_us >= terms->expires_unix_us)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_EXPIRED,
                   "certificate of %s has expired; join again with a new invite", terms->name);
      return FALSE;
    }
  return TRUE;
}
