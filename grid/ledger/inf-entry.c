#include "grid/ledger/inf-entry.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-signed.h"

#include <string.h>

/* account, number, kind, amount, balance, escrowed, lease id, job id, peer, reference, serial,
 * time, previous hash */
#define ENTRY_TYPE G_VARIANT_TYPE ("(aytytttayayayaytxay)")
#define ENTRY_CONTEXT "infinity ledger entry"
#define ENTRY_KIND 90 /* for inf_wire_encode(); market and ledger have 80 to 99 */
#define MAX_SIZE_BYTES 1024

/**
 * inf_entry_sign:
 * @entry: an entry; its account is @owner's
 * @owner: the account's key pair
 *
 * Returns: (transfer full): the entry as it is stored and travels
 */
GBytes *
inf_entry_sign (const InfEntry *entry, const InfKeypair *owner)
{
  return inf_signed_new (
      ENTRY_KIND, ENTRY_CONTEXT, owner,
      g_variant_new ("(@aytyttt@ay@ay@ay@aytx@ay)", inf_public_key_to_variant (&entry->account),
                     entry->number, (guint8)entry->kind, entry->amount_ucredits,
                     entry->balance_ucredits, entry->escrowed_ucredits,
                     inf_wire_variant_from_data (entry->lease_id, sizeof entry->lease_id),
                     inf_wire_variant_from_data (entry->job_id, sizeof entry->job_id),
                     inf_peer_id_to_variant (&entry->peer),
                     inf_wire_variant_from_data (entry->reference, sizeof entry->reference),
                     entry->serial, entry->time_unix_us,
                     inf_wire_variant_from_data (entry->previous, sizeof entry->previous)));
}

static gboolean
copy_field (GVariant *body, gsize index, guint8 *ret_data, gsize field_size)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (body, index);
  gsize size;
  const void *data = g_variant_get_fixed_array (value, &size, 1);

  if (size != field_size)
    return FALSE;
  memcpy (ret_data, data, size);
  return TRUE;
}

/**
 * inf_entry_parse:
 * @entry: (out): what the bytes claim; left alone on failure
 * @bytes: from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Reads an entry's form. Whether its owner signed it says inf_entry_verify(), whether it may follow
 * the one before it says inf_account_apply().
 */
gboolean
inf_entry_parse (InfEntry *entry, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_signed_parse (bytes, ENTRY_KIND, ENTRY_TYPE, MAX_SIZE_BYTES, error);
  InfEntry read;
  guint8 kind;

  if (!body)
    return FALSE;
  if (!copy_field (body, 0, read.account.bytes, sizeof read.account.bytes)
      || !copy_field (body, 6, read.lease_id, sizeof read.lease_id)
      || !copy_field (body, 7, read.job_id, sizeof read.job_id)
      || !copy_field (body, 8, read.peer.bytes, sizeof read.peer.bytes)
      || !copy_field (body, 9, read.reference, sizeof read.reference)
      || !copy_field (body, 12, read.previous, sizeof read.previous))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "entry with an id, a key or a hash of the wrong length");
      return FALSE;
    }
  g_variant_get_child (body, 1, "t", &read.number);
  g_variant_get_child (body, 2, "y", &kind);
  g_variant_get_child (body, 3, "t", &read.amount_ucredits);
  g_variant_get_child (body, 4, "t", &read.balance_ucredits);
  g_variant_get_child (body, 5, "t", &read.escrowed_ucredits);
  g_variant_get_child (body, 10, "t", &read.serial);
  g_variant_get_child (body, 11, "x", &read.time_unix_us);
  if (kind < INF_ENTRY_GRANT || kind > INF_ENTRY_EARN)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "entry of the unknown kind %u", kind);
      return FALSE;
    }
  read.kind = kind;
  *entry = read;
  return TRUE;
}

/**
 * inf_entry_verify:
 * @entry: what inf_entry_parse() read from @bytes
 * @bytes: the entry as it travelled
 *
 * Returns: whether the account that the entry names has signed it
 */
gboolean
inf_entry_verify (const InfEntry *entry, GBytes *bytes)
{
  return inf_signed_verify (bytes, ENTRY_KIND, ENTRY_CONTEXT, &entry->account);
}

/**
 * inf_entry_hash:
 * @bytes: a signed entry
 * @ret_hash: (out): what the next entry names as its previous
 */
void
inf_entry_hash (GBytes *bytes, guint8 ret_hash[INF_SHA256_SIZE_BYTES])
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  inf_sha256_of_data (data, size, ret_hash);
}

/**
 * inf_entry_kind_name:
 * @kind: a kind
 *
 * Returns: (transfer none): "grant", "escrow", "release", "pay" or "earn"
 */
const char *
inf_entry_kind_name (InfEntryKind kind)
{
  switch (kind)
    {
    case INF_ENTRY_GRANT:
      return "grant";
    case INF_ENTRY_ESCROW:
      return "escrow";
    case INF_ENTRY_RELEASE:
      return "release";
    case INF_ENTRY_PAY:
      return "pay";
    case INF_ENTRY_EARN:
      return "earn";
    default:
      return "unknown";
    }
}
