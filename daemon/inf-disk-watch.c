#include "daemon/inf-disk-watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* There is no quota that an ordinary user could set on a directory, so what jobs have written is
 * looked at every few seconds, in a thread: a job can be over the limit by what it writes between
 * two looks. */

#define INTERVAL_S 3
#define BLOCK_BYTES 512
#define MAX_DEPTH 64

struct _InfDiskWatch
{
  InfLeaseHost *host; /* borrowed */
  guint64 limit_bytes;
  guint timer;
  GCancellable *cancellable;
  gboolean is_looking;
};

/* What one look is about: leases, and where each writes. */
typedef struct
{
  GPtrArray *leases;
  GPtrArray *paths;
  GArray *sizes;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_ptr_array_unref (look->leases);
  g_ptr_array_unref (look->paths);
  g_array_unref (look->sizes);
  g_free (look);
}

static guint64
usage_at (int dir_fd, guint depth)
{
  DIR *dir = fdopendir (dir_fd);
  guint64 bytes = 0;
  struct dirent *entry;

  while (dir && (entry = readdir (dir)))
    {
      struct stat info;
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..")
          || fstatat (dir_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      bytes += (guint64)info.st_blocks * BLOCK_BYTES;
      if (!S_ISDIR (info.st_mode) || depth >= MAX_DEPTH)
        continue;
      /* What a job makes of its directory while it is looked at must lead nowhere else. */
      int below = openat (dir_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (below >= 0)
        bytes += usage_at (below, depth + 1);
    }
  if (dir)
    closedir (dir);
  else
    close (dir_fd);
  return bytes;
}

/**
 * inf_disk_usage_of:
 * @path: a directory
 *
 * Returns: what everything below it takes on the disk, in bytes; links are not followed
 */
guint64
inf_disk_usage_of (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  return fd >= 0 ? usage_at (fd, 0) : 0;
}

static void
look_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Look *look = task_data;

  for (guint i = 0; i < look->paths->len; i++)
    {
      guint64 size = inf_disk_usage_of (look->paths->pdata[i]);
      g_array_append_val (look->sizes, size);
    }
  g_task_return_boolean (task, TRUE);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
}

static void
end_largest (InfDiskWatch *self, const Look *look)
{
  guint64 total = 0;
  guint largest = 0;

  for (guint i = 0; i < look->sizes->len; i++)
    {
      total += g_array_index (look->sizes, guint64, i);
      if (g_array_index (look->sizes, guint64, i) > g_array_index (look->sizes, guint64, largest))
        largest = i;
    }
  if (look->sizes->len == 0 || total <= self->limit_bytes)
    return;
  g_autofree char *limit = g_format_size_full (self->limit_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *reason = g_strdup_printf ("over the host's limit of disk, %s", limit);
  inf_host_lease_end_async (look->leases->pdata[largest], reason, on_ended, NULL);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfDiskWatch *self = user_data;

  /* After a cancellation the watch is gone. */
  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  self->is_looking = FALSE;
  if (self->limit_bytes > 0)
    end_largest (self, g_task_get_task_data (G_TASK (result)));
}

static gboolean
on_timer (gpointer user_data)
{
  InfDiskWatch *self = user_data;
  g_autoptr (GPtrArray) leases = inf_lease_host_list (self->host);
  g_autoptr (GTask) task = NULL;
  Look *look;

  if (self->is_looking || leases->len == 0)
    return G_SOURCE_CONTINUE;
  look = g_new0 (Look, 1);
  look->leases = g_ptr_array_new_with_free_func (g_object_unref);
  look->paths = g_ptr_array_new_with_free_func (g_free);
  look->sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < leases->len; i++)
    {
      char *path = inf_host_lease_holds_slots (leases->pdata[i])
                       ? inf_host_lease_dup_job_path (leases->pdata[i])
                       : NULL;
      if (!path)
        continue;
      g_ptr_array_add (look->leases, g_object_ref (leases->pdata[i]));
      g_ptr_array_add (look->paths, path);
    }
  self->is_looking = TRUE;
  task = g_task_new (NULL, self->cancellable, on_looked, self);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_in_thread);
  return G_SOURCE_CONTINUE;
}

/**
 * inf_disk_watch_new:
 * @host: whose leases; outlives the watch
 *
 * Returns: (transfer full): a watch without a limit
 */
InfDiskWatch *
inf_disk_watch_new (InfLeaseHost *host)
{
  InfDiskWatch *watch = g_new0 (InfDiskWatch, 1);

  watch->host = host;
  watch->cancellable = g_cancellable_new ();
  return watch;
}

void
inf_disk_watch_free (InfDiskWatch *watch)
{
  if (!watch)
    return;
  g_cancellable_cancel (watch->cancellable);
  g_object_unref (watch->cancellable);
  g_clear_handle_id (&watch->timer, g_source_remove);
  g_free (watch);
}

/**
 * inf_disk_watch_set_limit:
 * @watch: a watch
 * @limit_bytes: what all jobs together may write; 0: as much as they like
 */
void
inf_disk_watch_set_limit (InfDiskWatch *watch, guint64 limit_bytes)
{
  watch->limit_bytes = limit_bytes;
  if (limit_bytes > 0 && watch->timer == 0)
    watch->timer = g_timeout_add_seconds (INTERVAL_S, on_timer, watch);
  else if (limit_bytes == 0)
    g_clear_handle_id (&watch->timer, g_source_remove);
}
