#include "tests/system/grid-views.h"

#include "tests/lab/lab-fixture.h"

/* Networks that carry some datagrams and not others. */

#define DETECTED_WITHIN_MS 15000
#define HEALED_WITHIN_MS 10000
/* longer than any detection takes in a grid this small */
#define WATCH_MS 12000

/* without the first line, the second address would go with the first */
#define MOVE                                                                                       \
  "echo 1 >/proc/sys/net/ipv4/conf/eth0/promote_secondaries &&"                                    \
  "ip addr add 10.99.0.77/16 dev eth0 && ip addr del 10.99.0.2/16 dev eth0"

#define LEFT "oak elm ash"
#define RIGHT "fir yew bay"
#define ALL LEFT " " RIGHT

static void
set_split (Grid *grid, gboolean is_split)
{
  g_auto (GStrv) left = g_strsplit (LEFT, " ", -1);
  g_auto (GStrv) right = g_strsplit (RIGHT, " ", -1);
  g_autoptr (GError) error = NULL;
  gboolean (*set) (InfLab *, const char *, const char *, GError **)
      = is_split ? inf_lab_block : inf_lab_unblock;

  for (guint i = 0; left[i]; i++)
    for (guint j = 0; right[j]; j++)
      {
        set (grid->lab, left[i], right[j], &error);
        g_assert_no_error (error);
        set (grid->lab, right[j], left[i], &error);
        g_assert_no_error (error);
      }
}

static void
set_slots (Grid *grid, const char *host, guint n_slots)
{
  g_autofree char *text = g_strdup_printf ("%u", n_slots);

  grid_must (grid, host, "host", "set", "--slots", text, NULL);
}

static void
test_two_halves_become_one (void)
{
  g_autoptr (Grid) grid = grid_start (6);
  g_autofree char *program = grid_built ("tests/system/system-mpi");

  set_split (grid, TRUE);
  grid_await_views (grid, LEFT, RIGHT, "dead", DETECTED_WITHIN_MS);
  grid_await_views (grid, RIGHT, LEFT, "dead", DETECTED_WITHIN_MS);

  /* Each half is a grid that works: news spread, and jobs run. */
  g_assert_true (grid_all_see (grid, LEFT, LEFT, "alive"));
  g_assert_true (grid_all_see (grid, RIGHT, RIGHT, "alive"));
  set_slots (grid, "ash", 7);
  grid_await_number (grid, LEFT, "ash", "slots-total", 7);
  set_slots (grid, "bay", 9);
  grid_await_number (grid, RIGHT, "bay", "slots-total", 9);
  grid_must (grid, "oak", "run", "--quiet", "--nodes", "2", program, "exit", "0", NULL);
  grid_must (grid, "fir", "run", "--quiet", "--nodes", "2", program, "exit", "0", NULL);

  set_split (grid, FALSE);
  grid_await_views (grid, ALL, ALL, "alive", HEALED_WITHIN_MS);
  grid_await_number (grid, ALL, "ash", "slots-total", 7);
  grid_await_number (grid, ALL, "bay", "slots-total", 9);
  grid_watch_views (grid, ALL, ALL, "dead left unknown", WATCH_MS / 2);
}

/* elm hears oak, but oak doesn't hear elm: others can tell oak that elm lives. */
static void
test_one_does_not_hear_another (void)
{
  g_autoptr (Grid) grid = grid_start (4);
  g_autoptr (GError) error = NULL;

  inf_lab_block (grid->lab, "elm", "oak", &error);
  g_assert_no_error (error);
  grid_watch_views (grid, "oak elm ash fir", "oak elm ash fir", "dead left unknown", WATCH_MS);
}

static gboolean
is_at_new_address (gpointer data)
{
  Grid *grid = data;

  for (guint i = 1; i <= inf_lab_get_n_hosts (grid->lab); i++)
    {
      const char *host = grid_host (grid, i);
      g_autoptr (JsonNode) peers = grid_json (grid, host, "peers", NULL);
      JsonObject *elm = grid_find (peers, "name", "elm");
      const char *state = json_object_get_string_member (elm, "state");

      if (g_str_equal (state, "dead") || g_str_equal (state, "left"))
        g_error ("%s takes elm, which moved, for %s", host, state);
      if (!g_str_has_prefix (json_object_get_string_member (elm, "address"), "10.99.0.77:"))
        return FALSE;
    }
  return TRUE;
}

/* As a laptop gets another address in the midst of it all. */
static void
test_an_address_changes (void)
{
  g_autoptr (Grid) grid = grid_start (4);

  g_assert_cmpint (lab_fixture_sh (grid->lab, "elm", MOVE, NULL), ==, 0);
  grid_poll (is_at_new_address, grid, GRID_TIMEOUT_MS, "everyone reaches elm where it is now");
  grid_await_views (grid, "oak elm ash fir", "oak elm ash fir", "alive", GRID_TIMEOUT_MS);
}

static void
add_tests (void)
{
  g_test_add_func ("/partition/two-halves-become-one", test_two_halves_become_one);
  g_test_add_func ("/partition/one-does-not-hear-another", test_one_does_not_hear_another);
  g_test_add_func ("/partition/an-address-changes", test_an_address_changes);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
