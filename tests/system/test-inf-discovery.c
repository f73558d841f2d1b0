#include "tests/system/grid-fixture.h"

/* Who is there: found quickly, missed quickly, and nobody missed who is there. */

#define N_HOSTS 5
#define KNOWN_WITHIN_MS 5000
#define DEAD_WITHIN_MS 10000

typedef struct
{
  Grid *grid;
  const char *peer;
  const char *state;
} Expected;

static gboolean
is_right (JsonNode *peers, const char *asked, const char *name, const Expected *expected)
{
  JsonObject *peer = grid_find (peers, "name", name);
  const char *right = "alive";

  if (g_str_equal (name, asked))
    right = "self";
  else if (g_strcmp0 (name, expected->peer) == 0)
    right = expected->state;
  return peer && g_str_equal (json_object_get_string_member (peer, "state"), right);
}

/* Whether every host but the peer has it in the state, and all the others alive. */
static gboolean
all_agree (gpointer data)
{
  Expected *expected = data;

  for (guint i = 1; i <= N_HOSTS; i++)
    {
      const char *host = grid_host (expected->grid, i);
      g_autoptr (JsonNode) peers = NULL;

      if (g_strcmp0 (host, expected->peer) == 0)
        continue;
      peers = grid_json (expected->grid, host, "peers", NULL);
      for (guint j = 1; j <= N_HOSTS; j++)
        if (!is_right (peers, host, grid_host (expected->grid, j), expected))
          return FALSE;
    }
  return TRUE;
}

static Grid *
start_five (void)
{
  Grid *grid = grid_new (N_HOSTS);
  Expected nobody_missing = { .grid = grid };

  grid_found (grid, NULL);
  for (guint i = 2; i <= N_HOSTS; i++)
    grid_join (grid, grid_host (grid, i));
  grid_poll (all_agree, &nobody_missing, KNOWN_WITHIN_MS, "all five know each other");
  return grid;
}

static void
test_five_know_each_other (void)
{
  g_autoptr (Grid) grid = start_five ();
}

static void
test_a_killed_host_is_dead (void)
{
  g_autoptr (Grid) grid = start_five ();
  g_autoptr (GError) error = NULL;
  Expected expected = { grid, "fir", "dead" };

  g_assert_true (inf_lab_kill (grid->lab, "fir", &error));
  grid_poll (all_agree, &expected, DEAD_WITHIN_MS, "fir alone is dead, and all the others say so");
}

static void
test_a_cut_host_comes_back (void)
{
  g_autoptr (Grid) grid = start_five ();
  g_autoptr (GError) error = NULL;
  Expected expected = { grid, "yew", "dead" };
  Expected nobody_missing = { .grid = grid };

  g_assert_true (inf_lab_cut (grid->lab, "yew", &error));
  grid_poll (all_agree, &expected, DEAD_WITHIN_MS, "yew alone is dead");
  g_assert_true (inf_lab_heal (grid->lab, "yew", &error));
  grid_poll (all_agree, &nobody_missing, GRID_TIMEOUT_MS, "yew is back, and knows the others");
}

static void
test_a_node_that_quits_has_left (void)
{
  g_autoptr (Grid) grid = start_five ();
  Expected expected = { grid, "ash", "left" };

  grid_must (grid, "ash", "daemon", "stop", NULL);
  grid_poll (all_agree, &expected, DEAD_WITHIN_MS, "ash has left, and nobody else");
}

/* By the time that one is missed who said nothing, the other would have been missed too. */
static void
test_a_node_that_is_away_is_not_dead (void)
{
  g_autoptr (Grid) grid = start_five ();
  g_autoptr (GError) error = NULL;

  grid_must (grid, "yew", "away", "2h", NULL);
  grid_await_peer_state (grid, "oak", "yew", "away");
  grid_await_peer_state (grid, "elm", "yew", "away");
  g_assert_true (inf_lab_kill (grid->lab, "yew", &error));
  g_assert_true (inf_lab_kill (grid->lab, "fir", &error));
  grid_await_peer_state (grid, "oak", "fir", "dead");
  grid_await_peer_state (grid, "elm", "fir", "dead");
  g_autofree char *at_oak = grid_peer_state (grid, "oak", "yew");
  g_autofree char *at_elm = grid_peer_state (grid, "elm", "yew");
  g_assert_cmpstr (at_oak, ==, "away");
  g_assert_cmpstr (at_elm, ==, "away");
}

/* Returns once the process is gone: until then its socket takes connections that nobody answers. */
static const char crash[]
    = "pid=$(pidof infinityd) && kill -9 $pid && tail --pid=$pid -s 0.05 -f /dev/null";

/* As a process that crashes, again and again: it is always the same node, and never a dead one. */
static void
test_a_node_that_crashes_makes_no_ghost (void)
{
  g_autoptr (Grid) grid = start_five ();

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (lab_fixture_sh (grid->lab, "ash", crash, NULL), ==, 0);
      grid_must (grid, "ash", "peers", NULL);
      grid_await_peer_state (grid, "ash", "oak", "alive");
      grid_await_peer_state (grid, "oak", "ash", "alive");
      grid_await_peer_state (grid, "yew", "ash", "alive");
    }
}

static void
add_tests (void)
{
  g_test_add_func ("/system/discovery/five-know-each-other", test_five_know_each_other);
  g_test_add_func ("/system/discovery/a-killed-host-is-dead", test_a_killed_host_is_dead);
  g_test_add_func ("/system/discovery/a-cut-host-comes-back", test_a_cut_host_comes_back);
  g_test_add_func ("/system/discovery/a-node-that-is-away-is-not-dead",
                   test_a_node_that_is_away_is_not_dead);
  g_test_add_func ("/system/discovery/a-node-that-crashes-makes-no-ghost",
                   test_a_node_that_crashes_makes_no_ghost);
  g_test_add_func ("/system/discovery/a-node-that-quits-has-left", test_a_node_that_quits_has_left);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
