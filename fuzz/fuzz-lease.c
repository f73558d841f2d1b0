#include "grid/market/inf-lease.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLease) lease = inf_lease_from_bytes (bytes, &error);

  g_assert_true ((lease == NULL) == (error != NULL));
  if (lease)
    g_assert_true (g_bytes_equal (inf_lease_get_bytes (lease), bytes));
  return 0;
}
