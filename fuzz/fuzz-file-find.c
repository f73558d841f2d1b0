#include "discovery/files/inf-file-find.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What a peer asks about a file, and what it answers: the first byte chooses. */

static void
try_find (GBytes *bytes)
{
  InfObjectId id;

  if (!inf_file_find_decode (&id, bytes, NULL))
    return;
  g_autoptr (GBytes) again = inf_file_find_encode (&id);
  g_assert_true (g_bytes_equal (again, bytes));
}

static void
try_found (GBytes *bytes)
{
  InfFileFound found;

  if (!inf_file_found_decode (&found, bytes, NULL))
    return;
  g_assert_true (!*found.name || inf_file_name_is_safe (found.name));
  g_assert_true (found.is_here || found.size_bytes == 0);
  g_autoptr (GBytes) again = inf_file_found_encode (&found);
  g_assert_true (g_bytes_equal (again, bytes));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (size == 0)
    return 0;
  g_autoptr (GBytes) bytes = g_bytes_new (data + 1, size - 1);
  (data[0] % 2 ? try_found : try_find) (bytes);
  return 0;
}
