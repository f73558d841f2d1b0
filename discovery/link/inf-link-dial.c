#include "discovery/link/inf-link-session-private.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean
parse_address (const char *text, struct sockaddr_storage *ret_address, socklen_t *ret_length,
               GError **error)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, 0, NULL);
  guint16 port = parsed ? g_network_address_get_port (G_NETWORK_ADDRESS (parsed)) : 0;
  g_autoptr (GSocketAddress) address = NULL;

  if (port > 0)
    address = g_inet_socket_address_new_from_string (
        g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)), port);
  if (!address)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s is no address and port", text);
      return FALSE;
    }
  *ret_length = g_socket_address_get_native_size (address);
  return g_socket_address_to_native (address, ret_address, sizeof *ret_address, error);
}

static gboolean
wait_connected (int fd, int wake_fd, guint timeout_ms, GError **error)
{
  struct pollfd polled[2] = { { fd, POLLOUT, 0 }, { wake_fd, POLLIN, 0 } };
  int cause = 0;
  socklen_t length = sizeof cause;
  int n;

  do
    n = poll (polled, G_N_ELEMENTS (polled), timeout_ms);
  while (n < 0 && errno == EINTR);
  if (n == 0)
    cause = ETIMEDOUT;
  else if (polled[0].revents == 0)
    cause = ECANCELED;
  else
    getsockopt (fd, SOL_SOCKET, SO_ERROR, &cause, &length);
  if (cause == 0)
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE, g_strerror (cause));
  return FALSE;
}

static int
connect_to (const char *text, int wake_fd, guint timeout_ms, GError **error)
{
  struct sockaddr_storage address;
  socklen_t length;

  if (!parse_address (text, &address, &length, error))
    return -1;
  int fd = socket (address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE, g_strerror (errno));
      close (fd);
      return -1;
    }
  if (fd < 0)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_FAILED, g_strerror (errno));
      return -1;
    }
  if (!wait_connected (fd, wake_fd, timeout_ms, error))
    {
      close (fd);
      return -1;
    }
  return fd;
}

/**
 * inf_link_dial:
 * @endpoint: where to
 * @wake_fd: ends the waiting when it can be read
 * @address_timeout_ms: how long one address may take
 * @index: (inout): the first address to try; the one after the one that answered
 * @error: (optional): #INF_ERROR_UNREACHABLE with what every address said
 *
 * Returns: a connected socket, or -1
 */
int
inf_link_dial (InfEndpoint *endpoint, int wake_fd, guint address_timeout_ms, guint *index,
               GError **error)
{
  const char *const *addresses = inf_endpoint_get_addresses (endpoint);
  g_autoptr (GString) said = g_string_new (NULL);

  while (addresses[*index])
    {
      const char *address = addresses[(*index)++];
      g_autoptr (GError) local_error = NULL;
      int fd = connect_to (address, wake_fd, address_timeout_ms, &local_error);
      if (fd >= 0)
        return fd;
      g_string_append_printf (said, "%s%s: %s", said->len > 0 ? "; " : "", address,
                              local_error->message);
    }
  g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                       said->len > 0 ? said->str : "no address is known");
  return -1;
}
