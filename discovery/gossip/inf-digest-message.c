#include "discovery/gossip/inf-digest-message.h"

#include "common/inf-wire.h"

#include <string.h>

/* Decoders give nothing away about why they refuse: what does not decode is dropped, and its sender
 * is a member with a fault. Numbers in the packed lists are little-endian and without padding. */
#define BUCKETS_TYPE G_VARIANT_TYPE ("(tyay)")   /* revocations, bits, hashes of 4 bytes */
#define DIGEST_TYPE G_VARIANT_TYPE ("(yayayay)") /* bits, buckets, entries, notices */

static GVariant *
decode (GBytes *bytes, guint8 kind, const GVariantType *type)
{
  return inf_wire_decode (bytes, kind, type, INF_PAYLOAD_MAX_SIZE_BYTES, NULL);
}

GBytes *
inf_buckets_encode (const InfBuckets *buckets)
{
  guint n_buckets = 1u << buckets->n_bits;
  guint32 hashes[INF_BUCKETS_MAX];

  for (guint i = 0; i < n_buckets; i++)
    hashes[i] = GUINT32_TO_LE (buckets->hashes[i]);
  return inf_wire_encode (
      INF_KIND_BUCKETS,
      g_variant_new ("(ty@ay)", buckets->revocations_version, (guint8)buckets->n_bits,
                     inf_wire_variant_from_data (hashes, n_buckets * sizeof *hashes)));
}

/**
 * inf_buckets_decode:
 * @bytes: from any member
 * @ret_buckets: (out): what they say; left alone on failure
 *
 * Returns: whether @bytes are a message of buckets, as many as it says
 */
gboolean
inf_buckets_decode (GBytes *bytes, InfBuckets *ret_buckets)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_BUCKETS, BUCKETS_TYPE);
  if (!body)
    return FALSE;

  g_autoptr (GVariant) list = g_variant_get_child_value (body, 2);
  gsize size;
  const guint8 *data = g_variant_get_fixed_array (list, &size, 1);
  guint8 n_bits;
  g_variant_get_child (body, 1, "y", &n_bits);
  if (n_bits > INF_BUCKETS_MAX_BITS || size != sizeof (guint32) << n_bits)
    return FALSE;
  g_variant_get_child (body, 0, "t", &ret_buckets->revocations_version);
  ret_buckets->n_bits = n_bits;
  memcpy (ret_buckets->hashes, data, size);
  for (guint i = 0; i < 1u << n_bits; i++)
    ret_buckets->hashes[i] = GUINT32_FROM_LE (ret_buckets->hashes[i]);
  return TRUE;
}

/**
 * inf_digest_init:
 * @digest: (out caller-allocates): without entries
 * @n_bits: as in #InfDigest
 */
void
inf_digest_init (InfDigest *digest, guint n_bits)
{
  digest->n_bits = n_bits;
  digest->n_covered = 0;
  digest->entries = g_array_new (FALSE, FALSE, sizeof (InfDigestEntry));
  digest->notices = g_array_new (FALSE, FALSE, sizeof (InfNoticeVersion));
}

void
inf_digest_clear (InfDigest *digest)
{
  g_clear_pointer (&digest->entries, g_array_unref);
  g_clear_pointer (&digest->notices, g_array_unref);
}

/**
 * inf_digest_count_bytes:
 * @digest: a digest
 *
 * Returns: how much of %INF_DIGEST_ROOM_BYTES it takes
 */
gsize
inf_digest_count_bytes (const InfDigest *digest)
{
  return digest->n_covered + (gsize)digest->entries->len * INF_DIGEST_ENTRY_SIZE_BYTES
         + (gsize)digest->notices->len * INF_DIGEST_NOTICE_SIZE_BYTES;
}

static GVariant *
entries_to_variant (const InfDigest *digest)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  for (guint i = 0; i < digest->entries->len; i++)
    {
      const InfDigestEntry *entry = &g_array_index (digest->entries, InfDigestEntry, i);
      guint64 hint = GUINT64_TO_LE (entry->hint);
      guint32 incarnation = GUINT32_TO_LE (entry->incarnation);
      guint32 sequence = GUINT32_TO_LE (entry->sequence);
      guint8 state = (guint8)entry->state;
      g_byte_array_append (packed, (const guint8 *)&hint, sizeof hint);
      g_byte_array_append (packed, (const guint8 *)&incarnation, sizeof incarnation);
      g_byte_array_append (packed, (const guint8 *)&sequence, sizeof sequence);
      g_byte_array_append (packed, &state, sizeof state);
    }
  return inf_wire_variant_from_data (packed->data, packed->len);
}

static GVariant *
notices_to_variant (const InfDigest *digest)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  for (guint i = 0; i < digest->notices->len; i++)
    {
      const InfNoticeVersion *notice = &g_array_index (digest->notices, InfNoticeVersion, i);
      guint64 key = GUINT64_TO_LE (notice->key);
      guint64 version = GUINT64_TO_LE (notice->version);
      g_byte_array_append (packed, (const guint8 *)&key, sizeof key);
      g_byte_array_append (packed, (const guint8 *)&version, sizeof version);
    }
  return inf_wire_variant_from_data (packed->data, packed->len);
}

/**
 * inf_digest_encode:
 * @digest: a digest that takes no more than %INF_DIGEST_ROOM_BYTES
 *
 * Returns: (transfer full): it as it travels
 */
GBytes *
inf_digest_encode (const InfDigest *digest)
{
  return inf_wire_encode (
      INF_KIND_DIGEST,
      g_variant_new ("(y@ay@ay@ay)", (guint8)digest->n_bits,
                     inf_wire_variant_from_data (digest->covered, digest->n_covered),
                     entries_to_variant (digest), notices_to_variant (digest)));
}

static gboolean
read_covered (GVariant *body, InfDigest *digest)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 1);
  gsize size;
  const guint8 *data = g_variant_get_fixed_array (list, &size, 1);

  if (size > 1u << digest->n_bits)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    {
      /* Ascending, so that none is there twice. */
      if (data[i] >= 1u << digest->n_bits || (i > 0 && data[i] <= data[i - 1]))
        return FALSE;
      digest->covered[i] = data[i];
    }
  digest->n_covered = (guint)size;
  return TRUE;
}

static gboolean
read_entries (GVariant *body, InfDigest *digest)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 2);
  gsize size;
  const guint8 *data = g_variant_get_fixed_array (list, &size, 1);

  if (size % INF_DIGEST_ENTRY_SIZE_BYTES != 0)
    return FALSE;
  for (; size > 0; size -= INF_DIGEST_ENTRY_SIZE_BYTES, data += INF_DIGEST_ENTRY_SIZE_BYTES)
    {
      InfDigestEntry entry;
      if (data[16] > INF_PEER_AWAY)
        return FALSE;
      memcpy (&entry.hint, data, 8);
      memcpy (&entry.incarnation, data + 8, 4);
      memcpy (&entry.sequence, data + 12, 4);
      entry.hint = GUINT64_FROM_LE (entry.hint);
      entry.incarnation = GUINT32_FROM_LE (entry.incarnation);
      entry.sequence = GUINT32_FROM_LE (entry.sequence);
      entry.state = (InfPeerState)data[16];
      g_array_append_val (digest->entries, entry);
    }
  return TRUE;
}

static gboolean
read_notices (GVariant *body, InfDigest *digest)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 3);
  gsize size;
  const guint8 *data = g_variant_get_fixed_array (list, &size, 1);

  if (size % INF_DIGEST_NOTICE_SIZE_BYTES != 0)
    return FALSE;
  for (; size > 0; size -= INF_DIGEST_NOTICE_SIZE_BYTES, data += INF_DIGEST_NOTICE_SIZE_BYTES)
    {
      InfNoticeVersion notice;
      memcpy (&notice.key, data, 8);
      memcpy (&notice.version, data + 8, 8);
      notice.key = GUINT64_FROM_LE (notice.key);
      notice.version = GUINT64_FROM_LE (notice.version);
      g_array_append_val (digest->notices, notice);
    }
  return TRUE;
}

/**
 * inf_digest_decode:
 * @bytes: a digest, from any member
 * @ret_digest: (out): what it says; left alone on failure
 *
 * Returns: whether @bytes is a digest
 */
gboolean
inf_digest_decode (GBytes *bytes, InfDigest *ret_digest)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_DIGEST, DIGEST_TYPE);
  g_auto (InfDigest) digest = { 0 };
  guint8 n_bits;

  if (!body)
    return FALSE;
  g_variant_get_child (body, 0, "y", &n_bits);
  if (n_bits > INF_BUCKETS_MAX_BITS)
    return FALSE;
  inf_digest_init (&digest, n_bits);
  if (!read_covered (body, &digest) || !read_entries (body, &digest)
      || !read_notices (body, &digest))
    return FALSE;
  *ret_digest = digest;
  digest.entries = digest.notices = NULL;
  return TRUE;
}
