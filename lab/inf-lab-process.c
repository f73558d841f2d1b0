#include "lab/inf-lab-process-private.h"

#include "common/inf-error.h"
#include "lab/inf-lab-init.h"
#include "lab/inf-lab-message.h"
#include "lab/inf-lab-text-fd.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_TIMEOUT_MS 10000

struct _InfLabProcess
{
  int fd;
  GPid pid;
  gboolean exited;
  int status;
};

static const char *const no_words[] = { NULL };

/* Connects to a host's first process. */
static int
connect_host (const char *host_dir, GError **error)
{
  g_autofree char *path = g_build_filename (host_dir, "exec", NULL);
  g_autofree char *host = g_path_get_basename (host_dir);
  g_autoptr (GError) local = NULL;
  int fd = inf_lab_message_connect (path, &local);

  if (fd < 0)
    g_set_error (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                 "%s is down; start it with: infinity lab boot %s", host, host);
  return fd;
}

static GVariant *
make_request (const char *kind, const InfLabCommand *command)
{
  g_auto (GStrv) env = g_get_environ ();

  return g_variant_new (
      "(s@aay@aay@aay@ayb)", kind, g_variant_new_bytestring_array (command->argv, -1),
      g_variant_new_bytestring_array ((const char *const *)env, -1),
      g_variant_new_bytestring_array (command->env ? command->env : no_words, -1),
      g_variant_new_bytestring (command->cwd ? command->cwd : ""), command->terminal);
}

static gboolean
await_start (InfLabProcess *process, const char *host_dir, const char *program, GError **error)
{
  g_autofree char *host = g_path_get_basename (host_dir);
  g_autoptr (GVariant) event = inf_lab_message_receive (process->fd, INF_LAB_INIT_EVENT_TYPE,
                                                        ANSWER_TIMEOUT_MS, NULL, error);
  const char *kind;
  int value;

  if (!event)
    return FALSE;
  g_variant_get (event, "(&si)", &kind, &value);
  if (strcmp (kind, "started") == 0)
    {
      process->pid = value;
      return TRUE;
    }
  g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "%s can't run %s: %s", host, program,
               g_strerror (value));
  return FALSE;
}

/**
 * inf_lab_process_start:
 * @host_dir: the directory of the host, see inf-lab-dirs.c
 * @command: what to run
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the running command
 */
InfLabProcess *
inf_lab_process_start (const char *host_dir, const InfLabCommand *command, GError **error)
{
  g_autoptr (InfLabProcess) process = g_new0 (InfLabProcess, 1);
  const int given[] = { command->in_fd, command->out_fd, command->err_fd };
  int null_fd = inf_lab_text_fd_null ();
  int fds[3];
  gboolean sent;

  g_return_val_if_fail (command->argv && command->argv[0], NULL);

  for (guint i = 0; i < 3; i++)
    fds[i] = given[i] >= 0 ? given[i] : null_fd;
  process->fd = connect_host (host_dir, error);
  sent = process->fd >= 0
         && inf_lab_message_send (process->fd, make_request ("exec", command), fds, 3, error);
  close (null_fd);
  if (!sent || !await_start (process, host_dir, command->argv[0], error))
    return NULL;
  return g_steal_pointer (&process);
}

/**
 * inf_lab_process_get_fd:
 * @process: a command
 *
 * Returns: a descriptor that becomes readable when the command has ended; for polling only
 */
int
inf_lab_process_get_fd (InfLabProcess *process)
{
  return process->fd;
}

static gboolean
send_signal (InfLabProcess *process, int signal_number, gboolean group, GError **error)
{
  if (process->exited)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "process %d has ended", process->pid);
      return FALSE;
    }
  return inf_lab_message_send (process->fd, g_variant_new ("(ib)", signal_number, group), NULL, 0,
                               error);
}

/**
 * inf_lab_process_signal:
 * @process: a command
 * @signal_number: SIGTERM, SIGSTOP (pauses it), SIGCONT (resumes it), …
 * @error: return location
 *
 * Returns: whether the signal was sent to that one process
 */
gboolean
inf_lab_process_signal (InfLabProcess *process, int signal_number, GError **error)
{
  return send_signal (process, signal_number, FALSE, error);
}

/**
 * inf_lab_process_signal_group:
 * @process: a command
 * @signal_number: the signal
 * @error: return location
 *
 * Returns: whether the signal was sent to the process and the children that stayed in its group, as
 *   a terminal's Ctrl+C does
 */
gboolean
inf_lab_process_signal_group (InfLabProcess *process, int signal_number, GError **error)
{
  return send_signal (process, signal_number, TRUE, error);
}

/**
 * inf_lab_process_wait:
 * @process: a command
 * @timeout_ms: how long to wait; 0 only looks, below 0 waits for ever
 * @ret_status: (out) (nullable): how it ended, for WIFEXITED() and its like
 * @error: return location
 *
 * Returns: whether it has ended; %INF_ERROR_TIMED_OUT when it still runs, %INF_ERROR_UNREACHABLE
 *   when its host was killed
 */
gboolean
inf_lab_process_wait (InfLabProcess *process, int timeout_ms, int *ret_status, GError **error)
{
  g_autoptr (GVariant) event = NULL;

  if (!process->exited)
    {
      event
          = inf_lab_message_receive (process->fd, INF_LAB_INIT_EVENT_TYPE, timeout_ms, NULL, error);
      if (!event)
        return FALSE;
      g_variant_get (event, "(&si)", NULL, &process->status);
      process->exited = TRUE;
    }
  if (ret_status)
    *ret_status = process->status;
  return TRUE;
}

/**
 * inf_lab_process_free:
 * @process: (nullable) (transfer full): a command
 *
 * Frees it; when it still runs, it and the children in its group are killed.
 */
void
inf_lab_process_free (InfLabProcess *process)
{
  if (!process)
    return;
  if (process->fd > 0 && process->pid > 0 && !process->exited)
    send_signal (process, SIGKILL, TRUE, NULL);
  if (process->fd > 0)
    close (process->fd);
  g_free (process);
}

/**
 * inf_lab_process_run:
 * @host_dir: the directory of the host
 * @argv: the program and its arguments
 * @input: (nullable): text for its stdin
 * @timeout_ms: how long it may take; it is killed then
 * @ret_out: (out) (nullable): what it wrote to stdout
 * @ret_err: (out) (nullable): what it wrote to stderr
 * @ret_status: (out) (nullable): how it ended
 * @error: return location
 *
 * Runs a command to its end. With no @ret_status an exit status other than 0 is an error, which
 * quotes the end of stderr.
 *
 * Returns: whether it ran and ended
 */
gboolean
inf_lab_process_run (const char *host_dir, const char *const *argv, const char *input,
                     guint timeout_ms, char **ret_out, char **ret_err, int *ret_status,
                     GError **error)
{
  InfLabCommand command = { .argv = argv, .in_fd = input ? inf_lab_text_fd_new (input) : -1 };
  g_autoptr (InfLabProcess) process = NULL;
  g_autofree char *out = NULL, *err = NULL;
  gboolean ended;
  int status = 0;

  command.out_fd = inf_lab_text_fd_new ("");
  command.err_fd = inf_lab_text_fd_new ("");
  process = inf_lab_process_start (host_dir, &command, error);
  ended = process && inf_lab_process_wait (process, (int)timeout_ms, &status, error);
  out = inf_lab_text_fd_take (command.out_fd);
  err = inf_lab_text_fd_take (command.err_fd);
  if (command.in_fd >= 0)
    close (command.in_fd);
  if (ended && !ret_status && status != 0)
    {
      g_autofree char *host = g_path_get_basename (host_dir);
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s on %s ended with status %d: %s", argv[0],
                   host, WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status),
                   g_strchomp (err));
      return FALSE;
    }
  if (!ended)
    return FALSE;
  if (ret_status)
    *ret_status = status;
  if (ret_out)
    *ret_out = g_steal_pointer (&out);
  if (ret_err)
    *ret_err = g_steal_pointer (&err);
  return TRUE;
}

/**
 * inf_lab_process_list:
 * @host_dir: the directory of the host
 * @error: return location
 *
 * Returns: (transfer full) (nullable): every process in the host's PID namespace and those below it
 *   except its first, as %INF_LAB_INIT_PROCESSES_TYPE
 */
GVariant *
inf_lab_process_list (const char *host_dir, GError **error)
{
  InfLabCommand nothing = { .argv = no_words };
  int fd = connect_host (host_dir, error);
  GVariant *list = NULL;

  if (fd < 0)
    return NULL;
  if (inf_lab_message_send (fd, make_request ("processes", &nothing), NULL, 0, error))
    list
        = inf_lab_message_receive (fd, INF_LAB_INIT_PROCESSES_TYPE, ANSWER_TIMEOUT_MS, NULL, error);
  close (fd);
  return list;
}
