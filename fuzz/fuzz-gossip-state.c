#include "discovery/gossip/inf-gossip-state.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A file that a crash or a full disk left behind, with what other peers signed in it. Whatever is
 * read from it can be written and read again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (InfGossipState) state = { 0 };
  g_auto (InfGossipState) again = { 0 };

  if (!inf_gossip_state_decode (bytes, &state, NULL))
    return 0;
  g_assert (state.peers->len <= INF_GOSSIP_STATE_MAX_PEERS);
  g_assert (state.seeds->len <= INF_GOSSIP_STATE_MAX_SEEDS);
  g_autoptr (GBytes) written = inf_gossip_state_encode (&state);
  g_assert (inf_gossip_state_decode (written, &again, NULL));
  g_assert (again.incarnation == state.incarnation && again.session == state.session);
  return 0;
}
