#include "grid/sandbox/inf-sandbox-helper.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-cgroup.h"
#include "grid/sandbox/inf-job-network.h"
#include "grid/sandbox/inf-process-usage.h"
#include "grid/sandbox/inf-sandbox-command.h"
#include "grid/sandbox/inf-sandbox-config-private.h"
#include "grid/sandbox/inf-sandbox-message.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first process of a sandbox's outer PID namespace: when it ends, for whatever reason, the
 * kernel ends everything else in there. It has no capability left, listens for what the job
 * connects to, and starts commands in bubblewrap.
 *
 *   set up ──READY──▶ serving ──STOP, end of the control socket, over a limit──▶ exit
 */

#define MAX_WAITING_MESSAGES 4096
#define MAX_EVENTS 64
#define DEFAULT_PROCESSES 1024
/* Watch more often the nearer the limit: no machine fills memory faster than this. */
#define FILL_BYTES_PER_MS (G_GUINT64_CONSTANT (8) << 20)
#define MIN_WATCH_MS 10
#define MAX_WATCH_MS 500

/* What an event belongs to, in epoll's data; listeners are numbered from LISTENER, sockets that are
 * being connected are CONNECTING plus their descriptor. */
enum
{
  CONTROL,
  CHILDREN,
  LISTENER,
  CONNECTING = 1 << 30,
};

typedef struct
{
  const InfHelperSetup *setup;
  GArray *listeners;      /* InfJobListener */
  GHashTable *commands;   /* pid → request id + 1 */
  GHashTable *connecting; /* descriptor → request id */
  GQueue outgoing;        /* InfSandboxMessage */
  int epoll_fd;
  int children_fd;
  gboolean waits_to_send;
  gboolean ended;
} Helper;

static gboolean
watch_fd (Helper *helper, int fd, guint32 tag, guint32 events)
{
  struct epoll_event event = { .events = events, .data.u32 = tag };

  return epoll_ctl (helper->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void
want_to_send (Helper *helper, gboolean wanted)
{
  struct epoll_event event = { .events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.u32 = CONTROL };

  if (helper->waits_to_send == wanted)
    return;
  helper->waits_to_send = wanted;
  epoll_ctl (helper->epoll_fd, EPOLL_CTL_MOD, helper->setup->control_fd, &event);
}

static void
flush (Helper *helper)
{
  InfSandboxMessage *message;

  while ((message = g_queue_peek_head (&helper->outgoing)))
    {
      g_autoptr (GError) error = NULL;

      if (!inf_sandbox_message_send (message, helper->setup->control_fd, &error))
        {
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            helper->ended = TRUE;
          break;
        }
      inf_sandbox_message_free (g_queue_pop_head (&helper->outgoing));
    }
  want_to_send (helper, !g_queue_is_empty (&helper->outgoing));
}

static void
send_fd (Helper *helper, InfSandboxMessageKind kind, GVariant *body, int fd)
{
  InfSandboxMessage *message = inf_sandbox_message_new (kind, body);

  if (fd >= 0)
    inf_sandbox_message_add_fd (message, fd);
  g_queue_push_tail (&helper->outgoing, message);
  flush (helper);
}

static void
send_plain (Helper *helper, InfSandboxMessageKind kind, GVariant *body)
{
  send_fd (helper, kind, body, -1);
}

static void
end_with_reason (Helper *helper, const char *reason)
{
  send_plain (helper, INF_SANDBOX_FAILED, g_variant_new ("(s)", reason));
  helper->ended = TRUE;
}

static void
accept_all (Helper *helper, const InfJobListener *listener)
{
  int fd;

  while ((fd = inf_job_network_accept (listener, helper->setup->config->own_index)) >= 0)
    {
      if (g_queue_get_length (&helper->outgoing) >= MAX_WAITING_MESSAGES)
        close (fd);
      else
        send_fd (helper, INF_SANDBOX_ACCEPTED,
                 g_variant_new ("(uu)", listener->index, listener->port), fd);
    }
}

static void
answer_connect (Helper *helper, guint id, int fd, const GError *error)
{
  send_fd (helper, INF_SANDBOX_CONNECTED, g_variant_new ("(us)", id, error ? error->message : ""),
           fd);
}

static void
handle_connect (Helper *helper, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  guint id, src_index, dst_port;

  g_variant_get (body, "(uuu)", &id, &src_index, &dst_port);
  int fd = inf_job_network_connect (helper->setup->config->own_index, src_index, dst_port, &error);
  if (fd < 0 || !watch_fd (helper, fd, CONNECTING + (guint32)fd, EPOLLOUT))
    answer_connect (helper, id, fd, error);
  else
    g_hash_table_insert (helper->connecting, GINT_TO_POINTER (fd), GUINT_TO_POINTER (id));
}

static void
finish_connect (Helper *helper, int fd)
{
  g_autoptr (GError) error = NULL;
  gpointer id;

  if (!g_hash_table_steal_extended (helper->connecting, GINT_TO_POINTER (fd), NULL, &id))
    return;
  epoll_ctl (helper->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
  if (!inf_job_network_connected (fd, &error))
    {
      close (fd);
      fd = -1;
    }
  answer_connect (helper, GPOINTER_TO_UINT (id), fd, error);
}

static void
handle_exec (Helper *helper, InfSandboxMessage *message)
{
  g_autoptr (GError) error = NULL;
  guint id;
  pid_t pid = -1;

  g_variant_get_child (message->body, 0, "u", &id);
  if (message->n_fds == 3)
    pid = inf_sandbox_command_start (helper->setup->config, helper->setup->memory_is_accounted,
                                     message->body, message->fds, &error);
  else
    g_set_error_literal (&error, INF_ERROR, INF_ERROR_INVALID, "a command needs three streams");
  if (pid < 0)
    send_plain (helper, INF_SANDBOX_EXITED, g_variant_new ("(uis)", id, 0, error->message));
  else
    g_hash_table_insert (helper->commands, GINT_TO_POINTER (pid), GUINT_TO_POINTER (id + 1));
}

static void
handle_kill (Helper *helper, GVariant *body)
{
  GHashTableIter iter;
  gpointer pid, id_plus_1;
  guint id;

  g_variant_get (body, "(u)", &id);
  g_hash_table_iter_init (&iter, helper->commands);
  while (g_hash_table_iter_next (&iter, &pid, &id_plus_1))
    if (GPOINTER_TO_UINT (id_plus_1) == id + 1)
      kill (GPOINTER_TO_INT (pid), SIGKILL);
}

static gboolean end_if_out_of_memory (Helper *helper);

static void
handle_message (Helper *helper, InfSandboxMessage *message)
{
  switch (message->kind)
    {
    case INF_SANDBOX_CONNECT:
      handle_connect (helper, message->body);
      break;
    case INF_SANDBOX_EXEC:
      handle_exec (helper, message);
      break;
    case INF_SANDBOX_KILL:
      handle_kill (helper, message->body);
      break;
    default: /* STOP, and whatever the daemon should not say */
      if (!end_if_out_of_memory (helper))
        helper->ended = TRUE;
    }
}

static void
receive_all (Helper *helper)
{
  while (!helper->ended)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (InfSandboxMessage) message
          = inf_sandbox_message_receive (helper->setup->control_fd, &error);

      if (message)
        handle_message (helper, message);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return;
      else
        helper->ended = TRUE;
    }
}

static gboolean
end_if_out_of_memory (Helper *helper)
{
  g_autofree char *reason = NULL;

  if (!inf_cgroup_events_show_oom (helper->setup->memory_events_fd))
    return FALSE;
  reason = g_strdup_printf (
      "over its memory limit: the kernel ended a process at %" G_GUINT64_FORMAT " MiB",
      helper->setup->config->limits.memory_bytes >> 20);
  end_with_reason (helper, reason);
  return TRUE;
}

static void
reap_all (Helper *helper)
{
  struct signalfd_siginfo info;
  gpointer id_plus_1;
  int status;
  pid_t pid;

  while (read (helper->children_fd, &info, sizeof info) == sizeof info)
    ;
  if (end_if_out_of_memory (helper))
    return;
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    if (g_hash_table_steal_extended (helper->commands, GINT_TO_POINTER (pid), NULL, &id_plus_1))
      send_plain (helper, INF_SANDBOX_EXITED,
                  g_variant_new ("(uis)", GPOINTER_TO_UINT (id_plus_1) - 1, status, ""));
}

/* Ends the sandbox when its processes are over a limit, else says when to look again. */
static int
check_usage (Helper *helper)
{
  const InfSandboxLimits *limits = &helper->setup->config->limits;
  guint max_threads = limits->n_processes ? limits->n_processes : DEFAULT_PROCESSES;
  gboolean watches_memory = limits->memory_bytes > 0 && !helper->setup->memory_is_accounted;
  g_autofree char *reason = NULL;
  InfProcessUsage usage;

  if (end_if_out_of_memory (helper))
    return 0;
  inf_process_usage_of_others (&usage);
  if (watches_memory && usage.memory_bytes > limits->memory_bytes)
    reason = g_strdup_printf ("over its memory limit: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                              " MiB",
                              usage.memory_bytes >> 20, limits->memory_bytes >> 20);
  /* bubblewrap's own processes, which RLIMIT_NPROC does not count against the job */
  else if (usage.n_threads > max_threads + 2 * g_hash_table_size (helper->commands))
    reason
        = g_strdup_printf ("over its limit of processes: %u of %u", usage.n_threads, max_threads);
  if (reason)
    {
      end_with_reason (helper, reason);
      return 0;
    }
  if (!watches_memory)
    return MAX_WATCH_MS;
  guint64 wait_ms = (limits->memory_bytes - usage.memory_bytes) / FILL_BYTES_PER_MS;
  return (int)CLAMP (wait_ms, MIN_WATCH_MS, MAX_WATCH_MS);
}

static void
dispatch (Helper *helper, const struct epoll_event *event)
{
  guint tag = event->data.u32;

  if (tag == CONTROL && (event->events & EPOLLOUT))
    flush (helper);
  if (tag == CONTROL && (event->events & ~(guint32)EPOLLOUT))
    receive_all (helper);
  else if (tag == CHILDREN)
    reap_all (helper);
  else if (tag >= CONNECTING)
    finish_connect (helper, (int)(tag - CONNECTING));
  else if (tag >= LISTENER)
    accept_all (helper, &g_array_index (helper->listeners, InfJobListener, tag - LISTENER));
}

static void
serve (Helper *helper)
{
  struct epoll_event events[MAX_EVENTS];
  gint64 next_check_us = 0;

  while (!helper->ended)
    {
      int wait_ms = -1;

      if (g_hash_table_size (helper->commands) > 0)
        {
          gint64 now_us = g_get_monotonic_time ();

          if (now_us >= next_check_us)
            {
              int again_ms = check_usage (helper);
              next_check_us = now_us + again_ms * 1000;
            }
          wait_ms = (int)MAX ((next_check_us - now_us) / 1000, 1);
        }
      if (helper->ended)
        break;
      int n = epoll_wait (helper->epoll_fd, events, MAX_EVENTS, wait_ms);
      for (int i = 0; i < n && !helper->ended; i++)
        dispatch (helper, &events[i]);
    }
}

static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

/* Nothing that the helper does from here on needs a capability, not even in its own namespace. */
static gboolean
drop_capabilities (GError **error)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[2] = { 0 };

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall (SYS_capset, &header, none) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "dropping capabilities: %s",
               g_strerror (errno));
  return FALSE;
}

static gboolean
mount_proc (GError **error)
{
  if (mount ("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "mounting /proc: %s",
               g_strerror (errno));
  return FALSE;
}

static gboolean
watch_everything (Helper *helper, GError **error)
{
  sigset_t children;
  gboolean ok;

  sigemptyset (&children);
  sigaddset (&children, SIGCHLD);
  sigprocmask (SIG_SETMASK, &children, NULL);
  helper->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  helper->children_fd = signalfd (-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  ok = helper->epoll_fd >= 0 && watch_fd (helper, helper->setup->control_fd, CONTROL, EPOLLIN)
       && watch_fd (helper, helper->children_fd, CHILDREN, EPOLLIN);
  for (guint i = 0; i < helper->listeners->len && ok; i++)
    ok = watch_fd (helper, g_array_index (helper->listeners, InfJobListener, i).fd, LISTENER + i,
                   EPOLLIN);
  if (!ok)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "waiting for events: %s",
                 g_strerror (errno));
  return ok;
}

static gboolean
set_up (Helper *helper, GError **error)
{
  InfSandboxConfig *config = helper->setup->config;

  raise_file_limit ();
  if (!mount_proc (error) || !inf_job_network_set_up (config->own_index, error))
    return FALSE;
  helper->listeners = inf_job_network_listen (config, error);
  return helper->listeners && drop_capabilities (error) && watch_everything (helper, error);
}

/**
 * inf_sandbox_helper_run:
 * @setup: what to serve; the calling process is the first of its namespaces
 *
 * Returns: the exit status, after which nothing of the sandbox is left
 */
int
inf_sandbox_helper_run (const InfHelperSetup *setup)
{
  g_autoptr (GError) error = NULL;
  Helper helper = { .setup = setup, .epoll_fd = -1, .children_fd = -1 };

  helper.commands = g_hash_table_new (NULL, NULL);
  helper.connecting = g_hash_table_new (NULL, NULL);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  signal (SIGPIPE, SIG_IGN);
  if (!set_up (&helper, &error))
    {
      end_with_reason (&helper, error->message);
      return 1;
    }
  send_plain (&helper, INF_SANDBOX_READY, g_variant_new ("()"));
  serve (&helper);
  return 0;
}
