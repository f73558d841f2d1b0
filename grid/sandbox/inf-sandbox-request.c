#include "grid/sandbox/inf-sandbox-private.h"

#include "common/inf-error.h"

#include <fcntl.h>
#include <unistd.h>

/* What a running sandbox is asked for: each request has a number, the helper answers by it, and
 * the answers come in any order. */

#define CONNECT_TIMEOUT_S 10

/* A request that the helper has not answered yet. */
typedef struct
{
  InfSandbox *sandbox; /* not owned */
  guint id;
  GTask *task;
  GSource *timeout; /* NULL for commands, which take as long as they take */
  gulong cancelled;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->timeout)
    g_source_destroy (request->timeout);
  g_clear_pointer (&request->timeout, g_source_unref);
  if (request->cancelled)
    g_signal_handler_disconnect (g_task_get_cancellable (request->task), request->cancelled);
  g_object_unref (request->task);
  g_free (request);
}

GHashTable *
inf_sandbox_requests_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, request_free);
}

static GTask *
take_request (InfSandbox *self, guint id)
{
  Request *request = g_hash_table_lookup (self->requests, GUINT_TO_POINTER (id));
  GTask *task;

  if (!request)
    return NULL;
  task = g_object_ref (request->task);
  g_hash_table_remove (self->requests, GUINT_TO_POINTER (id));
  return task;
}

/* What the helper says */

gboolean
inf_sandbox_requests_handle_connected (InfSandbox *self, InfSandboxMessage *message)
{
  const char *problem;
  guint id;

  g_variant_get (message->body, "(u&s)", &id, &problem);
  g_autoptr (GTask) task = take_request (self, id);
  if (!task)
    return TRUE; /* it timed out */
  if (*problem)
    g_task_return_new_error (task, INF_ERROR, INF_ERROR_UNREACHABLE, "%s", problem);
  else if (message->n_fds == 1)
    g_task_return_int (task, inf_sandbox_message_steal_fd (message, 0));
  else
    return FALSE;
  return TRUE;
}

void
inf_sandbox_requests_handle_exited (InfSandbox *self, InfSandboxMessage *message)
{
  const char *problem;
  guint id;
  int status;

  g_variant_get (message->body, "(ui&s)", &id, &status, &problem);
  g_autoptr (GTask) task = take_request (self, id);
  if (!task)
    return;
  if (*problem)
    g_task_return_new_error (task, INF_ERROR, INF_ERROR_FAILED, "%s", problem);
  else
    g_task_return_int (task, status);
}

void
inf_sandbox_requests_fail_all (InfSandbox *self)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (self->requests);

  for (GList *each = ids; each; each = each->next)
    {
      g_autoptr (GTask) task = take_request (self, GPOINTER_TO_UINT (each->data));
      if (task)
        g_task_return_error (task, inf_sandbox_new_ended_error (self));
    }
}

/* What it is asked */

static gboolean
on_request_timeout (gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GTask) task = take_request (request->sandbox, request->id);

  g_task_return_new_error (task, INF_ERROR, INF_ERROR_TIMED_OUT,
                           "the sandbox's helper did not answer in %d s", CONNECT_TIMEOUT_S);
  return G_SOURCE_REMOVE;
}

static Request *
add_request (InfSandbox *self, GTask *task)
{
  Request *request = g_new0 (Request, 1);

  request->sandbox = self;
  request->id = ++self->last_request_id;
  request->task = g_object_ref (task);
  g_hash_table_insert (self->requests, GUINT_TO_POINTER (request->id), request);
  return request;
}

static gboolean
require_running (InfSandbox *self, GTask *task)
{
  if (self->state == INF_SANDBOX_STATE_RUNNING)
    return TRUE;
  if (self->state == INF_SANDBOX_STATE_NEW || self->state == INF_SANDBOX_STATE_STARTING)
    g_task_return_new_error (task, INF_ERROR, INF_ERROR_FAILED, "the sandbox is not started");
  else
    g_task_return_error (task, inf_sandbox_new_ended_error (self));
  return FALSE;
}

/**
 * inf_sandbox_connect_async:
 * @self: a running sandbox
 * @src_index: the participant that connects
 * @dst_port: the port that it wants, one of this sandbox's own
 * @cancellable: (nullable): unused beyond its check at the end
 * @callback: called with the outcome, within 10 s
 * @user_data: for @callback
 */
void
inf_sandbox_connect_async (InfSandbox *self, guint src_index, guint dst_port,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *request;

  g_task_set_source_tag (task, inf_sandbox_connect_async);
  g_task_set_check_cancellable (task, FALSE); /* a descriptor that came must reach its owner */
  if (!require_running (self, task))
    return;
  request = add_request (self, task);
  request->timeout = g_timeout_source_new_seconds (CONNECT_TIMEOUT_S);
  g_source_set_callback (request->timeout, on_request_timeout, request, NULL);
  g_source_attach (request->timeout, self->context);
  inf_sandbox_send (
      self, inf_sandbox_message_new (INF_SANDBOX_CONNECT,
                                     g_variant_new ("(uuu)", request->id, src_index, dst_port)));
}

/**
 * inf_sandbox_connect_finish:
 * @self: a sandbox
 * @result: what the callback got
 * @error: #INF_ERROR_UNREACHABLE when nothing listens there, #INF_ERROR_TIMED_OUT
 *
 * Returns: (transfer full): a non-blocking TCP socket, connected inside the job network from the
 *   participant's address; -1 on failure
 */
int
inf_sandbox_connect_finish (InfSandbox *self, GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}

static void
on_exec_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Request *request = user_data;

  inf_sandbox_send (request->sandbox,
                    inf_sandbox_message_new (INF_SANDBOX_KILL, g_variant_new ("(u)", request->id)));
}

static gboolean
add_streams (InfSandboxMessage *message, const int fds[3], GError **error)
{
  for (guint i = 0; i < 3; i++)
    {
      int fd = fds[i] >= 0 ? fcntl (fds[i], F_DUPFD_CLOEXEC, 3)
                           : open ("/dev/null", O_RDWR | O_CLOEXEC);
      if (fd < 0)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "stream %u of a command: %s", i,
                       g_strerror (errno));
          return FALSE;
        }
      inf_sandbox_message_add_fd (message, fd);
    }
  return TRUE;
}

/**
 * inf_sandbox_exec_async:
 * @self: a running sandbox
 * @argv: (array zero-terminated=1): program and arguments; a bare name is looked up in $PATH inside
 * @env: (nullable) (array zero-terminated=1): NAME=VALUE, beside the sandbox's own
 * @cwd: (nullable): directory inside, /job when NULL
 * @fds: (array fixed-size=3): in, out and err, borrowed; -1 for /dev/null
 * @cancellable: (nullable): kills the command; to be cancelled in the sandbox's main context
 * @callback: called when the command and everything it started is gone
 * @user_data: for @callback
 */
void
inf_sandbox_exec_async (InfSandbox *self, const char *const *argv, const char *const *env,
                        const char *cwd, const int fds[3], GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  static const char *const no_env[] = { NULL };
  g_autoptr (InfSandboxMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, inf_sandbox_exec_async);
  if (!require_running (self, task) || g_task_return_error_if_cancelled (task))
    return;
  message = inf_sandbox_message_new (
      INF_SANDBOX_EXEC, g_variant_new ("(u^as^ass)", self->last_request_id + 1, argv,
                                       env ? env : no_env, cwd ? cwd : INF_SANDBOX_JOB_DIR));
  if (g_variant_get_size (message->body) > INF_SANDBOX_MAX_MESSAGE_BYTES / 2)
    {
      g_task_return_new_error (task, INF_ERROR, INF_ERROR_TOO_LARGE,
                               "a command line of %" G_GSIZE_FORMAT " bytes is too long",
                               g_variant_get_size (message->body));
      return;
    }
  if (!add_streams (message, fds, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  Request *request = add_request (self, task);
  inf_sandbox_send (self, g_steal_pointer (&message));
  if (cancellable)
    request->cancelled
        = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_exec_cancelled), request);
}

/**
 * inf_sandbox_exec_finish:
 * @self: a sandbox
 * @result: what the callback got
 * @ret_wait_status: (out): as waitpid(2) gives it; a command that died by a signal shows as exit
 *   status 128 + signal
 * @error: #INF_ERROR_CANCELLED or #INF_ERROR_FAILED
 *
 * Returns: whether the command ran to an end of its own
 */
gboolean
inf_sandbox_exec_finish (InfSandbox *self, GAsyncResult *result, int *ret_wait_status,
                         GError **error)
{
  g_autoptr (GError) failed = NULL;
  gssize status = g_task_propagate_int (G_TASK (result), &failed);

  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  *ret_wait_status = (int)status;
  return TRUE;
}
