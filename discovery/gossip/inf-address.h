#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/**
 * InfAddress:
 * @ip: an IPv6 address in network order; IPv4 as ::ffff:a.b.c.d
 * @port: a port
 * @scope: the index of the interface where @ip is an IPv6 link-local address, else 0; means nothing
 *   on another machine
 *
 * Where a datagram goes or comes from. A plain value.
 */
typedef struct
{
  guint8 ip[16];
  guint16 port;
  guint32 scope;
} InfAddress;

gboolean inf_address_from_text (const char *text, guint16 default_port, InfAddress *ret_address);
gboolean inf_address_from_sockaddr (const struct sockaddr *sockaddr, InfAddress *ret_address);
gboolean inf_address_from_bytes (const guint8 *data, gsize size_bytes, InfAddress *ret_address);

char *inf_address_to_text (const InfAddress *address);
socklen_t inf_address_to_sockaddr (const InfAddress *address,
                                   struct sockaddr_storage *ret_sockaddr);
gsize inf_address_to_bytes (const InfAddress *address, guint8 ret_data[18]);

void inf_address_init_link (InfAddress *address, guint64 hint);
gboolean inf_address_is_link (const InfAddress *address);

gboolean inf_address_equal (const InfAddress *a, const InfAddress *b);
gboolean inf_address_is_ipv4 (const InfAddress *address);
gboolean inf_address_is_loopback (const InfAddress *address);
gboolean inf_address_is_link_local (const InfAddress *address);

G_END_DECLS
