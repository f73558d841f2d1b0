#include "discovery/files/inf-file-request.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"

#include <string.h>

#define MAX_SIZE_BYTES 128
#define TYPE G_VARIANT_TYPE ("(ay)")

/* What is said of an object is its id alone, in messages of several kinds. */
GBytes *
inf_file_id_encode (guint8 kind, const InfObjectId *id)
{
  return inf_wire_encode (
      kind, g_variant_new ("(@ay)", inf_wire_variant_from_data (id->bytes, sizeof id->bytes)));
}

gboolean
inf_file_id_decode (guint8 kind, InfObjectId *ret_id, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body = inf_wire_decode (bytes, kind, TYPE, MAX_SIZE_BYTES, error);
  gsize size;

  if (!body)
    return FALSE;
  g_autoptr (GVariant) id = g_variant_get_child_value (body, 0);
  const void *data = g_variant_get_fixed_array (id, &size, 1);
  if (size != sizeof ret_id->bytes)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "an object's id of %zu bytes", size);
      return FALSE;
    }
  memcpy (ret_id->bytes, data, size);
  return TRUE;
}

/* The header of an `infinity-files` channel: which object is wanted. The object's bytes follow in
 * the other direction, and nothing else. */
GBytes *
inf_file_request_encode (const InfObjectId *id)
{
  return inf_file_id_encode (INF_KIND_FILE_REQUEST, id);
}

/**
 * inf_file_request_decode:
 * @ret_id: (out): the object; left alone on failure
 * @bytes: from a peer
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE
 */
gboolean
inf_file_request_decode (InfObjectId *ret_id, GBytes *bytes, GError **error)
{
  return inf_file_id_decode (INF_KIND_FILE_REQUEST, ret_id, bytes, error);
}
