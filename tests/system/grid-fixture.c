#include "tests/system/grid-fixture.h"

#include "tests/system/grid-logs.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_US 20000

/**
 * grid_fixture_main:
 * @argc: main()'s
 * @argv: main()'s
 * @add_tests: adds the tests
 *
 * Returns: the exit status
 */
int
grid_fixture_main (int argc, char **argv, void (*add_tests) (void))
{
  /* messages are compared with what they are in UTF-8 */
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  return lab_fixture_main (argc, argv, add_tests);
}

/**
 * grid_new:
 * @n_hosts: how many machines
 *
 * Returns: (transfer full): machines that are in no grid
 */
Grid *
grid_new (guint n_hosts)
{
  Grid *grid = g_new0 (Grid, 1);

  grid->lab = lab_fixture_start (n_hosts);
  grid_logs_watch (grid->lab);
  return grid;
}

/**
 * grid_start:
 * @n_hosts: how many machines
 *
 * Returns: (transfer full): machines in one grid that oak founded; all know each other and host
 */
Grid *
grid_start (guint n_hosts)
{
  Grid *grid = grid_new (n_hosts);

  grid_found (grid, NULL);
  for (guint i = 2; i <= n_hosts; i++)
    grid_join (grid, grid_host (grid, i));
  grid_await_peers (grid);
  return grid;
}

void
grid_free (Grid *grid)
{
  if (!grid)
    return;
  grid_logs_forget ();
  inf_lab_free (grid->lab);
  g_free (grid);
}

/**
 * grid_host:
 * @grid: a grid
 * @index: from 1, which is oak
 *
 * Returns: (transfer none): the host's name, also in the grid
 */
const char *
grid_host (Grid *grid, guint index)
{
  return inf_lab_get_host_name (grid->lab, index);
}

/* Returns: (transfer full) (array zero-terminated=1): `infinity` and the words */
static GPtrArray *
make_argv (const char *const *words)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (argv, grid_built ("cli/infinity"));
  for (guint i = 0; words[i]; i++)
    g_ptr_array_add (argv, g_strdup (words[i]));
  g_ptr_array_add (argv, NULL);
  return argv;
}

/* Returns: (transfer container): the words that follow in @list, after @first */
static GPtrArray *
collect (const char *first, va_list list)
{
  GPtrArray *words = g_ptr_array_new ();
  const char *word;

  if (first)
    g_ptr_array_add (words, (char *)first);
  while ((word = va_arg (list, const char *)))
    g_ptr_array_add (words, (char *)word);
  g_ptr_array_add (words, NULL);
  return words;
}

#define COLLECT(words, after)                                                                      \
  g_autoptr (GPtrArray) words = NULL;                                                              \
  {                                                                                                \
    va_list list;                                                                                  \
    va_start (list, after);                                                                        \
    words = collect (NULL, list);                                                                  \
    va_end (list);                                                                                 \
  }

#define WORDS(array) ((const char *const *)(array)->pdata)

static int
exit_status (int wait_status)
{
  return WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 128 + WTERMSIG (wait_status);
}

/**
 * grid_call_strv:
 * @grid: a grid
 * @host: where
 * @words: (array zero-terminated=1): what follows `infinity`
 *
 * Returns: (transfer full): how it ended and what it wrote
 */
GridResult *
grid_call_strv (Grid *grid, const char *host, const char *const *words)
{
  g_autoptr (GPtrArray) argv = make_argv (words);
  g_autofree char *line = g_strjoinv (" ", (char **)words);
  g_autoptr (GError) error = NULL;
  GridResult *result = g_new0 (GridResult, 1);
  int status = -1;

  if (!inf_lab_run (grid->lab, host, WORDS (argv), GRID_TIMEOUT_MS, &result->out, &result->err,
                    &status, &error))
    g_error ("%s: infinity %s: %s", host, line, error->message);
  result->status = exit_status (status);
  if (result->status != 0 || *result->err)
    g_test_message ("%s: infinity %s: %d %s", host, line, result->status, result->err);
  return result;
}

/**
 * grid_call:
 * @grid: a grid
 * @host: where
 * @...: what follows `infinity`, %NULL-terminated
 *
 * Returns: (transfer full): how it ended and what it wrote
 */
GridResult *
grid_call (Grid *grid, const char *host, ...)
{
  COLLECT (words, host);
  return grid_call_strv (grid, host, WORDS (words));
}

void
grid_result_free (GridResult *result)
{
  if (!result)
    return;
  g_free (result->out);
  g_free (result->err);
  g_free (result);
}

static GridResult *
call_and_succeed (Grid *grid, const char *host, const char *const *words)
{
  GridResult *result = grid_call_strv (grid, host, words);

  if (result->status != 0)
    g_error ("%s: infinity %s … failed with status %d: %s", host, words[0], result->status,
             result->err);
  return result;
}

/**
 * grid_must:
 * @grid: a grid
 * @host: where
 * @...: what follows `infinity`, %NULL-terminated; it must succeed
 */
void
grid_must (Grid *grid, const char *host, ...)
{
  COLLECT (words, host);
  grid_result_free (call_and_succeed (grid, host, WORDS (words)));
}

/**
 * grid_refused:
 * @grid: a grid
 * @status: the exit status that it must have
 * @message: what its message must contain
 * @host: where
 * @...: what follows `infinity`, %NULL-terminated
 */
void
grid_refused (Grid *grid, int status, const char *message, const char *host, ...)
{
  COLLECT (words, host);
  g_autoptr (GridResult) result = grid_call_strv (grid, host, WORDS (words));

  if (result->status != status || !strstr (result->err, message))
    g_error ("%s: infinity %s …: status %d instead of %d, or no “%s” in: %s", host,
             (char *)words->pdata[0], result->status, status, message, result->err);
}

/**
 * grid_json:
 * @grid: a grid
 * @host: where
 * @...: what follows `infinity`, %NULL-terminated; `--json` is added
 *
 * Returns: (transfer full): what it printed; it must succeed
 */
JsonNode *
grid_json (Grid *grid, const char *host, ...)
{
  COLLECT (words, host);
  g_autoptr (GridResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  words->pdata[words->len - 1] = (char *)"--json";
  g_ptr_array_add (words, NULL);
  result = call_and_succeed (grid, host, WORDS (words));
  node = json_from_string (result->out, &error);
  g_assert_no_error (error);
  return node;
}

static int
open_output (Grid *grid, const char *host, const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = grid_path (grid, host, file);
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

/**
 * grid_spawn_strv:
 * @grid: a grid
 * @host: where
 * @name: the files NAME.out and NAME.err in the host's /tmp get what it writes
 * @words: (array zero-terminated=1): what follows `infinity`
 *
 * Returns: (transfer full): a running `infinity`
 */
InfLabProcess *
grid_spawn_strv (Grid *grid, const char *host, const char *name, const char *const *words)
{
  g_autoptr (GPtrArray) argv = make_argv (words);
  g_autoptr (GError) error = NULL;
  InfLabCommand command = { .argv = WORDS (argv), .in_fd = -1 };
  InfLabProcess *process;

  command.out_fd = open_output (grid, host, name, ".out");
  command.err_fd = open_output (grid, host, name, ".err");
  process = inf_lab_exec (grid->lab, host, &command, &error);
  g_assert_no_error (error);
  close (command.out_fd);
  close (command.err_fd);
  return process;
}

/**
 * grid_spawn:
 * @grid: a grid
 * @host: where
 * @name: the files NAME.out and NAME.err in the host's /tmp get what it writes
 * @...: what follows `infinity`, %NULL-terminated
 *
 * Returns: (transfer full): a running `infinity`
 */
InfLabProcess *
grid_spawn (Grid *grid, const char *host, const char *name, ...)
{
  COLLECT (words, name);
  return grid_spawn_strv (grid, host, name, WORDS (words));
}

/**
 * grid_await_exit:
 * @process: a process
 *
 * Returns: its exit status
 */
int
grid_await_exit (InfLabProcess *process)
{
  g_autoptr (GError) error = NULL;
  int status = -1;

  inf_lab_process_wait (process, GRID_TIMEOUT_MS, &status, &error);
  if (error)
    g_error ("%s", error->message);
  return exit_status (status);
}

/**
 * grid_path:
 * @grid: a grid
 * @host: a host's name
 * @path_in_tmp: a path below the host's /tmp
 *
 * Returns: (transfer full): where that is for this program
 */
char *
grid_path (Grid *grid, const char *host, const char *path_in_tmp)
{
  g_autofree char *tmp = inf_lab_dup_tmp (grid->lab, host);

  return g_build_filename (tmp, path_in_tmp, NULL);
}

void
grid_write (Grid *grid, const char *host, const char *path_in_tmp, const char *text)
{
  g_autofree char *path = grid_path (grid, host, path_in_tmp);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/**
 * grid_read:
 * @grid: a grid
 * @host: a host's name
 * @path_in_tmp: a path below the host's /tmp
 *
 * Returns: (transfer full) (nullable): the file's text; %NULL when there is none
 */
char *
grid_read (Grid *grid, const char *host, const char *path_in_tmp)
{
  g_autofree char *path = grid_path (grid, host, path_in_tmp);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/**
 * grid_built:
 * @path: a file's path in the build tree
 *
 * Returns: (transfer full): its path, the same in every host
 */
char *
grid_built (const char *path)
{
  return g_build_filename (g_getenv ("INFINITY_TEST_ROOT"), path, NULL);
}

/**
 * grid_poll:
 * @condition: what shall become true
 * @data: for @condition
 * @timeout_ms: until when
 * @what: what it is, for the message
 */
void
grid_poll (gboolean (*condition) (gpointer data), gpointer data, int timeout_ms, const char *what)
{
  gint64 deadline_us = g_get_monotonic_time () + timeout_ms * (gint64)1000;

  while (!condition (data))
    {
      if (g_get_monotonic_time () > deadline_us)
        g_error ("not within %d ms: %s", timeout_ms, what);
      g_usleep (POLL_US);
    }
}
