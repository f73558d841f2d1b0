#include "sim/inf-push-model.h"

/* Plain push with fan-out 3 is known to take log₄ n + ln n / 3 rounds, and a little. */
static void
test_a_thousand_know_after_eight_or_nine_rounds (void)
{
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      guint n_rounds = inf_push_model_run (1000, 3, 0, seed, 100);
      g_assert_cmpuint (n_rounds, >=, 7);
      g_assert_cmpuint (n_rounds, <=, 10);
    }
}

static void
test_loss_costs_rounds (void)
{
  guint n_without = 0, n_with = 0;

  for (guint64 seed = 1; seed <= 20; seed++)
    {
      n_without += inf_push_model_run (1000, 3, 0, seed, 100);
      n_with += inf_push_model_run (1000, 3, 0.5, seed, 100);
    }
  g_assert_cmpuint (n_with, >, n_without);
}

static void
test_it_gives_up (void)
{
  g_assert_cmpuint (inf_push_model_run (1000, 3, 0, 1, 3), ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/push-model/a-thousand", test_a_thousand_know_after_eight_or_nine_rounds);
  g_test_add_func ("/push-model/loss-costs-rounds", test_loss_costs_rounds);
  g_test_add_func ("/push-model/it-gives-up", test_it_gives_up);
  return g_test_run ();
}
