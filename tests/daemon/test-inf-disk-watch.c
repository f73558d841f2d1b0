#include "daemon/inf-disk-watch.h"

#include "common/inf-tree.h"

#include <glib/gstdio.h>
#include <unistd.h>

typedef struct
{
  char *dir;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_true (inf_tree_remove (fixture->dir, NULL));
  g_free (fixture->dir);
}

static void
write_kib (Fixture *fixture, const char *folder, guint kib)
{
  g_autofree char *dir = g_build_filename (fixture->dir, folder, NULL);
  g_autofree char *path = g_build_filename (dir, "file", NULL);
  g_autofree char *content = g_strnfill ((gsize)kib << 10, 'x');

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, content, (gssize)kib << 10, NULL));
}

static void
test_all_folders_count (Fixture *fixture, gconstpointer data)
{
  guint64 empty = inf_disk_usage_of (fixture->dir);

  write_kib (fixture, "a/b/c", 512);
  write_kib (fixture, "d", 256);
  g_assert_cmpuint (inf_disk_usage_of (fixture->dir) - empty, >=, 768 << 10);
  g_assert_cmpuint (inf_disk_usage_of (fixture->dir) - empty, <, 1024 << 10);
}

static void
test_links_lead_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->dir, "root", NULL);
  g_autofree char *itself = g_build_filename (fixture->dir, "circle", NULL);

  g_assert_cmpint (symlink ("/usr", link), ==, 0);
  g_assert_cmpint (symlink (".", itself), ==, 0);
  g_assert_cmpuint (inf_disk_usage_of (fixture->dir), <, 64 << 10);
  g_assert_cmpuint (inf_disk_usage_of (link), ==, 0);
}

/* A sparse file takes what is written of it. */
static void
test_what_is_written_counts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "sparse", NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  g_assert_cmpint (truncate (path, 1 << 30), ==, 0);
  g_assert_cmpuint (inf_disk_usage_of (fixture->dir), <, 64 << 10);
}

static void
test_what_is_gone_takes_nothing (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (inf_disk_usage_of ("/nonexistent"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/disk-watch/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("all-folders-count", test_all_folders_count);
  ADD ("links-lead-nowhere", test_links_lead_nowhere);
  ADD ("what-is-written-counts", test_what_is_written_counts);
  ADD ("what-is-gone-takes-nothing", test_what_is_gone_takes_nothing);
  return g_test_run ();
}
