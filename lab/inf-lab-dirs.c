#include "lab/inf-lab-dirs.h"

#include "common/inf-error.h"
#include "lab/inf-lab-names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * BASE/NAME/          one lab; it is alive while somebody holds the lock
 *   infinity-lab.lock flock'ed by the keeper as long as it lives
 *   control           the keeper's socket
 *   etc-hosts         what the hosts have as /etc/hosts
 *   hosts/oak/        one host
 *     exec            the socket of its first process
 *     home/ tmp/      its /home/owner and /tmp
 */

/* Only directories with such a file in them are ever removed: the base may be anybody's choice. */
#define LOCK_NAME "infinity-lab.lock"
/* Removing what a lab of many hosts left takes a while. */
#define BASE_LOCK_TIMEOUT_US (60 * G_USEC_PER_SEC)

static gboolean
fail_errno (GError **error, const char *path)
{
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

/**
 * inf_lab_dirs_base:
 *
 * It is below the directory for temporary files and not below $XDG_RUNTIME_DIR: the hosts' homes
 * are in it, and a runtime directory has little room.
 *
 * Returns: (transfer full): where this user's labs keep their state: `$INFINITY_LAB_DIR`, else
 *   `infinity-lab-UID` in the directory for temporary files
 */
char *
inf_lab_dirs_base (void)
{
  const char *dir = g_getenv ("INFINITY_LAB_DIR");

  if (dir && *dir)
    return g_canonicalize_filename (dir, NULL);
  return g_strdup_printf ("%s/infinity-lab-%u", g_get_tmp_dir (), (guint)getuid ());
}

static gboolean
check_base (const char *base, GError **error)
{
  struct stat info;

  if (lstat (base, &info) < 0)
    return fail_errno (error, base);
  if (S_ISDIR (info.st_mode) && info.st_uid == getuid () && (info.st_mode & 022) == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
               "%s is not a directory that only you can write; set INFINITY_LAB_DIR to another",
               base);
  return FALSE;
}

static gboolean
is_same_file (int fd, const char *path)
{
  struct stat opened, named;

  return fstat (fd, &opened) == 0 && lstat (path, &named) == 0 && opened.st_dev == named.st_dev
         && opened.st_ino == named.st_ino;
}

/* Locks a directory, which must still be the one of that name afterwards. -1 with errno EAGAIN when
 * it was replaced meanwhile. */
static int
lock_dir (const char *path)
{
  gint64 deadline_us = g_get_monotonic_time () + BASE_LOCK_TIMEOUT_US;
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    return -1;
  while (flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      if (g_get_monotonic_time () > deadline_us)
        {
          close (fd);
          errno = ETIMEDOUT;
          return -1;
        }
      g_usleep (1000);
    }
  if (is_same_file (fd, path))
    return fd;
  close (fd);
  errno = EAGAIN;
  return -1;
}

/* Whoever makes, looks at or removes labs' directories holds the base's lock meanwhile. The base's
 * name can be guessed, so it is checked that what is there is this user's alone: whoever owned it
 * could replace the sockets in it. */
static int
lock_base (gboolean create, GError **error)
{
  g_autofree char *base = inf_lab_dirs_base ();
  int fd;

  do
    {
      if (create && g_mkdir_with_parents (base, 0700) < 0)
        return fail_errno (error, base) - 1;
      if (!create && !g_file_test (base, G_FILE_TEST_EXISTS))
        {
          g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "%s is not there", base);
          return -1;
        }
      if (!check_base (base, error))
        return -1;
      fd = lock_dir (base);
    }
  while (fd < 0 && (errno == EAGAIN || (create && errno == ENOENT)));
  if (fd < 0)
    fail_errno (error, base);
  return fd;
}

/**
 * inf_lab_dirs_lab:
 * @name: a lab's name
 *
 * Returns: (transfer full): its directory, there or not
 */
char *
inf_lab_dirs_lab (const char *name)
{
  g_autofree char *base = inf_lab_dirs_base ();

  return g_build_filename (base, name, NULL);
}

/**
 * inf_lab_dirs_host:
 * @lab_dir: a lab's directory
 * @host: a host's name
 *
 * Returns: (transfer full): the host's directory
 */
char *
inf_lab_dirs_host (const char *lab_dir, const char *host)
{
  return g_build_filename (lab_dir, "hosts", host, NULL);
}

static int
try_lock (const char *lab_dir, int flags)
{
  g_autofree char *path = g_build_filename (lab_dir, LOCK_NAME, NULL);
  int fd = open (path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return -1;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  close (fd);
  errno = EWOULDBLOCK;
  return -1;
}

static int
claim_locked (const char *lab_dir, GError **error)
{
  g_autofree char *name = g_path_get_basename (lab_dir);
  g_autofree char *hosts = g_build_filename (lab_dir, "hosts", NULL);
  int fd;

  if (mkdir (lab_dir, 0700) < 0 && errno != EEXIST)
    return fail_errno (error, lab_dir) - 1;
  fd = try_lock (lab_dir, O_CREAT);
  if (fd < 0 && errno == EWOULDBLOCK)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_EXISTS,
                   "there is a lab called %s already; stop it, or choose another --name", name);
      return -1;
    }
  if (fd < 0)
    return fail_errno (error, lab_dir) - 1;
  if (!inf_lab_dirs_remove_tree (hosts, error))
    {
      close (fd);
      return -1;
    }
  return fd;
}

/**
 * inf_lab_dirs_claim:
 * @lab_dir: a lab's directory
 * @error: return location
 *
 * Makes the directory this process's: what a dead lab left in it is removed.
 *
 * Returns: the lock's descriptor, which keeps the lab alive while it is open; -1 with
 *   %INF_ERROR_EXISTS when a living lab has it, %INF_ERROR_DENIED when the directory for labs is
 * not this user's alone
 */
int
inf_lab_dirs_claim (const char *lab_dir, GError **error)
{
  int base_fd = lock_base (TRUE, error);
  int fd;

  if (base_fd < 0)
    return -1;
  fd = claim_locked (lab_dir, error);
  close (base_fd);
  return fd;
}

/**
 * inf_lab_dirs_release:
 * @lab_dir: a lab's directory
 * @lock_fd: what inf_lab_dirs_claim() gave for it; it is closed
 * @error: return location
 *
 * Removes the directory, and the one for all labs when it was the last. The latter's name is not
 * asked for again: in a user namespace this user has another number. Should somebody have removed
 * it already, then what has its name now is another lab's.
 *
 * Returns: whether it is gone
 */
gboolean
inf_lab_dirs_release (const char *lab_dir, int lock_fd, GError **error)
{
  g_autofree char *base = g_path_get_dirname (lab_dir);
  g_autofree char *lock = g_build_filename (lab_dir, LOCK_NAME, NULL);
  int base_fd = lock_dir (base);
  gboolean removed = !is_same_file (lock_fd, lock) || inf_lab_dirs_remove_tree (lab_dir, error);

  rmdir (base);
  close (lock_fd);
  if (base_fd >= 0)
    close (base_fd);
  return removed;
}

static gboolean
is_alive_locked (const char *lab_dir)
{
  int fd = try_lock (lab_dir, 0);

  if (fd < 0)
    return errno == EWOULDBLOCK;
  close (fd);
  return FALSE;
}

/**
 * inf_lab_dirs_is_alive:
 * @lab_dir: a lab's directory
 *
 * Returns: whether a living keeper holds it
 */
gboolean
inf_lab_dirs_is_alive (const char *lab_dir)
{
  int base_fd = lock_base (FALSE, NULL);
  gboolean alive;

  if (base_fd < 0)
    return FALSE;
  alive = is_alive_locked (lab_dir);
  close (base_fd);
  return alive;
}

/* The names below the base that can be labs'. */
static GPtrArray *
lab_names (void)
{
  g_autofree char *base = inf_lab_dirs_base ();
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (inf_lab_names_is_valid_lab (name))
      g_ptr_array_add (names, g_strdup (name));
  return names;
}

static int
compare_names (const void *a, const void *b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b);
}

/**
 * inf_lab_dirs_list:
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the names of this user's living labs, sorted
 */
char **
inf_lab_dirs_list (GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) names = NULL;
  GPtrArray *alive;
  int base_fd = lock_base (FALSE, &local);

  if (base_fd < 0 && !inf_error_is_not_found (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  names = lab_names ();
  alive = g_ptr_array_new ();
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *dir = inf_lab_dirs_lab (names->pdata[i]);
      if (is_alive_locked (dir))
        g_ptr_array_add (alive, g_strdup (names->pdata[i]));
    }
  if (base_fd >= 0)
    close (base_fd);
  g_ptr_array_sort (alive, compare_names);
  g_ptr_array_add (alive, NULL);
  return (char **)g_ptr_array_free (alive, FALSE);
}

/**
 * inf_lab_dirs_sweep:
 *
 * Removes what labs left whose keeper was killed.
 */
void
inf_lab_dirs_sweep (void)
{
  g_autofree char *base = inf_lab_dirs_base ();
  g_autoptr (GPtrArray) names = NULL;
  int base_fd = lock_base (FALSE, NULL);

  if (base_fd < 0)
    return;
  names = lab_names ();
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *dir = inf_lab_dirs_lab (names->pdata[i]);
      g_autoptr (GError) error = NULL;
      int fd = try_lock (dir, 0);

      if (fd < 0)
        continue;
      if (!inf_lab_dirs_remove_tree (dir, &error))
        g_warning ("the dead lab %s stays: %s", (char *)names->pdata[i], error->message);
      close (fd);
    }
  rmdir (base);
  close (base_fd);
}

static gboolean empty_dir (int dir_fd, GError **error);

/* A job may have left directories that even their owner can't write. */
static gboolean
remove_entry (int dir_fd, const char *name, GError **error)
{
  gboolean removed;
  int fd;

  if (unlinkat (dir_fd, name, 0) == 0 || errno == ENOENT)
    return TRUE;
  if (errno != EISDIR && errno != EPERM)
    return fail_errno (error, name);
  fd = openat (dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == EACCES && fchmodat (dir_fd, name, 0700, 0) == 0)
    fd = openat (dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return fail_errno (error, name);
  fchmod (fd, 0700);
  removed = empty_dir (fd, error);
  if (removed && unlinkat (dir_fd, name, AT_REMOVEDIR) < 0)
    removed = fail_errno (error, name);
  return removed;
}

/* Takes @dir_fd. */
static gboolean
empty_dir (int dir_fd, GError **error)
{
  DIR *dir = fdopendir (dir_fd);
  struct dirent *entry;
  gboolean removed = TRUE;

  if (!dir)
    {
      close (dir_fd);
      return fail_errno (error, "fdopendir");
    }
  while (removed && (entry = readdir (dir)))
    if (g_strcmp0 (entry->d_name, ".") != 0 && g_strcmp0 (entry->d_name, "..") != 0)
      removed = remove_entry (dirfd (dir), entry->d_name, error);
  closedir (dir);
  return removed;
}

/**
 * inf_lab_dirs_remove_tree:
 * @path: a directory
 * @error: return location
 *
 * Follows no symbolic link.
 *
 * Returns: whether it is gone with all that was in it
 */
gboolean
inf_lab_dirs_remove_tree (const char *path, GError **error)
{
  return remove_entry (AT_FDCWD, path, error);
}

/**
 * inf_lab_dirs_empty:
 * @path: a directory
 * @error: return location
 *
 * Returns: whether it is there and empty now
 */
gboolean
inf_lab_dirs_empty (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  return fd < 0 ? fail_errno (error, path) : empty_dir (fd, error);
}
