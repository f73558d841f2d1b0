#include "client-app/inf-job-file.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is read is written so that it is read the same again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GVariant) spec
      = inf_job_file_parse ((const char *)data, size, "/home/user/jobs", NULL);
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GVariant) inputs = NULL;
  g_autoptr (GVariant) inputs_again = NULL;
  g_autofree char *text = NULL;

  if (!spec)
    return 0;
  text = inf_job_file_format (spec, "/home/user/jobs");
  again = inf_job_file_parse (text, strlen (text), "/home/user/jobs", NULL);
  g_assert_nonnull (again);
  inputs = g_variant_lookup_value (spec, "inputs", NULL);
  inputs_again = g_variant_lookup_value (again, "inputs", NULL);
  g_assert_true (g_variant_equal (inputs, inputs_again));
  return 0;
}
