#include "tests/lab/lab-fixture.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* `infinity lab …` as people use it: each call a process of its own. */

/* Runs `lab WORDS…`. Returns its exit status. */
static int
run (const char *input, char **ret_out, char **ret_err, const char *words)
{
  g_autofree char *program = lab_fixture_program ("lab-command");
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_auto (GStrv) split = NULL;

  g_assert_true (g_shell_parse_argv (words, NULL, &split, &error));
  g_ptr_array_add (argv, program);
  for (guint i = 0; split[i]; i++)
    g_ptr_array_add (argv, split[i]);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *)argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, ret_out, ret_err, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

/* The lab is this process's, so that it goes with it when a test fails. */
static void
start_lab (InfLab **fixture, gconstpointer data)
{
  *fixture = lab_fixture_start (3);
  g_setenv ("INFINITY_LAB", inf_lab_get_name (*fixture), TRUE);
}

static void
stop_lab (InfLab **fixture, gconstpointer data)
{
  inf_lab_free (*fixture);
  g_unsetenv ("INFINITY_LAB");
}

/* The one lab here that outlives the call that starts it; nothing is asserted until it is stopped.
 */
static void
test_start_and_stop (InfLab **fixture, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("command-%d", (int)getpid ());
  g_autofree char *started = NULL, *hostname = NULL, *list = NULL;
  int statuses[5];

  g_setenv ("INFINITY_LAB", name, TRUE);
  statuses[0] = run (NULL, &started, NULL, "start --hosts 3");
  statuses[1] = run (NULL, &hostname, NULL, "exec ash hostname");
  statuses[2] = run (NULL, &list, NULL, "list");
  statuses[3] = run (NULL, NULL, NULL, "stop");
  statuses[4] = run (NULL, NULL, NULL, "stop");
  g_assert_cmpint (statuses[0], ==, 0);
  g_assert_cmpstr (started, ==,
                   "oak        10.99.0.1\nelm        10.99.0.2\nash        10.99.0.3\n");
  g_assert_cmpint (statuses[1], ==, 0);
  g_assert_cmpstr (hostname, ==, "ash\n");
  g_assert_cmpint (statuses[2], ==, 0);
  g_assert_nonnull (strstr (list, name));
  g_assert_cmpint (statuses[3], ==, 0);
  g_assert_cmpint (statuses[4], ==, 1);
}

static void
test_exec_passes_everything (InfLab **fixture, gconstpointer data)
{
  g_autofree char *out = NULL, *err = NULL;

  g_assert_cmpint (
      run ("in\n", &out, &err, "exec elm -- sh -c 'hostname; cat; echo err >&2; exit 9'"), ==, 9);
  g_assert_cmpstr (out, ==, "elm\nin\n");
  g_assert_cmpstr (err, ==, "err\n");
}

static void
test_exec_options_are_the_commands (InfLab **fixture, gconstpointer data)
{
  g_autofree char *out = NULL;

  g_assert_cmpint (run (NULL, &out, NULL, "exec h2 echo --help --name x"), ==, 0);
  g_assert_cmpstr (out, ==, "--help --name x\n");
}

static void
test_exec_status (InfLab **fixture, gconstpointer data)
{
  g_assert_cmpint (run (NULL, NULL, NULL, "exec oak sh -c 'kill -9 $$'"), ==, 128 + 9);
  g_assert_cmpint (run (NULL, NULL, NULL, "exec oak no-such-program"), ==, 127);
  g_assert_cmpint (run (NULL, NULL, NULL, "exec fir true"), ==, 127);
  g_assert_cmpint (run (NULL, NULL, NULL, "exec oak"), ==, 2);
  g_assert_cmpint (run (NULL, NULL, NULL, "kill oak"), ==, 0);
  g_assert_cmpint (run (NULL, NULL, NULL, "exec oak true"), ==, 3);
  g_assert_cmpint (run (NULL, NULL, NULL, "boot oak"), ==, 0);
  g_assert_cmpint (run (NULL, NULL, NULL, "exec oak true"), ==, 0);
}

static void
test_exec_forwards_signals (InfLab **fixture, gconstpointer data)
{
  g_autofree char *program = lab_fixture_program ("lab-command");
  char *argv[]
      = { program,       (char *)"exec",
          (char *)"oak", (char *)"sh",
          (char *)"-c",  (char *)"trap 'exit 42' TERM; echo ready; while :; do sleep 0.01; done",
          NULL };
  g_autoptr (GError) error = NULL;
  char text[6];
  int out_fd, status = 0;
  GPid pid;

  g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                            &out_fd, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (out_fd, text, sizeof text), ==, 6);
  kill (pid, SIGTERM);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (WEXITSTATUS (status), ==, 42);
  close (out_fd);
}

static void
read_until (int fd, GString *text, const char *wanted)
{
  char buffer[256];
  gssize n;

  while (!strstr (text->str, wanted) && (n = read (fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  g_assert_nonnull (strstr (text->str, wanted));
}

static void
write_text (int fd, const char *text)
{
  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
}

static void
become_on_terminal (const char *name, char **argv)
{
  int fd;

  setsid ();
  fd = open (name, O_RDWR);
  ioctl (fd, TIOCSCTTY, 0);
  for (int i = 0; i < 3; i++)
    dup2 (fd, i);
  execv (argv[0], argv);
  _exit (126);
}

/* On a terminal the command has one too: Ctrl+C reaches it, and the window's size. */
static void
test_exec_on_a_terminal (InfLab **fixture, gconstpointer data)
{
  g_autofree char *program = lab_fixture_program ("lab-command");
  char *argv[] = { program,
                   (char *)"exec",
                   (char *)"oak",
                   (char *)"sh",
                   (char *)"-c",
                   (char *)"trap 'echo caught; exit 5' INT; stty size; tty -s && echo on-a-tty; "
                           "while :; do sleep 0.01; done",
                   NULL };
  struct winsize size = { .ws_row = 33, .ws_col = 77 };
  g_autoptr (GString) text = g_string_new (NULL);
  int master_fd = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  int status = 0;
  pid_t pid;

  g_assert_cmpint (grantpt (master_fd), ==, 0);
  g_assert_cmpint (unlockpt (master_fd), ==, 0);
  ioctl (master_fd, TIOCSWINSZ, &size);
  pid = fork ();
  if (pid == 0)
    become_on_terminal (ptsname (master_fd), argv);
  read_until (master_fd, text, "33 77");
  read_until (master_fd, text, "on-a-tty");
  write_text (master_fd, "\003");
  read_until (master_fd, text, "caught");
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (WEXITSTATUS (status), ==, 5);
  close (master_fd);
}

static void
test_status_as_json (InfLab **fixture, gconstpointer data)
{
  g_autofree char *out = NULL;
  g_autoptr (JsonNode) root = NULL;
  JsonObject *oak;

  g_assert_cmpint (run (NULL, NULL, NULL, "cut oak"), ==, 0);
  g_assert_cmpint (run (NULL, NULL, NULL, "loss oak 2.5"), ==, 0);
  g_assert_cmpint (run (NULL, NULL, NULL, "rate oak 100"), ==, 0);
  g_assert_cmpint (run (NULL, &out, NULL, "status --json"), ==, 0);
  root = json_from_string (out, NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (root)), ==, 3);
  oak = json_array_get_object_element (json_node_get_array (root), 0);
  g_assert_cmpstr (json_object_get_string_member (oak, "name"), ==, "oak");
  g_assert_cmpstr (json_object_get_string_member (oak, "address"), ==, "10.99.0.1");
  g_assert_true (json_object_get_boolean_member (oak, "up"));
  g_assert_true (json_object_get_boolean_member (oak, "cut"));
  g_assert_cmpfloat (json_object_get_double_member (oak, "loss_percent"), ==, 2.5);
  g_assert_cmpfloat (json_object_get_double_member (oak, "rate_mbit"), ==, 100);
}

static void
test_bad_usage (InfLab **fixture, gconstpointer data)
{
  const char *bad[] = { "fly",
                        "cut",
                        "cut oak elm",
                        "loss oak much",
                        "loss oak 101",
                        "rate oak -1",
                        "start --hosts 0",
                        "start --name a/b",
                        "status --no-such-option" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *out = NULL, *err = NULL;
      int status = run (NULL, &out, &err, bad[i]);

      g_test_message ("%s: %d %s", bad[i], status, err);
      g_assert_cmpint (status, ==, 2);
      g_assert_cmpstr (out, ==, "");
      g_assert_cmpuint (strlen (err), >, 10);
    }
}

static void
test_help_of_each (InfLab **fixture, gconstpointer data)
{
  const char *verbs[] = { "",      "start",   "list", "status", "exec", "cut",  "heal",
                          "block", "unblock", "loss", "rate",   "kill", "boot", "stop" };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *words = g_strconcat (verbs[i], " --help", NULL);
      g_autofree char *out = NULL;

      g_assert_cmpint (run (NULL, &out, NULL, words), ==, 0);
      g_assert_nonnull (strstr (out, verbs[i]));
      g_assert_nonnull (strstr (out, "Usage:"));
    }
}

static void
add (const char *path, void (*test) (InfLab **, gconstpointer))
{
  g_test_add (path, InfLab *, NULL, start_lab, test, stop_lab);
}

static void
add_tests (void)
{
  add ("/lab/command/start-and-stop", test_start_and_stop);
  add ("/lab/command/exec-passes-everything", test_exec_passes_everything);
  add ("/lab/command/exec-options-are-the-commands", test_exec_options_are_the_commands);
  add ("/lab/command/exec-status", test_exec_status);
  add ("/lab/command/exec-forwards-signals", test_exec_forwards_signals);
  add ("/lab/command/exec-on-a-terminal", test_exec_on_a_terminal);
  add ("/lab/command/status-as-json", test_status_as_json);
  add ("/lab/command/bad-usage", test_bad_usage);
  add ("/lab/command/help-of-each", test_help_of_each);
}

int
main (int argc, char **argv)
{
  return lab_fixture_main (argc, argv, add_tests);
}
