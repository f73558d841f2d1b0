#include "widgets/inf-credits-counter.h"

#define SECOND G_USEC_PER_SEC

static void
test_the_first_amount_is_there_at_once (void)
{
  InfCreditsCounter counter = { 0 };

  inf_credits_counter_update (&counter, 500, 0, SECOND);
  g_assert_cmpint (inf_credits_counter_get (&counter, SECOND), ==, 500);
  g_assert_cmpuint (inf_credits_counter_get_wait_ms (&counter, SECOND), ==, 0);
}

static void
test_glides_to_a_new_amount (void)
{
  InfCreditsCounter counter = { 0 };
  gint64 last = 0;

  inf_credits_counter_update (&counter, 0, 0, SECOND);
  inf_credits_counter_update (&counter, 1000, 0, 2 * SECOND);
  for (gint64 now = 2 * SECOND; now < 3 * SECOND; now += SECOND / 50)
    {
      gint64 shown = inf_credits_counter_get (&counter, now);
      g_assert_cmpint (shown, >=, last);
      g_assert_cmpint (shown - last, <, 200);
      last = shown;
    }
  g_assert_cmpint (last, ==, 1000);
  g_assert_cmpuint (inf_credits_counter_get_wait_ms (&counter, 3 * SECOND), ==, 0);
}

static void
test_goes_on_between_updates (void)
{
  InfCreditsCounter counter = { 0 };

  inf_credits_counter_update (&counter, 1000000, -2000, SECOND);
  g_assert_cmpint (inf_credits_counter_get (&counter, 3 * SECOND), ==, 996000);
  g_assert_cmpuint (inf_credits_counter_get_wait_ms (&counter, 3 * SECOND), >, 0);
}

static void
test_a_right_guess_is_no_jump (void)
{
  InfCreditsCounter counter = { 0 };

  inf_credits_counter_update (&counter, 0, 1000, 0);
  inf_credits_counter_update (&counter, 5000, 1000, 5 * SECOND);
  g_assert_cmpint (inf_credits_counter_get (&counter, 5 * SECOND), ==, 5000);
  g_assert_cmpint (inf_credits_counter_get (&counter, 6 * SECOND), ==, 6000);
}

static void
test_without_news_it_stops (void)
{
  InfCreditsCounter counter = { 0 };

  inf_credits_counter_update (&counter, 0, 1000, 0);
  g_assert_cmpint (inf_credits_counter_get (&counter, 60 * SECOND), ==, 10000);
  g_assert_cmpuint (inf_credits_counter_get_wait_ms (&counter, 60 * SECOND), ==, 0);
}

static void
test_looks_as_often_as_there_is_something_to_see (void)
{
  InfCreditsCounter counter = { 0 };

  inf_credits_counter_update (&counter, 12000000, 20000, 0);
  g_assert_cmpuint (inf_credits_counter_get_wait_ms (&counter, SECOND), ==, 250);
  inf_credits_counter_update (&counter, 12000000, 10, SECOND);
  g_assert_cmpuint (inf_credits_counter_get_wait_ms (&counter, 3 * SECOND), ==, 1000);
  inf_credits_counter_update (&counter, 13000000, 10, 3 * SECOND);
  g_assert_cmpuint (inf_credits_counter_get_wait_ms (&counter, 3 * SECOND), ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/credits-counter/the-first-amount-is-there-at-once",
                   test_the_first_amount_is_there_at_once);
  g_test_add_func ("/credits-counter/glides-to-a-new-amount", test_glides_to_a_new_amount);
  g_test_add_func ("/credits-counter/goes-on-between-updates", test_goes_on_between_updates);
  g_test_add_func ("/credits-counter/a-right-guess-is-no-jump", test_a_right_guess_is_no_jump);
  g_test_add_func ("/credits-counter/without-news-it-stops", test_without_news_it_stops);
  g_test_add_func ("/credits-counter/looks-as-often-as-there-is-something-to-see",
                   test_looks_as_often_as_there_is_something_to_see);
  return g_test_run ();
}
