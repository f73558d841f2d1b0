#include "discovery/identity/inf-enrolment.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-identity-kinds.h"
#include "discovery/identity/inf-name.h"
#include "discovery/identity/inf-signed.h"

/* How a node becomes a member, over a link to the invite's issuer whose key the link has verified:
 *
 *   joiner                                          issuer
 *     request: grid, key, name, secret, signed  →   checks signature, secret; spends it; saves
 *     verifies certificate and grid id; saves   ←   reply: grid (with its secret), certificate,
 *                                                   revocations
 *
 * The signature shows that the joiner has the key it wants certified, and names the grid so that
 * the request serves nowhere else. A reply that is lost costs nothing: the same key may ask again.
 */
#define CONTEXT "infinity enrolment"
#define MAX_REQUEST_SIZE_BYTES 1024
#define MAX_REPLY_SIZE_BYTES (64u << 10)

/* grid id, key, name, secret */
#define REQUEST_TYPE G_VARIANT_TYPE ("(ayaysay)")
/* grid, certificate, revocations (may be empty) */
#define REPLY_TYPE G_VARIANT_TYPE ("(" INF_GRID_VARIANT_TYPE "ayay)")

typedef struct
{
  InfGridId grid_id;
  InfPublicKey subject;
  InfPeerId peer_id;
  const char *node_name;
  const guint8 *secret;
} Request;

/**
 * inf_enrolment_request_new:
 * @keypair: the joiner's key pair
 * @invite: the invite
 * @node_name: what the joiner wants to be called
 * @error: #INF_ERROR_INVALID for a name that can't be used
 *
 * Returns: (transfer full) (nullable): the request; it holds the invite's secret, so it is for the
 *   issuer alone
 */
GBytes *
inf_enrolment_request_new (const InfKeypair *keypair, const InfInvite *invite,
                           const char *node_name, GError **error)
{
  if (!inf_name_is_valid (node_name))
    {
      g_set_error (
          error, INF_ERROR, INF_ERROR_INVALID,
          "a node's name is 1 to %d printable characters and begins with a letter or digit",
          INF_NAME_MAX_BYTES);
      return NULL;
    }
  GVariant *body = g_variant_new (
      "(@ay@ays@ay)", inf_grid_id_to_variant (inf_invite_get_grid_id (invite)),
      inf_public_key_to_variant (inf_keypair_get_public_key (keypair)), node_name,
      inf_wire_variant_from_data (inf_invite_get_secret (invite), INF_INVITE_SECRET_SIZE_BYTES));
  return inf_signed_new (INF_KIND_ENROLMENT_REQUEST, CONTEXT, keypair, body);
}

/* @ret_request points into @body. */
static gboolean
read_request (GBytes *bytes, GVariant *body, Request *ret_request)
{
  g_autoptr (GVariant) grid_id = g_variant_get_child_value (body, 0);
  g_autoptr (GVariant) subject = g_variant_get_child_value (body, 1);
  g_autoptr (GVariant) secret = g_variant_get_child_value (body, 3);
  gsize secret_size;
  Request request;

  g_variant_get_child (body, 2, "&s", &request.node_name);
  request.secret = g_variant_get_fixed_array (secret, &secret_size, 1);
  if (secret_size != INF_INVITE_SECRET_SIZE_BYTES
      || !inf_grid_id_from_variant (grid_id, &request.grid_id)
      || !inf_public_key_from_variant (subject, &request.subject)
      || !inf_name_is_valid (request.node_name)
      || !inf_signed_verify (bytes, INF_KIND_ENROLMENT_REQUEST, CONTEXT, &request.subject))
    return FALSE;
  inf_peer_id_of_key (&request.subject, &request.peer_id);
  *ret_request = request;
  return TRUE;
}

static GBytes *
reply_new (const InfMembership *membership, GBytes *certificate)
{
  InfRevocations *revocations = inf_membership_get_revocations (membership);

  return inf_wire_encode (
      INF_KIND_ENROLMENT_REPLY,
      g_variant_new ("(@" INF_GRID_VARIANT_TYPE "@ay@ay)",
                     inf_grid_to_variant (inf_membership_get_grid (membership)),
                     inf_wire_variant_from_bytes (certificate),
                     inf_wire_variant_from_bytes (
                         revocations ? inf_revocations_get_bytes (revocations) : NULL)));
}

/**
 * inf_enrolment_answer:
 * @membership: the issuer's membership; changed when a certificate is issued
 * @book: the issuer's invites; changed likewise
 * @request: a request, from anyone
 * @now_unix_us: the time
 * @error: #INF_ERROR_INVALID, #INF_ERROR_DENIED for another grid or a forged secret,
 *   #INF_ERROR_REFUSED for a spent one, #INF_ERROR_EXPIRED
 *
 * The caller saves @membership and @book before it sends the reply; where saving fails it sends
 * nothing.
 *
 * Returns: (transfer full) (nullable): the reply; it holds the grid's secret
 */
GBytes *
inf_enrolment_answer (InfMembership *membership, InfInviteBook *book, GBytes *request,
                      gint64 now_unix_us, GError **error)
{
  g_autoptr (GVariant) body = inf_signed_parse (request, INF_KIND_ENROLMENT_REQUEST, REQUEST_TYPE,
                                                MAX_REQUEST_SIZE_BYTES, error);
  Request parsed;

  if (!body)
    return NULL;
  if (!read_request (request, body, &parsed))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not a request to join a grid");
      return NULL;
    }
  InfGrid *grid = inf_membership_get_grid (membership);
  if (!inf_grid_id_equal (&parsed.grid_id, inf_grid_get_id (grid)))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "the invite is for another grid");
      return NULL;
    }
  if (!inf_invite_book_check (book, parsed.secret, &parsed.peer_id, now_unix_us, error))
    return NULL;

  g_autoptr (GBytes) earlier
      = inf_invite_book_get_certificate (book, parsed.secret, &parsed.peer_id);
  if (earlier)
    return reply_new (membership, earlier);
  g_autoptr (InfCertificate) certificate
      = inf_membership_issue (membership, &parsed.subject, parsed.node_name, now_unix_us, error);
  if (!certificate)
    return NULL;
  GBytes *certificate_bytes = inf_certificate_get_bytes (certificate);
  inf_invite_book_spend (book, parsed.secret, &parsed.peer_id, certificate_bytes);
  return reply_new (membership, certificate_bytes);
}

/**
 * inf_enrolment_accept:
 * @keypair: the joiner's key pair
 * @invite: the invite that was asked with
 * @reply: the reply, from anyone
 * @now_unix_us: the time
 * @error: #INF_ERROR_INVALID, #INF_ERROR_DENIED where the reply is about another grid than the
 *   invite promised, and as inf_membership_join()
 *
 * Returns: (transfer full) (nullable): the membership, everything verified, not saved yet
 */
InfMembership *
inf_enrolment_accept (InfKeypair *keypair, const InfInvite *invite, GBytes *reply,
                      gint64 now_unix_us, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (reply, INF_KIND_ENROLMENT_REPLY, REPLY_TYPE, MAX_REPLY_SIZE_BYTES, error);
  if (!body)
    return NULL;

  g_autoptr (GVariant) grid_field = g_variant_get_child_value (body, 0);
  g_autoptr (GVariant) certificate_field = g_variant_get_child_value (body, 1);
  g_autoptr (GVariant) revocations_field = g_variant_get_child_value (body, 2);
  g_autoptr (InfGrid) grid = inf_grid_from_variant (grid_field, error);
  if (!grid)
    return NULL;
  if (!inf_grid_id_equal (inf_grid_get_id (grid), inf_invite_get_grid_id (invite)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
                   "the reply is about another grid than the invite to %s promised",
                   inf_invite_get_grid_name (invite));
      return NULL;
    }
  g_autoptr (GBytes) certificate = inf_wire_bytes_from_variant (certificate_field);
  g_autoptr (GBytes) revocations = inf_wire_bytes_from_variant (revocations_field);
  return inf_membership_join (keypair, grid, certificate,
                              g_bytes_get_size (revocations) > 0 ? revocations : NULL, now_unix_us,
                              error);
}
