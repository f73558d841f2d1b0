#include "tasks/inf-task.h"

#include "config.h"
#include "tasks/inf-output-file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before MPI is up, mpiexec's environment alone tells the ranks apart. */
static bool
is_first_process (void)
{
  const char *rank = getenv ("OMPI_COMM_WORLD_RANK");

  return !rank || strcmp (rank, "0") == 0;
}

static void
start (InfTask *task, int *argc, char ***argv)
{
  MPI_Init (argc, argv);
  inf_output_file_discard_all_on_signals ();
  task->comm = MPI_COMM_WORLD;
  MPI_Comm_rank (task->comm, &task->rank);
  MPI_Comm_size (task->comm, &task->n_ranks);
  /* one start for all, so that the time does not depend on which rank was up first */
  MPI_Barrier (task->comm);
  task->started_s = MPI_Wtime ();
}

/**
 * inf_task_main:
 * @argc: main's
 * @argv: main's
 * @name: the program's name
 * @what: what it writes, such as "sum"
 * @default_output: the output's name where none is given
 * @run: the task
 *
 * All of main() that tasks share: options, MPI, and the error that all ranks agreed on, told once.
 *
 * Returns: the exit status, an #InfTaskStatus
 */
int
inf_task_main (int argc, char **argv, const char *name, const char *what,
               const char *default_output, InfTaskRun run)
{
  InfTask task = { .name = name };
  InfTaskError error = { .status = INF_TASK_OK };

  inf_task_options_parse (argc, argv, default_output, &task.options, &error);
  if (task.options.help || task.options.version)
    {
      if (is_first_process () && task.options.help)
        inf_task_options_print_help (name, what, default_output);
      else if (is_first_process ())
        printf ("%s %s\n", name, INF_VERSION);
      return INF_TASK_OK;
    }
  start (&task, &argc, &argv);
  /* told with MPI up: mpiexec ends all ranks once one has failed, rank 0 perhaps before it spoke */
  if (error.status == INF_TASK_OK)
    run (&task, &error);
  if (error.status != INF_TASK_OK && task.rank == 0)
    fprintf (stderr, "%s: %s\n", name, error.message);
  MPI_Finalize ();
  return error.status;
}

/**
 * inf_task_agree:
 * @task: this rank's view of the run
 * @error: (inout): this rank's error, if any; afterwards the lowest failing rank's, on all ranks
 *
 * Collective. Nobody leaves alone: a rank that did would be waited for by the others.
 *
 * Returns: whether no rank has failed
 */
bool
inf_task_agree (const InfTask *task, InfTaskError *error)
{
  int failing = error->status != INF_TASK_OK ? task->rank : task->n_ranks;

  MPI_Allreduce (MPI_IN_PLACE, &failing, 1, MPI_INT, MPI_MIN, task->comm);
  if (failing == task->n_ranks)
    return true;
  MPI_Bcast (error, sizeof *error, MPI_BYTE, failing, task->comm);
  return false;
}

double
inf_task_elapsed_s (const InfTask *task)
{
  return MPI_Wtime () - task->started_s;
}

/**
 * inf_task_progress:
 * @fraction: how much of the work is done, from 0 to 1
 * @text: what is done next, in a word or two
 *
 * One line of the progress protocol (docs/jobs.md), from rank 0 only.
 */
void
inf_task_progress (const InfTask *task, double fraction, const char *text)
{
  if (task->rank != 0)
    return;
  printf ("@infinity progress %.3f %s\n", fraction, text);
  fflush (stdout);
}

/**
 * inf_task_summarize:
 * @verb: what was done with the integers, such as "added"
 * @n_integers: how many there were
 * @n_digits: how long the result is
 *
 * The last line of the progress protocol, and the same for people, from rank 0 only.
 */
void
inf_task_summarize (const InfTask *task, const char *verb, uint64_t n_integers, uint64_t n_digits)
{
  char text[INF_TASK_MESSAGE_SIZE];

  if (task->rank != 0)
    return;
  snprintf (text, sizeof text,
            "%s %" PRIu64 " integer%s on %d rank%s in %.4f s: %" PRIu64 " digit%s in %.256s", verb,
            n_integers, n_integers == 1 ? "" : "s", task->n_ranks, task->n_ranks == 1 ? "" : "s",
            inf_task_elapsed_s (task), n_digits, n_digits == 1 ? "" : "s", task->options.output);
  printf ("@infinity summary %s\n%s: %s\n", text, task->name, text);
  fflush (stdout);
}
