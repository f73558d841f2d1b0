#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfExit:
 *
 * The exit statuses of `infinity`; infinity(1) documents them.
 */
typedef enum
{
  INF_EXIT_SUCCESS = 0,
  INF_EXIT_FAILURE = 1,
  INF_EXIT_USAGE = 2,
  INF_EXIT_UNREACHABLE = 3,
  INF_EXIT_JOB_FAILED = 4,
  INF_EXIT_NOT_ENOUGH = 5,
  INF_EXIT_BAD_DATA = 65,
  INF_EXIT_IO = 74,
  INF_EXIT_INTERRUPTED = 130,
} InfExit;

InfExit inf_exit_from_error (const GError *error);
InfExit inf_exit_from_job (GVariant *job);

G_END_DECLS
