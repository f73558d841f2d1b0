#include "discovery/identity/inf-signed.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"

/* A signed statement is an envelope whose body is (content, signature). The content is kept as the
 * bytes that were signed: it is never serialized a second time, so no two ways to write one value
 * can make a signature fail, or hold for something else. */
#define SIGNED_TYPE G_VARIANT_TYPE ("(ayay)")

/**
 * inf_signed_new:
 * @kind: the envelope's kind
 * @context: as for inf_keypair_sign()
 * @keypair: who signs
 * @body: what is said; floating is sunk and freed
 *
 * Returns: (transfer full): the statement as it travels
 */
GBytes *
inf_signed_new (guint8 kind, const char *context, const InfKeypair *keypair, GVariant *body)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (body);
#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_autoptr (GVariant) little = g_variant_byteswap (sunk);
#else
  g_autoptr (GVariant) little = g_variant_ref (sunk);
#endif
  gsize size = g_variant_get_size (little);
  const void *data = g_variant_get_data (little);
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];

  inf_keypair_sign (keypair, context, data, size, signature);
  return inf_wire_encode (kind,
                          g_variant_new ("(@ay@ay)", inf_wire_variant_from_data (data, size),
                                         inf_wire_variant_from_data (signature, sizeof signature)));
}

/**
 * inf_signed_parse:
 * @bytes: a statement, from anyone
 * @kind: the envelope's kind that is expected
 * @type: the content's type, definite and without 'v'
 * @max_size_bytes: the largest statement that is looked at
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Reads what a statement claims, so that the caller can learn who should have signed it. It proves
 * nothing before inf_signed_verify() said so.
 *
 * Returns: (transfer full) (nullable): the content, of @type and in normal form
 */
GVariant *
inf_signed_parse (GBytes *bytes, guint8 kind, const GVariantType *type, gsize max_size_bytes,
                  GError **error)
{
  g_autoptr (GVariant) outer = inf_wire_decode (bytes, kind, SIGNED_TYPE, max_size_bytes, error);
  if (!outer)
    return NULL;

  g_autoptr (GVariant) content_field = g_variant_get_child_value (outer, 0);
  gsize size;
  const void *data = g_variant_get_fixed_array (content_field, &size, 1);
  g_autoptr (GBytes) aligned = g_bytes_new (data, size);
  g_autoptr (GVariant) content
      = g_variant_ref_sink (g_variant_new_from_bytes (type, aligned, FALSE));
  if (!g_variant_is_normal_form (content))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "signed statement of kind %u is not a well-formed %.*s", kind,
                   (int)g_variant_type_get_string_length (type), g_variant_type_peek_string (type));
      return NULL;
    }
#if G_BYTE_ORDER == G_BIG_ENDIAN
  return g_variant_byteswap (content);
#else
  return g_steal_pointer (&content);
#endif
}

/**
 * inf_signed_reopen:
 * @bytes: what inf_signed_parse() has taken before
 * @type: with the same type
 *
 * Returns: (transfer full): the content once more
 */
GVariant *
inf_signed_reopen (GBytes *bytes, const GVariantType *type)
{
  g_autoptr (GVariant) outer = inf_wire_reopen (bytes, SIGNED_TYPE);
  g_autoptr (GVariant) field = g_variant_get_child_value (outer, 0);
  gsize size;
  const void *data = g_variant_get_fixed_array (field, &size, 1);
  g_autoptr (GBytes) aligned = g_bytes_new (data, size);
  g_autoptr (GVariant) content
      = g_variant_ref_sink (g_variant_new_from_bytes (type, aligned, TRUE));

#if G_BYTE_ORDER == G_BIG_ENDIAN
  return g_variant_byteswap (content);
#else
  return g_steal_pointer (&content);
#endif
}

/**
 * inf_signed_verify:
 * @bytes: a statement, from anyone
 * @kind: the envelope's kind that is expected
 * @context: as given to inf_signed_new()
 * @key: who should have signed
 *
 * Returns: whether @key signed @bytes in @context
 */
gboolean
inf_signed_verify (GBytes *bytes, guint8 kind, const char *context, const InfPublicKey *key)
{
  g_autoptr (GVariant) outer
      = inf_wire_decode (bytes, kind, SIGNED_TYPE, g_bytes_get_size (bytes), NULL);
  if (!outer)
    return FALSE;

  g_autoptr (GVariant) content = g_variant_get_child_value (outer, 0);
  g_autoptr (GVariant) signature = g_variant_get_child_value (outer, 1);
  gsize content_size, signature_size;
  const void *content_data = g_variant_get_fixed_array (content, &content_size, 1);
  const guint8 *signature_data = g_variant_get_fixed_array (signature, &signature_size, 1);
  return inf_public_key_verify (key, context, content_data, content_size, signature_data,
                                signature_size);
}
