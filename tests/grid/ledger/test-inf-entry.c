#include "grid/ledger/inf-entry.h"

#include "common/inf-error.h"

#include <string.h>

static InfKeypair *
owner_new (void)
{
  guint8 seed[INF_SEED_SIZE_BYTES] = { 1 };

  return inf_keypair_from_seed (seed);
}

static GBytes *
signed_entry (const InfKeypair *owner, InfEntry *ret_entry)
{
  InfEntry entry = { .account = *inf_keypair_get_public_key (owner),
                     .number = 12,
                     .kind = INF_ENTRY_PAY,
                     .amount_ucredits = 34,
                     .balance_ucredits = 56,
                     .escrowed_ucredits = 78,
                     .serial = 90,
                     .time_unix_us = -1 };

  memset (entry.lease_id, 1, sizeof entry.lease_id);
  memset (entry.job_id, 2, sizeof entry.job_id);
  memset (entry.peer.bytes, 3, sizeof entry.peer.bytes);
  memset (entry.reference, 4, sizeof entry.reference);
  memset (entry.previous, 5, sizeof entry.previous);
  *ret_entry = entry;
  return inf_entry_sign (&entry, owner);
}

static void
test_round_trips (void)
{
  g_autoptr (InfKeypair) owner = owner_new ();
  InfEntry entry, read;
  g_autoptr (GBytes) bytes = signed_entry (owner, &entry);
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_entry_parse (&read, bytes, &error));
  g_assert_no_error (error);
  g_assert_true (inf_entry_verify (&read, bytes));
  g_autoptr (GBytes) again = inf_entry_sign (&read, owner);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpint (read.kind, ==, INF_ENTRY_PAY);
  g_assert_cmpuint (read.number, ==, 12);
  g_assert_cmpuint (read.amount_ucredits, ==, 34);
  g_assert_cmpuint (read.balance_ucredits, ==, 56);
  g_assert_cmpuint (read.escrowed_ucredits, ==, 78);
  g_assert_cmpmem (read.previous, sizeof read.previous, entry.previous, sizeof entry.previous);
}

static void
test_every_changed_byte_is_noticed (void)
{
  g_autoptr (InfKeypair) owner = owner_new ();
  InfEntry entry;
  g_autoptr (GBytes) bytes = signed_entry (owner, &entry);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, size);
      changed[i] ^= 0x10;
      g_autoptr (GBytes) forged = g_bytes_new (changed, size);
      InfEntry read;
      g_assert_false (inf_entry_parse (&read, forged, NULL) && inf_entry_verify (&read, forged));
    }
}

static void
test_unknown_kind_is_invalid (void)
{
  g_autoptr (InfKeypair) owner = owner_new ();
  InfEntry entry, read;
  g_autoptr (GBytes) unused = signed_entry (owner, &entry);
  g_autoptr (GError) error = NULL;

  entry.kind = INF_ENTRY_EARN + 1;
  g_autoptr (GBytes) bytes = inf_entry_sign (&entry, owner);
  g_assert_false (inf_entry_parse (&read, bytes, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entry/round-trips", test_round_trips);
  g_test_add_func ("/entry/every-changed-byte-is-noticed", test_every_changed_byte_is_noticed);
  g_test_add_func ("/entry/unknown-kind-is-invalid", test_unknown_kind_is_invalid);
  return g_test_run ();
}
