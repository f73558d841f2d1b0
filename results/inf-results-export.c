#include "results/inf-results-private.h"

#include "common/inf-error.h"
#include "results/inf-result-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
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
copy_outputs (GPtrArray *outputs, int from_fd, int to_fd, GError **error)
{
  for (guint i = 0; i < outputs->len; i++)
    {
      const InfManifestOutput *output = outputs->pdata[i];
      int fd = inf_result_file_open (from_fd, output->path, error);
      if (fd < 0)
        return FALSE;
      gboolean ok = inf_result_file_copy (fd, to_fd, output->path, output->sha256,
                                          output->size_bytes, error);
      close (fd);
      if (!ok)
        return FALSE;
    }
  return TRUE;
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
 * @error: #INF_ERROR_EXISTS when one is there and may not be; #INF_ERROR_NOT_FOUND when there is no
 *   such output; #INF_ERROR_CORRUPT when an output was changed since the job; #INF_ERROR_INVALID;
 *   as inf_results_load()
 *
 * Copies outputs, verified once more. Each file appears whole or not at all.
 *
 * Returns: whether all of them are in @to_dir
 */
gboolean
inf_results_export (InfResults *results, const char *name, const char *const *outputs,
                    const char *to_dir, gboolean replace, GError **error)
{
  int from_fd = inf_results_open_folder (results, name, error);
  g_autoptr (InfManifest) manifest
      = from_fd >= 0 ? inf_results_load_from (from_fd, NULL, error) : NULL;
  g_autoptr (GPtrArray) chosen = manifest ? choose_outputs (manifest, outputs, error) : NULL;
  int to_fd = chosen ? open_export_dir (to_dir, error) : -1;
  gboolean ok = to_fd >= 0 && (replace || check_no_conflict (chosen, to_fd, to_dir, error))
                && copy_outputs (chosen, from_fd, to_fd, error);

  if (from_fd >= 0)
    close (from_fd);
  if (to_fd >= 0)
    close (to_fd);
  return ok;
}
