#include "common/inf-error.h"
#include "discovery/link/inf-link-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Whatever a peer says, there is an error of the project's domain with a printable message. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = inf_link_error_decode (bytes);

  g_assert_true (error->domain == INF_ERROR);
  g_assert_cmpuint (error->code, <, INF_N_ERRORS);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_autoptr (GBytes) encoded = inf_link_error_encode (error);
  g_autoptr (GError) again = inf_link_error_decode (encoded);
  g_assert_error (again, INF_ERROR, error->code);
  return 0;
}
