#include "common/inf-tree.h"

#include "common/inf-error.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH 300

typedef struct
{
  char *dir;
  char *tree;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-tree-XXXXXX", NULL);
  fixture->tree = g_build_filename (fixture->dir, "tree", NULL);
  g_assert_cmpint (g_mkdir (fixture->tree, 0700), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->tree);
  g_free (fixture->dir);
}

static void
remove_it (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_tree_remove (fixture->tree, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (fixture->tree, G_FILE_TEST_EXISTS));
}

/* A link goes, and what it leads to stays. */
static void
test_links_are_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *kept_dir = g_build_filename (fixture->dir, "kept", NULL);
  g_autofree char *kept = g_build_filename (kept_dir, "file", NULL);
  g_autofree char *to_dir = g_build_filename (fixture->tree, "to-dir", NULL);
  g_autofree char *to_file = g_build_filename (fixture->tree, "to-file", NULL);

  g_assert_cmpint (g_mkdir (kept_dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (kept, "kept", -1, NULL));
  g_assert_cmpint (symlink (kept_dir, to_dir), ==, 0);
  g_assert_cmpint (symlink (kept, to_file), ==, 0);
  remove_it (fixture);
  g_assert_true (g_file_test (kept, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (g_unlink (kept), ==, 0);
  g_assert_cmpint (g_rmdir (kept_dir), ==, 0);
}

static void
test_a_link_is_no_tree (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink (fixture->tree, link), ==, 0);
  g_assert_false (inf_tree_remove (link, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_FAILED);
  g_assert_cmpint (g_unlink (link), ==, 0);
  remove_it (fixture);
}

static void
test_no_depth_is_too_deep (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) path = g_string_new (fixture->tree);

  for (guint i = 0; i < DEPTH; i++)
    g_string_append (path, "/d");
  g_assert_cmpint (g_mkdir_with_parents (path->str, 0700), ==, 0);
  remove_it (fixture);
}

static void
test_permissions_do_not_matter (Fixture *fixture, gconstpointer data)
{
  g_autofree char *locked = g_build_filename (fixture->tree, "locked", NULL);
  g_autofree char *file = g_build_filename (locked, "file", NULL);

  g_assert_cmpint (g_mkdir (locked, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "x", -1, NULL));
  g_assert_cmpint (chmod (locked, 0), ==, 0);
  remove_it (fixture);
}

static void
test_nothing_is_gone (Fixture *fixture, gconstpointer data)
{
  remove_it (fixture);
  remove_it (fixture);
}

#define ADD(path, function) g_test_add ("/tree/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("links-are-not-followed", test_links_are_not_followed);
  ADD ("a-link-is-no-tree", test_a_link_is_no_tree);
  ADD ("no-depth-is-too-deep", test_no_depth_is_too_deep);
  ADD ("permissions-do-not-matter", test_permissions_do_not_matter);
  ADD ("nothing-is-gone", test_nothing_is_gone);
  return g_test_run ();
}
