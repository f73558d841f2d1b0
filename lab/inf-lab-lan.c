#include "lab/inf-lab-lan.h"

#include "common/inf-error.h"
#include "lab/inf-lab-names.h"
#include "lab/inf-lab-text-fd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOOL_TIMEOUT_MS 20000

/* The lab's switch: a bridge in the keeper's network namespace with a port "pN" for the N-th host,
 * the other end of which is that host's eth0. */

static void
become_tool (const char *const *argv, int in_fd, int err_fd)
{
  dup2 (in_fd, 0);
  dup2 (err_fd, 1);
  dup2 (err_fd, 2);
  execvp (argv[0], (char **)argv);
  dprintf (2, "%s: %s; install iproute2", argv[0], g_strerror (errno));
  _exit (127);
}

/* Waits for a child without waiting for ever. */
static int
wait_tool (GPid pid)
{
  int pid_fd = (int)syscall (SYS_pidfd_open, pid, 0);
  struct pollfd poll_fd = { pid_fd, POLLIN, 0 };
  int status = -1;

  if (pid_fd < 0 || poll (&poll_fd, 1, TOOL_TIMEOUT_MS) == 0)
    kill (pid, pid_fd < 0 ? 0 : SIGKILL);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (pid_fd >= 0)
    close (pid_fd);
  return status;
}

/* Runs a program in this process's network namespace; what it says goes into the error. */
static gboolean
run_tool (const char *const *argv, const char *input, GError **error)
{
  int in_fd = inf_lab_text_fd_new (input);
  int err_fd = inf_lab_text_fd_new ("");
  GPid pid = fork ();
  int status;
  g_autofree char *said = NULL;

  if (pid == 0)
    become_tool (argv, in_fd, err_fd);
  status = pid > 0 ? wait_tool (pid) : -1;
  close (in_fd);
  said = g_strchomp (inf_lab_text_fd_take (err_fd));
  if (status == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "%s %s: %s", argv[0],
               argv[1] ? argv[1] : "", said);
  return FALSE;
}

static gboolean
ip_batch (const char *commands, GError **error)
{
  const char *argv[] = { "ip", "-batch", "-", NULL };

  return run_tool (argv, commands, error);
}

/**
 * inf_lab_lan_make:
 * @error: return location
 *
 * Makes the switch in this network namespace. It floods multicast (no snooping): with nobody on the
 * network to ask for memberships, a snooping bridge forgets them.
 *
 * Returns: whether it is there and up
 */
gboolean
inf_lab_lan_make (GError **error)
{
  return ip_batch ("link set lo up\n"
                   "link add lan type bridge mcast_snooping 0\n"
                   "link set lan up\n",
                   error);
}

/**
 * inf_lab_lan_plug:
 * @indices: (array length=n): numbers of hosts
 * @pids: (array length=n): their first processes
 * @n: how many
 * @error: return location
 *
 * Gives each an eth0 that is connected to the switch.
 *
 * Returns: whether all have one
 */
gboolean
inf_lab_lan_plug (const guint *indices, const GPid *pids, guint n, GError **error)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *mac = inf_lab_names_mac (indices[i]);
      g_string_append_printf (commands,
                              "link add p%u type veth peer name eth0 address %s netns %d\n"
                              "link set p%u master lan up\n",
                              indices[i], mac, (int)pids[i], indices[i]);
    }
  return ip_batch (commands->str, error);
}

/**
 * inf_lab_lan_unplug:
 * @index: the number of a host
 * @error: return location
 *
 * Returns: whether its port is gone, and its eth0 with it
 */
gboolean
inf_lab_lan_unplug (guint index, GError **error)
{
  g_autofree char *commands = g_strdup_printf ("link del p%u\n", index);

  return ip_batch (commands, error);
}

/**
 * inf_lab_lan_set_connected:
 * @index: the number of a host
 * @connected: whether its port forwards
 * @error: return location
 *
 * A port that doesn't forward drops every frame in both directions while the card's link stays up:
 * nobody is told, as when a cable is pulled two switches further on.
 *
 * Returns: whether it was set
 */
gboolean
inf_lab_lan_set_connected (guint index, gboolean connected, GError **error)
{
  g_autofree char *port = g_strdup_printf ("p%u", index);
  const char *argv[]
      = { "bridge", "link", "set", "dev", port, "state", connected ? "3" : "0", NULL };

  return run_tool (argv, "", error);
}

/**
 * inf_lab_lan_rate_argv:
 * @device: a network interface
 * @mbit: what it may send in a second, in 10^6 bits; 0 for as much as it can
 * @argv: (element-type utf8): where to put the words of the command that sets it
 */
void
inf_lab_lan_rate_argv (const char *device, double mbit, GPtrArray *argv)
{
  const char *const start[]
      = { "tc", "qdisc", mbit > 0 ? "replace" : "del", "dev", device, "root" };

  for (guint i = 0; i < G_N_ELEMENTS (start); i++)
    g_ptr_array_add (argv, g_strdup (start[i]));
  if (mbit > 0)
    {
      /* At least what passes in 10 ms, the coarsest timer's step. */
      guint64 burst_bytes = MAX (16 * 1024, (guint64)(mbit * 1e6 / 8 / 100));

      g_ptr_array_add (argv, g_strdup ("tbf"));
      g_ptr_array_add (argv, g_strdup ("rate"));
      g_ptr_array_add (argv, g_strdup_printf ("%" G_GUINT64_FORMAT "bit", (guint64)(mbit * 1e6)));
      g_ptr_array_add (argv, g_strdup ("burst"));
      g_ptr_array_add (argv, g_strdup_printf ("%" G_GUINT64_FORMAT, burst_bytes));
      g_ptr_array_add (argv, g_strdup ("latency"));
      g_ptr_array_add (argv, g_strdup ("50ms"));
    }
  g_ptr_array_add (argv, NULL);
}

/**
 * inf_lab_lan_set_rate:
 * @index: the number of a host
 * @mbit: what the switch may send to it in a second, in 10^6 bits; 0 for as much as it can, which
 *   is an error when there is no limit
 * @error: return location
 *
 * Returns: whether it was set
 */
gboolean
inf_lab_lan_set_rate (guint index, double mbit, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *port = g_strdup_printf ("p%u", index);

  inf_lab_lan_rate_argv (port, mbit, argv);
  return run_tool ((const char *const *)argv->pdata, "", error);
}
