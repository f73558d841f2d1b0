#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Whatever is taken for a certificate can be read, and given out again as it came. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static InfMembership *membership;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (InfCertificate) certificate = inf_certificate_from_bytes (bytes, NULL);
  gboolean changed;

  if (!membership)
    membership = fuzz_membership (1);
  if (certificate)
    {
      g_assert (g_bytes_equal (inf_certificate_get_bytes (certificate), bytes));
      inf_membership_check_certificate (membership, certificate, FUZZ_NOW_UNIX_US, NULL);
    }
  inf_membership_update_revocations (membership, bytes, &changed, NULL);
  return 0;
}
