#include "lab/inf-lab-attach.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

/*
 * A command in a host with this process's stdin, stdout and stderr. It gets the descriptors
 * themselves, unless they are a terminal: a terminal controls one session only, and that is the
 * caller's. Then the command gets a terminal of its own, the far end of which is copied from and to
 * the caller's.
 */

typedef struct
{
  InfLabProcess *process;
  int signal_fd;
  int master_fd; /* -1 without a terminal */
  gboolean input_open;
} Attachment;

static int
catch_signals (sigset_t *ret_old)
{
  const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH };
  sigset_t signals;

  sigemptyset (&signals);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaddset (&signals, numbers[i]);
  sigprocmask (SIG_BLOCK, &signals, ret_old);
  return signalfd (-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void
copy_window_size (int from_fd, int to_fd)
{
  struct winsize size;

  if (ioctl (from_fd, TIOCGWINSZ, &size) == 0)
    ioctl (to_fd, TIOCSWINSZ, &size);
}

static void
forward_signals (Attachment *attachment)
{
  struct signalfd_siginfo info;

  while (read (attachment->signal_fd, &info, sizeof info) == sizeof info)
    if (info.ssi_signo == SIGWINCH && attachment->master_fd >= 0)
      copy_window_size (STDIN_FILENO, attachment->master_fd);
    else if (info.ssi_signo != SIGWINCH)
      inf_lab_process_signal_group (attachment->process, (int)info.ssi_signo, NULL);
}

/* Returns whether there may be more. */
static gboolean
copy_some (int from_fd, int to_fd)
{
  char buffer[4096];
  gssize n = read (from_fd, buffer, sizeof buffer);

  for (gssize done = 0; done < n;)
    {
      gssize written = write (to_fd, buffer + done, (gsize)(n - done));
      if (written < 0 && errno != EINTR)
        return FALSE;
      done += MAX (written, 0);
    }
  return n > 0 || (n < 0 && errno == EINTR);
}

/* What the command wrote before it ended may still be on its way. */
static void
drain (Attachment *attachment)
{
  struct pollfd poll_fd = { attachment->master_fd, POLLIN, 0 };

  while (attachment->master_fd >= 0 && poll (&poll_fd, 1, 0) > 0
         && copy_some (attachment->master_fd, STDOUT_FILENO))
    ;
}

static gboolean
follow (Attachment *attachment, int *ret_status, GError **error)
{
  while (TRUE)
    {
      struct pollfd fds[]
          = { { inf_lab_process_get_fd (attachment->process), POLLIN, 0 },
              { attachment->signal_fd, POLLIN, 0 },
              { attachment->master_fd, POLLIN, 0 },
              { attachment->master_fd >= 0 && attachment->input_open ? STDIN_FILENO : -1, POLLIN,
                0 } };

      if (poll (fds, G_N_ELEMENTS (fds), -1) < 0 && errno != EINTR)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "poll: %s", g_strerror (errno));
          return FALSE;
        }
      if (fds[1].revents)
        forward_signals (attachment);
      if (fds[2].revents & POLLIN)
        copy_some (attachment->master_fd, STDOUT_FILENO);
      if (fds[3].revents)
        attachment->input_open = copy_some (STDIN_FILENO, attachment->master_fd);
      if (fds[0].revents)
        {
          drain (attachment);
          return inf_lab_process_wait (attachment->process, 0, ret_status, error);
        }
      /* All have closed the command's terminal, while it runs on. */
      if ((fds[2].revents & (POLLHUP | POLLIN)) == POLLHUP)
        {
          close (attachment->master_fd);
          attachment->master_fd = -1;
        }
    }
}

static gboolean
open_terminal (int *ret_master_fd, int *ret_slave_fd, GError **error)
{
  int master_fd = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  char name[64];

  if (master_fd >= 0 && grantpt (master_fd) == 0 && unlockpt (master_fd) == 0
      && ptsname_r (master_fd, name, sizeof name) == 0)
    *ret_slave_fd = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  else
    *ret_slave_fd = -1;
  *ret_master_fd = master_fd;
  if (*ret_slave_fd >= 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "no terminal to be had: %s", g_strerror (errno));
  if (master_fd >= 0)
    close (master_fd);
  return FALSE;
}

static gboolean
attach_terminal (InfLab *lab, const char *host, InfLabCommand *command, Attachment *attachment,
                 int *ret_status, GError **error)
{
  struct termios saved, raw;
  int slave_fd;
  gboolean ended;

  if (!open_terminal (&attachment->master_fd, &slave_fd, error))
    return FALSE;
  tcgetattr (STDIN_FILENO, &saved);
  tcsetattr (slave_fd, TCSANOW, &saved);
  copy_window_size (STDIN_FILENO, slave_fd);
  command->in_fd = command->out_fd = command->err_fd = slave_fd;
  command->terminal = TRUE;
  attachment->process = inf_lab_exec (lab, host, command, error);
  close (slave_fd);
  ended = attachment->process != NULL;
  if (ended)
    {
      raw = saved;
      cfmakeraw (&raw);
      tcsetattr (STDIN_FILENO, TCSADRAIN, &raw);
      ended = follow (attachment, ret_status, error);
      tcsetattr (STDIN_FILENO, TCSADRAIN, &saved);
    }
  if (attachment->master_fd >= 0)
    close (attachment->master_fd);
  return ended;
}

/**
 * inf_lab_attach:
 * @lab: a lab
 * @host: a host's name
 * @argv: (array zero-terminated=1): the program and its arguments
 * @ret_status: (out): how it ended, for WIFEXITED() and its like
 * @error: return location
 *
 * Runs a command in the host with this process's stdin, stdout, stderr, working directory and
 * terminal, and hands on the signals that this process gets meanwhile.
 *
 * Returns: whether it ran to its end
 */
gboolean
inf_lab_attach (InfLab *lab, const char *host, const char *const *argv, int *ret_status,
                GError **error)
{
  g_autofree char *cwd = g_get_current_dir ();
  InfLabCommand command = { .argv = argv,
                            .cwd = cwd,
                            .in_fd = STDIN_FILENO,
                            .out_fd = STDOUT_FILENO,
                            .err_fd = STDERR_FILENO };
  Attachment attachment = { .master_fd = -1, .input_open = TRUE };
  sigset_t old;
  gboolean ended;

  attachment.signal_fd = catch_signals (&old);
  if (isatty (STDIN_FILENO) && isatty (STDOUT_FILENO))
    {
      ended = attach_terminal (lab, host, &command, &attachment, ret_status, error);
    }
  else
    {
      attachment.process = inf_lab_exec (lab, host, &command, error);
      ended = attachment.process && follow (&attachment, ret_status, error);
    }
  inf_lab_process_free (attachment.process);
  close (attachment.signal_fd);
  sigprocmask (SIG_SETMASK, &old, NULL);
  return ended;
}
