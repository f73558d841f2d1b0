#include "common/inf-paths.h"

#include "config.h"

/**
 * inf_paths_state_dir:
 *
 * Returns: (transfer full): the directory that holds all state of this user's node:
 *   `$INFINITY_HOME`, else `infinity` below `$XDG_STATE_HOME`. It may not exist yet.
 */
char *
inf_paths_state_dir (void)
{
  const char *home = g_getenv ("INFINITY_HOME");

  if (home && *home)
    return g_canonicalize_filename (home, NULL);
  return g_build_filename (g_get_user_state_dir (), "infinity", NULL);
}

/**
 * inf_paths_socket:
 * @state_dir: a node's state directory
 *
 * Returns: (transfer full): the path of the node's D-Bus socket
 */
char *
inf_paths_socket (const char *state_dir)
{
  return g_build_filename (state_dir, "bus", NULL);
}

/**
 * inf_paths_helper:
 * @program: a program of the project, such as "infinity-sandbox"
 *
 * Looks beside the running program (a build tree, or a prefix that was moved), then in the
 * installed places.
 *
 * Returns: (transfer full): the program's path, whether it exists or not
 */
char *
inf_paths_helper (const char *program)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *override = g_getenv ("INFINITY_LIBEXEC_DIR");

  if (override && *override)
    return g_build_filename (override, program, NULL);
  if (self)
    {
      g_autofree char *self_dir = g_path_get_dirname (self);
      const char *places[]
          = { ".",     "../libexec/infinity", "../daemon", "../grid/sandbox", "../cli", "../tasks",
              "../lab" };
      for (guint i = 0; i < G_N_ELEMENTS (places); i++)
        {
          g_autofree char *path = g_build_filename (self_dir, places[i], program, NULL);
          if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
            return g_canonicalize_filename (path, NULL);
        }
    }
  return g_build_filename (INF_LIBEXEC_DIR, program, NULL);
}
