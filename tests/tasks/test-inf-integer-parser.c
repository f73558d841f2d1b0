#include "tasks/inf-integer-parser.h"

#include "tasks/inf-sum.h"

#include <glib.h>
#include <string.h>

/* A sink that writes down what it is given, each integer followed by a comma. */
static void
note_words (void *data, const int64_t *values, size_t n)
{
  for (size_t i = 0; i < n; i++)
    g_string_append_printf (data, "%" G_GINT64_FORMAT ",", values[i]);
}

static void
note_big (void *data, const mpz_t value)
{
  char *text = mpz_get_str (NULL, 10, value);

  g_string_append_printf (data, "%s,", text);
  free (text);
}

static void
note_wide (void *data, InfWide value)
{
  InfSum sum;
  mpz_t big;

  inf_sum_init (&sum);
  mpz_init (big);
  sum.wide = value;
  inf_sum_get (&sum, big);
  note_big (data, big);
  mpz_clear (big);
  inf_sum_clear (&sum);
}

/* What @text holds in the order of the sink, up to the first thing that is no integer. */
static char *
parse (const char *text, gsize size, InfIntegerParse *ret_parse)
{
  g_autofree char *copy = g_malloc (size + INF_INTEGER_PARSER_SLACK);
  GString *noted = g_string_new (NULL);
  InfIntegerSink sink
      = { .add_words = note_words, .add_wide = note_wide, .add_big = note_big, .data = noted };

  memcpy (copy, text, size);
  /* digits, so that reading past the end shows */
  memset (copy + size, '7', INF_INTEGER_PARSER_SLACK);
  inf_integers_parse (copy, size, &sink, ret_parse);
  return g_string_free (noted, FALSE);
}

static void
assert_parses (const char *text, const char *expected)
{
  InfIntegerParse result;
  g_autofree char *noted = parse (text, strlen (text), &result);

  g_assert_cmpstr (result.problem, ==, "");
  g_assert_cmpstr (noted, ==, expected);
}

static void
test_signs_and_zeros (void)
{
  assert_parses ("+5 -0 007 -00012 0", "5,0,7,-12,0,");
}

static void
test_white_space (void)
{
  assert_parses ("\r\n\t 1\r\n2\t3\v4\f5  \n\n6", "1,2,3,4,5,6,");
  assert_parses ("", "");
  assert_parses (" \n ", "");
}

/* Every length from 1 to 60 digits, which crosses the roads for 64 and 128 bits and beyond. */
static void
test_every_length (void)
{
  for (guint n = 1; n <= 60; n++)
    {
      const char *signs[] = { "", "-", "+" };

      for (guint s = 0; s < G_N_ELEMENTS (signs); s++)
        for (char digit = '1'; digit <= '9'; digit += 4)
          {
            g_autofree char *digits = g_strnfill (n, digit);
            g_autofree char *text = g_strconcat (signs[s], digits, NULL);
            g_autofree char *expected
                = g_strconcat (*signs[s] == '-' ? "-" : "", digits, ",", NULL);

            assert_parses (text, expected);
          }
    }
}

static void
test_limits_of_words (void)
{
  const char *limits[] = { "9223372036854775807",
                           "-9223372036854775807",
                           "9223372036854775808",
                           "-9223372036854775808",
                           "9999999999999999999",
                           "-9999999999999999999",
                           "18446744073709551615",
                           "18446744073709551616",
                           "-170141183460469231731687303715884105728",
                           "170141183460469231731687303715884105727",
                           "170141183460469231731687303715884105728" };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *expected = g_strconcat (limits[i], ",", NULL);
      assert_parses (limits[i], expected);
    }
  assert_parses ("00000000000000000000000000000000000000000000000000042", "42,");
}

static void
test_counts (void)
{
  InfIntegerParse result;
  GString *text = g_string_new (NULL);

  /* more than one batch */
  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "%u\n\n", i);
  g_autofree char *noted = parse (text->str, text->len, &result);

  g_assert_cmpuint (result.n_integers, ==, 5000);
  g_assert_cmpuint (result.n_newlines, ==, 10000);
  g_string_free (text, TRUE);
}

/* Stops there, and says where and what. */
static void
assert_refused (const char *text, gsize size, gsize offset, guint64 n_newlines, const char *problem)
{
  InfIntegerParse result;
  g_autofree char *noted = parse (text, size, &result);

  g_assert_cmpstr (result.problem, ==, problem);
  g_assert_cmpuint (result.bad_offset, ==, offset);
  g_assert_cmpuint (result.n_newlines, ==, n_newlines);
}

static void
test_refuses_what_is_no_integer (void)
{
  const char *bad[] = { "x",
                        "12a",
                        "1.5",
                        "1e9",
                        "-",
                        "+",
                        "--1",
                        "+-1",
                        "1-",
                        "1,2",
                        "0x1",
                        "1_0",
                        "12345678901234567890123z" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf ("1\n2\n %s 3\n", bad[i]);
      g_autofree char *problem = g_strdup_printf ("expected an integer, found \"%s\"", bad[i]);

      assert_refused (text, strlen (text), 5, 2, problem);
      /* at the very end too */
      g_autofree char *last = g_strdup_printf ("1\n%s", bad[i]);
      assert_refused (last, strlen (last), 2, 1, problem);
    }
}

static void
test_refuses_strange_bytes (void)
{
  assert_refused ("1\n2\0003\n", 6, 2, 1, "expected an integer, found \"2\\x003\"");
  assert_refused ("\xef\xbb\xbf"
                  "1\n",
                  5, 0, 0, "expected an integer, found \"\\xef\\xbb\\xbf1\"");
  assert_refused ("1\n\0", 3, 2, 1, "expected an integer, found \"\\x00\"");
  assert_refused ("1\x1b[31m", 6, 0, 0, "expected an integer, found \"1\\x1b[31m\"");
  /* as the last of eight, with digits around: carries between characters would hide it */
  assert_refused ("1234567\xff"
                  "12345678",
                  16, 0, 0, "expected an integer, found \"1234567\\xff12345678\"");
  assert_refused ("123456\xfa\x39"
                  "1",
                  9, 0, 0, "expected an integer, found \"123456\\xfa91\"");
}

static void
test_cuts_long_nonsense_short (void)
{
  g_autofree char *text = g_strnfill (1000, 'x');

  assert_refused (text, 1000, 0, 0, "expected an integer, found \"xxxxxxxxxxxxxxxxxxxxxxxx...\"");
}

static void
test_refuses_too_many_digits (void)
{
  gsize size = INF_INTEGER_MAX_DIGITS + 1;
  g_autofree char *text = g_strnfill (size, '9');

  assert_refused (text, size, 0, 0,
                  "expected integers of at most 33554432 digits, found a longer one");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/integer-parser/signs-and-zeros", test_signs_and_zeros);
  g_test_add_func ("/integer-parser/white-space", test_white_space);
  g_test_add_func ("/integer-parser/every-length", test_every_length);
  g_test_add_func ("/integer-parser/limits-of-words", test_limits_of_words);
  g_test_add_func ("/integer-parser/counts", test_counts);
  g_test_add_func ("/integer-parser/refuses-what-is-no-integer", test_refuses_what_is_no_integer);
  g_test_add_func ("/integer-parser/refuses-strange-bytes", test_refuses_strange_bytes);
  g_test_add_func ("/integer-parser/cuts-long-nonsense-short", test_cuts_long_nonsense_short);
  g_test_add_func ("/integer-parser/refuses-too-many-digits", test_refuses_too_many_digits);
  return g_test_run ();
}
