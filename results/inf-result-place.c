#include "results/inf-result-place.h"

#include "grid/jobs/inf-job-name.h"
#include "results/inf-results.h"

#include <string.h>

/* The rules of docs/results.md for names: files of several hosts go to one folder, and none hides
 * another or one of Infinity's own. */

#define FROM_PREFIX "from-"

/* Infinity's own names, and those of the folders for other hosts' files, at top level. */
static gboolean
is_reserved (const char *path)
{
  return g_str_equal (path, INF_RESULTS_MANIFEST) || g_str_equal (path, INF_RESULTS_MANIFEST_HASH)
         || g_str_equal (path, INF_RESULTS_LOG) || g_str_has_prefix (path, FROM_PREFIX)
         || g_str_has_prefix (path, INF_RESULTS_MANIFEST "/")
         || g_str_has_prefix (path, INF_RESULTS_MANIFEST_HASH "/")
         || g_str_has_prefix (path, INF_RESULTS_LOG "/");
}

/* Whether one of the two is the directory that the other lies in. */
static gboolean
is_below (const char *path, const char *dir)
{
  gsize length = strlen (dir);

  return strncmp (path, dir, length) == 0 && path[length] == '/';
}

static gboolean
is_free (const InfManifest *manifest, const char *path)
{
  if (inf_manifest_find_output (manifest, path))
    return FALSE;
  for (guint i = 0; i < manifest->outputs->len; i++)
    {
      const InfManifestOutput *output = manifest->outputs->pdata[i];
      if (is_below (path, output->path) || is_below (output->path, path))
        return FALSE;
    }
  return TRUE;
}

/**
 * inf_result_place_choose:
 * @manifest: what the result has so far
 * @host: whose file it is
 * @path: relative to /job
 *
 * At the top as long as nobody was first, else below a folder of the host's own, whose name gets a
 * piece of the peer id when two hosts have one name.
 *
 * Returns: (transfer full): where in the result's folder the file is to go; not checked to be safe
 */
char *
inf_result_place_choose (const InfManifest *manifest, const InfManifestHost *host, const char *path)
{
  g_autofree char *short_id = inf_peer_id_to_short (&host->peer_id);
  const char *name = inf_job_name_is_safe (host->name) ? host->name : "host";

  if (!is_reserved (path) && is_free (manifest, path))
    return g_strdup (path);
  g_autofree char *below = g_strdup_printf (FROM_PREFIX "%s/%s", name, path);
  if (is_free (manifest, below))
    return g_steal_pointer (&below);
  return g_strdup_printf (FROM_PREFIX "%s-%s/%s", name, short_id, path);
}
