#pragma once

#include <stdint.h>

#define INF_RANDOM_INTEGERS_SEED 20
#define INF_RANDOM_INTEGERS_N 1000000

int64_t inf_random_integer (uint64_t seed, uint64_t index);
