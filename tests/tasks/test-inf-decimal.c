#include "tasks/inf-decimal.h"

#include <glib.h>
#include <string.h>

/* Compares with GMP's own conversion. */
static void
assert_converts (const InfDecimal *decimal, const mpz_t value)
{
  gsize n_digits = inf_decimal_get_n_digits (decimal);
  g_autofree char *text = g_malloc (n_digits + 1);
  char *plain = mpz_get_str (NULL, 10, value);
  gsize n_plain = strlen (plain);

  memset (text, 'x', n_digits + 1);
  inf_decimal_convert (decimal, value, text);
  for (gsize i = 0; i < n_digits - n_plain; i++)
    g_assert_cmpint (text[i], ==, '0');
  g_assert_true (memcmp (text + n_digits - n_plain, plain, n_plain) == 0);
  g_assert_cmpint (text[n_digits], ==, 'x');
  free (plain);
}

static void
prepare (InfDecimal *decimal, gsize n_digits)
{
  inf_decimal_init (decimal, n_digits);
  g_assert_cmpuint (inf_decimal_get_n_digits (decimal), >=, n_digits);
  inf_decimal_compute_powers (decimal);
  inf_decimal_prepare (decimal);
  inf_decimal_compute_reciprocal (decimal);
}

static const gsize lengths[] = { 1, 18, 19, 20, 607, 1216, 1217, 2432, 2433, 5000, 19999, 40000 };

static void
test_random_integers (void)
{
  gmp_randstate_t random;
  mpz_t value, limit;

  gmp_randinit_mt (random);
  mpz_inits (value, limit, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      InfDecimal decimal;

      prepare (&decimal, lengths[i]);
      mpz_ui_pow_ui (limit, 10, inf_decimal_get_n_digits (&decimal));
      for (guint j = 0; j < 20; j++)
        {
          mpz_urandomm (value, random, limit);
          assert_converts (&decimal, value);
        }
      inf_decimal_clear (&decimal);
    }
  mpz_clears (value, limit, NULL);
  gmp_randclear (random);
}

/* Rounding errors show where digits are all 0 or all 9 on one side of a cut: every 10^k - 1, 10^k
 * and 10^k + 1. */
static void
test_powers_of_ten_and_neighbours (void)
{
  mpz_t value;

  mpz_init (value);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      InfDecimal decimal;
      gsize n_digits;

      prepare (&decimal, lengths[i]);
      n_digits = inf_decimal_get_n_digits (&decimal);
      for (gsize k = 0; k < n_digits; k += 1 + n_digits / 300)
        for (int offset = -1; offset <= 1; offset++)
          {
            mpz_ui_pow_ui (value, 10, k);
            if (offset < 0)
              mpz_sub_ui (value, value, 1);
            else
              mpz_add_ui (value, value, (unsigned)offset);
            assert_converts (&decimal, value);
          }
      inf_decimal_clear (&decimal);
    }
  mpz_clear (value);
}

/* Every cut at once: leaves that are alternately all 0 and all 9. */
static void
test_largest_and_striped (void)
{
  InfDecimal decimal;
  mpz_t value;

  mpz_init (value);
  prepare (&decimal, 40000);
  gsize n_digits = inf_decimal_get_n_digits (&decimal);
  for (gsize stripe = 19; stripe < n_digits; stripe = 2 * stripe)
    for (guint phase = 0; phase < 2; phase++)
      {
        g_autofree char *text = g_strnfill (n_digits, '0');

        for (gsize i = 0; i < n_digits; i++)
          if (i / stripe % 2 == phase)
            text[i] = '9';
        mpz_set_str (value, text, 10);
        assert_converts (&decimal, value);
      }
  mpz_ui_pow_ui (value, 10, n_digits);
  mpz_sub_ui (value, value, 1);
  assert_converts (&decimal, value);
  mpz_set_ui (value, 0);
  assert_converts (&decimal, value);
  inf_decimal_clear (&decimal);
  mpz_clear (value);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimal/random-integers", test_random_integers);
  g_test_add_func ("/decimal/powers-of-ten-and-neighbours", test_powers_of_ten_and_neighbours);
  g_test_add_func ("/decimal/largest-and-striped", test_largest_and_striped);
  return g_test_run ();
}
