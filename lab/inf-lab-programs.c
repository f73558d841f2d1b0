#include "lab/inf-lab-programs.h"

#include "common/inf-paths.h"

/**
 * inf_lab_programs_find:
 * @program: one of the lab's own programs
 *
 * The tests' programs lie deeper in a build tree than inf_paths_helper() looks; they are told where
 * it is.
 *
 * Returns: (transfer full): its path, whether it exists or not
 */
char *
inf_lab_programs_find (const char *program)
{
  const char *root = g_getenv ("INFINITY_TEST_ROOT");

  if (root && *root)
    {
      g_autofree char *path = g_build_filename (root, "lab", program, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  return inf_paths_helper (program);
}
