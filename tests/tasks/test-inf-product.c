#include "tasks/inf-product.h"

#include <glib.h>

typedef struct
{
  InfProduct product;
  InfIntegerSink sink;
  mpz_t expected;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  inf_product_init (&fixture->product);
  fixture->sink = inf_product_sink (&fixture->product);
  mpz_init_set_ui (fixture->expected, 1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_product_clear (&fixture->product);
  mpz_clear (fixture->expected);
}

static void
add_word (Fixture *fixture, int64_t value)
{
  fixture->sink.add_words (fixture->sink.data, &value, 1);
  mpz_mul_si (fixture->expected, fixture->expected, value);
}

static void
add_big (Fixture *fixture, const char *text)
{
  mpz_t value;

  mpz_init_set_str (value, text, 10);
  fixture->sink.add_big (fixture->sink.data, value);
  mpz_mul (fixture->expected, fixture->expected, value);
  mpz_clear (value);
}

static void
assert_product (Fixture *fixture)
{
  mpz_t value;

  mpz_init (value);
  inf_product_get (&fixture->product, value);
  g_assert_true (mpz_cmp (value, fixture->expected) == 0);
  mpz_clear (value);
}

static void
test_nothing_is_one (Fixture *fixture, gconstpointer data)
{
  assert_product (fixture);
}

static void
test_many_words (Fixture *fixture, gconstpointer data)
{
  for (guint i = 1; i <= 3001; i++)
    add_word (fixture, (int64_t)(i * UINT64_C (0x9e3779b97f4a7c15)));
  add_word (fixture, INT64_MIN);
  assert_product (fixture);
}

static void
test_unequal_sizes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *nines = g_strnfill (20000, '9');

  add_word (fixture, -3);
  add_big (fixture, nines);
  fixture->sink.add_wide (fixture->sink.data, -((InfWide)1 << 100));
  mpz_mul_2exp (fixture->expected, fixture->expected, 100);
  mpz_neg (fixture->expected, fixture->expected);
  for (guint i = 0; i < 100; i++)
    add_word (fixture, -7);
  add_big (fixture, "-123456789012345678901234567890123456789012345678901234567890");
  assert_product (fixture);
}

static void
test_zero_wins (Fixture *fixture, gconstpointer data)
{
  add_word (fixture, -5);
  g_assert_false (inf_product_is_zero (&fixture->product));
  add_word (fixture, 0);
  g_assert_true (inf_product_is_zero (&fixture->product));
  add_word (fixture, 7);
  add_big (fixture, "10000000000000000000000000000000000000000");
  assert_product (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/product/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("nothing-is-one", test_nothing_is_one);
  ADD ("many-words", test_many_words);
  ADD ("unequal-sizes", test_unequal_sizes);
  ADD ("zero-wins", test_zero_wins);
#undef ADD
  return g_test_run ();
}
