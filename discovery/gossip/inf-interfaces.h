#pragma once

#include "discovery/gossip/inf-address.h"

#include <glib.h>

G_BEGIN_DECLS

guint inf_interfaces_list_addresses (guint16 port, InfAddress *ret_addresses, guint max_addresses);
GArray *inf_interfaces_list_multicast (int family);

G_END_DECLS
