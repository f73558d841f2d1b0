#include "discovery/gossip/inf-interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

static gboolean
is_usable (const struct ifaddrs *entry)
{
  return entry->ifa_addr && (entry->ifa_flags & IFF_UP) && (entry->ifa_flags & IFF_RUNNING);
}

static guint
collect (const struct ifaddrs *list, int family, gboolean wants_loopback, guint16 port,
         InfAddress *ret_addresses, guint n, guint max_addresses)
{
  for (const struct ifaddrs *entry = list; entry && n < max_addresses; entry = entry->ifa_next)
    {
      InfAddress address;
      if (!is_usable (entry) || entry->ifa_addr->sa_family != family
          || !inf_address_from_sockaddr (entry->ifa_addr, &address)
          || inf_address_is_loopback (&address) != wants_loopback
          || inf_address_is_link_local (&address))
        continue;
      address.port = port;
      ret_addresses[n++] = address;
    }
  return n;
}

/**
 * inf_interfaces_list_addresses:
 * @port: the port that goes with each
 * @ret_addresses: (out): this machine's addresses, IPv4 first; loopback only where there is no
 * other
 * @max_addresses: how many fit
 *
 * Returns: how many there are
 */
guint
inf_interfaces_list_addresses (guint16 port, InfAddress *ret_addresses, guint max_addresses)
{
  struct ifaddrs *list;
  guint n = 0;

  if (getifaddrs (&list) != 0)
    return 0;
  n = collect (list, AF_INET, FALSE, port, ret_addresses, n, max_addresses);
  n = collect (list, AF_INET6, FALSE, port, ret_addresses, n, max_addresses);
  if (n == 0)
    n = collect (list, AF_INET, TRUE, port, ret_addresses, n, max_addresses);
  freeifaddrs (list);
  return n;
}

/**
 * inf_interfaces_list_multicast:
 * @family: AF_INET or AF_INET6
 *
 * Returns: (transfer full) (element-type int): the indexes of the interfaces, loopback aside, that
 *   multicast of that family can be sent on, each once
 */
GArray *
inf_interfaces_list_multicast (int family)
{
  GArray *indexes = g_array_new (FALSE, FALSE, sizeof (int));
  struct ifaddrs *list;

  if (getifaddrs (&list) != 0)
    return indexes;
  for (const struct ifaddrs *entry = list; entry; entry = entry->ifa_next)
    {
      gboolean is_known = FALSE;
      if (!is_usable (entry) || entry->ifa_addr->sa_family != family
          || (entry->ifa_flags & IFF_LOOPBACK) || !(entry->ifa_flags & IFF_MULTICAST))
        continue;
      int index = (int)if_nametoindex (entry->ifa_name);
      for (guint i = 0; i < indexes->len; i++)
        is_known = is_known || g_array_index (indexes, int, i) == index;
      if (index > 0 && !is_known)
        g_array_append_val (indexes, index);
    }
  freeifaddrs (list);
  return indexes;
}
