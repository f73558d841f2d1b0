#include "grid/sandbox/inf-netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* The four requests that a job network needs, in rtnetlink's own bytes: starting `ip` for each
 * would cost more than everything else that a sandbox does to start. */

#define MAX_REQUEST_BYTES 512
#define REPLY_TIMEOUT_S 5

struct _InfNetlink
{
  int fd;
  guint32 sequence;
};

typedef struct
{
  struct nlmsghdr header;
  char body[MAX_REQUEST_BYTES];
} Request;

/**
 * inf_netlink_open:
 * @error: a G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): a connection to the kernel's network configuration of this
 *   thread's namespace; rtnetlink(7)
 */
InfNetlink *
inf_netlink_open (GError **error)
{
  struct timeval timeout = { .tv_sec = REPLY_TIMEOUT_S };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "netlink socket: %s",
                   g_strerror (errno));
      return NULL;
    }
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  InfNetlink *netlink = g_new0 (InfNetlink, 1);
  netlink->fd = fd;
  return netlink;
}

void
inf_netlink_close (InfNetlink *netlink)
{
  if (!netlink)
    return;
  close (netlink->fd);
  g_free (netlink);
}

static void
request_init (Request *request, guint16 type, guint16 flags, const void *body, gsize size_bytes)
{
  memset (request, 0, sizeof *request);
  request->header.nlmsg_type = type;
  request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
  request->header.nlmsg_len = NLMSG_LENGTH (size_bytes);
  memcpy (NLMSG_DATA (&request->header), body, size_bytes);
}

static struct rtattr *
request_append (Request *request, guint16 type, const void *data, gsize size_bytes)
{
  struct rtattr *attribute
      = (void *)((char *)&request->header + NLMSG_ALIGN (request->header.nlmsg_len));

  g_assert (NLMSG_ALIGN (request->header.nlmsg_len) + RTA_SPACE (size_bytes) <= sizeof *request);
  attribute->rta_type = type;
  attribute->rta_len = RTA_LENGTH (size_bytes);
  if (size_bytes > 0)
    memcpy (RTA_DATA (attribute), data, size_bytes);
  request->header.nlmsg_len = NLMSG_ALIGN (request->header.nlmsg_len) + RTA_SPACE (size_bytes);
  return attribute;
}

static void
request_end_nest (Request *request, struct rtattr *nest)
{
  nest->rta_len = (char *)&request->header + request->header.nlmsg_len - (char *)nest;
}

static gboolean
request_run (InfNetlink *netlink, Request *request, const char *what, GError **error)
{
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
  struct
  {
    struct nlmsghdr header;
    struct nlmsgerr result;
    char echo[sizeof (Request)];
  } reply;
  int code = 0;

  request->header.nlmsg_seq = ++netlink->sequence;
  if (sendto (netlink->fd, request, request->header.nlmsg_len, 0, (struct sockaddr *)&kernel,
              sizeof kernel)
      < 0)
    code = errno;
  while (code == 0)
    {
      gssize size = recv (netlink->fd, &reply, sizeof reply, 0);

      if (size < 0 && errno != EINTR)
        code = errno;
      if (size < (gssize)(sizeof reply.header + sizeof reply.result)
          || reply.header.nlmsg_seq != netlink->sequence || reply.header.nlmsg_type != NLMSG_ERROR)
        continue;
      code = -reply.result.error;
      break;
    }
  if (code == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
  return FALSE;
}

/**
 * inf_netlink_add_veth:
 * @netlink: a connection
 * @name: of the new interface
 * @peer: of the interface that it is joined to
 * @error: a G_IO_ERROR
 *
 * Returns: whether the pair was made
 */
gboolean
inf_netlink_add_veth (InfNetlink *netlink, const char *name, const char *peer, GError **error)
{
  struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
  Request request;

  request_init (&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
  request_append (&request, IFLA_IFNAME, name, strlen (name) + 1);
  struct rtattr *info = request_append (&request, IFLA_LINKINFO, NULL, 0);
  request_append (&request, IFLA_INFO_KIND, "veth", strlen ("veth"));
  struct rtattr *data = request_append (&request, IFLA_INFO_DATA, NULL, 0);
  struct rtattr *other = request_append (&request, VETH_INFO_PEER, &link, sizeof link);
  request_append (&request, IFLA_IFNAME, peer, strlen (peer) + 1);
  request_end_nest (&request, other);
  request_end_nest (&request, data);
  request_end_nest (&request, info);
  return request_run (netlink, &request, "adding a veth pair", error);
}

/**
 * inf_netlink_set_up:
 * @netlink: a connection
 * @name: an interface
 * @error: a G_IO_ERROR
 *
 * Returns: whether the interface is up now
 */
gboolean
inf_netlink_set_up (InfNetlink *netlink, const char *name, GError **error)
{
  struct ifinfomsg link = { .ifi_family = AF_UNSPEC,
                            .ifi_index = (int)if_nametoindex (name),
                            .ifi_flags = IFF_UP,
                            .ifi_change = IFF_UP };
  Request request;

  request_init (&request, RTM_NEWLINK, 0, &link, sizeof link);
  return request_run (netlink, &request, "setting an interface up", error);
}

/**
 * inf_netlink_add_address:
 * @netlink: a connection
 * @name: an interface
 * @address: IPv4, host byte order
 * @prefix_length: 0 to 32
 * @error: a G_IO_ERROR
 *
 * Returns: whether the interface has the address now
 */
gboolean
inf_netlink_add_address (InfNetlink *netlink, const char *name, guint32 address,
                         guint prefix_length, GError **error)
{
  struct ifaddrmsg body = { .ifa_family = AF_INET,
                            .ifa_prefixlen = (guint8)prefix_length,
                            .ifa_scope = RT_SCOPE_UNIVERSE,
                            .ifa_index = if_nametoindex (name) };
  guint32 wire_address = htonl (address);
  Request request;

  request_init (&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
  request_append (&request, IFA_LOCAL, &wire_address, sizeof wire_address);
  request_append (&request, IFA_ADDRESS, &wire_address, sizeof wire_address);
  return request_run (netlink, &request, "adding an address", error);
}

/**
 * inf_netlink_add_local_route:
 * @netlink: a connection
 * @name: the interface, "lo"
 * @network: IPv4 network, host byte order
 * @prefix_length: its length
 * @source: the address that connections to the network come from unless they are bound to another
 * @error: a G_IO_ERROR
 *
 * As `ip route add local NETWORK dev NAME src SOURCE` does ("AnyIP"): all of the network's
 * addresses are this machine's then, though no interface lists them.
 *
 * Returns: whether the route is there now
 */
gboolean
inf_netlink_add_local_route (InfNetlink *netlink, const char *name, guint32 network,
                             guint prefix_length, guint32 source, GError **error)
{
  struct rtmsg body = { .rtm_family = AF_INET,
                        .rtm_dst_len = (guint8)prefix_length,
                        .rtm_table = RT_TABLE_LOCAL,
                        .rtm_protocol = RTPROT_BOOT,
                        .rtm_scope = RT_SCOPE_HOST,
                        .rtm_type = RTN_LOCAL };
  guint32 wire_network = htonl (network), wire_source = htonl (source);
  guint32 interface = if_nametoindex (name);
  Request request;

  request_init (&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
  request_append (&request, RTA_DST, &wire_network, sizeof wire_network);
  request_append (&request, RTA_OIF, &interface, sizeof interface);
  request_append (&request, RTA_PREFSRC, &wire_source, sizeof wire_source);
  return request_run (netlink, &request, "adding a local route", error);
}
