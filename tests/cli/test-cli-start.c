#include "tests/cli/inf-cli-run.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Nothing listens when these tests begin. */

typedef struct
{
  char *dir;
  char *program;
} Fixture;

/* where the commands look for infinityd */
static char *libexec_dir;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_cli_make_state_dir ();
  fixture->program = g_build_filename (libexec_dir, "infinityd", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->program);
  g_free (fixture->program);
  inf_cli_remove_state_dir (fixture->dir);
}

static void
write_program (Fixture *fixture, const char *script)
{
  g_assert_true (g_file_set_contents (fixture->program, script, -1, NULL));
  g_assert_cmpint (g_chmod (fixture->program, 0755), ==, 0);
}

static void
test_some_commands_start_nothing (Fixture *fixture, gconstpointer data)
{
  const char *const commands[][4]
      = { { NULL }, { "status" }, { "daemon", "stop" }, { "complete", "peer", "show" } };

  write_program (fixture, "#!/bin/sh\ntouch \"$INFINITY_HOME/started\"\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, commands[i]);
      g_autofree char *started = g_build_filename (fixture->dir, "started", NULL);

      inf_cli_run_wait (run);
      if (i < 3)
        {
          g_assert_cmpint (run->status, ==, 3);
          inf_cli_assert_contains (run->err->str, "Infinity is not running");
        }
      g_assert_false (g_file_test (started, G_FILE_TEST_EXISTS));
    }
}

static void
test_starts_and_stops (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) first = NULL, second = NULL, stop = NULL, after = NULL;
  g_autofree char *about_path = g_build_filename (fixture->dir, "about", NULL);
  g_autofree char *log_path = g_build_filename (fixture->dir, "daemon.log", NULL);
  g_autofree char *about = NULL, *log = NULL;
  GStatBuf info;

  g_assert_cmpint (symlink (g_getenv ("INFINITY_FAKE_DAEMON"), fixture->program), ==, 0);
  first = inf_cli_run (fixture->dir, "credits", NULL);
  g_assert_cmpstr (first->err->str, ==, "");
  g_assert_cmpint (first->status, ==, 0);
  inf_cli_assert_contains (first->out->str, "1000.5");
  /* in a session of its own, on no terminal, keeping no directory busy */
  g_assert_true (g_file_get_contents (about_path, &about, NULL, NULL));
  g_assert_cmpstr (about, ==, "1 0 /");
  g_assert_true (g_file_get_contents (log_path, &log, NULL, NULL));
  g_assert_cmpstr (log, ==, "the fake infinityd runs\n");
  g_assert_cmpint (g_stat (log_path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  second = inf_cli_run (fixture->dir, "status", NULL);
  g_assert_cmpint (second->status, ==, 0);
  stop = inf_cli_run (fixture->dir, "daemon", "stop", NULL);
  g_assert_cmpint (stop->status, ==, 0);
  after = inf_cli_run (fixture->dir, "status", NULL);
  g_assert_cmpint (after->status, ==, 3);
}

static void
test_makes_the_state_directory (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->dir, "not", "yet", NULL);
  g_autoptr (InfCliRun) start = NULL, stop = NULL;
  GStatBuf info;

  g_assert_cmpint (symlink (g_getenv ("INFINITY_FAKE_DAEMON"), fixture->program), ==, 0);
  start = inf_cli_run (below, "daemon", "start", NULL);
  g_assert_cmpint (start->status, ==, 0);
  g_assert_cmpint (g_stat (below, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  stop = inf_cli_run (below, "daemon", "stop", NULL);
  g_assert_cmpint (stop->status, ==, 0);
}

static gboolean
are_over (gpointer user_data)
{
  InfCliRun **runs = user_data;

  for (; *runs; runs++)
    if ((*runs)->n_open)
      return FALSE;
  return TRUE;
}

static void
test_many_at_once_start_one (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "daemon", "start", NULL };
  InfCliRun *runs[7] = { NULL };
  g_autofree char *log_path = g_build_filename (fixture->dir, "daemon.log", NULL);
  g_autofree char *log = NULL;
  g_autoptr (InfCliRun) stop = NULL;

  g_assert_cmpint (symlink (g_getenv ("INFINITY_FAKE_DAEMON"), fixture->program), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (runs) - 1; i++)
    runs[i] = inf_cli_run_start (fixture->dir, arguments);
  inf_cli_run_wait_for (runs[0], are_over, runs);
  for (guint i = 0; runs[i]; i++)
    {
      g_assert_cmpint (runs[i]->status, ==, 0);
      inf_cli_run_free (runs[i]);
    }
  g_assert_true (g_file_get_contents (log_path, &log, NULL, NULL));
  g_assert_cmpstr (log, ==, "the fake infinityd runs\n");
  stop = inf_cli_run (fixture->dir, "daemon", "stop", NULL);
  g_assert_cmpint (stop->status, ==, 0);
}

static void
test_shows_why_it_did_not_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;
  g_autofree char *log_path = g_build_filename (fixture->dir, "daemon.log", NULL);

  g_assert_true (g_file_set_contents (log_path, "of another day\n", -1, NULL));
  write_program (fixture, "#!/bin/sh\necho 'port 7848 is taken\033[2J' >&2\nexit 7\n");
  run = inf_cli_run (fixture->dir, "peers", NULL);
  g_assert_cmpint (run->status, ==, 3);
  inf_cli_assert_contains (run->err->str, "infinityd ended with status 7 while it started");
  inf_cli_assert_contains (run->err->str, "\n  port 7848 is taken\\x1b[2J\n");
  g_assert_null (strstr (run->err->str, "of another day"));
}

static void
test_missing_program (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "peers", NULL);

  g_assert_cmpint (run->status, ==, 3);
  inf_cli_assert_contains (run->err->str, "infinityd can't be started");
}

static void
test_keeps_one_older_log (Fixture *fixture, gconstpointer data)
{
  g_autofree char *log_path = g_build_filename (fixture->dir, "daemon.log", NULL);
  g_autofree char *older_path = g_build_filename (fixture->dir, "daemon.log.1", NULL);
  g_autofree char *much = g_strnfill (1024 * 1024 + 1, 'x');
  g_autoptr (InfCliRun) run = NULL;
  GStatBuf info;

  g_assert_true (g_file_set_contents (log_path, much, -1, NULL));
  write_program (fixture, "#!/bin/sh\nexit 1\n");
  run = inf_cli_run (fixture->dir, "peers", NULL);
  g_assert_cmpint (g_stat (older_path, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 1024 * 1024 + 1);
  g_assert_cmpint (g_stat (log_path, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 0);
}

static void
test_long_directory (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (120, 'd');
  g_autofree char *below = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (InfCliRun) run = inf_cli_run (below, "peers", NULL);

  g_assert_cmpint (run->status, ==, 3);
  inf_cli_assert_contains (run->err->str, "set INFINITY_HOME to a shorter one");
}

static void
test_something_else_on_the_socket (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "bus", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (InfCliRun) run = NULL;

  /* it takes connections and says nothing: the command gives up by itself */
  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  run = inf_cli_run (fixture->dir, "peers", NULL);
  g_assert_cmpint (run->status, ==, 3);
  inf_cli_assert_contains (run->err->str, "infinityd does not answer at");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/cli/start/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  libexec_dir = inf_cli_make_state_dir ();
  g_setenv ("INFINITY_LIBEXEC_DIR", libexec_dir, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("some-commands-start-nothing", test_some_commands_start_nothing);
  ADD ("starts-and-stops", test_starts_and_stops);
  ADD ("makes-the-state-directory", test_makes_the_state_directory);
  ADD ("many-at-once-start-one", test_many_at_once_start_one);
  ADD ("shows-why-it-did-not-start", test_shows_why_it_did_not_start);
  ADD ("missing-program", test_missing_program);
  ADD ("keeps-one-older-log", test_keeps_one_older_log);
  ADD ("long-directory", test_long_directory);
  ADD ("something-else-on-the-socket", test_something_else_on_the_socket);
  status = g_test_run ();
  inf_cli_remove_state_dir (libexec_dir);
  return status;
}
