#include "tasks/inf-sum.h"

#include <glib.h>

static void
assert_sum (const InfSum *sum, const char *expected)
{
  mpz_t value;
  char *text;

  mpz_init (value);
  inf_sum_get (sum, value);
  text = mpz_get_str (NULL, 10, value);
  g_assert_cmpstr (text, ==, expected);
  free (text);
  mpz_clear (value);
}

static void
test_empty (void)
{
  InfSum sum;

  inf_sum_init (&sum);
  assert_sum (&sum, "0");
  inf_sum_clear (&sum);
}

static void
test_words_pass_64_bits (void)
{
  const int64_t most[] = { INT64_MAX, INT64_MAX, INT64_MAX };
  const int64_t least[] = { INT64_MIN, INT64_MIN, INT64_MIN };
  InfSum sum;
  InfIntegerSink sink;

  inf_sum_init (&sum);
  sink = inf_sum_sink (&sum);
  sink.add_words (sink.data, most, 3);
  assert_sum (&sum, "27670116110564327421");
  sink.add_words (sink.data, least, 3);
  assert_sum (&sum, "-3");
  inf_sum_clear (&sum);
}

static void
test_wides_pass_128_bits (void)
{
  const InfWide most = (InfWide)(~(InfUnsignedWide)0 >> 1);
  InfSum sum;
  InfIntegerSink sink;

  inf_sum_init (&sum);
  sink = inf_sum_sink (&sum);
  for (guint i = 0; i < 4; i++)
    sink.add_wide (sink.data, most);
  assert_sum (&sum, "680564733841876926926749214863536422908");
  for (guint i = 0; i < 9; i++)
    sink.add_wide (sink.data, -most - 1);
  assert_sum (&sum, "-850705917302346158658436518579420528644");
  inf_sum_clear (&sum);
}

static void
test_bigs_join_the_rest (void)
{
  const int64_t one = 1;
  InfSum sum;
  InfIntegerSink sink;
  mpz_t big;

  inf_sum_init (&sum);
  sink = inf_sum_sink (&sum);
  mpz_init_set_str (big, "-1000000000000000000000000000000000000000000000000", 10);
  sink.add_big (sink.data, big);
  sink.add_words (sink.data, &one, 1);
  sink.add_wide (sink.data, -2);
  assert_sum (&sum, "-1000000000000000000000000000000000000000000000001");
  mpz_clear (big);
  inf_sum_clear (&sum);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sum/empty", test_empty);
  g_test_add_func ("/sum/words-pass-64-bits", test_words_pass_64_bits);
  g_test_add_func ("/sum/wides-pass-128-bits", test_wides_pass_128_bits);
  g_test_add_func ("/sum/bigs-join-the-rest", test_bigs_join_the_rest);
  return g_test_run ();
}
