#include "grid/sandbox/inf-job-network.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-netlink.h"
#include "grid/sandbox/inf-sandbox-config-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTERFACE "job0"
#define PEER_INTERFACE "job1"
#define PREFIX_LENGTH 16
#define BACKLOG 64
/* All is on this machine, so that an answer comes at once unless the listener's backlog is full.
 * One more attempt, and the kernel gives up after 3 s. */
#define SYN_RETRIES 1

/**
 * inf_job_network_set_up:
 * @own_index: this participant
 * @error: a G_IO_ERROR
 *
 * Makes the job network in this thread's network namespace, which must be a new one: `job0` with
 * this participant's address, and every other participant's address local.
 *
 * Returns: whether it is there
 */
gboolean
inf_job_network_set_up (guint own_index, GError **error)
{
  guint32 address = inf_sandbox_address (own_index);
  guint32 network = address & ~(guint32)0xffff;
  g_autoptr (InfNetlink) netlink = inf_netlink_open (error);

  return netlink && inf_netlink_set_up (netlink, "lo", error)
         && inf_netlink_add_veth (netlink, INTERFACE, PEER_INTERFACE, error)
         && inf_netlink_add_address (netlink, INTERFACE, address, PREFIX_LENGTH, error)
         && inf_netlink_set_up (netlink, INTERFACE, error)
         && inf_netlink_set_up (netlink, PEER_INTERFACE, error)
         && inf_netlink_add_local_route (netlink, "lo", network, PREFIX_LENGTH, address, error);
}

static void
fill_address (struct sockaddr_in *ret_address, guint index, guint port)
{
  memset (ret_address, 0, sizeof *ret_address);
  ret_address->sin_family = AF_INET;
  ret_address->sin_addr.s_addr = htonl (inf_sandbox_address (index));
  ret_address->sin_port = htons ((guint16)port);
}

static int
bind_socket (guint index, guint port, int type_flags, GError **error)
{
  struct sockaddr_in address;
  int one = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | type_flags, 0);

  fill_address (&address, index, port);
  if (fd >= 0)
    {
      setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
      setsockopt (fd, IPPROTO_IP, IP_FREEBIND, &one, sizeof one);
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      if (bind (fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "participant %u, port %u: %s",
               index, port, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
listen_for (GArray *listeners, const InfSandboxParticipant *participant, GError **error)
{
  for (guint i = 0; i < participant->n_ports; i++)
    {
      guint port = inf_sandbox_port_base (participant->index) + i;
      InfJobListener listener = { -1, participant->index, port };

      listener.fd = bind_socket (participant->index, port, SOCK_NONBLOCK, error);
      if (listener.fd < 0)
        return FALSE;
      g_array_append_val (listeners, listener);
      if (listen (listener.fd, BACKLOG) == 0)
        continue;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "port %u: %s", port,
                   g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

static void
close_listener (gpointer data)
{
  InfJobListener *listener = data;

  close (listener->fd);
}

/**
 * inf_job_network_listen:
 * @config: names the other participants
 * @error: a G_IO_ERROR
 *
 * Returns: (transfer full) (nullable) (element-type InfJobListener): a listener for every port of
 *   every other participant, closed with the array
 */
GArray *
inf_job_network_listen (InfSandboxConfig *config, GError **error)
{
  g_autoptr (GArray) listeners = g_array_new (FALSE, FALSE, sizeof (InfJobListener));

  g_array_set_clear_func (listeners, close_listener);
  for (guint i = 0; i < config->participants->len; i++)
    if (!listen_for (listeners, &g_array_index (config->participants, InfSandboxParticipant, i),
                     error))
      return NULL;
  return g_steal_pointer (&listeners);
}

/**
 * inf_job_network_accept:
 * @listener: a listener that is readable
 * @own_index: this participant
 *
 * A process can bind any participant's address; only what comes from this sandbox's own address is
 * taken, so that a job's ranks can't pretend to be elsewhere.
 *
 * Returns: (transfer full): a connected, non-blocking socket; -1 when there is none
 */
int
inf_job_network_accept (const InfJobListener *listener, guint own_index)
{
  struct sockaddr_in peer;
  socklen_t length = sizeof peer;
  int one = 1;
  int fd = accept4 (listener->fd, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    return -1;
  if (ntohl (peer.sin_addr.s_addr) != inf_sandbox_address (own_index))
    {
      close (fd);
      return -1;
    }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

/**
 * inf_job_network_connect:
 * @own_index: this participant
 * @src_index: the participant whose address the connection comes from; Open MPI looks at it
 * @dst_port: one of this participant's own ports
 * @error: #INF_ERROR_INVALID for what is no other participant or no own port, or a G_IO_ERROR
 *
 * Returns: (transfer full): a non-blocking socket, connected once it is writable and
 *   inf_job_network_connected() says so, which takes 3 s at most; -1 on failure
 */
int
inf_job_network_connect (guint own_index, guint src_index, guint dst_port, GError **error)
{
  guint base = inf_sandbox_port_base (own_index);
  int retries = SYN_RETRIES;
  struct sockaddr_in destination;

  if (!inf_sandbox_index_is_valid (src_index) || src_index == own_index || dst_port < base
      || dst_port >= base + INF_SANDBOX_PORTS_EACH)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "participant %u may not connect to port %u of participant %u", src_index,
                   dst_port, own_index);
      return -1;
    }
  int fd = bind_socket (src_index, 0, SOCK_NONBLOCK, error);
  if (fd < 0)
    return -1;
  setsockopt (fd, IPPROTO_TCP, TCP_SYNCNT, &retries, sizeof retries);
  fill_address (&destination, own_index, dst_port);
  if (connect (fd, (struct sockaddr *)&destination, sizeof destination) == 0
      || errno == EINPROGRESS)
    return fd;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "port %u of participant %u: %s",
               dst_port, own_index, g_strerror (errno));
  close (fd);
  return -1;
}

/**
 * inf_job_network_connected:
 * @fd: a socket of inf_job_network_connect() that is writable or broken
 * @error: a G_IO_ERROR
 *
 * Returns: whether it is connected
 */
gboolean
inf_job_network_connected (int fd, GError **error)
{
  socklen_t length = sizeof (int);
  int code = 0;

  if (getsockopt (fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0)
    code = errno;
  if (code == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "connecting to a job's port: %s",
               g_strerror (code));
  return FALSE;
}
