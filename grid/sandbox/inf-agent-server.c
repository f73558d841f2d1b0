#include "grid/sandbox/inf-agent-server.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-agent-call-private.h"
#include "grid/sandbox/inf-agent-protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "socket"
#define BACKLOG 64
/* mpiexec starts at most this many agents at once (plm_rsh_num_concurrent), with room to spare. */
#define MAX_CALLS 1024

struct _InfAgentServer
{
  GObject parent_instance;

  char *dir;
  int listen_fd;
  GSource *listening;
  GMainContext *context;
  GPtrArray *calls; /* InfAgentCall, those that may still have to be answered */
  InfAgentFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
};

G_DEFINE_FINAL_TYPE (InfAgentServer, inf_agent_server, G_TYPE_OBJECT)

static void
inf_agent_server_dispose (GObject *object)
{
  InfAgentServer *self = INF_AGENT_SERVER (object);

  inf_agent_server_stop (self);
  if (self->destroy)
    g_clear_pointer (&self->user_data, self->destroy);
  self->destroy = NULL;
  G_OBJECT_CLASS (inf_agent_server_parent_class)->dispose (object);
}

static void
inf_agent_server_finalize (GObject *object)
{
  InfAgentServer *self = INF_AGENT_SERVER (object);

  g_ptr_array_unref (self->calls);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->dir);
  G_OBJECT_CLASS (inf_agent_server_parent_class)->finalize (object);
}

static void
inf_agent_server_class_init (InfAgentServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = inf_agent_server_dispose;
  object_class->finalize = inf_agent_server_finalize;
}

static void
inf_agent_server_init (InfAgentServer *self)
{
  self->listen_fd = -1;
  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
on_call_received (InfAgentCall *call, gpointer user_data)
{
  InfAgentServer *self = user_data;

  self->func (call, self->user_data);
}

static void
on_call_finished (InfAgentCall *call, gpointer user_data)
{
  InfAgentServer *self = user_data;

  g_ptr_array_remove_fast (self->calls, call);
}

static gboolean
on_connection (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (InfAgentServer) self = g_object_ref (user_data);
  int connection = accept4 (fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (connection < 0)
    return G_SOURCE_CONTINUE;
  if (self->calls->len >= MAX_CALLS)
    {
      close (connection);
      return G_SOURCE_CONTINUE;
    }
  InfAgentCall *call
      = inf_agent_call_new (connection, self->context, on_call_received, on_call_finished, self);
  g_ptr_array_add (self->calls, call);
  return G_SOURCE_CONTINUE;
}

/* Through the directory's descriptor: its own path may be longer than a socket address holds. */
static int
listen_in (const char *dir, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *path = g_build_filename (dir, SOCKET_NAME, NULL);
  int dir_fd = open (dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  gboolean ok = dir_fd >= 0 && fd >= 0;

  g_snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" SOCKET_NAME, dir_fd);
  if (ok)
    g_unlink (path);
  /* The launcher may run as a lease's own user, which is known only once it runs. */
  ok = ok && bind (fd, (struct sockaddr *)&address, sizeof address) == 0
       && g_chmod (path, 0666) == 0 && g_chmod (dir, 0711) == 0 && listen (fd, BACKLOG) == 0;
  if (!ok)
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  if (dir_fd >= 0)
    close (dir_fd);
  if (!ok && fd >= 0)
    close (fd);
  return ok ? fd : -1;
}

/**
 * inf_agent_server_new:
 * @dir: an existing directory for the socket and nothing else, in a place that only this user can
 *   reach; see inf_sandbox_config_set_agent_dir()
 * @func: called in this thread's main context for every agent
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): a server that listens
 */
InfAgentServer *
inf_agent_server_new (const char *dir, InfAgentFunc func, gpointer user_data,
                      GDestroyNotify destroy, GError **error)
{
  int fd = listen_in (dir, error);
  InfAgentServer *self;

  if (fd < 0)
    return NULL;
  self = g_object_new (INF_TYPE_AGENT_SERVER, NULL);
  self->dir = g_strdup (dir);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  self->listen_fd = fd;
  self->context = g_main_context_ref_thread_default ();
  self->listening = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (self->listening, G_SOURCE_FUNC (on_connection), self, NULL);
  g_source_attach (self->listening, self->context);
  return self;
}

const char *
inf_agent_server_get_dir (InfAgentServer *self)
{
  return self->dir;
}

/**
 * inf_agent_server_stop:
 * @self: a server
 *
 * Listens no more; agents that still wait end with status 255. Calls are not told.
 */
void
inf_agent_server_stop (InfAgentServer *self)
{
  if (self->listen_fd < 0)
    return;
  g_source_destroy (self->listening);
  g_clear_pointer (&self->listening, g_source_unref);
  close (self->listen_fd);
  self->listen_fd = -1;
  g_autofree char *path = g_build_filename (self->dir, SOCKET_NAME, NULL);
  g_unlink (path);
  for (guint i = 0; i < self->calls->len; i++)
    inf_agent_call_abandon (g_ptr_array_index (self->calls, i));
  g_ptr_array_set_size (self->calls, 0);
}
