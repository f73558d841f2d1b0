/* The shortest MPI program: what it takes to run it is what starting a program takes. */
#include <mpi.h>

int
main (int argc, char **argv)
{
  MPI_Init (&argc, &argv);
  MPI_Finalize ();
  return 0;
}
