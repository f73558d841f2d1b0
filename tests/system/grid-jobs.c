#include "tests/system/grid-fixture.h"

#include <string.h>

/* Jobs of a grid, and what they leave running. */

/**
 * grid_text:
 * @object: an object
 * @key: one of its members
 *
 * Returns: (transfer none): its text
 */
const char *
grid_text (JsonNode *object, const char *key)
{
  return json_object_get_string_member (json_node_get_object (object), key);
}

gint64
grid_number (JsonNode *object, const char *key)
{
  return json_object_get_int_member (json_node_get_object (object), key);
}

/**
 * grid_submit:
 * @grid: a grid
 * @host: the submitter
 * @...: what follows `infinity submit`, %NULL-terminated
 *
 * Returns: (transfer full): the job's id
 */
char *
grid_submit (Grid *grid, const char *host, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GridResult) result = NULL;
  const char *word;
  va_list list;

  g_ptr_array_add (words, (char *)"submit");
  va_start (list, host);
  while ((word = va_arg (list, const char *)))
    g_ptr_array_add (words, (char *)word);
  va_end (list);
  g_ptr_array_add (words, NULL);
  result = grid_call_strv (grid, host, (const char *const *)words->pdata);
  g_assert_cmpint (result->status, ==, 0);
  return g_strchomp (g_steal_pointer (&result->out));
}

/**
 * grid_job:
 * @grid: a grid
 * @host: the submitter
 * @job: a job's name or id
 *
 * Returns: (transfer full): the job as `infinity job show --json` describes it
 */
JsonNode *
grid_job (Grid *grid, const char *host, const char *job)
{
  return grid_json (grid, host, "job", "show", job, NULL);
}

typedef struct
{
  Grid *grid;
  const char *host;
  const char *job;
  const char *state;
} Expected;

static gboolean
is_final (const char *state)
{
  return g_str_equal (state, "done") || g_str_equal (state, "failed")
         || g_str_equal (state, "cancelled");
}

static gboolean
has_state (gpointer data)
{
  Expected *expected = data;
  g_autoptr (JsonNode) job = grid_job (expected->grid, expected->host, expected->job);
  const char *state = grid_text (job, "state");

  if (g_str_equal (state, expected->state))
    return TRUE;
  if (is_final (state))
    g_error ("job %s is %s and won't be %s: %s", expected->job, state, expected->state,
             grid_text (job, "reason"));
  return FALSE;
}

/**
 * grid_await_state:
 * @grid: a grid
 * @host: the submitter
 * @job: a job
 * @state: the state that it shall come to
 *
 * A job that ends in another state fails the test.
 */
void
grid_await_state (Grid *grid, const char *host, const char *job, const char *state)
{
  Expected expected = { grid, host, job, state };
  g_autofree char *what = g_strdup_printf ("job %s is %s", job, state);

  grid_poll (has_state, &expected, GRID_TIMEOUT_MS, what);
}

/**
 * grid_wait:
 * @grid: a grid
 * @host: the submitter
 * @job: a job
 *
 * Returns: the exit status of `infinity job wait`
 */
int
grid_wait (Grid *grid, const char *host, const char *job)
{
  g_autoptr (GridResult) result = grid_call (grid, host, "job", "wait", job, NULL);

  return result->status;
}

/* The job may not be there yet. */
static gboolean
has_logged (gpointer data)
{
  Expected *expected = data;
  g_autoptr (GridResult) log
      = grid_call (expected->grid, expected->host, "job", "log", expected->job, NULL);

  return log->status == 0 && strstr (log->out, expected->state);
}

/**
 * grid_poll_log:
 * @grid: a grid
 * @host: the submitter
 * @job: a job
 * @text: what its program is to print
 *
 * Waits until the job's log has the text.
 */
void
grid_poll_log (Grid *grid, const char *host, const char *job, const char *text)
{
  Expected expected = { grid, host, job, text };
  g_autofree char *what = g_strdup_printf ("job %s prints “%s”", job, text);

  grid_poll (has_logged, &expected, GRID_TIMEOUT_MS, what);
}

/**
 * grid_count_strangers:
 * @grid: a grid
 * @host: a host's name
 *
 * Counts by PID namespace, so that nothing escapes in a session or a namespace of its own.
 *
 * Returns: how many processes live in the host besides its infinityd
 */
int
grid_count_strangers (Grid *grid, const char *host)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = inf_lab_describe_processes (grid->lab, host, &error);
  g_auto (GStrv) lines = NULL;
  int n = 0;

  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", 3);
      if (g_strv_length (fields) == 3 && !g_str_equal (fields[1], "Z"))
        n += !g_str_equal (fields[2], "infinityd");
    }
  return n;
}

static gboolean
has_no_strangers (gpointer data)
{
  Grid *grid = data;

  for (guint i = 1; i <= inf_lab_get_n_hosts (grid->lab); i++)
    if (grid_count_strangers (grid, grid_host (grid, i)) > 0)
      return FALSE;
  return TRUE;
}

/**
 * grid_await_no_strangers:
 * @grid: a grid
 *
 * Waits until nothing but infinityd runs on any host.
 */
void
grid_await_no_strangers (Grid *grid)
{
  grid_poll (has_no_strangers, grid, GRID_TIMEOUT_MS, "nothing but infinityd runs");
}
