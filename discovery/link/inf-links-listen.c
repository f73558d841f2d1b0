#include "discovery/link/inf-links-private.h"

#include "common/inf-error.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* While this process is stopped or swapped out, others knock here to see whether it is there at
 * all; where there is no room for a knock they take it for dead. */
#define BACKLOG 512
#define PAUSE_MS 1000

static GSocket *
bind_family (GSocketFamily family, guint16 port, GError **error)
{
  g_autoptr (GSocket) listener
      = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr (GInetAddress) any = g_inet_address_new_any (family);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, port);

  if (!listener)
    return NULL;
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (listener, IPPROTO_IPV6, IPV6_V6ONLY, 0, NULL);
  g_socket_set_blocking (listener, FALSE);
  g_socket_set_listen_backlog (listener, BACKLOG);
  if (!g_socket_bind (listener, address, TRUE, error) || !g_socket_listen (listener, error))
    return NULL;
  return g_steal_pointer (&listener);
}

static void watch_listener (InfLinks *links);

static gboolean
on_pause_over (gpointer data)
{
  InfLinks *links = data;

  g_clear_pointer (&links->listener_source, g_source_unref);
  watch_listener (links);
  return G_SOURCE_REMOVE;
}

/* A process that has no descriptor left would be told again and again of a connection it can't
 * take. */
static void
pause_listening (InfLinks *links)
{
  g_warning ("links: can't accept a connection: %s", g_strerror (errno));
  g_source_destroy (links->listener_source);
  g_source_unref (links->listener_source);
  links->listener_source = g_timeout_source_new (PAUSE_MS);
  g_source_set_callback (links->listener_source, on_pause_over, links, NULL);
  g_source_attach (links->listener_source, links->context);
}

static gboolean
on_incoming (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  InfLinks *links = user_data;
  int fd;

  while ((fd = accept4 (g_socket_get_fd (socket), NULL, NULL, SOCK_CLOEXEC)) >= 0)
    inf_links_accept_fd (links, fd);
  if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
    pause_listening (links);
  return G_SOURCE_CONTINUE;
}

static void
watch_listener (InfLinks *links)
{
  links->listener_source = g_socket_create_source (links->listener, G_IO_IN, NULL);
  g_source_set_callback (links->listener_source, G_SOURCE_FUNC (on_incoming), links, NULL);
  g_source_attach (links->listener_source, links->context);
}

static guint16
port_of (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/**
 * inf_links_listen:
 * @links: some links, not listening yet
 * @port: on every address of this machine, IPv6 and IPv4; 0: a free one
 * @error: #INF_ERROR_FAILED: the port is taken, or this process may not have it
 */
gboolean
inf_links_listen (InfLinks *links, guint16 port, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (!links->listener && !links->is_stopped, FALSE);
  links->listener = bind_family (G_SOCKET_FAMILY_IPV6, port, NULL);
  if (!links->listener)
    links->listener = bind_family (G_SOCKET_FAMILY_IPV4, port, &local_error);
  if (!links->listener)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED,
                   "can't listen on TCP port %u: %s; choose another one", port,
                   local_error->message);
      return FALSE;
    }
  links->port = port_of (links->listener);
  watch_listener (links);
  return TRUE;
}

/**
 * inf_links_get_port:
 * @links: some links
 *
 * Returns: where they listen; 0 when they don't
 */
guint16
inf_links_get_port (InfLinks *links)
{
  return links->port;
}

void
inf_links_stop_listening (InfLinks *links)
{
  if (!links->listener)
    return;
  g_source_destroy (links->listener_source);
  g_clear_pointer (&links->listener_source, g_source_unref);
  g_socket_close (links->listener, NULL);
  g_clear_object (&links->listener);
  links->port = 0;
}
