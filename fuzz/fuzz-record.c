#include "discovery/gossip/inf-record.h"
#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Whatever is taken for a record can be read to its last field. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static InfGrid *grid;
  InfAddress addresses[INF_RECORD_MAX_ADDRESSES];
  InfRecordNeighbour neighbours[INF_RECORD_MAX_NEIGHBOURS];

  if (!grid)
    grid = fuzz_grid ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (InfRecord) record = inf_record_from_bytes (bytes, grid, NULL);
  if (!record)
    return 0;
  g_autoptr (InfPeerInfo) info = inf_peer_info_new ();
  inf_record_fill_info (record, info);
  g_assert (g_utf8_validate (info->os, -1, NULL));
  guint n_addresses = inf_record_get_addresses (record, addresses);
  for (guint i = 0; i < n_addresses; i++)
    g_free (inf_address_to_text (&addresses[i]));
  guint n_neighbours = inf_record_get_neighbours (record, neighbours);
  for (guint i = 0; i < n_neighbours; i++)
    g_assert (neighbours[i].loss_permille <= 1000
              || neighbours[i].loss_permille == INF_LOSS_UNKNOWN);
  g_assert (info->coordinate.error >= 0 && info->coordinate.error <= 1);
  inf_record_has_expired (record, FUZZ_NOW_UNIX_US);
  inf_record_verify (record);
  return 0;
}
