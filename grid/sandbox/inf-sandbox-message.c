#include "grid/sandbox/inf-sandbox-message.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "grid/sandbox/inf-sandbox-config-private.h"

#include <gio/gio.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/**
 * inf_sandbox_message_type:
 * @kind: any number
 *
 * Returns: (nullable): the body's type, NULL for a kind that does not exist
 */
const GVariantType *
inf_sandbox_message_type (InfSandboxMessageKind kind)
{
  switch (kind)
    {
    case INF_SANDBOX_CONFIGURE:
      return G_VARIANT_TYPE (INF_SANDBOX_CONFIG_TYPE);
    case INF_SANDBOX_READY:
    case INF_SANDBOX_STOP:
      return G_VARIANT_TYPE ("()");
    case INF_SANDBOX_ACCEPTED:
      return G_VARIANT_TYPE ("(uu)");
    case INF_SANDBOX_CONNECT:
      return G_VARIANT_TYPE ("(uuu)");
    case INF_SANDBOX_CONNECTED:
      return G_VARIANT_TYPE ("(us)");
    case INF_SANDBOX_EXEC:
      return G_VARIANT_TYPE ("(uasass)");
    case INF_SANDBOX_EXITED:
      return G_VARIANT_TYPE ("(uis)");
    case INF_SANDBOX_KILL:
      return G_VARIANT_TYPE ("(u)");
    case INF_SANDBOX_FAILED:
      return G_VARIANT_TYPE ("(s)");
    default:
      return NULL;
    }
}

/**
 * inf_sandbox_message_new:
 * @kind: what it is
 * @body: (transfer floating): of the kind's type
 *
 * Returns: (transfer full): a message without descriptors
 */
InfSandboxMessage *
inf_sandbox_message_new (InfSandboxMessageKind kind, GVariant *body)
{
  InfSandboxMessage *message = g_new0 (InfSandboxMessage, 1);

  message->kind = kind;
  message->body = g_variant_ref_sink (body);
  return message;
}

/**
 * inf_sandbox_message_from_bytes:
 * @bytes: what arrived, from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the message, its body checked, without descriptors
 */
InfSandboxMessage *
inf_sandbox_message_from_bytes (GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  const GVariantType *type;
  guint8 kind = 0;

  if (!inf_wire_peek_kind (data, size, &kind) || !(type = inf_sandbox_message_type (kind)))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "not a sandbox's message (kind %u)", kind);
      return NULL;
    }
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, kind, type, INF_SANDBOX_MAX_MESSAGE_BYTES, error);
  return body ? inf_sandbox_message_new (kind, body) : NULL;
}

/**
 * inf_sandbox_message_add_fd:
 * @message: a message to send
 * @fd: (transfer full): a descriptor; at most %INF_SANDBOX_MAX_MESSAGE_FDS
 */
void
inf_sandbox_message_add_fd (InfSandboxMessage *message, int fd)
{
  g_return_if_fail (message->n_fds < INF_SANDBOX_MAX_MESSAGE_FDS);
  message->fds[message->n_fds++] = fd;
}

/**
 * inf_sandbox_message_steal_fd:
 * @message: a message that was received
 * @i: which descriptor
 *
 * Returns: (transfer full): the descriptor, -1 when there is none
 */
int
inf_sandbox_message_steal_fd (InfSandboxMessage *message, guint i)
{
  if (i >= message->n_fds)
    return -1;
  int fd = message->fds[i];
  message->fds[i] = -1;
  return fd;
}

void
inf_sandbox_message_free (InfSandboxMessage *message)
{
  if (!message)
    return;
  for (guint i = 0; i < message->n_fds; i++)
    if (message->fds[i] >= 0)
      close (message->fds[i]);
  g_variant_unref (message->body);
  g_free (message);
}

/**
 * inf_sandbox_message_send:
 * @message: a message
 * @socket_fd: a SOCK_SEQPACKET socket
 * @error: G_IO_ERROR_WOULD_BLOCK when the socket is full, another G_IO_ERROR when it is broken
 *
 * Returns: whether it was sent, which is all or nothing
 */
gboolean
inf_sandbox_message_send (InfSandboxMessage *message, int socket_fd, GError **error)
{
  g_autoptr (GBytes) bytes = inf_wire_encode (message->kind, message->body);
  struct iovec data = { (void *)g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) };
  union
  {
    char space[CMSG_SPACE (sizeof (int) * INF_SANDBOX_MAX_MESSAGE_FDS)];
    struct cmsghdr align;
  } control = { 0 };
  struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1 };
  gssize sent;

  if (message->n_fds > 0)
    {
      header.msg_control = control.space;
      header.msg_controllen = CMSG_SPACE (sizeof (int) * message->n_fds);
      struct cmsghdr *rights = CMSG_FIRSTHDR (&header);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN (sizeof (int) * message->n_fds);
      memcpy (CMSG_DATA (rights), message->fds, sizeof (int) * message->n_fds);
    }
  do
    sent = sendmsg (socket_fd, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0)
    return TRUE;
  int code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "sandbox's control socket: %s",
               g_strerror (code));
  return FALSE;
}

/* Takes every descriptor that came, whether it is wanted or not, so that none leaks. */
static gboolean
take_fds (InfSandboxMessage *into, struct msghdr *header)
{
  gboolean fits = TRUE;

  for (struct cmsghdr *each = CMSG_FIRSTHDR (header); each; each = CMSG_NXTHDR (header, each))
    {
      if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS)
        continue;
      guint n = (each->cmsg_len - CMSG_LEN (0)) / sizeof (int);
      for (guint i = 0; i < n; i++)
        {
          int fd;

          memcpy (&fd, CMSG_DATA (each) + i * sizeof (int), sizeof fd);
          if (into->n_fds < INF_SANDBOX_MAX_MESSAGE_FDS)
            into->fds[into->n_fds++] = fd;
          else
            {
              close (fd);
              fits = FALSE;
            }
        }
    }
  return fits;
}

static void
close_fds (InfSandboxMessage *message)
{
  for (guint i = 0; i < message->n_fds; i++)
    close (message->fds[i]);
}

/**
 * inf_sandbox_message_receive:
 * @socket_fd: a SOCK_SEQPACKET socket
 * @error: G_IO_ERROR_WOULD_BLOCK when nothing waits, G_IO_ERROR_CLOSED at the end,
 *   #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE for bytes that are no message
 *
 * Returns: (transfer full) (nullable): the next message, its body checked, with its descriptors
 */
InfSandboxMessage *
inf_sandbox_message_receive (int socket_fd, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (INF_SANDBOX_MAX_MESSAGE_BYTES);
  struct iovec data = { buffer, INF_SANDBOX_MAX_MESSAGE_BYTES };
  union
  {
    char space[CMSG_SPACE (sizeof (int) * (INF_SANDBOX_MAX_MESSAGE_FDS + 1))];
    struct cmsghdr align;
  } control;
  struct msghdr header = { .msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = sizeof control.space };
  InfSandboxMessage carried = { 0 };
  gssize size;

  do
    size = recvmsg (socket_fd, &header, MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  if (size <= 0)
    {
      int code = size < 0 ? errno : 0;
      g_set_error (error, G_IO_ERROR, code ? g_io_error_from_errno (code) : G_IO_ERROR_CLOSED,
                   "sandbox's control socket: %s", code ? g_strerror (code) : "closed");
      return NULL;
    }
  gboolean complete
      = take_fds (&carried, &header) && !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
  g_autoptr (GBytes) bytes = g_bytes_new (buffer, size);
  g_autoptr (InfSandboxMessage) message = NULL;
  if (complete)
    message = inf_sandbox_message_from_bytes (bytes, error);
  else
    g_set_error_literal (error, INF_ERROR, INF_ERROR_TOO_LARGE, "sandbox's message is too large");
  if (!message)
    {
      close_fds (&carried);
      return NULL;
    }
  memcpy (message->fds, carried.fds, sizeof carried.fds);
  message->n_fds = carried.n_fds;
  return g_steal_pointer (&message);
}
