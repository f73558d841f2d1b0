#include "tests/system/grid-checks.h"

#include <stdlib.h>
#include <string.h>

/* Programs that want more than their lease: whatever they try, the host's owner, the network, and
 * another job on the same host stay as they were, and nothing is left. The other job waits on elm
 * all the while. */

#define JOB_FAILED 4
#define OTHER_MEMORY "600M"

static Grid *grid;
static char *payload;
static char *other; /* the other job's id */
static GPid elm_pid;

/* elm's infinityd is the same process as before and answers, and the other job still runs. */
static void
expect_unharmed (void)
{
  g_autoptr (JsonNode) job = grid_job (grid, "oak", other);

  g_assert_cmpint (grid_node_pid (grid, "elm"), ==, elm_pid);
  grid_must (grid, "elm", "status", NULL);
  g_assert_cmpstr (grid_text (job, "state"), ==, "running");
}

static gboolean
is_other_alone (gpointer data)
{
  g_autoptr (JsonNode) leases = grid_json (grid, "elm", "host", "leases", NULL);
  g_autofree char *home = inf_lab_dup_infinity_home (grid->lab, "elm");
  g_autofree char *path = g_build_filename (home, "leases", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n_dirs = 0;

  while (dir && g_dir_read_name (dir))
    n_dirs++;
  return json_array_get_length (json_node_get_array (leases)) == 1 && n_dirs == 1
         && grid_count_strangers (grid, "elm") == *(int *)data;
}

/* Runs the payload on elm, beside the other job, and checks that all of it is gone afterwards. */
static GridResult *
run_beside (const char *const *words)
{
  int n_before = grid_count_strangers (grid, "elm");
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GridResult *result;

  for (guint i = 0; words[i]; i++)
    g_ptr_array_add (all, (char *)words[i]);
  g_ptr_array_add (all, NULL);
  result = grid_call_strv (grid, "oak", (const char *const *)all->pdata);
  expect_unharmed ();
  grid_poll (is_other_alone, &n_before, GRID_TIMEOUT_MS, "the other job is alone again");
  return result;
}

#define RUN_BESIDE(...) run_beside ((const char *const[]){ "run", __VA_ARGS__, NULL })

/* Each line of @out is "VERB WHAT: how it went"; exactly those listed may have gone well. */
static void
expect_done (const char *out, const char *const *done)
{
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
  guint n_done = 0;

  for (guint i = 0; lines[i]; i++)
    {
      g_autofree char *what = NULL;

      if (!g_str_has_suffix (lines[i], ": DONE"))
        continue;
      what = g_strndup (lines[i], strlen (lines[i]) - strlen (": DONE"));
      if (!g_strv_contains (done, what))
        g_error ("a job could %s", what);
      n_done++;
    }
  g_assert_cmpuint (n_done, ==, g_strv_length ((char **)done));
}

static void
test_files_out_of_reach (void)
{
  static const char *const done[] = { "write /job/mine", "read /usr/bin", "write /tmp/own", NULL };
  g_autofree char *home = inf_lab_dup_home (grid->lab, "elm");
  g_autofree char *path = g_build_filename (home, "secret", NULL);
  g_autofree char *tmp = grid_path (grid, "elm", "of-the-owner");
  g_autoptr (GError) error = NULL;
  g_autoptr (GridResult) run = NULL;
  g_autofree char *after = NULL;

  g_assert_true (g_file_set_contents (path, "secret", -1, &error));
  g_assert_true (g_file_set_contents (tmp, "owner's", -1, &error));
  run = RUN_BESIDE (
      payload, "try", "read", "/home/owner", "read", "/home/owner/secret", "write",
      "/home/owner/secret", "read", "/home/owner/infinity", "read", "/home/owner/infinity/identity",
      "read", "/home/owner/infinity/settings.ini", "read", "/root", "read", "/home", "read",
      "/etc/shadow", "read", "/tmp/of-the-owner", "read", "/run", "read", "/var", "read",
      "/proc/1/root/home", "write", "/x", "write", "/usr/x", "write", "/etc/x", "write", "/app/x",
      "write", "/dev/x", "write", "/proc/sys/kernel/hostname", "write", "/sys/x", "read",
      "/dev/mem", "read", "/dev/kmsg", "write", "/job/../x", "write", "/job/mine", "read",
      "/usr/bin", "write", "/tmp/own", NULL);
  g_assert_cmpint (run->status, ==, 0);
  expect_done (run->out, done);
  g_assert_true (g_file_get_contents (path, &after, NULL, &error));
  g_assert_cmpstr (after, ==, "secret");
}

static void
test_network_out_of_reach (void)
{
  static const char *const done[] = { NULL };
  g_autoptr (GridResult) run = RUN_BESIDE (
      payload, "try", "connect", "127.0.0.1:7848", "connect", "127.0.0.1:22", "connect",
      "10.99.0.1:7848", "connect", "10.99.0.2:7848", "connect", "10.99.0.3:7848", "connect",
      "10.77.255.254:3128", "connect", "8.8.8.8:53", "connect", "/home/owner/infinity/bus",
      "connect", "/run/user/owner/bus", "connect", "@/tmp/.X11-unix/X0", NULL);

  g_assert_cmpint (run->status, ==, 0);
  expect_done (run->out, done);
}

/* Both jobs have the same addresses, each in a network of its own: what listens in one is not to be
 * had from the other. Index 2 is the host itself, 3 another of the other job's hosts. */
static void
test_another_job_out_of_reach (void)
{
  static const char *const done[] = { NULL };
  g_autoptr (GridResult) run = NULL;
  g_autofree char *second = g_strdup_printf ("10.77.0.2:%u", 10000 + 64 * 2 + 1);
  g_autofree char *third = g_strdup_printf ("10.77.0.3:%u", 10000 + 64 * 3);

  run = RUN_BESIDE (payload, "try", "connect", second, "connect", third, "connect",
                    "10.77.0.4:10256", NULL);
  g_assert_cmpint (run->status, ==, 0);
  expect_done (run->out, done);
}

static void
test_processes_without_bound (void)
{
  int n_before = grid_count_strangers (grid, "elm");
  g_autofree char *job = grid_submit (grid, "oak", payload, "fork", NULL);

  grid_poll_log (grid, "oak", job, "forked ");
  expect_unharmed ();
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_poll (is_other_alone, &n_before, GRID_TIMEOUT_MS, "the other job is alone again");
  expect_unharmed ();
}

static void
test_memory_without_bound (void)
{
  g_autoptr (GridResult) run = RUN_BESIDE ("--memory", "200M", payload, "allocate");

  g_assert_cmpint (run->status, ==, JOB_FAILED);
  g_assert_nonnull (strstr (run->err, "elm"));
  g_assert_nonnull (strstr (run->err, "over its memory limit"));
}

static void
test_background_processes (void)
{
  g_autoptr (GridResult) run = RUN_BESIDE (payload, "linger");

  g_assert_cmpint (run->status, ==, 0);
  g_assert_nonnull (strstr (run->out, "left a daemon"));
}

static void
test_directories_without_bound (void)
{
  g_autoptr (GridResult) run = RUN_BESIDE (payload, "nest", "3000");

  g_assert_cmpint (run->status, ==, 0);
  g_assert_nonnull (strstr (run->out, "nested 3000"));
}

static void
test_end (void)
{
  expect_unharmed ();
  grid_must (grid, "oak", "job", "cancel", other, NULL);
  grid_await_clean (grid);
}

static void
add_tests (void)
{
  payload = grid_payload ();
  grid = grid_start (2);
  grid_set_hosting (grid, "oak", FALSE);
  grid_set (grid, "elm", "--slots", "4", "slots-total", 4);
  grid_set (grid, "elm", "--memory", "1024M", "memory-bytes", 1 << 30);
  other = grid_submit (grid, "oak", "--memory", OTHER_MEMORY, payload, "wait", NULL);
  grid_await_waiting (grid, other, 1);
  elm_pid = grid_node_pid (grid, "elm");
  g_test_add_func ("/containment/files-out-of-reach", test_files_out_of_reach);
  g_test_add_func ("/containment/network-out-of-reach", test_network_out_of_reach);
  g_test_add_func ("/containment/another-job-out-of-reach", test_another_job_out_of_reach);
  g_test_add_func ("/containment/processes-without-bound", test_processes_without_bound);
  g_test_add_func ("/containment/memory-without-bound", test_memory_without_bound);
  g_test_add_func ("/containment/background-processes", test_background_processes);
  g_test_add_func ("/containment/directories-without-bound", test_directories_without_bound);
  g_test_add_func ("/containment/end", test_end);
}

int
main (int argc, char **argv)
{
  int status = grid_fixture_main (argc, argv, add_tests);

  g_clear_pointer (&grid, grid_free);
  g_free (payload);
  g_free (other);
  return status;
}
