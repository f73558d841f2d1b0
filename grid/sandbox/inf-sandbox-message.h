#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_SANDBOX_MAX_MESSAGE_BYTES (128 * 1024)
#define INF_SANDBOX_MAX_MESSAGE_FDS 3

/**
 * InfSandboxMessageKind:
 *
 * What infinityd (d) and infinity-sandbox (s) tell each other, one message a datagram of their
 * SOCK_SEQPACKET socket. Numbers are the envelope's kinds; the type of each body is in
 * inf_sandbox_message_type().
 *
 * @INF_SANDBOX_CONFIGURE: d → s, first and once: the configuration
 * @INF_SANDBOX_READY: s → d: namespaces, network and listeners are there
 * @INF_SANDBOX_ACCEPTED: s → d: a process connected: participant, port; its descriptor
 * @INF_SANDBOX_CONNECT: d → s: request number, calling participant, own port
 * @INF_SANDBOX_CONNECTED: s → d: request number, "" or what went wrong; the descriptor
 * @INF_SANDBOX_EXEC: d → s: request number, argv, environment, directory; in, out and err
 * @INF_SANDBOX_EXITED: s → d: request number, wait status, "" or why it never ran
 * @INF_SANDBOX_KILL: d → s: request number of the command to kill
 * @INF_SANDBOX_FAILED: s → d, last: why the sandbox ends, one line
 * @INF_SANDBOX_STOP: d → s, last: end everything
 */
typedef enum
{
  INF_SANDBOX_CONFIGURE = 130,
  INF_SANDBOX_READY,
  INF_SANDBOX_ACCEPTED,
  INF_SANDBOX_CONNECT,
  INF_SANDBOX_CONNECTED,
  INF_SANDBOX_EXEC,
  INF_SANDBOX_EXITED,
  INF_SANDBOX_KILL,
  INF_SANDBOX_FAILED,
  INF_SANDBOX_STOP,
} InfSandboxMessageKind;

typedef struct
{
  InfSandboxMessageKind kind;
  GVariant *body;
  int fds[INF_SANDBOX_MAX_MESSAGE_FDS];
  guint n_fds;
} InfSandboxMessage;

const GVariantType *inf_sandbox_message_type (InfSandboxMessageKind kind);

InfSandboxMessage *inf_sandbox_message_new (InfSandboxMessageKind kind, GVariant *body);
InfSandboxMessage *inf_sandbox_message_from_bytes (GBytes *bytes, GError **error);
void inf_sandbox_message_add_fd (InfSandboxMessage *message, int fd);
int inf_sandbox_message_steal_fd (InfSandboxMessage *message, guint i);
void inf_sandbox_message_free (InfSandboxMessage *message);

gboolean inf_sandbox_message_send (InfSandboxMessage *message, int socket_fd, GError **error);
InfSandboxMessage *inf_sandbox_message_receive (int socket_fd, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfSandboxMessage, inf_sandbox_message_free)

G_END_DECLS
