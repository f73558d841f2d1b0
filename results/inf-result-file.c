#include "results/inf-result-file.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE_BYTES (256 * 1024)
#define MAX_TREE_DEPTH 64

static gboolean
set_errno_error (GError **error, const char *what, const char *path)
{
  int saved = errno;

  g_set_error (error, INF_ERROR, saved == ENOENT ? INF_ERROR_NOT_FOUND : INF_ERROR_FAILED,
               "%s %s: %s", what, path, g_strerror (saved));
  return FALSE;
}

/* Opens the directory that @path's last component lies in, making what is missing when @make. */
static int
open_parent (int dir_fd, const char *path, gboolean make, const char **ret_base)
{
  int fd = fcntl (dir_fd, F_DUPFD_CLOEXEC, 0);
  const char *slash;

  while (fd >= 0 && (slash = strchr (path, '/')))
    {
      g_autofree char *name = g_strndup (path, (gsize)(slash - path));
      if (make && mkdirat (fd, name, 0777) != 0 && errno != EEXIST)
        {
          close (fd);
          return -1;
        }
      int next = openat (fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      int saved = errno;
      close (fd);
      errno = saved;
      fd = next;
      path = slash + 1;
    }
  *ret_base = path;
  return fd;
}

/* Opens a regular file for reading. Anything else at that place, a link say, is as good as missing.
 */
int
inf_result_file_open (int dir_fd, const char *path, GError **error)
{
  const char *base;
  int parent = open_parent (dir_fd, path, FALSE, &base);
  int fd = -1;
  struct stat status;

  if (parent >= 0)
    {
      /* O_NONBLOCK: whoever puts a pipe there must not hold us up. */
      fd = openat (parent, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
      int saved = errno;
      close (parent);
      errno = saved;
    }
  if (fd >= 0 && (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode)))
    {
      close (fd);
      fd = -1;
      errno = ENOENT;
    }
  if (fd < 0)
    set_errno_error (error, "can't open", path);
  return fd;
}

/* Whether there is anything of that name. */
gboolean
inf_result_file_exists (int dir_fd, const char *path)
{
  struct stat status;

  return fstatat (dir_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size_bytes)
{
  while (size_bytes > 0)
    {
      gssize n = write (fd, data, size_bytes);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      size_bytes -= (gsize)n;
    }
  return TRUE;
}

/* Copies until the end, or until there is more than @size_bytes, hashing what is written. */
static gboolean
copy_and_hash (int from_fd, int to_fd, const char *path, guint64 size_bytes, InfCopy *copy,
               guint8 ret_sha256[INF_SHA256_SIZE_BYTES], guint64 *ret_size_bytes, GError **error)
{
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE_BYTES);
  guint64 total = 0;

  while (total <= size_bytes)
    {
      gssize n = read (from_fd, buffer, BUFFER_SIZE_BYTES);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_errno_error (error, "can't read the content of", path);
      if (n == 0)
        break;
      inf_sha256_update (hash, buffer, (gsize)n);
      total += (guint64)n;
      if (!write_all (to_fd, buffer, (gsize)n))
        return set_errno_error (error, "can't write", path);
      if (!inf_copy_advance (copy, (guint64)n, error))
        return FALSE;
    }
  inf_sha256_finish (hash, ret_sha256);
  *ret_size_bytes = total;
  return TRUE;
}

static gboolean
copy_verified (int from_fd, int to_fd, const char *path, const guint8 *sha256, guint64 size_bytes,
               InfCopy *copy, GError **error)
{
  guint8 found[INF_SHA256_SIZE_BYTES];
  guint64 found_size;

  if (!copy_and_hash (from_fd, to_fd, path, size_bytes, copy, found, &found_size, error))
    return FALSE;
  if (found_size != size_bytes || memcmp (found, sha256, sizeof found) != 0)
    {
      g_autofree char *found_hex = inf_sha256_to_hex (found);
      if (found_size > size_bytes)
        g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                     "%s is longer than the %" G_GUINT64_FORMAT " bytes that were stated", path,
                     size_bytes);
      else
        g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                     "%s is not what was stated: it has %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                     " bytes and the hash %s",
                     path, found_size, size_bytes, found_hex);
      return FALSE;
    }
  if (fsync (to_fd) != 0)
    return set_errno_error (error, "can't write", path);
  return inf_copy_advance (copy, 0, error);
}

/* Puts a copy of @from_fd's content at @path, all of it or nothing: it appears only once it has
 * been found to be what it should. Replaces what is there. @copy, if any, is told how far it is. */
gboolean
inf_result_file_copy (int from_fd, int dir_fd, const char *path, const guint8 sha256[32],
                      guint64 size_bytes, InfCopy *copy, GError **error)
{
  static gint counter = 0;
  const char *base;
  int parent = open_parent (dir_fd, path, TRUE, &base);
  gboolean ok = FALSE;

  if (parent < 0)
    return set_errno_error (error, "can't make the directories of", path);
  g_autofree char *temporary
      = g_strdup_printf (".infinity-%d-%d", (int)getpid (), g_atomic_int_add (&counter, 1));
  int fd = openat (parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0)
    set_errno_error (error, "can't write", path);
  else
    {
      ok = copy_verified (from_fd, fd, path, sha256, size_bytes, copy, error);
      if (close (fd) != 0 && ok)
        ok = set_errno_error (error, "can't write", path);
      if (ok && renameat (parent, temporary, parent, base) != 0)
        ok = set_errno_error (error, "can't write", path);
      if (!ok)
        unlinkat (parent, temporary, 0);
    }
  close (parent);
  return ok;
}

static gboolean
remove_entry (int dir_fd, const char *name, guint depth)
{
  if (unlinkat (dir_fd, name, 0) == 0)
    return TRUE;
  if (errno != EISDIR && errno != EPERM)
    return FALSE;
  int fd = openat (dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd >= 0 && depth < MAX_TREE_DEPTH ? fdopendir (fd) : NULL;
  struct dirent *entry;
  gboolean ok = dir != NULL;

  if (!dir && fd >= 0)
    close (fd);
  while (ok && (entry = readdir (dir)))
    if (!g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, ".."))
      ok = remove_entry (dirfd (dir), entry->d_name, depth + 1);
  if (dir)
    closedir (dir);
  return ok && unlinkat (dir_fd, name, AT_REMOVEDIR) == 0;
}

/* Removes @name and all below it, following no link. */
gboolean
inf_result_file_remove_tree (int dir_fd, const char *name, GError **error)
{
  if (remove_entry (dir_fd, name, 0))
    return TRUE;
  return set_errno_error (error, "can't remove", name);
}
