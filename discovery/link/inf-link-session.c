#include "discovery/link/inf-link-session-private.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* A session is one SSH connection and the thread that alone may touch it. The main context gives it
 * commands (a queue, and an eventfd that wakes the thread); it gives the main context events (idle
 * sources, in order).
 *
 *   new ── start ── dial, handshake ── up ── loop ── down
 *                        └── failed or refused ────────┘ */

typedef struct
{
  InfLinkCommandFunc func;
  gpointer data;
} Command;

typedef struct
{
  InfLinkSession *session;
  InfLinkEventFunc func;
  gpointer data;
} Event;

static InfLinkSession *
session_new (InfKeypair *keypair, const InfLinkSessionFuncs *funcs, gpointer owner)
{
  InfLinkSession *session = g_new0 (InfLinkSession, 1);

  g_atomic_ref_count_init (&session->ref_count);
  session->keypair = inf_keypair_ref (keypair);
  session->context = g_main_context_ref_thread_default ();
  session->funcs = *funcs;
  session->owner = owner;
  g_mutex_init (&session->lock);
  g_cond_init (&session->cond);
  g_queue_init (&session->commands);
  session->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  session->guard_fd = -1;
  session->socket_fd = -1;
  session->epoll_fd = -1;
  return session;
}

/**
 * inf_link_session_new_dialled:
 * @keypair: this node
 * @endpoint: who is to be reached; anyone else who answers is left again
 * @mode: as what
 * @credential: (nullable): this node's certificate, or the invite's secret
 * @funcs: (transfer none): copied
 * @owner: for the functions, until inf_link_session_finish()
 *
 * Returns: (transfer full): a session that has not started
 */
InfLinkSession *
inf_link_session_new_dialled (InfKeypair *keypair, InfEndpoint *endpoint, InfLinkSessionMode mode,
                              GBytes *credential, const InfLinkSessionFuncs *funcs, gpointer owner)
{
  InfLinkSession *session = session_new (keypair, funcs, owner);

  session->is_dialled = TRUE;
  session->endpoint = inf_endpoint_ref (endpoint);
  session->mode = mode;
  session->credential = credential ? g_bytes_ref (credential) : NULL;
  session->peer_id = *inf_endpoint_get_peer_id (endpoint);
  return session;
}

/**
 * inf_link_session_new_accepted:
 * @keypair: this node
 * @fd: (transfer full): a connection from anyone
 * @funcs: (transfer none): copied
 * @owner: for the functions, until inf_link_session_finish()
 *
 * Returns: (transfer full): a session that has not started
 */
InfLinkSession *
inf_link_session_new_accepted (InfKeypair *keypair, int fd, const InfLinkSessionFuncs *funcs,
                               gpointer owner)
{
  InfLinkSession *session = session_new (keypair, funcs, owner);

  session->socket_fd = fd;
  return session;
}

InfLinkSession *
inf_link_session_ref (InfLinkSession *session)
{
  g_atomic_ref_count_inc (&session->ref_count);
  return session;
}

void
inf_link_session_unref (InfLinkSession *session)
{
  if (!session || !g_atomic_ref_count_dec (&session->ref_count))
    return;
  g_assert (!session->thread);
  if (session->socket_fd >= 0)
    close (session->socket_fd);
  if (session->guard_fd >= 0)
    close (session->guard_fd);
  close (session->wake_fd);
  g_clear_pointer (&session->endpoint, inf_endpoint_unref);
  g_clear_pointer (&session->credential, g_bytes_unref);
  g_free (session->close_reason);
  inf_keypair_unref (session->keypair);
  g_main_context_unref (session->context);
  g_mutex_clear (&session->lock);
  g_cond_clear (&session->cond);
  g_free (session);
}

gpointer
inf_link_session_get_owner (InfLinkSession *session)
{
  return session->owner;
}

gboolean
inf_link_session_is_dialled (InfLinkSession *session)
{
  return session->is_dialled;
}

gboolean
inf_link_session_is_up (InfLinkSession *session)
{
  return session->is_up;
}

InfLinkSessionMode
inf_link_session_get_mode (InfLinkSession *session)
{
  return session->mode;
}

/**
 * inf_link_session_get_peer_id:
 * @session: a dialled session, or one that is up
 *
 * Returns: (transfer none): the other side; all zero for one that enrols
 */
const InfPeerId *
inf_link_session_get_peer_id (InfLinkSession *session)
{
  return &session->peer_id;
}

const InfPublicKey *
inf_link_session_get_public_key (InfLinkSession *session)
{
  return &session->public_key;
}

/**
 * inf_link_session_get_remote_host:
 * @session: an accepted session
 *
 * Returns: (transfer none): where it comes from, as the accepting side noted
 */
const struct in6_addr *
inf_link_session_get_remote_host (InfLinkSession *session)
{
  return &session->remote_host;
}

void
inf_link_session_set_remote_host (InfLinkSession *session, const struct in6_addr *host)
{
  session->remote_host = *host;
}

/**
 * inf_link_session_set_rekey_bytes:
 * @session: a session that has not started
 * @size_bytes: after how many bytes new keys are agreed; 0: as the cipher asks (64 GiB)
 */
void
inf_link_session_set_rekey_bytes (InfLinkSession *session, guint64 size_bytes)
{
  session->rekey_bytes = size_bytes;
}

/* Commands: main context → thread */

static void
wake (InfLinkSession *session)
{
  guint64 one = 1;
  gssize n;

  do
    n = write (session->wake_fd, &one, sizeof one);
  while (n < 0 && errno == EINTR);
}

/**
 * inf_link_session_run:
 * @session: a session
 * @func: what to do in its thread
 * @data: for @func
 */
void
inf_link_session_run (InfLinkSession *session, InfLinkCommandFunc func, gpointer data)
{
  g_mutex_lock (&session->lock);
  gboolean is_ended = session->is_ended;
  gboolean was_empty = g_queue_is_empty (&session->commands);
  if (!is_ended)
    {
      Command *command = g_new (Command, 1);
      *command = (Command){ func, data };
      g_queue_push_tail (&session->commands, command);
    }
  g_mutex_unlock (&session->lock);

  if (is_ended)
    func (session, data, FALSE);
  else if (was_empty)
    wake (session);
}

static void
run_queue (InfLinkSession *session, GQueue *commands, gboolean is_alive)
{
  Command *command;

  while ((command = g_queue_pop_head (commands)))
    {
      command->func (session, command->data, is_alive);
      g_free (command);
    }
}

static void
take_commands (InfLinkSession *session, GQueue *ret_commands)
{
  *ret_commands = session->commands;
  g_queue_init (&session->commands);
}

/**
 * inf_link_session_run_commands:
 * @session: the thread's session
 *
 * Runs what the main context asked for.
 *
 * Returns: FALSE when it asked for the session's end
 */
gboolean
inf_link_session_run_commands (InfLinkSession *session)
{
  GQueue commands;
  guint64 count;

  while (read (session->wake_fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
  g_mutex_lock (&session->lock);
  take_commands (session, &commands);
  gboolean is_closing = session->is_closing;
  g_mutex_unlock (&session->lock);
  run_queue (session, &commands, TRUE);
  return !is_closing;
}

gboolean
inf_link_session_is_closing (InfLinkSession *session)
{
  g_mutex_lock (&session->lock);
  gboolean is_closing = session->is_closing;
  g_mutex_unlock (&session->lock);
  return is_closing;
}

/* Events: thread → main context */

static gboolean
dispatch_event (gpointer data)
{
  Event *event = data;

  event->func (event->session, event->data);
  return G_SOURCE_REMOVE;
}

static void
free_event (gpointer data)
{
  Event *event = data;

  inf_link_session_unref (event->session);
  g_free (event);
}

/**
 * inf_link_session_post:
 * @session: the thread's session
 * @func: what to do in the main context, after all that was posted before
 * @data: for @func, which frees it
 */
void
inf_link_session_post (InfLinkSession *session, InfLinkEventFunc func, gpointer data)
{
  Event *event = g_new (Event, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  *event = (Event){ inf_link_session_ref (session), func, data };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, dispatch_event, event, free_event);
  g_source_attach (source, session->context);
}

/* The thread */

/**
 * inf_link_session_fail:
 * @session: the thread's session, which is to end
 * @error: (transfer full): why; the first one counts
 */
void
inf_link_session_fail (InfLinkSession *session, GError *error)
{
  if (session->error)
    g_error_free (error);
  else
    session->error = error;
}

/**
 * inf_link_session_set_connection:
 * @session: the thread's session
 * @fd: its connection, which may be shut down from outside from now on
 *
 * Returns: FALSE when the session is to end anyway
 */
gboolean
inf_link_session_set_connection (InfLinkSession *session, int fd)
{
  const int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  g_mutex_lock (&session->lock);
  if (session->guard_fd >= 0)
    close (session->guard_fd);
  session->guard_fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  gboolean is_closing = session->is_closing;
  g_mutex_unlock (&session->lock);
  return !is_closing;
}

static void
tell_up (InfLinkSession *session, gpointer data)
{
  InfPublicKey *key = data;

  g_clear_pointer (&session->handshake_timer, g_source_destroy);
  session->public_key = *key;
  if (session->mode == INF_LINK_SESSION_MEMBER || session->is_dialled)
    inf_peer_id_of_key (key, &session->peer_id);
  session->is_up = TRUE;
  g_free (key);
  if (session->owner)
    session->funcs.up (session);
}

static void
tell_down (InfLinkSession *session, gpointer data)
{
  GError *error = data;

  g_clear_pointer (&session->handshake_timer, g_source_destroy);
  session->is_up = FALSE;
  if (session->owner)
    session->funcs.down (session, error);
  g_error_free (error);
}

static GError *
reason_of_end (InfLinkSession *session)
{
  g_mutex_lock (&session->lock);
  if (session->is_closing)
    {
      g_clear_error (&session->error);
      session->error
          = g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE, session->close_reason);
    }
  g_mutex_unlock (&session->lock);
  if (!session->error)
    session->error
        = g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE, "the peer closed the link");
  return g_steal_pointer (&session->error);
}

static void
free_ssh (InfLinkSession *session)
{
  if (session->event)
    {
      ssh_event_remove_session (session->event, session->ssh);
      ssh_event_free (session->event);
      session->event = NULL;
    }
  if (session->ssh)
    {
      ssh_disconnect (session->ssh);
      ssh_free (session->ssh);
      session->ssh = NULL;
    }
}

static gpointer
run_thread (gpointer data)
{
  InfLinkSession *session = data;
  g_autoptr (GError) handshake_error = NULL;
  GQueue commands;

  if (inf_link_handshake (session, &handshake_error))
    {
      inf_link_session_post (session, tell_up,
                             g_memdup2 (&session->remote_key, sizeof session->remote_key));
      inf_link_loop (session);
    }
  else
    inf_link_session_fail (session, g_steal_pointer (&handshake_error));

  g_autoptr (GError) error = reason_of_end (session);
  inf_link_exchange_fail_all (session, error);
  inf_link_port_fail_all (session, error);
  inf_link_loop_free (session);
  g_mutex_lock (&session->lock);
  session->is_ended = TRUE;
  take_commands (session, &commands);
  g_mutex_unlock (&session->lock);
  run_queue (session, &commands, FALSE);
  inf_link_session_post (session, tell_down, g_error_copy (error));
  free_ssh (session);
  inf_link_session_unref (session);
  return NULL;
}

static void
shut_down (InfLinkSession *session, const char *reason)
{
  g_mutex_lock (&session->lock);
  if (!session->is_closing)
    {
      session->is_closing = TRUE;
      session->close_reason = g_strdup (reason);
    }
  g_cond_broadcast (&session->cond);
  /* Wakes a thread that waits inside libssh. */
  if (session->guard_fd >= 0 && !session->is_up)
    shutdown (session->guard_fd, SHUT_RDWR);
  g_mutex_unlock (&session->lock);
  wake (session);
}

static gboolean
on_handshake_timer (gpointer data)
{
  InfLinkSession *session = data;

  session->handshake_timer = NULL;
  shut_down (session, "no handshake within the time allowed");
  return G_SOURCE_REMOVE;
}

/* A dialled session takes each of its addresses' own time first. */
static guint
handshake_ms (InfLinkSession *session)
{
  guint n_addresses = 0;

  if (session->endpoint)
    n_addresses = g_strv_length ((char **)inf_endpoint_get_addresses (session->endpoint));
  return INF_LINK_HANDSHAKE_MS * MAX (1, n_addresses);
}

/**
 * inf_link_session_start:
 * @session: a new session; from now until its `down` function it has a thread
 */
void
inf_link_session_start (InfLinkSession *session)
{
  g_autoptr (GSource) timer = g_timeout_source_new (handshake_ms (session));

  g_source_set_callback (timer, on_handshake_timer, session, NULL);
  g_source_attach (timer, session->context);
  session->handshake_timer = timer;
  session->thread = g_thread_new ("infinity-link", run_thread, inf_link_session_ref (session));
}

/**
 * inf_link_session_close:
 * @session: a session that has started
 * @reason: what its `down` function and all that are still waiting are told
 */
void
inf_link_session_close (InfLinkSession *session, const char *reason)
{
  shut_down (session, reason);
}

/**
 * inf_link_session_finish:
 * @session: a session that has started, down or not
 *
 * Ends it, and waits for its thread. None of its functions is called any more.
 */
void
inf_link_session_finish (InfLinkSession *session)
{
  session->owner = NULL;
  shut_down (session, "this node closed the link");
  g_clear_pointer (&session->handshake_timer, g_source_destroy);
  if (session->thread)
    g_thread_join (g_steal_pointer (&session->thread));
}
