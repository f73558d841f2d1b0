#include "grid/ledger/inf-ledger-private.h"

#include "common/inf-error.h"

#include <string.h>

/**
 * inf_ledger_list_history:
 * @ledger: a ledger
 * @offset: how many of the newest entries to pass over
 * @limit: how many to list, at most %INF_LEDGER_MAX_HISTORY
 * @error: #INF_ERROR_CORRUPT, #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable) (element-type InfEntry): entries, newest first
 */
GArray *
inf_ledger_list_history (InfLedger *ledger, guint offset, guint limit, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (InfEntry));
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "SELECT statement FROM entries WHERE number <= ?1 ORDER BY number DESC LIMIT ?2",
      error);
  gboolean found;

  if (!statement)
    return NULL;
  guint64 newest = ledger->account.number > offset ? ledger->account.number - offset : 0;
  inf_ledger_db_bind_amount (statement, 1, newest);
  sqlite3_bind_int64 (statement, 2, MIN (limit, INF_LEDGER_MAX_HISTORY));
  while (inf_ledger_db_row (ledger, statement, &found, error))
    {
      if (!found)
        return g_steal_pointer (&entries);
      g_autoptr (GBytes) bytes = inf_ledger_db_get_bytes (statement, 0);
      InfEntry entry;
      if (!bytes || !inf_entry_parse (&entry, bytes, error))
        {
          g_prefix_error (error, "ledger %s: ", ledger->path);
          return NULL;
        }
      g_array_append_val (entries, entry);
    }
  return NULL;
}

/* The chain as it is replayed: what all entries so far come to. */
typedef struct
{
  InfAccount account;
  GHashTable *subjects; /* GBytes (lease id, or grid id of a grant) → InfAccountSubject */
} Replay;

static InfAccountSubject *
subject_of (Replay *replay, const InfEntry *entry)
{
  g_autoptr (GBytes) key = entry->kind == INF_ENTRY_GRANT
                               ? g_bytes_new (entry->reference, sizeof entry->reference)
                               : g_bytes_new (entry->lease_id, sizeof entry->lease_id);
  InfAccountSubject *subject = g_hash_table_lookup (replay->subjects, key);

  if (!subject)
    {
      subject = g_new0 (InfAccountSubject, 1);
      g_hash_table_insert (replay->subjects, g_steal_pointer (&key), subject);
    }
  return subject;
}

static gboolean
replay_entry (InfLedger *ledger, Replay *replay, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GBytes) bytes = inf_ledger_db_get_bytes (statement, 0);
  guint8 hash[INF_SHA256_SIZE_BYTES], stored_hash[INF_SHA256_SIZE_BYTES];
  InfEntry entry;

  if (!bytes || !inf_entry_parse (&entry, bytes, error))
    return FALSE;
  inf_entry_hash (bytes, hash);
  inf_ledger_db_get_data (statement, 1, stored_hash, sizeof stored_hash);
  if (memcmp (hash, stored_hash, sizeof hash) != 0
      || memcmp (&entry.account, inf_keypair_get_public_key (ledger->owner), sizeof entry.account)
             != 0
      || !inf_entry_verify (&entry, bytes))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_CORRUPT,
                           "entry that the owner has not signed");
      return FALSE;
    }
  return inf_account_apply (&replay->account, subject_of (replay, &entry), &entry, hash, error);
}

static gboolean
replay_entries (InfLedger *ledger, Replay *replay, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "SELECT statement, hash FROM entries ORDER BY number", error);
  gboolean found;

  if (!statement)
    return FALSE;
  while (inf_ledger_db_row (ledger, statement, &found, error))
    {
      if (!found)
        return TRUE;
      g_autoptr (GError) reason = NULL;
      if (!replay_entry (ledger, replay, statement, &reason))
        {
          g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                       "ledger %s, after entry %" G_GUINT64_FORMAT ": %s", ledger->path,
                       replay->account.number, reason->message);
          return FALSE;
        }
    }
  return FALSE;
}

static gboolean
are_equal (const InfAccount *a, const InfAccount *b)
{
  return a->number == b->number && memcmp (a->head, b->head, sizeof a->head) == 0
         && a->balance_ucredits == b->balance_ucredits
         && a->escrowed_ucredits == b->escrowed_ucredits
         && a->granted_ucredits == b->granted_ucredits && a->earned_ucredits == b->earned_ucredits
         && a->paid_ucredits == b->paid_ucredits;
}

/* What is set aside per lease must be what the entries about it come to. */
static gboolean
check_escrows (InfLedger *ledger, Replay *replay, GError **error)
{
  g_autoptr (GPtrArray) escrows = inf_ledger_list_escrows (ledger, error);
  guint64 sum_ucredits = 0;

  if (!escrows)
    return FALSE;
  for (guint i = 0; i < escrows->len; i++)
    {
      const InfLedgerEscrow *escrow = g_ptr_array_index (escrows, i);
      g_autoptr (GBytes) key = g_bytes_new (escrow->lease_id, sizeof escrow->lease_id);
      const InfAccountSubject *subject = g_hash_table_lookup (replay->subjects, key);
      if (escrow->amount_ucredits != (subject ? subject->escrowed_ucredits : 0))
        break;
      sum_ucredits += escrow->amount_ucredits;
    }
  if (sum_ucredits == ledger->account.escrowed_ucredits)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
               "ledger %s: what is set aside for leases is not what its entries come to",
               ledger->path);
  return FALSE;
}

/**
 * inf_ledger_verify:
 * @ledger: a ledger
 * @error: #INF_ERROR_CORRUPT, with the number of the last good entry; #INF_ERROR_FAILED
 *
 * Reads every entry, checks its signature, its place in the chain and the rules, and that the
 * balance and all escrows are what the entries come to.
 */
gboolean
inf_ledger_verify (InfLedger *ledger, GError **error)
{
  g_autoptr (GHashTable) subjects
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);
  Replay replay = { .subjects = subjects };

  if (!replay_entries (ledger, &replay, error))
    return FALSE;
  if (!are_equal (&replay.account, &ledger->account))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                   "ledger %s: the account's sums are not what its entries come to", ledger->path);
      return FALSE;
    }
  return check_escrows (ledger, &replay, error);
}
