#include "grid/jobs/inf-lease-dir.h"

#include "common/inf-error.h"
#include "common/inf-tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* A lease's files on the host:
 *
 *   PATH/job/          what the sandbox sees as /job: inputs before, outputs after
 *   PATH/program/NAME  the program, bound read-only at /app/NAME
 *   PATH/log           a FIFO for what it prints, inf-host-lease-log.c
 *
 * What a job leaves in its directory is not trusted: names, depth, number and kinds of files are
 * looked at without following links. */
#define MAX_DEPTH 16
#define COPY_SIZE_BYTES (1 << 20)

struct _InfLeaseDir
{
  char *path;
  char *job_path;
  char *program_path; /* NULL before it is filled, and for installed programs */
  GHashTable *inputs; /* name → InfJobObject, as staged */
};

/**
 * inf_lease_dir_new:
 * @path: the directory to make; it must not exist
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the directory; inf_lease_dir_free() removes it with all
 *   that is in it
 */
InfLeaseDir *
inf_lease_dir_new (const char *path, GError **error)
{
  g_autofree char *job_path = g_build_filename (path, "job", NULL);
  g_autofree char *program_dir = g_build_filename (path, "program", NULL);

  if (g_mkdir_with_parents (job_path, 0700) != 0 || g_mkdir_with_parents (program_dir, 0700) != 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  InfLeaseDir *dir = g_new0 (InfLeaseDir, 1);
  dir->path = g_strdup (path);
  dir->job_path = g_steal_pointer (&job_path);
  dir->inputs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return dir;
}

void
inf_lease_dir_free (InfLeaseDir *dir)
{
  g_autoptr (GError) error = NULL;

  if (!dir)
    return;
  if (!inf_tree_remove (dir->path, &error))
    g_warning ("%s", error->message);
  g_hash_table_unref (dir->inputs);
  g_free (dir->program_path);
  g_free (dir->job_path);
  g_free (dir->path);
  g_free (dir);
}

const char *
inf_lease_dir_get_path (const InfLeaseDir *dir)
{
  return dir->path;
}

const char *
inf_lease_dir_get_job_path (const InfLeaseDir *dir)
{
  return dir->job_path;
}

/**
 * inf_lease_dir_get_program_path:
 * @dir: a filled directory
 *
 * Returns: (transfer none) (nullable): where the staged program lies; %NULL for an installed one
 */
const char *
inf_lease_dir_get_program_path (const InfLeaseDir *dir)
{
  return dir->program_path;
}

static gboolean
copy_bytes (int from, int to)
{
  for (;;)
    {
      gssize n = copy_file_range (from, NULL, to, NULL, COPY_SIZE_BYTES, 0);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n == 0;
    }
}

static gboolean
place_object (InfStore *store, const InfJobObject *object, const char *path, mode_t mode,
              GError **error)
{
  InfObjectId id;
  guint64 size;

  memcpy (id.bytes, object->sha256, sizeof id.bytes);
  int from = inf_store_open_object (store, &id, &size, error);
  if (from < 0)
    return FALSE;
  int to = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  gboolean copied = to >= 0 && copy_bytes (from, to) && fchmod (to, mode) == 0;
  int copy_errno = errno;

  close (from);
  if (to >= 0)
    close (to);
  if (!copied)
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (copy_errno));
  return copied;
}

/**
 * inf_lease_dir_fill:
 * @dir: a new directory
 * @store: holds the program and every input
 * @prepare: what belongs into it
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_FAILED
 */
gboolean
inf_lease_dir_fill (InfLeaseDir *dir, InfStore *store, const InfLeasePrepare *prepare,
                    GError **error)
{
  if (prepare->program_kind != INF_PROGRAM_INSTALLED)
    {
      g_autofree char *path = g_build_filename (dir->path, "program", prepare->program_name, NULL);
      if (!place_object (store, &prepare->program, path, 0555, error))
        return FALSE;
      dir->program_path = g_steal_pointer (&path);
    }
  for (guint i = 0; i < prepare->inputs->len; i++)
    {
      const InfJobInput *input = prepare->inputs->pdata[i];
      g_autofree char *path = g_build_filename (dir->job_path, input->name, NULL);
      if (!place_object (store, &input->object, path, 0644, error))
        return FALSE;
      g_hash_table_insert (dir->inputs, g_strdup (input->name),
                           g_memdup2 (&input->object, sizeof input->object));
    }
  return TRUE;
}

/* A walk through what the job left. */
typedef struct
{
  InfLeaseDir *dir;
  InfStore *store;
  InfStorePins *pins;
  InfLeaseOutputs *outputs;
} Walk;

static gboolean
is_unchanged_input (InfLeaseDir *dir, const char *path, const InfObjectId *id)
{
  const InfJobObject *object = g_hash_table_lookup (dir->inputs, path);

  return object && memcmp (object->sha256, id->bytes, sizeof id->bytes) == 0;
}

/* A job can make a file that takes no room and is longer than any disk: its copy would fill it. */
static gboolean
has_room (int fd, const char *path, guint64 size_bytes, GError **error)
{
  struct statvfs disk;

  if (fstatvfs (fd, &disk) != 0 || size_bytes / disk.f_frsize < disk.f_bavail)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
               "%s has %" G_GUINT64_FORMAT " bytes, more than the host's disk has room for", path,
               size_bytes);
  return FALSE;
}

static gboolean
collect_file (Walk *walk, int fd, const char *path, guint64 told_size_bytes, GError **error)
{
  InfObjectId id;
  guint64 size;

  if (walk->outputs->outputs->len >= INF_LEASE_MAX_OUTPUTS)
    {
      walk->outputs->is_truncated = TRUE;
      return TRUE;
    }
  if (!has_room (fd, path, told_size_bytes, error)
      || !inf_store_add_fd (walk->store, fd, &id, &size, error))
    return FALSE;
  inf_store_pins_take (walk->pins, &id);
  if (!is_unchanged_input (walk->dir, path, &id))
    inf_lease_outputs_add (walk->outputs, path, id.bytes, size);
  return TRUE;
}

static gboolean collect_dir (Walk *walk, int dir_fd, const char *prefix, guint depth,
                             GError **error);

/* O_NONBLOCK, so that a fifo that the job left doesn't hang the host. */
static gboolean
collect_entry (Walk *walk, int dir_fd, const char *name, const char *prefix, guint depth,
               GError **error)
{
  g_autofree char *path = *prefix ? g_strconcat (prefix, "/", name, NULL) : g_strdup (name);
  struct stat info = { 0 };
  gboolean collected = TRUE;
  int fd;

  if (!g_utf8_validate (name, -1, NULL)
      || (fd = openat (dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) < 0)
    {
      walk->outputs->is_truncated = TRUE;
      return TRUE;
    }
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    collected = collect_file (walk, fd, path, (guint64)info.st_size, error);
  else if (S_ISDIR (info.st_mode) && depth < MAX_DEPTH)
    return collect_dir (walk, fd, path, depth + 1, error);
  else
    walk->outputs->is_truncated = TRUE;
  close (fd);
  return collected;
}

static gboolean
is_entry (const struct dirent *entry)
{
  return !g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, "..");
}

static gboolean
collect_dir (Walk *walk, int dir_fd, const char *prefix, guint depth, GError **error)
{
  DIR *stream = fdopendir (dir_fd);
  gboolean collected = TRUE;
  struct dirent *entry;

  if (!stream)
    {
      close (dir_fd);
      walk->outputs->is_truncated = TRUE;
      return TRUE;
    }
  while (collected && (entry = readdir (stream)))
    if (is_entry (entry))
      collected = collect_entry (walk, dirfd (stream), entry->d_name, prefix, depth, error);
  closedir (stream);
  return collected;
}

/**
 * inf_lease_dir_collect:
 * @dir: a directory in which nothing runs any more
 * @store: where the outputs' content goes, to be fetched by hash
 * @pins: gets what was put into @store, on failure too
 * @outputs: initialised; gets each regular file that the job made or changed
 * @error: #INF_ERROR_TOO_LARGE for what the disk has no room for, or what the store says
 *
 * Blocks while it copies and hashes. What can't be brought home (links, sockets, names that are
 * not UTF-8, too many or too deep) sets the outputs' truncated mark.
 */
gboolean
inf_lease_dir_collect (InfLeaseDir *dir, InfStore *store, InfStorePins *pins,
                       InfLeaseOutputs *outputs, GError **error)
{
  Walk walk = { dir, store, pins, outputs };
  int fd = open (dir->job_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", dir->job_path, g_strerror (errno));
      return FALSE;
    }
  return collect_dir (&walk, fd, "", 0, error);
}
