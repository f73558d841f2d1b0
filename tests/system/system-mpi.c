#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The MPI program of somebody who uses Infinity:
 *   system-mpi report WORD…   every rank speaks on both outputs; rank 0 writes report.txt: its
 *                             arguments, how many ranks there are, and the file input.txt
 *   system-mpi exit STATUS    every rank returns STATUS
 *   system-mpi hang           says "up", and never ends
 */

static int
copy_input (FILE *report)
{
  FILE *input = fopen ("input.txt", "r");
  int c;

  if (!input)
    return -1;
  while ((c = getc (input)) != EOF)
    putc (c, report);
  fclose (input);
  return 0;
}

static int
write_report (int argc, char **argv, int sum)
{
  FILE *report = fopen ("report.txt", "w");

  if (!report)
    return -1;
  for (int i = 2; i < argc; i++)
    fprintf (report, "[%s]", argv[i]);
  fprintf (report, " %d\n", sum);
  return copy_input (report) < 0 || fclose (report) != 0 ? -1 : 0;
}

/* The sum of 1 to the number of ranks, which takes every rank to come about. */
static int
run_report (int argc, char **argv, int rank, int n_ranks)
{
  int one_based = rank + 1, sum = 0, failed = 0;

  printf ("out of rank %d of %d\n", rank, n_ranks);
  fprintf (stderr, "err of rank %d of %d\n", rank, n_ranks);
  MPI_Reduce (&one_based, &sum, 1, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
  if (rank == 0)
    failed = write_report (argc, argv, sum) < 0;
  MPI_Bcast (&failed, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return failed;
}

static void
run_hang (int rank)
{
  MPI_Barrier (MPI_COMM_WORLD);
  if (rank == 0)
    printf ("up\n");
  fflush (stdout);
  for (;;)
    pause ();
}

int
main (int argc, char **argv)
{
  int rank, n_ranks, status = 2;

  MPI_Init (&argc, &argv);
  MPI_Comm_rank (MPI_COMM_WORLD, &rank);
  MPI_Comm_size (MPI_COMM_WORLD, &n_ranks);
  if (argc >= 2 && strcmp (argv[1], "report") == 0)
    status = run_report (argc, argv, rank, n_ranks);
  else if (argc == 3 && strcmp (argv[1], "exit") == 0)
    status = atoi (argv[2]);
  else if (argc == 2 && strcmp (argv[1], "hang") == 0)
    run_hang (rank);
  MPI_Finalize ();
  return status;
}
