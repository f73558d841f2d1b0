#include "discovery/gossip/inf-gossip-socket.h"

#include "common/inf-error.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/gossip/inf-multicast-group.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* What one wake-up reads at most, so that a flood does not keep the main loop from its other work.
 */
#define MAX_DATAGRAMS 256
#define BATCH 16

/* A burst from many peers at once must find room while the main loop is at something else. */
#define RECEIVE_BUFFER_BYTES (1 << 20)

struct _InfGossipSocket
{
  int ipv4_fd;
  int ipv6_fd;                   /* -1 where the machine has no IPv6 */
  InfMulticastGroup *ipv4_group; /* NULL where it is not wanted or not possible */
  InfMulticastGroup *ipv6_group; /* likewise */
  guint16 port;
  guint64 sent_bytes;
  GPtrArray *sources;
};

static int
open_and_bind (int family, guint16 port, GError **error)
{
  InfAddress any = { .port = port };
  struct sockaddr_storage name;
  const int yes = 1, buffer_bytes = RECEIVE_BUFFER_BYTES;
  int fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (family == AF_INET)
    memset (any.ip + 10, 0xff, 2);
  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
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

static void
open_groups (InfGossipSocket *self)
{
  g_autoptr (GError) error = NULL;

  self->ipv4_group = inf_multicast_group_new (AF_INET, &error);
  if (self->ipv6_fd >= 0)
    self->ipv6_group = inf_multicast_group_new (AF_INET6, NULL);
  if (error)
    g_message ("no LAN discovery: %s", error->message);
}

/**
 * inf_gossip_socket_new:
 * @port: the node's port on all interfaces, 0 for any that is free
 * @uses_multicast: whether to listen to the LAN's groups, too
 * @error: #INF_ERROR_EXISTS where @port is taken, #INF_ERROR_FAILED
 *
 * IPv6 and multicast are done without where they can't be had.
 *
 * Returns: (transfer full) (nullable): the sockets
 */
InfGossipSocket *
inf_gossip_socket_new (guint16 port, gboolean uses_multicast, GError **error)
{
  int ipv4_fd = open_and_bind (AF_INET, port, error);
  if (ipv4_fd < 0)
    return NULL;

  InfGossipSocket *self = g_new0 (InfGossipSocket, 1);
  self->ipv4_fd = ipv4_fd;
  self->port = bound_port (ipv4_fd);
  self->ipv6_fd = open_and_bind (AF_INET6, self->port, NULL);
  if (uses_multicast)
    open_groups (self);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify)g_source_unref);
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
  inf_multicast_group_free (self->ipv4_group);
  inf_multicast_group_free (self->ipv6_group);
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
  if (self->ipv4_group)
    watch_fd (self, inf_multicast_group_get_fd (self->ipv4_group), context, callback, data);
  if (self->ipv6_group)
    watch_fd (self, inf_multicast_group_get_fd (self->ipv6_group), context, callback, data);
}

/**
 * inf_gossip_socket_refresh:
 * @self: sockets
 *
 * Joins the groups on interfaces that came up since.
 */
void
inf_gossip_socket_refresh (InfGossipSocket *self)
{
  if (self->ipv4_group)
    inf_multicast_group_refresh (self->ipv4_group);
  if (self->ipv6_group)
    inf_multicast_group_refresh (self->ipv6_group);
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

  /* What is longer is meant for a link. */
  if (fd >= 0 && size <= INF_DATAGRAM_MAX_SIZE_BYTES
      && sendto (fd, data, size, MSG_NOSIGNAL, (struct sockaddr *)&name, name_size) >= 0)
    self->sent_bytes += size;
}

/**
 * inf_gossip_socket_multicast:
 * @self: sockets
 * @datagram: what
 *
 * Sends to the LAN's groups on every interface, from the node's port, so that answers come there.
 * Who hears it twice takes the first for it, and that is IPv4's where there is IPv4.
 */
void
inf_gossip_socket_multicast (InfGossipSocket *self, GBytes *datagram)
{
  if (self->ipv4_group)
    self->sent_bytes += inf_multicast_group_send (self->ipv4_group, self->ipv4_fd, datagram);
  if (self->ipv6_group)
    self->sent_bytes += inf_multicast_group_send (self->ipv6_group, self->ipv6_fd, datagram);
}

typedef struct
{
  guint8 data[INF_DATAGRAM_MAX_SIZE_BYTES + 1];
  struct sockaddr_storage name;
  struct iovec vector;
} Slot;

static void
prepare_batch (Slot slots[BATCH], struct mmsghdr messages[BATCH])
{
  memset (messages, 0, BATCH * sizeof *messages);
  for (guint i = 0; i < BATCH; i++)
    {
      slots[i].vector = (struct iovec){ slots[i].data, sizeof slots[i].data };
      messages[i].msg_hdr = (struct msghdr){
        .msg_name = &slots[i].name,
        .msg_namelen = sizeof slots[i].name,
        .msg_iov = &slots[i].vector,
        .msg_iovlen = 1,
      };
    }
}

/* Several at a time: under a flood the calls are what costs most. */
static void
receive_from (int fd, InfGossipReceiveFunc func, gpointer data)
{
  Slot slots[BATCH];
  struct mmsghdr messages[BATCH];
  int n_received = BATCH;

  for (guint n = 0; n < MAX_DATAGRAMS && n_received == BATCH; n += BATCH)
    {
      prepare_batch (slots, messages);
      n_received = recvmmsg (fd, messages, BATCH, 0, NULL);
      for (int i = 0; i < n_received; i++)
        {
          InfAddress from;
          if (messages[i].msg_len <= INF_DATAGRAM_MAX_SIZE_BYTES
              && inf_address_from_sockaddr ((struct sockaddr *)&slots[i].name, &from))
            func (slots[i].data, messages[i].msg_len, &from, data);
        }
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
  if (self->ipv6_fd >= 0)
    receive_from (self->ipv6_fd, func, data);
  if (self->ipv4_group)
    receive_from (inf_multicast_group_get_fd (self->ipv4_group), func, data);
  if (self->ipv6_group)
    receive_from (inf_multicast_group_get_fd (self->ipv6_group), func, data);
}
