#pragma once

#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfEndpoint:
 *
 * Who a peer is and where it may be reached: its id and its addresses, each "ip:port". Refcounted
 * and immutable.
 */
typedef struct _InfEndpoint InfEndpoint;

InfEndpoint *inf_endpoint_new (const InfPeerId *peer_id, const char *const *addresses);
InfEndpoint *inf_endpoint_ref (InfEndpoint *endpoint);
void inf_endpoint_unref (InfEndpoint *endpoint);

const InfPeerId *inf_endpoint_get_peer_id (const InfEndpoint *endpoint);
const char *const *inf_endpoint_get_addresses (const InfEndpoint *endpoint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfEndpoint, inf_endpoint_unref)

G_END_DECLS
