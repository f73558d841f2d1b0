#pragma once

#include "tasks/inf-integer-parser.h"
#include "tasks/inf-task.h"

bool inf_integer_source_feed (const InfTask *task, const InfIntegerSink *sink,
                              double progress_share, uint64_t *ret_n_integers, InfTaskError *error);
