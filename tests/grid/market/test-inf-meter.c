#include "common/inf-error.h"
#include "grid/market/inf-meter-client.h"
#include "grid/market/inf-meter-host.h"
#include "grid/market/inf-price.h"
#include "tests/grid/market/inf-market-fixture.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define PRICE 1000 /* a micro-credit a millisecond: amounts are times */
#define MUCH (3600 * 1000 * (guint64)PRICE)
#define HOUR (3600 * SECOND)
#define T0 (100 * SECOND)

static InfMeterClient *
started_client (guint64 escrowed_ucredits, gint64 time_limit_us)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  InfMeterClient *client = inf_meter_client_new (lease, escrowed_ucredits, time_limit_us);
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_meter_client_start (client, T0, &error));
  g_assert_no_error (error);
  return client;
}

static InfMeterHost *
new_host (void)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);

  return inf_meter_host_new (lease);
}

static InfVoucher
expect_payment (InfMeterClient *client, gint64 now_us)
{
  InfVoucher voucher;

  g_assert_cmpint (inf_meter_client_poll (client, now_us, &voucher), ==, INF_METER_CLIENT_PAY);
  return voucher;
}

static void
expect_action (InfMeterClient *client, gint64 now_us, InfMeterClientAction action)
{
  InfVoucher voucher;

  g_assert_cmpint (inf_meter_client_poll (client, now_us, &voucher), ==, action);
}

/* Pays CLIENT's vouchers to HOST (nullable), each answered at once, until something else is to be
 * done or UNTIL_US has come; returns when. */
static gint64
run (InfMeterClient *client, InfMeterHost *host, gint64 until_us, InfMeterClientAction *ret_action)
{
  gint64 now_us;
  InfVoucher voucher;

  while ((now_us = inf_meter_client_get_deadline_us (client)) <= until_us)
    {
      *ret_action = inf_meter_client_poll (client, now_us, &voucher);
      if (*ret_action != INF_METER_CLIENT_PAY)
        return now_us;
      if (host)
        g_assert_true (inf_meter_host_pay (host, &voucher, now_us, NULL));
      inf_meter_client_acknowledged (client, voucher.cumulative_ucredits, now_us);
    }
  *ret_action = INF_METER_CLIENT_WAIT;
  return until_us;
}

static void
test_first_step_is_paid_in_advance (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);

  g_assert_cmpint (inf_meter_client_get_deadline_us (client), ==, T0);
  InfVoucher voucher = expect_payment (client, T0);
  g_assert_cmpuint (voucher.sequence, ==, 1);
  g_assert_cmpuint (voucher.covers_ms, ==, 2000);
  g_assert_cmpuint (voucher.cumulative_ucredits, ==, 2000);
  g_assert_cmpuint (inf_meter_client_get_spent_ucredits (client, T0), ==, 0);
}

static void
test_next_step_is_paid_when_half_is_left (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);

  expect_payment (client, T0);
  inf_meter_client_acknowledged (client, 2000, T0 + 1);
  g_assert_cmpint (inf_meter_client_get_deadline_us (client), ==, T0 + SECOND);
  expect_action (client, T0 + SECOND - 1, INF_METER_CLIENT_WAIT);
  InfVoucher voucher = expect_payment (client, T0 + SECOND);
  g_assert_cmpuint (voucher.sequence, ==, 2);
  g_assert_cmpuint (voucher.covers_ms, ==, 3000);
}

static void
test_exposure_is_one_step (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);
  InfMeterClientAction action;

  for (gint64 now_us = T0; now_us < T0 + 60 * SECOND; now_us += SECOND / 7)
    {
      run (client, NULL, now_us, &action);
      guint64 elapsed_ms = inf_price_served_ms (now_us - T0);
      guint64 signed_ms = inf_meter_client_get_signed_ucredits (client);
      g_assert_cmpuint (signed_ms, <=, elapsed_ms + 2000);
      g_assert_cmpuint (signed_ms + 1, >=, elapsed_ms + 1000);
    }
}

static void
test_nothing_more_is_paid_without_an_answer (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);

  expect_payment (client, T0);
  g_assert_cmpint (inf_meter_client_get_deadline_us (client), ==, T0 + 4 * SECOND);
  expect_action (client, T0 + 4 * SECOND - 1, INF_METER_CLIENT_WAIT);
  expect_action (client, T0 + 4 * SECOND, INF_METER_CLIENT_STOP_UNSERVED);
  g_assert_cmpuint (inf_meter_client_get_signed_ucredits (client), ==, 2000);
}

static void
test_answer_to_an_older_voucher_is_none (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);

  expect_payment (client, T0);
  inf_meter_client_acknowledged (client, 2000, T0);
  expect_payment (client, T0 + SECOND);
  inf_meter_client_acknowledged (client, 2000, T0 + SECOND);
  expect_action (client, T0 + 2 * SECOND, INF_METER_CLIENT_WAIT);
}

static void
test_job_stops_before_credits_are_used_up (void)
{
  g_autoptr (InfMeterClient) client = started_client (10000, HOUR);
  g_autoptr (InfMeterHost) host = new_host ();
  InfMeterClientAction action;
  gint64 stopped_us = run (client, host, T0 + HOUR, &action);

  g_assert_cmpint (action, ==, INF_METER_CLIENT_STOP_CREDITS);
  g_assert_cmpint (stopped_us, ==, T0 + 9 * SECOND);
  g_assert_cmpuint (inf_meter_client_get_signed_ucredits (client), ==, 10000);
  g_assert_cmpint (inf_meter_host_get_paid_for_us (host, stopped_us), ==, SECOND);
}

static void
test_more_credits_let_it_run_on (void)
{
  g_autoptr (InfMeterClient) client = started_client (10000, HOUR);
  InfMeterClientAction action;

  run (client, NULL, T0 + 8 * SECOND, &action);
  inf_meter_client_set_escrowed (client, 20000);
  gint64 stopped_us = run (client, NULL, T0 + HOUR, &action);
  g_assert_cmpint (stopped_us, ==, T0 + 19 * SECOND);
}

static void
test_time_limit_is_used_to_the_end (void)
{
  g_autoptr (InfMeterClient) client = started_client (10000, 10 * SECOND);
  InfMeterClientAction action;
  gint64 stopped_us = run (client, NULL, T0 + HOUR, &action);

  g_assert_cmpint (action, ==, INF_METER_CLIENT_STOP_TIME_LIMIT);
  g_assert_cmpint (stopped_us, ==, T0 + 10 * SECOND);
  g_assert_cmpuint (inf_meter_client_get_signed_ucredits (client), ==, 10000);
}

static void
test_start_needs_one_step (void)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  g_autoptr (InfMeterClient) poor = inf_meter_client_new (lease, 1999, HOUR);
  g_autoptr (InfMeterClient) brief = inf_meter_client_new (lease, 1999, SECOND);
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_meter_client_start (poor, T0, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NO_CREDITS);
  g_assert_cmpstr (error->message, ==,
                   "the first step costs 0.002 credits and 0.001999 are set aside");
  g_assert_true (inf_meter_client_start (brief, T0, NULL));
}

static void
test_free_lease_is_kept_alive_by_vouchers (void)
{
  g_autoptr (InfLease) lease = fixture_lease (0);
  g_autoptr (InfMeterClient) client = inf_meter_client_new (lease, 0, HOUR);
  g_autoptr (InfMeterHost) host = inf_meter_host_new (lease);
  InfMeterClientAction action;

  g_assert_true (inf_meter_client_start (client, T0, NULL));
  run (client, host, T0 + 60 * SECOND, &action);
  g_assert_cmpint (action, ==, INF_METER_CLIENT_WAIT);
  g_assert_cmpint (inf_meter_host_poll (host, T0 + 62 * SECOND), ==, INF_METER_HOST_WAIT);
  g_assert_cmpint (inf_meter_host_poll (host, T0 + 64 * SECOND), ==, INF_METER_HOST_STOP_UNPAID);
  g_assert_cmpuint (inf_meter_host_get_earned_ucredits (host, T0 + 62 * SECOND), ==, 0);
}

static void
test_host_stops_when_pay_and_grace_are_over (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);
  g_autoptr (InfMeterHost) host = new_host ();
  InfVoucher voucher = expect_payment (client, T0);

  g_assert_true (inf_meter_host_pay (host, &voucher, T0 + 5, NULL));
  g_assert_cmpint (inf_meter_host_get_deadline_us (host), ==, T0 + 5 + 4 * SECOND);
  g_assert_cmpint (inf_meter_host_poll (host, T0 + 4 + 4 * SECOND), ==, INF_METER_HOST_WAIT);
  g_assert_cmpint (inf_meter_host_poll (host, T0 + 5 + 4 * SECOND), ==, INF_METER_HOST_STOP_UNPAID);
  inf_meter_host_finish (host, T0 + 5 + 4 * SECOND);
  InfBill bill;
  g_assert_true (inf_meter_host_get_bill (host, &bill));
  g_assert_cmpuint (bill.served_ms, ==, 2000);
}

static void
test_host_stops_a_launch_nobody_pays (void)
{
  g_autoptr (InfMeterHost) host = new_host ();

  g_assert_cmpint (inf_meter_host_get_deadline_us (host), ==, G_MAXINT64);
  inf_meter_host_launched (host, T0);
  inf_meter_host_launched (host, T0 + SECOND);
  g_assert_cmpint (inf_meter_host_poll (host, T0 + INF_METER_HOST_LAUNCH_US - 1), ==,
                   INF_METER_HOST_WAIT);
  g_assert_cmpint (inf_meter_host_poll (host, T0 + INF_METER_HOST_LAUNCH_US), ==,
                   INF_METER_HOST_STOP_UNPAID);
}

static void
test_same_voucher_twice_counts_once (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);
  g_autoptr (InfMeterHost) host = new_host ();
  InfVoucher voucher = expect_payment (client, T0);

  g_assert_true (inf_meter_host_pay (host, &voucher, T0, NULL));
  g_assert_true (inf_meter_host_pay (host, &voucher, T0 + SECOND, NULL));
  g_assert_cmpuint (inf_meter_host_get_prepaid_ucredits (host), ==, 2000);
  g_assert_cmpint (inf_meter_host_get_paid_for_us (host, T0 + SECOND), ==, SECOND);
}

static void
test_voucher_never_takes_back (void)
{
  g_autoptr (InfMeterHost) host = new_host ();
  InfVoucher more = { .sequence = 1, .covers_ms = 3000 };
  InfVoucher less = { .sequence = 2, .covers_ms = 2999 };
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_meter_host_pay (host, &more, T0, NULL));
  g_assert_false (inf_meter_host_pay (host, &less, T0, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_cmpuint (inf_meter_host_get_prepaid_ucredits (host), ==, 3000);
}

static void
test_voucher_after_the_end_is_not_taken (void)
{
  g_autoptr (InfMeterHost) host = new_host ();
  InfVoucher voucher = { .sequence = 1, .covers_ms = 3000 };
  g_autoptr (GError) error = NULL;

  inf_meter_host_finish (host, T0);
  g_assert_false (inf_meter_host_pay (host, &voucher, T0, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXPIRED);
}

static void
test_both_sides_agree_to_the_micro_credit (void)
{
  g_autoptr (InfLease) lease = fixture_lease (777);
  g_autoptr (InfMeterClient) client = inf_meter_client_new (lease, MUCH, HOUR);
  g_autoptr (InfMeterHost) host = inf_meter_host_new (lease);
  InfMeterClientAction action;
  InfBill bill;
  InfSettlement settlement;
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_meter_client_start (client, T0, NULL));
  run (client, host, T0 + 7 * SECOND, &action);
  inf_meter_host_finish (host, T0 + 7654321);
  inf_meter_host_finish (host, T0 + 9 * SECOND);
  inf_meter_client_finish (client, T0 + 7700000);
  g_assert_true (inf_meter_host_get_bill (host, &bill));
  g_assert_cmpuint (bill.served_ms, ==, 7655);
  g_assert_cmpuint (bill.amount_ucredits, ==, (7655 * 777 + 999) / 1000);
  g_assert_true (inf_meter_client_settle_bill (client, &bill, &settlement, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (settlement.amount_ucredits, ==, bill.amount_ucredits);
  g_assert_cmpuint (settlement.amount_ucredits, <, inf_meter_client_get_signed_ucredits (client));
  g_assert_true (inf_meter_host_accept (host, &settlement, &error));
  g_assert_no_error (error);
}

static void
test_bill_beyond_promise_or_clock_does_not_stand (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);
  InfMeterClientAction action;
  InfBill bill = { .served_ms = 9001, .amount_ucredits = 9001 };
  InfSettlement settlement = { .served_ms = 1234 };
  g_autoptr (GError) error = NULL;

  memset (bill.lease_id, 0x11, sizeof bill.lease_id);
  run (client, NULL, T0 + 7 * SECOND, &action);
  inf_meter_client_finish (client, T0 + 7 * SECOND);
  g_assert_cmpuint (inf_meter_client_get_signed_ucredits (client), ==, 9000);
  g_assert_false (inf_meter_client_settle_bill (client, &bill, &settlement, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_cmpuint (settlement.served_ms, ==, 1234);
  bill.served_ms = 9000;
  g_assert_true (inf_meter_client_settle_bill (client, &bill, &settlement, NULL));
}

static void
test_settlement_below_the_bill_is_denied (void)
{
  g_autoptr (InfMeterHost) host = new_host ();
  InfVoucher voucher = { .sequence = 1, .covers_ms = 3000 };
  InfSettlement settlement = { .served_ms = 999, .amount_ucredits = 999 };
  g_autoptr (GError) running = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_meter_host_pay (host, &voucher, T0, NULL));
  g_assert_false (inf_meter_host_accept (host, &settlement, &running));
  g_assert_error (running, INF_ERROR, INF_ERROR_INVALID);
  inf_meter_host_finish (host, T0 + SECOND);
  g_assert_false (inf_meter_host_accept (host, &settlement, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  settlement.amount_ucredits = 1000;
  g_assert_true (inf_meter_host_accept (host, &settlement, NULL));
}

static void
test_lost_host_is_paid_the_last_voucher (void)
{
  g_autoptr (InfMeterClient) client = started_client (MUCH, HOUR);
  InfMeterClientAction action;
  InfSettlement settlement;

  run (client, NULL, T0 + 7 * SECOND, &action);
  inf_meter_client_finish (client, T0 + 7 * SECOND);
  inf_meter_client_settle_alone (client, &settlement);
  g_assert_cmpuint (settlement.amount_ucredits, ==, 9000);
}

static void
test_nothing_run_costs_nothing (void)
{
  g_autoptr (InfLease) lease = fixture_lease (PRICE);
  g_autoptr (InfMeterClient) client = inf_meter_client_new (lease, MUCH, HOUR);
  g_autoptr (InfMeterHost) host = inf_meter_host_new (lease);
  InfSettlement settlement;
  InfBill bill;

  inf_meter_client_finish (client, T0);
  inf_meter_client_settle_alone (client, &settlement);
  g_assert_cmpuint (settlement.amount_ucredits, ==, 0);
  inf_meter_host_finish (host, T0);
  g_assert_true (inf_meter_host_get_bill (host, &bill));
  g_assert_cmpuint (bill.amount_ucredits, ==, 0);
  g_assert_true (inf_meter_host_accept (host, &settlement, NULL));
}

static void
test_both_sides_agree_after_restarts (void)
{
  g_autoptr (InfLease) lease = fixture_lease (777);
  InfVoucher last
      = { .sequence = 5, .covers_ms = 4321, .cumulative_ucredits = inf_price_cost (777, 4321) };
  g_autoptr (InfMeterClient) client = inf_meter_client_restore (lease, last.cumulative_ucredits);
  g_autoptr (InfMeterHost) host = inf_meter_host_restore (lease, &last, 3000);
  InfBill bill;
  InfSettlement billed, alone;
  g_autoptr (GError) error = NULL;

  g_assert_true (inf_meter_host_get_bill (host, &bill));
  g_assert_cmpuint (bill.served_ms, ==, 3000);
  g_assert_true (inf_meter_client_settle_bill (client, &bill, &billed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (billed.amount_ucredits, ==, bill.amount_ucredits);
  inf_meter_client_settle_alone (client, &alone);
  g_assert_cmpuint (alone.amount_ucredits, ==, last.cumulative_ucredits);
  g_assert_true (inf_meter_host_accept (host, &alone, NULL));
}

#define ADD(name, func) g_test_add_func ("/meter/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("first-step-is-paid-in-advance", test_first_step_is_paid_in_advance);
  ADD ("next-step-is-paid-when-half-is-left", test_next_step_is_paid_when_half_is_left);
  ADD ("exposure-is-one-step", test_exposure_is_one_step);
  ADD ("nothing-more-is-paid-without-an-answer", test_nothing_more_is_paid_without_an_answer);
  ADD ("answer-to-an-older-voucher-is-none", test_answer_to_an_older_voucher_is_none);
  ADD ("job-stops-before-credits-are-used-up", test_job_stops_before_credits_are_used_up);
  ADD ("more-credits-let-it-run-on", test_more_credits_let_it_run_on);
  ADD ("time-limit-is-used-to-the-end", test_time_limit_is_used_to_the_end);
  ADD ("start-needs-one-step", test_start_needs_one_step);
  ADD ("free-lease-is-kept-alive-by-vouchers", test_free_lease_is_kept_alive_by_vouchers);
  ADD ("host-stops-when-pay-and-grace-are-over", test_host_stops_when_pay_and_grace_are_over);
  ADD ("host-stops-a-launch-nobody-pays", test_host_stops_a_launch_nobody_pays);
  ADD ("same-voucher-twice-counts-once", test_same_voucher_twice_counts_once);
  ADD ("voucher-never-takes-back", test_voucher_never_takes_back);
  ADD ("voucher-after-the-end-is-not-taken", test_voucher_after_the_end_is_not_taken);
  ADD ("both-sides-agree-to-the-micro-credit", test_both_sides_agree_to_the_micro_credit);
  ADD ("bill-beyond-promise-or-clock-does-not-stand",
       test_bill_beyond_promise_or_clock_does_not_stand);
  ADD ("settlement-below-the-bill-is-denied", test_settlement_below_the_bill_is_denied);
  ADD ("lost-host-is-paid-the-last-voucher", test_lost_host_is_paid_the_last_voucher);
  ADD ("nothing-run-costs-nothing", test_nothing_run_costs_nothing);
  ADD ("both-sides-agree-after-restarts", test_both_sides_agree_after_restarts);
  return g_test_run ();
}
