#include "tests/system/grid-views.h"

typedef struct
{
  Grid *grid;
  const char *hosts;
  const char *peers;
  const char *state;
  const char *key;
  gint64 number;
  gint64 until_us;
} Views;

/* Calls @func with what each host says of each peer but itself, NULL where it lists none; returns
 * whether that was TRUE for all. */
static gboolean
every (const Views *views,
       gboolean (*func) (const Views *views, const char *host, JsonObject *peer))
{
  g_auto (GStrv) hosts = g_strsplit (views->hosts, " ", -1);
  g_auto (GStrv) names = g_strsplit (views->peers, " ", -1);

  for (guint i = 0; hosts[i]; i++)
    {
      g_autoptr (JsonNode) peers = grid_json (views->grid, hosts[i], "peers", NULL);
      for (guint j = 0; names[j]; j++)
        if (!g_str_equal (names[j], hosts[i])
            && !func (views, hosts[i], grid_find (peers, "name", names[j])))
          return FALSE;
    }
  return TRUE;
}

static const char *
state_of (JsonObject *peer)
{
  return peer ? json_object_get_string_member (peer, "state") : "unknown";
}

static gboolean
is_in_state (const Views *views, const char *host, JsonObject *peer)
{
  return g_str_equal (state_of (peer), views->state);
}

static gboolean
is_in_no_forbidden_state (const Views *views, const char *host, JsonObject *peer)
{
  g_auto (GStrv) forbidden = g_strsplit (views->state, " ", -1);

  if (g_strv_contains ((const char *const *)forbidden, state_of (peer)))
    g_error ("%s takes %s for %s", host,
             peer ? json_object_get_string_member (peer, "name") : views->peers, state_of (peer));
  return TRUE;
}

static gboolean
has_number (const Views *views, const char *host, JsonObject *peer)
{
  return peer && json_object_get_int_member (peer, views->key) == views->number;
}

/**
 * grid_all_see:
 * @grid: a grid
 * @hosts: who is asked
 * @peers: about whom; nobody is asked about itself
 * @state: a state, "unknown" for not being listed
 *
 * Returns: whether all of @hosts take all of @peers for that
 */
gboolean
grid_all_see (Grid *grid, const char *hosts, const char *peers, const char *state)
{
  const Views views = { .grid = grid, .hosts = hosts, .peers = peers, .state = state };

  return every (&views, is_in_state);
}

static gboolean
are_in_state (gpointer data)
{
  return every (data, is_in_state);
}

/**
 * grid_await_views:
 * @grid: a grid
 * @hosts: who is asked
 * @peers: about whom
 * @state: as in grid_all_see()
 * @timeout_ms: until when all of @hosts must agree on it
 */
void
grid_await_views (Grid *grid, const char *hosts, const char *peers, const char *state,
                  int timeout_ms)
{
  Views views = { .grid = grid, .hosts = hosts, .peers = peers, .state = state };
  g_autofree char *what = g_strdup_printf ("%s: each takes %s for %s", hosts, peers, state);

  grid_poll (are_in_state, &views, timeout_ms, what);
}

static gboolean
is_watched_long_enough (gpointer data)
{
  Views *views = data;

  every (views, is_in_no_forbidden_state);
  return g_get_monotonic_time () > views->until_us;
}

/**
 * grid_watch_views:
 * @grid: a grid
 * @hosts: who is asked
 * @peers: about whom
 * @forbidden: states, with spaces between
 * @duration_ms: for how long none of @hosts may take any of @peers for one of them
 */
void
grid_watch_views (Grid *grid, const char *hosts, const char *peers, const char *forbidden,
                  int duration_ms)
{
  Views views = { .grid = grid, .hosts = hosts, .peers = peers, .state = forbidden };

  views.until_us = g_get_monotonic_time () + duration_ms * (gint64)1000;
  grid_poll (is_watched_long_enough, &views, duration_ms + GRID_TIMEOUT_MS, "the time is over");
}

static gboolean
have_number (gpointer data)
{
  return every (data, has_number);
}

/**
 * grid_await_number:
 * @grid: a grid
 * @hosts: who is asked
 * @peer: about whom
 * @key: what, as in `infinity peers --json`
 * @number: what all of @hosts must say
 */
void
grid_await_number (Grid *grid, const char *hosts, const char *peer, const char *key, gint64 number)
{
  Views views = { .grid = grid, .hosts = hosts, .peers = peer, .key = key, .number = number };
  g_autofree char *what
      = g_strdup_printf ("%s: each knows %s of %s: %" G_GINT64_FORMAT, hosts, key, peer, number);

  grid_poll (have_number, &views, GRID_TIMEOUT_MS, what);
}
