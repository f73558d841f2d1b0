#pragma once

#include "tasks/inf-integer-parser.h"

/* An exact sum: in 128 bits for as long as that holds, and what no longer fits beside it. */
typedef struct
{
  InfWide wide;
  mpz_t big;
} InfSum;

void inf_sum_init (InfSum *sum);
void inf_sum_clear (InfSum *sum);
void inf_sum_get (const InfSum *sum, mpz_t ret_value);
InfIntegerSink inf_sum_sink (InfSum *sum);
