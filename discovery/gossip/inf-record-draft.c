#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-record-private.h"
#include "discovery/identity/inf-signed.h"

#include <string.h>

#define OFFERS_MAX_BYTES 160

/* A text that every node takes, cut between characters, of what the machine reports. */
static char *
make_acceptable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  if (strlen (valid) > INF_RECORD_TEXT_MAX_BYTES)
    {
      char *end = valid + INF_RECORD_TEXT_MAX_BYTES;
      while (end > valid && ((guint8)*end & 0xc0) == 0x80)
        end--;
      *end = '\0';
    }
  return inf_record_text_is_acceptable (valid) ? g_steal_pointer (&valid) : g_strdup ("");
}

static GVariant *
offers_to_variant (char **offers)
{
  GVariantBuilder builder;
  gsize total_bytes = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; offers && offers[i]; i++)
    {
      gsize size = strlen (offers[i]) + 2;
      if (total_bytes + size > OFFERS_MAX_BYTES || !g_utf8_validate (offers[i], -1, NULL)
          || !inf_record_text_is_acceptable (offers[i]))
        continue;
      total_bytes += size;
      g_variant_builder_add (&builder, "s", offers[i]);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
neighbours_to_variant (GArray *neighbours)
{
  guint8 data[INF_RECORD_MAX_NEIGHBOURS * INF_RECORD_NEIGHBOUR_SIZE_BYTES];
  guint n = neighbours ? MIN (neighbours->len, INF_RECORD_MAX_NEIGHBOURS) : 0;

  for (guint i = 0; i < n; i++)
    {
      const InfNeighbour *neighbour = &g_array_index (neighbours, InfNeighbour, i);
      guint8 *entry = data + i * INF_RECORD_NEIGHBOUR_SIZE_BYTES;
      guint64 hint = GUINT64_TO_LE (inf_peer_hint (&neighbour->id));
      guint32 rtt_us = GUINT32_TO_LE (MIN (neighbour->rtt_us, INF_RECORD_NEIGHBOUR_MAX_RTT_US));
      guint loss = (neighbour->loss_permille + INF_RECORD_LOSS_STEP_PERMILLE / 2)
                   / INF_RECORD_LOSS_STEP_PERMILLE;
      memcpy (entry, &hint, 8);
      memcpy (entry + 8, &rtt_us, 3);
      entry[11] = neighbour->loss_permille == INF_LOSS_UNKNOWN
                      ? INF_RECORD_LOSS_UNKNOWN
                      : (guint8)MIN (loss, INF_RECORD_LOSS_MAX);
    }
  return inf_wire_variant_from_data (data, n * INF_RECORD_NEIGHBOUR_SIZE_BYTES);
}

static GVariant *
addresses_to_variant (const InfAddress *addresses, guint n_addresses)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < MIN (n_addresses, INF_RECORD_MAX_ADDRESSES); i++)
    {
      guint8 data[18];
      gsize size = inf_address_to_bytes (&addresses[i], data);
      g_variant_builder_add (&builder, "@ay", inf_wire_variant_from_data (data, size));
    }
  return g_variant_builder_end (&builder);
}

static void
add_extension (GVariantBuilder *builder, guint8 number, const void *data, gsize size_bytes)
{
  g_variant_builder_add (builder, "(y@ay)", number, inf_wire_variant_from_data (data, size_bytes));
}

static GVariant *
extensions_to_variant (const InfRecordDraft *draft)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(yay)"));
  if (draft->away_until_unix_us > 0)
    {
      guint32 until_s = GUINT32_TO_LE ((guint32)(draft->away_until_unix_us / G_USEC_PER_SEC));
      add_extension (&builder, INF_RECORD_EXTENSION_AWAY, &until_s, sizeof until_s);
    }
  if (draft->coordinate && inf_coordinate_is_known (draft->coordinate))
    {
      guint8 data[INF_COORDINATE_SIZE_BYTES];
      inf_coordinate_to_bytes (draft->coordinate, data);
      add_extension (&builder, INF_RECORD_EXTENSION_COORDINATE, data, sizeof data);
    }
  if (draft->observed_address)
    {
      guint8 data[18];
      gsize size = inf_address_to_bytes (draft->observed_address, data);
      add_extension (&builder, INF_RECORD_EXTENSION_OBSERVED, data, size);
    }
  return g_variant_builder_end (&builder);
}

static guint8
flags_of (const InfRecordDraft *draft)
{
  return (draft->has_left ? INF_RECORD_FLAG_LEFT : 0)
         | (draft->capacity->hosting ? INF_RECORD_FLAG_HOSTING : 0)
         | (draft->capacity->is_reclaimed ? INF_RECORD_FLAG_RECLAIMED : 0);
}

/**
 * inf_record_new:
 * @keypair: the subject's key pair
 * @grid: the grid it is a member of
 * @draft: what is said
 *
 * What is too long for a datagram is cut short: texts to 40 bytes, the offers to about 160 bytes of
 * names altogether.
 *
 * Returns: (transfer full): the signed record, at most %INF_RECORD_MAX_SIZE_BYTES
 */
InfRecord *
inf_record_new (const InfKeypair *keypair, const InfGrid *grid, const InfRecordDraft *draft)
{
  const InfPeerInfo *capacity = draft->capacity;
  g_autofree char *arch = make_acceptable (capacity->arch);
  g_autofree char *os = make_acceptable (capacity->os);
  g_autofree char *open_mpi = make_acceptable (capacity->open_mpi_version);
  guint32 lifetime_s = draft->lifetime_s ? MIN (draft->lifetime_s, INF_RECORD_MAX_LIFETIME_S)
                                         : INF_RECORD_DEFAULT_LIFETIME_S;

  GVariant *body = g_variant_new (
      INF_RECORD_FORMAT, inf_record_grid_hint (grid), capacity->memory_bytes,
      capacity->price_ucredits, draft->session, draft->incarnation, draft->sequence,
      (guint32)(draft->signed_unix_us / G_USEC_PER_SEC), lifetime_s, capacity->cores,
      capacity->load_milli, MIN (capacity->slots_total, G_MAXUINT16),
      MIN (capacity->slots_free, G_MAXUINT16), draft->port, flags_of (draft),
      inf_public_key_to_variant (inf_keypair_get_public_key (keypair)), arch, os, open_mpi,
      offers_to_variant (capacity->offers), neighbours_to_variant (draft->neighbours),
      addresses_to_variant (draft->addresses, draft->n_addresses), extensions_to_variant (draft));
  g_autoptr (GBytes) bytes = inf_signed_new (INF_KIND_RECORD, INF_RECORD_CONTEXT, keypair, body);
  InfRecord *record = inf_record_from_bytes (bytes, grid, NULL);
  g_assert (record);
  return record;
}
