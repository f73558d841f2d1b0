#include "discovery/files/inf-transfer.h"

const char *
inf_transfer_state_to_text (InfTransferState state)
{
  static const char *const texts[] = { "looking", "fetching", "done", "failed", "cancelled" };

  return texts[state];
}

InfTransferPeer *
inf_transfer_peer_new (InfEndpoint *endpoint, const char *name)
{
  InfTransferPeer *peer = g_new0 (InfTransferPeer, 1);

  peer->endpoint = inf_endpoint_ref (endpoint);
  peer->name = g_strdup (name);
  return peer;
}

void
inf_transfer_peer_free (InfTransferPeer *peer)
{
  if (!peer)
    return;
  inf_endpoint_unref (peer->endpoint);
  g_free (peer->name);
  g_free (peer);
}
