#include "client-app/inf-spending.h"

#define S G_USEC_PER_SEC

static void
test_a_running_job_spends_its_price (void)
{
  g_autoptr (InfSpending) spending = inf_spending_new ();

  inf_spending_take_job (spending, "a", "running", 1000, 500, 0);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 0), ==, 1000);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 4 * S), ==, 3000);
  g_assert_cmpfloat (inf_spending_get_rate (spending), ==, 500);
  /* what it tells counts, whatever was guessed */
  inf_spending_take_job (spending, "a", "running", 2500, 500, 4 * S);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 4 * S), ==, 2500);
  inf_spending_take_job (spending, "a", "collecting", 2600, 500, 5 * S);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 60 * S), ==, 2600);
  g_assert_cmpfloat (inf_spending_get_rate (spending), ==, 0);
}

/* An attempt that was settled is in the account already. */
static void
test_what_is_booked_counts_once (void)
{
  g_autoptr (InfSpending) spending = inf_spending_new ();

  inf_spending_take_job (spending, "a", "running", 1500, 100, 0);
  inf_spending_begin_settled (spending);
  inf_spending_add_settled (spending, "a", 600);
  inf_spending_add_settled (spending, "a", 400);
  inf_spending_add_settled (spending, "unknown", 999);
  inf_spending_end_settled (spending);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 0), ==, 500);
  /* the account says all of it anew */
  inf_spending_begin_settled (spending);
  inf_spending_add_settled (spending, "a", 1000);
  inf_spending_end_settled (spending);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 0), ==, 500);
}

/* From the job's end to the account's entry nothing jumps. */
static void
test_an_ended_job_counts_until_it_is_booked (void)
{
  g_autoptr (InfSpending) spending = inf_spending_new ();

  inf_spending_take_job (spending, "a", "running", 1500, 100, 0);
  inf_spending_take_job (spending, "a", "done", 1600, 0, S);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 2 * S), ==, 1600);
  inf_spending_begin_settled (spending);
  inf_spending_add_settled (spending, "a", 1600);
  inf_spending_end_settled (spending);
  g_assert_cmpint (inf_spending_get_unsettled (spending, 2 * S), ==, 0);
}

static void
test_old_jobs_count_for_nothing (void)
{
  g_autoptr (InfSpending) spending = inf_spending_new ();

  inf_spending_take_job (spending, "a", "done", 1600, 0, 0);
  inf_spending_take_job (spending, "b", "cancelled", 1600, 0, 0);
  g_assert_cmpint (inf_spending_get_unsettled (spending, S), ==, 0);
}

static void
test_numbers_without_bounds (void)
{
  g_autoptr (InfSpending) spending = inf_spending_new ();

  inf_spending_take_job (spending, "a", "running", G_MAXUINT64, G_MAXUINT64, 0);
  g_assert_cmpint (inf_spending_get_unsettled (spending, G_MAXINT64), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spending/a-running-job-spends-its-price", test_a_running_job_spends_its_price);
  g_test_add_func ("/spending/what-is-booked-counts-once", test_what_is_booked_counts_once);
  g_test_add_func ("/spending/an-ended-job-counts-until-it-is-booked",
                   test_an_ended_job_counts_until_it_is_booked);
  g_test_add_func ("/spending/old-jobs-count-for-nothing", test_old_jobs_count_for_nothing);
  g_test_add_func ("/spending/numbers-without-bounds", test_numbers_without_bounds);
  return g_test_run ();
}
