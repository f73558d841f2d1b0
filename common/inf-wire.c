#include "common/inf-wire.h"

#include "common/inf-error.h"

#include <string.h>

/* An envelope is three bytes and a body:
 *
 *   'I'  version  kind  body: a GVariant, little-endian, in normal form
 *
 * The body starts at an odd offset, so decoding copies it to aligned memory. */
#define HEADER_SIZE_BYTES 3
#define MAGIC 'I'

static GVariant *
to_little_endian (GVariant *value)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  return g_variant_byteswap (value);
#else
  return g_variant_ref (value);
#endif
}

/**
 * inf_wire_encode:
 * @kind: what the body is; every decoder expects one kind
 * @body: the body; floating is sunk and freed
 *
 * Returns: (transfer full): the envelope's bytes
 */
GBytes *
inf_wire_encode (guint8 kind, GVariant *body)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (body);
  g_autoptr (GVariant) little = to_little_endian (sunk);
  gsize body_size = g_variant_get_size (little);
  guint8 *data = g_malloc (HEADER_SIZE_BYTES + body_size);

  data[0] = MAGIC;
  data[1] = INF_WIRE_VERSION;
  data[2] = kind;
  if (body_size > 0)
    memcpy (data + HEADER_SIZE_BYTES, g_variant_get_data (little), body_size);
  return g_bytes_new_take (data, HEADER_SIZE_BYTES + body_size);
}

/**
 * inf_wire_decode:
 * @bytes: what arrived, from anyone
 * @kind: the kind that is expected
 * @type: the body's type; a definite type without variants ('v') bounds the nesting by itself
 * @max_size_bytes: the largest envelope that is looked at
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the body, of @type and in normal form, never floating
 */
GVariant *
inf_wire_decode (GBytes *bytes, guint8 kind, const GVariantType *type, gsize max_size_bytes,
                 GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size > max_size_bytes)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "message of %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT " are taken",
                   size, max_size_bytes);
      return NULL;
    }
  if (size < HEADER_SIZE_BYTES || data[0] != MAGIC)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not an Infinity message");
      return NULL;
    }
  if (data[1] != INF_WIRE_VERSION)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "message of protocol version %u, this node speaks %u", data[1],
                   INF_WIRE_VERSION);
      return NULL;
    }
  if (data[2] != kind)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "message of kind %u where %u was expected",
                   data[2], kind);
      return NULL;
    }

  g_autoptr (GBytes) aligned = g_bytes_new (data + HEADER_SIZE_BYTES, size - HEADER_SIZE_BYTES);
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_from_bytes (type, aligned, FALSE));
  if (!g_variant_is_normal_form (body))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "message of kind %u is not a well-formed %.*s", kind,
                   (int)g_variant_type_get_string_length (type), g_variant_type_peek_string (type));
      return NULL;
    }
#if G_BYTE_ORDER == G_BIG_ENDIAN
  return g_variant_byteswap (body);
#else
  return g_steal_pointer (&body);
#endif
}

/**
 * inf_wire_reopen:
 * @bytes: what inf_wire_decode() has taken before
 * @type: with the same type
 *
 * Saves the checks, which take longer than reading.
 *
 * Returns: (transfer full): the body once more
 */
GVariant *
inf_wire_reopen (GBytes *bytes, const GVariantType *type)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_return_val_if_fail (size >= HEADER_SIZE_BYTES, NULL);
  g_autoptr (GBytes) aligned = g_bytes_new (data + HEADER_SIZE_BYTES, size - HEADER_SIZE_BYTES);
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_from_bytes (type, aligned, TRUE));
  return to_little_endian (body);
}

/**
 * inf_wire_peek_kind:
 * @data: (array length=size_bytes): an envelope, from anyone
 * @size_bytes: its length
 * @ret_kind: (out): its kind, not yet verified in any way; left alone on failure
 *
 * Returns: whether @data starts like an envelope of this protocol version
 */
gboolean
inf_wire_peek_kind (const guint8 *data, gsize size_bytes, guint8 *ret_kind)
{
  if (size_bytes < HEADER_SIZE_BYTES || data[0] != MAGIC || data[1] != INF_WIRE_VERSION)
    return FALSE;
  *ret_kind = data[2];
  return TRUE;
}

/**
 * inf_wire_bytes_from_variant:
 * @value: of type "ay"
 *
 * Returns: (transfer full): the array's content
 */
GBytes *
inf_wire_bytes_from_variant (GVariant *value)
{
  gsize size;
  const void *data = g_variant_get_fixed_array (value, &size, 1);

  return g_bytes_new (data, size);
}

/**
 * inf_wire_variant_from_bytes:
 * @bytes: (nullable): NULL stands for no bytes
 *
 * Returns: (transfer floating): an "ay" of @bytes
 */
GVariant *
inf_wire_variant_from_bytes (GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;

  return inf_wire_variant_from_data (data, size);
}

/**
 * inf_wire_variant_from_data:
 * @data: (array length=size_bytes) (nullable): the content
 * @size_bytes: its length
 *
 * Returns: (transfer floating): an "ay" of @data
 */
GVariant *
inf_wire_variant_from_data (const void *data, gsize size_bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, size_bytes ? data : "", size_bytes, 1);
}
