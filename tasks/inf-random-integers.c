#include "tasks/inf-random-integers.h"

/* A bijection of 64-bit words in which every input bit moves every output bit: two rounds of
 * xor-shift and multiplication (Stafford 2011, "Better bit mixing", variant 13). */
static uint64_t
mix (uint64_t word)
{
  word = (word ^ (word >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
  word = (word ^ (word >> 27)) * UINT64_C (0x94d049bb133111eb);
  return word ^ (word >> 31);
}

/**
 * inf_random_integer:
 * @seed: which sequence
 * @index: which of its integers, from 0
 *
 * Each integer depends on @seed and @index alone, so any number of ranks, each making its own
 * share, make the same sequence. The step between indices is SplitMix64's (Steele, Lea, Flood 2014,
 * "Fast splittable pseudorandom number generators").
 *
 * Returns: an integer between INT64_MIN and INT64_MAX, each as likely
 */
int64_t
inf_random_integer (uint64_t seed, uint64_t index)
{
  return (int64_t)mix (mix (seed) + (index + 1) * UINT64_C (0x9e3779b97f4a7c15));
}
