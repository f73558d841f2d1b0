/* infinity-tee LOG PROGRAM ARGUMENT…: what orted starts each rank by (orte_fork_agent).
 *
 * Becomes PROGRAM, whose output goes on to where it went, and a copy of it into LOG, a FIFO that
 * the host's infinityd reads. The copying is done by a process that is no child of PROGRAM's: to
 * orted, and to PROGRAM itself, nothing is different. Where LOG can't be had, there is no copy. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define EXIT_NOT_RUN 127
/* so much goes into a FIFO at once, and stays together there */
#define PART_SIZE_BYTES 4096
#define LOG_TIMEOUT_MS 1000
#define N_STREAMS 2

typedef struct
{
  int from; /* what the program writes, -1 once it has ended */
  int to;   /* where that went, -1 once nobody is there */
} Stream;

static void
wait_for (int fd, short events, int timeout_ms)
{
  struct pollfd wait = { .fd = fd, .events = events };

  poll (&wait, 1, timeout_ms);
}

static int
write_all (int fd, const char *data, size_t size)
{
  while (size > 0)
    {
      ssize_t n = write (fd, data, size);

      if (n > 0)
        {
          data += n;
          size -= (size_t)n;
        }
      else if (errno == EAGAIN)
        wait_for (fd, POLLOUT, -1);
      else if (errno != EINTR)
        return -1;
    }
  return 0;
}

/* Who reads the log is waited for, but not for ever: a job must not stand still for it. */
static void
write_log (int log, const char *data, size_t size, unsigned long *n_left_out)
{
  char text[64];

  if (*n_left_out > 0)
    {
      int length = snprintf (text, sizeof text, "\n[%lu bytes were left out]\n", *n_left_out);
      if (write (log, text, (size_t)length) == length)
        *n_left_out = 0;
    }
  if (write (log, data, size) == (ssize_t)size)
    return;
  wait_for (log, POLLOUT, LOG_TIMEOUT_MS);
  if (write (log, data, size) != (ssize_t)size)
    *n_left_out += size;
}

static void
copy (Stream streams[N_STREAMS], int log)
{
  unsigned long n_left_out = 0;
  char data[PART_SIZE_BYTES];

  while (streams[0].from >= 0 || streams[1].from >= 0)
    {
      struct pollfd wait[N_STREAMS] = { { .fd = streams[0].from, .events = POLLIN },
                                        { .fd = streams[1].from, .events = POLLIN } };
      if (poll (wait, N_STREAMS, -1) < 0)
        continue;
      for (int i = 0; i < N_STREAMS; i++)
        {
          Stream *stream = &streams[i];
          ssize_t n;

          if (!wait[i].revents)
            continue;
          n = read (stream->from, data, sizeof data);
          if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
          /* of a terminal, EIO is the end */
          if (n <= 0)
            {
              close (stream->from);
              close (stream->to);
              stream->from = stream->to = -1;
              continue;
            }
          /* first, so that when the job is over nothing is still to come */
          write_log (log, data, (size_t)n, &n_left_out);
          if (stream->to >= 0 && write_all (stream->to, data, (size_t)n) != 0)
            {
              close (stream->to);
              stream->to = -1;
            }
        }
    }
}

/* A pipe, or a terminal like the one that @like is: programs print lines at once to a terminal. */
static int
make_channel (int like, int *ret_reading, int *ret_writing)
{
  struct termios attributes;
  int fds[2];

  if (isatty (like) && tcgetattr (like, &attributes) == 0)
    return openpty (ret_reading, ret_writing, NULL, &attributes, NULL);
  if (pipe (fds) != 0)
    return -1;
  *ret_reading = fds[0];
  *ret_writing = fds[1];
  return 0;
}

/* In a session of its own, what ends the program does not end the copying of its last words.
 * Returns whether it is done. */
static int
copy_in_background (Stream streams[N_STREAMS], const int writing[N_STREAMS], int log)
{
  pid_t pid = fork ();
  int status = 0;

  if (pid == 0)
    {
      setsid ();
      pid = fork ();
      if (pid != 0)
        _exit (pid < 0);
      signal (SIGPIPE, SIG_IGN);
      for (int i = 0; i < N_STREAMS; i++)
        {
          close (writing[i]);
          close (i == 0 ? STDOUT_FILENO : STDERR_FILENO);
        }
      close (STDIN_FILENO);
      copy (streams, log);
      _exit (0);
    }
  return pid > 0 && waitpid (pid, &status, 0) == pid && status == 0;
}

/* Puts the copying between the program and its output; leaves all as it is where that can't be. */
static void
begin_copying (const char *path)
{
  Stream streams[N_STREAMS] = { { -1, -1 }, { -1, -1 } };
  int writing[N_STREAMS] = { -1, -1 };
  int log = open (path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  int is_ready = log >= 0;

  for (int i = 0; i < N_STREAMS && is_ready; i++)
    {
      int fd = i == 0 ? STDOUT_FILENO : STDERR_FILENO;

      streams[i].to = dup (fd);
      is_ready = streams[i].to >= 0 && make_channel (fd, &streams[i].from, &writing[i]) == 0;
    }
  is_ready = is_ready && copy_in_background (streams, writing, log);
  for (int i = 0; i < N_STREAMS; i++)
    {
      if (is_ready)
        dup2 (writing[i], i == 0 ? STDOUT_FILENO : STDERR_FILENO);
      close (writing[i]);
      close (streams[i].from);
      close (streams[i].to);
    }
  close (log);
}

int
main (int argc, char **argv)
{
  if (argc < 3)
    {
      fprintf (stderr, "usage: infinity-tee LOG PROGRAM [ARGUMENT…]\n");
      return EXIT_NOT_RUN;
    }
  begin_copying (argv[1]);
  execvp (argv[2], argv + 2);
  fprintf (stderr, "%s: %s\n", argv[2], strerror (errno));
  return EXIT_NOT_RUN;
}
