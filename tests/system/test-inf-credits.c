#include "tests/system/grid-fixture.h"

#include <string.h>

/* What jobs cost: hosts earn exactly what the client pays, and every account adds up. */

#define UCREDITS_PER_CREDIT 1000000
/* what dear machines ask for a second */
#define PRICE (UCREDITS_PER_CREDIT / 10)
#define BIG_INPUT_BYTES (48 * 1024 * 1024)

static JsonNode *
read_history (Grid *grid, const char *host)
{
  return grid_json (grid, host, "credits", "history", "--limit", "0", NULL);
}

/* Returns: the sum of the entries of a kind, for one job or for all */
static gint64
add_up (JsonNode *history, const char *kind, const char *job)
{
  JsonArray *entries = json_node_get_array (history);
  gint64 sum = 0;

  for (guint i = 0; i < json_array_get_length (entries); i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, i);

      if (g_str_equal (json_object_get_string_member (entry, "kind"), kind)
          && (!job || g_str_equal (json_object_get_string_member (entry, "job"), job)))
        sum += json_object_get_int_member (entry, "amount");
    }
  return sum;
}

/* What an entry does to the balance. What is paid was set aside before. */
static gint64
effect (JsonObject *entry)
{
  const char *kind = json_object_get_string_member (entry, "kind");
  gint64 amount = json_object_get_int_member (entry, "amount");

  g_assert_cmpint (amount, >=, 0);
  if (g_str_equal (kind, "escrow"))
    return -amount;
  if (g_str_equal (kind, "pay"))
    return 0;
  g_assert_true (g_str_equal (kind, "grant") || g_str_equal (kind, "release")
                 || g_str_equal (kind, "earn"));
  return amount;
}

/* From the first entry to the last, each balance follows from the one before; the last is the
 * account's. */
static void
check_account (Grid *grid, const char *host)
{
  g_autoptr (JsonNode) history = read_history (grid, host);
  g_autoptr (JsonNode) account = grid_json (grid, host, "credits", NULL);
  JsonArray *entries = json_node_get_array (history);
  guint n = json_array_get_length (entries);
  gint64 balance = 0;

  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, n - 1 - i);

      balance += effect (entry);
      g_assert_cmpint (balance, >=, 0);
      g_assert_cmpint (json_object_get_int_member (entry, "number"), ==, i + 1);
      g_assert_cmpint (json_object_get_int_member (entry, "balance"), ==, balance);
    }
  g_assert_cmpint (grid_number (account, "balance"), ==, balance);
  g_assert_cmpint (grid_number (account, "earned"), ==, add_up (history, "earn", NULL));
  g_assert_cmpint (grid_number (account, "paid"), ==, add_up (history, "pay", NULL));
  g_assert_cmpint (grid_number (account, "escrowed"), ==,
                   add_up (history, "escrow", NULL) - add_up (history, "release", NULL)
                       - add_up (history, "pay", NULL));
}

typedef struct
{
  Grid *grid;
  const char *job;
  gint64 paid;
} Settled;

static gboolean
is_earned (gpointer data)
{
  Settled *settled = data;
  gint64 earned = 0;

  for (guint i = 2; i <= inf_lab_get_n_hosts (settled->grid->lab); i++)
    {
      g_autoptr (JsonNode) history = read_history (settled->grid, grid_host (settled->grid, i));
      earned += add_up (history, "earn", settled->job);
    }
  g_assert_cmpint (earned, <=, settled->paid);
  return earned == settled->paid;
}

/* Returns: what oak paid for its job, which is what the others earn with it */
static gint64
check_job (Grid *grid, const char *name)
{
  g_autoptr (JsonNode) job = grid_job (grid, "oak", name);
  g_autoptr (JsonNode) history = read_history (grid, "oak");
  Settled settled = { grid, grid_text (job, "id"), add_up (history, "pay", grid_text (job, "id")) };

  g_assert_cmpint (grid_number (job, "spent"), ==, settled.paid);
  g_assert_cmpint (add_up (history, "escrow", settled.job), ==,
                   settled.paid + add_up (history, "release", settled.job));
  grid_poll (is_earned, &settled, GRID_TIMEOUT_MS, "the hosts have earned what oak paid");
  return settled.paid;
}

static void
check_accounts (Grid *grid)
{
  for (guint i = 1; i <= inf_lab_get_n_hosts (grid->lab); i++)
    check_account (grid, grid_host (grid, i));
}

static char *
own_program (void)
{
  return grid_built ("tests/system/system-mpi");
}

/* However jobs end, at the same time on the same hosts. */
static void
test_paid_is_earned (void)
{
  g_autoptr (Grid) grid = grid_start (3);
  g_autofree char *program = own_program ();

  for (guint i = 1; i <= 3; i++)
    grid_must (grid, grid_host (grid, i), "host", "set", "--slots", "4", NULL);
  g_free (grid_submit (grid, "oak", "--name", "fails", "--nodes", "3", program, "exit", "3", NULL));
  g_free (grid_submit (grid, "oak", "--name", "hangs", "--nodes", "3", program, "hang", NULL));
  g_free (grid_submit (grid, "oak", "--name", "works", "--nodes", "3", "taskadd", "--generate",
                       "1000", NULL));
  g_free (grid_submit (grid, "oak", "--name", "waits", "--nodes", "9", program, "hang", NULL));
  grid_poll_log (grid, "oak", "hangs-1", "up\n");
  grid_must (grid, "oak", "job", "cancel", "hangs-1", "waits-1", NULL);
  grid_await_state (grid, "oak", "hangs-1", "cancelled");
  grid_await_state (grid, "oak", "waits-1", "cancelled");
  grid_await_state (grid, "oak", "works-1", "done");
  grid_await_state (grid, "oak", "fails-1", "failed");
  g_assert_cmpint (check_job (grid, "fails-1"), >, 0);
  g_assert_cmpint (check_job (grid, "hangs-1"), >, 0);
  g_assert_cmpint (check_job (grid, "works-1"), >, 0);
  g_assert_cmpint (check_job (grid, "waits-1"), ==, 0);
  check_accounts (grid);
}

/* Returns: how long the job was in the step, in microseconds */
static gint64
get_step_us (JsonNode *job, const char *name)
{
  JsonNode *steps = json_object_get_member (json_node_get_object (job), "steps");
  JsonObject *step = grid_find (steps, "step", name);

  g_assert_nonnull (step);
  return json_object_get_int_member (step, "end-unix")
         - json_object_get_int_member (step, "begin-unix");
}

static gboolean
has_stopped_hosting (gpointer data)
{
  g_autoptr (JsonNode) peers = grid_json (data, "oak", "peers", NULL);

  return !json_object_get_boolean_member (grid_find (peers, "name", "oak"), "hosting");
}

/* Machines that ask for a tenth of a credit a second, but for oak, which only submits. */
static Grid *
start_dear (guint n_hosts, const char *grant)
{
  Grid *grid = grid_new (n_hosts);

  grid_found (grid, grant);
  for (guint i = 2; i <= n_hosts; i++)
    {
      grid_must (grid, grid_host (grid, i), "host", "set", "--price", "0.1", NULL);
      grid_join (grid, grid_host (grid, i));
    }
  grid_await_peers (grid);
  grid_must (grid, "oak", "host", "stop", NULL);
  grid_poll (has_stopped_hosting, grid, GRID_TIMEOUT_MS, "oak knows that it takes no jobs");
  return grid;
}

static void
test_staging_is_free (void)
{
  g_autoptr (Grid) grid = start_dear (3, "1000");
  g_autofree char *program = own_program ();
  g_autofree char *zeros = g_malloc0 (BIG_INPUT_BYTES);
  g_autofree char *path = grid_path (grid, "oak", "big");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) job = NULL;
  gint64 running_us, paid;

  g_file_set_contents (path, zeros, BIG_INPUT_BYTES, &error);
  g_assert_no_error (error);
  grid_must (grid, "oak", "run", "--name", "big", "--nodes", "2", "--input", "/tmp/big", "--output",
             "none", program, "exit", "0", NULL);
  job = grid_job (grid, "oak", "big-1");
  paid = check_job (grid, "big-1");
  running_us = get_step_us (job, "running");
  g_test_message ("staging %" G_GINT64_FORMAT " us, running %" G_GINT64_FORMAT
                  " us, paid %" G_GINT64_FORMAT,
                  get_step_us (job, "staging"), running_us, paid);
  g_assert_cmpint (get_step_us (job, "staging"), >, 0);
  g_assert_cmpint (paid, >, 0);
  /* a started millisecond counts as a whole one, on each of the two hosts */
  g_assert_cmpint (paid, <=, 2 * PRICE * (running_us / 1000 + 1) / 1000);
}

static void
test_credits_run_out (void)
{
  g_autoptr (Grid) grid = start_dear (2, "1");
  g_autofree char *program = own_program ();
  g_autoptr (JsonNode) job = NULL;
  const gint64 grant = UCREDITS_PER_CREDIT;

  grid_refused (grid, 5, "the credits set aside for the job are used up", "oak", "run", "--name",
                "poor", program, "hang", NULL);
  job = grid_job (grid, "oak", "poor-1");
  g_assert_cmpstr (grid_text (job, "state"), ==, "failed");
  g_assert_cmpint (get_step_us (job, "running") / 1000 * PRICE / 1000, <=, grant);
  g_assert_cmpint (check_job (grid, "poor-1"), <=, grant);
  check_accounts (grid);
  grid_await_no_strangers (grid);
  grid_refused (grid, 5, "needed to begin", "oak", "run", program, "hang", NULL);
}

static void
add_tests (void)
{
  g_test_add_func ("/system/credits/paid-is-earned", test_paid_is_earned);
  g_test_add_func ("/system/credits/staging-is-free", test_staging_is_free);
  g_test_add_func ("/system/credits/run-out", test_credits_run_out);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
