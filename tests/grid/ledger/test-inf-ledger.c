#include "grid/ledger/inf-ledger.h"

#include "common/inf-error.h"
#include "tests/grid/ledger/inf-ledger-fixture.h"

#include <sqlite3.h>
#include <sys/stat.h>

#define LEASE(n) fixture_lease_id (n)

static void
escrow (Fixture *f, guint8 fill, guint64 amount)
{
  InfLedgerEscrow wanted = fixture_escrow (fill, amount);
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_ledger_escrow (f->ledger, &wanted, 1, 2, &error));
  g_assert_no_error (error);
}

/* Also after reopening, and with a chain that verifies. */
static void
assert_stands (Fixture *f, guint64 balance, guint64 escrowed, guint64 paid, guint64 earned)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_cmpuint (inf_ledger_get_balance (f->ledger), ==, balance);
      g_assert_cmpuint (inf_ledger_get_escrowed (f->ledger), ==, escrowed);
      g_assert_cmpuint (inf_ledger_get_paid (f->ledger), ==, paid);
      g_assert_cmpuint (inf_ledger_get_earned (f->ledger), ==, earned);
      g_assert_true (inf_ledger_verify (f->ledger, &error));
      g_assert_no_error (error);
      fixture_reopen (f);
    }
}

static void
test_new_account_is_empty (Fixture *f, gconstpointer data)
{
  struct stat info;
  g_autoptr (GArray) history = inf_ledger_list_history (f->ledger, 0, 10, NULL);

  g_assert_cmpuint (history->len, ==, 0);
  assert_stands (f, 0, 0, 0, 0);
  g_assert_cmpint (g_stat (f->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static void
count (gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
test_tells_of_entries_alone (Fixture *f, gconstpointer data)
{
  InfLedgerEscrow too_much = fixture_escrow (2, 1000);
  guint n_changes = 0;

  inf_ledger_set_changed (f->ledger, count, &n_changes);
  fixture_grant (f, 100);
  g_assert_cmpuint (n_changes, ==, 1);
  fixture_grant (f, 100);
  g_assert_cmpuint (n_changes, ==, 1);
  escrow (f, 1, 40);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_true (inf_ledger_note_signed (f->ledger, LEASE (1), 10, NULL));
  g_assert_false (inf_ledger_escrow (f->ledger, &too_much, 1, 2, NULL));
  g_assert_cmpuint (n_changes, ==, 2);
}

static void
test_grant_counts_once_per_grid (Fixture *f, gconstpointer data)
{
  guint8 other_grid[INF_ENTRY_REFERENCE_SIZE_BYTES] = { 8 };

  fixture_grant (f, 100);
  fixture_grant (f, 100);
  assert_stands (f, 100, 0, 0, 0);
  fixture_grant (f, 500);
  assert_stands (f, 100, 0, 0, 0);
  g_assert_true (inf_ledger_grant (f->ledger, other_grid, 1, 11, 1, NULL));
  g_assert_true (inf_ledger_grant (f->ledger, other_grid, 1, 0, 1, NULL));
  assert_stands (f, 111, 0, 0, 0);
  g_assert_cmpuint (inf_ledger_get_granted (f->ledger), ==, 111);
}

static void
test_settling_pays_and_gives_back (Fixture *f, gconstpointer data)
{
  fixture_grant (f, 100);
  escrow (f, 1, 60);
  assert_stands (f, 40, 60, 0, 0);
  g_assert_true (inf_ledger_note_signed (f->ledger, LEASE (1), 30, NULL));
  g_assert_true (inf_ledger_settle_paid (f->ledger, LEASE (1), 25, NULL, 3, NULL));
  assert_stands (f, 75, 0, 25, 0);
}

static void
test_settling_twice_pays_once (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_true (inf_ledger_settle_paid (f->ledger, LEASE (1), 25, NULL, 3, NULL));
  g_assert_true (inf_ledger_settle_paid (f->ledger, LEASE (1), 25, NULL, 3, NULL));
  g_assert_false (inf_ledger_settle_paid (f->ledger, LEASE (1), 26, NULL, 3, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
  assert_stands (f, 75, 0, 25, 0);
}

static void
test_settling_takes_no_more_than_set_aside (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) signed_error = NULL;
  g_autoptr (GError) settle_error = NULL;

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_false (inf_ledger_note_signed (f->ledger, LEASE (1), 61, &signed_error));
  g_assert_error (signed_error, INF_ERROR, INF_ERROR_NO_CREDITS);
  g_assert_false (inf_ledger_settle_paid (f->ledger, LEASE (1), 61, NULL, 3, &settle_error));
  g_assert_error (settle_error, INF_ERROR, INF_ERROR_NO_CREDITS);
  assert_stands (f, 40, 60, 0, 0);
}

static void
test_escrow_is_for_all_leases_or_none (Fixture *f, gconstpointer data)
{
  InfLedgerEscrow wanted[] = { fixture_escrow (1, 60), fixture_escrow (2, 41) };
  g_autoptr (GError) error = NULL;

  fixture_grant (f, 100);
  g_assert_false (inf_ledger_escrow (f->ledger, wanted, 2, 2, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NO_CREDITS);
  assert_stands (f, 100, 0, 0, 0);
  wanted[1].amount_ucredits = 40;
  g_assert_true (inf_ledger_escrow (f->ledger, wanted, 2, 2, NULL));
  assert_stands (f, 0, 100, 0, 0);
}

static void
test_lease_is_escrowed_once (Fixture *f, gconstpointer data)
{
  InfLedgerEscrow again = fixture_escrow (1, 5);
  g_autoptr (GError) open_error = NULL;
  g_autoptr (GError) closed_error = NULL;

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_false (inf_ledger_escrow (f->ledger, &again, 1, 2, &open_error));
  g_assert_error (open_error, INF_ERROR, INF_ERROR_EXISTS);
  g_assert_true (inf_ledger_release (f->ledger, LEASE (1), 3, NULL));
  g_assert_false (inf_ledger_escrow (f->ledger, &again, 1, 2, &closed_error));
  g_assert_error (closed_error, INF_ERROR, INF_ERROR_EXISTS);
  assert_stands (f, 100, 0, 0, 0);
}

static void
test_escrow_can_be_raised (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_true (inf_ledger_raise_escrow (f->ledger, LEASE (1), 80, 3, NULL));
  g_assert_true (inf_ledger_raise_escrow (f->ledger, LEASE (1), 70, 3, NULL));
  g_assert_false (inf_ledger_raise_escrow (f->ledger, LEASE (1), 101, 3, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NO_CREDITS);
  assert_stands (f, 20, 80, 0, 0);
}

static void
test_promised_credits_are_not_released (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_true (inf_ledger_note_signed (f->ledger, LEASE (1), 1, NULL));
  g_assert_false (inf_ledger_release (f->ledger, LEASE (1), 3, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  assert_stands (f, 40, 60, 0, 0);
}

static void
test_free_lease_leaves_no_entry (Fixture *f, gconstpointer data)
{
  escrow (f, 1, 0);
  g_assert_true (inf_ledger_note_signed (f->ledger, LEASE (1), 0, NULL));
  g_assert_true (inf_ledger_settle_paid (f->ledger, LEASE (1), 0, NULL, 3, NULL));
  InfLedgerClaim claim = fixture_claim (1, 0, 5);
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  g_assert_true (inf_ledger_close_earned (f->ledger, LEASE (1), 0, NULL, 3, NULL));
  assert_stands (f, 0, 0, 0, 0);
  g_autoptr (GPtrArray) escrows = inf_ledger_list_escrows (f->ledger, NULL);
  g_autoptr (GPtrArray) claims = inf_ledger_list_claims (f->ledger, NULL);
  g_autoptr (GArray) history = inf_ledger_list_history (f->ledger, 0, 10, NULL);
  g_assert_cmpuint (escrows->len, ==, 0);
  g_assert_cmpuint (claims->len, ==, 0);
  g_assert_cmpuint (history->len, ==, 0);
}

static void
test_unknown_lease_is_not_found (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) settle_error = NULL;
  g_autoptr (GError) close_error = NULL;

  g_assert_false (inf_ledger_settle_paid (f->ledger, LEASE (1), 0, NULL, 3, &settle_error));
  g_assert_error (settle_error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_assert_false (inf_ledger_close_earned (f->ledger, LEASE (1), 0, NULL, 3, &close_error));
  g_assert_error (close_error, INF_ERROR, INF_ERROR_NOT_FOUND);
}

static void
test_open_escrows_are_listed_after_restart (Fixture *f, gconstpointer data)
{
  InfLedgerEscrow wanted = fixture_escrow (1, 60);
  g_autoptr (GBytes) lease = g_bytes_new_static ("lease", 5);

  wanted.lease = lease;
  fixture_grant (f, 100);
  g_assert_true (inf_ledger_escrow (f->ledger, &wanted, 1, 2, NULL));
  escrow (f, 2, 10);
  g_assert_true (inf_ledger_note_signed (f->ledger, LEASE (1), 33, NULL));
  g_assert_true (inf_ledger_release (f->ledger, LEASE (2), 3, NULL));
  fixture_reopen (f);

  g_autoptr (GPtrArray) escrows = inf_ledger_list_escrows (f->ledger, NULL);
  g_assert_cmpuint (escrows->len, ==, 1);
  const InfLedgerEscrow *open = g_ptr_array_index (escrows, 0);
  g_assert_cmpmem (open->lease_id, 16, wanted.lease_id, 16);
  g_assert_cmpmem (open->job_id, 16, wanted.job_id, 16);
  g_assert_true (inf_peer_id_equal (&open->host, &wanted.host));
  g_assert_cmpuint (open->amount_ucredits, ==, 60);
  g_assert_cmpuint (open->signed_ucredits, ==, 33);
  g_assert_true (g_bytes_equal (open->lease, lease));
}

static void
test_settlement_is_kept_until_delivered (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("settlement", 10);

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_true (inf_ledger_settle_paid (f->ledger, LEASE (1), 25, bytes, 3, NULL));
  fixture_reopen (f);
  g_autoptr (GPtrArray) before = inf_ledger_list_settlements (f->ledger, NULL);
  g_assert_cmpuint (before->len, ==, 1);
  const InfLedgerSettlement *open = g_ptr_array_index (before, 0);
  g_assert_cmpmem (open->lease_id, 16, LEASE (1), 16);
  g_assert_true (g_bytes_equal (open->settlement, bytes));
  g_assert_true (inf_ledger_settlement_delivered (f->ledger, LEASE (1), NULL));
  fixture_reopen (f);
  g_autoptr (GPtrArray) after = inf_ledger_list_settlements (f->ledger, NULL);
  g_assert_cmpuint (after->len, ==, 0);
}

static void
test_vouchers_are_no_credits_until_closed (Fixture *f, gconstpointer data)
{
  InfLedgerClaim claim = fixture_claim (1, 2000, 0);
  guint64 earned = 99;

  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  claim = fixture_claim (1, 3000, 1000);
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  assert_stands (f, 0, 0, 0, 0);
  g_assert_false (inf_ledger_get_closed_earned (f->ledger, LEASE (1), &earned));
  g_assert_true (inf_ledger_close_earned (f->ledger, LEASE (1), 1500, NULL, 3, NULL));
  assert_stands (f, 1500, 0, 0, 1500);
  g_assert_true (inf_ledger_get_closed_earned (f->ledger, LEASE (1), &earned));
  g_assert_cmpuint (earned, ==, 1500);
}

static void
test_voucher_never_counts_twice (Fixture *f, gconstpointer data)
{
  InfLedgerClaim claim = fixture_claim (1, 2000, 0);
  g_autoptr (GError) record_error = NULL;
  g_autoptr (GError) close_error = NULL;

  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  g_assert_true (inf_ledger_close_earned (f->ledger, LEASE (1), 2000, NULL, 3, NULL));
  g_assert_true (inf_ledger_close_earned (f->ledger, LEASE (1), 2000, NULL, 3, NULL));
  g_assert_false (inf_ledger_record_earned (f->ledger, &claim, &record_error));
  g_assert_error (record_error, INF_ERROR, INF_ERROR_EXISTS);
  g_assert_false (inf_ledger_close_earned (f->ledger, LEASE (1), 1, NULL, 3, &close_error));
  g_assert_error (close_error, INF_ERROR, INF_ERROR_EXISTS);
  assert_stands (f, 2000, 0, 0, 2000);
}

static void
test_claims_never_shrink (Fixture *f, gconstpointer data)
{
  InfLedgerClaim claim = fixture_claim (1, 2000, 500);
  InfLedgerClaim bad[] = { fixture_claim (1, 1999, 500), fixture_claim (1, 2000, 499) };

  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (inf_ledger_record_earned (f->ledger, &bad[i], &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

static void
test_bill_is_final (Fixture *f, gconstpointer data)
{
  InfLedgerClaim claim = fixture_claim (1, 2000, 500);
  InfLedgerClaim later = fixture_claim (1, 3000, 600);
  g_autoptr (GError) error = NULL;

  claim.is_billed = TRUE;
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  g_assert_false (inf_ledger_record_earned (f->ledger, &later, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_without_settlement_vouchers_are_the_limit (Fixture *f, gconstpointer data)
{
  InfLedgerClaim claim = fixture_claim (1, 2000, 500);
  g_autoptr (GBytes) settlement = g_bytes_new_static ("settlement", 10);
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  g_assert_false (inf_ledger_close_earned (f->ledger, LEASE (1), 2001, NULL, 3, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_true (inf_ledger_close_earned (f->ledger, LEASE (1), 2001, settlement, 3, NULL));
}

static void
test_open_claims_are_listed_after_restart (Fixture *f, gconstpointer data)
{
  InfLedgerClaim claim = fixture_claim (1, 2000, 500);
  g_autoptr (GBytes) lease = g_bytes_new_static ("lease", 5);
  g_autoptr (GBytes) voucher = g_bytes_new_static ("voucher", 7);

  claim.lease = lease;
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  claim = fixture_claim (1, 2001, 501);
  claim.voucher = voucher;
  claim.is_billed = TRUE;
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  fixture_reopen (f);
  g_autoptr (GPtrArray) claims = inf_ledger_list_claims (f->ledger, NULL);
  g_assert_cmpuint (claims->len, ==, 1);
  const InfLedgerClaim *open = g_ptr_array_index (claims, 0);
  g_assert_cmpuint (open->prepaid_ucredits, ==, 2001);
  g_assert_cmpuint (open->served_ms, ==, 501);
  g_assert_true (open->is_billed);
  g_assert_true (g_bytes_equal (open->lease, lease));
  g_assert_true (g_bytes_equal (open->voucher, voucher));
  g_assert_true (inf_peer_id_equal (&open->client, &claim.client));
}

static void
test_one_account_can_be_both_sides (Fixture *f, gconstpointer data)
{
  InfLedgerClaim claim = fixture_claim (1, 30, 30);

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_true (inf_ledger_record_earned (f->ledger, &claim, NULL));
  g_assert_true (inf_ledger_settle_paid (f->ledger, LEASE (1), 25, NULL, 3, NULL));
  g_assert_true (inf_ledger_close_earned (f->ledger, LEASE (1), 25, NULL, 3, NULL));
  assert_stands (f, 100, 0, 25, 25);
}

static void
test_history_is_newest_first_in_pages (Fixture *f, gconstpointer data)
{
  const InfEntryKind kinds[]
      = { INF_ENTRY_RELEASE, INF_ENTRY_PAY, INF_ENTRY_ESCROW, INF_ENTRY_GRANT };
  const guint64 amounts[] = { 35, 25, 60, 100 };
  const guint64 balances[] = { 75, 40, 40, 100 };

  fixture_grant (f, 100);
  escrow (f, 1, 60);
  g_assert_true (inf_ledger_settle_paid (f->ledger, LEASE (1), 25, NULL, 3, NULL));
  for (guint offset = 0; offset <= 4; offset++)
    {
      g_autoptr (GArray) page = inf_ledger_list_history (f->ledger, offset, 2, NULL);
      g_assert_cmpuint (page->len, ==, MIN (2, 4 - offset));
      for (guint i = 0; i < page->len; i++)
        {
          const InfEntry *entry = &g_array_index (page, InfEntry, i);
          g_assert_cmpint (entry->kind, ==, kinds[offset + i]);
          g_assert_cmpuint (entry->amount_ucredits, ==, amounts[offset + i]);
          g_assert_cmpuint (entry->balance_ucredits, ==, balances[offset + i]);
          g_assert_cmpuint (entry->number, ==, 4 - offset - i);
        }
    }
}

static void
test_opens_for_one_at_a_time (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLedger) second = inf_ledger_open (f->path, f->owner, &error);

  g_assert_null (second);
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
}

static void
test_opens_for_its_owner_only (Fixture *f, gconstpointer data)
{
  g_autoptr (InfKeypair) thief = fixture_keypair (2);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->ledger, inf_ledger_close);
  g_autoptr (InfLedger) stolen = inf_ledger_open (f->path, thief, &error);
  g_assert_null (stolen);
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
}

/* Runs SQL on the closed file, as somebody who edits it would. */
static void
tamper (Fixture *f, const char *sql)
{
  sqlite3 *db;

  g_clear_pointer (&f->ledger, inf_ledger_close);
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_tampering_is_found (Fixture *f, gconstpointer data)
{
  const char *statements[] = {
    "UPDATE account SET balance = balance + 1",
    "UPDATE account SET balance = balance + 1; UPDATE account SET balance = balance - 2",
    "UPDATE account SET earned = 5",
    "UPDATE entries SET statement = (SELECT statement FROM entries WHERE number = 1)"
    " WHERE number = 2",
    "DELETE FROM entries WHERE number = 1",
    "UPDATE escrows SET amount = amount - 1 WHERE amount > 0",
    "UPDATE entries SET hash = zeroblob (32) WHERE number = 2",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      Fixture copy = { 0 };
      g_autoptr (GError) error = NULL;
      fixture_set_up (&copy, NULL);
      fixture_grant (&copy, 100);
      escrow (&copy, 1, 60);
      escrow (&copy, 2, 10);
      tamper (&copy, statements[i]);
      copy.ledger = inf_ledger_open (copy.path, copy.owner, &error);
      if (copy.ledger)
        g_assert_false (inf_ledger_verify (copy.ledger, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
      fixture_tear_down (&copy, NULL);
    }
}

static void
test_newer_file_is_left_alone (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tamper (f, "PRAGMA user_version = 2");
  f->ledger = inf_ledger_open (f->path, f->owner, &error);
  g_assert_null (f->ledger);
  g_assert_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED);
}

static void
test_other_files_are_no_ledgers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) database_error = NULL;
  g_autoptr (GError) text_error = NULL;

  tamper (f, "PRAGMA application_id = 1");
  f->ledger = inf_ledger_open (f->path, f->owner, &database_error);
  g_assert_error (database_error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_true (g_file_set_contents (f->path, "no database", -1, NULL));
  f->ledger = inf_ledger_open (f->path, f->owner, &text_error);
  g_assert_error (text_error, INF_ERROR, INF_ERROR_CORRUPT);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ledger/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("new-account-is-empty", test_new_account_is_empty);
  ADD ("tells-of-entries-alone", test_tells_of_entries_alone);
  ADD ("grant-counts-once-per-grid", test_grant_counts_once_per_grid);
  ADD ("settling-pays-and-gives-back", test_settling_pays_and_gives_back);
  ADD ("settling-twice-pays-once", test_settling_twice_pays_once);
  ADD ("settling-takes-no-more-than-set-aside", test_settling_takes_no_more_than_set_aside);
  ADD ("escrow-is-for-all-leases-or-none", test_escrow_is_for_all_leases_or_none);
  ADD ("lease-is-escrowed-once", test_lease_is_escrowed_once);
  ADD ("escrow-can-be-raised", test_escrow_can_be_raised);
  ADD ("promised-credits-are-not-released", test_promised_credits_are_not_released);
  ADD ("free-lease-leaves-no-entry", test_free_lease_leaves_no_entry);
  ADD ("unknown-lease-is-not-found", test_unknown_lease_is_not_found);
  ADD ("open-escrows-are-listed-after-restart", test_open_escrows_are_listed_after_restart);
  ADD ("settlement-is-kept-until-delivered", test_settlement_is_kept_until_delivered);
  ADD ("vouchers-are-no-credits-until-closed", test_vouchers_are_no_credits_until_closed);
  ADD ("voucher-never-counts-twice", test_voucher_never_counts_twice);
  ADD ("claims-never-shrink", test_claims_never_shrink);
  ADD ("bill-is-final", test_bill_is_final);
  ADD ("without-settlement-vouchers-are-the-limit", test_without_settlement_vouchers_are_the_limit);
  ADD ("open-claims-are-listed-after-restart", test_open_claims_are_listed_after_restart);
  ADD ("one-account-can-be-both-sides", test_one_account_can_be_both_sides);
  ADD ("history-is-newest-first-in-pages", test_history_is_newest_first_in_pages);
  ADD ("opens-for-one-at-a-time", test_opens_for_one_at_a_time);
  ADD ("opens-for-its-owner-only", test_opens_for_its_owner_only);
  ADD ("tampering-is-found", test_tampering_is_found);
  ADD ("newer-file-is-left-alone", test_newer_file_is_left_alone);
  ADD ("other-files-are-no-ledgers", test_other_files_are_no_ledgers);
  return g_test_run ();
}
