#include "grid/sandbox/inf-process-tree.h"

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
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *process = g_build_filename (fixture->dir, name, NULL);
      g_autofree char *stat = g_build_filename (process, "stat", NULL);
      g_autofree char *status = g_build_filename (process, "status", NULL);
      g_unlink (stat);
      g_unlink (status);
      g_rmdir (process);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

static void
add_process (Fixture *fixture, guint pid, guint parent, guint ticks, guint memory_kib)
{
  g_autofree char *dir = g_strdup_printf ("%s/%u", fixture->dir, pid);
  g_autofree char *stat_path = g_build_filename (dir, "stat", NULL);
  g_autofree char *status_path = g_build_filename (dir, "status", NULL);
  g_autofree char *stat = g_strdup_printf (
      "%u (a) S) b) S %u 1 1 0 -1 4194304 100 0 0 0 %u 1 2 3 20 0 1 0 5\n", pid, parent, ticks);
  g_autofree char *status
      = g_strdup_printf ("Name:\ta\nRssAnon:\t%u kB\nVmSwap:\t0 kB\nThreads:\t1\n", memory_kib);

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (stat_path, stat, -1, NULL));
  g_assert_true (g_file_set_contents (status_path, status, -1, NULL));
}

static void
test_what_is_below_is_summed (Fixture *fixture, gconstpointer data)
{
  InfProcessTotal total;

  add_process (fixture, 1, 0, 1000, 4);
  add_process (fixture, 20, 1, 10, 8);
  add_process (fixture, 30, 20, 100, 16);
  add_process (fixture, 31, 30, 200, 32);
  add_process (fixture, 40, 1, 5000, 64);
  g_autoptr (InfProcessTree) tree = inf_process_tree_read (fixture->dir);
  inf_process_tree_sum (tree, 20, &total);
  g_assert_cmpuint (total.n_processes, ==, 3);
  g_assert_cmpuint (total.cpu_ticks, ==, 10 + 100 + 200 + 3 * (1 + 2 + 3));
  g_assert_cmpuint (total.memory_bytes, ==, (8 + 16 + 32) << 10);
}

static void
test_who_is_gone_uses_nothing (Fixture *fixture, gconstpointer data)
{
  InfProcessTotal total;

  add_process (fixture, 1, 0, 1000, 4);
  g_autoptr (InfProcessTree) tree = inf_process_tree_read (fixture->dir);
  inf_process_tree_sum (tree, 20, &total);
  g_assert_cmpuint (total.n_processes, ==, 0);
  g_assert_cmpuint (total.cpu_ticks, ==, 0);
}

static void
test_a_circle_ends (Fixture *fixture, gconstpointer data)
{
  InfProcessTotal total;

  add_process (fixture, 20, 30, 10, 8);
  add_process (fixture, 30, 20, 10, 8);
  g_autoptr (InfProcessTree) tree = inf_process_tree_read (fixture->dir);
  inf_process_tree_sum (tree, 40, &total);
  g_assert_cmpuint (total.n_processes, ==, 0);
}

static void
test_this_process_is_found (Fixture *fixture, gconstpointer data)
{
  InfProcessTotal total;
  g_autoptr (InfProcessTree) tree = inf_process_tree_read ("/proc");

  inf_process_tree_sum (tree, getpid (), &total);
  g_assert_cmpuint (total.n_processes, >=, 1);
  g_assert_cmpuint (total.memory_bytes, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/process-tree/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("what-is-below-is-summed", test_what_is_below_is_summed);
  ADD ("who-is-gone-uses-nothing", test_who_is_gone_uses_nothing);
  ADD ("a-circle-ends", test_a_circle_ends);
  ADD ("this-process-is-found", test_this_process_is_found);
  return g_test_run ();
}
