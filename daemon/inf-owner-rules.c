#include "daemon/inf-owner-rules.h"

#include "common/inf-error.h"

/* When the owner lends the machine: settings, the time and what the sensors say go in, a verdict
 * comes out. */

#define MAX_IDLE_MINUTES (24 * 60)
/* A pause "until tomorrow" ends before most people sit down, and after most have gone to bed. */
#define TOMORROW_HOUR 6
/* Other programs must calm down by a fifth before lending goes on, else each job's end would begin
 * the next pause. */
#define CALM_NUMERATOR 4
#define CALM_DENOMINATOR 5

static gint64
to_unix_us (GDateTime *time)
{
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static guint
minute_of (GDateTime *time)
{
  return (guint)(g_date_time_get_hour (time) * 60 + g_date_time_get_minute (time));
}

static gboolean
is_within (const InfOwnerRules *rules, guint weekday, guint minute)
{
  for (guint i = 0; i < rules->n_hours; i++)
    if (rules->hours[i].weekday == weekday && minute >= rules->hours[i].from
        && minute < rules->hours[i].to)
      return TRUE;
  return rules->n_hours == 0;
}

/* MINUTE of the day that is DAYS after NOW's, in NOW's time zone: days are not all 24 h long. */
static gint64
minute_to_unix_us (GDateTime *now, int days, guint minute)
{
  g_autoptr (GDateTime) day = g_date_time_add_days (now, days);
  guint hour = minute / 60;
  g_autoptr (GDateTime) time = g_date_time_new (
      g_date_time_get_timezone (now), g_date_time_get_year (day), g_date_time_get_month (day),
      g_date_time_get_day_of_month (day), (int)MIN (hour, 23), (int)(minute % 60), 0);

  return time ? to_unix_us (time) : 0;
}

static gint64
next_begin_unix_us (const InfOwnerRules *rules, GDateTime *now)
{
  gint64 now_us = to_unix_us (now), next = G_MAXINT64;

  for (guint i = 0; i < rules->n_hours; i++)
    for (int days = 0; days <= 7; days++)
      {
        guint weekday = (guint)((g_date_time_get_day_of_week (now) - 1 + days) % 7 + 1);
        gint64 begin = 0;
        if (rules->hours[i].weekday == weekday)
          begin = minute_to_unix_us (now, days, rules->hours[i].from);
        if (begin > now_us)
          next = MIN (next, begin);
      }
  return next == G_MAXINT64 ? 0 : next;
}

static InfOwnerVerdict
not_for (InfOwnerReason reason, gint64 until_unix_us)
{
  return (InfOwnerVerdict){ .reason = reason, .until_unix_us = until_unix_us };
}

static gboolean
are_others_busy (const InfOwnerRules *rules, int busy_percent, InfOwnerReason before)
{
  int limit = (int)rules->busy_percent;

  if (before == INF_OWNER_BUSY)
    limit = limit * CALM_NUMERATOR / CALM_DENOMINATOR;
  return busy_percent > limit;
}

/**
 * inf_owner_rules_judge:
 * @rules: when the owner lends the machine
 * @sensors: how the machine stands
 * @now: the local time
 * @before: the reason of the verdict before this one
 *
 * What a rule needs and nobody can tell counts against lending: an owner who asked for a rule would
 * rather earn nothing than be disturbed. Only how busy other programs are is known after a moment.
 *
 * Returns: whether the machine is lent, or the first reason against
 */
InfOwnerVerdict
inf_owner_rules_judge (const InfOwnerRules *rules, const InfOwnerSensors *sensors, GDateTime *now,
                       InfOwnerReason before)
{
  gint64 now_us = to_unix_us (now);

  if (rules->snoozed_until_unix_us == INF_OWNER_SNOOZED_UNTIL_RESUMED)
    return not_for (INF_OWNER_SNOOZED, 0);
  if (rules->snoozed_until_unix_us > now_us)
    return not_for (INF_OWNER_SNOOZED, rules->snoozed_until_unix_us);
  if (!is_within (rules, (guint)g_date_time_get_day_of_week (now), minute_of (now)))
    return not_for (INF_OWNER_OUTSIDE_HOURS, next_begin_unix_us (rules, now));
  if (rules->mains_only && sensors->power == INF_POWER_BATTERY)
    return not_for (INF_OWNER_ON_BATTERY, 0);
  if (rules->mains_only && sensors->power == INF_POWER_UNKNOWN)
    return not_for (INF_OWNER_POWER_UNKNOWN, 0);
  if (rules->idle_minutes > 0 && sensors->idle_s < 0)
    return not_for (INF_OWNER_IDLE_UNKNOWN, 0);
  if (rules->idle_minutes > 0 && sensors->idle_s < (gint64)rules->idle_minutes * 60)
    return not_for (INF_OWNER_IN_USE,
                    now_us + (rules->idle_minutes * 60 - sensors->idle_s) * G_USEC_PER_SEC);
  if (rules->busy_percent > 0 && are_others_busy (rules, sensors->busy_percent, before))
    return not_for (INF_OWNER_BUSY, 0);
  return not_for (INF_OWNER_LENDS, 0);
}

/**
 * inf_owner_rules_tomorrow_unix_us:
 * @now: the local time
 *
 * Returns: when a pause "until tomorrow" ends: at the next six in the morning
 */
gint64
inf_owner_rules_tomorrow_unix_us (GDateTime *now)
{
  int days = g_date_time_get_hour (now) < TOMORROW_HOUR ? 0 : 1;

  return minute_to_unix_us (now, days, TOMORROW_HOUR * 60);
}

/**
 * inf_owner_rules_check:
 * @rules: rules, from anyone
 * @error: #INF_ERROR_INVALID with what can't be
 */
gboolean
inf_owner_rules_check (const InfOwnerRules *rules, GError **error)
{
  for (guint i = 0; i < rules->n_hours; i++)
    {
      const InfOwnerHours *each = &rules->hours[i];
      if (each->weekday >= 1 && each->weekday <= 7 && each->from < each->to
          && each->to <= INF_OWNER_MINUTES_PER_DAY)
        continue;
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "hours are a weekday from 1 to 7 and two minutes of the day, the first before "
                   "the second and both up to 1440, not %u %u %u",
                   each->weekday, each->from, each->to);
      return FALSE;
    }
  if (rules->idle_minutes > MAX_IDLE_MINUTES)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "at most %u idle minutes", MAX_IDLE_MINUTES);
  else if (rules->busy_percent > 100)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "at most 100 percent");
  else
    return TRUE;
  return FALSE;
}

/**
 * inf_owner_reason_to_text:
 * @reason: a reason
 *
 * Returns: (transfer none): its code in the D-Bus contract; "" for %INF_OWNER_LENDS
 */
const char *
inf_owner_reason_to_text (InfOwnerReason reason)
{
  static const char *const texts[]
      = { "",       "snoozed",      "outside-hours", "on-battery", "power-unknown",
          "in-use", "idle-unknown", "busy" };

  return texts[reason];
}

/**
 * inf_owner_reason_describe:
 * @reason: a reason against lending
 *
 * Returns: (transfer none): a clause for clients that are refused; it tells no more than they need
 */
const char *
inf_owner_reason_describe (InfOwnerReason reason)
{
  switch (reason)
    {
    case INF_OWNER_OUTSIDE_HOURS:
      return "outside its hours";
    case INF_OWNER_ON_BATTERY:
    case INF_OWNER_POWER_UNKNOWN:
      return "not on mains power";
    case INF_OWNER_IN_USE:
    case INF_OWNER_IDLE_UNKNOWN:
    case INF_OWNER_BUSY:
      return "the machine is in use";
    default:
      return "for a while";
    }
}
