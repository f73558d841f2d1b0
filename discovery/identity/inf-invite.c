#include "discovery/identity/inf-invite.h"

#include "common/inf-base32.h"
#include "common/inf-error.h"
#include "common/inf-sha256.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-identity-kinds.h"
#include "discovery/identity/inf-name.h"

#include <sodium.h>
#include <string.h>

/* A token is "infinity:" and base32 of an envelope and the first bytes of its SHA-256. The digest
 * is no protection against forgers, whom the issuer finds out; it catches what copying by hand
 * does, before anybody is asked. */
#define CHECK_SIZE_BYTES 4
#define MAX_SIZE_BYTES 1024
#define MAX_ADDRESS_LENGTH 64

/* grid id, grid name, founder, issuer (empty: the founder), addresses, secret, expiry */
#define INVITE_TYPE G_VARIANT_TYPE ("(aysayayasayx)")

struct _InfInvite
{
  InfGridId grid_id;
  char *grid_name;
  InfPublicKey founder;
  InfPublicKey issuer;
  char **addresses;
  guint8 secret[INF_INVITE_SECRET_SIZE_BYTES];
  gint64 expires_unix_us;
};

/**
 * inf_invite_new:
 * @grid: the grid that is joined
 * @issuer: the key of the node that the secret is redeemed at
 * @addresses: (array zero-terminated=1): where the issuer and other members are found, "ip:port",
 *   likeliest first; only the first %INF_INVITE_MAX_ADDRESSES are kept
 * @secret: from inf_invite_book_create()
 * @expires_unix_us: when the secret ends
 *
 * Returns: (transfer full): the invite
 */
InfInvite *
inf_invite_new (const InfGrid *grid, const InfPublicKey *issuer, const char *const *addresses,
                const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES], gint64 expires_unix_us)
{
  InfInvite *invite = g_new0 (InfInvite, 1);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  for (guint i = 0; i < INF_INVITE_MAX_ADDRESSES && addresses[i]; i++)
    g_strv_builder_add (kept, addresses[i]);
  invite->grid_id = *inf_grid_get_id (grid);
  invite->grid_name = g_strdup (inf_grid_get_name (grid));
  invite->founder = *inf_grid_get_founder (grid);
  invite->issuer = *issuer;
  invite->addresses = g_strv_builder_end (kept);
  memcpy (invite->secret, secret, sizeof invite->secret);
  invite->expires_unix_us = expires_unix_us;
  return invite;
}

void
inf_invite_free (InfInvite *invite)
{
  if (!invite)
    return;
  g_free (invite->grid_name);
  g_strfreev (invite->addresses);
  sodium_memzero (invite, sizeof *invite);
  g_free (invite);
}

/**
 * inf_invite_to_text:
 * @invite: an invite
 *
 * Returns: (transfer full): the token that people pass on, "infinity:…"; it holds the secret
 */
char *
inf_invite_to_text (const InfInvite *invite)
{
  gboolean by_founder = memcmp (&invite->issuer, &invite->founder, sizeof invite->issuer) == 0;
  GVariant *issuer = by_founder ? inf_wire_variant_from_data (NULL, 0)
                                : inf_public_key_to_variant (&invite->issuer);
  g_autoptr (GBytes) envelope = inf_wire_encode (
      INF_KIND_INVITE,
      g_variant_new ("(@ays@ay@ay^as@ayx)", inf_grid_id_to_variant (&invite->grid_id),
                     invite->grid_name, inf_public_key_to_variant (&invite->founder), issuer,
                     invite->addresses,
                     inf_wire_variant_from_data (invite->secret, sizeof invite->secret),
                     invite->expires_unix_us));
  guint8 digest[INF_SHA256_SIZE_BYTES];
  gsize size;
  const void *data = g_bytes_get_data (envelope, &size);
  g_autoptr (GByteArray) checked = g_byte_array_new ();

  inf_sha256_of_data (data, size, digest);
  g_byte_array_append (checked, data, (guint)size);
  g_byte_array_append (checked, digest, CHECK_SIZE_BYTES);
  g_autofree char *base32 = inf_base32_encode (checked->data, checked->len);
  return g_strconcat (INF_INVITE_PREFIX, base32, NULL);
}

/* The envelope in a token, or NULL when it is not one or was not copied whole. */
static GBytes *
envelope_from_text (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gsize size;

  if (strlen (stripped) > 2 * MAX_SIZE_BYTES || !g_str_has_prefix (stripped, INF_INVITE_PREFIX))
    return NULL;
  g_autofree guint8 *data = inf_base32_decode (stripped + strlen (INF_INVITE_PREFIX), &size);
  if (!data || size <= CHECK_SIZE_BYTES)
    return NULL;
  guint8 digest[INF_SHA256_SIZE_BYTES];
  inf_sha256_of_data (data, size - CHECK_SIZE_BYTES, digest);
  if (memcmp (digest, data + size - CHECK_SIZE_BYTES, CHECK_SIZE_BYTES) != 0)
    return NULL;
  return g_bytes_new (data, size - CHECK_SIZE_BYTES);
}

static gboolean
addresses_are_acceptable (char **addresses)
{
  if (g_strv_length (addresses) > INF_INVITE_MAX_ADDRESSES)
    return FALSE;
  for (guint i = 0; addresses[i]; i++)
    {
      if (addresses[i][0] == '\0' || strlen (addresses[i]) > MAX_ADDRESS_LENGTH)
        return FALSE;
      for (const char *c = addresses[i]; *c; c++)
        if (!g_ascii_isalnum (*c) && !strchr (".:[]%-_", *c))
          return FALSE;
    }
  return TRUE;
}

static InfInvite *
invite_from_body (GVariant *body)
{
  g_autoptr (InfInvite) invite = g_new0 (InfInvite, 1);
  g_autoptr (GVariant) grid_id = NULL;
  g_autoptr (GVariant) founder = NULL;
  g_autoptr (GVariant) issuer = NULL;
  g_autoptr (GVariant) secret = NULL;
  gsize secret_size;

  g_variant_get (body, "(@ays@ay@ay^as@ayx)", &grid_id, &invite->grid_name, &founder, &issuer,
                 &invite->addresses, &secret, &invite->expires_unix_us);
  const void *secret_data = g_variant_get_fixed_array (secret, &secret_size, 1);
  if (!inf_grid_id_from_variant (grid_id, &invite->grid_id)
      || !inf_public_key_from_variant (founder, &invite->founder)
      || !inf_name_is_valid (invite->grid_name) || !addresses_are_acceptable (invite->addresses)
      || secret_size != sizeof invite->secret)
    return NULL;
  if (g_variant_n_children (issuer) == 0)
    invite->issuer = invite->founder;
  else if (!inf_public_key_from_variant (issuer, &invite->issuer))
    return NULL;
  memcpy (invite->secret, secret_data, sizeof invite->secret);
  return g_steal_pointer (&invite);
}

/**
 * inf_invite_from_text:
 * @text: a token, from anyone; space around it is passed over
 * @error: #INF_ERROR_INVALID where @text is no invite or was damaged on the way
 *
 * Returns: (transfer full) (nullable): the invite; nothing about it is proved yet
 */
InfInvite *
inf_invite_from_text (const char *text, GError **error)
{
  g_autoptr (GBytes) envelope = envelope_from_text (text);
  g_autoptr (GVariant) body = NULL;
  InfInvite *invite = NULL;

  if (envelope)
    body = inf_wire_decode (envelope, INF_KIND_INVITE, INVITE_TYPE, MAX_SIZE_BYTES, NULL);
  if (body)
    invite = invite_from_body (body);
  if (!invite)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                         "this is not an invite, or not all of it: copy the whole text "
                         "beginning with " INF_INVITE_PREFIX);
  return invite;
}

const InfGridId *
inf_invite_get_grid_id (const InfInvite *invite)
{
  return &invite->grid_id;
}

const char *
inf_invite_get_grid_name (const InfInvite *invite)
{
  return invite->grid_name;
}

/**
 * inf_invite_get_issuer:
 * @invite: an invite
 *
 * Returns: (transfer none): the key that the node at the invite's addresses must prove to have
 */
const InfPublicKey *
inf_invite_get_issuer (const InfInvite *invite)
{
  return &invite->issuer;
}

/**
 * inf_invite_get_addresses:
 * @invite: an invite
 *
 * Returns: (transfer none) (array zero-terminated=1): "ip:port", likeliest first
 */
const char *const *
inf_invite_get_addresses (const InfInvite *invite)
{
  return (const char *const *)invite->addresses;
}

/**
 * inf_invite_get_secret:
 * @invite: an invite
 *
 * Returns: (transfer none) (array fixed-size=16): the single-use secret
 */
const guint8 *
inf_invite_get_secret (const InfInvite *invite)
{
  return invite->secret;
}

/**
 * inf_invite_get_secret_text:
 * @invite: an invite
 *
 * Returns: (transfer full): the secret as base32, for where a password must be text; see
 *   inf_invite_book_check_text()
 */
char *
inf_invite_get_secret_text (const InfInvite *invite)
{
  return inf_base32_encode (invite->secret, sizeof invite->secret);
}

gint64
inf_invite_get_expires_unix_us (const InfInvite *invite)
{
  return invite->expires_unix_us;
}

/**
 * inf_invite_check_expiry:
 * @invite: an invite
 * @now_unix_us: the time here, which may differ from the issuer's: the issuer's decision counts
 * @error: #INF_ERROR_EXPIRED
 *
 * Returns: whether @invite is still worth trying
 */
gboolean
inf_invite_check_expiry (const InfInvite *invite, gint64 now_unix_us, GError **error)
{
  if (now_unix_us < invite->expires_unix_us)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_EXPIRED,
               "this invite to %s has expired; ask for a new one", invite->grid_name);
  return FALSE;
}
