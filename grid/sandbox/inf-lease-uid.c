#include "grid/sandbox/inf-lease-uid.h"

#include "common/inf-error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* systemd's range for dynamic users (systemd.exec(5), DynamicUser=): nobody else owns these. */
#define FIRST_UID 61184
#define LAST_UID 65519
#define LOCK_DIR "/run/infinity-uids"
#define MAX_DEPTH 64

/**
 * inf_lease_uid_is_needed:
 *
 * Returns: whether this process is root of the machine itself, so that a job must run as someone
 *   else. Root of a user namespace with one user in it can't be anybody else and needn't: outside
 *   it is an ordinary user.
 */
gboolean
inf_lease_uid_is_needed (void)
{
  g_autofree char *map = NULL;
  unsigned long inside = 1, outside = 1, count = 0;

  if (geteuid () != 0 || !g_file_get_contents ("/proc/self/uid_map", &map, NULL, NULL))
    return FALSE;
  return sscanf (map, "%lu %lu %lu", &inside, &outside, &count) == 3 && count > LAST_UID;
}

/**
 * inf_lease_uid_take:
 * @ret_lease: (out): a uid that no other lease has while this process lives
 * @error: #INF_ERROR_UNSUPPORTED, or #INF_ERROR_TOO_LARGE when all are taken
 *
 * Returns: whether one was taken
 */
gboolean
inf_lease_uid_take (InfLeaseUid *ret_lease, GError **error)
{
  guint n = LAST_UID - FIRST_UID + 1;
  guint first = (guint)getpid () % n;

  if (mkdir (LOCK_DIR, 0700) < 0 && errno != EEXIST)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, LOCK_DIR ": %s", g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      uid_t uid = FIRST_UID + (first + i) % n;
      g_autofree char *path = g_strdup_printf (LOCK_DIR "/%u", uid);
      int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

      if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
        {
          ret_lease->uid = uid;
          ret_lease->lock_fd = fd;
          return TRUE;
        }
      if (fd >= 0)
        close (fd);
    }
  g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE, "all %u users for leases are taken", n);
  return FALSE;
}

/**
 * inf_lease_uid_release:
 * @lease: what inf_lease_uid_take() gave
 *
 * The lock file stays: removing it would race with one who just opened it.
 */
void
inf_lease_uid_release (InfLeaseUid *lease)
{
  close (lease->lock_fd);
  lease->lock_fd = -1;
}

/**
 * inf_lease_uid_drop:
 * @lease: what inf_lease_uid_take() gave
 * @error: a G_IO_ERROR
 *
 * Makes this process that user for good: no capability and no group is left.
 *
 * Returns: whether it is
 */
gboolean
inf_lease_uid_drop (const InfLeaseUid *lease, GError **error)
{
  uid_t uid = lease->uid;

  /* Not dumpable after the change of user, the process could not write its own uid_map. */
  if (setgroups (0, NULL) == 0 && setresgid (uid, uid, uid) == 0 && setresuid (uid, uid, uid) == 0
      && prctl (PR_SET_DUMPABLE, 1, 0, 0, 0) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "becoming user %u: %s", uid,
               g_strerror (errno));
  return FALSE;
}

/* By descriptors, never through a link: what lies here was made by a job. */
static gboolean
chown_below (int dir_fd, uid_t uid, gid_t gid, guint depth)
{
  DIR *dir = fdopendir (dir_fd);
  gboolean ok = TRUE;

  if (!dir)
    {
      close (dir_fd);
      return FALSE;
    }
  for (struct dirent *each = readdir (dir); each; each = readdir (dir))
    {
      struct stat info;

      if (g_str_equal (each->d_name, ".") || g_str_equal (each->d_name, ".."))
        continue;
      if (fstatat (dirfd (dir), each->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0
          || fchownat (dirfd (dir), each->d_name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
        ok = FALSE;
      else if (S_ISDIR (info.st_mode))
        {
          int fd
              = openat (dirfd (dir), each->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
          ok &= fd >= 0 && depth < MAX_DEPTH && chown_below (fd, uid, gid, depth + 1);
          if (fd >= 0 && depth >= MAX_DEPTH)
            close (fd);
        }
    }
  closedir (dir);
  return ok;
}

/**
 * inf_lease_uid_chown_tree:
 * @dir: a job directory
 * @uid: its new owner
 * @gid: its new group
 * @error: a G_IO_ERROR
 *
 * Gives a directory and everything below it to a user, through no symbolic link.
 *
 * Returns: whether all of it is given
 */
gboolean
inf_lease_uid_chown_tree (const char *dir, uid_t uid, gid_t gid, GError **error)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  int code;

  if (fd >= 0 && fchown (fd, uid, gid) == 0)
    {
      if (chown_below (fd, uid, gid, 0))
        return TRUE;
      code = errno;
    }
  else
    {
      code = errno;
      if (fd >= 0)
        close (fd);
    }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "giving %s to user %u: %s", dir,
               uid, g_strerror (code));
  return FALSE;
}
