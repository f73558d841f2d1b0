#include "discovery/gossip/inf-address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static const guint8 mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static gboolean
parse_port (const char *text, guint16 *ret_port)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &value, NULL))
    return FALSE;
  *ret_port = (guint16)value;
  return TRUE;
}

/* Splits "ip", "ip:port", "[ip6]", "[ip6]:port" or a bare "ip6"; @ret_port is NULL without one. */
static gboolean
split (char *text, char **ret_ip, char **ret_port)
{
  char *colon = strchr (text, ':');

  *ret_port = NULL;
  if (text[0] == '[')
    {
      char *end = strchr (text, ']');
      if (!end || (end[1] != '\0' && end[1] != ':'))
        return FALSE;
      *ret_ip = text + 1;
      *ret_port = end[1] == ':' ? end + 2 : NULL;
      *end = '\0';
      return TRUE;
    }
  *ret_ip = text;
  if (colon && strchr (colon + 1, ':') == NULL)
    {
      *colon = '\0';
      *ret_port = colon + 1;
    }
  return TRUE;
}

/* Cuts "%eth0" or "%2" off @ip. */
static gboolean
split_scope (char *ip, guint32 *ret_scope)
{
  char *percent = strchr (ip, '%');
  guint64 value;

  *ret_scope = 0;
  if (!percent)
    return TRUE;
  *percent = '\0';
  if (g_ascii_string_to_unsigned (percent + 1, 10, 1, G_MAXINT32, &value, NULL))
    *ret_scope = (guint32)value;
  else
    *ret_scope = if_nametoindex (percent + 1);
  return *ret_scope != 0;
}

static gboolean
is_ipv6_link_local (const guint8 ip[16])
{
  return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
}

/**
 * inf_address_from_text:
 * @text: "192.0.2.1:7848", "[2001:db8::1]:7848", "[fe80::1%eth0]:7848", or any without a port; no
 *   host names, which would have to be looked up
 * @default_port: the port where @text has none
 * @ret_address: (out): the address; left alone on failure
 *
 * Returns: whether @text is an address
 */
gboolean
inf_address_from_text (const char *text, guint16 default_port, InfAddress *ret_address)
{
  g_autofree char *copy = g_strdup (text);
  char *ip, *port;
  InfAddress address = { .port = default_port };

  if (!split (copy, &ip, &port) || (port && !parse_port (port, &address.port))
      || !split_scope (ip, &address.scope))
    return FALSE;
  if (inet_pton (AF_INET6, ip, address.ip) != 1)
    {
      memcpy (address.ip, mapped_prefix, sizeof mapped_prefix);
      if (inet_pton (AF_INET, ip, address.ip + sizeof mapped_prefix) != 1)
        return FALSE;
    }
  if (is_ipv6_link_local (address.ip) != (address.scope != 0))
    return FALSE;
  *ret_address = address;
  return TRUE;
}

/**
 * inf_address_from_sockaddr:
 * @sockaddr: of any family
 * @ret_address: (out): the address; left alone on failure
 *
 * Returns: whether @sockaddr is IPv4 or IPv6
 */
gboolean
inf_address_from_sockaddr (const struct sockaddr *sockaddr, InfAddress *ret_address)
{
  if (sockaddr->sa_family == AF_INET)
    {
      const struct sockaddr_in *in = (const void *)sockaddr;
      memcpy (ret_address->ip, mapped_prefix, sizeof mapped_prefix);
      memcpy (ret_address->ip + sizeof mapped_prefix, &in->sin_addr, 4);
      ret_address->port = g_ntohs (in->sin_port);
      ret_address->scope = 0;
      return TRUE;
    }
  if (sockaddr->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const void *)sockaddr;
      memcpy (ret_address->ip, &in6->sin6_addr, sizeof ret_address->ip);
      ret_address->port = g_ntohs (in6->sin6_port);
      ret_address->scope = is_ipv6_link_local (ret_address->ip) ? in6->sin6_scope_id : 0;
      return TRUE;
    }
  return FALSE;
}

/* Whether a peer may tell this node to send something there. */
static gboolean
is_unicast (const InfAddress *address)
{
  static const guint8 unspecified[16] = { 0 };

  if (inf_address_is_ipv4 (address))
    return address->ip[12] != 0 && address->ip[12] < 224;
  return address->ip[0] != 0xff && !is_ipv6_link_local (address->ip)
         && memcmp (address->ip, unspecified, sizeof unspecified) != 0;
}

/**
 * inf_address_from_bytes:
 * @data: (array length=size_bytes): what inf_address_to_bytes() wrote, from anyone
 * @size_bytes: its length
 * @ret_address: (out): the address; left alone on failure
 *
 * Returns: whether @data is an address that something can be sent to
 */
gboolean
inf_address_from_bytes (const guint8 *data, gsize size_bytes, InfAddress *ret_address)
{
  InfAddress address = { 0 };

  if (size_bytes == 6)
    {
      memcpy (address.ip, mapped_prefix, sizeof mapped_prefix);
      memcpy (address.ip + sizeof mapped_prefix, data, 4);
    }
  else if (size_bytes == 18)
    memcpy (address.ip, data, sizeof address.ip);
  else
    return FALSE;
  address.port = (guint16)(data[size_bytes - 2] << 8 | data[size_bytes - 1]);
  if (address.port == 0 || !is_unicast (&address))
    return FALSE;
  *ret_address = address;
  return TRUE;
}

/* Not an address that a datagram can have: a multicast one, port 0. */
static const guint8 link_prefix[8] = { 0xff, 0, 'l', 'i', 'n', 'k', 0, 0 };

/**
 * inf_address_init_link:
 * @address: (out): stands for the link to a peer, where UDP does not get through
 * @hint: the peer's
 */
void
inf_address_init_link (InfAddress *address, guint64 hint)
{
  hint = GUINT64_TO_LE (hint);
  *address = (InfAddress){ 0 };
  memcpy (address->ip, link_prefix, sizeof link_prefix);
  memcpy (address->ip + sizeof link_prefix, &hint, sizeof hint);
}

gboolean
inf_address_is_link (const InfAddress *address)
{
  return address->port == 0 && memcmp (address->ip, link_prefix, sizeof link_prefix) == 0;
}

/**
 * inf_address_to_text:
 * @address: an address
 *
 * Returns: (transfer full): "192.0.2.1:7848", "[2001:db8::1]:7848" or "[fe80::1%2]:7848"
 */
char *
inf_address_to_text (const InfAddress *address)
{
  char ip[INET6_ADDRSTRLEN];

  if (inf_address_is_ipv4 (address))
    {
      inet_ntop (AF_INET, address->ip + sizeof mapped_prefix, ip, sizeof ip);
      return g_strdup_printf ("%s:%u", ip, address->port);
    }
  inet_ntop (AF_INET6, address->ip, ip, sizeof ip);
  if (inf_address_is_link (address))
    return g_strdup ("link");
  if (address->scope != 0)
    return g_strdup_printf ("[%s%%%u]:%u", ip, address->scope, address->port);
  return g_strdup_printf ("[%s]:%u", ip, address->port);
}

/**
 * inf_address_to_sockaddr:
 * @address: an address
 * @ret_sockaddr: (out): the same, of the family that it is of
 *
 * Returns: the size of what was written
 */
socklen_t
inf_address_to_sockaddr (const InfAddress *address, struct sockaddr_storage *ret_sockaddr)
{
  memset (ret_sockaddr, 0, sizeof *ret_sockaddr);
  if (inf_address_is_ipv4 (address))
    {
      struct sockaddr_in *in = (void *)ret_sockaddr;
      in->sin_family = AF_INET;
      in->sin_port = g_htons (address->port);
      memcpy (&in->sin_addr, address->ip + sizeof mapped_prefix, 4);
      return sizeof *in;
    }
  struct sockaddr_in6 *in6 = (void *)ret_sockaddr;
  in6->sin6_family = AF_INET6;
  in6->sin6_port = g_htons (address->port);
  in6->sin6_scope_id = address->scope;
  memcpy (&in6->sin6_addr, address->ip, sizeof address->ip);
  return sizeof *in6;
}

/**
 * inf_address_to_bytes:
 * @address: an address
 * @ret_data: (out): 6 bytes for IPv4, 18 for IPv6: the address and the port, in network order
 *
 * Returns: how many bytes were written; 0 for an IPv6 link-local address and for a link, which
 * nobody else can use
 */
gsize
inf_address_to_bytes (const InfAddress *address, guint8 ret_data[18])
{
  gsize skip = inf_address_is_ipv4 (address) ? sizeof mapped_prefix : 0;
  gsize ip_size = sizeof address->ip - skip;

  if (address->scope != 0 || inf_address_is_link (address))
    return 0;
  memcpy (ret_data, address->ip + skip, ip_size);
  ret_data[ip_size] = (guint8)(address->port >> 8);
  ret_data[ip_size + 1] = (guint8)address->port;
  return ip_size + 2;
}

gboolean
inf_address_equal (const InfAddress *a, const InfAddress *b)
{
  return a->port == b->port && a->scope == b->scope && memcmp (a->ip, b->ip, sizeof a->ip) == 0;
}

gboolean
inf_address_is_ipv4 (const InfAddress *address)
{
  return memcmp (address->ip, mapped_prefix, sizeof mapped_prefix) == 0;
}

gboolean
inf_address_is_loopback (const InfAddress *address)
{
  static const guint8 loopback6[16] = { [15] = 1 };

  if (inf_address_is_ipv4 (address))
    return address->ip[sizeof mapped_prefix] == 127;
  return memcmp (address->ip, loopback6, sizeof loopback6) == 0;
}

/* 169.254.0.0/16 and fe80::/10: never routed, and there may be the same on each interface. */
gboolean
inf_address_is_link_local (const InfAddress *address)
{
  if (inf_address_is_ipv4 (address))
    return address->ip[12] == 169 && address->ip[13] == 254;
  return is_ipv6_link_local (address->ip);
}
