#include "results/inf-results-private.h"

#include "common/inf-error.h"
#include "results/inf-result-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static gboolean
check_no_conflict (GPtrArray *outputs, int to_fd, const char *to_dir, GError **error)
{
  for (guint i = 0; i < outputs->len; i++)
    {
      const InfManifestOutput *output = outputs->pdata[i];
      if (!inf_result_file_exists (to_fd, output->path))
        continue;
      g_set_error (error, INF_ERROR, INF_ERROR_EXISTS,
                   "%s/%s exists already; nothing was written, choose another directory", to_dir,
                   output->path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
copy_output (const InfManifestOutput *output, int from_fd, int to_fd, InfCopy *copy, GError **error)
{
  int fd = inf_result_file_open (from_fd, output->path, error);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = inf_result_file_copy (fd, to_fd, output->path, output->sha256, output->size_bytes, copy,
                             error);
  close (fd);
  return ok;
}

/* Returns: (transfer full) (element-type utf8): the directories that copying is going to make, each
 * before those in it */
static GPtrArray *
list_missing (GPtrArray *outputs, int to_fd)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < outputs->len; i++)
    {
      const char *path = ((const InfManifestOutput *)outputs->pdata[i])->path;
      for (const char *slash = strchr (path, '/'); slash; slash = strchr (slash + 1, '/'))
        {
          char *directory = g_strndup (path, (gsize)(slash - path));
          if (inf_result_file_exists (to_fd, directory) || g_hash_table_contains (seen, directory))
            {
              g_free (directory);
              continue;
            }
          g_hash_table_add (seen, directory);
          g_ptr_array_add (missing, directory);
        }
    }
  return missing;
}

/* As far as nobody has put something else there. */
static void
take_back (GPtrArray *outputs, guint n_copied, GPtrArray *made, int to_fd)
{
  for (guint i = 0; i < n_copied; i++)
    unlinkat (to_fd, ((const InfManifestOutput *)outputs->pdata[i])->path, 0);
  for (guint i = made->len; i > 0; i--)
    unlinkat (to_fd, made->pdata[i - 1], AT_REMOVEDIR);
}

/* All of them, or none: what replaces nothing is taken back when it can't be completed. */
static gboolean
copy_outputs (GPtrArray *outputs, int from_fd, int to_fd, gboolean replace, InfCopy *copy,
              GError **error)
{
  g_autoptr (GPtrArray) made = list_missing (outputs, to_fd);
  guint64 total_bytes = 0;
  guint n_copied = 0;

  for (guint i = 0; i < outputs->len; i++)
    total_bytes += ((const InfManifestOutput *)outputs->pdata[i])->size_bytes;
  inf_copy_expect (copy, total_bytes);
  while (n_copied < outputs->len
         && copy_output (outputs->pdata[n_copied], from_fd, to_fd, copy, error))
    n_copied++;
  if (n_copied < outputs->len && !replace)
    take_back (outputs, n_copied, made, to_fd);
  return n_copied == outputs->len;
}

/* Returns: (transfer container): the outputs of these names, all of them for %NULL */
static GPtrArray *
choose_outputs (const InfManifest *manifest, const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) outputs = g_ptr_array_new ();

  if (!names)
    return g_ptr_array_ref (manifest->outputs);
  for (; *names; names++)
    {
      const InfManifestOutput *output = inf_manifest_find_output (manifest, *names);
      if (!output)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "result %s has no output “%s”",
                       manifest->job_name, *names);
          return NULL;
        }
      g_ptr_array_add (outputs, (gpointer)output);
    }
  if (outputs->len > 0)
    return g_steal_pointer (&outputs);
  g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "no output was named");
  return NULL;
}

static int
open_export_dir (const char *to_dir, GError **error)
{
  int fd = -1;

  if (g_mkdir_with_parents (to_dir, 0777) == 0)
    fd = open (to_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    {
      int saved = errno;
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't use the directory %s: %s", to_dir,
                   g_strerror (saved));
    }
  return fd;
}

/**
 * inf_results_export:
 * @results: results
 * @name: a job's name
 * @outputs: (nullable) (array zero-terminated=1): which, by their relative names; %NULL for all
 * @to_dir: a directory, made when it does not exist
 * @replace: whether files there that have an output's name are replaced
 * @copy: (nullable): told how far it is
 * @error: #INF_ERROR_EXISTS when one is there and may not be; #INF_ERROR_NOT_FOUND when there is no
 *   such output; #INF_ERROR_CORRUPT when an output was changed since the job; #INF_ERROR_INVALID;
 *   #INF_ERROR_CANCELLED by @copy; as inf_results_load()
 *
 * Copies outputs, verified once more. Each file appears whole or not at all; unless they @replace
 * others, all of them do or none.
 *
 * Returns: whether all of them are in @to_dir
 */
gboolean
inf_results_export (InfResults *results, const char *name, const char *const *outputs,
                    const char *to_dir, gboolean replace, InfCopy *copy, GError **error)
{
  int from_fd = inf_results_open_folder (results, name, error);
  g_autoptr (InfManifest) manifest
      = from_fd >= 0 ? inf_results_load_from (from_fd, NULL, error) : NULL;
  g_autoptr (GPtrArray) chosen = manifest ? choose_outputs (manifest, outputs, error) : NULL;
  gboolean is_new = !g_file_test (to_dir, G_FILE_TEST_EXISTS);
  int to_fd = chosen ? open_export_dir (to_dir, error) : -1;
  gboolean ok = to_fd >= 0 && (replace || check_no_conflict (chosen, to_fd, to_dir, error))
                && copy_outputs (chosen, from_fd, to_fd, replace, copy, error);

  if (from_fd >= 0)
    close (from_fd);
  if (to_fd >= 0)
    close (to_fd);
  /* when it is empty */
  if (!ok && is_new)
    g_rmdir (to_dir);
  return ok;
}
