#include "common/inf-error.h"
#include "daemon/inf-owner-rules.h"

#define NINE (9 * 60)
#define SIX_PM (18 * 60)

/* The week of Monday, the 6th of November 2023, in a zone an hour east of Greenwich. */
static GDateTime *
at (guint weekday, int hour, int minute)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("+01:00");

  return g_date_time_new (zone, 2023, 11, 5 + (int)weekday, hour, minute, 0);
}

static gint64
unix_us_of (guint weekday, int hour, int minute)
{
  g_autoptr (GDateTime) time = at (weekday, hour, minute);

  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static const InfOwnerSensors calm = { .idle_s = 3600, .power = INF_POWER_MAINS, .busy_percent = 0 };

static InfOwnerVerdict
judge_after (const InfOwnerRules *rules, InfOwnerSensors sensors, GDateTime *time,
             InfOwnerReason before)
{
  g_autoptr (GDateTime) now = time;

  return inf_owner_rules_judge (rules, &sensors, now, before);
}

static void
assert_verdict (const InfOwnerRules *rules, InfOwnerSensors sensors, GDateTime *time,
                InfOwnerReason reason, gint64 until_unix_us)
{
  InfOwnerVerdict verdict = judge_after (rules, sensors, time, INF_OWNER_LENDS);

  g_assert_cmpint (verdict.reason, ==, reason);
  g_assert_cmpint (verdict.until_unix_us, ==, until_unix_us);
}

static void
test_without_rules_it_is_lent (void)
{
  InfOwnerRules rules = { 0 };
  InfOwnerSensors unknown = { .idle_s = -1, .busy_percent = -1 };

  assert_verdict (&rules, unknown, at (3, 4, 0), INF_OWNER_LENDS, 0);
}

static void
test_a_snooze_ends_at_its_time (void)
{
  InfOwnerRules rules = { .snoozed_until_unix_us = unix_us_of (1, 12, 0) };

  assert_verdict (&rules, calm, at (1, 11, 59), INF_OWNER_SNOOZED, unix_us_of (1, 12, 0));
  assert_verdict (&rules, calm, at (1, 12, 0), INF_OWNER_LENDS, 0);
}

static void
test_a_snooze_until_resumed_does_not_end (void)
{
  InfOwnerRules rules = { .snoozed_until_unix_us = INF_OWNER_SNOOZED_UNTIL_RESUMED };

  assert_verdict (&rules, calm, at (7, 23, 59), INF_OWNER_SNOOZED, 0);
}

static void
test_hours_begin_and_end (void)
{
  InfOwnerRules rules = { .hours = { { 1, NINE, SIX_PM } }, .n_hours = 1 };

  assert_verdict (&rules, calm, at (1, 8, 59), INF_OWNER_OUTSIDE_HOURS, unix_us_of (1, 9, 0));
  assert_verdict (&rules, calm, at (1, 9, 0), INF_OWNER_LENDS, 0);
  assert_verdict (&rules, calm, at (1, 17, 59), INF_OWNER_LENDS, 0);
  assert_verdict (&rules, calm, at (1, 18, 0), INF_OWNER_OUTSIDE_HOURS, unix_us_of (8, 9, 0));
}

static void
test_the_nearest_hours_come_next (void)
{
  InfOwnerRules rules
      = { .hours = { { 1, NINE, SIX_PM }, { 6, 0, 1440 }, { 5, 22 * 60, 1440 } }, .n_hours = 3 };

  assert_verdict (&rules, calm, at (2, 12, 0), INF_OWNER_OUTSIDE_HOURS, unix_us_of (5, 22, 0));
  assert_verdict (&rules, calm, at (5, 23, 59), INF_OWNER_LENDS, 0);
  assert_verdict (&rules, calm, at (6, 0, 0), INF_OWNER_LENDS, 0);
  assert_verdict (&rules, calm, at (7, 0, 0), INF_OWNER_OUTSIDE_HOURS, unix_us_of (8, 9, 0));
}

static void
test_on_battery_it_waits (void)
{
  InfOwnerRules rules = { .mains_only = TRUE };
  InfOwnerSensors sensors = calm;

  assert_verdict (&rules, sensors, at (1, 0, 0), INF_OWNER_LENDS, 0);
  sensors.power = INF_POWER_BATTERY;
  assert_verdict (&rules, sensors, at (1, 0, 0), INF_OWNER_ON_BATTERY, 0);
  sensors.power = INF_POWER_UNKNOWN;
  assert_verdict (&rules, sensors, at (1, 0, 0), INF_OWNER_POWER_UNKNOWN, 0);
}

static void
test_somebody_at_the_keyboard_comes_first (void)
{
  InfOwnerRules rules = { .idle_minutes = 10 };
  InfOwnerSensors sensors = calm;

  sensors.idle_s = 600;
  assert_verdict (&rules, sensors, at (1, 12, 0), INF_OWNER_LENDS, 0);
  sensors.idle_s = 599;
  assert_verdict (&rules, sensors, at (1, 12, 0), INF_OWNER_IN_USE,
                  unix_us_of (1, 12, 0) + G_USEC_PER_SEC);
}

static void
test_who_can_not_tell_idleness_does_not_lend (void)
{
  InfOwnerRules rules = { .idle_minutes = 1 };
  InfOwnerSensors sensors = calm;

  sensors.idle_s = -1;
  assert_verdict (&rules, sensors, at (1, 12, 0), INF_OWNER_IDLE_UNKNOWN, 0);
}

/* 30 % stop it, and it goes on below 24 %. */
static void
test_busy_programs_must_calm_down (void)
{
  InfOwnerRules rules = { .busy_percent = 30 };
  InfOwnerSensors sensors = calm;

  sensors.busy_percent = 30;
  assert_verdict (&rules, sensors, at (1, 12, 0), INF_OWNER_LENDS, 0);
  sensors.busy_percent = 31;
  assert_verdict (&rules, sensors, at (1, 12, 0), INF_OWNER_BUSY, 0);
  sensors.busy_percent = 25;
  g_assert_cmpint (judge_after (&rules, sensors, at (1, 12, 0), INF_OWNER_BUSY).reason, ==,
                   INF_OWNER_BUSY);
  sensors.busy_percent = 24;
  g_assert_cmpint (judge_after (&rules, sensors, at (1, 12, 0), INF_OWNER_BUSY).reason, ==,
                   INF_OWNER_LENDS);
  sensors.busy_percent = -1;
  assert_verdict (&rules, sensors, at (1, 12, 0), INF_OWNER_LENDS, 0);
}

static void
test_the_owner_s_word_is_told_before_the_rules (void)
{
  InfOwnerRules rules = { .hours = { { 1, NINE, SIX_PM } },
                          .n_hours = 1,
                          .mains_only = TRUE,
                          .snoozed_until_unix_us = INF_OWNER_SNOOZED_UNTIL_RESUMED };
  InfOwnerSensors sensors = { .power = INF_POWER_BATTERY };

  assert_verdict (&rules, sensors, at (2, 0, 0), INF_OWNER_SNOOZED, 0);
  rules.snoozed_until_unix_us = 0;
  assert_verdict (&rules, sensors, at (2, 0, 0), INF_OWNER_OUTSIDE_HOURS, unix_us_of (8, 9, 0));
}

static void
assert_tomorrow (GDateTime *time, gint64 unix_us)
{
  g_autoptr (GDateTime) now = time;

  g_assert_cmpint (inf_owner_rules_tomorrow_unix_us (now), ==, unix_us);
}

static void
test_tomorrow_begins_at_six (void)
{
  assert_tomorrow (at (1, 12, 0), unix_us_of (2, 6, 0));
  assert_tomorrow (at (1, 23, 59), unix_us_of (2, 6, 0));
  assert_tomorrow (at (2, 0, 30), unix_us_of (2, 6, 0));
  assert_tomorrow (at (2, 6, 0), unix_us_of (3, 6, 0));
}

static void
test_rules_that_can_not_be_are_refused (void)
{
  static const InfOwnerRules bad[] = {
    { .hours = { { 0, 0, 1 } }, .n_hours = 1 },
    { .hours = { { 8, 0, 1 } }, .n_hours = 1 },
    { .hours = { { 1, 5, 5 } }, .n_hours = 1 },
    { .hours = { { 1, 6, 5 } }, .n_hours = 1 },
    { .hours = { { 1, 0, 1441 } }, .n_hours = 1 },
    { .idle_minutes = 1441 },
    { .busy_percent = 101 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (inf_owner_rules_check (&bad[i], &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/owner-rules/" path, func)
  ADD ("without-rules-it-is-lent", test_without_rules_it_is_lent);
  ADD ("a-snooze-ends-at-its-time", test_a_snooze_ends_at_its_time);
  ADD ("a-snooze-until-resumed-does-not-end", test_a_snooze_until_resumed_does_not_end);
  ADD ("hours-begin-and-end", test_hours_begin_and_end);
  ADD ("the-nearest-hours-come-next", test_the_nearest_hours_come_next);
  ADD ("on-battery-it-waits", test_on_battery_it_waits);
  ADD ("somebody-at-the-keyboard-comes-first", test_somebody_at_the_keyboard_comes_first);
  ADD ("who-can-not-tell-idleness-does-not-lend", test_who_can_not_tell_idleness_does_not_lend);
  ADD ("busy-programs-must-calm-down", test_busy_programs_must_calm_down);
  ADD ("the-owner-s-word-is-told-before-the-rules", test_the_owner_s_word_is_told_before_the_rules);
  ADD ("tomorrow-begins-at-six", test_tomorrow_begins_at_six);
  ADD ("rules-that-can-not-be-are-refused", test_rules_that_can_not_be_are_refused);
  return g_test_run ();
}
