#include "tasks/inf-task-memory.h"

#include <stdio.h>
#include <stdlib.h>

/**
 * inf_task_realloc:
 * @memory: (nullable): what inf_task_alloc() gave
 * @n: how many elements, at least one
 * @size_bytes: the size of each
 *
 * Ends the process where there is no memory, as GMP does: no rank can go on without its share, and
 * mpiexec then ends the others.
 *
 * Returns: (transfer full): the memory, to be released with free()
 */
void *
inf_task_realloc (void *memory, size_t n, size_t size_bytes)
{
  void *moved = reallocarray (memory, n, size_bytes);

  if (!moved)
    {
      fprintf (stderr, "no memory for %zu elements of %zu bytes; use more hosts or more memory\n",
               n, size_bytes);
      exit (EXIT_FAILURE);
    }
  return moved;
}

void *
inf_task_alloc (size_t n, size_t size_bytes)
{
  return inf_task_realloc (NULL, n, size_bytes);
}
