#include "discovery/gossip/inf-messages.h"

#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"

/* Decoders give nothing away about why they refuse: what does not decode is dropped, and its sender
 * is a member with a fault. Wide fields come first so that padding stays small. */
#define DIGEST_TYPE G_VARIANT_TYPE ("(ttta(tuuy))")
#define WANT_TYPE G_VARIANT_TYPE ("(at)")
#define INTRODUCTION_TYPE G_VARIANT_TYPE ("(yayayay)")
#define REVOCATIONS_NEWS_TYPE G_VARIANT_TYPE ("(ay)")

static GVariant *
decode (GBytes *bytes, guint8 kind, const GVariantType *type)
{
  return inf_wire_decode (bytes, kind, type, INF_PAYLOAD_MAX_SIZE_BYTES, NULL);
}

static GBytes *
child_bytes (GVariant *parent, gsize index)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, index);

  return inf_wire_bytes_from_variant (child);
}

GBytes *
inf_digest_encode (const InfDigest *digest)
{
  GVariantBuilder entries;

  g_variant_builder_init (&entries, G_VARIANT_TYPE ("a(tuuy)"));
  for (guint i = 0; i < digest->entries->len; i++)
    {
      const InfDigestEntry *entry = &g_array_index (digest->entries, InfDigestEntry, i);
      g_variant_builder_add (&entries, "(tuuy)", entry->hint, entry->incarnation, entry->sequence,
                             (guint8)entry->state);
    }
  return inf_wire_encode (INF_KIND_DIGEST,
                          g_variant_new ("(ttta(tuuy))", digest->first, digest->last,
                                         digest->revocations_version, &entries));
}

static gboolean
read_digest_entries (GVariant *list, InfDigest *digest)
{
  guint64 floor = digest->first;

  if (g_variant_n_children (list) > INF_DIGEST_MAX_ENTRIES)
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      InfDigestEntry entry;
      guint8 state;
      g_variant_get_child (list, i, "(tuuy)", &entry.hint, &entry.incarnation, &entry.sequence,
                           &state);
      if (state > INF_PEER_AWAY || entry.hint < floor || entry.hint > digest->last)
        return FALSE;
      entry.state = state;
      floor = entry.hint == G_MAXUINT64 ? entry.hint : entry.hint + 1;
      g_array_append_val (digest->entries, entry);
    }
  return TRUE;
}

/**
 * inf_digest_decode:
 * @bytes: a digest, from any member
 * @ret_digest: (out): what it says; left alone on failure
 *
 * Returns: whether @bytes is a digest, its entries ascending and in its range
 */
gboolean
inf_digest_decode (GBytes *bytes, InfDigest *ret_digest)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_DIGEST, DIGEST_TYPE);
  if (!body)
    return FALSE;

  g_autoptr (GVariant) entries = g_variant_get_child_value (body, 3);
  g_auto (InfDigest) digest = { .entries = g_array_new (FALSE, FALSE, sizeof (InfDigestEntry)) };
  g_variant_get_child (body, 0, "t", &digest.first);
  g_variant_get_child (body, 1, "t", &digest.last);
  g_variant_get_child (body, 2, "t", &digest.revocations_version);
  if (!read_digest_entries (entries, &digest))
    return FALSE;
  *ret_digest = digest;
  digest.entries = NULL;
  return TRUE;
}

void
inf_digest_clear (InfDigest *digest)
{
  g_clear_pointer (&digest->entries, g_array_unref);
}

GBytes *
inf_want_encode (const guint64 *hints, guint n_hints)
{
  return inf_wire_encode (INF_KIND_WANT, g_variant_new ("(@at)", g_variant_new_fixed_array (
                                                                     G_VARIANT_TYPE_UINT64, hints,
                                                                     n_hints, sizeof *hints)));
}

/**
 * inf_want_decode:
 * @bytes: a wish, from any member
 *
 * Returns: (transfer full) (nullable) (element-type guint64): the hints of the peers that the
 *   sender wants to be introduced to
 */
GArray *
inf_want_decode (GBytes *bytes)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_WANT, WANT_TYPE);
  if (!body)
    return NULL;

  g_autoptr (GVariant) list = g_variant_get_child_value (body, 0);
  gsize n_hints;
  const guint64 *hints = g_variant_get_fixed_array (list, &n_hints, sizeof *hints);
  if (n_hints > INF_WANT_MAX_HINTS)
    return NULL;
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (n_hints > 0)
    g_array_append_vals (wanted, hints, (guint)n_hints);
  return wanted;
}

GBytes *
inf_introduction_encode (const InfIntroduction *introduction)
{
  guint8 address[18];
  gsize address_size
      = introduction->has_address ? inf_address_to_bytes (&introduction->address, address) : 0;

  return inf_wire_encode (INF_KIND_INTRODUCTION,
                          g_variant_new ("(y@ay@ay@ay)", (guint8)introduction->state,
                                         inf_wire_variant_from_bytes (introduction->certificate),
                                         inf_wire_variant_from_bytes (introduction->record),
                                         inf_wire_variant_from_data (address, address_size)));
}

gboolean
inf_introduction_decode (GBytes *bytes, InfIntroduction *ret_introduction)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_INTRODUCTION, INTRODUCTION_TYPE);
  if (!body)
    return FALSE;

  guint8 state;
  g_variant_get_child (body, 0, "y", &state);
  if (state > INF_PEER_AWAY)
    return FALSE;
  g_autoptr (GVariant) address = g_variant_get_child_value (body, 3);
  gsize size;
  const guint8 *data = g_variant_get_fixed_array (address, &size, 1);
  ret_introduction->state = state;
  ret_introduction->certificate = child_bytes (body, 1);
  ret_introduction->record = child_bytes (body, 2);
  ret_introduction->has_address = inf_address_from_bytes (data, size, &ret_introduction->address);
  return TRUE;
}

void
inf_introduction_clear (InfIntroduction *introduction)
{
  g_clear_pointer (&introduction->certificate, g_bytes_unref);
  g_clear_pointer (&introduction->record, g_bytes_unref);
}

GBytes *
inf_revocations_news_encode (GBytes *revocations)
{
  return inf_wire_encode (INF_KIND_REVOCATIONS_NEWS,
                          g_variant_new ("(@ay)", inf_wire_variant_from_bytes (revocations)));
}

GBytes *
inf_revocations_news_decode (GBytes *bytes)
{
  g_autoptr (GVariant) body = decode (bytes, INF_KIND_REVOCATIONS_NEWS, REVOCATIONS_NEWS_TYPE);

  return body ? child_bytes (body, 0) : NULL;
}
