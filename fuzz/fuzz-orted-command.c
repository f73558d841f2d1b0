#include "grid/sandbox/inf-orted-command.h"

#include "common/inf-error.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  g_autofree char *line = g_strndup ((const char *)data, size_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfOrtedCommand) command = inf_orted_command_parse (line, &error);

  if (!command)
    {
      g_assert_true (error->domain == INF_ERROR);
      return 0;
    }
  g_auto (GStrv) argv = inf_orted_command_to_argv (command);
  g_assert_cmpstr (argv[0], ==, "orted");
  for (guint i = 1; argv[i]; i += 3)
    {
      g_assert_cmpstr (argv[i], ==, "-mca");
      g_assert_nonnull (argv[i + 1]);
      g_assert_nonnull (argv[i + 2]);
      g_assert_null (strpbrk (argv[i + 2], "\"`$\\"));
    }
  return 0;
}
