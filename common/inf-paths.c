#include "common/inf-paths.h"

#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

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

/* Whether @path may be run in this program's place: nobody but root, this user and the owner of
 * this very program (root, as a user namespace shows it) can have put it there. */
static gboolean
is_trusted (const char *path, const struct stat *self)
{
  g_autofree char *dir = g_path_get_dirname (path);
  struct stat file, place;

  if (stat (path, &file) != 0 || stat (dir, &place) != 0 || !S_ISREG (file.st_mode))
    return FALSE;
  if (access (path, X_OK) != 0 || ((file.st_mode | place.st_mode) & S_IWOTH))
    return FALSE;
  return (file.st_uid == 0 || file.st_uid == geteuid () || file.st_uid == self->st_uid)
         && (place.st_uid == 0 || place.st_uid == geteuid () || place.st_uid == self->st_uid);
}

static char *
find_trusted (const char *base, const char *const *places, const char *program,
              const struct stat *self)
{
  for (guint i = 0; places[i]; i++)
    {
      g_autofree char *path = g_build_filename (base, places[i], program, NULL);
      g_autofree char *canonical = g_canonicalize_filename (path, NULL);

      if (is_trusted (canonical, self))
        return g_steal_pointer (&canonical);
    }
  return NULL;
}

/**
 * inf_paths_helper:
 * @program: a program of the project, such as "infinity-sandbox"
 *
 * Looks beside the running program and in the libexec directory beside its own, which finds it in a
 * prefix that was moved; in the folders of a build tree, when the program is in one; then in the
 * installed place. What others than root, this user or the owner of the running program may have
 * put there is passed over. `$INFINITY_LIBEXEC_DIR` goes before all.
 *
 * Returns: (transfer full): the program's path, whether it exists or not
 */
char *
inf_paths_helper (const char *program)
{
  static const char *const installed[] = { ".", "../libexec/infinity", "../../bin", NULL };
  static const char *const built[]
      = { "../daemon", "../grid/sandbox", "../cli", "../tasks", "../lab", NULL };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *override = g_getenv ("INFINITY_LIBEXEC_DIR");
  struct stat info;
  char *path = NULL;

  if (override && *override)
    return g_build_filename (override, program, NULL);
  if (self && stat ("/proc/self/exe", &info) == 0)
    {
      g_autofree char *dir = g_path_get_dirname (self);
      g_autofree char *mark = g_build_filename (dir, "..", "build.ninja", NULL);

      path = find_trusted (dir, installed, program, &info);
      if (!path && g_file_test (mark, G_FILE_TEST_IS_REGULAR))
        path = find_trusted (dir, built, program, &info);
    }
  return path ? path : g_build_filename (INF_LIBEXEC_DIR, program, NULL);
}

/**
 * inf_paths_data:
 * @name: a directory of data that the project installs, such as "tasks"
 *
 * Looks in the data directory beside the running program's own, which finds it in a prefix that was
 * moved; in the build tree, when the program is in one; then in the installed place.
 * `$INFINITY_DATA_DIR` goes before all.
 *
 * Returns: (transfer full): the directory's path, whether it exists or not
 */
char *
inf_paths_data (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *override = g_getenv ("INFINITY_DATA_DIR");

  if (override && *override)
    return g_build_filename (override, name, NULL);
  if (self)
    {
      g_autofree char *dir = g_path_get_dirname (self);
      g_autofree char *mark = g_build_filename (dir, "..", "build.ninja", NULL);
      g_autofree char *moved = g_build_filename (dir, "..", "share", "infinity", name, NULL);
      g_autofree char *built = g_build_filename (dir, "..", name, NULL);

      if (g_file_test (moved, G_FILE_TEST_IS_DIR))
        return g_canonicalize_filename (moved, NULL);
      if (g_file_test (mark, G_FILE_TEST_IS_REGULAR) && g_file_test (built, G_FILE_TEST_IS_DIR))
        return g_canonicalize_filename (built, NULL);
    }
  return g_build_filename (INF_DATA_DIR, name, NULL);
}
