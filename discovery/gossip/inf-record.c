#include "discovery/gossip/inf-record.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/identity/inf-signed.h"

#include <string.h>

#define CONTEXT "infinity record"

/* 0 grid's hint, memory, price; 3 incarnation, sequence, cores, load; 7 slots total and free, port;
 * 10 flags; 11 subject's key; 12 arch, os, Open MPI; 15 offers; 16 neighbours (hint, rtt);
 * 17 addresses; 18 extensions (number, value), for later versions: unknown ones mean nothing. */
#define RECORD_TYPE G_VARIANT_TYPE ("(tttuuuuqqqyaysssasa(tu)aaya(yay))")

#define FLAG_LEFT 1
#define FLAG_HOSTING 2
#define TEXT_MAX_BYTES 40
#define OFFERS_MAX_BYTES 160

struct _InfRecord
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  GVariant *body;
  InfPublicKey subject;
  InfPeerId peer_id;
  guint32 incarnation;
  guint32 sequence;
  guint8 flags;
};

static gboolean
is_printable (const char *text)
{
  if (strlen (text) > TEXT_MAX_BYTES)
    return FALSE;
  for (const char *c = text; *c; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

/* A text that every node takes, cut between characters, of what the machine reports. */
static char *
make_acceptable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  if (strlen (valid) > TEXT_MAX_BYTES)
    {
      char *end = valid + TEXT_MAX_BYTES;
      while (end > valid && ((guint8)*end & 0xc0) == 0x80)
        end--;
      *end = '\0';
    }
  return is_printable (valid) ? g_steal_pointer (&valid) : g_strdup ("");
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
          || !is_printable (offers[i]))
        continue;
      total_bytes += size;
      g_variant_builder_add (&builder, "s", offers[i]);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
neighbours_to_variant (GArray *neighbours)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(tu)"));
  for (guint i = 0; neighbours && i < MIN (neighbours->len, INF_RECORD_MAX_NEIGHBOURS); i++)
    {
      const InfNeighbour *neighbour = &g_array_index (neighbours, InfNeighbour, i);
      g_variant_builder_add (&builder, "(tu)", inf_peer_hint (&neighbour->id), neighbour->rtt_us);
    }
  return g_variant_builder_end (&builder);
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

static guint64
grid_hint (const InfGrid *grid)
{
  guint64 hint;

  memcpy (&hint, inf_grid_get_id (grid)->bytes, sizeof hint);
  return GUINT64_FROM_LE (hint);
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
  guint8 flags = (draft->has_left ? FLAG_LEFT : 0) | (capacity->hosting ? FLAG_HOSTING : 0);

  GVariant *body = g_variant_new (
      "(tttuuuuqqqy@aysss@as@a(tu)@aay@a(yay))", grid_hint (grid), capacity->memory_bytes,
      capacity->price_ucredits, draft->incarnation, draft->sequence, capacity->cores,
      capacity->load_milli, MIN (capacity->slots_total, G_MAXUINT16),
      MIN (capacity->slots_free, G_MAXUINT16), draft->port, flags,
      inf_public_key_to_variant (inf_keypair_get_public_key (keypair)), arch, os, open_mpi,
      offers_to_variant (capacity->offers), neighbours_to_variant (draft->neighbours),
      addresses_to_variant (draft->addresses, draft->n_addresses),
      g_variant_new_array (G_VARIANT_TYPE ("(yay)"), NULL, 0));
  g_autoptr (GBytes) bytes = inf_signed_new (INF_KIND_RECORD, CONTEXT, keypair, body);
  InfRecord *record = inf_record_from_bytes (bytes, grid, NULL);
  g_assert (record);
  return record;
}

static gboolean
texts_are_acceptable (GVariant *body)
{
  for (guint i = 12; i <= 14; i++)
    {
      const char *text;
      g_variant_get_child (body, i, "&s", &text);
      if (!is_printable (text))
        return FALSE;
    }
  g_autoptr (GVariant) offers = g_variant_get_child_value (body, 15);
  for (gsize i = 0; i < g_variant_n_children (offers); i++)
    {
      const char *offer;
      g_variant_get_child (offers, i, "&s", &offer);
      if (!is_printable (offer))
        return FALSE;
    }
  return TRUE;
}

/**
 * inf_record_from_bytes:
 * @bytes: a record, from anyone
 * @grid: the grid it should be about
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, #INF_ERROR_DENIED for another grid
 *
 * Reads what the record claims; inf_record_verify() tells whether its subject said so.
 *
 * Returns: (transfer full) (nullable): the record
 */
InfRecord *
inf_record_from_bytes (GBytes *bytes, const InfGrid *grid, GError **error)
{
  g_autoptr (GVariant) body
      = inf_signed_parse (bytes, INF_KIND_RECORD, RECORD_TYPE, INF_RECORD_MAX_SIZE_BYTES, error);
  if (!body)
    return NULL;

  g_autoptr (GVariant) subject = g_variant_get_child_value (body, 11);
  g_autoptr (InfRecord) record = g_new0 (InfRecord, 1);
  guint64 grid_field;
  g_atomic_ref_count_init (&record->ref_count);
  g_variant_get_child (body, 0, "t", &grid_field);
  g_variant_get_child (body, 3, "u", &record->incarnation);
  g_variant_get_child (body, 4, "u", &record->sequence);
  g_variant_get_child (body, 10, "y", &record->flags);
  record->bytes = g_bytes_ref (bytes);
  record->body = g_variant_ref (body);
  if (!inf_public_key_from_variant (subject, &record->subject) || record->incarnation == 0
      || !texts_are_acceptable (body))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not the record of a peer");
      return NULL;
    }
  if (grid_field != grid_hint (grid))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "record of another grid's peer");
      return NULL;
    }
  inf_peer_id_of_key (&record->subject, &record->peer_id);
  return g_steal_pointer (&record);
}

InfRecord *
inf_record_ref (InfRecord *record)
{
  g_atomic_ref_count_inc (&record->ref_count);
  return record;
}

void
inf_record_unref (InfRecord *record)
{
  if (!record || !g_atomic_ref_count_dec (&record->ref_count))
    return;
  g_clear_pointer (&record->bytes, g_bytes_unref);
  g_clear_pointer (&record->body, g_variant_unref);
  g_free (record);
}

/**
 * inf_record_get_bytes:
 * @record: a record
 *
 * Returns: (transfer none): the bytes that were signed and that travel
 */
GBytes *
inf_record_get_bytes (const InfRecord *record)
{
  return record->bytes;
}

const InfPublicKey *
inf_record_get_subject (const InfRecord *record)
{
  return &record->subject;
}

const InfPeerId *
inf_record_get_peer_id (const InfRecord *record)
{
  return &record->peer_id;
}

guint32
inf_record_get_incarnation (const InfRecord *record)
{
  return record->incarnation;
}

guint32
inf_record_get_sequence (const InfRecord *record)
{
  return record->sequence;
}

gboolean
inf_record_has_left (const InfRecord *record)
{
  return (record->flags & FLAG_LEFT) != 0;
}

/**
 * inf_record_get_addresses:
 * @record: a record
 * @ret_addresses: (out): where its subject says that it is reached, likeliest first
 *
 * Returns: how many there are
 */
guint
inf_record_get_addresses (const InfRecord *record,
                          InfAddress ret_addresses[INF_RECORD_MAX_ADDRESSES])
{
  g_autoptr (GVariant) list = g_variant_get_child_value (record->body, 17);
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (list) && n < INF_RECORD_MAX_ADDRESSES; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      gsize size;
      const guint8 *data = g_variant_get_fixed_array (child, &size, 1);
      n += inf_address_from_bytes (data, size, &ret_addresses[n]) ? 1 : 0;
    }
  return n;
}

/**
 * inf_record_get_neighbour_hints:
 * @record: a record
 * @ret_hints: (out): the beginnings of its neighbours' ids
 * @ret_rtts_us: (out): the round-trip times that its subject measured to them
 *
 * Returns: how many there are
 */
guint
inf_record_get_neighbour_hints (const InfRecord *record,
                                guint64 ret_hints[INF_RECORD_MAX_NEIGHBOURS],
                                guint ret_rtts_us[INF_RECORD_MAX_NEIGHBOURS])
{
  g_autoptr (GVariant) list = g_variant_get_child_value (record->body, 16);
  guint n = MIN ((guint)g_variant_n_children (list), INF_RECORD_MAX_NEIGHBOURS);

  for (guint i = 0; i < n; i++)
    g_variant_get_child (list, i, "(tu)", &ret_hints[i], &ret_rtts_us[i]);
  return n;
}

static void
take_string (char **field, GVariant *body, guint index)
{
  g_free (*field);
  g_variant_get_child (body, index, "s", field);
}

/**
 * inf_record_fill_info:
 * @record: a record
 * @info: where capacity, price and offers are written; the rest is left alone
 */
void
inf_record_fill_info (const InfRecord *record, InfPeerInfo *info)
{
  GVariant *body = record->body;
  guint16 slots_total, slots_free;

  info->id = record->peer_id;
  info->public_key = record->subject;
  info->incarnation = record->incarnation;
  info->hosting = (record->flags & FLAG_HOSTING) != 0;
  g_variant_get_child (body, 1, "t", &info->memory_bytes);
  g_variant_get_child (body, 2, "t", &info->price_ucredits);
  g_variant_get_child (body, 5, "u", &info->cores);
  g_variant_get_child (body, 6, "u", &info->load_milli);
  g_variant_get_child (body, 7, "q", &slots_total);
  g_variant_get_child (body, 8, "q", &slots_free);
  g_variant_get_child (body, 9, "q", &info->port);
  info->slots_total = slots_total;
  info->slots_free = slots_free;
  take_string (&info->arch, body, 12);
  take_string (&info->os, body, 13);
  take_string (&info->open_mpi_version, body, 14);
  g_strfreev (info->offers);
  g_variant_get_child (body, 15, "^as", &info->offers);
}

/**
 * inf_record_verify:
 * @record: a record, from anyone
 *
 * Returns: whether its subject signed it; whether the subject is a member is another question
 */
gboolean
inf_record_verify (const InfRecord *record)
{
  return inf_signed_verify (record->bytes, INF_KIND_RECORD, CONTEXT, &record->subject);
}

/**
 * inf_record_is_newer:
 * @record: a record
 * @than: (nullable): another of the same subject
 *
 * Returns: whether @record replaces @than
 */
gboolean
inf_record_is_newer (const InfRecord *record, const InfRecord *than)
{
  if (!than || record->incarnation != than->incarnation)
    return !than || record->incarnation > than->incarnation;
  return record->sequence > than->sequence;
}
