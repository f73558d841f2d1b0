#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a task leaves as its exit status, and mpiexec with it; sysexits.h has the last two. */
typedef enum
{
  INF_TASK_OK = 0,
  INF_TASK_USAGE = 2,
  INF_TASK_BAD_DATA = 65,
  INF_TASK_IO = 74,
} InfTaskStatus;

#define INF_TASK_MESSAGE_SIZE 512

typedef struct
{
  InfTaskStatus status;
  char message[INF_TASK_MESSAGE_SIZE];
} InfTaskError;

bool inf_task_error_set (InfTaskError *error, InfTaskStatus status, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
