#include "tests/system/grid-fixture.h"

/* What nodes tell each other of themselves, as `infinity peers` shows it. */

/* Whether the host knows everything about every other that `infinity peers` has a column for. */
static gboolean
is_filled (Grid *grid, const char *host)
{
  static const char *const texts[] = { "id", "name", "state", "address", "open-mpi", "arch", "os" };
  static const char *const numbers[] = { "cores", "memory-bytes", "slots-total", "price" };
  g_autoptr (JsonNode) peers = grid_json (grid, host, "peers", NULL);

  for (guint i = 1; i <= inf_lab_get_n_hosts (grid->lab); i++)
    {
      JsonObject *peer = grid_find (peers, "name", grid_host (grid, i));

      g_assert_nonnull (peer);
      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        if (!*json_object_get_string_member (peer, texts[j]))
          return FALSE;
      for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
        if (json_object_get_int_member (peer, numbers[j]) <= 0)
          return FALSE;
      if (json_array_get_length (json_object_get_array_member (peer, "neighbours")) == 0)
        return FALSE;
      if (!g_str_equal (grid_host (grid, i), host)
          && (json_object_get_int_member (peer, "rtt-us") <= 0
              || json_object_get_int_member (peer, "loss-permille") < 0
              || json_object_get_int_member (peer, "heard-ms") < 0))
        return FALSE;
    }
  return TRUE;
}

static gboolean
all_are_filled (gpointer data)
{
  Grid *grid = data;

  for (guint i = 1; i <= inf_lab_get_n_hosts (grid->lab); i++)
    if (!is_filled (grid, grid_host (grid, i)))
      return FALSE;
  return TRUE;
}

static void
test_every_column_is_filled (void)
{
  g_autoptr (Grid) grid = grid_start (5);

  grid_poll (all_are_filled, grid, GRID_TIMEOUT_MS,
             "every column of every peer is known everywhere");
}

/* In a small grid, everybody exchanges probes with everybody. */
static gboolean
graph_is_whole (gpointer data)
{
  Grid *grid = data;
  guint n_hosts = inf_lab_get_n_hosts (grid->lab);
  g_autoptr (JsonNode) graph = grid_json (grid, "elm", "peers", "--graph", "json", NULL);
  JsonObject *whole = json_node_get_object (graph);
  JsonArray *edges = json_object_get_array_member (whole, "edges");

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (whole, "peers")), ==,
                    n_hosts);
  if (json_array_get_length (edges) != n_hosts * (n_hosts - 1) / 2)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (edges); i++)
    {
      JsonObject *edge = json_array_get_object_element (edges, i);
      if (!json_object_get_boolean_member (edge, "both-known"))
        return FALSE;
    }
  return TRUE;
}

static void
test_graph_becomes_whole (void)
{
  g_autoptr (Grid) grid = grid_start (4);

  grid_poll (graph_is_whole, grid, GRID_TIMEOUT_MS, "every edge is known from both ends");
}

typedef struct
{
  Grid *grid;
  guint slots_free;
} Expected;

static gboolean
has_slots_free (gpointer data)
{
  Expected *expected = data;
  g_autoptr (JsonNode) peers = grid_json (expected->grid, "oak", "peers", NULL);
  JsonObject *elm = grid_find (peers, "name", "elm");

  return json_object_get_int_member (elm, "slots-free") == expected->slots_free;
}

/* What a host has free is known elsewhere while a job runs there, and after it. */
static void
test_free_slots_are_told (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  g_autofree char *program = grid_built ("tests/system/system-mpi");
  Expected all = { grid, 5 }, some = { grid, 2 };

  grid_must (grid, "elm", "host", "set", "--slots", "5", NULL);
  grid_poll (has_slots_free, &all, GRID_TIMEOUT_MS, "elm has five slots");
  grid_must (grid, "oak", "host", "stop", NULL);
  g_free (grid_submit (grid, "oak", "--name", "hang", "--slots", "3", program, "hang", NULL));
  grid_poll_log (grid, "oak", "hang-1", "up\n");
  grid_poll (has_slots_free, &some, GRID_TIMEOUT_MS, "elm has two slots left");
  grid_must (grid, "oak", "job", "cancel", "hang-1", NULL);
  grid_poll (has_slots_free, &all, GRID_TIMEOUT_MS, "elm has five slots again");
}

/* An owner who needs the machine for a while is still in the grid. */
static void
test_paused_host_is_reclaimed (void)
{
  g_autoptr (Grid) grid = grid_start (2);

  grid_must (grid, "elm", "host", "pause", NULL);
  grid_await_peer_state (grid, "oak", "elm", "reclaimed");
  grid_must (grid, "elm", "host", "resume", NULL);
  grid_await_peer_state (grid, "oak", "elm", "alive");
}

static void
add_tests (void)
{
  g_test_add_func ("/system/peers/every-column-is-filled", test_every_column_is_filled);
  g_test_add_func ("/system/peers/graph-becomes-whole", test_graph_becomes_whole);
  g_test_add_func ("/system/peers/paused-host-is-reclaimed", test_paused_host_is_reclaimed);
  g_test_add_func ("/system/peers/free-slots-are-told", test_free_slots_are_told);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
