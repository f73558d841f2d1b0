#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfMulticastGroup:
 *
 * The project's group on every interface, in one family of addresses: who listens there is near.
 */
typedef struct _InfMulticastGroup InfMulticastGroup;

InfMulticastGroup *inf_multicast_group_new (int family, GError **error);
void inf_multicast_group_free (InfMulticastGroup *group);

int inf_multicast_group_get_fd (const InfMulticastGroup *group);
void inf_multicast_group_refresh (InfMulticastGroup *group);
gsize inf_multicast_group_send (InfMulticastGroup *group, int fd, GBytes *datagram);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfMulticastGroup, inf_multicast_group_free)

G_END_DECLS
