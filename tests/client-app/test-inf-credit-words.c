#include "client-app/inf-credit-words.h"

static void
check (char *words, const char *expected)
{
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_kinds (void)
{
  g_assert_cmpstr (inf_credit_words_kind ("grant"), ==, "Welcome grant");
  g_assert_cmpstr (inf_credit_words_kind ("escrow"), ==, "Set aside");
  g_assert_cmpstr (inf_credit_words_kind ("release"), ==, "Given back");
  g_assert_cmpstr (inf_credit_words_kind ("pay"), ==, "Paid");
  g_assert_cmpstr (inf_credit_words_kind ("earn"), ==, "Earned");
  g_assert_cmpstr (inf_credit_words_kind ("donate"), ==, "donate");
}

/* The sign is that of what happens to the balance. */
static void
test_amounts (void)
{
  InfEntryFacts facts = { .kind = (char *)"escrow", .amount = 2400000 };

  check (inf_credit_words_amount (&facts), "−2.40");
  facts.kind = (char *)"earn";
  check (inf_credit_words_amount (&facts), "+2.40");
  facts.kind = (char *)"pay";
  check (inf_credit_words_amount (&facts), "2.40");
  facts.kind = (char *)"release";
  facts.amount = 0;
  check (inf_credit_words_amount (&facts), "0");
}

static void
test_jobs (void)
{
  InfEntryFacts facts = { .job = (char *)"abcdefghijklmnop", .job_name = (char *)"" };

  check (inf_credit_words_job (&facts), "abcdefgh");
  facts.job_name = (char *)"taskadd-1";
  check (inf_credit_words_job (&facts), "taskadd-1");
  facts.job = facts.job_name = (char *)"";
  check (inf_credit_words_job (&facts), "");
}

static void
test_times (void)
{
  /* 2023-11-14 22:13:20 UTC */
  const gint64 now = G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC;

  check (inf_credit_words_time (now - 20 * (gint64)G_USEC_PER_SEC, now), "22:13:00");
  check (inf_credit_words_time (now - G_TIME_SPAN_DAY, now), "11/13/23 22:13");
  check (inf_credit_words_time (0, now), "");
  check (inf_credit_words_time (G_MAXINT64, now), "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TZ", "UTC", TRUE);
  g_test_add_func ("/credit-words/kinds", test_kinds);
  g_test_add_func ("/credit-words/amounts", test_amounts);
  g_test_add_func ("/credit-words/jobs", test_jobs);
  g_test_add_func ("/credit-words/times", test_times);
  return g_test_run ();
}
