#include "grid/market/inf-voucher.h"

#include "common/inf-error.h"
#include "grid/market/inf-price.h"
#include "tests/grid/market/inf-market-fixture.h"

#define PRICE 333

static InfVoucher
voucher_of (guint64 sequence, guint64 covers_ms)
{
  InfVoucher voucher = { .sequence = sequence,
                         .covers_ms = covers_ms,
                         .cumulative_ucredits = inf_price_cost (PRICE, covers_ms) };

  memset (voucher.lease_id, 0x11, sizeof voucher.lease_id);
  return voucher;
}

static void
assert_voucher_fails (const InfVoucher *voucher, guint8 signer_fill, InfError code)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  g_autoptr (InfKeypair) signer = fixture_keypair (signer_fill);
  g_autoptr (GBytes) bytes = inf_voucher_sign (voucher, signer);
  g_autoptr (GError) error = NULL;
  InfVoucher read = { .sequence = 99 };

  g_assert_false (inf_voucher_verify (&read, bytes, lease, &error));
  g_assert_error (error, INF_ERROR, (int)code);
  g_assert_cmpuint (read.sequence, ==, 99);
}

static void
test_voucher_round_trips (void)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  InfVoucher voucher = voucher_of (3, 4321), read;
  g_autoptr (GBytes) bytes = inf_voucher_sign (&voucher, client);
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_voucher_verify (&read, bytes, lease, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (read.sequence, ==, 3);
  g_assert_cmpuint (read.covers_ms, ==, 4321);
  g_assert_cmpuint (read.cumulative_ucredits, ==, 1439);
}

static void
test_voucher_of_another_is_corrupt (void)
{
  InfVoucher voucher = voucher_of (1, 2000);

  assert_voucher_fails (&voucher, 2, INF_ERROR_CORRUPT);
}

static void
test_voucher_that_does_not_fit_is_invalid (void)
{
  InfVoucher other_lease = voucher_of (1, 2000);
  InfVoucher other_price = voucher_of (1, 2000);
  InfVoucher no_sequence = voucher_of (0, 2000);
  InfVoucher endless = voucher_of (1, G_MAXUINT64);

  other_lease.lease_id[15] ^= 1;
  other_price.cumulative_ucredits++;
  assert_voucher_fails (&other_lease, 1, INF_ERROR_INVALID);
  assert_voucher_fails (&other_price, 1, INF_ERROR_INVALID);
  assert_voucher_fails (&no_sequence, 1, INF_ERROR_INVALID);
  assert_voucher_fails (&endless, 1, INF_ERROR_INVALID);
}

static void
test_bill_is_the_hosts (void)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  g_autoptr (InfKeypair) host = fixture_keypair (2);
  InfBill bill = { .served_ms = 10, .amount_ucredits = 4 }, read;
  g_autoptr (GError) error = NULL;

  memset (bill.lease_id, 0x11, sizeof bill.lease_id);
  g_autoptr (GBytes) right = inf_bill_sign (&bill, host);
  g_autoptr (GBytes) wrong = inf_bill_sign (&bill, client);
  g_assert_true (inf_bill_verify (&read, right, lease, NULL));
  g_assert_cmpuint (read.served_ms, ==, 10);
  g_assert_cmpuint (read.amount_ucredits, ==, 4);
  g_assert_false (inf_bill_verify (&read, wrong, lease, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_settlement_is_the_clients (void)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  g_autoptr (InfKeypair) host = fixture_keypair (2);
  InfSettlement settlement = { .served_ms = 0, .amount_ucredits = 0 }, read;
  g_autoptr (GError) error = NULL;

  memset (settlement.lease_id, 0x11, sizeof settlement.lease_id);
  g_autoptr (GBytes) right = inf_settlement_sign (&settlement, client);
  g_autoptr (GBytes) wrong = inf_settlement_sign (&settlement, host);
  g_assert_true (inf_settlement_verify (&read, right, lease, NULL));
  g_assert_cmpuint (read.amount_ucredits, ==, 0);
  g_assert_false (inf_settlement_verify (&read, wrong, lease, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_one_is_not_taken_for_another (void)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  InfVoucher voucher = voucher_of (1, 2000);
  g_autoptr (GBytes) bytes = inf_voucher_sign (&voucher, client);
  g_autofree guint8 *relabelled
      = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  InfSettlement settlement;

  g_assert_false (inf_settlement_verify (&settlement, bytes, lease, NULL));
  relabelled[2] += 2; /* the envelope's kind, which no signature covers: the context does */
  g_autoptr (GBytes) forged = g_bytes_new (relabelled, g_bytes_get_size (bytes));
  g_autoptr (GError) error = NULL;
  g_assert_false (inf_settlement_verify (&settlement, forged, lease, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voucher/round-trips", test_voucher_round_trips);
  g_test_add_func ("/voucher/of-another-is-corrupt", test_voucher_of_another_is_corrupt);
  g_test_add_func ("/voucher/that-does-not-fit-is-invalid",
                   test_voucher_that_does_not_fit_is_invalid);
  g_test_add_func ("/voucher/bill-is-the-hosts", test_bill_is_the_hosts);
  g_test_add_func ("/voucher/settlement-is-the-clients", test_settlement_is_the_clients);
  g_test_add_func ("/voucher/one-is-not-taken-for-another", test_one_is_not_taken_for_another);
  return g_test_run ();
}
