#include "discovery/gossip/inf-multicast-group.h"

#include "common/inf-error.h"
#include "discovery/gossip/inf-address.h"
#include "discovery/gossip/inf-interfaces.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of the organization's own scope (RFC 2365, section 6.2); never leaves the LAN, by its TTL. */
#define IPV4_GROUP "239.192.78.48"

/* Of the link's scope, and not assigned by IANA (RFC 4291, section 2.7). */
#define IPV6_GROUP "ff12::4e30:7849"
#define GROUP_PORT 7849

struct _InfMulticastGroup
{
  int family;
  int fd;
  GArray *interfaces;
};

static socklen_t
fill_name (int family, gboolean is_group, struct sockaddr_storage *ret_name)
{
  memset (ret_name, 0, sizeof *ret_name);
  ret_name->ss_family = (sa_family_t)family;
  if (family == AF_INET)
    {
      struct sockaddr_in *in = (void *)ret_name;
      in->sin_port = g_htons (GROUP_PORT);
      inet_pton (AF_INET, is_group ? IPV4_GROUP : "0.0.0.0", &in->sin_addr);
      return sizeof *in;
    }
  struct sockaddr_in6 *in6 = (void *)ret_name;
  in6->sin6_port = g_htons (GROUP_PORT);
  inet_pton (AF_INET6, is_group ? IPV6_GROUP : "::", &in6->sin6_addr);
  return sizeof *in6;
}

static gboolean
open_and_bind (InfMulticastGroup *group)
{
  struct sockaddr_storage name;
  socklen_t name_size = fill_name (group->family, FALSE, &name);
  const int yes = 1;

  group->fd = socket (group->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (group->fd < 0)
    return FALSE;
  /* Every node of this machine hears what comes to the group. */
  setsockopt (group->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (group->family == AF_INET6)
    setsockopt (group->fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  return bind (group->fd, (struct sockaddr *)&name, name_size) == 0;
}

/**
 * inf_multicast_group_new:
 * @family: AF_INET or AF_INET6
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the group, joined on every interface
 */
InfMulticastGroup *
inf_multicast_group_new (int family, GError **error)
{
  g_autoptr (InfMulticastGroup) group = g_new0 (InfMulticastGroup, 1);

  group->family = family;
  group->interfaces = g_array_new (FALSE, FALSE, sizeof (int));
  if (!open_and_bind (group))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "UDP port %d: %s", GROUP_PORT,
                   g_strerror (errno));
      return NULL;
    }
  inf_multicast_group_refresh (group);
  return g_steal_pointer (&group);
}

void
inf_multicast_group_free (InfMulticastGroup *group)
{
  if (!group)
    return;
  if (group->fd >= 0)
    close (group->fd);
  g_array_unref (group->interfaces);
  g_free (group);
}

int
inf_multicast_group_get_fd (const InfMulticastGroup *group)
{
  return group->fd;
}

static void
join (InfMulticastGroup *group, int interface)
{
  struct ip_mreqn ipv4 = { .imr_ifindex = interface };
  struct ipv6_mreq ipv6 = { .ipv6mr_interface = (unsigned)interface };

  inet_pton (AF_INET, IPV4_GROUP, &ipv4.imr_multiaddr);
  inet_pton (AF_INET6, IPV6_GROUP, &ipv6.ipv6mr_multiaddr);
  if (group->family == AF_INET)
    setsockopt (group->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &ipv4, sizeof ipv4);
  else
    setsockopt (group->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &ipv6, sizeof ipv6);
}

/**
 * inf_multicast_group_refresh:
 * @group: a group
 *
 * Joins it on interfaces that came up since; where it is joined, the kernel says so, which does no
 * harm.
 */
void
inf_multicast_group_refresh (InfMulticastGroup *group)
{
  g_array_unref (group->interfaces);
  group->interfaces = inf_interfaces_list_multicast (group->family);
  for (guint i = 0; i < group->interfaces->len; i++)
    join (group, g_array_index (group->interfaces, int, i));
}

static gboolean
choose_interface (const InfMulticastGroup *group, int fd, int interface)
{
  const struct ip_mreqn ipv4 = { .imr_ifindex = interface };
  const guchar ttl = 1;

  if (group->family == AF_INET6)
    return setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &interface, sizeof interface) == 0;
  return setsockopt (fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl) == 0
         && setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &ipv4, sizeof ipv4) == 0;
}

/**
 * inf_multicast_group_send:
 * @group: a group
 * @fd: a socket of the same family on the node's port, so that answers come there
 * @datagram: what
 *
 * Sends on every interface.
 *
 * Returns: how many bytes
 */
gsize
inf_multicast_group_send (InfMulticastGroup *group, int fd, GBytes *datagram)
{
  struct sockaddr_storage name;
  socklen_t name_size = fill_name (group->family, TRUE, &name);
  gsize size, n_sent = 0;
  const void *data = g_bytes_get_data (datagram, &size);

  for (guint i = 0; i < group->interfaces->len; i++)
    if (choose_interface (group, fd, g_array_index (group->interfaces, int, i))
        && sendto (fd, data, size, MSG_NOSIGNAL, (struct sockaddr *)&name, name_size) >= 0)
      n_sent += size;
  return n_sent;
}
