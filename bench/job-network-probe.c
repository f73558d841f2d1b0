/* Measures the network between two hosts: as a job on two of them, or by itself as either end of
 * another path between them, to compare.
 *
 *   job-network-probe                       the job: prints tcp_us, tcp_mib_s, mpi_us, mpi_mib_s
 *   job-network-probe serve ADDRESS PORT    answers, one connection after the other
 *   job-network-probe ADDRESS PORT          prints tcp_us and tcp_mib_s of that path
 */
#include "bench/stream-measure.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUND_TRIPS 20000
#define WARM_UP_ROUNDS 1000
#define MIB 1024
#define BLOCK_BYTES (1024 * 1024)
#define CONNECT_TIMEOUT_US 20e6

/* docs/sandbox.md: where a participant is in the job network, and which ports it has. The first is
 * taken by Open MPI's control channel, the last is far from those that its ranks take. */
#define JOB_NETWORK 0x0a4d0000u
#define PORTS_EACH 64
#define FIRST_PORT 10000

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

static struct sockaddr_in
address_of (uint32_t address, unsigned port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_port = htons ((uint16_t)port),
                               .sin_addr.s_addr = htonl (address) };
}

static unsigned
port_of_participant (unsigned index)
{
  return FIRST_PORT + PORTS_EACH * index + PORTS_EACH - 1;
}

/* The index of the host that this runs on; 0 outside of a job network. */
static unsigned
own_index (void)
{
  struct ifaddrs *all;
  unsigned index = 0;

  if (getifaddrs (&all) != 0)
    fail ("getifaddrs");
  for (struct ifaddrs *each = all; each; each = each->ifa_next)
    if (each->ifa_addr && each->ifa_addr->sa_family == AF_INET)
      {
        uint32_t address = ntohl (((struct sockaddr_in *)(void *)each->ifa_addr)->sin_addr.s_addr);
        if ((address & 0xffff0000u) == JOB_NETWORK)
          index = address & 0xffffu;
      }
  freeifaddrs (all);
  return index;
}

static int
listen_on (struct sockaddr_in address)
{
  const int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (fd, (struct sockaddr *)&address, sizeof address) != 0 || listen (fd, 8) != 0)
    fail ("listen");
  return fd;
}

/* Who accepts says so with a byte: something in between may accept where nobody listens. */
static void
serve_next (int listener)
{
  int fd = accept (listener, NULL, NULL);

  if (fd < 0 || write (fd, "!", 1) != 1)
    fail ("accept");
  stream_measure_serve (fd);
  close (fd);
}

static int
connect_to (struct sockaddr_in address)
{
  double deadline_us = stream_measure_now_us () + CONNECT_TIMEOUT_US;
  char greeting;

  while (stream_measure_now_us () < deadline_us)
    {
      int fd = socket (AF_INET, SOCK_STREAM, 0);
      if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0
          && read (fd, &greeting, 1) == 1)
        return fd;
      close (fd);
      usleep (10000);
    }
  fprintf (stderr, "nobody answers at the other end\n");
  exit (1);
}

static void
measure_tcp (struct sockaddr_in address)
{
  int fd = connect_to (address);

  printf ("tcp_us %.2f\n", stream_measure_latency_us (fd, ROUND_TRIPS));
  printf ("tcp_mib_s %.1f\n", stream_measure_throughput (fd, MIB));
  close (fd);
}

/* Rank 0's half of a round trip, and rank 1's. */
static void
mpi_ping (int rank, char *data)
{
  if (rank == 0)
    MPI_Recv (data, 1, MPI_CHAR, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Send (data, 1, MPI_CHAR, 1 - rank, 0, MPI_COMM_WORLD);
  if (rank == 1)
    MPI_Recv (data, 1, MPI_CHAR, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void
measure_mpi_latency (int rank, char *data)
{
  static double times_us[ROUND_TRIPS];

  for (int i = 0; i < WARM_UP_ROUNDS; i++)
    mpi_ping (rank, data);
  for (int i = 0; i < ROUND_TRIPS; i++)
    {
      double start_us = stream_measure_now_us ();
      mpi_ping (rank, data);
      times_us[i] = stream_measure_now_us () - start_us;
    }
  if (rank == 1)
    printf ("mpi_us %.2f\n", stream_measure_median_us (times_us, ROUND_TRIPS));
}

static void
measure_mpi_throughput (int rank, char *data)
{
  double start_us = stream_measure_now_us ();

  for (int i = 0; i < MIB; i++)
    if (rank == 0)
      MPI_Recv (data, BLOCK_BYTES, MPI_CHAR, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    else
      MPI_Send (data, BLOCK_BYTES, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
  mpi_ping (rank, data);
  if (rank == 1)
    printf ("mpi_mib_s %.1f\n", MIB * 1e6 / (stream_measure_now_us () - start_us));
}

/* Sockets first and MPI afterwards, since a rank that waits in MPI would take the processor. */
static void
be_the_job (int argc, char **argv)
{
  unsigned index = own_index ();
  const char *rank_text = getenv ("OMPI_COMM_WORLD_RANK");
  int rank = rank_text ? atoi (rank_text) : -1;
  char *data = calloc (1, BLOCK_BYTES);

  if (index == 0 || rank < 0 || rank > 1 || !data)
    {
      fprintf (stderr, "to be run by: infinity run --nodes 2 job-network-probe\n");
      exit (2);
    }
  if (rank == 0)
    serve_next (listen_on (address_of (INADDR_ANY, port_of_participant (index))));
  else
    /* rank 0's host is the participant before this one */
    measure_tcp (address_of (JOB_NETWORK | (index - 1), port_of_participant (index - 1)));
  MPI_Init (&argc, &argv);
  measure_mpi_latency (rank, data);
  measure_mpi_throughput (rank, data);
  MPI_Finalize ();
  free (data);
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  if (argc == 4 && strcmp (argv[1], "serve") == 0)
    {
      int listener = listen_on (address_of (ntohl (inet_addr (argv[2])), (unsigned)atoi (argv[3])));
      while (1)
        serve_next (listener);
    }
  else if (argc == 3)
    measure_tcp (address_of (ntohl (inet_addr (argv[1])), (unsigned)atoi (argv[2])));
  else
    be_the_job (argc, argv);
  return 0;
}
