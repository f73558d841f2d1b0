#include "grid/ledger/inf-account.h"

#include "common/inf-error.h"

#include <string.h>

/* Applies an entry as its owner would make it. */
static gboolean
move (InfAccount *account, InfAccountSubject *subject, InfEntryKind kind, guint64 amount,
      GError **error)
{
  InfEntry entry = { .kind = kind, .amount_ucredits = amount };
  guint8 hash[INF_SHA256_SIZE_BYTES];

  if (!inf_account_prepare (account, subject, &entry, error))
    return FALSE;
  memset (hash, (int)entry.number, sizeof hash);
  return inf_account_apply (account, subject, &entry, hash, error);
}

static void
assert_refused (InfAccount *account, InfAccountSubject *subject, InfEntryKind kind, guint64 amount,
                InfError code)
{
  InfAccount before = *account;
  InfAccountSubject subject_before = *subject;
  g_autoptr (GError) error = NULL;

  g_assert_false (move (account, subject, kind, amount, &error));
  g_assert_error (error, INF_ERROR, (int)code);
  g_assert_cmpmem (account, sizeof *account, &before, sizeof before);
  g_assert_cmpmem (subject, sizeof *subject, &subject_before, sizeof subject_before);
}

static void
test_credits_move_through_escrow (void)
{
  InfAccount account = { 0 };
  InfAccountSubject grant = { 0 }, lease = { 0 };

  g_assert_true (move (&account, &grant, INF_ENTRY_GRANT, 100, NULL));
  g_assert_true (move (&account, &lease, INF_ENTRY_ESCROW, 60, NULL));
  g_assert_cmpuint (account.balance_ucredits, ==, 40);
  g_assert_cmpuint (account.escrowed_ucredits, ==, 60);
  g_assert_true (move (&account, &lease, INF_ENTRY_PAY, 25, NULL));
  g_assert_false (lease.is_spent);
  g_assert_true (move (&account, &lease, INF_ENTRY_RELEASE, 35, NULL));
  g_assert_true (lease.is_spent);
  g_assert_cmpuint (account.balance_ucredits, ==, 75);
  g_assert_cmpuint (account.escrowed_ucredits, ==, 0);
  g_assert_cmpuint (account.paid_ucredits, ==, 25);
  g_assert_cmpuint (account.granted_ucredits, ==, 100);
  g_assert_cmpuint (account.number, ==, 4);
}

static void
test_nothing_goes_below_zero (void)
{
  InfAccount account = { 0 };
  InfAccountSubject grant = { 0 }, lease = { 0 }, other = { 0 };

  assert_refused (&account, &lease, INF_ENTRY_ESCROW, 1, INF_ERROR_NO_CREDITS);
  g_assert_true (move (&account, &grant, INF_ENTRY_GRANT, 100, NULL));
  assert_refused (&account, &lease, INF_ENTRY_ESCROW, 101, INF_ERROR_NO_CREDITS);
  g_assert_true (move (&account, &lease, INF_ENTRY_ESCROW, 100, NULL));
  assert_refused (&account, &lease, INF_ENTRY_PAY, 101, INF_ERROR_INVALID);
  assert_refused (&account, &lease, INF_ENTRY_RELEASE, 101, INF_ERROR_INVALID);
  assert_refused (&account, &other, INF_ENTRY_PAY, 1, INF_ERROR_INVALID);
  assert_refused (&account, &other, INF_ENTRY_RELEASE, 1, INF_ERROR_INVALID);
}

static void
test_each_is_booked_once (void)
{
  InfAccount account = { 0 };
  InfAccountSubject grant = { 0 }, lease = { 0 };

  g_assert_true (move (&account, &grant, INF_ENTRY_GRANT, 100, NULL));
  assert_refused (&account, &grant, INF_ENTRY_GRANT, 100, INF_ERROR_EXISTS);
  g_assert_true (move (&account, &lease, INF_ENTRY_EARN, 5, NULL));
  assert_refused (&account, &lease, INF_ENTRY_EARN, 5, INF_ERROR_EXISTS);
  g_assert_true (move (&account, &lease, INF_ENTRY_ESCROW, 10, NULL));
  g_assert_true (move (&account, &lease, INF_ENTRY_PAY, 10, NULL));
  assert_refused (&account, &lease, INF_ENTRY_ESCROW, 10, INF_ERROR_EXISTS);
  assert_refused (&account, &lease, INF_ENTRY_PAY, 1, INF_ERROR_INVALID);
}

static void
test_amounts_do_not_overflow (void)
{
  InfAccount account = { 0 };
  InfAccountSubject grant = { 0 }, lease = { 0 }, huge = { 0 };

  g_assert_true (move (&account, &grant, INF_ENTRY_GRANT, G_MAXINT64, NULL));
  assert_refused (&account, &lease, INF_ENTRY_EARN, 1, INF_ERROR_TOO_LARGE);
  assert_refused (&account, &lease, INF_ENTRY_EARN, G_MAXUINT64, INF_ERROR_TOO_LARGE);
  assert_refused (&account, &huge, INF_ENTRY_ESCROW, 0, INF_ERROR_INVALID);
}

static void
test_entry_out_of_place_is_corrupt (void)
{
  InfAccount account = { 0 };
  InfAccountSubject grant = { 0 }, lease = { 0 };
  guint8 hash[INF_SHA256_SIZE_BYTES] = { 1 };
  InfEntry good = { .kind = INF_ENTRY_EARN, .amount_ucredits = 5 };

  g_assert_true (move (&account, &grant, INF_ENTRY_GRANT, 100, NULL));
  g_assert_true (inf_account_prepare (&account, &lease, &good, NULL));
  InfEntry bad[] = { good, good, good, good, good };
  bad[0].number++;
  bad[1].number--;
  bad[2].previous[31] ^= 1;
  bad[3].balance_ucredits++;
  bad[4].escrowed_ucredits++;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (inf_account_apply (&account, &lease, &bad[i], hash, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
      g_assert_cmpuint (account.number, ==, 1);
    }
  g_assert_true (inf_account_apply (&account, &lease, &good, hash, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/credits-move-through-escrow", test_credits_move_through_escrow);
  g_test_add_func ("/account/nothing-goes-below-zero", test_nothing_goes_below_zero);
  g_test_add_func ("/account/each-is-booked-once", test_each_is_booked_once);
  g_test_add_func ("/account/amounts-do-not-overflow", test_amounts_do_not_overflow);
  g_test_add_func ("/account/entry-out-of-place-is-corrupt", test_entry_out_of_place_is_corrupt);
  return g_test_run ();
}
