#include "bench/stream-measure.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
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
      size -= (size_t)n;
    }
}

static void
set_no_delay (int fd)
{
  const int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void
echo (int fd, uint64_t n_bytes)
{
  for (uint64_t i = 0; i < n_bytes; i++)
    {
      if (read (fd, block, 1) != 1)
        fail ("read");
      send_all (fd, block, 1);
    }
}

static void
swallow (int fd, uint64_t n_bytes)
{
  while (n_bytes > 0)
    {
      ssize_t n = read (fd, block, n_bytes < BLOCK_BYTES ? n_bytes : BLOCK_BYTES);
      if (n <= 0)
        fail ("read");
      n_bytes -= (uint64_t)n;
    }
  send_all (fd, block, 1);
}

/* A measurement begins with its kind, 'l' or 't', and how many bytes will be sent. */
static void
begin (int fd, char kind, uint64_t n_bytes)
{
  set_no_delay (fd);
  send_all (fd, &kind, 1);
  send_all (fd, &n_bytes, sizeof n_bytes);
}

void
stream_measure_serve (int fd)
{
  char kind;
  uint64_t n_bytes;

  set_no_delay (fd);
  while (read (fd, &kind, 1) == 1)
    {
      if (recv (fd, &n_bytes, sizeof n_bytes, MSG_WAITALL) != sizeof n_bytes)
        fail ("recv");
      if (kind == 'l')
        echo (fd, n_bytes);
      else
        swallow (fd, n_bytes);
    }
}

double
stream_measure_now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int
compare (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

double
stream_measure_median_us (double *times_us, int n)
{
  qsort (times_us, (size_t)n, sizeof *times_us, compare);
  return times_us[n / 2];
}

static double
ping_us (int fd)
{
  double start_us = stream_measure_now_us ();

  send_all (fd, "p", 1);
  if (read (fd, block, 1) != 1)
    fail ("read");
  return stream_measure_now_us () - start_us;
}

double
stream_measure_latency_us (int fd, int n_rounds)
{
  double *times_us = calloc ((size_t)n_rounds, sizeof *times_us);

  if (!times_us)
    fail ("calloc");
  begin (fd, 'l', (uint64_t)n_rounds + WARM_UP_ROUNDS);
  for (int i = 0; i < WARM_UP_ROUNDS; i++)
    ping_us (fd);
  for (int i = 0; i < n_rounds; i++)
    times_us[i] = ping_us (fd);
  double median_us = stream_measure_median_us (times_us, n_rounds);
  free (times_us);
  return median_us;
}

double
stream_measure_throughput (int fd, uint64_t n_mib)
{
  uint64_t left = n_mib * 1024 * 1024;
  double start_us = stream_measure_now_us ();

  begin (fd, 't', left);
  while (left > 0)
    {
      size_t n = left < BLOCK_BYTES ? left : BLOCK_BYTES;
      send_all (fd, block, n);
      left -= n;
    }
  if (read (fd, block, 1) != 1)
    fail ("read");
  return (double)n_mib * 1e6 / (stream_measure_now_us () - start_us);
}
