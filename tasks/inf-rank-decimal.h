#pragma once

#include "tasks/inf-output-file.h"
#include "tasks/inf-task.h"

#include <gmp.h>

bool inf_rank_decimal_write (const InfTask *task, mpz_t value, size_t max_bits, InfOutputFile *file,
                             size_t *ret_n_digits, InfTaskError *error);
