/* Measures one TCP path, whatever carries it.
 *
 *   stream-probe serve                     prints its port; answers the other two, one at a time
 *   stream-probe latency PORT ROUNDS       prints the median microseconds of a 1-byte round trip
 *   stream-probe throughput PORT MIB       prints MiB/s of that much in one direction
 */
#include "bench/stream-measure.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

static struct sockaddr_in
loopback (const char *port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_port = htons ((uint16_t)atoi (port)),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
}

static void
serve (void)
{
  struct sockaddr_in address = loopback ("0");
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM, 0);

  if (bind (listener, (struct sockaddr *)&address, sizeof address) != 0
      || listen (listener, 8) != 0)
    fail ("listen");
  getsockname (listener, (struct sockaddr *)&address, &length);
  printf ("%u\n", ntohs (address.sin_port));
  fflush (stdout);
  while (1)
    {
      int fd = accept (listener, NULL, NULL);
      if (fd < 0)
        fail ("accept");
      stream_measure_serve (fd);
      close (fd);
    }
}

static int
connect_to (const char *port)
{
  struct sockaddr_in address = loopback (port);
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail ("connect");
  return fd;
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  if (argc == 2 && strcmp (argv[1], "serve") == 0)
    serve ();
  else if (argc == 4 && strcmp (argv[1], "latency") == 0)
    printf ("%.2f\n", stream_measure_latency_us (connect_to (argv[2]), atoi (argv[3])));
  else if (argc == 4 && strcmp (argv[1], "throughput") == 0)
    printf ("%.1f\n",
            stream_measure_throughput (connect_to (argv[2]), strtoull (argv[3], NULL, 10)));
  else
    {
      fprintf (stderr, "stream-probe serve | latency PORT ROUNDS | throughput PORT MIB\n");
      return 2;
    }
  return 0;
}
