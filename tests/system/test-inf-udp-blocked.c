#include "tests/system/grid-fixture.h"

/* Machines behind a filter that lets no UDP through are in the grid like any other. */

#define N_HOSTS 5
#define DEAD_WITHIN_MS 15000

typedef struct
{
  Grid *grid;
  const char *peer;
  const char *state;
} Expected;

static void
filter_udp (Grid *grid, const char *host)
{
  g_autofree char *out = NULL;

  g_assert_cmpint (
      lab_fixture_sh (grid->lab, host,
                      "for tool in iptables ip6tables; do for chain in INPUT OUTPUT; do"
                      "  $tool -I $chain -p udp -j DROP || exit 1; done; done",
                      &out),
      ==, 0);
}

static gboolean
all_see (gpointer data)
{
  const Expected *expected = data;

  for (guint i = 1; i <= N_HOSTS; i++)
    {
      const char *host = grid_host (expected->grid, i);
      g_autofree char *state = NULL;
      if (g_str_equal (host, expected->peer))
        continue;
      state = grid_peer_state (expected->grid, host, expected->peer);
      if (g_strcmp0 (state, expected->state) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
await_all (Grid *grid, const char *peer, const char *state, int timeout_ms)
{
  Expected expected = { grid, peer, state };
  g_autofree char *what = g_strdup_printf ("%s is %s everywhere", peer, state);

  grid_poll (all_see, &expected, timeout_ms, what);
}

static Grid *
start_filtered (guint n_filtered)
{
  Grid *grid = grid_new (N_HOSTS);

  for (guint i = 1; i <= n_filtered; i++)
    filter_udp (grid, grid_host (grid, N_HOSTS + 1 - i));
  grid_found (grid, NULL);
  for (guint i = 2; i <= N_HOSTS; i++)
    grid_join (grid, grid_host (grid, i));
  for (guint i = 1; i <= N_HOSTS; i++)
    await_all (grid, grid_host (grid, i), "alive", GRID_TIMEOUT_MS);
  return grid;
}

static void
test_a_grid_without_any_udp_works (void)
{
  g_autoptr (Grid) grid = start_filtered (N_HOSTS);
  g_autoptr (GError) error = NULL;

  grid_await_peers (grid);
  g_assert_true (inf_lab_kill (grid->lab, "fir", &error));
  await_all (grid, "fir", "dead", DEAD_WITHIN_MS);
}

/* Two of five: whom they reach by link only is reached so, and the others as ever. */
static void
test_a_filtered_hosts_death_is_noticed (void)
{
  g_autoptr (Grid) grid = start_filtered (2);
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_lab_kill (grid->lab, "yew", &error));
  await_all (grid, "yew", "dead", DEAD_WITHIN_MS);
}

static void
test_a_filter_that_comes_later_kills_nobody (void)
{
  g_autoptr (Grid) grid = start_filtered (0);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= N_HOSTS; i++)
    filter_udp (grid, grid_host (grid, i));
  /* By the time that all have missed one who is dead, they would have missed the others too. */
  g_assert_true (inf_lab_kill (grid->lab, "ash", &error));
  await_all (grid, "ash", "dead", DEAD_WITHIN_MS);
  grid_await_peer_state (grid, "oak", "elm", "alive");
  grid_await_peer_state (grid, "elm", "yew", "alive");
  grid_await_peer_state (grid, "yew", "oak", "alive");
}

static void
add_tests (void)
{
  g_test_add_func ("/system/udp-blocked/a-grid-without-any-udp-works",
                   test_a_grid_without_any_udp_works);
  g_test_add_func ("/system/udp-blocked/a-filtered-hosts-death-is-noticed",
                   test_a_filtered_hosts_death_is_noticed);
  g_test_add_func ("/system/udp-blocked/a-filter-that-comes-later-kills-nobody",
                   test_a_filter_that_comes_later_kills_nobody);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
