#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* What the tests of the whole grid submit: a program that waits, and programs that misbehave. What
 * it tells the test goes to its standard output, a line each. */

#define BLOCK_SIZE_BYTES (1 << 20)
#define CONNECT_TIMEOUT_MS 300

static int
sleep_forever (void)
{
  while (pause () < 0)
    ;
  return 1;
}

/* As wait, but for args[0] seconds only. */
static int
doze (char **args)
{
  puts ("waiting");
  fflush (stdout);
  sleep ((unsigned)atoi (args[0]));
  return 0;
}

static void
say (const char *verb, const char *what, int error)
{
  printf ("%s %s: %s\n", verb, what, error ? strerror (error) : "DONE");
  fflush (stdout);
}

static int
wait_for_end (char **args)
{
  puts ("@infinity progress 0.5 waiting");
  puts ("waiting");
  fflush (stdout);
  return sleep_forever ();
}

/* "write PATH" makes a file, "read PATH" opens one or lists a directory. */
static void
try_path (const char *verb, const char *path, int flags)
{
  int fd = open (path, flags | O_CLOEXEC, 0600);

  say (verb, path, fd < 0 ? errno : 0);
  if (fd >= 0)
    close (fd);
}

static int
finish_connect (int fd)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
  int error = 0;
  socklen_t size = sizeof error;

  if (poll (&poll_fd, 1, CONNECT_TIMEOUT_MS) == 0)
    return ETIMEDOUT;
  getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

/* ADDRESS:PORT, or a Unix socket's path ("@name": an abstract one). */
static int
try_connect (const char *where)
{
  char address[64] = "";
  unsigned port = 0;
  struct sockaddr_in inet = { .sin_family = AF_INET };
  struct sockaddr_un local = { .sun_family = AF_UNIX };
  int is_inet = sscanf (where, "%63[0-9.]:%u", address, &port) == 2;
  int fd = socket (is_inet ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int error = 0;

  if (fd < 0)
    return errno;
  if (is_inet)
    {
      inet.sin_port = htons ((in_port_t)port);
      inet_pton (AF_INET, address, &inet.sin_addr);
      if (connect (fd, (struct sockaddr *)&inet, sizeof inet) < 0)
        error = errno == EINPROGRESS ? finish_connect (fd) : errno;
    }
  else
    {
      strncpy (local.sun_path, where, sizeof local.sun_path - 1);
      if (where[0] == '@')
        local.sun_path[0] = '\0';
      if (connect (fd, (struct sockaddr *)&local, sizeof local) < 0)
        error = errno;
    }
  close (fd);
  return error;
}

/* Takes pairs of what to try and on what, and tells of each how it went. */
static int
try_all (char **args)
{
  for (; args[0] && args[1]; args += 2)
    {
      if (strcmp (args[0], "write") == 0)
        try_path (args[0], args[1], O_WRONLY | O_CREAT);
      else if (strcmp (args[0], "read") == 0)
        try_path (args[0], args[1], O_RDONLY);
      else if (strcmp (args[0], "connect") == 0)
        say (args[0], args[1], try_connect (args[1]));
      else if (strcmp (args[0], "kill") == 0)
        say (args[0], args[1], kill (atoi (args[1]), 0) < 0 ? errno : 0);
      else
        return 2;
    }
  return 0;
}

static int
fork_without_bound (char **args)
{
  long n = 0;

  puts ("forking");
  fflush (stdout);
  for (;;)
    {
      pid_t pid = fork ();
      if (pid == 0)
        return sleep_forever ();
      if (pid < 0)
        break;
      n++;
    }
  printf ("forked %ld\n", n);
  fflush (stdout);
  return sleep_forever ();
}

static int
allocate_without_bound (char **args)
{
  for (long mib = 0;; mib++)
    {
      char *block = mmap (NULL, BLOCK_SIZE_BYTES, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (block == MAP_FAILED)
        {
          printf ("refused after %ld MiB\n", mib);
          return 1;
        }
      memset (block, 1, BLOCK_SIZE_BYTES);
    }
}

/* Many files, so that a limit of one file's size does not stop it. */
static int
fill_the_disk (char **args)
{
  static char block[BLOCK_SIZE_BYTES];
  long most_mib = atol (args[0]);

  signal (SIGXFSZ, SIG_IGN);
  for (long mib = 0; mib < most_mib; mib++)
    {
      char path[32];
      snprintf (path, sizeof path, "fill-%ld", mib / 16);
      int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      if (fd < 0 || write (fd, block, sizeof block) != sizeof block)
        {
          printf ("refused after %ld MiB: %s\n", mib, strerror (errno));
          return 1;
        }
      close (fd);
    }
  puts ("filled");
  fflush (stdout);
  return sleep_forever ();
}

/* A daemon by the book, in a session of its own, with nothing of its parent's. */
static int
leave_a_daemon (char **args)
{
  if (fork () == 0)
    {
      setsid ();
      if (fork () != 0)
        _exit (0);
      for (int fd = 0; fd < 64; fd++)
        close (fd);
      return sleep_forever ();
    }
  puts ("left a daemon");
  return 0;
}

/* Directories in each other, args[0] deep, and links that lead out. */
static int
nest (char **args)
{
  long depth = atol (args[0]);

  for (long i = 0; i < depth; i++)
    {
      if (mkdir ("d", 0700) < 0 || chdir ("d") < 0)
        {
          printf ("nested %ld: %s\n", i, strerror (errno));
          return 1;
        }
      if (symlink ("/", "link") < 0)
        return 1;
    }
  printf ("nested %ld\n", depth);
  return 0;
}

/* One output of args[0] MiB. */
static int
write_output (char **args)
{
  static char block[BLOCK_SIZE_BYTES];
  int random_fd = open ("/dev/urandom", O_RDONLY | O_CLOEXEC);
  int fd = open ("output", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  for (long mib = 0; mib < atol (args[0]); mib++)
    if (read (random_fd, block, sizeof block) != sizeof block
        || write (fd, block, sizeof block) != sizeof block)
      return 1;
  puts ("written");
  return 0;
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *verb;
    int (*run) (char **args);
  } verbs[] = {
    { "wait", wait_for_end },
    { "doze", doze },
    { "try", try_all },
    { "fork", fork_without_bound },
    { "allocate", allocate_without_bound },
    { "fill", fill_the_disk },
    { "linger", leave_a_daemon },
    { "nest", nest },
    { "output", write_output },
  };

  for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof verbs[0]; i++)
    if (strcmp (argv[1], verbs[i].verb) == 0)
      return verbs[i].run (argv + 2);
  fprintf (stderr, "usage: grid-payload VERB [ARGUMENT…]\n");
  return 2;
}
