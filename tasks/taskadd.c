#include "tasks/inf-integer-source.h"
#include "tasks/inf-mpi-integer.h"
#include "tasks/inf-output-file.h"
#include "tasks/inf-sum.h"
#include "tasks/inf-task.h"

#include <stdlib.h>
#include <string.h>

/* Collective: the sum of all ranks' @value becomes rank 0's, by a binary tree. */
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
          mpz_add (value, value, other);
        }
    }
  mpz_clear (other);
}

/* Rank 0 writes the sum; collective in its outcome. */
static bool
write_sum (const InfTask *task, InfOutputFile *file, const mpz_t total, uint64_t n_integers,
           InfTaskError *error)
{
  size_t n_digits = 0;

  if (task->rank == 0)
    {
      char *text = mpz_get_str (NULL, 10, total);
      size_t size = strlen (text);

      n_digits = size - (*text == '-');
      text[size] = '\n'; /* instead of the end, which nobody needs here */
      if (inf_output_file_write (file, text, size + 1, error))
        inf_output_file_commit (file, error);
      free (text);
    }
  if (!inf_task_agree (task, error))
    return false;
  inf_task_summarize (task, "added", n_integers, n_digits);
  return true;
}

static bool
run (InfTask *task, InfTaskError *error)
{
  InfOutputFile file = { .fd = -1 };
  InfSum sum;
  InfIntegerSink sink;
  uint64_t n_integers;
  mpz_t total;

  inf_sum_init (&sum);
  mpz_init (total);
  sink = inf_sum_sink (&sum);
  if (task->rank == 0)
    inf_output_file_open (&file, task->options.output, error);
  if (inf_task_agree (task, error)
      && inf_integer_source_feed (task, &sink, 0.9, &n_integers, error))
    {
      inf_sum_get (&sum, total);
      inf_task_progress (task, 0.9, "adding the ranks' sums");
      reduce (task, total);
      write_sum (task, &file, total, n_integers, error);
    }
  inf_output_file_discard (&file);
  inf_sum_clear (&sum);
  mpz_clear (total);
  return error->status == INF_TASK_OK;
}

int
main (int argc, char **argv)
{
  return inf_task_main (argc, argv, "taskadd", "sum", "sum.txt", run);
}
