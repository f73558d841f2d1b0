/* Measures one TCP path, whatever carries it.
 *
 *   stream-probe serve                     prints its port; answers any number of the other two
 *   stream-probe latency PORT ROUNDS       prints the median microseconds of a 1-byte round trip
 *   stream-probe throughput PORT MIB       prints MiB/s of that much in one direction
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES (256 * 1024)
#define WARM_UP_ROUNDS 1000

static uint8_t block[BLOCK_BYTES];

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

static double
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void
send_all (int fd, const void *data, size_t size)
{
  const uint8_t *next = data;

  while (size > 0)
    {
      ssize_t n = write (fd, next, size);
      if (n <= 0)
        fail ("write");
      next += n;
      size -= n;
    }
}

static void
set_no_delay (int fd)
{
  const int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* The first byte says what follows: 'l': each byte is sent back; 't': a length of eight bytes and
 * that many bytes, answered by one byte. */
static void
serve_one (int fd)
{
  char mode;
  uint64_t left;

  set_no_delay (fd);
  if (read (fd, &mode, 1) != 1)
    return;
  if (mode == 'l')
    {
      while (read (fd, block, 1) == 1)
        send_all (fd, block, 1);
      return;
    }
  if (recv (fd, &left, sizeof left, MSG_WAITALL) != sizeof left)
    return;
  while (left > 0)
    {
      ssize_t n = read (fd, block, left < BLOCK_BYTES ? left : BLOCK_BYTES);
      if (n <= 0)
        return;
      left -= n;
    }
  send_all (fd, block, 1);
}

static void
serve (void)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
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
      serve_one (fd);
      close (fd);
    }
}

static int
connect_to (const char *port)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_port = htons (atoi (port));
  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail ("connect");
  set_no_delay (fd);
  return fd;
}

static int
compare (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

static void
ping (int fd)
{
  send_all (fd, "p", 1);
  if (read (fd, block, 1) != 1)
    fail ("read");
}

static void
measure_latency (int fd, int n_rounds)
{
  double *times_us = calloc (n_rounds, sizeof *times_us);

  send_all (fd, "l", 1);
  for (int i = 0; i < WARM_UP_ROUNDS; i++)
    ping (fd);
  for (int i = 0; i < n_rounds; i++)
    {
      double start_us = now_us ();
      ping (fd);
      times_us[i] = now_us () - start_us;
    }
  qsort (times_us, n_rounds, sizeof *times_us, compare);
  printf ("%.2f\n", times_us[n_rounds / 2]);
  free (times_us);
}

static void
measure_throughput (int fd, uint64_t n_mib)
{
  uint64_t left = n_mib * 1024 * 1024;
  double start_us = now_us ();

  send_all (fd, "t", 1);
  send_all (fd, &left, sizeof left);
  while (left > 0)
    {
      size_t n = left < BLOCK_BYTES ? left : BLOCK_BYTES;
      send_all (fd, block, n);
      left -= n;
    }
  if (read (fd, block, 1) != 1)
    fail ("read");
  printf ("%.1f\n", n_mib * 1e6 / (now_us () - start_us));
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  if (argc == 2 && strcmp (argv[1], "serve") == 0)
    serve ();
  else if (argc == 4 && strcmp (argv[1], "latency") == 0)
    measure_latency (connect_to (argv[2]), atoi (argv[3]));
  else if (argc == 4 && strcmp (argv[1], "throughput") == 0)
    measure_throughput (connect_to (argv[2]), strtoull (argv[3], NULL, 10));
  else
    {
      fprintf (stderr, "stream-probe serve | latency PORT ROUNDS | throughput PORT MIB\n");
      return 2;
    }
  return 0;
}
