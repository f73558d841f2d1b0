#include "tasks/inf-mpi-integer.h"

#include <stdint.h>
#include <time.h>

/* For how long a rank spins before it sleeps between looks, and for how long it then sleeps. */
#define SPIN_S 0.002
#define SLEEP_NS 50000

/* What one message carries at most; MPI counts elements in an int. */
#define MAX_MESSAGE_LIMBS ((int64_t)1 << 27)

/* A whole integer travels as its number of limbs, negative where it is, and its limbs, the lowest
 * first. All ranks of an Infinity job have one architecture, so the byte order is the same. */
static int64_t
signed_size (const mpz_t value)
{
  return mpz_sgn (value) < 0 ? -(int64_t)mpz_size (value) : (int64_t)mpz_size (value);
}

static int
next_count (int64_t n_left)
{
  return (int)(n_left < MAX_MESSAGE_LIMBS ? n_left : MAX_MESSAGE_LIMBS);
}

static int64_t
magnitude (int64_t size)
{
  return size < 0 ? -size : size;
}

/**
 * inf_mpi_wait:
 * @request: (inout): a request, done afterwards
 *
 * Like MPI_Wait(), which spins: fine for a short wait, but here a rank may wait for seconds while
 * another multiplies, perhaps on the same core, and the core's owner has better use for it.
 */
void
inf_mpi_wait (MPI_Request *request)
{
  const struct timespec pause = { .tv_nsec = SLEEP_NS };
  double started_s = MPI_Wtime ();

  for (;;)
    {
      int is_done;

      MPI_Test (request, &is_done, MPI_STATUS_IGNORE);
      if (is_done)
        return;
      if (MPI_Wtime () - started_s > SPIN_S)
        nanosleep (&pause, NULL);
    }
}

static void
wait_to_send (const void *data, int n, MPI_Datatype type, int to, int tag, MPI_Comm comm)
{
  MPI_Request request;

  MPI_Isend (data, n, type, to, tag, comm, &request);
  inf_mpi_wait (&request);
}

static void
wait_to_receive (void *data, int n, MPI_Datatype type, int from, int tag, MPI_Comm comm)
{
  MPI_Request request;

  MPI_Irecv (data, n, type, from, tag, comm, &request);
  inf_mpi_wait (&request);
}

static void
wait_to_broadcast (void *data, int n, MPI_Datatype type, int root, MPI_Comm comm)
{
  MPI_Request request;

  MPI_Ibcast (data, n, type, root, comm, &request);
  inf_mpi_wait (&request);
}

void
inf_mpi_send_integer (const mpz_t value, int to, MPI_Comm comm)
{
  int64_t size = signed_size (value);
  const mp_limb_t *limbs = mpz_limbs_read (value);

  wait_to_send (&size, 1, MPI_INT64_T, to, INF_MPI_TAG_SIZE, comm);
  for (int64_t n_left = magnitude (size), n; n_left > 0; n_left -= n, limbs += n)
    {
      n = next_count (n_left);
      wait_to_send (limbs, (int)n, MPI_UINT64_T, to, INF_MPI_TAG_LIMBS, comm);
    }
}

/**
 * inf_mpi_receive_integer:
 * @ret_value: (out): an initialized integer that takes what @from sends with inf_mpi_send_integer()
 */
void
inf_mpi_receive_integer (mpz_t ret_value, int from, MPI_Comm comm)
{
  int64_t size;
  mp_limb_t *limbs;

  wait_to_receive (&size, 1, MPI_INT64_T, from, INF_MPI_TAG_SIZE, comm);
  limbs = mpz_limbs_write (ret_value, magnitude (size) > 0 ? (mp_size_t)magnitude (size) : 1);
  for (int64_t n_left = magnitude (size), n; n_left > 0; n_left -= n, limbs += n)
    {
      n = next_count (n_left);
      wait_to_receive (limbs, (int)n, MPI_UINT64_T, from, INF_MPI_TAG_LIMBS, comm);
    }
  mpz_limbs_finish (ret_value, (mp_size_t)size);
}

/* Collective: @value of @root becomes everyone's. */
void
inf_mpi_broadcast_integer (mpz_t value, int root, MPI_Comm comm)
{
  int64_t size = signed_size (value);
  mp_limb_t *limbs;
  int rank;

  MPI_Comm_rank (comm, &rank);
  wait_to_broadcast (&size, 1, MPI_INT64_T, root, comm);
  limbs = rank == root
              ? mpz_limbs_modify (value, (mp_size_t)magnitude (size))
              : mpz_limbs_write (value, magnitude (size) > 0 ? (mp_size_t)magnitude (size) : 1);
  for (int64_t n_left = magnitude (size), n; n_left > 0; n_left -= n, limbs += n)
    {
      n = next_count (n_left);
      wait_to_broadcast (limbs, (int)n, MPI_UINT64_T, root, comm);
    }
  mpz_limbs_finish (value, (mp_size_t)size);
}
