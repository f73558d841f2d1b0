#include "lab/inf-lab-init.h"

#include "lab/inf-lab-link.h"
#include "lab/inf-lab-message.h"
#include "lab/inf-lab-mounts.h"
#include "lab/inf-lab-names.h"
#include "lab/inf-lab-spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST_TIMEOUT_MS 2000
#define CONFIG_TIMEOUT_MS 30000

/*
 * A host's first process (pid 1 of its PID namespace). When it ends, the kernel kills all other
 * processes of the host, and with the last of them the host's network and mounts go. So all it
 * takes to end a host for sure is to kill this process; it ends by itself when the keeper hangs up.
 *
 * Every connection to its socket is one command: a request with three descriptors comes in,
 * "started" or "failed" goes out, then signals in, "exited" out.
 */

typedef struct
{
  int fd;
  GPid pid;
} Command;

typedef struct
{
  int keeper_fd;
  int listen_fd;
  int signal_fd;
  char *name;
  GArray *commands; /* (element-type Command), those whose process has not ended */
} Init;

static gboolean
set_up_host (Init *init, GVariant *config, GError **error)
{
  guint32 index;
  const char *dir, *etc_hosts;
  g_autofree const char **share = NULL;
  g_autofree char *address = NULL;

  g_variant_get (config, "(u&s&s&s^a&s)", &index, &init->name, &dir, &etc_hosts, &share);
  init->name = g_strdup (init->name);
  address = inf_lab_names_address (index);
  if (sethostname (init->name, strlen (init->name)) < 0)
    g_warning ("sethostname: %s", g_strerror (errno));
  return inf_lab_mounts_make (dir, etc_hosts, share, error) && inf_lab_link_up ("lo", error)
         && inf_lab_link_configure ("eth0", address, error);
}

/* Waits for the keeper to have made the network card, sets the host up and says how that went. */
static gboolean
start_up (Init *init)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) config = inf_lab_message_receive (init->keeper_fd, INF_LAB_INIT_CONFIG_TYPE,
                                                         CONFIG_TIMEOUT_MS, NULL, &error);
  gboolean ready = config && set_up_host (init, config, &error);

  return inf_lab_message_send (init->keeper_fd,
                               g_variant_new ("(bs)", ready, ready ? "" : error->message), NULL, 0,
                               NULL)
         && ready;
}

static void
say (int fd, const char *event, int value)
{
  g_autoptr (GError) error = NULL;

  if (!inf_lab_message_send (fd, g_variant_new ("(si)", event, value), NULL, 0, &error))
    g_debug ("%s: %s", event, error->message);
}

static void
start_command (Init *init, int fd, GVariant *request, const int fds[3])
{
  g_autoptr (GError) error = NULL;
  int spawn_errno = 0;
  GPid pid = inf_lab_spawn (init->name, request, fds, &spawn_errno);
  Command command = { fd, pid };

  if (pid < 0)
    {
      say (fd, "failed", spawn_errno);
      close (fd);
      return;
    }
  say (fd, "started", pid);
  g_array_append_val (init->commands, command);
}

static void
list_processes (int fd)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  GVariantBuilder builder;
  const char *entry;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (INF_LAB_INIT_PROCESSES_TYPE));
  while (dir && (entry = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename ("/proc", entry, "stat", NULL);
      g_autofree char *text = NULL;
      g_autofree char *name = NULL;
      char *start, *end;
      int pid = atoi (entry);

      /* PID (NAME) STATE …, where the name may have anything in it, parentheses too. */
      if (pid <= 1 || !g_file_get_contents (path, &text, NULL, NULL)
          || !(start = strchr (text, '(')) || !(end = strrchr (start, ')')) || strlen (end) < 3)
        continue;
      name = g_utf8_make_valid (start + 1, end - start - 1);
      g_variant_builder_add (&builder, "(iss)", pid, (char[]){ end[2], 0 }, name);
    }
  if (!inf_lab_message_send (fd, g_variant_builder_end (&builder), NULL, 0, NULL))
    g_debug ("nobody waits for the processes");
  close (fd);
}

static void
accept_command (Init *init)
{
  int fds[INF_LAB_MESSAGE_MAX_FDS] = { -1, -1, -1, -1 };
  g_autoptr (GVariant) request = NULL;
  g_autoptr (GError) error = NULL;
  const char *kind;
  int fd = accept4 (init->listen_fd, NULL, NULL, SOCK_CLOEXEC);

  if (fd < 0)
    return;
  request
      = inf_lab_message_receive (fd, INF_LAB_INIT_REQUEST_TYPE, REQUEST_TIMEOUT_MS, fds, &error);
  if (!request)
    {
      g_debug ("a bad request: %s", error->message);
      close (fd);
      return;
    }
  g_variant_get_child (request, 0, "&s", &kind);
  if (strcmp (kind, "processes") == 0)
    list_processes (fd);
  else
    start_command (init, fd, request, fds);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    if (fds[i] >= 0)
      close (fds[i]);
}

/* The other end of a command's connection sent a signal, or hung up: then nobody waits for the
 * command any more, and it is told so the way a lost terminal tells. */
static void
handle_command (Init *init, guint index)
{
  Command *command = &g_array_index (init->commands, Command, index);
  g_autoptr (GVariant) message
      = inf_lab_message_receive (command->fd, INF_LAB_INIT_SIGNAL_TYPE, 0, NULL, NULL);
  int number = SIGHUP;
  gboolean group = TRUE;

  if (message)
    g_variant_get (message, "(ib)", &number, &group);
  if (kill (group ? -command->pid : command->pid, number) < 0)
    g_debug ("kill %d: %s", command->pid, g_strerror (errno));
  if (!message)
    {
      close (command->fd);
      g_array_remove_index_fast (init->commands, index);
    }
}

/* Whoever loses its parent in the host becomes a child of this process. */
static void
reap (Init *init)
{
  int status;
  GPid pid;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    for (guint i = 0; i < init->commands->len; i++)
      {
        Command *command = &g_array_index (init->commands, Command, i);

        if (command->pid != pid)
          continue;
        say (command->fd, "exited", status);
        close (command->fd);
        g_array_remove_index_fast (init->commands, i);
        break;
      }
}

static void
drain_signals (Init *init)
{
  struct signalfd_siginfo info;

  while (read (init->signal_fd, &info, sizeof info) == sizeof info)
    ;
  reap (init);
}

static void
serve (Init *init)
{
  while (TRUE)
    {
      guint n = init->commands->len;
      g_autofree struct pollfd *fds = g_new0 (struct pollfd, n + 3);

      fds[0] = (struct pollfd){ init->keeper_fd, POLLIN, 0 };
      fds[1] = (struct pollfd){ init->signal_fd, POLLIN, 0 };
      fds[2] = (struct pollfd){ init->listen_fd, POLLIN, 0 };
      for (guint i = 0; i < n; i++)
        fds[i + 3] = (struct pollfd){ g_array_index (init->commands, Command, i).fd, POLLIN, 0 };
      if (poll (fds, n + 3, -1) < 0 && errno != EINTR)
        return;
      if (fds[0].revents)
        return;
      /* From the end, and before any is added or reaped: removing moves the last one only. */
      for (guint i = n; i-- > 0;)
        if (fds[i + 3].revents)
          handle_command (init, i);
      if (fds[1].revents)
        drain_signals (init);
      if (fds[2].revents)
        accept_command (init);
    }
}

/**
 * inf_lab_init_run:
 * @keeper_fd: the keeper's end of a socket pair; its end of stream ends the host
 * @listen_fd: the listening socket on which commands come
 *
 * Is a host's first process; called in new namespaces.
 *
 * Returns: the exit status of the process
 */
int
inf_lab_init_run (int keeper_fd, int listen_fd)
{
  Init init = { .keeper_fd = keeper_fd, .listen_fd = listen_fd };
  sigset_t signals;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  sigfillset (&signals);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  init.signal_fd = signalfd (-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (init.signal_fd < 0 || !start_up (&init))
    return 1;
  init.commands = g_array_new (FALSE, FALSE, sizeof (Command));
  serve (&init);
  return 0;
}
