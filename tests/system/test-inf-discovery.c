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
        {
          const char *name = grid_host (expected->grid, j);
          JsonObject *peer = grid_find (peers, "name", name);
          const char *state = peer ? json_object_get_string_member (peer, "state") : "unknown";
          const char *right = i == j                                  ? "self"
                              : g_strcmp0 (name, expected->peer) == 0 ? expected->state
                                                                      : "alive";

          if (!g_str_equal (state, right))
            return FALSE;
        }
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
add_tests (void)
{
  g_test_add_func ("/system/discovery/five-know-each-other", test_five_know_each_other);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
