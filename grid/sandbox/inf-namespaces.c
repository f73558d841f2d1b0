#include "grid/sandbox/inf-namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#define JOB_UID 1000

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", what,
               g_strerror (errno));
  return FALSE;
}

static gboolean
write_map (const char *path, guint inside, guint outside, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u %u 1", inside, outside);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && write (fd, text, strlen (text)) > 0;

  if (!ok)
    fail (error, path);
  if (fd >= 0)
    close (fd);
  return ok;
}

/**
 * inf_namespaces_enter:
 * @error: a G_IO_ERROR
 *
 * Leaves the caller's user, mount, network, PID and IPC namespaces for new ones, in which this user
 * is the ordinary user 1000 and, until it drops them, has all capabilities. Needs no privilege.
 * Children, not the caller itself, are in the new PID namespace.
 *
 * Returns: whether it is there
 */
gboolean
inf_namespaces_enter (GError **error)
{
  uid_t uid = geteuid ();
  gid_t gid = getegid ();
  gboolean ok;
  int fd;

  if (unshare (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC) < 0)
    return fail (error, "new namespaces");
  fd = open ("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
  ok = fd >= 0 && write (fd, "deny", 4) == 4;
  if (!ok)
    fail (error, "/proc/self/setgroups");
  if (fd >= 0)
    close (fd);
  return ok && write_map ("/proc/self/uid_map", JOB_UID, uid, error)
         && write_map ("/proc/self/gid_map", JOB_UID, gid, error);
}
