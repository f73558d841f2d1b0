#include "discovery/files/inf-file-request.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  InfObjectId id, untouched;

  memset (&id, 0xa5, sizeof id);
  untouched = id;
  gboolean decoded = inf_file_request_decode (&id, bytes, &error);
  g_assert_true (decoded == (error == NULL));
  if (!decoded)
    {
      g_assert_cmpmem (&id, sizeof id, &untouched, sizeof untouched);
      return 0;
    }
  /* One object is asked for in one way only. */
  g_autoptr (GBytes) again = inf_file_request_encode (&id);
  g_assert_true (g_bytes_equal (again, bytes));
  return 0;
}
