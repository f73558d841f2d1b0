#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _InfNetlink InfNetlink;

InfNetlink *inf_netlink_open (GError **error);
void inf_netlink_close (InfNetlink *netlink);

gboolean inf_netlink_add_veth (InfNetlink *netlink, const char *name, const char *peer,
                               GError **error);
gboolean inf_netlink_set_up (InfNetlink *netlink, const char *name, GError **error);
gboolean inf_netlink_add_address (InfNetlink *netlink, const char *name, guint32 address,
                                  guint prefix_length, GError **error);
gboolean inf_netlink_add_local_route (InfNetlink *netlink, const char *name, guint32 network,
                                      guint prefix_length, guint32 source, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfNetlink, inf_netlink_close)

G_END_DECLS
