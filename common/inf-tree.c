#include "common/inf-tree.h"

#include "common/inf-error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 64

/* A removal: what lies deeper than so many levels is first moved up to the top, for the depth of a
 * job's tree has no bound, and each level takes a descriptor. */
typedef struct
{
  int top_fd;
  guint n_moved;
} Removal;

static gboolean remove_entries (Removal *removal, int dir_fd, guint depth);

static gboolean
move_up (Removal *removal, int dir_fd, const char *name)
{
  for (;;)
    {
      g_autofree char *new_name = g_strdup_printf (".deep-%u", removal->n_moved++);
      if (renameat (dir_fd, name, removal->top_fd, new_name) == 0)
        return TRUE;
      if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
        return FALSE;
    }
}

/* A job may have taken the permissions off its own directories. */
static gboolean
remove_entry (Removal *removal, int dir_fd, const char *name, guint depth)
{
  if (unlinkat (dir_fd, name, 0) == 0)
    return TRUE;
  if (errno != EISDIR && errno != EPERM && errno != ENOTEMPTY)
    return FALSE;
  fchmodat (dir_fd, name, 0700, 0);
  if (unlinkat (dir_fd, name, AT_REMOVEDIR) == 0)
    return TRUE;
  if (depth >= MAX_DEPTH)
    return move_up (removal, dir_fd, name);
  int fd = openat (dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  return remove_entries (removal, fd, depth + 1) && unlinkat (dir_fd, name, AT_REMOVEDIR) == 0;
}

static gboolean
is_entry (const struct dirent *entry)
{
  return !g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, "..");
}

static gboolean
remove_entries (Removal *removal, int dir_fd, guint depth)
{
  DIR *stream = fdopendir (dir_fd);
  gboolean removed = TRUE;
  struct dirent *entry;

  if (!stream)
    {
      close (dir_fd);
      return FALSE;
    }
  while ((entry = readdir (stream)))
    if (is_entry (entry))
      removed = remove_entry (removal, dirfd (stream), entry->d_name, depth) && removed;
  closedir (stream);
  return removed;
}

static gboolean
remove_tree (const char *path)
{
  guint n_moved_before;
  Removal removal = { .top_fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) };

  if (removal.top_fd < 0)
    return errno == ENOENT;
  gboolean removed;
  do
    {
      n_moved_before = removal.n_moved;
      int fd = openat (removal.top_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      removed = fd >= 0 && remove_entries (&removal, fd, 0);
    }
  while (removed && removal.n_moved != n_moved_before);
  close (removal.top_fd);
  return removed && rmdir (path) == 0;
}

/**
 * inf_tree_remove:
 * @path: a directory; none is fine, too
 * @error: #INF_ERROR_FAILED when something of it is left
 *
 * Removes a directory with all that is in it, however deep and whoever made it, and never follows a
 * link out of it. Blocks.
 */
gboolean
inf_tree_remove (const char *path, GError **error)
{
  if (remove_tree (path))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't remove all of %s: %s", path,
               g_strerror (errno));
  return FALSE;
}
