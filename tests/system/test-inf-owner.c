#include "tests/system/grid-checks.h"

#include <string.h>

/* What the owner of elm decides, on elm alone, and what comes of it for a job of oak's. */

#define NOT_ENOUGH 5

static Grid *grid;
static char *payload;

static char *
run_here (void)
{
  g_autofree char *job = grid_submit (grid, "oak", payload, "wait", NULL);

  grid_await_waiting (grid, job, 1);
  return g_steal_pointer (&job);
}

static gboolean
has_sharing_state (gpointer data)
{
  g_autoptr (JsonNode) shown = grid_json (grid, "elm", "host", "show", "--json", NULL);

  return g_str_equal (grid_text (shown, "state"), data);
}

static void
await_sharing (const char *state)
{
  grid_poll (has_sharing_state, (gpointer)state, GRID_TIMEOUT_MS, state);
}

static gboolean
has_connection (gpointer data)
{
  g_autoptr (JsonNode) shown = grid_json (grid, "elm", "status", "--json", NULL);

  return g_str_equal (grid_text (shown, "connection"), data);
}

static void
await_connection (const char *state)
{
  grid_poll (has_connection, (gpointer)state, GRID_TIMEOUT_MS, state);
}

static void
test_a_pause_lets_jobs_finish (void)
{
  g_autofree char *job = run_here ();

  await_sharing ("hosting");
  grid_must (grid, "elm", "host", "pause", "--finish", NULL);
  await_sharing ("paused");
  {
    g_autoptr (GridResult) second = grid_call (grid, "oak", "run", payload, "try", NULL);
    g_assert_cmpint (second->status, ==, NOT_ENOUGH);
  }
  g_assert_cmpint (grid_count_strangers (grid, "elm"), >, 0);
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_must (grid, "elm", "host", "resume", NULL);
  await_sharing ("ready");
  grid_await_clean (grid);
}

static void
test_a_pause_stops_jobs_where_the_owner_says_so (void)
{
  const char *hosts[] = { "elm", NULL };
  g_autofree char *job = run_here ();

  grid_must (grid, "elm", "host", "pause", "1h", "--stop", NULL);
  grid_await_processes_gone_us (grid, hosts);
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  {
    g_autoptr (GridResult) past = grid_call (grid, "elm", "host", "history", NULL);
    g_assert_nonnull (strstr (past->out, "paused by its owner"));
  }
  grid_must (grid, "elm", "host", "resume", NULL);
  await_sharing ("ready");
  grid_await_clean (grid);
}

static gboolean
is_asked (gpointer data)
{
  char **ret_id = data;
  g_autoptr (GridResult) listed = grid_call (grid, "elm", "host", "requests", "--quiet", NULL);

  g_free (*ret_id);
  *ret_id = g_strstrip (g_strdup (listed->out));
  return **ret_id != '\0';
}

static void
test_the_owner_is_asked (void)
{
  g_autofree char *job = NULL;
  g_autofree char *id = NULL;

  grid_must (grid, "elm", "host", "set", "--clients=ask", NULL);
  job = grid_submit (grid, "oak", payload, "wait", NULL);
  grid_poll (is_asked, &id, GRID_TIMEOUT_MS, "a request");
  g_assert_cmpint (grid_count_strangers (grid, "elm"), ==, 0);
  grid_must (grid, "elm", "host", "accept", id, NULL);
  grid_await_waiting (grid, job, 1);
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_must (grid, "elm", "host", "set", "--clients=all", NULL);
  grid_await_clean (grid);
}

static void
test_the_owner_declines (void)
{
  g_autofree char *job = NULL;
  g_autofree char *id = NULL;

  grid_must (grid, "elm", "host", "set", "--clients=ask", NULL);
  job = grid_submit (grid, "oak", payload, "try", NULL);
  grid_poll (is_asked, &id, GRID_TIMEOUT_MS, "a request");
  grid_must (grid, "elm", "host", "decline", id, NULL);
  grid_await_state (grid, "oak", job, "queued");
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_must (grid, "elm", "host", "set", "--clients=all", NULL);
  grid_await_clean (grid);
}

static void
test_disconnecting_asks_first_and_waits (void)
{
  g_autofree char *job = run_here ();

  grid_refused (grid, 1, "finish them first", "elm", "disconnect", NULL);
  grid_must (grid, "elm", "disconnect", "--finish", NULL);
  await_connection ("disconnecting");
  g_assert_cmpint (grid_count_strangers (grid, "elm"), >, 0);
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  await_connection ("offline");
  grid_await_peer_state (grid, "oak", "elm", "left");
  grid_must (grid, "elm", "connect", NULL);
  await_connection ("connected");
  grid_await_peer_state (grid, "oak", "elm", "alive");
  grid_await_clean (grid);
}

static void
test_disconnecting_stops_what_runs (void)
{
  const char *hosts[] = { "elm", NULL };
  g_autofree char *job = run_here ();

  grid_must (grid, "elm", "disconnect", "--stop", NULL);
  await_connection ("offline");
  grid_await_processes_gone_us (grid, hosts);
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_must (grid, "elm", "daemon", "stop", NULL);
  grid_must (grid, "elm", "host", "show", NULL);
  await_connection ("offline");
  grid_must (grid, "elm", "connect", NULL);
  grid_await_peer_state (grid, "oak", "elm", "alive");
  grid_await_clean (grid);
}

typedef struct
{
  char *lease;
  char *log;
} Printed;

static gboolean
has_printed (gpointer data)
{
  Printed *printed = data;
  g_autoptr (GridResult) log = grid_call (grid, "elm", "host", "log", printed->lease, NULL);

  g_free (printed->log);
  printed->log = g_strdup (log->out);
  return strstr (printed->log, "waiting\n") != NULL;
}

/* What goes through this machine to the client in Open MPI's own streams, its owner sees too; while
 * it runs, and no longer than the lease is there. */
static void
test_the_owner_sees_what_a_job_prints (void)
{
  g_autofree char *job = run_here ();
  g_autoptr (GridResult) leases = grid_call (grid, "elm", "host", "leases", "--quiet", NULL);
  Printed printed = { g_strstrip (leases->out), NULL };

  grid_poll (has_printed, &printed, GRID_TIMEOUT_MS, "what the job prints");
  g_assert_cmpstr (printed.log, ==, "@infinity progress 0.5 waiting\nwaiting\n");
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_await_clean (grid);
  grid_refused (grid, 1, "no lease begins", "elm", "host", "log", printed.lease, NULL);
  g_free (printed.log);
}

static void
add_tests (void)
{
  grid = grid_start (2);
  payload = grid_payload ();
  grid_set_hosting (grid, "oak", FALSE);
#define ADD(path, func) g_test_add_func ("/system/owner/" path, func)
  ADD ("a-pause-lets-jobs-finish", test_a_pause_lets_jobs_finish);
  ADD ("a-pause-stops-jobs-where-the-owner-says-so",
       test_a_pause_stops_jobs_where_the_owner_says_so);
  ADD ("the-owner-sees-what-a-job-prints", test_the_owner_sees_what_a_job_prints);
  ADD ("the-owner-is-asked", test_the_owner_is_asked);
  ADD ("the-owner-declines", test_the_owner_declines);
  ADD ("disconnecting-asks-first-and-waits", test_disconnecting_asks_first_and_waits);
  ADD ("disconnecting-stops-what-runs", test_disconnecting_stops_what_runs);
}

int
main (int argc, char **argv)
{
  int status = grid_fixture_main (argc, argv, add_tests);

  g_clear_pointer (&grid, grid_free);
  g_free (payload);
  return status;
}
