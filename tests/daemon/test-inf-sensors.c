#include "daemon/inf-sensors.h"

#include "common/inf-tree.h"

#include <glib/gstdio.h>
#include <utime.h>

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
write_file (Fixture *fixture, const char *folder, const char *name, const char *content)
{
  g_autofree char *dir = g_build_filename (fixture->dir, folder, NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

static void
test_a_machine_without_batteries_is_on_mains (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (inf_power_read (fixture->dir), ==, INF_POWER_MAINS);
  g_assert_cmpint (inf_power_read ("/nonexistent"), ==, INF_POWER_UNKNOWN);
}

static void
test_a_laptop_tells_what_it_runs_on (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "AC", "type", "Mains\n");
  write_file (fixture, "AC", "online", "1\n");
  write_file (fixture, "BAT0", "type", "Battery\n");
  write_file (fixture, "BAT0", "status", "Charging\n");
  g_assert_cmpint (inf_power_read (fixture->dir), ==, INF_POWER_MAINS);
  write_file (fixture, "AC", "online", "0\n");
  write_file (fixture, "BAT0", "status", "Discharging\n");
  g_assert_cmpint (inf_power_read (fixture->dir), ==, INF_POWER_BATTERY);
}

static void
test_a_mouse_s_battery_does_not_count (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "hidpp_battery_0", "type", "Battery\n");
  write_file (fixture, "hidpp_battery_0", "scope", "Device\n");
  write_file (fixture, "hidpp_battery_0", "status", "Discharging\n");
  g_assert_cmpint (inf_power_read (fixture->dir), ==, INF_POWER_MAINS);
}

static void
use_terminal (Fixture *fixture, const char *folder, const char *name, gint64 unix_s)
{
  g_autofree char *path = g_build_filename (fixture->dir, folder, name, NULL);
  struct utimbuf times = { .actime = unix_s, .modtime = unix_s };

  write_file (fixture, folder, name, "");
  g_assert_cmpint (utime (path, &times), ==, 0);
}

static void
test_the_terminal_used_last_counts (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (inf_terminals_idle_s (fixture->dir, 5000), ==, -1);
  use_terminal (fixture, ".", "tty1", 1000);
  use_terminal (fixture, ".", "ttyprintk", 4999);
  g_assert_cmpint (inf_terminals_idle_s (fixture->dir, 5000), ==, 4000);
  use_terminal (fixture, "pts", "3", 4400);
  use_terminal (fixture, "pts", "ptmx", 4999);
  g_assert_cmpint (inf_terminals_idle_s (fixture->dir, 5000), ==, 600);
}

static void
test_processor_times (Fixture *fixture, gconstpointer data)
{
  InfCpuTimes times;

  g_assert_true (inf_cpu_times_parse ("cpu  10 20 30 400 50 6 7 8 90 90\ncpu0 1", &times));
  g_assert_cmpuint (times.busy, ==, 10 + 20 + 30 + 6 + 7 + 8);
  g_assert_cmpuint (times.total, ==, times.busy + 400 + 50);
  g_assert_false (inf_cpu_times_parse ("", &times));
  g_assert_false (inf_cpu_times_parse ("cpu 1 2 3", &times));
  g_assert_true (inf_cpu_times_read (&times));
}

static void
test_memory_in_use (Fixture *fixture, gconstpointer data)
{
  guint64 bytes;

  g_assert_true (
      inf_memory_used_parse ("MemTotal:  8 kB\nMemFree:  1 kB\nMemAvailable:  3 kB\n", &bytes));
  g_assert_cmpuint (bytes, ==, 5 << 10);
  g_assert_false (inf_memory_used_parse ("MemTotal: 8 kB\n", &bytes));
  g_assert_true (inf_memory_used_read (&bytes));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sensors/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-machine-without-batteries-is-on-mains", test_a_machine_without_batteries_is_on_mains);
  ADD ("a-laptop-tells-what-it-runs-on", test_a_laptop_tells_what_it_runs_on);
  ADD ("a-mouse-s-battery-does-not-count", test_a_mouse_s_battery_does_not_count);
  ADD ("the-terminal-used-last-counts", test_the_terminal_used_last_counts);
  ADD ("processor-times", test_processor_times);
  ADD ("memory-in-use", test_memory_in_use);
  return g_test_run ();
}
