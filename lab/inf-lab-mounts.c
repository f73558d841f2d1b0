#include "lab/inf-lab-mounts.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a host does not share with the machine, in the order in which it is mounted. */
static const char *const private_dirs[] = { "/tmp", "/var/tmp", "/run", "/dev/shm", INF_LAB_HOME };

static gboolean
fail_errno (GError **error, const char *what)
{
  g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "mounting %s: %s", what,
               g_strerror (errno));
  return FALSE;
}

static gboolean
mount_tmpfs (const char *path, const char *options, GError **error)
{
  if (mount ("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0)
    return TRUE;
  return fail_errno (error, path);
}

static gboolean
bind (const char *from, const char *to, GError **error)
{
  if (mount (from, to, NULL, MS_BIND | MS_REC, NULL) == 0)
    return TRUE;
  return fail_errno (error, to);
}

/* What /home has becomes part of @stage too. An entry that can't be bound (an automounter's, say)
 * is just not there in the host. */
static void
copy_home_entries (const char *stage)
{
  g_autoptr (GDir) dir = g_dir_open ("/home", 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *from = g_build_filename ("/home", name, NULL);
      g_autofree char *to = g_build_filename (stage, name, NULL);
      g_autofree char *link = g_file_read_link (from, NULL);

      if (link)
        {
          if (symlink (link, to) < 0)
            g_debug ("%s: %s", to, g_strerror (errno));
        }
      else if (mkdir (to, 0755) < 0 || mount (from, to, NULL, MS_BIND | MS_REC, NULL) < 0)
        {
          rmdir (to);
        }
    }
}

/* /home gets an entry that the machine's has not: the machine's entries and one more, below a tmpfs
 * that is put together beside and then moved there. */
static gboolean
mount_home (const char *host_dir, GError **error)
{
  g_autofree char *stage = g_build_filename (host_dir, "stage", NULL);
  g_autofree char *owner = g_build_filename (stage, "owner", NULL);
  g_autofree char *home = g_build_filename (host_dir, "home", NULL);

  if (!mount_tmpfs (stage, "mode=0755", error))
    return FALSE;
  copy_home_entries (stage);
  umount2 (owner, MNT_DETACH);
  if ((mkdir (owner, 0700) < 0 && errno != EEXIST) || !bind (home, owner, error))
    return error && *error ? FALSE : fail_errno (error, owner);
  if (mount (stage, "/home", NULL, MS_MOVE, NULL) == 0)
    return TRUE;
  return fail_errno (error, "/home");
}

static gboolean
mount_run (GError **error)
{
  if (!mount_tmpfs ("/run", "mode=0755", error))
    return FALSE;
  if (mkdir ("/run/lock", 01777) < 0 || mkdir ("/run/user", 0755) < 0
      || mkdir (INF_LAB_RUNTIME_DIR, 0700) < 0)
    return fail_errno (error, "/run");
  return TRUE;
}

/* The host's own network interfaces are in a new sysfs only. Where it can't be had, /sys stays the
 * machine's: readable, with the wrong interfaces. */
static void
mount_sys (const char *host_dir)
{
  g_autofree char *stage = g_build_filename (host_dir, "stage", NULL);
  gboolean saved = mount ("/sys/fs/cgroup", stage, NULL, MS_BIND | MS_REC, NULL) == 0;

  if (mount ("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
    g_debug ("/sys stays the machine's: %s", g_strerror (errno));
  else if (saved && mount (stage, "/sys/fs/cgroup", NULL, MS_BIND | MS_REC, NULL) < 0)
    g_debug ("no /sys/fs/cgroup: %s", g_strerror (errno));
  if (saved)
    umount2 (stage, MNT_DETACH);
}

/* Best effort: a machine without these files has nothing to replace. */
static void
mount_etc (const char *host_dir, const char *etc_hosts)
{
  g_autofree char *hostname = g_build_filename (host_dir, "hostname", NULL);

  if (mount (etc_hosts, "/etc/hosts", NULL, MS_BIND, NULL) < 0)
    g_debug ("/etc/hosts: %s", g_strerror (errno));
  if (mount (hostname, "/etc/hostname", NULL, MS_BIND, NULL) < 0)
    g_debug ("/etc/hostname: %s", g_strerror (errno));
}

static gboolean
is_private_dir (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (private_dirs); i++)
    if (g_str_equal (path, private_dirs[i]))
      return TRUE;
  return FALSE;
}

/* Makes @path, whose descriptor @fd was opened before anything was mounted, visible again. A
 * directory that a host has of its own is never replaced by the machine's. */
static gboolean
mount_share (const char *path, int fd, GError **error)
{
  struct stat wanted, found;
  char from[64];

  if (is_private_dir (path) || fstat (fd, &wanted) < 0 || !S_ISDIR (wanted.st_mode))
    return TRUE;
  if (stat (path, &found) == 0 && found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino)
    return TRUE;
  if (g_mkdir_with_parents (path, 0755) < 0)
    return fail_errno (error, path);
  snprintf (from, sizeof from, "/proc/self/fd/%d", fd);
  return bind (from, path, error);
}

static gboolean
mount_shares (const char *const *share, const int *fds, GError **error)
{
  for (guint i = 0; share[i]; i++)
    if (fds[i] >= 0 && !mount_share (share[i], fds[i], error))
      return FALSE;
  return TRUE;
}

/* The directories to bind are opened first: the host's directory may lie below any of the places.
 */
static gboolean
mount_all (const char *host_dir, const char *etc_hosts, GError **error)
{
  int dir_fd = open (host_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *tmp = g_strdup_printf ("/proc/self/fd/%d/tmp", dir_fd);
  g_autofree char *var_tmp = g_strdup_printf ("/proc/self/fd/%d/var-tmp", dir_fd);
  gboolean mounted;

  if (mount ("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
    {
      close (dir_fd);
      return fail_errno (error, "/proc");
    }
  mount_sys (host_dir);
  mount_etc (host_dir, etc_hosts);
  mounted = mount_home (host_dir, error) && mount_tmpfs ("/dev/shm", "mode=1777", error)
            && bind (var_tmp, "/var/tmp", error) && mount_run (error) && bind (tmp, "/tmp", error);
  close (dir_fd);
  return mounted;
}

/**
 * inf_lab_mounts_make:
 * @host_dir: the host's directory, which has `home`, `tmp`, `var-tmp`, `stage` and `hostname`
 * @etc_hosts: the file to show as /etc/hosts
 * @share: (array zero-terminated=1): absolute paths of directories that stay visible
 * @error: return location
 *
 * Turns the calling process's mount namespace, a copy of the machine's, into a host's: its own
 * /proc, /sys, /tmp, /var/tmp, /run, /dev/shm and /home/owner; all else is the machine's.
 *
 * Returns: whether everything was mounted
 */
gboolean
inf_lab_mounts_make (const char *host_dir, const char *etc_hosts, const char *const *share,
                     GError **error)
{
  g_autofree int *fds = g_new (int, g_strv_length ((char **)share) + 1);
  gboolean mounted;

  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
    return fail_errno (error, "/ privately");
  for (guint i = 0; share[i]; i++)
    fds[i] = open (share[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
  mounted = mount_all (host_dir, etc_hosts, error) && mount_shares (share, fds, error);
  for (guint i = 0; share[i]; i++)
    if (fds[i] >= 0)
      close (fds[i]);
  return mounted;
}
