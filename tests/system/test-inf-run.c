#include "tests/system/grid-fixture.h"

#include <signal.h>
#include <string.h>

/* Programs run on other machines, and what they compute comes home. */

#define N_INTEGERS 3000

static char *
own_program (void)
{
  return grid_built ("tests/system/system-mpi");
}

static void
test_tasks_are_exact (void)
{
  g_autoptr (Grid) grid = grid_start (4);

  grid_write_integers (grid, "oak", "numbers.txt", N_INTEGERS, 1);
  grid_must (grid, "oak", "run", "--nodes", "4", "--to", "/tmp/out", "taskadd", "--input",
             "/tmp/numbers.txt", NULL);
  grid_check_result (grid, "oak", "sum", "numbers.txt", "out/sum.txt");
  grid_must (grid, "oak", "run", "--nodes", "4", "--to", "/tmp/out", "taskmult", "--input",
             "/tmp/numbers.txt", NULL);
  grid_check_result (grid, "oak", "product", "numbers.txt", "out/product.txt");
  grid_await_no_strangers (grid);
}

/* Arguments arrive word by word, the input lies beside the program, two ranks are on each host, and
 * what any of them says on either output is in the log, and nothing of Open MPI's. */
static void
test_ones_own_program (void)
{
  g_autoptr (Grid) grid = grid_start (3);
  g_autofree char *program = own_program ();
  g_autofree char *report = NULL;
  g_autoptr (GridResult) run = NULL, log = NULL;

  for (guint i = 1; i <= 3; i++)
    grid_must (grid, grid_host (grid, i), "host", "set", "--slots", "2", NULL);
  grid_write (grid, "oak", "input.txt", "brought along\n");
  run = grid_call (grid, "oak", "run", "--nodes", "3", "--slots", "2", "--name", "mine", "--input",
                   "/tmp/input.txt", "--to", "/tmp/out", program, "report", "two words", "--nodes",
                   "$HOME;`id`", NULL);
  g_assert_cmpint (run->status, ==, 0);
  report = grid_read (grid, "oak", "out/report.txt");
  g_assert_cmpstr (report, ==, "[two words][--nodes][$HOME;`id`] 21\nbrought along\n");
  log = grid_call (grid, "oak", "job", "log", "mine-1", NULL);
  g_assert_cmpstr (log->out, ==, run->out);
  g_assert_null (strstr (log->out, "plm:rsh"));
  for (guint rank = 0; rank < 6; rank++)
    {
      g_autofree char *out = g_strdup_printf ("out of rank %u of 6\n", rank);
      g_autofree char *err = g_strdup_printf ("err of rank %u of 6\n", rank);

      g_assert_nonnull (strstr (log->out, out));
      g_assert_nonnull (strstr (log->out, err));
    }
  grid_await_no_strangers (grid);
}

typedef struct
{
  Grid *grid;
  const char *host;
  const char *peer;
} Offer;

static gboolean
is_offered (gpointer data)
{
  Offer *offer = data;
  g_autoptr (JsonNode) peers = grid_json (offer->grid, offer->host, "peers", NULL);
  JsonObject *peer = grid_find (peers, "name", offer->peer);

  return json_array_get_length (json_object_get_array_member (peer, "offers")) == 1;
}

static void
test_an_installed_program (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  Offer offer = { grid, "oak", "elm" };
  g_autoptr (GridResult) run = NULL;

  grid_refused (grid, 5, "uname", "oak", "run", "uname", "-n", NULL);
  grid_must (grid, "elm", "host", "set", "--offers", "uname, no-such-program", NULL);
  grid_poll (is_offered, &offer, GRID_TIMEOUT_MS, "oak hears that elm offers uname");
  run = grid_call (grid, "oak", "run", "--json", "uname", "-s", NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_nonnull (strstr (run->out, "\"elm\""));
  g_assert_nonnull (strstr (run->err, "Linux\n"));
}

static void
test_a_status_that_is_passed_on (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  g_autofree char *program = own_program ();
  g_autoptr (JsonNode) job = NULL;

  grid_refused (grid, 4, "status 3", "oak", "run", "--nodes", "2", "--name", "three", program,
                "exit", "3", NULL);
  job = grid_job (grid, "oak", "three-1");
  g_assert_cmpstr (grid_text (job, "state"), ==, "failed");
  g_assert_cmpint (grid_number (job, "exit-status"), ==, 3);
}

static void
test_bad_data (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  g_autofree char *sum = NULL;

  grid_write (grid, "oak", "numbers.txt", "1 2\n3 4\n5 six 7\n");
  grid_refused (grid, 65, "numbers.txt, line 3", "oak", "run", "--nodes", "2", "--to", "/tmp/out",
                "taskadd", "--input", "/tmp/numbers.txt", NULL);
  sum = grid_read (grid, "oak", "out/sum.txt");
  g_assert_null (sum);
  grid_refused (grid, 74, "/tmp/missing.txt", "oak", "run", "taskadd", "--input",
                "/tmp/missing.txt", NULL);
  grid_write (grid, "oak", "file", "");
  grid_refused (grid, 74, "the outputs can't go to /tmp/file/out", "oak", "run", "--to",
                "/tmp/file/out", "taskadd", NULL);
  grid_await_no_strangers (grid);
}

static void
test_alone (void)
{
  g_autoptr (Grid) grid = grid_new (1);

  grid_must (grid, "oak", "run", "--to", "/tmp/out", "taskadd", "--generate", "1000",
             "--write-input", "numbers.txt", NULL);
  grid_check_result (grid, "oak", "sum", "out/numbers.txt", "out/sum.txt");
  grid_await_no_strangers (grid);
}

static void
test_the_submitter_hosts_too (void)
{
  g_autoptr (Grid) grid = grid_start (3);
  g_autoptr (GridResult) run = NULL;

  grid_write_integers (grid, "elm", "numbers.txt", N_INTEGERS, 2);
  run = grid_call (grid, "elm", "run", "--json", "--nodes", "3", "--to", "/tmp/out", "taskmult",
                   "--input", "/tmp/numbers.txt", NULL);
  g_assert_cmpint (run->status, ==, 0);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("\"%s\"", grid_host (grid, i));
      g_assert_nonnull (strstr (run->out, name));
    }
  grid_check_result (grid, "elm", "product", "numbers.txt", "out/product.txt");
}

static void
test_a_job_outlives_its_command (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  g_autofree char *program = own_program ();
  g_autoptr (InfLabProcess) run = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sum_job = NULL;
  g_autoptr (JsonNode) job = NULL;

  run = grid_spawn (grid, "oak", "run", "run", "--nodes", "2", "--name", "left", program, "hang",
                    NULL);
  grid_poll_log (grid, "oak", "left-1", "up\n");
  g_assert_true (inf_lab_process_signal (run, SIGKILL, &error));
  grid_await_exit (run);
  sum_job = grid_submit (grid, "oak", "taskadd", "--generate", "1000", NULL);
  g_assert_cmpint (grid_wait (grid, "oak", sum_job), ==, 0);
  job = grid_job (grid, "oak", "left-1");
  g_assert_cmpstr (grid_text (job, "state"), ==, "running");
  grid_must (grid, "oak", "job", "cancel", "left-1", NULL);
  grid_await_state (grid, "oak", "left-1", "cancelled");
  grid_await_no_strangers (grid);
}

static void
test_two_jobs_at_once (void)
{
  g_autoptr (Grid) grid = grid_start (3);
  g_autoptr (InfLabProcess) add = NULL, mult = NULL;

  for (guint i = 1; i <= 3; i++)
    grid_must (grid, grid_host (grid, i), "host", "set", "--slots", "2", NULL);
  grid_write_integers (grid, "oak", "a.txt", N_INTEGERS, 3);
  grid_write_integers (grid, "elm", "b.txt", N_INTEGERS, 4);
  add = grid_spawn (grid, "oak", "add", "run", "--wait", "--nodes", "3", "--to", "/tmp/out",
                    "taskmult", "--input", "/tmp/a.txt", NULL);
  mult = grid_spawn (grid, "elm", "mult", "run", "--wait", "--nodes", "3", "--to", "/tmp/out",
                     "taskmult", "--input", "/tmp/b.txt", NULL);
  g_assert_cmpint (grid_await_exit (add), ==, 0);
  g_assert_cmpint (grid_await_exit (mult), ==, 0);
  grid_check_result (grid, "oak", "product", "a.txt", "out/product.txt");
  grid_check_result (grid, "elm", "product", "b.txt", "out/product.txt");
}

static void
add_tests (void)
{
  g_test_add_func ("/system/run/tasks-are-exact", test_tasks_are_exact);
  g_test_add_func ("/system/run/own-program", test_ones_own_program);
  g_test_add_func ("/system/run/installed-program", test_an_installed_program);
  g_test_add_func ("/system/run/status", test_a_status_that_is_passed_on);
  g_test_add_func ("/system/run/bad-data", test_bad_data);
  g_test_add_func ("/system/run/alone", test_alone);
  g_test_add_func ("/system/run/submitter-hosts", test_the_submitter_hosts_too);
  g_test_add_func ("/system/run/outlives-its-command", test_a_job_outlives_its_command);
  g_test_add_func ("/system/run/two-jobs", test_two_jobs_at_once);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
