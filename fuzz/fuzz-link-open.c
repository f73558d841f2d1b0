#include "discovery/link/inf-link-message.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is taken can be sent again, and means the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (InfLinkOpen) open = { 0 };
  g_auto (InfLinkOpen) again = { 0 };
  g_autoptr (GError) error = NULL;

  if (!inf_link_open_decode (&open, bytes, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_cmpuint (strlen (open.name), <=, INF_LINK_NAME_MAX_BYTES);
  g_autoptr (GBytes) encoded = inf_link_open_encode (&open);
  g_assert_true (inf_link_open_decode (&again, encoded, &error));
  g_assert_cmpstr (open.name, ==, again.name);
  g_assert_true (g_bytes_equal (open.header, again.header));
  return 0;
}
