#include "lab/inf-lab-link.h"

#include "common/inf-error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int
open_socket (GError **error)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd < 0)
    g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "socket: %s", g_strerror (errno));
  return fd;
}

static void
set_address (struct sockaddr *where, const char *text)
{
  struct sockaddr_in address = { .sin_family = AF_INET };

  inet_pton (AF_INET, text, &address.sin_addr);
  memcpy (where, &address, sizeof address);
}

static gboolean
finish (int fd, gboolean done, const char *interface, GError **error)
{
  if (!done)
    g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "configuring %s: %s", interface,
                 g_strerror (errno));
  close (fd);
  return done;
}

static gboolean
set_up_flag (int fd, const char *interface)
{
  struct ifreq request = { 0 };

  g_strlcpy (request.ifr_name, interface, sizeof request.ifr_name);
  if (ioctl (fd, SIOCGIFFLAGS, &request) < 0)
    return FALSE;
  request.ifr_flags |= IFF_UP;
  return ioctl (fd, SIOCSIFFLAGS, &request) == 0;
}

/**
 * inf_lab_link_up:
 * @interface: a network interface of this namespace
 * @error: return location
 *
 * Returns: whether it is up now
 */
gboolean
inf_lab_link_up (const char *interface, GError **error)
{
  int fd = open_socket (error);

  return fd >= 0 && finish (fd, set_up_flag (fd, interface), interface, error);
}

/* Without this an IPv6 address can't be used for the first second or two, while the kernel asks
 * whether somebody else has it; here nobody has. A kernel without IPv6 has no such file. */
static void
skip_duplicate_detection (const char *interface)
{
  g_autofree char *path = g_strdup_printf ("/proc/sys/net/ipv6/conf/%s/accept_dad", interface);
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0 || write (fd, "0", 1) < 0)
    g_debug ("%s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

static gboolean
set_ifreq_address (int fd, unsigned long request, const char *interface, const char *text)
{
  struct ifreq data = { 0 };

  g_strlcpy (data.ifr_name, interface, sizeof data.ifr_name);
  set_address (&data.ifr_addr, text);
  return ioctl (fd, request, &data) == 0;
}

/* Multicast needs a route, and there is no default route: nothing but the lab can be reached. */
static gboolean
add_multicast_route (int fd, const char *interface)
{
  g_autofree char *device = g_strdup (interface);
  struct rtentry route = { .rt_flags = RTF_UP, .rt_dev = device };

  set_address (&route.rt_dst, "224.0.0.0");
  set_address (&route.rt_genmask, "240.0.0.0");
  return ioctl (fd, SIOCADDRT, &route) == 0;
}

/**
 * inf_lab_link_configure:
 * @interface: a network interface of this namespace
 * @address: its IPv4 address in the lab's network, 10.99.0.0/16
 * @error: return location
 *
 * Gives the interface its address and the routes of the lab's network and of multicast.
 *
 * Returns: whether it is up with that address now
 */
gboolean
inf_lab_link_configure (const char *interface, const char *address, GError **error)
{
  int fd = open_socket (error);

  if (fd < 0)
    return FALSE;
  skip_duplicate_detection (interface);
  return finish (fd,
                 set_ifreq_address (fd, SIOCSIFADDR, interface, address)
                     && set_ifreq_address (fd, SIOCSIFNETMASK, interface, "255.255.0.0")
                     && set_up_flag (fd, interface) && add_multicast_route (fd, interface),
                 interface, error);
}
