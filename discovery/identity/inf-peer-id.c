#include "discovery/identity/inf-peer-id.h"

#include "common/inf-base32.h"
#include "common/inf-sha256.h"
#include "common/inf-wire.h"

#include <string.h>

/* Eight characters are forty bits: enough to tell a grid's members apart when they are listed. */
#define SHORT_LENGTH 8

G_STATIC_ASSERT (INF_PEER_ID_SIZE_BYTES == INF_SHA256_SIZE_BYTES);

void
inf_peer_id_of_key (const InfPublicKey *key, InfPeerId *ret_id)
{
  inf_sha256_of_data (key->bytes, sizeof key->bytes, ret_id->bytes);
}

gboolean
inf_peer_id_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (InfPeerId)) == 0;
}

/* An id is a digest already: its first bytes are as good a hash as any. */
guint
inf_peer_id_hash (gconstpointer id)
{
  guint hash;

  memcpy (&hash, id, sizeof hash);
  return hash;
}

int
inf_peer_id_compare (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (InfPeerId));
}

/**
 * inf_peer_id_copy:
 * @id: an id
 *
 * Returns: (transfer full): a copy, freed with g_free()
 */
InfPeerId *
inf_peer_id_copy (const InfPeerId *id)
{
  return g_memdup2 (id, sizeof *id);
}

/**
 * inf_peer_id_to_text:
 * @id: an id
 *
 * Returns: (transfer full): 52 characters of base32, as they are stored and sent
 */
char *
inf_peer_id_to_text (const InfPeerId *id)
{
  return inf_base32_encode (id->bytes, sizeof id->bytes);
}

/**
 * inf_peer_id_to_short:
 * @id: an id
 *
 * Returns: (transfer full): the beginning of the id for people, "k4xm-2f7q" for example
 */
char *
inf_peer_id_to_short (const InfPeerId *id)
{
  g_autofree char *text = inf_peer_id_to_text (id);

  return g_strdup_printf ("%.4s-%.4s", text, text + SHORT_LENGTH / 2);
}

/**
 * inf_peer_id_from_text:
 * @text: a whole id as inf_peer_id_to_text() gives, in either case, '-' allowed
 * @ret_id: (out): the id; left alone on failure
 *
 * Returns: whether @text is an id
 */
gboolean
inf_peer_id_from_text (const char *text, InfPeerId *ret_id)
{
  gsize size;
  g_autofree guint8 *data = inf_base32_decode (text, &size);

  if (!data || size != sizeof ret_id->bytes)
    return FALSE;
  memcpy (ret_id->bytes, data, size);
  return TRUE;
}

static gboolean
bytes_from_variant (GVariant *value, guint8 *ret_bytes, gsize size_bytes)
{
  gsize size;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  const void *data = g_variant_get_fixed_array (value, &size, 1);
  if (size != size_bytes)
    return FALSE;
  memcpy (ret_bytes, data, size);
  return TRUE;
}

/**
 * inf_peer_id_from_variant:
 * @value: an "ay" from anyone
 * @ret_id: (out): the id; left alone on failure
 *
 * Returns: whether @value has an id's size
 */
gboolean
inf_peer_id_from_variant (GVariant *value, InfPeerId *ret_id)
{
  return bytes_from_variant (value, ret_id->bytes, sizeof ret_id->bytes);
}

GVariant *
inf_peer_id_to_variant (const InfPeerId *id)
{
  return inf_wire_variant_from_data (id->bytes, sizeof id->bytes);
}

gboolean
inf_public_key_from_variant (GVariant *value, InfPublicKey *ret_key)
{
  return bytes_from_variant (value, ret_key->bytes, sizeof ret_key->bytes);
}

GVariant *
inf_public_key_to_variant (const InfPublicKey *key)
{
  return inf_wire_variant_from_data (key->bytes, sizeof key->bytes);
}
