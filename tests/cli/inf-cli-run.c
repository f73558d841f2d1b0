#include "tests/cli/inf-cli-run.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* No run takes near as long; a test that hangs says so itself. */
#define LIMIT_S 30

typedef struct
{
  InfCliRun *run;
  GString *text;
  int fd;
} Reader;

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Reader *reader = user_data;
  char buffer[4096];
  gssize size = read (fd, buffer, sizeof buffer);

  if (size > 0)
    {
      g_string_append_len (reader->text, buffer, size);
      return G_SOURCE_CONTINUE;
    }
  /* a terminal whose other end is closed reads as an error */
  return size < 0 && errno == EINTR ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
reader_free (gpointer user_data)
{
  Reader *reader = user_data;

  close (reader->fd);
  reader->run->n_open--;
  g_free (reader);
}

static void
watch (InfCliRun *run, int fd, GString *text)
{
  Reader *reader = g_new0 (Reader, 1);

  *reader = (Reader){ run, text, fd };
  run->n_open++;
  g_unix_fd_add_full (G_PRIORITY_DEFAULT, fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, reader,
                      reader_free);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfCliRun *run = user_data;

  g_assert_true (g_subprocess_wait_finish (run->process, result, NULL));
  run->status = g_subprocess_get_if_exited (run->process)
                    ? g_subprocess_get_exit_status (run->process)
                    : -1;
  run->n_open--;
}

static GSubprocessLauncher *
make_launcher (const char *state_dir)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);

  g_subprocess_launcher_setenv (launcher, "INFINITY_HOME", state_dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);
  g_subprocess_launcher_setenv (launcher, "TERM", "xterm", TRUE);
  return launcher;
}

static InfCliRun *
launch (GSubprocessLauncher *launcher, const char *const *arguments)
{
  InfCliRun *run = g_new0 (InfCliRun, 1);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, (gpointer)g_getenv ("INFINITY_PROGRAM"));
  for (; *arguments; arguments++)
    g_ptr_array_add (argv, (gpointer)*arguments);
  g_ptr_array_add (argv, NULL);
  run->out = g_string_new (NULL);
  run->err = g_string_new (NULL);
  run->process = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error (error);
  run->n_open++;
  g_subprocess_wait_async (run->process, NULL, on_ended, run);
  return run;
}

/* What is short enough for a pipe to hold can be written before anybody reads. */
static void
give_input (GSubprocessLauncher *launcher, const char *input)
{
  gsize size = strlen (input);
  int in[2];

  g_assert_true (g_unix_open_pipe (in, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (in[1], input, size), ==, size);
  close (in[1]);
  g_subprocess_launcher_take_stdin_fd (launcher, in[0]);
}

static InfCliRun *
start_with_pipes (const char *state_dir, const char *input, gboolean is_read,
                  const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher (state_dir);
  int out[2], err[2];
  InfCliRun *run;

  if (input)
    give_input (launcher, input);
  g_assert_true (g_unix_open_pipe (out, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (err, FD_CLOEXEC, NULL));
  g_subprocess_launcher_take_stdout_fd (launcher, out[1]);
  g_subprocess_launcher_take_stderr_fd (launcher, err[1]);
  run = launch (launcher, arguments);
  g_subprocess_launcher_close (launcher);
  if (is_read)
    watch (run, out[0], run->out);
  else
    close (out[0]);
  watch (run, err[0], run->err);
  return run;
}

/**
 * inf_cli_run_start:
 * @state_dir: the state directory it is to use
 * @arguments: (array zero-terminated=1): its arguments
 *
 * Returns: (transfer full): `infinity` running, with pipes for its output
 */
InfCliRun *
inf_cli_run_start (const char *state_dir, const char *const *arguments)
{
  return start_with_pipes (state_dir, NULL, TRUE, arguments);
}

/* As inf_cli_run_start(), but nobody reads its standard output: that pipe is broken. */
InfCliRun *
inf_cli_run_start_unread (const char *state_dir, const char *const *arguments)
{
  return start_with_pipes (state_dir, NULL, FALSE, arguments);
}

/* As inf_cli_run_start(), with INPUT to read from standard input. */
InfCliRun *
inf_cli_run_start_with_input (const char *state_dir, const char *input,
                              const char *const *arguments)
{
  return start_with_pipes (state_dir, input, TRUE, arguments);
}

/**
 * inf_cli_run_start_on_terminal:
 * @state_dir: the state directory it is to use
 * @width: columns of the terminal
 * @no_color: (nullable): what NO_COLOR is set to
 * @arguments: (array zero-terminated=1): its arguments
 *
 * Returns: (transfer full): `infinity` running on a terminal; all that it writes is in @out
 */
InfCliRun *
inf_cli_run_start_on_terminal (const char *state_dir, guint width, const char *no_color,
                               const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher (state_dir);
  struct winsize size = { .ws_row = 24, .ws_col = (unsigned short)width };
  int master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  int slave;
  InfCliRun *run;

  g_assert_cmpint (master, >=, 0);
  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  slave = open (ptsname (master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (slave, >=, 0);
  g_assert_cmpint (ioctl (slave, TIOCSWINSZ, &size), ==, 0);
  g_subprocess_launcher_unsetenv (launcher, "NO_COLOR");
  if (no_color)
    g_subprocess_launcher_setenv (launcher, "NO_COLOR", no_color, TRUE);
  g_subprocess_launcher_take_stdout_fd (launcher, slave);
  g_subprocess_launcher_take_stderr_fd (launcher, fcntl (slave, F_DUPFD_CLOEXEC, 3));
  run = launch (launcher, arguments);
  g_subprocess_launcher_close (launcher);
  watch (run, master, run->out);
  return run;
}

void
inf_cli_run_free (InfCliRun *run)
{
  if (run->n_open)
    g_subprocess_force_exit (run->process);
  inf_cli_run_wait (run);
  g_clear_object (&run->process);
  g_string_free (run->out, TRUE);
  g_string_free (run->err, TRUE);
  g_free (run);
}

static gboolean
on_limit (gpointer user_data)
{
  g_error ("infinity did not do within %d s what the test waits for", LIMIT_S);
  return G_SOURCE_REMOVE;
}

static gboolean
has_ended (gpointer user_data)
{
  InfCliRun *run = user_data;

  return run->n_open == 0;
}

/**
 * inf_cli_run_wait_for:
 * @run: a run
 * @condition: what to wait for
 * @user_data: for @condition
 *
 * Serves the fake node and reads what @run writes until @condition holds.
 */
void
inf_cli_run_wait_for (InfCliRun *run, gboolean (*condition) (gpointer user_data),
                      gpointer user_data)
{
  guint limit = g_timeout_add_seconds (LIMIT_S, on_limit, NULL);

  while (!condition (user_data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

void
inf_cli_run_wait (InfCliRun *run)
{
  inf_cli_run_wait_for (run, has_ended, run);
  run->is_over = TRUE;
}

/**
 * inf_cli_run:
 * @state_dir: the state directory it is to use
 * @first: (nullable): the first argument
 * @...: further arguments, then %NULL
 *
 * Returns: (transfer full): a run that is over
 */
InfCliRun *
inf_cli_run (const char *state_dir, const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  va_list args;
  InfCliRun *run;

  va_start (args, first);
  for (const char *word = first; word; word = va_arg (args, const char *))
    g_ptr_array_add (arguments, (gpointer)word);
  va_end (args);
  g_ptr_array_add (arguments, NULL);
  run = inf_cli_run_start (state_dir, (const char *const *)arguments->pdata);
  inf_cli_run_wait (run);
  return run;
}

char *
inf_cli_make_state_dir (void)
{
  char *state_dir = g_dir_make_tmp ("inf-cli-XXXXXX", NULL);

  g_assert_nonnull (state_dir);
  return state_dir;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

void
inf_cli_remove_state_dir (char *state_dir)
{
  remove_tree (state_dir);
  g_free (state_dir);
}
