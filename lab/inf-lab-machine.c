#include "lab/inf-lab-machine.h"

#include "common/inf-error.h"
#include "lab/inf-lab-dirs.h"
#include "lab/inf-lab-init.h"
#include "lab/inf-lab-message.h"
#include "lab/inf-lab-names.h"
#include "lab/inf-lab-namespace.h"
#include "lab/inf-lab-programs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_TIMEOUT_MS 30000
#define KILL_TIMEOUT_MS 30000

/**
 * inf_lab_machine_init:
 * @machine: (out caller-allocates): the host
 * @lab_dir: its lab's directory
 * @index: its number
 *
 * Makes it a host that is down.
 */
void
inf_lab_machine_init (InfLabMachine *machine, const char *lab_dir, guint index)
{
  machine->index = index;
  machine->name = inf_lab_names_host (index);
  machine->dir = inf_lab_dirs_host (lab_dir, machine->name);
  machine->pid = 0;
  machine->init_fd = -1;
}

static gboolean
make_dir (const char *parent, const char *name, mode_t mode, gboolean empty, GError **error)
{
  g_autofree char *path = g_build_filename (parent, name, NULL);

  if (g_mkdir_with_parents (path, 0700) < 0 || (empty && !inf_lab_dirs_empty (path, error))
      || chmod (path, mode) < 0)
    {
      if (error && !*error)
        g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/* The home survives a host's death, as a disk does; what is temporary doesn't. */
static gboolean
make_dirs (InfLabMachine *machine, GError **error)
{
  g_autofree char *hostname = g_build_filename (machine->dir, "hostname", NULL);
  g_autofree char *line = g_strdup_printf ("%s\n", machine->name);

  return make_dir (machine->dir, "home", 0700, FALSE, error)
         && make_dir (machine->dir, "home/infinity", 0700, FALSE, error)
         && make_dir (machine->dir, "tmp", 01777, TRUE, error)
         && make_dir (machine->dir, "var-tmp", 01777, TRUE, error)
         && make_dir (machine->dir, "stage", 0700, FALSE, error)
         && g_file_set_contents (hostname, line, -1, error) && g_chmod (hostname, 0644) == 0;
}

static G_GNUC_NORETURN void
become_host (int init_fd, int listen_fd)
{
  g_autofree char *path = inf_lab_programs_find ("infinity-lab-host");
  sigset_t none;
  int high[] = { fcntl (init_fd, F_DUPFD_CLOEXEC, 10), fcntl (listen_fd, F_DUPFD_CLOEXEC, 10) };

  dup2 (high[0], 3);
  dup2 (high[1], 4);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  execl (path, "infinity-lab-host", NULL);
  g_printerr ("%s: %s\n", path, g_strerror (errno));
  _exit (127);
}

/**
 * inf_lab_machine_spawn:
 * @machine: a host that is down
 * @error: return location
 *
 * Starts its first process, which then waits to be configured.
 *
 * Returns: whether it runs
 */
gboolean
inf_lab_machine_spawn (InfLabMachine *machine, GError **error)
{
  g_autofree char *path = g_build_filename (machine->dir, "exec", NULL);
  int pair[2], listen_fd;

  if (!make_dirs (machine, error))
    return FALSE;
  listen_fd = inf_lab_message_listen (path, error);
  if (listen_fd < 0)
    return FALSE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
    pair[0] = pair[1] = -1;
  machine->pid = pair[0] < 0 ? -1 : inf_lab_namespace_fork_host ();
  if (machine->pid == 0)
    become_host (pair[1], listen_fd);
  close (listen_fd);
  close (pair[1]);
  machine->init_fd = pair[0];
  if (machine->pid > 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "no namespaces for %s: %s", machine->name,
               g_strerror (errno));
  inf_lab_machine_forget (machine);
  return FALSE;
}

/**
 * inf_lab_machine_configure:
 * @machine: a host that was just spawned and has its eth0
 * @lab_dir: its lab's directory
 * @share: (array zero-terminated=1): the paths that stay visible in it
 * @error: return location
 *
 * Lets it set itself up; inf_lab_machine_await() tells when it has.
 *
 * Returns: whether it was told
 */
gboolean
inf_lab_machine_configure (InfLabMachine *machine, const char *lab_dir, const char *const *share,
                           GError **error)
{
  g_autofree char *etc_hosts = g_build_filename (lab_dir, "etc-hosts", NULL);

  return inf_lab_message_send (
      machine->init_fd,
      g_variant_new ("(usss^as)", machine->index, machine->name, machine->dir, etc_hosts, share),
      NULL, 0, error);
}

/**
 * inf_lab_machine_await:
 * @machine: a host that is being configured
 * @error: return location
 *
 * Returns: whether it is up and takes commands
 */
gboolean
inf_lab_machine_await (InfLabMachine *machine, GError **error)
{
  g_autoptr (GVariant) ready = inf_lab_message_receive (machine->init_fd, INF_LAB_INIT_READY_TYPE,
                                                        READY_TIMEOUT_MS, NULL, error);
  const char *message;
  gboolean up;

  if (!ready)
    {
      g_prefix_error (error, "%s did not start: ", machine->name);
      return FALSE;
    }
  g_variant_get (ready, "(b&s)", &up, &message);
  if (!up)
    g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "%s did not start: %s", machine->name,
                 message);
  return up;
}

/* A process that hangs in the kernel (on a dead network disk, say) would hold up everybody. */
static void
await_end (InfLabMachine *machine)
{
  int pid_fd = (int)syscall (SYS_pidfd_open, machine->pid, 0);
  struct pollfd poll_fd = { pid_fd, POLLIN, 0 };

  if (poll (&poll_fd, 1, KILL_TIMEOUT_MS) == 0)
    g_warning ("something in %s does not die", machine->name);
  else
    while (waitpid (machine->pid, NULL, 0) < 0 && errno == EINTR)
      ;
  if (pid_fd >= 0)
    close (pid_fd);
}

/**
 * inf_lab_machine_kill:
 * @machine: a host, up or down
 *
 * Kills everything in it. On return all of its processes are gone: the first process of a PID
 * namespace can't be waited for before all others have ended.
 */
void
inf_lab_machine_kill (InfLabMachine *machine)
{
  if (machine->pid <= 0)
    return;
  kill (machine->pid, SIGKILL);
  await_end (machine);
  inf_lab_machine_forget (machine);
}

/**
 * inf_lab_machine_forget:
 * @machine: a host whose first process has ended and was waited for
 */
void
inf_lab_machine_forget (InfLabMachine *machine)
{
  g_autofree char *path = g_build_filename (machine->dir, "exec", NULL);

  unlink (path);
  machine->pid = 0;
  if (machine->init_fd >= 0)
    close (machine->init_fd);
  machine->init_fd = -1;
}

/**
 * inf_lab_machine_clear:
 * @machine: a host
 *
 * Kills it and frees what it holds; its directory stays.
 */
void
inf_lab_machine_clear (InfLabMachine *machine)
{
  if (machine->dir)
    inf_lab_machine_kill (machine);
  g_clear_pointer (&machine->name, g_free);
  g_clear_pointer (&machine->dir, g_free);
}
