#include "grid/market/inf-lease-request.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is accepted must be written the same way again: there is one form of every request. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (InfLeaseRequest) request = { 0 };

  if (!inf_lease_request_decode (&request, bytes, NULL))
    return 0;
  g_autoptr (GBytes) again = inf_lease_request_encode (&request);
  g_assert_true (g_bytes_equal (bytes, again));
  return 0;
}
