#include "discovery/gossip/inf-notices.h"
#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A notice from anyone: what is taken can be written again as it was, and stored. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (InfGrid) grid = fuzz_grid ();
  g_autoptr (InfNotice) notice = inf_notice_from_bytes (bytes, grid, NULL);

  if (!notice)
    return 0;
  g_autoptr (InfNotices) notices = inf_notices_new ();
  g_assert (g_bytes_get_size (inf_notice_get_content (notice)) <= INF_NOTICE_MAX_CONTENT_BYTES);
  g_assert (inf_notices_put (notices, notice));
  g_assert (inf_notices_find (notices, inf_notice_get_key (notice)) == notice);
  inf_notice_verify (notice);
  inf_notices_remove (notices, notice);
  g_assert (inf_notices_get_hash (notices) == 0);
  return 0;
}
