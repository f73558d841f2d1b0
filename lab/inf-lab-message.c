#include "lab/inf-lab-message.h"

#include "common/inf-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* An environment and a command line fit; the kernel's default send buffer is about this large. */
#define MAX_SIZE_BYTES (192 * 1024)

/**
 * inf_lab_message_send:
 * @fd: a SOCK_SEQPACKET socket
 * @message: what to send; a floating reference is consumed
 * @fds: (array length=n_fds) (nullable): descriptors to send along; they stay the caller's
 * @n_fds: at most %INF_LAB_MESSAGE_MAX_FDS
 * @error: return location
 *
 * Returns: whether it was sent; %INF_ERROR_TOO_LARGE over 192 KiB, %INF_ERROR_UNREACHABLE when the
 *   other end is gone
 */
gboolean
inf_lab_message_send (int fd, GVariant *message, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (message);
  union
  {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (sizeof (int) * INF_LAB_MESSAGE_MAX_FDS)];
  } control = { 0 };
  struct iovec vector = { (void *)g_variant_get_data (owned), g_variant_get_size (owned) };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
  gssize sent;

  g_return_val_if_fail (n_fds <= INF_LAB_MESSAGE_MAX_FDS, FALSE);

  if (vector.iov_len > MAX_SIZE_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "the command line and environment take %zu bytes, at most %d fit",
                   vector.iov_len, MAX_SIZE_BYTES);
      return FALSE;
    }
  if (n_fds > 0)
    {
      header.msg_control = control.bytes;
      header.msg_controllen = CMSG_SPACE (sizeof (int) * n_fds);
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (sizeof (int) * n_fds);
      memcpy (CMSG_DATA (&control.header), fds, sizeof (int) * n_fds);
    }
  do
    sent = sendmsg (fd, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "the lab does not listen: %s",
               g_strerror (errno));
  return FALSE;
}

static gboolean
wait_readable (int fd, int timeout_ms, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64)timeout_ms * 1000;

  while (TRUE)
    {
      struct pollfd poll_fd = { fd, POLLIN, 0 };
      gint64 left_ms = (deadline_us - g_get_monotonic_time () + 999) / 1000;
      int n = poll (&poll_fd, 1, timeout_ms < 0 ? -1 : (int)MAX (left_ms, 0));

      if (n > 0)
        return TRUE;
      if (n == 0)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_TIMED_OUT, "the lab did not answer within %d ms",
                       timeout_ms);
          return FALSE;
        }
      if (errno != EINTR)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "poll: %s", g_strerror (errno));
          return FALSE;
        }
    }
}

/* Takes what descriptors came; those beyond the room of @ret_fds never arrive. */
static void
take_fds (struct msghdr *header, int ret_fds[INF_LAB_MESSAGE_MAX_FDS])
{
  for (guint i = 0; ret_fds && i < INF_LAB_MESSAGE_MAX_FDS; i++)
    ret_fds[i] = -1;
  for (struct cmsghdr *part = CMSG_FIRSTHDR (header); part; part = CMSG_NXTHDR (header, part))
    {
      guint n;

      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
        continue;
      n = (part->cmsg_len - CMSG_LEN (0)) / sizeof (int);
      for (guint i = 0; i < n; i++)
        {
          int fd;

          memcpy (&fd, CMSG_DATA (part) + i * sizeof (int), sizeof fd);
          if (ret_fds && i < INF_LAB_MESSAGE_MAX_FDS)
            ret_fds[i] = fd;
          else
            close (fd);
        }
    }
}

/**
 * inf_lab_message_receive:
 * @fd: a SOCK_SEQPACKET socket
 * @type: the type that the message must have
 * @timeout_ms: how long to wait; below 0 for ever
 * @ret_fds: (out) (nullable): the descriptors that came with it, -1 where there is none
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the message; %NULL with %INF_ERROR_UNREACHABLE at the end of
 *   the stream, %INF_ERROR_TIMED_OUT, or %INF_ERROR_INVALID when it is not of that type
 */
GVariant *
inf_lab_message_receive (int fd, const char *type, int timeout_ms,
                         int ret_fds[INF_LAB_MESSAGE_MAX_FDS], GError **error)
{
  g_autofree char *buffer = NULL;
  g_autoptr (GVariant) message = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char control[CMSG_SPACE (sizeof (int) * INF_LAB_MESSAGE_MAX_FDS)];
  struct iovec vector;
  struct msghdr header = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  gssize size;

  if (!wait_readable (fd, timeout_ms, error))
    return NULL;
  buffer = g_malloc (MAX_SIZE_BYTES);
  vector = (struct iovec){ buffer, MAX_SIZE_BYTES };
  do
    size = recvmsg (fd, &header, MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  if (size <= 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "the lab hung up%s%s",
                   size < 0 ? ": " : "", size < 0 ? g_strerror (errno) : "");
      return NULL;
    }
  take_fds (&header, ret_fds);
  bytes = g_bytes_new (buffer, (gsize)size);
  message = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
  if (!(header.msg_flags & MSG_TRUNC) && g_variant_is_normal_form (message))
    return g_steal_pointer (&message);
  for (guint i = 0; ret_fds && i < INF_LAB_MESSAGE_MAX_FDS; i++)
    if (ret_fds[i] >= 0)
      {
        close (ret_fds[i]);
        ret_fds[i] = -1;
      }
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a lab message of %zd bytes is not of type %s",
               size, type);
  return NULL;
}

static int
unix_socket (const char *path, struct sockaddr_un *ret_address, GError **error)
{
  int fd;

  *ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
  if (strlen (path) >= sizeof ret_address->sun_path)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%s is too long for a socket's path; set INFINITY_LAB_DIR to a shorter one",
                   path);
      return -1;
    }
  strcpy (ret_address->sun_path, path);
  fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0)
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "socket: %s", g_strerror (errno));
  return fd;
}

/**
 * inf_lab_message_connect:
 * @path: a socket that inf_lab_message_listen() made
 * @error: return location
 *
 * Returns: a connected socket, or -1 with %INF_ERROR_UNREACHABLE
 */
int
inf_lab_message_connect (const char *path, GError **error)
{
  struct sockaddr_un address;
  int fd = unix_socket (path, &address, error);

  if (fd < 0)
    return -1;
  if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
    return fd;
  g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "nothing listens at %s: %s", path,
               g_strerror (errno));
  close (fd);
  return -1;
}

/**
 * inf_lab_message_listen:
 * @path: where; what is there already is replaced
 * @error: return location
 *
 * Returns: a listening, non-blocking socket, or -1
 */
int
inf_lab_message_listen (const char *path, GError **error)
{
  struct sockaddr_un address;
  int fd = unix_socket (path, &address, error);

  if (fd < 0)
    return -1;
  unlink (path);
  if (bind (fd, (struct sockaddr *)&address, sizeof address) == 0 && listen (fd, 128) == 0
      && g_unix_set_fd_nonblocking (fd, TRUE, error))
    return fd;
  if (error && !*error)
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  close (fd);
  return -1;
}
