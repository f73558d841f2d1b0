#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-record-private.h"
#include "discovery/identity/inf-signed.h"

#include <string.h>

struct _InfRecord
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  InfPublicKey subject;
  InfPeerId peer_id;
  guint32 incarnation;
  guint32 sequence;
  guint32 signed_s;
  guint32 lifetime_s;
  guint32 away_until_s;
  guint64 session;
  guint8 flags;
};

gboolean
inf_record_text_is_acceptable (const char *text)
{
  if (strlen (text) > INF_RECORD_TEXT_MAX_BYTES)
    return FALSE;
  for (const char *c = text; *c; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

guint64
inf_record_grid_hint (const InfGrid *grid)
{
  guint64 hint;

  memcpy (&hint, inf_grid_get_id (grid)->bytes, sizeof hint);
  return GUINT64_FROM_LE (hint);
}

static gboolean
texts_are_acceptable (GVariant *body)
{
  for (guint i = INF_RECORD_FIELD_ARCH; i <= INF_RECORD_FIELD_OPEN_MPI; i++)
    {
      const char *text;
      g_variant_get_child (body, i, "&s", &text);
      if (!inf_record_text_is_acceptable (text))
        return FALSE;
    }
  g_autoptr (GVariant) offers = g_variant_get_child_value (body, INF_RECORD_FIELD_OFFERS);
  for (gsize i = 0; i < g_variant_n_children (offers); i++)
    {
      const char *offer;
      g_variant_get_child (offers, i, "&s", &offer);
      if (!inf_record_text_is_acceptable (offer))
        return FALSE;
    }
  return TRUE;
}

/* There may be ten thousand records, and what is not needed often is read again rather than kept a
 * second time. */
static GVariant *
read_body (const InfRecord *record)
{
  return inf_signed_reopen (record->bytes, INF_RECORD_TYPE);
}

static GVariant *
read_field (const InfRecord *record, InfRecordField field)
{
  g_autoptr (GVariant) body = read_body (record);

  return g_variant_get_child_value (body, field);
}

/* Returns: (transfer full) (nullable): the bytes of the first extension of that number */
static GVariant *
find_extension (GVariant *body, guint8 number)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, INF_RECORD_FIELD_EXTENSIONS);

  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) value = NULL;
      guint8 found;
      g_variant_get_child (list, i, "(y@ay)", &found, &value);
      if (found == number)
        return g_steal_pointer (&value);
    }
  return NULL;
}

static const guint8 *
extension_data (GVariant *value, gsize *ret_size)
{
  *ret_size = 0;
  return value ? g_variant_get_fixed_array (value, ret_size, 1) : NULL;
}

static guint32
read_away_until_s (GVariant *body)
{
  g_autoptr (GVariant) value = find_extension (body, INF_RECORD_EXTENSION_AWAY);
  gsize size;
  const guint8 *data = extension_data (value, &size);
  guint32 until_s;

  if (size != sizeof until_s)
    return 0;
  memcpy (&until_s, data, sizeof until_s);
  return GUINT32_FROM_LE (until_s);
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
  g_autoptr (GVariant) body = inf_signed_parse (bytes, INF_KIND_RECORD, INF_RECORD_TYPE,
                                                INF_RECORD_MAX_SIZE_BYTES, error);
  if (!body)
    return NULL;

  g_autoptr (GVariant) subject = g_variant_get_child_value (body, INF_RECORD_FIELD_SUBJECT);
  g_autoptr (InfRecord) record = g_new0 (InfRecord, 1);
  guint64 grid_field;
  g_atomic_ref_count_init (&record->ref_count);
  g_variant_get_child (body, INF_RECORD_FIELD_GRID, "t", &grid_field);
  g_variant_get_child (body, INF_RECORD_FIELD_SESSION, "t", &record->session);
  g_variant_get_child (body, INF_RECORD_FIELD_INCARNATION, "u", &record->incarnation);
  g_variant_get_child (body, INF_RECORD_FIELD_SEQUENCE, "u", &record->sequence);
  g_variant_get_child (body, INF_RECORD_FIELD_SIGNED_S, "u", &record->signed_s);
  g_variant_get_child (body, INF_RECORD_FIELD_LIFETIME_S, "u", &record->lifetime_s);
  g_variant_get_child (body, INF_RECORD_FIELD_FLAGS, "y", &record->flags);
  record->bytes = g_bytes_ref (bytes);
  if (!inf_public_key_from_variant (subject, &record->subject) || record->incarnation == 0
      || record->lifetime_s == 0 || record->lifetime_s > INF_RECORD_MAX_LIFETIME_S
      || !texts_are_acceptable (body))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not the record of a peer");
      return NULL;
    }
  if (grid_field != inf_record_grid_hint (grid))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_DENIED, "record of another grid's peer");
      return NULL;
    }
  record->away_until_s = read_away_until_s (body);
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
  g_free (record);
}

/**
 * inf_record_is_unshared:
 * @record: a record
 *
 * Returns: whether the caller's is the only reference
 */
gboolean
inf_record_is_unshared (const InfRecord *record)
{
  return g_atomic_ref_count_compare ((gatomicrefcount *)&record->ref_count, 1);
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
  return (record->flags & INF_RECORD_FLAG_LEFT) != 0;
}

guint64
inf_record_get_session (const InfRecord *record)
{
  return record->session;
}

gint64
inf_record_get_signed_unix_us (const InfRecord *record)
{
  return (gint64)record->signed_s * G_USEC_PER_SEC;
}

gint64
inf_record_get_expires_unix_us (const InfRecord *record)
{
  return ((gint64)record->signed_s + record->lifetime_s) * G_USEC_PER_SEC;
}

/**
 * inf_record_has_expired:
 * @record: a record
 * @now_unix_us: the time
 *
 * Returns: whether it holds no more; nor does one from so far in the future that it would outlive
 *   every record whose subject's clock is right
 */
gboolean
inf_record_has_expired (const InfRecord *record, gint64 now_unix_us)
{
  const gint64 max_us = (gint64)INF_RECORD_MAX_LIFETIME_S * G_USEC_PER_SEC;

  return now_unix_us >= inf_record_get_expires_unix_us (record)
         || inf_record_get_signed_unix_us (record) > now_unix_us + max_us;
}

/**
 * inf_record_get_away_until_unix_us:
 * @record: a record
 *
 * Returns: when its subject means to be back, 0 when it did not say that it is away
 */
gint64
inf_record_get_away_until_unix_us (const InfRecord *record)
{
  return (gint64)record->away_until_s * G_USEC_PER_SEC;
}

/**
 * inf_record_get_coordinate:
 * @record: a record
 * @ret_coordinate: (out): where its subject is; left alone when it does not say
 *
 * Returns: whether it says so
 */
gboolean
inf_record_get_coordinate (const InfRecord *record, InfCoordinate *ret_coordinate)
{
  g_autoptr (GVariant) body = read_body (record);
  g_autoptr (GVariant) value = find_extension (body, INF_RECORD_EXTENSION_COORDINATE);
  gsize size;
  const guint8 *data = extension_data (value, &size);

  return inf_coordinate_from_bytes (data, size, ret_coordinate);
}

static gboolean
read_observed_address (GVariant *body, InfAddress *ret_address)
{
  g_autoptr (GVariant) value = find_extension (body, INF_RECORD_EXTENSION_OBSERVED);
  gsize size;
  const guint8 *data = extension_data (value, &size);

  return inf_address_from_bytes (data, size, ret_address);
}

static guint
read_addresses (GVariant *body, InfAddress ret_addresses[INF_RECORD_MAX_ADDRESSES])
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, INF_RECORD_FIELD_ADDRESSES);
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
 * inf_record_get_observed_address:
 * @record: a record
 * @ret_address: (out): how others see its subject; left alone when it does not say
 *
 * Returns: whether that is another address than its own
 */
gboolean
inf_record_get_observed_address (const InfRecord *record, InfAddress *ret_address)
{
  g_autoptr (GVariant) body = read_body (record);

  return read_observed_address (body, ret_address);
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
  g_autoptr (GVariant) body = read_body (record);

  return read_addresses (body, ret_addresses);
}

/**
 * inf_record_get_targets:
 * @record: a record
 * @ret_addresses: (out): all addresses at which its subject may be reached: its own, and where
 *   others see it
 *
 * Returns: how many there are
 */
guint
inf_record_get_targets (const InfRecord *record, InfAddress ret_addresses[INF_RECORD_MAX_TARGETS])
{
  g_autoptr (GVariant) body = read_body (record);
  guint n = read_addresses (body, ret_addresses);

  return n + (read_observed_address (body, &ret_addresses[n]) ? 1 : 0);
}

/**
 * inf_record_get_neighbours:
 * @record: a record
 * @ret_neighbours: (out): whom its subject exchanges traffic with, nearest first
 *
 * Returns: how many there are
 */
guint
inf_record_get_neighbours (const InfRecord *record,
                           InfRecordNeighbour ret_neighbours[INF_RECORD_MAX_NEIGHBOURS])
{
  g_autoptr (GVariant) list = read_field (record, INF_RECORD_FIELD_NEIGHBOURS);
  gsize size;
  const guint8 *data = g_variant_get_fixed_array (list, &size, 1);
  guint n = (guint)MIN (size / INF_RECORD_NEIGHBOUR_SIZE_BYTES, INF_RECORD_MAX_NEIGHBOURS);

  for (guint i = 0; i < n; i++, data += INF_RECORD_NEIGHBOUR_SIZE_BYTES)
    {
      guint loss = MIN (data[11], INF_RECORD_LOSS_MAX) * INF_RECORD_LOSS_STEP_PERMILLE;
      guint64 hint;
      memcpy (&hint, data, sizeof hint);
      ret_neighbours[i] = (InfRecordNeighbour){
        .hint = GUINT64_FROM_LE (hint),
        .rtt_us = data[8] | (guint)data[9] << 8 | (guint)data[10] << 16,
        .loss_permille = data[11] == INF_RECORD_LOSS_UNKNOWN ? INF_LOSS_UNKNOWN : (guint16)loss,
      };
    }
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
 * @info: where all that it says is written, but for addresses and neighbours; the rest is left
 *   alone
 */
void
inf_record_fill_info (const InfRecord *record, InfPeerInfo *info)
{
  g_autoptr (GVariant) body = read_body (record);
  guint16 slots_total, slots_free;
  InfAddress observed;

  info->id = record->peer_id;
  info->public_key = record->subject;
  info->incarnation = record->incarnation;
  info->session = record->session;
  info->signed_unix_us = inf_record_get_signed_unix_us (record);
  info->expires_unix_us = inf_record_get_expires_unix_us (record);
  info->away_until_unix_us = inf_record_get_away_until_unix_us (record);
  info->hosting = (record->flags & INF_RECORD_FLAG_HOSTING) != 0;
  info->is_reclaimed = (record->flags & INF_RECORD_FLAG_RECLAIMED) != 0;
  if (!inf_record_get_coordinate (record, &info->coordinate))
    info->coordinate = (InfCoordinate){ 0 };
  g_free (info->observed_address);
  info->observed_address = inf_record_get_observed_address (record, &observed)
                               ? inf_address_to_text (&observed)
                               : g_strdup ("");
  g_variant_get_child (body, INF_RECORD_FIELD_MEMORY, "t", &info->memory_bytes);
  g_variant_get_child (body, INF_RECORD_FIELD_PRICE, "t", &info->price_ucredits);
  g_variant_get_child (body, INF_RECORD_FIELD_CORES, "u", &info->cores);
  g_variant_get_child (body, INF_RECORD_FIELD_LOAD, "u", &info->load_milli);
  g_variant_get_child (body, INF_RECORD_FIELD_SLOTS_TOTAL, "q", &slots_total);
  g_variant_get_child (body, INF_RECORD_FIELD_SLOTS_FREE, "q", &slots_free);
  g_variant_get_child (body, INF_RECORD_FIELD_PORT, "q", &info->port);
  info->slots_total = slots_total;
  info->slots_free = slots_free;
  take_string (&info->arch, body, INF_RECORD_FIELD_ARCH);
  take_string (&info->os, body, INF_RECORD_FIELD_OS);
  take_string (&info->open_mpi_version, body, INF_RECORD_FIELD_OPEN_MPI);
  g_strfreev (info->offers);
  g_variant_get_child (body, INF_RECORD_FIELD_OFFERS, "^as", &info->offers);
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
  return inf_signed_verify (record->bytes, INF_KIND_RECORD, INF_RECORD_CONTEXT, &record->subject);
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
