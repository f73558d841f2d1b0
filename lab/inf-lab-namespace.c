#include "lab/inf-lab-namespace.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static gboolean
write_proc (const char *path, const char *text, GError **error)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written = fd >= 0 && write (fd, text, strlen (text)) == (gssize)strlen (text);

  if (!written)
    g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "%s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return written;
}

/* Root in the new user namespace is this user outside, and nobody else exists. setgroups() has to
 * be given up before the kernel lets an unprivileged process map its group. */
static gboolean
map_user (uid_t uid, gid_t gid, GError **error)
{
  g_autofree char *uid_map = g_strdup_printf ("0 %u 1\n", (guint)uid);
  g_autofree char *gid_map = g_strdup_printf ("0 %u 1\n", (guint)gid);

  return write_proc ("/proc/self/setgroups", "deny", error)
         && write_proc ("/proc/self/uid_map", uid_map, error)
         && write_proc ("/proc/self/gid_map", gid_map, error);
}

/**
 * inf_lab_namespace_enter:
 * @error: return location
 *
 * Moves this process (which must have one thread) into a network and a mount namespace of its own,
 * where it may do as root does: as it is when it has the privilege, else through a user namespace.
 *
 * Returns: whether it did; %INF_ERROR_UNSUPPORTED says what this machine doesn't let users do
 */
gboolean
inf_lab_namespace_enter (GError **error)
{
  uid_t uid = getuid ();
  gid_t gid = getgid ();

  if (geteuid () != 0 || unshare (CLONE_NEWNET | CLONE_NEWNS) < 0)
    {
      if (unshare (CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) < 0)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED,
                       "this machine does not let users make namespaces (%s); as root: sysctl "
                       "user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1",
                       g_strerror (errno));
          return FALSE;
        }
      if (!map_user (uid, gid, error))
        return FALSE;
    }
  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "making the mounts private: %s",
               g_strerror (errno));
  return FALSE;
}

/**
 * inf_lab_namespace_fork_host:
 *
 * Like fork(), but the child is the first process of new PID, network, mount, host name and IPC
 * namespaces. The caller must have one thread.
 *
 * Returns: the child's process id, 0 in the child, -1 with errno set
 */
GPid
inf_lab_namespace_fork_host (void)
{
  unsigned long flags
      = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;

  return (GPid)syscall (SYS_clone, flags, NULL, NULL, NULL, NULL);
}
