#include "grid/sandbox/inf-agent-call-private.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-agent-protocol.h"
#include "grid/sandbox/inf-sandbox-config.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* WAITING ──request──▶ OPEN ──inf_agent_call_return()──▶ DONE
 *    └──bad request, agent gone──┴──agent gone: `cancelled`──▲ */

struct _InfAgentCall
{
  GObject parent_instance;

  int fd;
  GSource *watching;
  guint host_index;
  char *command_line;
  int streams[INF_AGENT_N_STREAMS];
  gboolean open;
  InfAgentCallFunc received;
  InfAgentCallFunc finished; /* NULL once the server has let go */
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (InfAgentCall, inf_agent_call, G_TYPE_OBJECT)

enum
{
  CANCELLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
close_connection (InfAgentCall *self)
{
  if (self->watching)
    g_source_destroy (self->watching);
  g_clear_pointer (&self->watching, g_source_unref);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  self->open = FALSE;
}

static void
inf_agent_call_finalize (GObject *object)
{
  InfAgentCall *self = INF_AGENT_CALL (object);

  close_connection (self);
  for (guint i = 0; i < INF_AGENT_N_STREAMS; i++)
    if (self->streams[i] >= 0)
      close (self->streams[i]);
  g_free (self->command_line);
  G_OBJECT_CLASS (inf_agent_call_parent_class)->finalize (object);
}

static void
inf_agent_call_class_init (InfAgentCallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_agent_call_finalize;
  signals[CANCELLED] = g_signal_new ("cancelled", INF_TYPE_AGENT_CALL, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 0);
}

static void
inf_agent_call_init (InfAgentCall *self)
{
  self->fd = -1;
  for (guint i = 0; i < INF_AGENT_N_STREAMS; i++)
    self->streams[i] = -1;
}

/* The server's own reference goes with this. */
static void
finish (InfAgentCall *self)
{
  InfAgentCallFunc finished = self->finished;

  self->finished = NULL;
  close_connection (self);
  if (finished)
    finished (self, self->user_data);
}

/**
 * inf_agent_call_parse:
 * @self: a call without a request
 * @request: (array length=size_bytes): what an agent sent
 * @size_bytes: its length
 * @error: #INF_ERROR_INVALID
 *
 * Returns: whether @request names a host of the job network and a command line
 */
gboolean
inf_agent_call_parse (InfAgentCall *self, const char *request, gsize size_bytes, GError **error)
{
  const char *end = memchr (request, '\0', size_bytes);
  gsize host_length = end ? (gsize)(end - request) : size_bytes;
  struct in_addr address;

  if (!end || host_length == 0 || host_length + 1 == size_bytes
      || memchr (end + 1, '\0', size_bytes - host_length - 1))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not an agent's request");
      return FALSE;
    }
  if (inet_pton (AF_INET, request, &address) != 1
      || !inf_sandbox_index_from_address (ntohl (address.s_addr), &self->host_index))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "no such host in the job network");
      return FALSE;
    }
  g_free (self->command_line);
  self->command_line = g_strndup (end + 1, size_bytes - host_length - 1);
  return TRUE;
}

static gssize
receive (InfAgentCall *self, char *buffer)
{
  struct iovec data = { buffer, INF_AGENT_MAX_REQUEST_BYTES };
  union
  {
    char space[CMSG_SPACE (sizeof (int) * INF_AGENT_N_STREAMS)];
    struct cmsghdr align;
  } control;
  struct msghdr header = { .msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = sizeof control.space };
  gssize size = recvmsg (self->fd, &header, MSG_CMSG_CLOEXEC);
  guint n_fds = 0;

  if (size < 0)
    return size;
  for (struct cmsghdr *each = CMSG_FIRSTHDR (&header); each; each = CMSG_NXTHDR (&header, each))
    if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_RIGHTS)
      for (gsize i = 0; i < (each->cmsg_len - CMSG_LEN (0)) / sizeof (int); i++)
        {
          int fd;

          memcpy (&fd, CMSG_DATA (each) + i * sizeof fd, sizeof fd);
          if (n_fds < INF_AGENT_N_STREAMS && self->streams[n_fds] < 0)
            self->streams[n_fds++] = fd;
          else
            close (fd);
        }
  return (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || n_fds != INF_AGENT_N_STREAMS ? 0 : size;
}

static gboolean
on_event (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (InfAgentCall) self = g_object_ref (user_data);
  g_autofree char *buffer = g_malloc (INF_AGENT_MAX_REQUEST_BYTES);
  g_autoptr (GError) error = NULL;

  /* An agent speaks once; whatever comes later is its end. */
  if (self->open)
    {
      finish (self);
      g_signal_emit (self, signals[CANCELLED], 0);
      return G_SOURCE_REMOVE;
    }
  gssize size = receive (self, buffer);
  if (size <= 0)
    {
      finish (self);
      return G_SOURCE_REMOVE;
    }
  self->open = TRUE;
  if (inf_agent_call_parse (self, buffer, size, &error))
    self->received (self, self->user_data);
  else
    inf_agent_call_return (self, 255, error->message);
  return self->watching ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

InfAgentCall *
inf_agent_call_new (int fd, GMainContext *context, InfAgentCallFunc received,
                    InfAgentCallFunc finished, gpointer user_data)
{
  InfAgentCall *self = g_object_new (INF_TYPE_AGENT_CALL, NULL);

  self->fd = fd;
  self->received = received;
  self->finished = finished;
  self->user_data = user_data;
  self->watching = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (self->watching, G_SOURCE_FUNC (on_event), self, NULL);
  g_source_attach (self->watching, context);
  return self;
}

/**
 * inf_agent_call_abandon:
 * @self: a call whose server goes away
 */
void
inf_agent_call_abandon (InfAgentCall *self)
{
  self->finished = NULL;
  close_connection (self);
}

/**
 * inf_agent_call_get_host_index:
 * @self: a call
 *
 * Returns: the participant on which the command is wanted
 */
guint
inf_agent_call_get_host_index (InfAgentCall *self)
{
  return self->host_index;
}

/**
 * inf_agent_call_get_command_line:
 * @self: a call
 *
 * Returns: (transfer none): the command as mpiexec wrote it, meant for a shell: to be sent to the
 *   host, which reads it with inf_orted_command_parse()
 */
const char *
inf_agent_call_get_command_line (InfAgentCall *self)
{
  return self->command_line;
}

/**
 * inf_agent_call_steal_fd:
 * @self: a call
 * @stream: 0, 1 or 2
 *
 * Returns: (transfer full): the agent's in, out or err; -1 when it was taken before. They may
 * block.
 */
int
inf_agent_call_steal_fd (InfAgentCall *self, guint stream)
{
  int fd;

  g_return_val_if_fail (stream < INF_AGENT_N_STREAMS, -1);
  fd = self->streams[stream];
  self->streams[stream] = -1;
  return fd;
}

/**
 * inf_agent_call_return:
 * @self: a call
 * @exit_status: of the command, 0 to 255; 255 when it could not be run
 * @message: (nullable): one line for the agent's err
 *
 * Lets the agent end. Once is enough; after that, or after `cancelled`, nothing happens.
 */
void
inf_agent_call_return (InfAgentCall *self, int exit_status, const char *message)
{
  g_autoptr (InfAgentCall) keep = g_object_ref (self);
  char reply[INF_AGENT_MAX_REPLY_BYTES];
  gsize length = message ? MIN (strlen (message), sizeof reply - 1) : 0;

  if (!self->open)
    return;
  reply[0] = (char)exit_status;
  if (length > 0)
    memcpy (reply + 1, message, length);
  if (send (self->fd, reply, length + 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    g_debug ("an agent went away before its answer");
  finish (self);
}
