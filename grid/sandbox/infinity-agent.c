/* infinity-agent HOST COMMAND…: what mpiexec uses as its remote shell (plm_rsh_agent).
 *
 * Hands the host, the command line and its own streams to infinityd, through the socket that the
 * launcher's sandbox shows it, and ends with the remote command's exit status. 255, as of ssh, when
 * the command could not be run. */

#include "grid/sandbox/inf-agent-protocol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define EXIT_NOT_RUN 255

static int
fail (const char *what)
{
  fprintf (stderr, "infinity-agent: %s: %s\n", what, strerror (errno));
  return EXIT_NOT_RUN;
}

static int
connect_to_daemon (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  const char *path = getenv (INF_AGENT_SOCKET_VARIABLE);
  int fd;

  if (!path || strlen (path) >= sizeof address.sun_path)
    {
      errno = EDESTADDRREQ;
      return -1;
    }
  strcpy (address.sun_path, path);
  fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
    return fd;
  return -1;
}

/* HOST NUL WORDS, the words with one space between them as a remote shell would send them on.
 * 0 when they don't fit. */
static size_t
write_request (char *buffer, size_t capacity, char **words)
{
  size_t used = 0;

  for (int i = 0; words[i]; i++)
    {
      size_t length = strlen (words[i]);

      if (length + 1 > capacity - used)
        return 0;
      memcpy (buffer + used, words[i], length);
      used += length;
      buffer[used++] = i == 0 ? '\0' : ' ';
    }
  return used - 1;
}

static int
send_request (int fd, const char *request, size_t size)
{
  int streams[INF_AGENT_N_STREAMS] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
  struct iovec data = { (void *)request, size };
  union
  {
    char space[CMSG_SPACE (sizeof streams)];
    struct cmsghdr align;
  } control;
  struct msghdr header = { .msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = sizeof control.space };
  struct cmsghdr *rights = CMSG_FIRSTHDR (&header);

  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN (sizeof streams);
  memcpy (CMSG_DATA (rights), streams, sizeof streams);
  return sendmsg (fd, &header, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static int
wait_for_status (int fd)
{
  char reply[INF_AGENT_MAX_REPLY_BYTES];
  ssize_t size;

  do
    size = recv (fd, reply, sizeof reply, 0);
  while (size < 0 && errno == EINTR);
  if (size < 0)
    return fail ("waiting for the remote command");
  if (size == 0)
    {
      fprintf (stderr, "infinity-agent: infinityd went away\n");
      return EXIT_NOT_RUN;
    }
  if (size > 1)
    fprintf (stderr, "%.*s\n", (int)(size - 1), reply + 1);
  return (unsigned char)reply[0];
}

int
main (int argc, char **argv)
{
  static char request[INF_AGENT_MAX_REQUEST_BYTES];

  if (argc < 3)
    {
      fprintf (stderr, "usage: infinity-agent HOST COMMAND…\n");
      return EXIT_NOT_RUN;
    }
  size_t size = write_request (request, sizeof request, argv + 1);
  if (size == 0)
    {
      errno = E2BIG;
      return fail ("command line");
    }
  int fd = connect_to_daemon ();
  if (fd < 0)
    return fail ("infinityd");
  if (send_request (fd, request, size) < 0)
    return fail ("handing the command to infinityd");
  return wait_for_status (fd);
}
