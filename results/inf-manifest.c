#include "results/inf-manifest.h"

#include <string.h>

static void
host_free (gpointer data)
{
  InfManifestHost *host = data;

  g_free (host->name);
  g_clear_pointer (&host->statement, g_bytes_unref);
  g_free (host);
}

static void
output_free (gpointer data)
{
  InfManifestOutput *output = data;

  g_free (output->path);
  g_free (output);
}

/**
 * inf_manifest_new:
 *
 * Returns: (transfer full): an empty manifest, to be filled in
 */
InfManifest *
inf_manifest_new (void)
{
  InfManifest *manifest = g_new0 (InfManifest, 1);

  manifest->args = g_new0 (char *, 1);
  manifest->hosts = g_ptr_array_new_with_free_func (host_free);
  manifest->outputs = g_ptr_array_new_with_free_func (output_free);
  return manifest;
}

void
inf_manifest_free (InfManifest *manifest)
{
  if (!manifest)
    return;
  g_free (manifest->job_id);
  g_free (manifest->job_name);
  g_free (manifest->state);
  g_free (manifest->reason);
  g_free (manifest->summary);
  g_free (manifest->program);
  g_free (manifest->program_sha256);
  g_strfreev (manifest->args);
  g_ptr_array_unref (manifest->hosts);
  g_ptr_array_unref (manifest->outputs);
  g_free (manifest);
}

/**
 * inf_manifest_add_host:
 * @manifest: a manifest
 * @peer_id: who it is
 * @name: its name
 *
 * Returns: (transfer none): the host, to be filled in further
 */
InfManifestHost *
inf_manifest_add_host (InfManifest *manifest, const InfPeerId *peer_id, const char *name)
{
  InfManifestHost *host = g_new0 (InfManifestHost, 1);

  host->peer_id = *peer_id;
  host->name = g_strdup (name);
  g_ptr_array_add (manifest->hosts, host);
  return host;
}

static guint
find_place (const InfManifest *manifest, const char *path, gboolean *ret_is_there)
{
  guint low = 0, high = manifest->outputs->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const InfManifestOutput *output = manifest->outputs->pdata[middle];
      int order = strcmp (output->path, path);
      if (order == 0)
        {
          *ret_is_there = TRUE;
          return middle;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  *ret_is_there = FALSE;
  return low;
}

/**
 * inf_manifest_find_output:
 * @manifest: a manifest
 * @path: relative to the result's folder
 *
 * Returns: (transfer none) (nullable): the output of that path
 */
const InfManifestOutput *
inf_manifest_find_output (const InfManifest *manifest, const char *path)
{
  gboolean is_there;
  guint place = find_place (manifest, path, &is_there);

  return is_there ? manifest->outputs->pdata[place] : NULL;
}

/**
 * inf_manifest_add_output:
 * @manifest: a manifest
 * @path: relative to the result's folder
 * @host: who made it
 * @sha256: what it must hash to
 * @size_bytes: its length
 *
 * Keeps the outputs sorted. An output of the same path is replaced.
 *
 * Returns: (transfer none): the output
 */
InfManifestOutput *
inf_manifest_add_output (InfManifest *manifest, const char *path, const InfPeerId *host,
                         const guint8 sha256[32], guint64 size_bytes)
{
  gboolean is_there;
  guint place = find_place (manifest, path, &is_there);
  InfManifestOutput *output;

  if (is_there)
    output = manifest->outputs->pdata[place];
  else
    {
      output = g_new0 (InfManifestOutput, 1);
      output->path = g_strdup (path);
      g_ptr_array_insert (manifest->outputs, (int)place, output);
    }
  output->host = *host;
  memcpy (output->sha256, sha256, sizeof output->sha256);
  output->size_bytes = size_bytes;
  return output;
}
