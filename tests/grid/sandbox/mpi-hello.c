/* mpi-hello MODE: a small MPI program for the sandbox's tests.
 *
 *   ring    a token goes round all ranks in both directions, then a sum over all: "sum S of N
 * ranks" names   the same, and rank 0 prints every rank's host name spin    says "spinning", then
 * talks until somebody ends it exit3   rank 1 ends with status 3 */

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BIG 200000

static int rank, n_ranks;

static void
fail (const char *what)
{
  fprintf (stderr, "mpi-hello: %s\n", what);
  MPI_Abort (MPI_COMM_WORLD, 9);
}

/* Long enough for the rendezvous protocol, and a message to every neighbour. */
static void
pass_round (int step)
{
  static int out[BIG], in[BIG];
  int to = (rank + step + n_ranks) % n_ranks, from = (rank - step + n_ranks) % n_ranks;

  for (int i = 0; i < BIG; i++)
    out[i] = rank * BIG + i;
  MPI_Sendrecv (out, BIG, MPI_INT, to, 1, in, BIG, MPI_INT, from, 1, MPI_COMM_WORLD,
                MPI_STATUS_IGNORE);
  for (int i = 0; i < BIG; i++)
    if (in[i] != from * BIG + i)
      fail ("a message came with other content");
}

static long
sum_of_ranks (void)
{
  long mine = rank + 1, sum = 0;

  MPI_Allreduce (&mine, &sum, 1, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
  return sum;
}

static void
print_names (void)
{
  char own[64] = "", all[64 * 64];

  if (n_ranks > 64)
    fail ("too many ranks");
  gethostname (own, sizeof own - 1);
  MPI_Gather (own, sizeof own, MPI_CHAR, all, sizeof own, MPI_CHAR, 0, MPI_COMM_WORLD);
  for (int i = 0; rank == 0 && i < n_ranks; i++)
    printf ("rank %d on %s\n", i, all + 64 * i);
}

static void
spin (void)
{
  if (rank == 0)
    {
      printf ("spinning\n");
      fflush (stdout);
    }
  for (;;)
    sum_of_ranks ();
}

int
main (int argc, char **argv)
{
  const char *mode = argc > 1 ? argv[1] : "ring";

  MPI_Init (&argc, &argv);
  MPI_Comm_rank (MPI_COMM_WORLD, &rank);
  MPI_Comm_size (MPI_COMM_WORLD, &n_ranks);
  pass_round (1);
  pass_round (-1);
  long sum = sum_of_ranks ();
  if (strcmp (mode, "names") == 0)
    print_names ();
  if (strcmp (mode, "spin") == 0)
    spin ();
  if (rank == 0)
    printf ("sum %ld of %d ranks\n", sum, n_ranks);
  MPI_Finalize ();
  return strcmp (mode, "exit3") == 0 && rank == 1 ? 3 : 0;
}
