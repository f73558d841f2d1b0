#include "tests/system/grid-checks.h"

#include <stdlib.h>
#include <string.h>

/* A grant of `infinity grid create`, which each member gets. */
#define GRANT_UCREDITS 1000000000

/**
 * grid_payload:
 *
 * Returns: (transfer full): the path of grid-payload, the program that waits and misbehaves
 */
char *
grid_payload (void)
{
  return grid_built ("tests/system/grid-payload");
}

typedef struct
{
  Grid *grid;
  const char *job;
  guint n_ranks;
} Waiting;

static gboolean
is_waiting (gpointer data)
{
  Waiting *waiting = data;
  g_autoptr (GridResult) log = grid_call (waiting->grid, "oak", "job", "log", waiting->job, NULL);
  guint n = 0;

  for (const char *at = log->out; (at = strstr (at, "waiting\n")); at++)
    n += at == log->out || at[-1] == '\n';
  return n == waiting->n_ranks;
}

/**
 * grid_await_waiting:
 * @grid: a grid
 * @job: a job whose program is grid-payload with the word wait
 * @n_ranks: of how many ranks
 *
 * Waits until every rank runs.
 */
void
grid_await_waiting (Grid *grid, const char *job, guint n_ranks)
{
  Waiting waiting = { grid, job, n_ranks };

  grid_poll (is_waiting, &waiting, GRID_TIMEOUT_MS, "every rank says that it waits");
}

typedef struct
{
  Grid *grid;
  const char *host;
  gboolean hosting;
  const char *key;
  gint64 number;
} Capacity;

/* Whether oak has heard of it. */
static gboolean
is_hosting_known (gpointer data)
{
  Capacity *capacity = data;
  g_autoptr (JsonNode) peers = grid_json (capacity->grid, "oak", "peers", NULL);
  JsonObject *peer = grid_find (peers, "name", capacity->host);

  return json_object_get_boolean_member (peer, "hosting") == capacity->hosting;
}

static gboolean
is_number_known (gpointer data)
{
  Capacity *capacity = data;
  g_autoptr (JsonNode) peers = grid_json (capacity->grid, "oak", "peers", NULL);
  JsonObject *peer = grid_find (peers, "name", capacity->host);

  return json_object_get_int_member (peer, capacity->key) == capacity->number;
}

/**
 * grid_set_hosting:
 * @grid: a grid
 * @host: one of its machines
 * @hosting: whether it is to take jobs; oak has heard of it when this returns
 */
void
grid_set_hosting (Grid *grid, const char *host, gboolean hosting)
{
  Capacity expected = { .grid = grid, .host = host, .hosting = hosting };

  grid_must (grid, host, "host", hosting ? "start" : "stop", NULL);
  grid_poll (is_hosting_known, &expected, GRID_TIMEOUT_MS, "oak knows who hosts");
}

/**
 * grid_set:
 * @grid: a grid
 * @host: one of its machines
 * @option: of `infinity host set`
 * @value: for it
 * @key: what of a peer it changes, as in `infinity peers --json`
 * @number: to what; oak has heard of it when this returns
 */
void
grid_set (Grid *grid, const char *host, const char *option, const char *value, const char *key,
          gint64 number)
{
  Capacity expected = { .grid = grid, .host = host, .key = key, .number = number };

  grid_must (grid, host, "host", "set", option, value, NULL);
  grid_poll (is_number_known, &expected, GRID_TIMEOUT_MS, "oak knows what is lent");
}

/**
 * grid_node_pid:
 * @grid: a grid
 * @host: one of its machines
 *
 * Returns: its infinityd as the machine itself numbers it; 0 when none runs
 */
GPid
grid_node_pid (Grid *grid, const char *host)
{
  const char *argv[] = { "pidof", "infinityd", NULL };
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  inf_lab_run (grid->lab, host, argv, GRID_TIMEOUT_MS, &out, NULL, &status, &error);
  g_assert_no_error (error);
  return atoi (out);
}

/**
 * grid_signal_node:
 * @grid: a grid
 * @host: one of its machines
 * @signal_number: what its infinityd gets
 */
void
grid_signal_node (Grid *grid, const char *host, int signal_number)
{
  g_autofree char *pid = g_strdup_printf ("%d", grid_node_pid (grid, host));
  g_autofree char *option = g_strdup_printf ("-%d", signal_number);
  const char *argv[] = { "kill", option, pid, NULL };
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_assert_cmpstr (pid, !=, "0");
  inf_lab_run (grid->lab, host, argv, GRID_TIMEOUT_MS, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

typedef struct
{
  Grid *grid;
  const char *host;
} AtHost;

static gboolean
is_empty (gpointer data)
{
  AtHost *at = data;

  return grid_count_strangers (at->grid, at->host) == 0 && grid_node_pid (at->grid, at->host) == 0;
}

/**
 * grid_await_node_gone:
 * @grid: a grid
 * @host: a machine whose infinityd was killed
 *
 * Waits until nothing of Infinity runs there, sandboxes included.
 */
void
grid_await_node_gone (Grid *grid, const char *host)
{
  AtHost at = { grid, host };

  grid_poll (is_empty, &at, GRID_TIMEOUT_MS, "nothing runs where infinityd was killed");
}

/**
 * grid_lease_id:
 * @grid: a grid
 * @host: a machine that holds one lease
 *
 * Returns: (transfer full): its id
 */
char *
grid_lease_id (Grid *grid, const char *host)
{
  g_autoptr (GridResult) leases = grid_call (grid, host, "host", "leases", "--quiet", NULL);

  return g_strchomp (g_steal_pointer (&leases->out));
}

typedef struct
{
  Grid *grid;
  const char *const *hosts;
} Hosts;

static gboolean
are_without_strangers (gpointer data)
{
  Hosts *these = data;

  for (guint i = 0; these->hosts[i]; i++)
    if (grid_count_strangers (these->grid, these->hosts[i]) > 0)
      return FALSE;
  return TRUE;
}

/**
 * grid_await_processes_gone_us:
 * @grid: a grid
 * @hosts: (array zero-terminated=1): some of its machines
 *
 * Waits until nothing but infinityd runs there.
 *
 * Returns: how long that took
 */
gint64
grid_await_processes_gone_us (Grid *grid, const char *const *hosts)
{
  Hosts these = { grid, hosts };
  gint64 began_us = g_get_monotonic_time ();

  grid_poll (are_without_strangers, &these, GRID_TIMEOUT_MS, "nothing of the job runs any more");
  return g_get_monotonic_time () - began_us;
}

/**
 * grid_credits:
 * @grid: a grid
 * @host: one of its machines
 * @key: "balance" or another of what `infinity credits --json` prints
 *
 * Returns: micro-credits
 */
gint64
grid_credits (Grid *grid, const char *host, const char *key)
{
  g_autoptr (JsonNode) account = grid_json (grid, host, "credits", NULL);

  return grid_number (account, key);
}

static gboolean
is_settled (gpointer data)
{
  Grid *grid = data;
  guint n = inf_lab_get_n_hosts (grid->lab);
  gint64 sum = 0;

  for (guint i = 1; i <= n; i++)
    {
      g_autoptr (JsonNode) account = grid_json (grid, grid_host (grid, i), "credits", NULL);
      if (grid_number (account, "escrowed") != 0)
        return FALSE;
      sum += grid_number (account, "balance");
    }
  return sum == (gint64)n * GRANT_UCREDITS;
}

/**
 * grid_await_settled:
 * @grid: a grid
 *
 * Waits until nothing is set aside anywhere, and all balances together are what was granted.
 */
void
grid_await_settled (Grid *grid)
{
  grid_poll (is_settled, grid, GRID_TIMEOUT_MS, "what was paid is what was earned");
}

/* Whether no lease is left on the host, on disk or in its infinityd, and all its slots are free. */
static gboolean
is_host_clean (Grid *grid, const char *host)
{
  g_autofree char *home = inf_lab_dup_infinity_home (grid->lab, host);
  g_autofree char *path = g_build_filename (home, "leases", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (JsonNode) leases = grid_json (grid, host, "host", "leases", NULL);
  g_autoptr (JsonNode) peers = grid_json (grid, host, "peers", NULL);
  JsonObject *self = grid_find (peers, "name", host);

  return !(dir && g_dir_read_name (dir))
         && json_array_get_length (json_node_get_array (leases)) == 0
         && json_object_get_int_member (self, "slots-free")
                == json_object_get_int_member (self, "slots-total");
}

/* Whether oak has heard that all slots of those who are there are free. */
static gboolean
is_all_free (Grid *grid)
{
  g_autoptr (JsonNode) peers = grid_json (grid, "oak", "peers", NULL);
  JsonArray *list = json_node_get_array (peers);

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *peer = json_array_get_object_element (list, i);
      if (g_str_equal (json_object_get_string_member (peer, "state"), "alive")
          && json_object_get_int_member (peer, "slots-free")
                 != json_object_get_int_member (peer, "slots-total"))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_clean (gpointer data)
{
  Grid *grid = data;

  if (!is_all_free (grid))
    return FALSE;
  for (guint i = 1; i <= inf_lab_get_n_hosts (grid->lab); i++)
    if (!is_host_clean (grid, grid_host (grid, i)))
      return FALSE;
  return TRUE;
}

/**
 * grid_await_clean:
 * @grid: a grid in which no job is under way, or will soon be
 *
 * Waits until nothing is left of any job: no process, no lease on either side, no file of one, no
 * credits set aside, and what was paid is what was earned.
 */
void
grid_await_clean (Grid *grid)
{
  grid_await_no_strangers (grid);
  grid_poll (is_clean, grid, GRID_TIMEOUT_MS, "no lease is left, and every slot is free");
  grid_await_settled (grid);
}
