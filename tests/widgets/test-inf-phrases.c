#include "widgets/inf-phrases.h"

static void
check (char *phrase, const char *expected)
{
  g_assert_cmpstr (phrase, ==, expected);
  g_free (phrase);
}

static void
test_credits (void)
{
  check (inf_phrase_credits (0), "0");
  check (inf_phrase_credits (1234560000), "1234.56");
  check (inf_phrase_credits (-2500000), "-2.50");
  check (inf_phrase_credits (1500), "0.0015");
  check (inf_phrase_price (0), "Free");
  check (inf_phrase_price (1000), "3.60 credits an hour");
}

static void
test_durations (void)
{
  check (inf_phrase_duration (G_USEC_PER_SEC), "1 second");
  check (inf_phrase_duration (120 * (gint64)G_USEC_PER_SEC), "2 minutes");
  check (inf_phrase_duration (125 * (gint64)G_USEC_PER_SEC), "2 min 5 s");
  check (inf_phrase_duration (7500 * (gint64)G_USEC_PER_SEC), "2 h 5 min");
  check (inf_phrase_duration (-5), "0 seconds");
}

static void
test_times_gone (void)
{
  check (inf_phrase_ago (-1), "never");
  check (inf_phrase_ago (900), "just now");
  check (inf_phrase_ago (61000), "1 minute ago");
  check (inf_phrase_ago (3 * 3600 * 1000), "3 hours ago");
  check (inf_phrase_ago ((gint64)50 * 3600 * 1000), "2 days ago");
}

static void
test_times_to_come (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 3, 2, 15, 0, 0);
  g_autoptr (GDateTime) later = g_date_time_new_local (2026, 3, 2, 18, 30, 0);
  g_autoptr (GDateTime) tomorrow = g_date_time_new_local (2026, 3, 3, 6, 0, 0);
  g_autoptr (GDateTime) friday = g_date_time_new_local (2026, 3, 6, 8, 5, 0);
  gint64 now_us = g_date_time_to_unix (now) * G_USEC_PER_SEC;

  check (inf_phrase_until (g_date_time_to_unix (later) * G_USEC_PER_SEC, now_us), "at 18:30");
  check (inf_phrase_until (g_date_time_to_unix (tomorrow) * G_USEC_PER_SEC, now_us),
         "tomorrow at 06:00");
  check (inf_phrase_until (g_date_time_to_unix (friday) * G_USEC_PER_SEC, now_us),
         "Friday at 08:05");
  check (inf_phrase_until (0, now_us), "");
}

static void
test_small_things (void)
{
  check (inf_phrase_round_trip (-1), "");
  check (inf_phrase_round_trip (420), "0.4 ms");
  check (inf_phrase_round_trip (25300), "25 ms");
  check (inf_phrase_percent (41.6), "42 %");
  check (inf_phrase_short_id ("abcdefghijkl"), "abcd efgh");
  check (inf_phrase_short_id ("abc"), "abc");
  check (inf_phrase_minutes (510), "08:30");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phrases/credits", test_credits);
  g_test_add_func ("/phrases/durations", test_durations);
  g_test_add_func ("/phrases/times-gone", test_times_gone);
  g_test_add_func ("/phrases/times-to-come", test_times_to_come);
  g_test_add_func ("/phrases/small-things", test_small_things);
  return g_test_run ();
}
