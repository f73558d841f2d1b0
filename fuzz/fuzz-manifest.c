#include "results/inf-manifest.h"

#include "grid/jobs/inf-job-name.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  g_autoptr (InfManifest) manifest
      = inf_manifest_from_json ((const char *)data, (gssize)size_bytes, NULL);

  if (!manifest)
    return 0;
  for (guint i = 0; i < manifest->outputs->len; i++)
    g_assert_true (inf_job_path_is_safe (((InfManifestOutput *)manifest->outputs->pdata[i])->path));
  g_autofree char *json = inf_manifest_to_json (manifest);
  g_autoptr (InfManifest) again = inf_manifest_from_json (json, -1, NULL);
  g_assert_nonnull (again);
  return 0;
}
