#pragma once

#include "tasks/inf-task-error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct
{
  const char *input; /* NULL: generate */
  const char *output;
  const char *write_input; /* NULL: don't */
  uint64_t n_generated;
  uint64_t seed;
  bool help;
  bool version;
} InfTaskOptions;

bool inf_task_options_parse (int argc, char **argv, const char *default_output,
                             InfTaskOptions *ret_options, InfTaskError *error);
void inf_task_options_print_help (const char *name, const char *what, const char *default_output);
