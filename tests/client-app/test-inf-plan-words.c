#include "client-app/inf-plan-words.h"

#define BALANCE G_GINT64_CONSTANT (1000000000)

static void
describe (InfPlanWords *words, const char *text)
{
  g_autoptr (GVariant) plan = g_variant_ref_sink (g_variant_new_parsed (text));

  inf_plan_words_describe (words, plan, BALANCE, FALSE);
}

static void
test_hosts_and_cost (void)
{
  g_auto (InfPlanWords) words = { .title = NULL };

  describe (&words, "{'possible': <true>, 'reason': <''>, 'hosts': <[('ash', @u 1, @t 500),"
                    " ('elm', 1, 750)]>, 'price-per-minute': <@t 75000>,"
                    " 'worst-case': <@t 4500000>}");
  g_assert_true (words.is_possible);
  g_assert_cmpstr (words.title, ==, "Runs on 2 computers: ash, elm");
  g_assert_cmpstr (words.cost, ==,
                   "0.07 credits a minute · at most 4.50 · leaves you 995.50 or more");
  g_assert_cmpstr (words.warning, ==, "");
}

static void
test_many_hosts_are_counted (void)
{
  g_auto (InfPlanWords) words = { .title = NULL };

  describe (&words, "{'possible': <true>, 'hosts': <[('a', @u 1, @t 0), ('b', 1, 0), ('c', 1, 0),"
                    " ('d', 1, 0), ('e', 1, 0), ('f', 1, 0)]>}");
  g_assert_cmpstr (words.title, ==, "Runs on 6 computers: a, b, c, d and 2 more");
  g_assert_cmpstr (words.cost, ==, "Costs nothing");
}

static void
test_a_balance_that_does_not_last_is_told (void)
{
  g_auto (InfPlanWords) words = { .title = NULL };

  describe (&words, "{'possible': <true>, 'hosts': <[('ash', @u 1, @t 500)]>,"
                    " 'price-per-minute': <@t 100000000>, 'worst-case': <@t 6000000000>}");
  g_assert_true (words.is_possible);
  g_assert_cmpstr (words.cost, ==, "100.00 credits a minute · at most 6000.00");
  g_assert_true (g_str_has_prefix (words.warning, "Your credits last for 10 minutes of the time"));
}

static void
test_advice_becomes_a_button (void)
{
  static const struct
  {
    const char *advice;
    const char *label;
    const char *field;
    const char *value;
  } cases[] = {
    { "'try': <'nodes'>, 'value': <@t 2>", "Use 2 Computers", "nodes", "2" },
    { "'try': <'slots'>, 'value': <@t 1>", "Use 1 Slot", "slots", "1" },
    { "'try': <'max-price'>, 'value': <@t 1500>", "Allow 5.40 credits an hour", "max-price",
      "5.4" },
    { "'try': <'memory'>, 'value': <@t 536870912>", "Ask for 512.0\302\240MiB", "memory",
      "512 MiB" },
    { "'try': <'magic'>, 'value': <@t 3>", "Wait Until It Can", "waits", "true" },
    { "'unusable-more': <@u 0>", "Wait Until It Can", "waits", "true" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (InfPlanWords) words = { .title = NULL };
      g_autofree char *plan
          = g_strdup_printf ("{'possible': <false>, 'reason': <'in other words'>, 'cause': <{"
                             " 'code': <'too-few-hosts'>, 'found': <@u 1>, 'asked': <@u 4>, %s}>}",
                             cases[i].advice);

      describe (&words, plan);
      g_assert_false (words.can_run);
      g_assert_cmpstr (words.reason, ==, "1 of 4 computers can be used.");
      g_assert_cmpstr (words.remedy, ==, cases[i].label);
      g_assert_cmpstr (words.remedy_field, ==, cases[i].field);
      g_assert_cmpstr (words.remedy_value, ==, cases[i].value);
    }
}

static void
test_an_unknown_cause_is_told_as_it_came (void)
{
  g_auto (InfPlanWords) words = { .title = NULL };

  describe (&words, "{'possible': <false>, 'reason': <'the moon is wrong'>,"
                    " 'cause': <{'code': <'wrong-moon'>}>}");
  g_assert_cmpstr (words.reason, ==, "the moon is wrong");
  g_assert_cmpstr (words.remedy, ==, "Wait Until It Can");
}

static void
test_one_that_waits_can_be_submitted (void)
{
  g_auto (InfPlanWords) words = { .title = NULL };
  g_autoptr (GVariant) plan
      = g_variant_ref_sink (g_variant_new_parsed ("{'possible': <false>, 'reason': <'no host'>}"));

  inf_plan_words_describe (&words, plan, BALANCE, TRUE);
  g_assert_true (words.can_run);
  g_assert_false (words.is_possible);
  g_assert_cmpstr (words.title, ==, "This will wait until it can run");
  g_assert_cmpstr (words.remedy, ==, "");
}

static void
test_an_empty_answer_can_not_run (void)
{
  g_auto (InfPlanWords) words = { .title = NULL };

  describe (&words, "@a{sv} {}");
  g_assert_false (words.is_possible);
  g_assert_cmpstr (words.title, ==, "This can’t run now");
  g_assert_cmpstr (words.reason, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan-words/hosts-and-cost", test_hosts_and_cost);
  g_test_add_func ("/plan-words/many-hosts-are-counted", test_many_hosts_are_counted);
  g_test_add_func ("/plan-words/a-balance-that-does-not-last-is-told",
                   test_a_balance_that_does_not_last_is_told);
  g_test_add_func ("/plan-words/advice-becomes-a-button", test_advice_becomes_a_button);
  g_test_add_func ("/plan-words/an-unknown-cause-is-told-as-it-came",
                   test_an_unknown_cause_is_told_as_it_came);
  g_test_add_func ("/plan-words/one-that-waits-can-be-submitted",
                   test_one_that_waits_can_be_submitted);
  g_test_add_func ("/plan-words/an-empty-answer-can-not-run", test_an_empty_answer_can_not_run);
  return g_test_run ();
}
