#pragma once

#include "discovery/gossip/inf-address.h"

#include <glib-unix.h>

G_BEGIN_DECLS

/**
 * InfGossipSocket:
 *
 * The sockets of one node: IPv4 and IPv6 on its port, and one on the multicast group's. Never
 * blocks; what can't be sent now is lost, as datagrams are.
 */
typedef struct _InfGossipSocket InfGossipSocket;

/**
 * InfGossipReceiveFunc:
 * @data: (array length=size_bytes): a datagram, from anyone
 * @size_bytes: its length
 * @from: where it came from
 * @user_data: as given
 */
typedef void (*InfGossipReceiveFunc) (const guint8 *data, gsize size_bytes, const InfAddress *from,
                                      gpointer user_data);

InfGossipSocket *inf_gossip_socket_new (guint16 port, gboolean uses_multicast, GError **error);
void inf_gossip_socket_free (InfGossipSocket *socket);

guint16 inf_gossip_socket_get_port (const InfGossipSocket *socket);
guint64 inf_gossip_socket_get_sent_bytes (const InfGossipSocket *socket);

void inf_gossip_socket_watch (InfGossipSocket *socket, GMainContext *context,
                              GUnixFDSourceFunc callback, gpointer data);
void inf_gossip_socket_refresh (InfGossipSocket *socket);
void inf_gossip_socket_send (InfGossipSocket *socket, const InfAddress *address, GBytes *datagram);
void inf_gossip_socket_multicast (InfGossipSocket *socket, GBytes *datagram);
void inf_gossip_socket_receive (InfGossipSocket *socket, InfGossipReceiveFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfGossipSocket, inf_gossip_socket_free)

G_END_DECLS
