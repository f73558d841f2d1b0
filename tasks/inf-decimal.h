#pragma once

#include <gmp.h>
#include <stddef.h>

#define INF_DECIMAL_MAX_LEVELS 40

/* What turns integers of up to n_digits digits into text: powers of five and, for the first step, a
 * reciprocal. Depends on the number of digits alone, so ranks that agree on it share it. */
typedef struct
{
  size_t leaf_digits;
  unsigned n_levels;                    /* n_digits = leaf_digits << n_levels */
  mpz_t powers[INF_DECIMAL_MAX_LEVELS]; /* of level i: 5 to the leaf_digits << i */
  mp_limb_t units[INF_DECIMAL_MAX_LEVELS][2];
  mpz_t reciprocal;
} InfDecimal;

void inf_decimal_init (InfDecimal *decimal, size_t n_digits_wanted);
void inf_decimal_clear (InfDecimal *decimal);
size_t inf_decimal_get_n_digits (const InfDecimal *decimal);
mpz_srcptr inf_decimal_get_power (const InfDecimal *decimal);

void inf_decimal_compute_powers (InfDecimal *decimal);
void inf_decimal_prepare (InfDecimal *decimal);
void inf_decimal_compute_reciprocal (InfDecimal *decimal);
void inf_decimal_convert (const InfDecimal *decimal, const mpz_t value, char *ret_text);
