#include "common/inf-autostart.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_TIMEOUT_US (10 * G_USEC_PER_SEC)
#define POLL_US 20000
#define LOG_MAX_BYTES (1024 * 1024)
#define LOG_TAIL_BYTES 2048
#define LOG_TAIL_LINES 5

typedef struct
{
  char *state_dir;
  char *log_path;
  int lock_fd;
  int log_fd;
  off_t log_start; /* where this start's messages begin */
  GPid pid;
  int status; /* as waitpid() gives, when has_ended */
  gboolean has_ended;
} Start;

static void
start_clear (Start *start)
{
  if (start->lock_fd >= 0)
    close (start->lock_fd);
  if (start->log_fd >= 0)
    close (start->log_fd);
  g_free (start->state_dir);
  g_free (start->log_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Start, start_clear)

static gboolean
fail_errno (GError **error, const char *what, const char *path)
{
  int saved = errno;

  g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "can't %s %s: %s", what, path,
               g_strerror (saved));
  return FALSE;
}

/* Two commands at once must start one infinityd: the second waits here, then finds it running. */
static gboolean
take_lock (Start *start, gint64 deadline_us, GError **error)
{
  g_autofree char *path = g_build_filename (start->state_dir, "start.lock", NULL);

  start->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (start->lock_fd < 0)
    return fail_errno (error, "open", path);
  while (flock (start->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno != EWOULDBLOCK && errno != EINTR)
        return fail_errno (error, "lock", path);
      if (g_get_monotonic_time () > deadline_us)
        {
          g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                               "another command has been starting infinityd for 10 s");
          return FALSE;
        }
      g_usleep (POLL_US);
    }
  return TRUE;
}

/* One older log is kept, so that a node that runs for months does not fill the disk. */
static gboolean
open_log (Start *start, GError **error)
{
  struct stat info;

  start->log_path = g_build_filename (start->state_dir, "daemon.log", NULL);
  if (stat (start->log_path, &info) == 0 && info.st_size > LOG_MAX_BYTES)
    {
      g_autofree char *older = g_strconcat (start->log_path, ".1", NULL);
      if (g_rename (start->log_path, older) != 0)
        return fail_errno (error, "rename", start->log_path);
    }
  start->log_fd
      = open (start->log_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (start->log_fd < 0 || fstat (start->log_fd, &info) != 0)
    return fail_errno (error, "open", start->log_path);
  start->log_start = info.st_size;
  return TRUE;
}

static void
enter_own_session (gpointer user_data)
{
  setsid ();
}

/* infinityd runs in the root directory, so that it keeps no file system busy: what names a place
 * relative to here has to be made absolute. */
static char **
make_environment (const char *state_dir)
{
  char **env = g_get_environ ();
  const char *libexec_dir = g_environ_getenv (env, "INFINITY_LIBEXEC_DIR");

  if (libexec_dir && *libexec_dir)
    {
      g_autofree char *absolute = g_canonicalize_filename (libexec_dir, NULL);
      env = g_environ_setenv (env, "INFINITY_LIBEXEC_DIR", absolute, TRUE);
    }
  if (g_environ_getenv (env, "INFINITY_HOME"))
    env = g_environ_setenv (env, "INFINITY_HOME", state_dir, TRUE);
  return env;
}

static gboolean
spawn (Start *start, GError **error)
{
  g_autofree char *helper = inf_paths_helper ("infinityd");
  g_autofree char *program = g_canonicalize_filename (helper, NULL);
  g_auto (GStrv) env = make_environment (start->state_dir);
  const char *const argv[] = { program, NULL };
  g_autoptr (GError) reason = NULL;
  int null_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  gboolean is_spawned;

  if (null_fd < 0)
    return fail_errno (error, "open", "/dev/null");
  is_spawned = g_spawn_async_with_pipes_and_fds (
      "/", argv, (const char *const *)env, G_SPAWN_DO_NOT_REAP_CHILD, enter_own_session, NULL,
      null_fd, start->log_fd, start->log_fd, NULL, NULL, 0, &start->pid, NULL, NULL, NULL, &reason);
  close (null_fd);
  if (!is_spawned)
    g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE, "infinityd can't be started: %s",
                 reason->message);
  return is_spawned;
}

/* Returns: (transfer full): the last lines that this infinityd wrote, each after a new line */
static char *
read_log_tail (Start *start)
{
  char buffer[LOG_TAIL_BYTES + 1];
  g_auto (GStrv) lines = NULL;
  GString *tail = g_string_new (NULL);
  struct stat info;
  gssize size = 0;
  guint n_lines;

  if (fstat (start->log_fd, &info) == 0)
    size = pread (start->log_fd, buffer, LOG_TAIL_BYTES,
                  MAX (start->log_start, info.st_size - LOG_TAIL_BYTES));
  buffer[MAX (size, 0)] = '\0';
  lines = g_strsplit (g_strchomp (buffer), "\n", -1);
  n_lines = g_strv_length (lines);
  for (guint i = n_lines - MIN (n_lines, LOG_TAIL_LINES); i < n_lines; i++)
    g_string_append_printf (tail, "\n  %s", lines[i]);
  return g_string_free (tail, FALSE);
}

static void
check_ended (Start *start)
{
  if (!start->has_ended)
    start->has_ended = waitpid (start->pid, &start->status, WNOHANG) == start->pid;
}

static void
explain_end (Start *start, GError **error)
{
  g_autofree char *tail = read_log_tail (start);

  if (WIFSIGNALED (start->status))
    g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                 "infinityd was ended by signal %d while it started; its log %s ends:%s",
                 WTERMSIG (start->status), start->log_path, tail);
  else
    g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                 "infinityd ended with status %d while it started; its log %s ends:%s",
                 WEXITSTATUS (start->status), start->log_path, tail);
}

static gpointer
wait_until_ready (Start *start, InfAutostartConnect connect, gpointer user_data, gint64 deadline_us,
                  GError **error)
{
  for (;;)
    {
      g_autoptr (GError) reason = NULL;
      gpointer client;

      /* in this order: what ends after it has been seen running was connected to in vain once */
      check_ended (start);
      client = connect (user_data, &reason);
      if (client)
        return client;
      if (start->has_ended)
        {
          explain_end (start, error);
          return NULL;
        }
      /* it listens before it has read its state, and hangs up when it can't */
      if (!inf_error_is_not_found (reason) && !inf_error_is_unreachable (reason))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
      if (g_get_monotonic_time () > deadline_us)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                       "infinityd was started and does not answer after 10 s; its log is %s",
                       start->log_path);
          return NULL;
        }
      g_usleep (POLL_US);
    }
}

/**
 * inf_autostart:
 * @connect: tries to connect; %INF_ERROR_NOT_FOUND as long as nothing listens
 * @user_data: for @connect
 * @error: %INF_ERROR_UNREACHABLE, with the last lines of its log when infinityd ended at once
 *
 * Starts infinityd in a session of its own, with its messages in `daemon.log` of the state
 * directory, and waits until it can be connected to: 10 s at most.
 *
 * Returns: (transfer full): the connection
 */
gpointer
inf_autostart (InfAutostartConnect connect, gpointer user_data, GError **error)
{
  g_auto (Start) start = { .lock_fd = -1, .log_fd = -1 };
  gint64 deadline_us = g_get_monotonic_time () + START_TIMEOUT_US;
  gpointer client;

  start.state_dir = inf_paths_state_dir ();
  if (g_mkdir_with_parents (start.state_dir, 0700) != 0)
    {
      fail_errno (error, "make", start.state_dir);
      return NULL;
    }
  if (!take_lock (&start, deadline_us, error))
    return NULL;
  client = connect (user_data, NULL);
  if (client)
    return client;
  if (!open_log (&start, error) || !spawn (&start, error))
    return NULL;
  return wait_until_ready (&start, connect, user_data, deadline_us, error);
}
