#include "tests/system/grid-checks.h"

#include <string.h>

/* A job is cancelled in each of its states: it ends as cancelled, or as what was decided before,
 * and nothing is left of it: no process, no lease, no credits set aside. */

#define INTERRUPTED 130
#define GONE_WITHIN_US (2 * G_USEC_PER_SEC)
#define LARGE_BYTES (8 << 20)
#define SLOW_MBIT 8

static Grid *grid;
static char *payload;

static gint64
cancel (const char *job)
{
  const char *hosts[] = { "oak", "elm", "ash", NULL };
  gint64 began_us = g_get_monotonic_time ();

  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_await_processes_gone_us (grid, hosts);
  g_test_message ("everything is gone after %.3f s",
                  (double)(g_get_monotonic_time () - began_us) / G_USEC_PER_SEC);
  return g_get_monotonic_time () - began_us;
}

static void
expect_cancelled (const char *job)
{
  g_autoptr (JsonNode) shown = grid_job (grid, "oak", job);

  g_assert_cmpstr (grid_text (shown, "state"), ==, "cancelled");
}

static void
set_rate (const char *host, double mbit)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_lab_rate (grid->lab, host, mbit, &error));
  g_assert_no_error (error);
}

static void
test_queued (void)
{
  g_autofree char *job = NULL;

  grid_set_hosting (grid, "elm", FALSE);
  grid_set_hosting (grid, "ash", FALSE);
  job = grid_submit (grid, "oak", payload, "wait", NULL);
  grid_await_state (grid, "oak", job, "queued");
  cancel (job);
  expect_cancelled (job);
  grid_set_hosting (grid, "elm", TRUE);
  grid_set_hosting (grid, "ash", TRUE);
  grid_await_clean (grid);
}

/* A host that does not answer keeps the job in this state. */
static void
test_leasing (void)
{
  g_autofree char *job = NULL;

  grid_signal_node (grid, "elm", SIGSTOP);
  job = grid_submit (grid, "oak", "--nodes", "2", payload, "wait", NULL);
  grid_await_state (grid, "oak", job, "leasing");
  cancel (job);
  expect_cancelled (job);
  grid_signal_node (grid, "elm", SIGCONT);
  grid_await_peer_state (grid, "oak", "elm", "alive");
  grid_await_clean (grid);
}

static void
test_staging (void)
{
  g_autofree char *path = grid_path (grid, "oak", "large");
  g_autofree char *large = g_malloc0 (LARGE_BYTES);
  g_autoptr (GError) error = NULL;
  g_autofree char *job = NULL;

  g_assert_true (g_file_set_contents (path, large, LARGE_BYTES, &error));
  set_rate ("elm", SLOW_MBIT);
  job = grid_submit (grid, "oak", "--nodes", "2", "--input", "/tmp/large", payload, "wait", NULL);
  grid_await_state (grid, "oak", job, "staging");
  g_assert_cmpint (cancel (job), <, GONE_WITHIN_US);
  expect_cancelled (job);
  set_rate ("elm", 0);
  grid_await_clean (grid);
}

static gboolean
has_written (gpointer data)
{
  g_autofree char *text = grid_read (grid, "oak", "run.err");

  return text && strstr (text, data);
}

/* Ctrl+C as soon as the command says that the job has come so far, which may be farther by then. */
static void
interrupt_at (const char *state)
{
  const char *hosts[] = { "oak", "elm", "ash", NULL };
  g_autoptr (InfLabProcess) run
      = grid_spawn (grid, "oak", "run", "run", "--nodes", "2", payload, "wait", NULL);
  g_autofree char *line = g_strconcat (state, "\n", NULL);
  g_autoptr (GError) error = NULL;
  gint64 began_us, gone_us;

  grid_poll (has_written, line, GRID_TIMEOUT_MS, "the job comes so far");
  began_us = g_get_monotonic_time ();
  g_assert_true (inf_lab_process_signal (run, SIGINT, &error));
  g_assert_cmpint (grid_await_exit (run), ==, INTERRUPTED);
  grid_await_processes_gone_us (grid, hosts);
  gone_us = g_get_monotonic_time () - began_us;
  g_test_message ("%s: everything is gone after %.3f s", state, (double)gone_us / G_USEC_PER_SEC);
  g_assert_cmpint (gone_us, <, GONE_WITHIN_US);
  grid_await_clean (grid);
}

static void
test_leasing_by_key (void)
{
  interrupt_at ("leasing");
}

static void
test_staging_by_key (void)
{
  interrupt_at ("staging");
}

static void
test_checking_by_key (void)
{
  interrupt_at ("checking");
}

static void
test_launching_by_key (void)
{
  interrupt_at ("launching");
}

static void
test_running_by_key (void)
{
  interrupt_at ("running");
}

static void
test_running (void)
{
  g_autofree char *job = grid_submit (grid, "oak", "--nodes", "2", payload, "wait", NULL);

  grid_await_waiting (grid, job, 2);
  g_assert_cmpint (cancel (job), <, GONE_WITHIN_US);
  expect_cancelled (job);
  grid_await_clean (grid);
}

static void
test_collecting (void)
{
  g_autofree char *job = NULL;

  set_rate ("elm", SLOW_MBIT);
  job = grid_submit (grid, "oak", "--nodes", "2", payload, "output", "8", NULL);
  grid_await_state (grid, "oak", job, "collecting");
  g_assert_cmpint (cancel (job), <, GONE_WITHIN_US);
  expect_cancelled (job);
  set_rate ("elm", 0);
  grid_await_clean (grid);
}

static void
add_tests (void)
{
  payload = grid_payload ();
  grid = grid_start (3);
  grid_set_hosting (grid, "oak", FALSE);
  g_test_add_func ("/cancel/queued", test_queued);
  g_test_add_func ("/cancel/leasing-by-key", test_leasing_by_key);
  g_test_add_func ("/cancel/staging-by-key", test_staging_by_key);
  g_test_add_func ("/cancel/checking-by-key", test_checking_by_key);
  g_test_add_func ("/cancel/launching-by-key", test_launching_by_key);
  g_test_add_func ("/cancel/running-by-key", test_running_by_key);
  g_test_add_func ("/cancel/running", test_running);
  g_test_add_func ("/cancel/staging", test_staging);
  g_test_add_func ("/cancel/collecting", test_collecting);
  g_test_add_func ("/cancel/leasing", test_leasing);
}

int
main (int argc, char **argv)
{
  int status = grid_fixture_main (argc, argv, add_tests);

  g_clear_pointer (&grid, grid_free);
  g_free (payload);
  return status;
}
