#include "grid/ledger/inf-ledger-private.h"

#include "common/inf-error.h"

#include <string.h>

static gboolean
check_owner (InfLedger *ledger, sqlite3_stmt *statement, GError **error)
{
  InfPublicKey owner;

  inf_ledger_db_get_data (statement, 0, owner.bytes, sizeof owner.bytes);
  if (memcmp (&owner, inf_keypair_get_public_key (ledger->owner), sizeof owner) == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
               "ledger %s belongs to another identity; restore that one or move the ledger away",
               ledger->path);
  return FALSE;
}

static gboolean
check_head (InfLedger *ledger, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1", error);
  gboolean found;
  guint64 number = 0;
  guint8 head[INF_SHA256_SIZE_BYTES] = { 0 };

  if (!statement || !inf_ledger_db_row (ledger, statement, &found, error))
    return FALSE;
  if (found)
    {
      number = inf_ledger_db_get_amount (statement, 0);
      inf_ledger_db_get_data (statement, 1, head, sizeof head);
    }
  if (number == ledger->account.number && memcmp (head, ledger->account.head, sizeof head) == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
               "ledger %s: the last entry is number %" G_GUINT64_FORMAT
               ", the account's sums are those of number %" G_GUINT64_FORMAT,
               ledger->path, number, ledger->account.number);
  return FALSE;
}

static gboolean
load_account (InfLedger *ledger, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "SELECT owner, number, head, balance, escrowed, granted, earned, paid FROM account",
      error);
  InfAccount *account = &ledger->account;
  gboolean found;

  if (!statement || !inf_ledger_db_row (ledger, statement, &found, error))
    return FALSE;
  if (!found)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT, "ledger %s has no account", ledger->path);
      return FALSE;
    }
  if (!check_owner (ledger, statement, error))
    return FALSE;
  account->number = inf_ledger_db_get_amount (statement, 1);
  inf_ledger_db_get_data (statement, 2, account->head, sizeof account->head);
  account->balance_ucredits = inf_ledger_db_get_amount (statement, 3);
  account->escrowed_ucredits = inf_ledger_db_get_amount (statement, 4);
  account->granted_ucredits = inf_ledger_db_get_amount (statement, 5);
  account->earned_ucredits = inf_ledger_db_get_amount (statement, 6);
  account->paid_ucredits = inf_ledger_db_get_amount (statement, 7);
  return check_head (ledger, error);
}

/**
 * inf_ledger_open:
 * @path: the file, made with mode 0600 when it is missing; one per grid, as grids' credits differ
 * @owner: the account's key pair; a reference is taken
 * @error: #INF_ERROR_DENIED: open elsewhere, or another identity's; #INF_ERROR_UNSUPPORTED: of a
 *   newer version; #INF_ERROR_CORRUPT, #INF_ERROR_INVALID, #INF_ERROR_FAILED
 *
 * Opens this node's account. It is as the last operation that returned left it, however the process
 * ended. All calls block for as long as the disk takes to be sure; none does for longer.
 *
 * Returns: (transfer full) (nullable): the ledger, closed with inf_ledger_close()
 */
InfLedger *
inf_ledger_open (const char *path, InfKeypair *owner, GError **error)
{
  g_autoptr (InfLedger) ledger = g_new0 (InfLedger, 1);

  ledger->path = g_strdup (path);
  ledger->owner = inf_keypair_ref (owner);
  if (!inf_ledger_db_open (ledger, error) || !load_account (ledger, error))
    return NULL;
  return g_steal_pointer (&ledger);
}

void
inf_ledger_close (InfLedger *ledger)
{
  if (!ledger)
    return;
  sqlite3_close (ledger->db);
  inf_keypair_unref (ledger->owner);
  g_free (ledger->path);
  g_free (ledger);
}

/**
 * inf_ledger_set_changed:
 * @ledger: a ledger
 * @changed: (nullable): hears of new entries from now on, instead of who did before
 * @user_data: for @changed
 */
void
inf_ledger_set_changed (InfLedger *ledger, InfLedgerChanged changed, gpointer user_data)
{
  ledger->changed = changed;
  ledger->changed_data = user_data;
}

guint64
inf_ledger_get_balance (InfLedger *ledger)
{
  return ledger->account.balance_ucredits;
}

guint64
inf_ledger_get_escrowed (InfLedger *ledger)
{
  return ledger->account.escrowed_ucredits;
}

guint64
inf_ledger_get_earned (InfLedger *ledger)
{
  return ledger->account.earned_ucredits;
}

guint64
inf_ledger_get_paid (InfLedger *ledger)
{
  return ledger->account.paid_ucredits;
}

guint64
inf_ledger_get_granted (InfLedger *ledger)
{
  return ledger->account.granted_ucredits;
}

static gboolean
insert_entry (InfLedger *ledger, const InfEntry *entry, GBytes *bytes,
              const guint8 hash[INF_SHA256_SIZE_BYTES], GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = inf_ledger_db_prepare (ledger, "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5)", error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_amount (statement, 1, entry->number);
  sqlite3_bind_int (statement, 2, entry->kind);
  inf_ledger_db_bind_data (statement, 3, entry->lease_id, sizeof entry->lease_id);
  inf_ledger_db_bind_bytes (statement, 4, bytes);
  inf_ledger_db_bind_data (statement, 5, hash, INF_SHA256_SIZE_BYTES);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
update_account (InfLedger *ledger, GError **error)
{
  const InfAccount *account = &ledger->account;
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger,
      "UPDATE account SET number = ?1, head = ?2, balance = ?3, escrowed = ?4, granted = ?5,"
      " earned = ?6, paid = ?7",
      error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_amount (statement, 1, account->number);
  inf_ledger_db_bind_data (statement, 2, account->head, sizeof account->head);
  inf_ledger_db_bind_amount (statement, 3, account->balance_ucredits);
  inf_ledger_db_bind_amount (statement, 4, account->escrowed_ucredits);
  inf_ledger_db_bind_amount (statement, 5, account->granted_ucredits);
  inf_ledger_db_bind_amount (statement, 6, account->earned_ucredits);
  inf_ledger_db_bind_amount (statement, 7, account->paid_ucredits);
  return inf_ledger_db_run (ledger, statement, error);
}

/**
 * inf_ledger_append:
 * @ledger: a ledger with an open transaction
 * @subject: (inout): how the entry's lease, or grant, stands
 * @entry: (inout): what it moves and why; the account's part of it is filled in
 * @error: as inf_account_apply()
 *
 * Signs @entry and makes it the last of the account.
 */
gboolean
inf_ledger_append (InfLedger *ledger, InfAccountSubject *subject, InfEntry *entry, GError **error)
{
  guint8 hash[INF_SHA256_SIZE_BYTES];

  entry->account = *inf_keypair_get_public_key (ledger->owner);
  if (!inf_account_prepare (&ledger->account, subject, entry, error))
    return FALSE;
  g_autoptr (GBytes) bytes = inf_entry_sign (entry, ledger->owner);
  inf_entry_hash (bytes, hash);
  return inf_account_apply (&ledger->account, subject, entry, hash, error)
         && insert_entry (ledger, entry, bytes, hash, error) && update_account (ledger, error);
}

static gboolean
is_granted (InfLedger *ledger, const guint8 *grid_id, gboolean *ret_granted, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = inf_ledger_db_prepare (ledger, "SELECT 1 FROM grants WHERE reference = ?1", error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, grid_id, INF_ENTRY_REFERENCE_SIZE_BYTES);
  return inf_ledger_db_row (ledger, statement, ret_granted, error);
}

static gboolean
append_grant (InfLedger *ledger, InfEntry *entry, GError **error)
{
  InfAccountSubject subject = { 0 };

  if (!inf_ledger_append (ledger, &subject, entry, error))
    return FALSE;
  g_autoptr (sqlite3_stmt) statement
      = inf_ledger_db_prepare (ledger, "INSERT INTO grants VALUES (?1, ?2)", error);
  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, entry->reference, sizeof entry->reference);
  inf_ledger_db_bind_amount (statement, 2, entry->number);
  return inf_ledger_db_run (ledger, statement, error);
}

/**
 * inf_ledger_grant:
 * @ledger: a ledger
 * @grid_id: the grid of the certificate, 32 bytes
 * @serial: the certificate's serial
 * @amount_ucredits: its welcome grant; 0 books nothing
 * @now_unix_us: the time
 * @error: #INF_ERROR_TOO_LARGE, #INF_ERROR_FAILED
 *
 * Books the welcome grant of a grid once: call it whenever the node starts with a certificate. A
 * renewed certificate, or one of a second joining, grants nothing more.
 */
gboolean
inf_ledger_grant (InfLedger *ledger, const guint8 grid_id[INF_ENTRY_REFERENCE_SIZE_BYTES],
                  guint64 serial, guint64 amount_ucredits, gint64 now_unix_us, GError **error)
{
  InfEntry entry = { .kind = INF_ENTRY_GRANT,
                     .amount_ucredits = amount_ucredits,
                     .serial = serial,
                     .time_unix_us = now_unix_us };
  gboolean granted;

  if (amount_ucredits == 0)
    return TRUE;
  if (!is_granted (ledger, grid_id, &granted, error))
    return FALSE;
  if (granted)
    return TRUE;
  memcpy (entry.reference, grid_id, sizeof entry.reference);
  if (!inf_ledger_db_begin (ledger, error))
    return FALSE;
  return inf_ledger_db_end (ledger, append_grant (ledger, &entry, error), error);
}
