#include "tests/system/grid-checks.h"
#include "tests/system/grid-views.h"

/* A machine that stands still for a while, as with its lid closed: it takes nobody for dead when it
 * comes to, and is soon one of them again. The minute is for `-m slow`. */

#define ALL "oak elm ash fir"
#define OTHERS "oak elm ash"
#define BACK_WITHIN_MS 10000
#define WATCH_MS 8000

/* What the others think of it meanwhile is not the point, but of each other they think well. */
static void
suspend (Grid *grid, int duration_ms)
{
  grid_signal_node (grid, "fir", SIGSTOP);
  grid_watch_views (grid, OTHERS, OTHERS, "dead left unknown suspect", duration_ms);
  grid_signal_node (grid, "fir", SIGCONT);
  grid_watch_views (grid, "fir", OTHERS, "dead left unknown", WATCH_MS);
  grid_await_views (grid, ALL, ALL, "alive", BACK_WITHIN_MS - WATCH_MS);
}

static void
test_twenty_seconds (void)
{
  g_autoptr (Grid) grid = grid_start (4);

  suspend (grid, 20000);
}

static void
test_a_minute (void)
{
  g_autoptr (Grid) grid = grid_start (4);

  suspend (grid, 60000);
}

static void
add_tests (void)
{
  if (g_test_slow ())
    g_test_add_func ("/suspend/a-minute", test_a_minute);
  else
    g_test_add_func ("/suspend/twenty-seconds", test_twenty_seconds);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
