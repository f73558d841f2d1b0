#include "grid/ledger/inf-ledger-private.h"

#include "common/inf-error.h"

#include <string.h>

/* The host's side of a lease: what vouchers promise is recorded as they come, and becomes credits
 * only when the lease is closed, once.
 *
 *   record_earned ──▶ OPEN ⟲ record_earned (never less) ──close_earned──▶ EARNED */

typedef struct
{
  InfEntry entry; /* lease, job and client are filled in */
  guint64 prepaid_ucredits;
  guint64 served_ms;
  gboolean is_billed;
  gboolean is_closed;
  guint64 earned_ucredits;
} Claim;

static gboolean
load_claim (InfLedger *ledger, const guint8 *lease_id, Claim *ret_claim, gboolean *ret_found,
            GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "SELECT job, client, prepaid, served_ms, billed, earned FROM claims WHERE lease = ?1",
      error);
  Claim claim = { 0 };

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, lease_id, INF_ENTRY_ID_SIZE_BYTES);
  if (!inf_ledger_db_row (ledger, statement, ret_found, error))
    return FALSE;
  if (!*ret_found)
    return TRUE;
  memcpy (claim.entry.lease_id, lease_id, sizeof claim.entry.lease_id);
  inf_ledger_db_get_data (statement, 0, claim.entry.job_id, sizeof claim.entry.job_id);
  inf_ledger_db_get_data (statement, 1, claim.entry.peer.bytes, sizeof claim.entry.peer.bytes);
  claim.prepaid_ucredits = inf_ledger_db_get_amount (statement, 2);
  claim.served_ms = inf_ledger_db_get_amount (statement, 3);
  claim.is_billed = sqlite3_column_int (statement, 4) != 0;
  claim.is_closed = sqlite3_column_type (statement, 5) != SQLITE_NULL;
  claim.earned_ucredits = inf_ledger_db_get_amount (statement, 5);
  *ret_claim = claim;
  return TRUE;
}

static gboolean
insert_claim (InfLedger *ledger, const InfLedgerClaim *claim, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger,
      "INSERT INTO claims (lease, job, client, prepaid, served_ms, billed, voucher, lease_bytes)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, claim->lease_id, sizeof claim->lease_id);
  inf_ledger_db_bind_data (statement, 2, claim->job_id, sizeof claim->job_id);
  inf_ledger_db_bind_data (statement, 3, claim->client.bytes, sizeof claim->client.bytes);
  inf_ledger_db_bind_amount (statement, 4, claim->prepaid_ucredits);
  inf_ledger_db_bind_amount (statement, 5, claim->served_ms);
  sqlite3_bind_int (statement, 6, claim->is_billed);
  inf_ledger_db_bind_bytes (statement, 7, claim->voucher);
  inf_ledger_db_bind_bytes (statement, 8, claim->lease);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
update_claim (InfLedger *ledger, const InfLedgerClaim *claim, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger,
      "UPDATE claims SET prepaid = ?2, served_ms = ?3, billed = ?4,"
      " voucher = coalesce (?5, voucher), lease_bytes = coalesce (?6, lease_bytes)"
      " WHERE lease = ?1",
      error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, claim->lease_id, sizeof claim->lease_id);
  inf_ledger_db_bind_amount (statement, 2, claim->prepaid_ucredits);
  inf_ledger_db_bind_amount (statement, 3, claim->served_ms);
  sqlite3_bind_int (statement, 4, claim->is_billed);
  inf_ledger_db_bind_bytes (statement, 5, claim->voucher);
  inf_ledger_db_bind_bytes (statement, 6, claim->lease);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
fail_closed (const Claim *claim, GError **error)
{
  g_set_error (error, INF_ERROR, INF_ERROR_EXISTS,
               "this lease is closed already, with %" G_GUINT64_FORMAT " micro-credits earned",
               claim->earned_ucredits);
  return FALSE;
}

/**
 * inf_ledger_record_earned:
 * @ledger: a ledger
 * @claim: a verified voucher, or the bill, and the lease it is for
 * @error: #INF_ERROR_EXISTS: the lease is closed already; #INF_ERROR_INVALID: less than is recorded
 *   already, or other than was billed; #INF_ERROR_FAILED
 *
 * Remembers what the host holds for a lease. Call it for every voucher before it is acknowledged,
 * and when the job is over, with the final served_ms and is_billed set. A %NULL voucher or lease
 * leaves what is recorded of it.
 */
gboolean
inf_ledger_record_earned (InfLedger *ledger, const InfLedgerClaim *claim, GError **error)
{
  Claim known;
  gboolean found;

  if (!load_claim (ledger, claim->lease_id, &known, &found, error))
    return FALSE;
  if (!found)
    return insert_claim (ledger, claim, error);
  if (known.is_closed)
    return fail_closed (&known, error);
  if (claim->prepaid_ucredits < known.prepaid_ucredits || claim->served_ms < known.served_ms
      || (known.is_billed && (!claim->is_billed || claim->served_ms != known.served_ms)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "voucher of %" G_GUINT64_FORMAT " micro-credits after %" G_GUINT64_FORMAT
                   " ms, where %" G_GUINT64_FORMAT " after %" G_GUINT64_FORMAT " ms are recorded%s",
                   claim->prepaid_ucredits, claim->served_ms, known.prepaid_ucredits,
                   known.served_ms, known.is_billed ? " and billed" : "");
      return FALSE;
    }
  /* A voucher of a free lease changes no amount, and is wanted all the same. */
  if (!claim->voucher && claim->served_ms == known.served_ms && claim->is_billed == known.is_billed
      && claim->prepaid_ucredits == known.prepaid_ucredits)
    return TRUE;
  return update_claim (ledger, claim, error);
}

static gboolean
mark_closed (InfLedger *ledger, const guint8 *lease_id, guint64 amount_ucredits, GBytes *settlement,
             GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "UPDATE claims SET earned = ?2, settlement = ?3 WHERE lease = ?1", error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, lease_id, INF_ENTRY_ID_SIZE_BYTES);
  inf_ledger_db_bind_amount (statement, 2, amount_ucredits);
  inf_ledger_db_bind_bytes (statement, 3, settlement);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
append_earned (InfLedger *ledger, Claim *claim, guint64 amount_ucredits, gint64 now_unix_us,
               GError **error)
{
  InfAccountSubject subject = { 0 };

  if (amount_ucredits == 0)
    return TRUE;
  claim->entry.kind = INF_ENTRY_EARN;
  claim->entry.amount_ucredits = amount_ucredits;
  claim->entry.time_unix_us = now_unix_us;
  return inf_ledger_append (ledger, &subject, &claim->entry, error);
}

/**
 * inf_ledger_close_earned:
 * @ledger: a ledger
 * @lease_id: a lease that something is recorded for
 * @amount_ucredits: what it earned: the settlement's amount, or the bill's when the client is gone
 *   for good
 * @settlement: (nullable): the client's settlement, verified and accepted; without it the amount is
 *   at most what vouchers prepaid
 * @now_unix_us: the time
 * @error: #INF_ERROR_NOT_FOUND; #INF_ERROR_EXISTS: closed already, with another amount;
 *   #INF_ERROR_INVALID: more than was prepaid; #INF_ERROR_TOO_LARGE, #INF_ERROR_FAILED
 *
 * Adds what a lease earned to the balance, once: a second call with the same amount changes
 * nothing.
 */
gboolean
inf_ledger_close_earned (InfLedger *ledger, const guint8 *lease_id, guint64 amount_ucredits,
                         GBytes *settlement, gint64 now_unix_us, GError **error)
{
  Claim claim;
  gboolean found;

  if (!load_claim (ledger, lease_id, &claim, &found, error))
    return FALSE;
  if (!found)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND,
                           "no voucher of this lease is recorded");
      return FALSE;
    }
  if (claim.is_closed)
    return claim.earned_ucredits == amount_ucredits || fail_closed (&claim, error);
  if (!settlement && amount_ucredits > claim.prepaid_ucredits)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "%" G_GUINT64_FORMAT
                   " micro-credits claimed where vouchers promise %" G_GUINT64_FORMAT,
                   amount_ucredits, claim.prepaid_ucredits);
      return FALSE;
    }
  if (!inf_ledger_db_begin (ledger, error))
    return FALSE;
  gboolean went_well = append_earned (ledger, &claim, amount_ucredits, now_unix_us, error)
                       && mark_closed (ledger, lease_id, amount_ucredits, settlement, error);
  return inf_ledger_db_end (ledger, went_well, error);
}

/**
 * inf_ledger_get_closed_earned:
 * @ledger: a ledger
 * @lease_id: a lease
 * @ret_amount_ucredits: (out): what it earned; left alone when it is not closed
 *
 * For a settlement that comes a second time, as its first answer was lost.
 *
 * Returns: whether the lease was closed here
 */
gboolean
inf_ledger_get_closed_earned (InfLedger *ledger, const guint8 *lease_id,
                              guint64 *ret_amount_ucredits)
{
  Claim claim;
  gboolean found;

  if (!load_claim (ledger, lease_id, &claim, &found, NULL) || !found || !claim.is_closed)
    return FALSE;
  *ret_amount_ucredits = claim.earned_ucredits;
  return TRUE;
}

void
inf_ledger_claim_free (InfLedgerClaim *claim)
{
  if (!claim)
    return;
  g_clear_pointer (&claim->voucher, g_bytes_unref);
  g_clear_pointer (&claim->lease, g_bytes_unref);
  g_free (claim);
}

/**
 * inf_ledger_list_claims:
 * @ledger: a ledger
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable) (element-type InfLedgerClaim): the leases that something is
 *   recorded for and that are not closed
 */
GPtrArray *
inf_ledger_list_claims (InfLedger *ledger, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger,
      "SELECT lease, job, client, prepaid, served_ms, billed, voucher, lease_bytes FROM claims"
      " WHERE earned IS NULL ORDER BY lease",
      error);
  g_autoptr (GPtrArray) claims
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_ledger_claim_free);
  gboolean found;

  if (!statement)
    return NULL;
  while (inf_ledger_db_row (ledger, statement, &found, error))
    {
      if (!found)
        return g_steal_pointer (&claims);
      InfLedgerClaim *claim = g_new0 (InfLedgerClaim, 1);
      inf_ledger_db_get_data (statement, 0, claim->lease_id, sizeof claim->lease_id);
      inf_ledger_db_get_data (statement, 1, claim->job_id, sizeof claim->job_id);
      inf_ledger_db_get_data (statement, 2, claim->client.bytes, sizeof claim->client.bytes);
      claim->prepaid_ucredits = inf_ledger_db_get_amount (statement, 3);
      claim->served_ms = inf_ledger_db_get_amount (statement, 4);
      claim->is_billed = sqlite3_column_int (statement, 5) != 0;
      claim->voucher = inf_ledger_db_get_bytes (statement, 6);
      claim->lease = inf_ledger_db_get_bytes (statement, 7);
      g_ptr_array_add (claims, claim);
    }
  return NULL;
}
