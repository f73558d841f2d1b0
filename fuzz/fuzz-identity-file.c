#include "discovery/identity/inf-identity-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Whatever is taken for an identity is written as it was read. Opening it is left out: it is slow
 * by design, and nothing decodes what libsodium has not authenticated. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (InfIdentityFile) file = inf_identity_file_parse (bytes, NULL);

  if (!file)
    return 0;
  g_assert (!file->keypair != !file->sealed);
  g_autoptr (GBytes) encoded = inf_identity_file_encode (file);
  g_assert (g_bytes_equal (encoded, bytes));
  return 0;
}
