#include "discovery/gossip/inf-gossip-socket.h"

#include "common/inf-error.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-interfaces.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* Of the organization's own scope (RFC 2365, section 6.2); never leaves the LAN, by its TTL. */
#define GROUP "239.192.78.48"
#define GROUP_PORT 7849

/* What one wake-up reads at most, so that a flood does not keep the main loop from its other work.
 */
#define MAX_DATAGRAMS 256

struct _InfGossipSocket
{
  int ipv4_fd;
  int ipv6_fd;      /* -1 where the machine has no IPv6 */
  int multicast_fd; /* -1 where it is not wanted or not possible */
  guint16 port;
  guint64 sent_bytes;
  GArray *interfaces;
  GPtrArray *sources;
};

static int
open_and_bind (int family, guint16 port, gboolean is_shared, GError **error)
{
  InfAddress any = { .port = port };
  struct sockaddr_storage name;
  const int yes = 1;
  int fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (family == AF_INET)
    memset (any.ip + 10, 0xff, 2);
  if (fd >= 0 && is_shared)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd >= 0 && family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  socklen_t name_size = inf_address_to_sockaddr (&any, &name);
  if (fd >= 0 && bind (fd, (struct sockaddr *)&name, name_size) == 0)
    return fd;

  int saved_errno = errno;
  g_set_error (error, INF_ERROR, saved_errno == EADDRINUSE ? INF_ERROR_EXISTS : INF_ERROR_FAILED,
               "UDP port %u: %s%s", port, g_strerror (saved_errno),
               saved_errno == EADDRINUSE ? "; another node or program has it, choose another" : "");
  if (fd >= 0)
    close (fd);
  return -1;
}

static guint16
bound_port (int fd)
{
  struct sockaddr_in name;
  socklen_t size = sizeof name;

  if (getsockname (fd, (struct sockaddr *)&name, &size) != 0)
    return 0;
  return g_ntohs (name.sin_port);
}

/**
 * inf_gossip_socket_new:
 * @port: the node's port on all interfaces, 0 for any that is free
 * @uses_multicast: whether to listen to the LAN's group, too
 * @error: #INF_ERROR_EXISTS where @port is taken, #INF_ERROR_FAILED
 *
 * IPv6 and multicast are done without where they can't be had.
 *
 * Returns: (transfer full) (nullable): the sockets
 */
InfGossipSocket *
inf_gossip_socket_new (guint16 port, gboolean uses_multicast, GError **error)
{
  const guchar ttl = 1;
  int ipv4_fd = open_and_bind (AF_INET, port, FALSE, error);
  if (ipv4_fd < 0)
    return NULL;

  InfGossipSocket *self = g_new0 (InfGossipSocket, 1);
  g_autoptr (GError) local_error = NULL;
  self->ipv4_fd = ipv4_fd;
  self->port = bound_port (ipv4_fd);
  self->ipv6_fd = open_and_bind (AF_INET6, self->port, FALSE, NULL);
  self->multicast_fd
      = uses_multicast ? open_and_bind (AF_INET, GROUP_PORT, TRUE, &local_error) : -1;
  if (local_error)
    g_message ("no LAN discovery: %s", local_error->message);
  setsockopt (ipv4_fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
  self->interfaces = g_array_new (FALSE, FALSE, sizeof (int));
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify)g_source_unref);
  inf_gossip_socket_refresh (self);
  return self;
}

void
inf_gossip_socket_free (InfGossipSocket *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->sources->len; i++)
    g_source_destroy (g_ptr_array_index (self->sources, i));
  g_ptr_array_unref (self->sources);
  close (self->ipv4_fd);
  if (self->ipv6_fd >= 0)
    close (self->ipv6_fd);
  if (self->multicast_fd >= 0)
    close (self->multicast_fd);
  g_array_unref (self->interfaces);
  g_free (self);
}

guint16
inf_gossip_socket_get_port (const InfGossipSocket *self)
{
  return self->port;
}

/**
 * inf_gossip_socket_get_sent_bytes:
 * @self: sockets
 *
 * Returns: how many bytes of datagrams were sent so far, headers of IP and UDP not counted
 */
guint64
inf_gossip_socket_get_sent_bytes (const InfGossipSocket *self)
{
  return self->sent_bytes;
}

static void
watch_fd (InfGossipSocket *self, int fd, GMainContext *context, GUnixFDSourceFunc callback,
          gpointer data)
{
  GSource *source = g_unix_fd_source_new (fd, G_IO_IN);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), data, NULL);
  g_source_attach (source, context);
  g_ptr_array_add (self->sources, source);
}

/**
 * inf_gossip_socket_watch:
 * @self: sockets
 * @context: (nullable): where @callback is called
 * @callback: called when something can be received
 * @data: for @callback
 */
void
inf_gossip_socket_watch (InfGossipSocket *self, GMainContext *context, GUnixFDSourceFunc callback,
                         gpointer data)
{
  watch_fd (self, self->ipv4_fd, context, callback, data);
  if (self->ipv6_fd >= 0)
    watch_fd (self, self->ipv6_fd, context, callback, data);
  if (self->multicast_fd >= 0)
    watch_fd (self, self->multicast_fd, context, callback, data);
}

static gboolean
contains (GArray *indexes, int index)
{
  for (guint i = 0; i < indexes->len; i++)
    if (g_array_index (indexes, int, i) == index)
      return TRUE;
  return FALSE;
}

/**
 * inf_gossip_socket_refresh:
 * @self: sockets
 *
 * Joins the group on interfaces that came up since. The kernel forgets the ones that went away.
 */
void
inf_gossip_socket_refresh (InfGossipSocket *self)
{
  if (self->multicast_fd < 0)
    return;
  g_autoptr (GArray) interfaces = inf_interfaces_list_multicast ();
  for (guint i = 0; i < interfaces->len; i++)
    {
      struct ip_mreqn membership = { .imr_ifindex = g_array_index (interfaces, int, i) };
      inet_pton (AF_INET, GROUP, &membership.imr_multiaddr);
      if (!contains (self->interfaces, membership.imr_ifindex))
        setsockopt (self->multicast_fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership,
                    sizeof membership);
    }
  g_array_unref (self->interfaces);
  self->interfaces = g_steal_pointer (&interfaces);
}

/**
 * inf_gossip_socket_send:
 * @self: sockets
 * @address: where to
 * @datagram: what
 */
void
inf_gossip_socket_send (InfGossipSocket *self, const InfAddress *address, GBytes *datagram)
{
  struct sockaddr_storage name;
  socklen_t name_size = inf_address_to_sockaddr (address, &name);
  int fd = name.ss_family == AF_INET ? self->ipv4_fd : self->ipv6_fd;
  gsize size;
  const void *data = g_bytes_get_data (datagram, &size);

  if (fd >= 0 && sendto (fd, data, size, MSG_NOSIGNAL, (struct sockaddr *)&name, name_size) >= 0)
    self->sent_bytes += size;
}

/**
 * inf_gossip_socket_multicast:
 * @self: sockets
 * @datagram: what
 *
 * Sends to the LAN's group on every interface, from the node's port, so that answers come there.
 */
void
inf_gossip_socket_multicast (InfGossipSocket *self, GBytes *datagram)
{
  InfAddress group;

  if (self->multicast_fd < 0 || !inf_address_from_text (GROUP, GROUP_PORT, &group))
    return;
  for (guint i = 0; i < self->interfaces->len; i++)
    {
      const struct ip_mreqn interface = { .imr_ifindex = g_array_index (self->interfaces, int, i) };
      if (setsockopt (self->ipv4_fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface)
          == 0)
        inf_gossip_socket_send (self, &group, datagram);
    }
}

static void
receive_from (int fd, InfGossipReceiveFunc func, gpointer data)
{
  guint8 buffer[INF_DATAGRAM_MAX_SIZE_BYTES + 1];

  for (guint i = 0; fd >= 0 && i < MAX_DATAGRAMS; i++)
    {
      struct sockaddr_storage name;
      socklen_t name_size = sizeof name;
      InfAddress from;
      gssize size = recvfrom (fd, buffer, sizeof buffer, 0, (struct sockaddr *)&name, &name_size);
      if (size < 0)
        return;
      if (size <= INF_DATAGRAM_MAX_SIZE_BYTES
          && inf_address_from_sockaddr ((struct sockaddr *)&name, &from))
        func (buffer, (gsize)size, &from, data);
    }
}

/**
 * inf_gossip_socket_receive:
 * @self: sockets
 * @func: called for every datagram that has arrived; must not free @self
 * @data: for @func
 */
void
inf_gossip_socket_receive (InfGossipSocket *self, InfGossipReceiveFunc func, gpointer data)
{
  receive_from (self->ipv4_fd, func, data);
  receive_from (self->ipv6_fd, func, data);
  receive_from (self->multicast_fd, func, data);
}
