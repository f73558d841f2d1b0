#include "tasks/inf-decimal.h"

#include "tasks/inf-task-memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* From binary to decimal with multiplications only.
 *
 * The integer N of m digits becomes the fraction f = (N + 1/2) / 10^m, cut off one limb after
 * it has told all integers apart. Its lower h = m / 2 digits are those of the fraction
 *
 *   low = f * 10^h modulo 1,
 *
 * its upper ones those of f itself, for which the first half of f's limbs suffices. So a level
 * halves the length and costs one multiplication, where dividing would cost several and a
 * remainder. (The idea is in Brent and Zimmermann 2010, "Modern Computer Arithmetic", section 1.7,
 * and in Bernstein 2004, "Scaled remainder trees".)
 *
 * Why the digits are exact. A fraction stands for its integer as long as f * 10^m lies strictly
 * between N and N + 1; it starts in the middle. The lower half keeps its distance to both: low =
 * (N_low + 1/2) / 10^h. The upper half would not: f * 10^h = N_high + low, and low may be next to 0
 * or to 1, where cutting off limbs could reach the next integer. So it is moved to the middle, by
 * (low - 1/2) / 10^h, before anything is cut off. Each level then adds an error of a few 2^-64 of a
 * unit of the last digit (that is what the limb in excess is for), and forty levels stay far from
 * the 2^-1 there is.
 */

#define DIGITS_PER_LIMB 19
#define TEN_TO_19 UINT64_C (10000000000000000000)
/* Leaves are converted limb by limb, in quadratic time. */
#define LEAF_MAX_WORDS 64

_Static_assert(GMP_NUMB_BITS == 64, "limbs of 64 bits, with no bits left over");

/* Limbs of a fraction with @n_digits digits: at least 64 bits more than the digits need. The bound
 * for the logarithm is from above: log2 (10) = 3.321928094887... */
static size_t
fraction_limbs (size_t n_digits)
{
  unsigned __int128 bits
      = (unsigned __int128)n_digits * UINT64_C (3321928094888) / UINT64_C (1000000000000) + 1;

  return (size_t)(bits / 64) + 2;
}

static size_t
level_digits (const InfDecimal *decimal, unsigned level)
{
  return decimal->leaf_digits << level;
}

/**
 * inf_decimal_init:
 * @decimal: what to fill in; inf_decimal_clear() releases it
 * @n_digits_wanted: how long the text has to be at least
 *
 * Decides the sizes; no arithmetic yet.
 */
void
inf_decimal_init (InfDecimal *decimal, size_t n_digits_wanted)
{
  size_t n_words = (n_digits_wanted + DIGITS_PER_LIMB - 1) / DIGITS_PER_LIMB;
  unsigned n_levels = 0;

  while ((n_words + ((size_t)1 << n_levels) - 1) >> n_levels > LEAF_MAX_WORDS)
    n_levels++;
  n_words = (n_words + ((size_t)1 << n_levels) - 1) >> n_levels;
  decimal->leaf_digits = DIGITS_PER_LIMB * (n_words > 0 ? n_words : 1);
  decimal->n_levels = n_levels;
  for (unsigned i = 0; i <= n_levels; i++)
    mpz_init (decimal->powers[i]);
  mpz_init (decimal->reciprocal);
}

void
inf_decimal_clear (InfDecimal *decimal)
{
  for (unsigned i = 0; i <= decimal->n_levels; i++)
    mpz_clear (decimal->powers[i]);
  mpz_clear (decimal->reciprocal);
}

/* The length of the text: @n_digits_wanted or a little more. */
size_t
inf_decimal_get_n_digits (const InfDecimal *decimal)
{
  return level_digits (decimal, decimal->n_levels);
}

/* 5 to the inf_decimal_get_n_digits(). */
mpz_srcptr
inf_decimal_get_power (const InfDecimal *decimal)
{
  return decimal->powers[decimal->n_levels];
}

/* Computes every level's power; a rank that was sent them needs not. */
void
inf_decimal_compute_powers (InfDecimal *decimal)
{
  mpz_ui_pow_ui (decimal->powers[0], 5, decimal->leaf_digits);
  for (unsigned i = 1; i <= decimal->n_levels; i++)
    mpz_mul (decimal->powers[i], decimal->powers[i - 1], decimal->powers[i - 1]);
}

/* One unit of the last digit at @level, in units of its fraction's last limb: B^limbs / 10^digits,
 * rounded down, of which 128 bits of the power tell 64. */
static void
compute_unit (InfDecimal *decimal, unsigned level)
{
  size_t n_digits = level_digits (decimal, level);
  size_t size_bits = mpz_sizeinbase (decimal->powers[level], 2);
  size_t shift = size_bits > 192 ? size_bits - 192 : 0;
  mpz_t divisor, unit;

  mpz_inits (divisor, unit, NULL);
  mpz_tdiv_q_2exp (divisor, decimal->powers[level], shift);
  mpz_setbit (unit, 64 * fraction_limbs (n_digits) - n_digits - shift);
  mpz_tdiv_q (unit, unit, divisor);
  decimal->units[level][0] = mpz_getlimbn (unit, 0);
  decimal->units[level][1] = mpz_getlimbn (unit, 1);
  mpz_clears (divisor, unit, NULL);
}

/**
 * inf_decimal_prepare:
 * @decimal: with its powers, computed or received
 *
 * Computes what is quick to compute from the powers.
 */
void
inf_decimal_prepare (InfDecimal *decimal)
{
  for (unsigned i = 0; i < decimal->n_levels; i++)
    compute_unit (decimal, i);
}

/* The bits after the binary point of the reciprocal of the highest power. */
static size_t
reciprocal_bits (const InfDecimal *decimal)
{
  return mpz_sizeinbase (inf_decimal_get_power (decimal), 2)
         + 64 * (fraction_limbs (inf_decimal_get_n_digits (decimal)) + 1);
}

/* The one division; a rank that was sent its result needs not. */
void
inf_decimal_compute_reciprocal (InfDecimal *decimal)
{
  mpz_t numerator;

  mpz_init (numerator);
  mpz_setbit (numerator, reciprocal_bits (decimal));
  mpz_tdiv_q (decimal->reciprocal, numerator, inf_decimal_get_power (decimal));
  mpz_clear (numerator);
}

/* (@value + 1/2) / 10^n_digits in @n_limbs limbs. */
static mp_limb_t *
first_fraction (const InfDecimal *decimal, const mpz_t value, size_t n_limbs)
{
  mp_limb_t *fraction = inf_task_alloc (n_limbs, sizeof *fraction);
  size_t n_written;
  mpz_t scaled;

  mpz_init (scaled);
  mpz_mul_2exp (scaled, value, 1);
  mpz_setbit (scaled, 0);
  mpz_mul (scaled, scaled, decimal->reciprocal);
  mpz_tdiv_q_2exp (scaled, scaled,
                   reciprocal_bits (decimal) + inf_decimal_get_n_digits (decimal) + 1
                       - 64 * n_limbs);
  mpz_export (fraction, &n_written, -1, sizeof *fraction, 0, 0, scaled);
  memset (fraction + n_written, 0, (n_limbs - n_written) * sizeof *fraction);
  mpz_clear (scaled);
  return fraction;
}

typedef struct
{
  const InfDecimal *decimal;
  mp_limb_t *lows[INF_DECIMAL_MAX_LEVELS]; /* the lower half of the node at hand, by its level */
  mp_limb_t *scratch;
} Converter;

/* Nineteen digits, with zeros in front. */
static void
write_limb (mp_limb_t value, char *ret_text)
{
  for (int i = DIGITS_PER_LIMB - 1; i > 0; i -= 2)
    {
      unsigned pair = (unsigned)(value % 100);

      value /= 100;
      ret_text[i] = (char)('0' + pair % 10);
      ret_text[i - 1] = (char)('0' + pair / 10);
    }
  ret_text[0] = (char)('0' + value);
}

/* A limb of the fraction is dropped with each limb of digits, for they are worth almost as much. */
static void
convert_leaf (const InfDecimal *decimal, mp_limb_t *fraction, char *ret_text)
{
  size_t n_limbs = fraction_limbs (decimal->leaf_digits);

  for (size_t done = 0; done < decimal->leaf_digits; done += DIGITS_PER_LIMB)
    {
      write_limb (mpn_mul_1 (fraction, fraction, n_limbs, TEN_TO_19), ret_text + done);
      fraction++;
      n_limbs--;
    }
}

/* The lower half of the digits of @fraction: times 5^h, then times 2^h as a shift, modulo 1. */
static void
take_low (Converter *converter, unsigned level, const mp_limb_t *fraction, mp_limb_t *low)
{
  const InfDecimal *decimal = converter->decimal;
  size_t half_digits = level_digits (decimal, level);
  size_t n_low = fraction_limbs (half_digits);
  /* limbs that the shift moves past the point */
  size_t n_kept = fraction_limbs (2 * half_digits) - half_digits / 64;
  unsigned shift = half_digits % 64;
  mpz_srcptr power = decimal->powers[level];
  mp_limb_t *top = converter->scratch + n_kept - n_low;

  mpn_mul (converter->scratch, fraction, n_kept, mpz_limbs_read (power), mpz_size (power));
  if (shift == 0)
    {
      memcpy (low, top, n_low * sizeof *low);
      return;
    }
  mpn_lshift (low, top, n_low, shift);
  low[0] |= top[-1] >> (64 - shift);
}

/* Moves the upper half @high to the middle between two integers; see above. */
static void
centre_high (const InfDecimal *decimal, unsigned level, const mp_limb_t *low, mp_limb_t *high)
{
  size_t n_limbs = fraction_limbs (level_digits (decimal, level));
  const uint64_t half = UINT64_C (1) << 63;
  uint64_t top = low[n_limbs - 1];
  uint64_t distance = top >= half ? top - half : half - top;
  mp_limb_t product[3];

  product[2] = mpn_mul_1 (product, decimal->units[level], 2, distance);
  if (top >= half)
    mpn_sub (high, high, n_limbs, product + 1, 2);
  else
    mpn_add (high, high, n_limbs, product + 1, 2);
}

/* Writes the digits of the node at @level; overwrites @fraction. */
static void
convert_node (Converter *converter, unsigned level, mp_limb_t *fraction, char *ret_text)
{
  const InfDecimal *decimal = converter->decimal;

  if (level == 0)
    {
      convert_leaf (decimal, fraction, ret_text);
      return;
    }
  size_t half_digits = level_digits (decimal, level - 1);
  mp_limb_t *low = converter->lows[level - 1];
  mp_limb_t *high = fraction + fraction_limbs (2 * half_digits) - fraction_limbs (half_digits);

  take_low (converter, level - 1, fraction, low);
  centre_high (decimal, level - 1, low, high);
  convert_node (converter, level - 1, high, ret_text);
  convert_node (converter, level - 1, low, ret_text + half_digits);
}

/**
 * inf_decimal_convert:
 * @decimal: with powers and reciprocal, prepared
 * @value: an integer from 0 to 10^inf_decimal_get_n_digits() - 1
 * @ret_text: (out): room for inf_decimal_get_n_digits() characters; all are written, with zeros in
 * front and no end
 */
void
inf_decimal_convert (const InfDecimal *decimal, const mpz_t value, char *ret_text)
{
  size_t n_limbs = fraction_limbs (inf_decimal_get_n_digits (decimal));
  mp_limb_t *fraction = first_fraction (decimal, value, n_limbs);
  Converter converter = { .decimal = decimal };

  converter.scratch = inf_task_alloc (2 * n_limbs, sizeof (mp_limb_t));
  for (unsigned i = 0; i < decimal->n_levels; i++)
    converter.lows[i]
        = inf_task_alloc (fraction_limbs (level_digits (decimal, i)), sizeof (mp_limb_t));
  convert_node (&converter, decimal->n_levels, fraction, ret_text);
  for (unsigned i = 0; i < decimal->n_levels; i++)
    free (converter.lows[i]);
  free (converter.scratch);
  free (fraction);
}
