#pragma once

#include "tasks/inf-task-error.h"
#include "tasks/inf-task-options.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

/* One run of a task, seen from one rank. */
typedef struct
{
  const char *name;
  InfTaskOptions options;
  MPI_Comm comm;
  int rank;
  int n_ranks;
  double started_s; /* when MPI was up, by MPI_Wtime() */
} InfTask;

/* A task's own part. Collective: every rank runs it, and every rank returns the same error. */
typedef bool (*InfTaskRun) (InfTask *task, InfTaskError *error);

int inf_task_main (int argc, char **argv, const char *name, const char *what,
                   const char *default_output, InfTaskRun run);

bool inf_task_agree (const InfTask *task, InfTaskError *error);
double inf_task_elapsed_s (const InfTask *task);
void inf_task_progress (const InfTask *task, double fraction, const char *text);
void inf_task_summarize (const InfTask *task, const char *verb, uint64_t n_integers,
                         uint64_t n_digits);
