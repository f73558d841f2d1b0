#include "discovery/link/inf-endpoint.h"

struct _InfEndpoint
{
  gatomicrefcount ref_count;
  InfPeerId peer_id;
  char **addresses;
};

/**
 * inf_endpoint_new:
 * @peer_id: who must answer; a link to anyone else is refused
 * @addresses: (array zero-terminated=1) (nullable): where to try, in this order: "192.0.2.1:7848"
 * or
 *   "[2001:db8::1]:7848"; NULL or empty where only an existing link, or this node itself, will do
 *
 * Returns: (transfer full): the endpoint
 */
InfEndpoint *
inf_endpoint_new (const InfPeerId *peer_id, const char *const *addresses)
{
  InfEndpoint *endpoint = g_new0 (InfEndpoint, 1);

  g_atomic_ref_count_init (&endpoint->ref_count);
  endpoint->peer_id = *peer_id;
  endpoint->addresses = addresses ? g_strdupv ((char **)addresses) : g_new0 (char *, 1);
  return endpoint;
}

InfEndpoint *
inf_endpoint_ref (InfEndpoint *endpoint)
{
  g_atomic_ref_count_inc (&endpoint->ref_count);
  return endpoint;
}

void
inf_endpoint_unref (InfEndpoint *endpoint)
{
  if (!endpoint || !g_atomic_ref_count_dec (&endpoint->ref_count))
    return;
  g_strfreev (endpoint->addresses);
  g_free (endpoint);
}

const InfPeerId *
inf_endpoint_get_peer_id (const InfEndpoint *endpoint)
{
  return &endpoint->peer_id;
}

/**
 * inf_endpoint_get_addresses:
 * @endpoint: an endpoint
 *
 * Returns: (transfer none) (array zero-terminated=1): its addresses, as given
 */
const char *const *
inf_endpoint_get_addresses (const InfEndpoint *endpoint)
{
  return (const char *const *)endpoint->addresses;
}
