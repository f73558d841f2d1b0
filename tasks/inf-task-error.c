#include "tasks/inf-task-error.h"

#include <stdarg.h>
#include <stdio.h>

/**
 * inf_task_error_set:
 * @error: what to fill in; an error it already holds stays, for the first cause is the one to tell
 * @status: the exit status that goes with it
 * @format: one sentence with no line end: the object, what was expected, the way out
 *
 * Returns: false, so that a function can set an error and fail in one statement
 */
bool
inf_task_error_set (InfTaskError *error, InfTaskStatus status, const char *format, ...)
{
  va_list arguments;

  if (error->status != INF_TASK_OK)
    return false;
  error->status = status;
  va_start (arguments, format);
  vsnprintf (error->message, sizeof error->message, format, arguments);
  va_end (arguments);
  return false;
}
