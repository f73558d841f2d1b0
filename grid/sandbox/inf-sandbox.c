#include "grid/sandbox/inf-sandbox-private.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"
#include "grid/sandbox/inf-sandbox-config-private.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* The life of a sandbox, seen from the daemon:
 *
 *   NEW ──start──▶ STARTING ──READY──▶ RUNNING ──stop──▶ STOPPING ──keeper exits──▶ ENDED
 *                     └──────────── keeper exits ────────────┴────────────────────────▲
 *
 * The exit of the helper program, not its last message, says that nothing runs any more. */

#define START_TIMEOUT_S 20
#define STOP_STEP_S 3

G_DEFINE_FINAL_TYPE (InfSandbox, inf_sandbox, G_TYPE_OBJECT)

enum
{
  ENDED_SIGNAL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear_source (GSource **source)
{
  if (*source)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
add_source (InfSandbox *self, GSource **place, GSource *source, GSourceFunc func)
{
  *place = source;
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
}

static void
inf_sandbox_dispose (GObject *object)
{
  InfSandbox *self = INF_SANDBOX (object);

  clear_source (&self->reading);
  clear_source (&self->writing);
  clear_source (&self->timer);
  /* The end of its control socket ends the helper and everything below it. */
  if (self->control_fd >= 0)
    close (self->control_fd);
  self->control_fd = -1;
  if (self->connect_destroy)
    g_clear_pointer (&self->connect_data, self->connect_destroy);
  self->connect_destroy = NULL;
  G_OBJECT_CLASS (inf_sandbox_parent_class)->dispose (object);
}

static void
inf_sandbox_finalize (GObject *object)
{
  InfSandbox *self = INF_SANDBOX (object);

  g_queue_clear_full (&self->outgoing, (GDestroyNotify)inf_sandbox_message_free);
  g_hash_table_unref (self->requests);
  g_clear_object (&self->keeper);
  g_clear_pointer (&self->context, g_main_context_unref);
  inf_sandbox_config_free (self->config);
  g_free (self->reason);
  G_OBJECT_CLASS (inf_sandbox_parent_class)->finalize (object);
}

static void
inf_sandbox_class_init (InfSandboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = inf_sandbox_dispose;
  object_class->finalize = inf_sandbox_finalize;
  signals[ENDED_SIGNAL] = g_signal_new ("ended", INF_TYPE_SANDBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
inf_sandbox_init (InfSandbox *self)
{
  self->control_fd = -1;
  self->requests = inf_sandbox_requests_new ();
}

/**
 * inf_sandbox_new:
 * @config: (transfer full): what to make
 *
 * Returns: (transfer full): a sandbox that is not started
 */
InfSandbox *
inf_sandbox_new (InfSandboxConfig *config)
{
  InfSandbox *self = g_object_new (INF_TYPE_SANDBOX, NULL);

  self->config = config;
  return self;
}

guint
inf_sandbox_get_index (InfSandbox *self)
{
  return self->config->own_index;
}

/**
 * inf_sandbox_is_running:
 * @self: a sandbox
 *
 * Returns: whether it was started and neither stopped nor ended since
 */
gboolean
inf_sandbox_is_running (InfSandbox *self)
{
  return self->state == INF_SANDBOX_STATE_RUNNING;
}

/**
 * inf_sandbox_get_pid:
 * @self: a sandbox
 *
 * Returns: the process that keeps it, and that everything in it is below; 0 while there is none
 */
gint64
inf_sandbox_get_pid (InfSandbox *self)
{
  const char *pid = self->keeper ? g_subprocess_get_identifier (self->keeper) : NULL;

  return pid ? g_ascii_strtoll (pid, NULL, 10) : 0;
}

/**
 * inf_sandbox_set_connect_func:
 * @self: a sandbox that is not started
 * @func: called for each connection that a process inside makes to another participant
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data
 */
void
inf_sandbox_set_connect_func (InfSandbox *self, InfSandboxConnectFunc func, gpointer user_data,
                              GDestroyNotify destroy)
{
  if (self->connect_destroy)
    self->connect_destroy (self->connect_data);
  self->connect_func = func;
  self->connect_data = user_data;
  self->connect_destroy = destroy;
}

static void
set_reason (InfSandbox *self, const char *reason)
{
  if (self->reason)
    return;
  self->reason = g_str_to_ascii (reason, "C");
  g_strdelimit (self->reason, "\r\n", ' ');
}

GError *
inf_sandbox_new_ended_error (InfSandbox *self)
{
  if (self->state == INF_SANDBOX_STATE_STOPPING || self->stop)
    return g_error_new (INF_ERROR, INF_ERROR_CANCELLED, "the sandbox was stopped");
  return g_error_new (INF_ERROR, INF_ERROR_FAILED, "the sandbox ended: %s",
                      self->reason ? self->reason : "its helper died");
}

/* Sending */

static gboolean on_writable (int fd, GIOCondition condition, gpointer user_data);

static void
flush (InfSandbox *self)
{
  InfSandboxMessage *message;

  while (self->control_fd >= 0 && (message = g_queue_peek_head (&self->outgoing)))
    {
      g_autoptr (GError) error = NULL;

      if (!inf_sandbox_message_send (message, self->control_fd, &error)
          && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break;
      /* A socket that is broken is noticed when it is read. */
      inf_sandbox_message_free (g_queue_pop_head (&self->outgoing));
    }
  if (g_queue_is_empty (&self->outgoing))
    clear_source (&self->writing);
  else if (!self->writing)
    add_source (self, &self->writing, g_unix_fd_source_new (self->control_fd, G_IO_OUT),
                G_SOURCE_FUNC (on_writable));
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  flush (user_data);
  return G_SOURCE_CONTINUE;
}

void
inf_sandbox_send (InfSandbox *self, InfSandboxMessage *message)
{
  g_queue_push_tail (&self->outgoing, message);
  flush (self);
}

/* Receiving */

static void
handle_ready (InfSandbox *self)
{
  if (self->state != INF_SANDBOX_STATE_STARTING)
    return;
  g_autoptr (GTask) start = g_steal_pointer (&self->start);
  clear_source (&self->timer);
  self->state = INF_SANDBOX_STATE_RUNNING;
  g_task_return_boolean (start, TRUE);
}

static gboolean
is_others_port (InfSandbox *self, guint index, guint port)
{
  for (guint i = 0; i < self->config->participants->len; i++)
    {
      InfSandboxParticipant *each
          = &g_array_index (self->config->participants, InfSandboxParticipant, i);
      guint base = inf_sandbox_port_base (each->index);

      if (each->index == index)
        return port >= base && port < base + each->n_ports;
    }
  return FALSE;
}

static gboolean
handle_accepted (InfSandbox *self, InfSandboxMessage *message)
{
  guint index, port;

  g_variant_get (message->body, "(uu)", &index, &port);
  if (!is_others_port (self, index, port) || message->n_fds != 1)
    return FALSE;
  if (self->connect_func && self->state == INF_SANDBOX_STATE_RUNNING)
    self->connect_func (self, index, port, inf_sandbox_message_steal_fd (message, 0),
                        self->connect_data);
  return TRUE;
}

static gboolean
handle_message (InfSandbox *self, InfSandboxMessage *message)
{
  const char *reason;

  switch (message->kind)
    {
    case INF_SANDBOX_READY:
      handle_ready (self);
      return TRUE;
    case INF_SANDBOX_ACCEPTED:
      return handle_accepted (self, message);
    case INF_SANDBOX_CONNECTED:
      return inf_sandbox_requests_handle_connected (self, message);
    case INF_SANDBOX_EXITED:
      inf_sandbox_requests_handle_exited (self, message);
      return TRUE;
    case INF_SANDBOX_FAILED:
      g_variant_get (message->body, "(&s)", &reason);
      set_reason (self, reason);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (InfSandbox) self = g_object_ref (user_data);

  while (self->control_fd >= 0)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (InfSandboxMessage) message
          = inf_sandbox_message_receive (self->control_fd, &error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
      if (message && handle_message (self, message))
        continue;
      if ((message || error->domain == INF_ERROR) && self->state != INF_SANDBOX_STATE_STOPPING)
        set_reason (self, "its helper broke the protocol");
      /* Closed, or not to be trusted: the keeper ends either way, and its exit is waited for. */
      clear_source (&self->writing);
      close (self->control_fd);
      self->control_fd = -1;
      g_subprocess_send_signal (self->keeper, SIGTERM);
      break;
    }
  clear_source (&self->reading);
  return G_SOURCE_REMOVE;
}

/* Ending */

static void
finish_ended (InfSandbox *self)
{
  g_autoptr (GTask) start = g_steal_pointer (&self->start);
  g_autoptr (GTask) stop = g_steal_pointer (&self->stop);
  gboolean wanted = self->state == INF_SANDBOX_STATE_STOPPING;

  clear_source (&self->timer);
  clear_source (&self->reading);
  clear_source (&self->writing);
  if (self->control_fd >= 0)
    close (self->control_fd);
  self->control_fd = -1;
  if (start)
    g_task_return_error (start, inf_sandbox_new_ended_error (self));
  inf_sandbox_requests_fail_all (self);
  self->state = INF_SANDBOX_STATE_ENDED;
  /* Who stops it may learn that it was over a limit already. */
  g_signal_emit (self, signals[ENDED_SIGNAL], 0,
                 self->reason ? self->reason
                 : wanted     ? NULL
                              : "its helper died");
  if (stop)
    g_task_return_boolean (stop, TRUE);
}

/* What came before the end is still to be read: above all, why. */
static void
drain (InfSandbox *self)
{
  if (self->reading)
    on_readable (self->control_fd, G_IO_IN, self);
}

static void
on_keeper_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree GWeakRef *weak = user_data;
  g_autoptr (InfSandbox) self = g_weak_ref_get (weak);

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  g_weak_ref_clear (weak);
  if (!self || self->state == INF_SANDBOX_STATE_ENDED)
    return;
  drain (self);
  finish_ended (self);
}

/* Starting */

static gboolean
on_start_timeout (gpointer user_data)
{
  InfSandbox *self = user_data;

  set_reason (self, "its helper was not ready in time");
  clear_source (&self->timer);
  g_subprocess_send_signal (self->keeper, SIGTERM);
  return G_SOURCE_REMOVE;
}

static gboolean
spawn (InfSandbox *self, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *program = inf_paths_helper ("infinity-sandbox");
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "no control socket: %s", g_strerror (errno));
      return FALSE;
    }
  g_subprocess_launcher_take_stdin_fd (launcher, fds[1]);
  self->keeper = g_subprocess_launcher_spawn (launcher, error, program, NULL);
  if (!self->keeper)
    {
      close (fds[0]);
      return FALSE;
    }
  self->control_fd = fds[0];
  return TRUE;
}

static void
bind_agent (InfSandbox *self)
{
  if (!*self->config->agent_dir)
    return;
  g_autofree char *agent = inf_paths_helper ("infinity-agent");
  inf_sandbox_config_add_bind (self->config, agent, INF_SANDBOX_AGENT_PATH);
}

/**
 * inf_sandbox_start_async:
 * @self: a sandbox that was never started
 * @cancellable: (nullable): stops the sandbox while it starts
 * @callback: called when commands can run in it
 * @user_data: for @callback
 *
 * To be called in a thread that outlives the sandbox: the helper ends with the thread that started
 * it.
 */
void
inf_sandbox_start_async (InfSandbox *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, inf_sandbox_start_async);
  if (self->state != INF_SANDBOX_STATE_NEW)
    {
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_EXISTS, "the sandbox was started before");
      return;
    }
  bind_agent (self);
  if (!spawn (self, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->state = INF_SANDBOX_STATE_STARTING;
  self->start = g_steal_pointer (&task);
  self->context = g_main_context_ref_thread_default ();
  add_source (self, &self->reading, g_unix_fd_source_new (self->control_fd, G_IO_IN),
              G_SOURCE_FUNC (on_readable));
  add_source (self, &self->timer, g_timeout_source_new_seconds (START_TIMEOUT_S),
              G_SOURCE_FUNC (on_start_timeout));
  GWeakRef *weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  g_subprocess_wait_async (self->keeper, NULL, on_keeper_exited, weak);
  inf_sandbox_send (self, inf_sandbox_message_new (INF_SANDBOX_CONFIGURE,
                                                   inf_sandbox_config_to_variant (self->config)));
}

gboolean
inf_sandbox_start_finish (InfSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Stopping */

static gboolean
on_stop_timeout (gpointer user_data)
{
  InfSandbox *self = user_data;
  static const int order[] = { SIGTERM, SIGKILL };

  if (self->stop_signals_sent < G_N_ELEMENTS (order))
    {
      g_subprocess_send_signal (self->keeper, order[self->stop_signals_sent++]);
      return G_SOURCE_CONTINUE;
    }
  g_autoptr (GTask) stop = g_steal_pointer (&self->stop);
  clear_source (&self->timer);
  if (stop)
    g_task_return_new_error (stop, INF_ERROR, INF_ERROR_TIMED_OUT,
                             "the sandbox did not end in %d s", 3 * STOP_STEP_S);
  return G_SOURCE_REMOVE;
}

/**
 * inf_sandbox_stop_async:
 * @self: a sandbox in any state; may be called while it starts
 * @cancellable: (nullable): only stops the waiting
 * @callback: called when nothing of the sandbox runs any more, within 10 s
 * @user_data: for @callback
 */
void
inf_sandbox_stop_async (InfSandbox *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, inf_sandbox_stop_async);
  if (self->state == INF_SANDBOX_STATE_NEW || self->state == INF_SANDBOX_STATE_ENDED)
    {
      self->state = INF_SANDBOX_STATE_ENDED;
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->stop)
    {
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_EXISTS, "the sandbox is being stopped");
      return;
    }
  self->stop = g_steal_pointer (&task);
  self->state = INF_SANDBOX_STATE_STOPPING;
  clear_source (&self->timer);
  inf_sandbox_send (self, inf_sandbox_message_new (INF_SANDBOX_STOP, g_variant_new ("()")));
  add_source (self, &self->timer, g_timeout_source_new_seconds (STOP_STEP_S),
              G_SOURCE_FUNC (on_stop_timeout));
}

/**
 * inf_sandbox_stop_finish:
 * @self: a sandbox
 * @result: what the callback got
 * @error: #INF_ERROR_TIMED_OUT when it could not be ended
 *
 * Returns: whether everything of it is gone
 */
gboolean
inf_sandbox_stop_finish (InfSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
