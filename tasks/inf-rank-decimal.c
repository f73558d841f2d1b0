#include "tasks/inf-rank-decimal.h"

#include "tasks/inf-decimal.h"
#include "tasks/inf-mpi-integer.h"
#include "tasks/inf-task-memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Decimal conversion over the ranks. Every rank writes the same number of digits d; the first ones
 * are rank 0's. Ranks first to last - 1 share an integer that the first of them holds:
 *
 *   first                                      middle
 *   N  --- divide by 10^(d * (last - middle)) --- remainder -->
 *   quotient: ranks first to middle - 1        remainder: ranks middle to last - 1
 *
 * until each has its own; then inf-decimal.c does the rest. While rank 0 still multiplies, the
 * others prepare: the planner computes the powers of five that everybody needs, and, while rank 0
 * divides, their reciprocal. */

/* Shorter results take rank 0 less time alone than the messages would. */
#define SHORT_BITS ((size_t)1 << 18)
/* What one message carries of the text. */
#define TEXT_PIECE_BYTES ((size_t)1 << 24)

static int
planner (const InfTask *task)
{
  return task->n_ranks > 1 ? 1 : 0;
}

static void
share_powers (const InfTask *task, InfDecimal *decimal)
{
  if (task->rank == planner (task))
    inf_decimal_compute_powers (decimal);
  for (unsigned i = 0; i <= decimal->n_levels; i++)
    inf_mpi_broadcast_integer (decimal->powers[i], planner (task), task->comm);
  inf_decimal_prepare (decimal);
}

static void
share_reciprocal (const InfTask *task, InfDecimal *decimal)
{
  inf_mpi_broadcast_integer (decimal->reciprocal, planner (task), task->comm);
}

/* Divides @value, of ranks up to @last, and gives the lower digits to @middle, which computed the
 * divisor while this rank had other things to do. */
static void
divide (const InfTask *task, const InfDecimal *decimal, mpz_t value, int middle, int last)
{
  mp_bitcnt_t n_digits = inf_decimal_get_n_digits (decimal) * (mp_bitcnt_t)(last - middle);
  mpz_t divisor, quotient, remainder, low_bits;

  mpz_inits (divisor, quotient, remainder, low_bits, NULL);
  if (last - middle == 1)
    mpz_set (divisor, inf_decimal_get_power (decimal));
  else
    inf_mpi_receive_integer (divisor, middle, task->comm);
  /* 10^n = 5^n * 2^n, and the second factor is only a shift */
  mpz_tdiv_q_2exp (quotient, value, n_digits);
  mpz_tdiv_r_2exp (low_bits, value, n_digits);
  mpz_tdiv_qr (value, remainder, quotient, divisor);
  mpz_mul_2exp (remainder, remainder, n_digits);
  mpz_add (remainder, remainder, low_bits);
  inf_mpi_send_integer (remainder, middle, task->comm);
  mpz_clears (divisor, quotient, remainder, low_bits, NULL);
}

static void
receive_remainder (const InfTask *task, const InfDecimal *decimal, mpz_t value, int first, int last)
{
  mpz_t divisor;

  if (last - task->rank > 1)
    {
      mpz_init (divisor);
      mpz_pow_ui (divisor, inf_decimal_get_power (decimal), (unsigned)(last - task->rank));
      inf_mpi_send_integer (divisor, first, task->comm);
      mpz_clear (divisor);
    }
  inf_mpi_receive_integer (value, first, task->comm);
}

/* Afterwards each rank's @value is the integer of its own digits. */
static void
spread (const InfTask *task, const InfDecimal *decimal, mpz_t value)
{
  int first = 0, last = task->n_ranks;

  while (last - first > 1)
    {
      int middle = first + (last - first + 1) / 2;

      if (task->rank == first)
        divide (task, decimal, value, middle, last);
      else if (task->rank == middle)
        receive_remainder (task, decimal, value, first, last);
      if (task->rank < middle)
        last = middle;
      else
        first = middle;
    }
}

typedef struct
{
  InfOutputFile *file;
  InfTaskError *error;
  size_t n_digits; /* written so far; zeros in front are not */
} Writer;

static void
write_digits (Writer *writer, const char *text, size_t size)
{
  if (writer->n_digits == 0)
    while (size > 0 && *text == '0')
      {
        text++;
        size--;
      }
  writer->n_digits += size;
  if (writer->error->status == INF_TASK_OK)
    inf_output_file_write (writer->file, text, size, writer->error);
}

/* Rank 0 writes its own digits, then the others' as they come, in order. */
static void
gather_text (const InfTask *task, Writer *writer, char *text, size_t n_digits)
{
  if (task->rank == 0)
    write_digits (writer, text, n_digits);
  for (int rank = 1; rank < task->n_ranks; rank++)
    for (size_t done = 0; done < n_digits; done += TEXT_PIECE_BYTES)
      {
        size_t left = n_digits - done;
        int size = (int)(left < TEXT_PIECE_BYTES ? left : TEXT_PIECE_BYTES);
        MPI_Request request = MPI_REQUEST_NULL;

        if (task->rank == rank)
          MPI_Isend (text + done, size, MPI_BYTE, 0, INF_MPI_TAG_TEXT, task->comm, &request);
        else if (task->rank == 0)
          MPI_Irecv (text, size, MPI_BYTE, rank, INF_MPI_TAG_TEXT, task->comm, &request);
        inf_mpi_wait (&request);
        if (task->rank == 0)
          write_digits (writer, text, (size_t)size);
      }
}

static void
convert_together (const InfTask *task, mpz_t value, size_t max_digits, Writer *writer)
{
  InfDecimal decimal;
  size_t n_digits;
  char *text;

  inf_decimal_init (&decimal, max_digits / (size_t)task->n_ranks + 1);
  n_digits = inf_decimal_get_n_digits (&decimal);
  share_powers (task, &decimal);
  inf_task_progress (task, 0.55, "dividing for the ranks");
  if (task->rank == planner (task))
    inf_decimal_compute_reciprocal (&decimal);
  spread (task, &decimal, value);
  share_reciprocal (task, &decimal);
  inf_task_progress (task, 0.7, "converting to decimal");
  text = inf_task_alloc (n_digits, 1);
  inf_decimal_convert (&decimal, value, text);
  inf_decimal_clear (&decimal);
  inf_task_progress (task, 0.95, "writing");
  gather_text (task, writer, text, n_digits);
  free (text);
}

static void
convert_alone (const mpz_t value, Writer *writer)
{
  char *text = mpz_get_str (NULL, 10, value);

  write_digits (writer, text, strlen (text));
  free (text);
}

/**
 * inf_rank_decimal_write:
 * @value: the integer, on rank 0; overwritten
 * @max_bits: no less than its length in bits, and the same on all ranks
 * @file: an open file on rank 0
 * @ret_n_digits: (out): on rank 0, how many digits there were
 * @error: (inout): set where rank 0 can't write; not yet agreed on
 *
 * Collective. Writes @value in decimal and a line end.
 */
bool
inf_rank_decimal_write (const InfTask *task, mpz_t value, size_t max_bits, InfOutputFile *file,
                        size_t *ret_n_digits, InfTaskError *error)
{
  Writer writer = { .file = file, .error = error };
  /* log10 (2) < 0.30103 */
  size_t max_digits = (size_t)((unsigned __int128)max_bits * 30103 / 100000) + 1;

  if (task->rank == 0 && mpz_sgn (value) < 0)
    inf_output_file_write (file, "-", 1, error);
  mpz_abs (value, value);
  if (max_bits > SHORT_BITS)
    convert_together (task, value, max_digits, &writer);
  else if (task->rank == 0)
    convert_alone (value, &writer);
  if (task->rank == 0 && writer.n_digits == 0)
    inf_output_file_write (file, "0", 1, error);
  if (task->rank == 0)
    inf_output_file_write (file, "\n", 1, error);
  *ret_n_digits = writer.n_digits > 0 ? writer.n_digits : 1;
  return error->status == INF_TASK_OK;
}
