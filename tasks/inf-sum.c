#include "tasks/inf-sum.h"

static void
add_wide_to_big (mpz_t big, InfWide value)
{
  InfUnsignedWide magnitude = value < 0 ? -(InfUnsignedWide)value : (InfUnsignedWide)value;
  uint64_t words[2] = { (uint64_t)magnitude, (uint64_t)(magnitude >> 64) };
  mpz_t integer;

  mpz_init (integer);
  mpz_import (integer, 2, -1, sizeof words[0], 0, 0, words);
  if (value < 0)
    mpz_sub (big, big, integer);
  else
    mpz_add (big, big, integer);
  mpz_clear (integer);
}

static void
add_wide (void *data, InfWide value)
{
  InfSum *sum = data;
  InfWide total;

  if (__builtin_add_overflow (sum->wide, value, &total))
    {
      add_wide_to_big (sum->big, sum->wide);
      total = value;
    }
  sum->wide = total;
}

static void
add_words (void *data, const int64_t *values, size_t n)
{
  /* no array is long enough for words to overflow 128 bits among themselves */
  InfWide total = 0;

  for (size_t i = 0; i < n; i++)
    total += values[i];
  add_wide (data, total);
}

static void
add_big (void *data, const mpz_t value)
{
  InfSum *sum = data;

  mpz_add (sum->big, sum->big, value);
}

void
inf_sum_init (InfSum *sum)
{
  sum->wide = 0;
  mpz_init (sum->big);
}

void
inf_sum_clear (InfSum *sum)
{
  mpz_clear (sum->big);
}

void
inf_sum_get (const InfSum *sum, mpz_t ret_value)
{
  mpz_set (ret_value, sum->big);
  add_wide_to_big (ret_value, sum->wide);
}

/**
 * inf_sum_sink:
 * @sum: a sum, which stays the caller's and has to outlive the sink
 *
 * Returns: a sink that adds everything it is given to @sum
 */
InfIntegerSink
inf_sum_sink (InfSum *sum)
{
  return (InfIntegerSink){
    .add_words = add_words, .add_wide = add_wide, .add_big = add_big, .data = sum
  };
}
