#include "results/inf-results-private.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-name.h"
#include "results/inf-result-file.h"
#include "results/inf-result-place.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One folder a job. It is a result once it has a manifest, which is written last; until then it can
 * be collected into again. */

#define MAX_MANIFEST_SIZE_BYTES (64 * 1024 * 1024)

struct _InfResults
{
  gatomicrefcount ref_count;
  char *dir;
};

static const char *const check_texts[] = { "verified", "changed", "missing" };

const char *
inf_result_check_to_text (InfResultCheck check)
{
  g_return_val_if_fail ((guint)check < G_N_ELEMENTS (check_texts), NULL);
  return check_texts[check];
}

void
inf_result_file_free (InfResultFile *file)
{
  if (!file)
    return;
  g_free (file->path);
  g_free (file);
}

/**
 * inf_results_new:
 * @dir: where the folders are; made when the first is
 *
 * Several threads may use them, each for another name.
 *
 * Returns: (transfer full): the results of a node
 */
InfResults *
inf_results_new (const char *dir)
{
  InfResults *results = g_new0 (InfResults, 1);

  g_atomic_ref_count_init (&results->ref_count);
  results->dir = g_strdup (dir);
  return results;
}

InfResults *
inf_results_ref (InfResults *results)
{
  g_atomic_ref_count_inc (&results->ref_count);
  return results;
}

void
inf_results_unref (InfResults *results)
{
  if (!results || !g_atomic_ref_count_dec (&results->ref_count))
    return;
  g_free (results->dir);
  g_free (results);
}

/**
 * inf_results_get_path:
 * @results: results
 * @name: a job's name
 *
 * Returns: (transfer full): the path of its folder, whether it exists or not
 */
char *
inf_results_get_path (InfResults *results, const char *name)
{
  return g_build_filename (results->dir, name, NULL);
}

static gboolean
check_name (const char *name, GError **error)
{
  if (inf_job_name_is_safe (name))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "“%s” can't be a result's name", name);
  return FALSE;
}

int
inf_results_open_folder (InfResults *results, const char *name, GError **error)
{
  if (!check_name (name, error))
    return -1;
  g_autofree char *path = inf_results_get_path (results, name);
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "there is no result “%s”", name);
  return fd;
}

/**
 * inf_results_prepare:
 * @results: results
 * @name: a job's name
 * @error: #INF_ERROR_INVALID; #INF_ERROR_EXISTS when the result is complete; #INF_ERROR_FAILED
 *
 * Makes the folder, for the log to go to while the job runs. It may be there from before a restart.
 *
 * Returns: (transfer full) (nullable): its path
 */
char *
inf_results_prepare (InfResults *results, const char *name, GError **error)
{
  if (!check_name (name, error))
    return NULL;
  g_autofree char *path = inf_results_get_path (results, name);
  g_autofree char *manifest = g_build_filename (path, INF_RESULTS_MANIFEST, NULL);
  if (g_mkdir_with_parents (path, 0700) != 0)
    {
      int saved = errno;
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't make %s: %s", path,
                   g_strerror (saved));
      return NULL;
    }
  if (g_file_test (manifest, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_EXISTS, "there is a result “%s” already", name);
      return NULL;
    }
  return g_steal_pointer (&path);
}

/**
 * inf_results_add:
 * @results: results
 * @name: a job's name, prepared
 * @manifest: what has been added so far; the output is added to it
 * @host: whose file it is; one of @manifest's. Hosts are added in their order, rank 0's first
 * @path: relative to /job
 * @fd: the content, read from where it stands
 * @sha256: what the host stated
 * @size_bytes: what the host stated
 * @error: #INF_ERROR_CORRUPT when the content is another; #INF_ERROR_INVALID for a path that would
 *   not stay in the folder; #INF_ERROR_FAILED
 *
 * Copies the file into the folder, verified. When an earlier host had the same file, nothing is
 * added; when it had another of that name, this one goes to `from-HOSTNAME/`.
 *
 * Returns: whether the result has the file
 */
gboolean
inf_results_add (InfResults *results, const char *name, InfManifest *manifest,
                 const InfManifestHost *host, const char *path, int fd, const guint8 sha256[32],
                 guint64 size_bytes, GError **error)
{
  const InfManifestOutput *same = inf_manifest_find_output (manifest, path);

  if (same && same->size_bytes == size_bytes && memcmp (same->sha256, sha256, 32) == 0)
    return TRUE;
  g_autofree char *place = inf_result_place_choose (manifest, host, path);
  if (!inf_job_path_is_safe (path) || !inf_job_path_is_safe (place))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "output “%s” of %s has a path that can't be used", path, host->name);
      return FALSE;
    }
  int dir_fd = inf_results_open_folder (results, name, error);
  if (dir_fd < 0)
    return FALSE;
  gboolean ok = inf_result_file_copy (fd, dir_fd, place, sha256, size_bytes, NULL, error);
  close (dir_fd);
  if (ok)
    inf_manifest_add_output (manifest, place, &host->peer_id, sha256, size_bytes);
  else
    g_prefix_error (error, "output of %s: ", host->name);
  return ok;
}

static gboolean
write_file (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (path, text, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                                &local))
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_FAILED, local->message);
  return FALSE;
}

/**
 * inf_results_finish:
 * @results: results
 * @name: a job's name, prepared
 * @manifest: all about it
 * @error: #INF_ERROR_FAILED
 *
 * Writes the manifest, and with it makes the folder a result.
 *
 * Returns: whether it was written
 */
gboolean
inf_results_finish (InfResults *results, const char *name, const InfManifest *manifest,
                    GError **error)
{
  g_autofree char *folder = inf_results_get_path (results, name);
  g_autofree char *json = inf_manifest_to_json (manifest);
  guint8 sha256[INF_SHA256_SIZE_BYTES];

  if (!check_name (name, error))
    return FALSE;
  inf_sha256_of_data (json, strlen (json), sha256);
  g_autofree char *hex = inf_sha256_to_hex (sha256);
  g_autofree char *line = g_strdup_printf ("%s  %s\n", hex, INF_RESULTS_MANIFEST);
  return write_file (folder, INF_RESULTS_MANIFEST_HASH, line, error)
         && write_file (folder, INF_RESULTS_MANIFEST, json, error);
}

/**
 * inf_results_add_log:
 * @results: results
 * @name: a job's name, prepared
 * @path: what the job's program printed; nothing is added when there is no such file
 * @error: #INF_ERROR_FAILED
 *
 * Returns: whether the result has the log, if there is one
 */
gboolean
inf_results_add_log (InfResults *results, const char *name, const char *path, GError **error)
{
  g_autofree char *folder = inf_results_get_path (results, name);
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = g_file_new_build_filename (folder, INF_RESULTS_LOG, NULL);
  g_autoptr (GError) local = NULL;

  if (!check_name (name, error))
    return FALSE;
  if (g_file_copy (from, to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_NOFOLLOW_SYMLINKS, NULL, NULL,
                   NULL, &local)
      || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "log: %s", local->message);
  return FALSE;
}

static GBytes *
read_file (int dir_fd, const char *name, GError **error)
{
  int fd = inf_result_file_open (dir_fd, name, error);
  struct stat status;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) != 0 || status.st_size > MAX_MANIFEST_SIZE_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE, "%s is too large", name);
      close (fd);
      return NULL;
    }
  g_autofree guint8 *data = g_malloc ((gsize)status.st_size + 1);
  gsize size = 0;
  gssize n = 1;
  while (size < (gsize)status.st_size && n > 0)
    {
      n = read (fd, data + size, (gsize)status.st_size - size);
      if (n > 0)
        size += (gsize)n;
    }
  close (fd);
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

static gboolean
check_manifest_hash (int dir_fd, GBytes *json, GError **error)
{
  g_autoptr (GBytes) line = read_file (dir_fd, INF_RESULTS_MANIFEST_HASH, error);
  guint8 sha256[INF_SHA256_SIZE_BYTES];
  gsize size;

  if (!line)
    return FALSE;
  inf_sha256_of_data (g_bytes_get_data (json, NULL), g_bytes_get_size (json), sha256);
  g_autofree char *hex = inf_sha256_to_hex (sha256);
  const char *text = g_bytes_get_data (line, &size);
  if (size > strlen (hex) && strncmp (text, hex, strlen (hex)) == 0)
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_CORRUPT,
                       INF_RESULTS_MANIFEST
                       " was changed after the job: it does not match " INF_RESULTS_MANIFEST_HASH);
  return FALSE;
}

InfManifest *
inf_results_load_from (int dir_fd, GBytes **ret_json, GError **error)
{
  g_autoptr (GBytes) json = read_file (dir_fd, INF_RESULTS_MANIFEST, error);
  InfManifest *manifest;

  if (!json || !check_manifest_hash (dir_fd, json, error))
    return NULL;
  manifest = inf_manifest_from_json (g_bytes_get_data (json, NULL), (gssize)g_bytes_get_size (json),
                                     error);
  if (manifest && ret_json)
    *ret_json = g_steal_pointer (&json);
  return manifest;
}

/**
 * inf_results_load:
 * @results: results
 * @name: a job's name
 * @error: #INF_ERROR_NOT_FOUND, or #INF_ERROR_CORRUPT when the manifest was changed
 *
 * Returns: (transfer full) (nullable): its manifest
 */
InfManifest *
inf_results_load (InfResults *results, const char *name, GError **error)
{
  int dir_fd = inf_results_open_folder (results, name, error);

  if (dir_fd < 0)
    return NULL;
  InfManifest *manifest = inf_results_load_from (dir_fd, NULL, error);
  close (dir_fd);
  if (!manifest)
    g_prefix_error (error, "result %s: ", name);
  return manifest;
}

static InfResultCheck
check_output (int dir_fd, const InfManifestOutput *output)
{
  guint8 sha256[INF_SHA256_SIZE_BYTES];
  guint64 size_bytes;
  int fd = inf_result_file_open (dir_fd, output->path, NULL);

  if (fd < 0)
    return INF_RESULT_MISSING;
  gboolean ok = inf_sha256_of_fd (fd, sha256, &size_bytes, NULL);
  close (fd);
  if (ok && size_bytes == output->size_bytes && memcmp (sha256, output->sha256, 32) == 0)
    return INF_RESULT_VERIFIED;
  return INF_RESULT_CHANGED;
}

/**
 * inf_results_verify:
 * @results: results
 * @name: a job's name
 * @error: as inf_results_load()
 *
 * Hashes every output again. Takes as long as reading them does.
 *
 * Returns: (transfer full) (element-type InfResultFile) (nullable): one a manifest's output, in its
 *   order
 */
GPtrArray *
inf_results_verify (InfResults *results, const char *name, GError **error)
{
  int dir_fd = inf_results_open_folder (results, name, error);
  g_autoptr (InfManifest) manifest
      = dir_fd >= 0 ? inf_results_load_from (dir_fd, NULL, error) : NULL;
  GPtrArray *files = NULL;

  if (manifest)
    files = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_result_file_free);
  for (guint i = 0; manifest && i < manifest->outputs->len; i++)
    {
      const InfManifestOutput *output = manifest->outputs->pdata[i];
      InfResultFile *file = g_new0 (InfResultFile, 1);
      file->path = g_strdup (output->path);
      file->size_bytes = output->size_bytes;
      file->check = check_output (dir_fd, output);
      g_ptr_array_add (files, file);
    }
  if (dir_fd >= 0)
    close (dir_fd);
  return files;
}

typedef struct
{
  char *name;
  gint64 modified_us;
} Entry;

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const Entry *one = a, *other = b;

  if (one->modified_us != other->modified_us)
    return one->modified_us < other->modified_us ? 1 : -1;
  return strcmp (one->name, other->name);
}

/**
 * inf_results_list:
 * @results: results
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the names of those that are complete, the newest first
 */
GStrv
inf_results_list (InfResults *results, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GDir) dir = g_dir_open (results->dir, 0, &local);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  const char *name;

  if (!dir && !g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_FAILED, local->message);
      return NULL;
    }
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (results->dir, name, INF_RESULTS_MANIFEST, NULL);
      struct stat status;
      if (!inf_job_name_is_safe (name) || lstat (path, &status) != 0)
        continue;
      Entry entry = { .name = g_strdup (name),
                      .modified_us = (gint64)status.st_mtim.tv_sec * G_USEC_PER_SEC
                                     + status.st_mtim.tv_nsec / 1000 };
      g_array_append_val (entries, entry);
    }
  g_array_sort (entries, compare_newest_first);
  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = &g_array_index (entries, Entry, i);
      g_strv_builder_add (names, entry->name);
      g_free (entry->name);
    }
  return g_strv_builder_end (names);
}

/**
 * inf_results_remove:
 * @results: results
 * @name: a job's name
 * @error: #INF_ERROR_INVALID, #INF_ERROR_NOT_FOUND or #INF_ERROR_FAILED
 *
 * Returns: whether the folder is gone
 */
gboolean
inf_results_remove (InfResults *results, const char *name, GError **error)
{
  int dir_fd;

  if (!check_name (name, error))
    return FALSE;
  dir_fd = open (results->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir_fd < 0 || !inf_result_file_exists (dir_fd, name))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "there is no result “%s”", name);
      if (dir_fd >= 0)
        close (dir_fd);
      return FALSE;
    }
  gboolean ok = inf_result_file_remove_tree (dir_fd, name, error);
  close (dir_fd);
  return ok;
}
