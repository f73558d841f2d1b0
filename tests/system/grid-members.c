#include "tests/system/grid-fixture.h"

#include <string.h>

/* Founding, joining, and what nodes say of each other. */

/**
 * grid_found:
 * @grid: machines in no grid
 * @grant: (nullable): every member's welcome grant in credits; %NULL for the default
 *
 * Has oak found a grid.
 */
void
grid_found (Grid *grid, const char *grant)
{
  if (grant)
    grid_must (grid, "oak", "grid", "create", "test", "--node-name", "oak", "--grant", grant, NULL);
  else
    grid_must (grid, "oak", "grid", "create", "test", "--node-name", "oak", NULL);
}

/**
 * grid_invite:
 * @grid: a grid
 *
 * Returns: (transfer full): a token from oak
 */
char *
grid_invite (Grid *grid)
{
  g_autoptr (GridResult) result = grid_call (grid, "oak", "grid", "invite", NULL);

  g_assert_cmpint (result->status, ==, 0);
  g_assert_true (g_str_has_prefix (result->out, "infinity:"));
  return g_strchomp (g_steal_pointer (&result->out));
}

/**
 * grid_join:
 * @grid: a grid
 * @host: a machine that is in no grid
 *
 * Has the host join with a new invite from oak.
 */
void
grid_join (Grid *grid, const char *host)
{
  g_autofree char *token = grid_invite (grid);

  grid_must (grid, host, "grid", "join", token, "--node-name", host, NULL);
}

/**
 * grid_find:
 * @list: an array of objects
 * @key: a member of them
 * @value: its text
 *
 * Returns: (transfer none) (nullable): the object that has it
 */
JsonObject *
grid_find (JsonNode *list, const char *key, const char *value)
{
  JsonArray *array = json_node_get_array (list);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      if (g_strcmp0 (json_object_get_string_member_with_default (object, key, NULL), value) == 0)
        return object;
    }
  return NULL;
}

/**
 * grid_peer_state:
 * @grid: a grid
 * @host: who is asked
 * @peer: about whom
 *
 * Returns: (transfer full): the peer's state, "unknown" when the host doesn't list it
 */
char *
grid_peer_state (Grid *grid, const char *host, const char *peer)
{
  g_autoptr (JsonNode) peers = grid_json (grid, host, "peers", NULL);
  JsonObject *object = grid_find (peers, "name", peer);

  return g_strdup (object ? json_object_get_string_member (object, "state") : "unknown");
}

typedef struct
{
  Grid *grid;
  const char *host;
  const char *peer;
  const char *state;
} Expected;

static gboolean
is_in_state (gpointer data)
{
  Expected *expected = data;
  g_autofree char *state = grid_peer_state (expected->grid, expected->host, expected->peer);

  return g_str_equal (state, expected->state);
}

void
grid_await_peer_state (Grid *grid, const char *host, const char *peer, const char *state)
{
  Expected expected = { grid, host, peer, state };
  g_autofree char *what = g_strdup_printf ("%s takes %s for %s", host, peer, state);

  grid_poll (is_in_state, &expected, GRID_TIMEOUT_MS, what);
}

/* Whether the host sees everybody alive, and those who can host hosting. */
static gboolean
knows_all (gpointer data)
{
  Expected *expected = data;
  g_autoptr (JsonNode) peers = grid_json (expected->grid, expected->host, "peers", NULL);
  JsonArray *array = json_node_get_array (peers);
  guint n_ready = 0;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *peer = json_array_get_object_element (array, i);
      const char *state = json_object_get_string_member (peer, "state");
      n_ready += (g_str_equal (state, "alive") || g_str_equal (state, "self"))
                 && json_object_get_boolean_member (peer, "hosting");
    }
  return n_ready == inf_lab_get_n_hosts (expected->grid->lab);
}

/**
 * grid_await_peers:
 * @grid: a grid that every machine has joined
 *
 * Waits until each knows all the others.
 */
void
grid_await_peers (Grid *grid)
{
  for (guint i = 1; i <= inf_lab_get_n_hosts (grid->lab); i++)
    {
      Expected expected = { .grid = grid, .host = grid_host (grid, i) };
      g_autofree char *what = g_strdup_printf ("%s knows all the others", expected.host);

      grid_poll (knows_all, &expected, GRID_TIMEOUT_MS, what);
    }
}
