#include "grid/market/inf-price.h"

static void
test_started_milliseconds_count_whole (void)
{
  g_assert_cmpuint (inf_price_served_ms (-5), ==, 0);
  g_assert_cmpuint (inf_price_served_ms (0), ==, 0);
  g_assert_cmpuint (inf_price_served_ms (1), ==, 1);
  g_assert_cmpuint (inf_price_served_ms (1000), ==, 1);
  g_assert_cmpuint (inf_price_served_ms (1001), ==, 2);
  g_assert_cmpuint (inf_price_served_ms (G_MAXINT64), ==, INF_SERVED_MS_MAX);
}

static void
test_cost_is_rounded_up (void)
{
  g_assert_cmpuint (inf_price_cost (1000, 1000), ==, 1000);
  g_assert_cmpuint (inf_price_cost (1000, 1), ==, 1);
  g_assert_cmpuint (inf_price_cost (1, 1), ==, 1);
  g_assert_cmpuint (inf_price_cost (1, 1001), ==, 2);
  g_assert_cmpuint (inf_price_cost (0, 1001), ==, 0);
  g_assert_cmpuint (inf_price_cost (1001, 0), ==, 0);
}

static void
test_cost_does_not_overflow (void)
{
  g_assert_cmpuint (inf_price_cost (G_MAXUINT64, G_MAXUINT64), ==, INF_UCREDITS_MAX);
  g_assert_cmpuint (inf_price_cost (INF_UCREDITS_MAX, 1000), ==, INF_UCREDITS_MAX);
  g_assert_cmpuint (inf_ucredits_add (INF_UCREDITS_MAX, 1), ==, INF_UCREDITS_MAX);
  g_assert_cmpuint (inf_ucredits_add (2, 3), ==, 5);
}

static void
test_affordable_time_is_the_longest (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 10000; i++)
    {
      guint64 price = 1 + g_rand_int (random) % 100000;
      guint64 budget = g_rand_int (random) % 1000000;
      guint64 longest = inf_price_affordable_ms (price, budget);
      g_assert_cmpuint (inf_price_cost (price, longest), <=, budget);
      g_assert_cmpuint (inf_price_cost (price, longest + 1), >, budget);
    }
  g_assert_cmpuint (inf_price_affordable_ms (0, 0), ==, INF_SERVED_MS_MAX);
  g_assert_cmpuint (inf_price_affordable_ms (1, G_MAXUINT64), ==, INF_SERVED_MS_MAX);
}

static void
test_text_is_exact_and_short (void)
{
  const struct
  {
    gint64 ucredits;
    const char *text;
  } cases[] = { { 0, "0" },
                { 1, "0.000001" },
                { -1, "-0.000001" },
                { 12500000, "12.5" },
                { 1000000, "1" },
                { G_MAXINT64, "9223372036854.775807" },
                { G_MININT64, "-9223372036854.775808" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = inf_ucredits_to_text (cases[i].ucredits);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/price/started-milliseconds-count-whole",
                   test_started_milliseconds_count_whole);
  g_test_add_func ("/price/cost-is-rounded-up", test_cost_is_rounded_up);
  g_test_add_func ("/price/cost-does-not-overflow", test_cost_does_not_overflow);
  g_test_add_func ("/price/affordable-time-is-the-longest", test_affordable_time_is_the_longest);
  g_test_add_func ("/price/text-is-exact-and-short", test_text_is_exact_and_short);
  return g_test_run ();
}
