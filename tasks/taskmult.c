#include "tasks/inf-integer-source.h"
#include "tasks/inf-mpi-integer.h"
#include "tasks/inf-output-file.h"
#include "tasks/inf-product.h"
#include "tasks/inf-rank-decimal.h"
#include "tasks/inf-task.h"

/* Collective: the product of all ranks' @value becomes rank 0's, by a binary tree. */
static void
reduce (const InfTask *task, mpz_t value)
{
  mpz_t other;

  mpz_init (other);
  for (int step = 1; step < task->n_ranks; step *= 2)
    {
      if (task->rank % (2 * step) == step)
        {
          inf_mpi_send_integer (value, task->rank - step, task->comm);
          break;
        }
      if (task->rank + step < task->n_ranks)
        {
          inf_mpi_receive_integer (other, task->rank + step, task->comm);
          mpz_mul (value, value, other);
        }
    }
  mpz_clear (other);
}

/* Collective: rank 0's @value is the product; returns a bound of its length in bits. */
static size_t
multiply (const InfTask *task, InfProduct *product, mpz_t value)
{
  int is_zero = inf_product_is_zero (product);
  uint64_t n_bits;
  MPI_Request request;

  MPI_Allreduce (MPI_IN_PLACE, &is_zero, 1, MPI_INT, MPI_LOR, task->comm);
  if (is_zero)
    {
      mpz_set_ui (value, 0);
      return 1;
    }
  inf_task_progress (task, 0.1, "multiplying on each rank");
  inf_product_get (product, value);
  n_bits = mpz_sizeinbase (value, 2);
  MPI_Iallreduce (MPI_IN_PLACE, &n_bits, 1, MPI_UINT64_T, MPI_SUM, task->comm, &request);
  inf_mpi_wait (&request);
  inf_task_progress (task, 0.4, "multiplying the ranks' products");
  reduce (task, value);
  return n_bits;
}

/* Collective: writes the product that rank 0 has. */
static bool
write_product (const InfTask *task, InfOutputFile *file, mpz_t value, size_t max_bits,
               uint64_t n_integers, InfTaskError *error)
{
  size_t n_digits;

  inf_task_progress (task, 0.5, "preparing the conversion to decimal");
  inf_rank_decimal_write (task, value, max_bits, file, &n_digits, error);
  if (task->rank == 0 && error->status == INF_TASK_OK)
    inf_output_file_commit (file, error);
  if (!inf_task_agree (task, error))
    return false;
  inf_task_summarize (task, "multiplied", n_integers, n_digits);
  return true;
}

static bool
run (InfTask *task, InfTaskError *error)
{
  InfOutputFile file = { .fd = -1 };
  InfProduct product;
  InfIntegerSink sink;
  uint64_t n_integers;
  mpz_t value;

  inf_product_init (&product);
  mpz_init (value);
  sink = inf_product_sink (&product);
  if (task->rank == 0)
    inf_output_file_open (&file, task->options.output, error);
  if (inf_task_agree (task, error)
      && inf_integer_source_feed (task, &sink, 0.1, &n_integers, error))
    {
      size_t max_bits = multiply (task, &product, value);
      write_product (task, &file, value, max_bits, n_integers, error);
    }
  inf_output_file_discard (&file);
  inf_product_clear (&product);
  mpz_clear (value);
  return error->status == INF_TASK_OK;
}

int
main (int argc, char **argv)
{
  return inf_task_main (argc, argv, "taskmult", "product", "product.txt", run);
}
