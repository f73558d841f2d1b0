#include "grid/ledger/inf-account.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* An entry of anyone's must never bring an account out of balance, signed or not. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  InfAccount account
      = { .balance_ucredits = 500, .escrowed_ucredits = 300, .granted_ucredits = 800 };
  InfAccountSubject subject = { .escrowed_ucredits = 300 };
  guint8 hash[INF_SHA256_SIZE_BYTES];
  InfEntry entry;

  if (!inf_entry_parse (&entry, bytes, NULL))
    return 0;
  inf_entry_verify (&entry, bytes);
  inf_entry_hash (bytes, hash);
  account.number = entry.number - 1;
  if (!inf_account_apply (&account, &subject, &entry, hash, NULL))
    return 0;
  g_assert_cmpuint (account.balance_ucredits + account.escrowed_ucredits + account.paid_ucredits,
                    ==, account.granted_ucredits + account.earned_ucredits);
  return 0;
}
