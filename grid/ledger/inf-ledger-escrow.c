#include "grid/ledger/inf-ledger-private.h"

#include "common/inf-error.h"

#include <string.h>

/* The client's side of a lease:
 *
 *   escrow ──▶ OPEN ──note_signed──▶ OPEN, up to `signed` of it promised
 *               │ release (nothing promised)      │ settle_paid
 *               ▼                                 ▼
 *             CLOSED                    CLOSED, settlement to be delivered ──▶ delivered */

typedef struct
{
  InfEntry entry; /* lease, job and host are filled in */
  InfAccountSubject subject;
  guint64 signed_ucredits;
  guint64 paid_ucredits;
  gboolean is_closed;
} Escrow;

static gboolean
fail_unknown (const guint8 *lease_id, GError **error)
{
  g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND,
               "nothing was set aside for the lease %02x%02x%02x%02x…", lease_id[0], lease_id[1],
               lease_id[2], lease_id[3]);
  return FALSE;
}

static gboolean
load_escrow (InfLedger *ledger, const guint8 *lease_id, Escrow *ret_escrow, gboolean *ret_found,
             GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "SELECT job, host, amount, signed, paid FROM escrows WHERE lease = ?1", error);
  Escrow escrow = { 0 };

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, lease_id, INF_ENTRY_ID_SIZE_BYTES);
  if (!inf_ledger_db_row (ledger, statement, ret_found, error))
    return FALSE;
  if (!*ret_found)
    return TRUE;
  memcpy (escrow.entry.lease_id, lease_id, sizeof escrow.entry.lease_id);
  inf_ledger_db_get_data (statement, 0, escrow.entry.job_id, sizeof escrow.entry.job_id);
  inf_ledger_db_get_data (statement, 1, escrow.entry.peer.bytes, sizeof escrow.entry.peer.bytes);
  escrow.subject.escrowed_ucredits = inf_ledger_db_get_amount (statement, 2);
  escrow.signed_ucredits = inf_ledger_db_get_amount (statement, 3);
  escrow.is_closed = sqlite3_column_type (statement, 4) != SQLITE_NULL;
  escrow.paid_ucredits = inf_ledger_db_get_amount (statement, 4);
  escrow.subject.is_spent = escrow.is_closed;
  *ret_escrow = escrow;
  return TRUE;
}

/* Of a lease that must be known. */
static gboolean
find_escrow (InfLedger *ledger, const guint8 *lease_id, Escrow *ret_escrow, GError **error)
{
  gboolean found;

  if (!load_escrow (ledger, lease_id, ret_escrow, &found, error))
    return FALSE;
  return found || fail_unknown (lease_id, error);
}

static gboolean
append_moves (InfLedger *ledger, Escrow *escrow, InfEntryKind kind, guint64 amount_ucredits,
              gint64 now_unix_us, GError **error)
{
  if (amount_ucredits == 0)
    return TRUE;
  escrow->entry.kind = kind;
  escrow->entry.amount_ucredits = amount_ucredits;
  escrow->entry.time_unix_us = now_unix_us;
  return inf_ledger_append (ledger, &escrow->subject, &escrow->entry, error);
}

static gboolean
insert_escrow (InfLedger *ledger, const InfLedgerEscrow *wanted, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = inf_ledger_db_prepare (ledger,
                               "INSERT INTO escrows (lease, job, host, amount, signed, lease_bytes)"
                               " VALUES (?1, ?2, ?3, ?4, 0, ?5)",
                               error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, wanted->lease_id, sizeof wanted->lease_id);
  inf_ledger_db_bind_data (statement, 2, wanted->job_id, sizeof wanted->job_id);
  inf_ledger_db_bind_data (statement, 3, wanted->host.bytes, sizeof wanted->host.bytes);
  inf_ledger_db_bind_amount (statement, 4, wanted->amount_ucredits);
  inf_ledger_db_bind_bytes (statement, 5, wanted->lease);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
append_escrow (InfLedger *ledger, const InfLedgerEscrow *wanted, gint64 now_unix_us, GError **error)
{
  Escrow escrow = { 0 };
  gboolean found;

  if (!load_escrow (ledger, wanted->lease_id, &escrow, &found, error))
    return FALSE;
  if (found)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_EXISTS,
                           "credits were set aside for this lease before");
      return FALSE;
    }
  memcpy (escrow.entry.lease_id, wanted->lease_id, sizeof escrow.entry.lease_id);
  memcpy (escrow.entry.job_id, wanted->job_id, sizeof escrow.entry.job_id);
  escrow.entry.peer = wanted->host;
  return append_moves (ledger, &escrow, INF_ENTRY_ESCROW, wanted->amount_ucredits, now_unix_us,
                       error)
         && insert_escrow (ledger, wanted, error);
}

/**
 * inf_ledger_escrow:
 * @ledger: a ledger
 * @escrows: (array length=n_escrows): what to set aside; an amount of 0 (a lease that costs
 *   nothing) is kept track of too
 * @n_escrows: their number
 * @now_unix_us: the time
 * @error: #INF_ERROR_NO_CREDITS; #INF_ERROR_EXISTS: a lease of them is known already;
 *   #INF_ERROR_FAILED
 *
 * Sets credits aside for the leases of a job: for all of them or, on failure, for none.
 */
gboolean
inf_ledger_escrow (InfLedger *ledger, const InfLedgerEscrow *escrows, guint n_escrows,
                   gint64 now_unix_us, GError **error)
{
  gboolean went_well = TRUE;

  if (!inf_ledger_db_begin (ledger, error))
    return FALSE;
  for (guint i = 0; i < n_escrows && went_well; i++)
    went_well = append_escrow (ledger, &escrows[i], now_unix_us, error);
  return inf_ledger_db_end (ledger, went_well, error);
}

static gboolean
set_amount (InfLedger *ledger, const Escrow *escrow, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = inf_ledger_db_prepare (ledger, "UPDATE escrows SET amount = ?2 WHERE lease = ?1", error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, escrow->entry.lease_id, INF_ENTRY_ID_SIZE_BYTES);
  inf_ledger_db_bind_amount (statement, 2, escrow->subject.escrowed_ucredits);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
fail_closed (const Escrow *escrow, GError **error)
{
  g_set_error (error, INF_ERROR, INF_ERROR_EXISTS,
               "this lease is settled already, for %" G_GUINT64_FORMAT " micro-credits",
               escrow->paid_ucredits);
  return FALSE;
}

/**
 * inf_ledger_raise_escrow:
 * @ledger: a ledger
 * @lease_id: a lease that credits are set aside for
 * @total_ucredits: what is to be set aside for it in all; not more than now changes nothing
 * @now_unix_us: the time
 * @error: #INF_ERROR_NO_CREDITS, #INF_ERROR_NOT_FOUND, #INF_ERROR_EXISTS: it is settled already;
 *   #INF_ERROR_FAILED
 */
gboolean
inf_ledger_raise_escrow (InfLedger *ledger, const guint8 *lease_id, guint64 total_ucredits,
                         gint64 now_unix_us, GError **error)
{
  Escrow escrow;

  if (!find_escrow (ledger, lease_id, &escrow, error))
    return FALSE;
  if (escrow.is_closed)
    return fail_closed (&escrow, error);
  if (total_ucredits <= escrow.subject.escrowed_ucredits)
    return TRUE;
  guint64 more_ucredits = total_ucredits - escrow.subject.escrowed_ucredits;
  if (!inf_ledger_db_begin (ledger, error))
    return FALSE;
  gboolean went_well
      = append_moves (ledger, &escrow, INF_ENTRY_ESCROW, more_ucredits, now_unix_us, error)
        && set_amount (ledger, &escrow, error);
  return inf_ledger_db_end (ledger, went_well, error);
}

/**
 * inf_ledger_note_signed:
 * @ledger: a ledger
 * @lease_id: a lease that credits are set aside for
 * @cumulative_ucredits: of the voucher that is about to be sent; 0 (a free lease) promises
 *   nothing, and needs no escrow
 * @error: #INF_ERROR_NO_CREDITS: more than is set aside; #INF_ERROR_NOT_FOUND;
 *   #INF_ERROR_EXISTS: it is settled already; #INF_ERROR_FAILED
 *
 * Remembers that a host may hold this voucher. Call it before the voucher leaves this node: what is
 * promised stays in escrow until it is settled, also when the node is killed in between.
 */
gboolean
inf_ledger_note_signed (InfLedger *ledger, const guint8 *lease_id, guint64 cumulative_ucredits,
                        GError **error)
{
  Escrow escrow;

  if (cumulative_ucredits == 0)
    return TRUE;
  if (!find_escrow (ledger, lease_id, &escrow, error))
    return FALSE;
  if (escrow.is_closed)
    return fail_closed (&escrow, error);
  if (cumulative_ucredits > escrow.subject.escrowed_ucredits)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_NO_CREDITS,
                   "voucher of %" G_GUINT64_FORMAT " micro-credits where %" G_GUINT64_FORMAT
                   " are set aside",
                   cumulative_ucredits, escrow.subject.escrowed_ucredits);
      return FALSE;
    }
  if (cumulative_ucredits <= escrow.signed_ucredits)
    return TRUE;
  g_autoptr (sqlite3_stmt) statement
      = inf_ledger_db_prepare (ledger, "UPDATE escrows SET signed = ?2 WHERE lease = ?1", error);
  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, lease_id, INF_ENTRY_ID_SIZE_BYTES);
  inf_ledger_db_bind_amount (statement, 2, cumulative_ucredits);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
close_escrow (InfLedger *ledger, const Escrow *escrow, guint64 paid_ucredits, GBytes *settlement,
              GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "UPDATE escrows SET amount = 0, paid = ?2, settlement = ?3 WHERE lease = ?1", error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, escrow->entry.lease_id, INF_ENTRY_ID_SIZE_BYTES);
  inf_ledger_db_bind_amount (statement, 2, paid_ucredits);
  inf_ledger_db_bind_bytes (statement, 3, settlement);
  return inf_ledger_db_run (ledger, statement, error);
}

static gboolean
settle (InfLedger *ledger, Escrow *escrow, guint64 amount_ucredits, GBytes *settlement,
        gint64 now_unix_us, GError **error)
{
  guint64 escrowed_ucredits = escrow->subject.escrowed_ucredits;

  if (amount_ucredits > escrowed_ucredits)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_NO_CREDITS,
                   "settlement of %" G_GUINT64_FORMAT " micro-credits where %" G_GUINT64_FORMAT
                   " are set aside",
                   amount_ucredits, escrowed_ucredits);
      return FALSE;
    }
  if (!inf_ledger_db_begin (ledger, error))
    return FALSE;
  gboolean went_well
      = append_moves (ledger, escrow, INF_ENTRY_PAY, amount_ucredits, now_unix_us, error)
        && append_moves (ledger, escrow, INF_ENTRY_RELEASE, escrowed_ucredits - amount_ucredits,
                         now_unix_us, error)
        && close_escrow (ledger, escrow, amount_ucredits, settlement, error);
  return inf_ledger_db_end (ledger, went_well, error);
}

/**
 * inf_ledger_settle_paid:
 * @ledger: a ledger
 * @lease_id: a lease that credits are set aside for
 * @amount_ucredits: what it cost
 * @settlement: (nullable): the signed settlement, kept until inf_ledger_settlement_delivered()
 * @now_unix_us: the time
 * @error: #INF_ERROR_NO_CREDITS: more than is set aside; #INF_ERROR_NOT_FOUND;
 *   #INF_ERROR_EXISTS: it is settled already, for another amount; #INF_ERROR_FAILED
 *
 * Pays from what is set aside and gives the rest back to the balance. Call it before the settlement
 * leaves this node. A second call with the same amount changes nothing.
 */
gboolean
inf_ledger_settle_paid (InfLedger *ledger, const guint8 *lease_id, guint64 amount_ucredits,
                        GBytes *settlement, gint64 now_unix_us, GError **error)
{
  Escrow escrow;

  if (!find_escrow (ledger, lease_id, &escrow, error))
    return FALSE;
  if (escrow.is_closed)
    return escrow.paid_ucredits == amount_ucredits || fail_closed (&escrow, error);
  return settle (ledger, &escrow, amount_ucredits, settlement, now_unix_us, error);
}

/**
 * inf_ledger_release:
 * @ledger: a ledger
 * @lease_id: a lease under which nothing was paid
 * @now_unix_us: the time
 * @error: #INF_ERROR_NOT_FOUND; #INF_ERROR_EXISTS: it is settled already, and cost something;
 *   #INF_ERROR_INVALID: a host may hold a voucher, so it must be settled; #INF_ERROR_FAILED
 *
 * Gives all that is set aside back to the balance. A second call changes nothing.
 */
gboolean
inf_ledger_release (InfLedger *ledger, const guint8 *lease_id, gint64 now_unix_us, GError **error)
{
  Escrow escrow;

  if (!find_escrow (ledger, lease_id, &escrow, error))
    return FALSE;
  if (escrow.is_closed)
    return escrow.paid_ucredits == 0 || fail_closed (&escrow, error);
  if (escrow.signed_ucredits > 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "the host may hold a voucher of %" G_GUINT64_FORMAT
                   " micro-credits: the lease has to be settled",
                   escrow.signed_ucredits);
      return FALSE;
    }
  return settle (ledger, &escrow, 0, NULL, now_unix_us, error);
}

/**
 * inf_ledger_settlement_delivered:
 * @ledger: a ledger
 * @lease_id: a lease whose settlement the host has confirmed
 * @error: #INF_ERROR_FAILED
 */
gboolean
inf_ledger_settlement_delivered (InfLedger *ledger, const guint8 *lease_id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger, "UPDATE escrows SET delivered = 1 WHERE lease = ?1 AND delivered = 0", error);

  if (!statement)
    return FALSE;
  inf_ledger_db_bind_data (statement, 1, lease_id, INF_ENTRY_ID_SIZE_BYTES);
  return inf_ledger_db_run (ledger, statement, error);
}

void
inf_ledger_escrow_free (InfLedgerEscrow *escrow)
{
  if (!escrow)
    return;
  g_clear_pointer (&escrow->lease, g_bytes_unref);
  g_free (escrow);
}

void
inf_ledger_settlement_free (InfLedgerSettlement *settlement)
{
  if (!settlement)
    return;
  g_clear_pointer (&settlement->settlement, g_bytes_unref);
  g_free (settlement);
}

/**
 * inf_ledger_list_escrows:
 * @ledger: a ledger
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable) (element-type InfLedgerEscrow): the leases that are neither
 *   settled nor released: after a start, those that a crash left behind
 */
GPtrArray *
inf_ledger_list_escrows (InfLedger *ledger, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = inf_ledger_db_prepare (
      ledger,
      "SELECT lease, job, host, amount, signed, lease_bytes FROM escrows WHERE paid IS NULL"
      " ORDER BY lease",
      error);
  g_autoptr (GPtrArray) escrows
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_ledger_escrow_free);
  gboolean found;

  if (!statement)
    return NULL;
  while (inf_ledger_db_row (ledger, statement, &found, error))
    {
      if (!found)
        return g_steal_pointer (&escrows);
      InfLedgerEscrow *escrow = g_new0 (InfLedgerEscrow, 1);
      inf_ledger_db_get_data (statement, 0, escrow->lease_id, sizeof escrow->lease_id);
      inf_ledger_db_get_data (statement, 1, escrow->job_id, sizeof escrow->job_id);
      inf_ledger_db_get_data (statement, 2, escrow->host.bytes, sizeof escrow->host.bytes);
      escrow->amount_ucredits = inf_ledger_db_get_amount (statement, 3);
      escrow->signed_ucredits = inf_ledger_db_get_amount (statement, 4);
      escrow->lease = inf_ledger_db_get_bytes (statement, 5);
      g_ptr_array_add (escrows, escrow);
    }
  return NULL;
}

/**
 * inf_ledger_list_settlements:
 * @ledger: a ledger
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable) (element-type InfLedgerSettlement): the settlements that are
 *   booked here and still to be delivered
 */
GPtrArray *
inf_ledger_list_settlements (InfLedger *ledger, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = inf_ledger_db_prepare (ledger,
                               "SELECT lease, host, settlement FROM escrows"
                               " WHERE settlement IS NOT NULL AND delivered = 0 ORDER BY lease",
                               error);
  g_autoptr (GPtrArray) settlements
      = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_ledger_settlement_free);
  gboolean found;

  if (!statement)
    return NULL;
  while (inf_ledger_db_row (ledger, statement, &found, error))
    {
      if (!found)
        return g_steal_pointer (&settlements);
      InfLedgerSettlement *settlement = g_new0 (InfLedgerSettlement, 1);
      inf_ledger_db_get_data (statement, 0, settlement->lease_id, sizeof settlement->lease_id);
      inf_ledger_db_get_data (statement, 1, settlement->host.bytes, sizeof settlement->host.bytes);
      settlement->settlement = inf_ledger_db_get_bytes (statement, 2);
      g_ptr_array_add (settlements, settlement);
    }
  return NULL;
}
