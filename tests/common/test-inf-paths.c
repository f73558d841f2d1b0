#include "common/inf-paths.h"

#include <glib/gstdio.h>
#include <string.h>

/* Where a program looks depends on where it is: each test runs a copy of this program, which prints
 * what inf_paths_helper() finds from there. */

typedef struct
{
  char *root;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->root = g_dir_make_tmp ("inf-paths-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->root);
  g_free (fixture->root);
}

static void
put (Fixture *fixture, const char *name, const char *bytes, gsize size, int mode)
{
  g_autofree char *path = g_build_filename (fixture->root, name, NULL);
  g_autofree char *dir = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
  g_file_set_contents (path, bytes, size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
put_helper (Fixture *fixture, const char *name)
{
  put (fixture, name, "#!/bin/sh\n", 10, 0755);
}

/* Asserts that the program @self, put into the tree, prints @expected of it; %NULL for nothing of
 * it. */
static void
assert_prints (Fixture *fixture, const char *self, const char *option, const char *name,
               const char *expected)
{
  g_autofree char *program = g_build_filename (fixture->root, self, NULL);
  g_autofree char *wanted = expected ? g_build_filename (fixture->root, expected, NULL) : NULL;
  char *argv[] = { program, (char *)option, (char *)name, NULL };
  g_autofree char *bytes = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;
  gsize size = 0;
  int status = 0;

  g_file_get_contents ("/proc/self/exe", &bytes, &size, &error);
  g_assert_no_error (error);
  put (fixture, self, bytes, size, 0755);
  g_spawn_sync (NULL, argv, NULL, 0, NULL, NULL, &found, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  if (wanted)
    g_assert_cmpstr (found, ==, wanted);
  else
    g_assert_false (g_str_has_prefix (found, fixture->root));
}

static void
assert_finds (Fixture *fixture, const char *self, const char *expected)
{
  assert_prints (fixture, self, "--find", "helper", expected);
}

static void
assert_finds_data (Fixture *fixture, const char *self, const char *expected)
{
  assert_prints (fixture, self, "--find-data", "things", expected);
}

static void
test_installed (Fixture *fixture, gconstpointer data)
{
  put_helper (fixture, "libexec/infinity/helper");
  assert_finds (fixture, "bin/self", "libexec/infinity/helper");
  put_helper (fixture, "bin/helper");
  assert_finds (fixture, "bin/self", "bin/helper");
}

static void
test_from_libexec (Fixture *fixture, gconstpointer data)
{
  put_helper (fixture, "bin/helper");
  assert_finds (fixture, "libexec/infinity/self", "bin/helper");
}

static void
test_folders_of_a_build_tree_only (Fixture *fixture, gconstpointer data)
{
  put_helper (fixture, "daemon/helper");
  assert_finds (fixture, "cli/self", NULL);
  put (fixture, "build.ninja", "", 0, 0644);
  assert_finds (fixture, "cli/self", "daemon/helper");
}

static void
test_not_where_anybody_writes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (fixture->root, "bin", NULL);

  put_helper (fixture, "bin/helper");
  assert_finds (fixture, "bin/self", "bin/helper");
  g_assert_cmpint (g_chmod (dir, 01777), ==, 0);
  assert_finds (fixture, "bin/self", NULL);
}

static void
test_no_file_that_anybody_writes (Fixture *fixture, gconstpointer data)
{
  put (fixture, "bin/helper", "", 0, 0777);
  assert_finds (fixture, "bin/self", NULL);
}

static void
test_programs_only (Fixture *fixture, gconstpointer data)
{
  put (fixture, "bin/helper", "", 0, 0644);
  assert_finds (fixture, "bin/self", NULL);
}

static void
test_data (Fixture *fixture, gconstpointer data)
{
  assert_finds_data (fixture, "daemon/self", NULL);
  put (fixture, "build.ninja", "", 0, 0644);
  put (fixture, "things/one", "", 0, 0644);
  assert_finds_data (fixture, "daemon/self", "things");
  put (fixture, "share/infinity/things/one", "", 0, 0644);
  assert_finds_data (fixture, "bin/self", "share/infinity/things");
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--find-data") == 0)
    {
      g_autofree char *path = inf_paths_data (argv[2]);
      g_print ("%s", path);
      return 0;
    }
  if (argc == 3 && strcmp (argv[1], "--find") == 0)
    {
      g_autofree char *path = inf_paths_helper (argv[2]);
      g_print ("%s", path);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("INFINITY_LIBEXEC_DIR");
  g_unsetenv ("INFINITY_DATA_DIR");
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/paths/helper/installed", test_installed);
  ADD ("/paths/helper/from-libexec", test_from_libexec);
  ADD ("/paths/helper/folders-of-a-build-tree-only", test_folders_of_a_build_tree_only);
  ADD ("/paths/helper/not-where-anybody-writes", test_not_where_anybody_writes);
  ADD ("/paths/helper/no-file-that-anybody-writes", test_no_file_that_anybody_writes);
  ADD ("/paths/helper/programs-only", test_programs_only);
  ADD ("/paths/data", test_data);
  return g_test_run ();
}
