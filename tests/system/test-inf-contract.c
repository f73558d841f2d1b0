#include "tests/system/grid-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* An app can be written on the D-Bus interface alone: grid-app is one. */

typedef struct
{
  Grid *grid;
  InfLabProcess *process;
  const char *host;
} App;

static App
start_app (Grid *grid, const char *host, const char *const *words)
{
  g_autofree char *program = grid_built ("tests/system/grid-app");
  g_autofree char *path = grid_path (grid, host, "app.out");
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  InfLabCommand command = { .in_fd = -1, .err_fd = STDERR_FILENO };
  App app = { .grid = grid, .host = host };

  g_ptr_array_add (argv, program);
  for (guint i = 0; words[i]; i++)
    g_ptr_array_add (argv, (char *)words[i]);
  g_ptr_array_add (argv, NULL);
  command.argv = (const char *const *)argv->pdata;
  command.out_fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_assert_cmpint (command.out_fd, >=, 0);
  app.process = inf_lab_exec (grid->lab, host, &command, &error);
  g_assert_no_error (error);
  close (command.out_fd);
  return app;
}

static App
start_watching (Grid *grid, const char *host)
{
  const char *const words[] = { "watch", NULL };

  return start_app (grid, host, words);
}

typedef struct
{
  const App *app;
  const char *line;
} Expected;

static gboolean
has_said (gpointer data)
{
  Expected *expected = data;
  g_autofree char *text = grid_read (expected->app->grid, expected->app->host, "app.out");

  return text && strstr (text, expected->line);
}

static void
await_line (const App *app, const char *line)
{
  Expected expected = { app, line };

  grid_poll (has_said, &expected, GRID_TIMEOUT_MS, line);
}

static void
test_signals_of_peers (void)
{
  g_autoptr (Grid) grid = grid_new (2);
  App app;

  grid_found (grid, NULL);
  app = start_watching (grid, "oak");
  await_line (&app, "peer id of 52 characters, 0 other peers\n");
  grid_join (grid, "elm");
  await_line (&app, "PeerJoined elm alive\n");
  await_line (&app, "property PeersAlive 1\n");
  grid_must (grid, "elm", "host", "set", "--slots", "17", NULL);
  await_line (&app, "'slots-total': <uint32 17>");
  grid_must (grid, "elm", "daemon", "stop", NULL);
  await_line (&app, "PeerGone left\n");
  await_line (&app, "property PeersAlive 0\n");
  inf_lab_process_free (app.process);
}

static void
test_signals_of_a_host (void)
{
  g_autoptr (Grid) grid = grid_start (2);
  App app = start_watching (grid, "elm");

  await_line (&app, "other peers\n");
  grid_must (grid, "elm", "host", "set", "--slots", "3", NULL);
  await_line (&app, "property Policy ");
  await_line (&app, "'slots': <uint32 3>");
  grid_must (grid, "oak", "run", "--nodes", "2", "taskadd", "--generate", "1000", NULL);
  await_line (&app, "LeaseChanged oak leased\n");
  await_line (&app, "LeaseChanged oak running\n");
  await_line (&app, "LeaseChanged oak closed\n");
  await_line (&app, "property Earned ");
  await_line (&app, "property Balance ");
  inf_lab_process_free (app.process);
}

static void
test_a_job_by_signals_alone (void)
{
  static const char *const lines[]
      = { "plan possible\n",      "JobChanged leasing\n",      "JobChanged staging\n",
          "JobChanged running\n", "JobChanged collecting\n",   "LogGrew\n",
          "JobChanged done\n",    "log as long as said\n",     "result of taskadd\n",
          "taskadd: added 1000 ", "output sum.txt verified\n", "history " };
  const char *const words[] = { "job", "taskadd", "--generate", "1000", NULL };
  g_autoptr (Grid) grid = grid_start (2);
  App app = start_app (grid, "oak", words);
  g_autofree char *text = NULL;

  g_assert_cmpint (grid_await_exit (app.process), ==, 0);
  text = grid_read (grid, "oak", "app.out");
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (!strstr (text, lines[i]))
      g_error ("no “%s” in: %s", lines[i], text);
  inf_lab_process_free (app.process);
}

static void
add_tests (void)
{
  g_test_add_func ("/system/contract/peers", test_signals_of_peers);
  g_test_add_func ("/system/contract/host", test_signals_of_a_host);
  g_test_add_func ("/system/contract/job", test_a_job_by_signals_alone);
}

int
main (int argc, char **argv)
{
  return grid_fixture_main (argc, argv, add_tests);
}
