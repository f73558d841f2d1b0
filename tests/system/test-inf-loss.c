#include "tests/system/grid-checks.h"

#include <string.h>

/* Jobs that lose a host, their submitter, or their pay: they end in time and say whose doing it
 * was, what is left of them is stopped, and both accounts agree once everybody is back. */

#define JOB_FAILED 4
#define DETECTED_WITHIN_US (12 * G_USEC_PER_SEC)
#define UNPAID_WITHIN_US (10 * G_USEC_PER_SEC)
#define PRICE_UCREDITS 1000
#define STEP_S 2

static Grid *grid;
static char *payload;
static gint64 paid_before;

/* Returns: (transfer full): a job whose program runs on elm and on ash */
static char *
start_on_elm_and_ash (void)
{
  char *job;

  grid_set_hosting (grid, "fir", FALSE);
  paid_before = grid_credits (grid, "oak", "paid");
  job = grid_submit (grid, "oak", "--nodes", "2", payload, "wait", NULL);
  grid_await_waiting (grid, job, 2);
  return job;
}

static void
expect_failure (const char *job, const char *const *texts)
{
  g_autoptr (JsonNode) shown = grid_job (grid, "oak", job);

  g_assert_cmpstr (grid_text (shown, "state"), ==, "failed");
  g_test_message ("reason: %s", grid_text (shown, "reason"));
  for (guint i = 0; texts[i]; i++)
    if (!strstr (grid_text (shown, "reason"), texts[i]))
      g_error ("no “%s” in: %s", texts[i], grid_text (shown, "reason"));
}

#define EXPECT_FAILURE(job, ...) expect_failure (job, (const char *const[]){ __VA_ARGS__, NULL })

/* Waits for the job's failure; nobody is paid for longer than until then and one step more. */
static void
await_failure (const char *job, gint64 began_us)
{
  int status = grid_wait (grid, "oak", job);
  gint64 took_us = g_get_monotonic_time () - began_us;
  g_autoptr (JsonNode) shown = grid_job (grid, "oak", job);
  gint64 ran_us = grid_number (shown, "finished-unix") - grid_number (shown, "started-unix");
  gint64 most = 2 * PRICE_UCREDITS * (ran_us / G_USEC_PER_SEC + 1 + STEP_S);

  g_test_message ("noticed after %.3f s", (double)took_us / G_USEC_PER_SEC);
  g_assert_cmpint (status, ==, JOB_FAILED);
  g_assert_cmpint (took_us, <, DETECTED_WITHIN_US);
  g_assert_cmpint (grid_number (shown, "spent"), <=, most);
  g_assert_cmpint (grid_credits (grid, "oak", "paid") - paid_before, ==,
                   grid_number (shown, "spent"));
}

static void
await_nothing_runs_on (const char *first, const char *second)
{
  const char *hosts[] = { first, second, NULL };
  gint64 took_us = grid_await_processes_gone_us (grid, hosts);

  g_test_message ("nothing runs on %s and %s after %.3f s", first, second,
                  (double)took_us / G_USEC_PER_SEC);
}

static void
bring_back (const char *host)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_lab_boot (grid->lab, host, &error));
  grid_must (grid, host, "daemon", "start", NULL);
  grid_await_peer_state (grid, "oak", host, "alive");
}

static void
test_a_host_is_killed (void)
{
  g_autofree char *job = start_on_elm_and_ash ();
  g_autoptr (GError) error = NULL;
  gint64 began_us = g_get_monotonic_time ();

  g_assert_true (inf_lab_kill (grid->lab, "ash", &error));
  await_failure (job, began_us);
  EXPECT_FAILURE (job, "ash");
  await_nothing_runs_on ("oak", "elm");
  bring_back ("ash");
  grid_await_clean (grid);
}

static void
test_a_host_is_cut_off (void)
{
  g_autofree char *job = start_on_elm_and_ash ();
  g_autoptr (GError) error = NULL;
  gint64 began_us = g_get_monotonic_time ();

  g_assert_true (inf_lab_cut (grid->lab, "ash", &error));
  await_failure (job, began_us);
  EXPECT_FAILURE (job, "ash");
  await_nothing_runs_on ("oak", "elm");
  await_nothing_runs_on ("ash", "ash");
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, DETECTED_WITHIN_US);
  g_assert_true (inf_lab_heal (grid->lab, "ash", &error));
  grid_await_peer_state (grid, "oak", "ash", "alive");
  grid_await_clean (grid);
}

static void
test_a_spare_host_steps_in (void)
{
  g_autofree char *job = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) shown = NULL;

  grid_set_hosting (grid, "fir", FALSE);
  job = grid_submit (grid, "oak", "--nodes", "2", "--retries", "1", payload, "doze", "2", NULL);
  grid_await_waiting (grid, job, 2);
  grid_set_hosting (grid, "fir", TRUE);
  g_assert_true (inf_lab_kill (grid->lab, "ash", &error));
  g_assert_cmpint (grid_wait (grid, "oak", job), ==, 0);
  shown = grid_job (grid, "oak", job);
  g_assert_cmpstr (grid_text (shown, "state"), ==, "done");
  g_assert_cmpint (grid_number (shown, "attempt"), ==, 2);
  bring_back ("ash");
  grid_await_clean (grid);
}

static void
test_a_hosts_node_is_killed (void)
{
  g_autofree char *job = start_on_elm_and_ash ();
  gint64 began_us = g_get_monotonic_time ();

  grid_signal_node (grid, "ash", SIGKILL);
  grid_await_node_gone (grid, "ash");
  await_failure (job, began_us);
  EXPECT_FAILURE (job, "ash");
  await_nothing_runs_on ("oak", "elm");
  grid_must (grid, "ash", "daemon", "start", NULL);
  grid_await_peer_state (grid, "oak", "ash", "alive");
  grid_await_clean (grid);
}

static void
test_an_owner_stops_the_lease (void)
{
  g_autofree char *job = start_on_elm_and_ash ();
  g_autofree char *lease = grid_lease_id (grid, "ash");
  gint64 began_us = g_get_monotonic_time ();

  grid_must (grid, "ash", "host", "stop-lease", lease, NULL);
  g_assert_cmpint (grid_count_strangers (grid, "ash"), ==, 0);
  await_failure (job, began_us);
  EXPECT_FAILURE (job, "ash", "the owner stopped it");
  grid_await_clean (grid);
}

static void
test_the_submitters_node_is_killed (void)
{
  g_autofree char *job = start_on_elm_and_ash ();
  gint64 began_us = g_get_monotonic_time ();

  grid_signal_node (grid, "oak", SIGKILL);
  grid_await_node_gone (grid, "oak");
  await_nothing_runs_on ("elm", "ash");
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, UNPAID_WITHIN_US);
  /* asking is what starts it again */
  g_assert_cmpint (grid_wait (grid, "oak", job), ==, JOB_FAILED);
  EXPECT_FAILURE (job, "this node was restarted while the program ran");
  grid_await_clean (grid);
}

static void
test_the_submitter_stops_paying (void)
{
  g_autofree char *job = start_on_elm_and_ash ();
  gint64 began_us = g_get_monotonic_time ();

  grid_signal_node (grid, "oak", SIGSTOP);
  await_nothing_runs_on ("elm", "ash");
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, UNPAID_WITHIN_US);
  grid_signal_node (grid, "oak", SIGCONT);
  g_assert_cmpint (grid_wait (grid, "oak", job), ==, JOB_FAILED);
  /* that it was not paid, or that the hosts have hung up, whichever it is told first */
  EXPECT_FAILURE (job, "host ");
  grid_await_clean (grid);
}

static void
add_tests (void)
{
  payload = grid_payload ();
  grid = grid_start (4);
  grid_set_hosting (grid, "oak", FALSE);
  g_test_add_func ("/loss/a-host-is-killed", test_a_host_is_killed);
  g_test_add_func ("/loss/a-host-is-cut-off", test_a_host_is_cut_off);
  g_test_add_func ("/loss/a-spare-host-steps-in", test_a_spare_host_steps_in);
  g_test_add_func ("/loss/a-hosts-node-is-killed", test_a_hosts_node_is_killed);
  g_test_add_func ("/loss/an-owner-stops-the-lease", test_an_owner_stops_the_lease);
  g_test_add_func ("/loss/the-submitters-node-is-killed", test_the_submitters_node_is_killed);
  g_test_add_func ("/loss/the-submitter-stops-paying", test_the_submitter_stops_paying);
}

int
main (int argc, char **argv)
{
  int status = grid_fixture_main (argc, argv, add_tests);

  g_clear_pointer (&grid, grid_free);
  g_free (payload);
  return status;
}
