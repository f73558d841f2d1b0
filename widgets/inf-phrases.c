#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define US_PER_S G_GINT64_CONSTANT (1000000)
#define US_PER_MIN (60 * US_PER_S)
#define US_PER_HOUR (60 * US_PER_MIN)
#define US_PER_DAY (24 * US_PER_HOUR)
#define ID_PREFIX_LENGTH 8

/* Numbers as people read them, in their language. What a program reads is in the command line. */

/**
 * inf_phrase_credits:
 * @ucredits: an amount of micro-credits
 *
 * Returns: (transfer full): it in credits, such as "1,234.50"; small amounts with as many digits as
 *   it takes to tell them from nothing
 */
char *
inf_phrase_credits (gint64 ucredits)
{
  double credits = (double)ucredits / INF_UCREDITS_PER_CREDIT;
  double size = fabs (credits);

  if (ucredits == 0)
    return g_strdup ("0");
  if (size < 0.01)
    return g_strdup_printf ("%'.4f", credits);
  return g_strdup_printf ("%'.2f", credits);
}

/* Returns: (transfer full): "12.50 credits an hour" */
char *
inf_phrase_rate (gint64 ucredits_per_hour)
{
  g_autofree char *amount = inf_phrase_credits (ucredits_per_hour);

  /* Translators: an amount of credits earned in each hour */
  return g_strdup_printf (_ ("%s credits an hour"), amount);
}

/**
 * inf_phrase_price:
 * @ucredits_per_second: what a host asks
 *
 * Returns: (transfer full): the price of an hour, as nobody thinks in millionths and seconds
 */
char *
inf_phrase_price (guint64 ucredits_per_second)
{
  if (ucredits_per_second == 0)
    return g_strdup (_ ("Free"));
  return inf_phrase_rate ((gint64)MIN (ucredits_per_second, G_MAXINT64 / 3600) * 3600);
}

/* Returns: (transfer full): "1.5 GiB" */
char *
inf_phrase_size (guint64 size_bytes)
{
  return g_format_size_full (size_bytes, G_FORMAT_SIZE_IEC_UNITS);
}

/* Returns: (transfer full): "42 %" */
char *
inf_phrase_percent (double percent)
{
  /* Translators: a share of 100; some languages put no space before the sign */
  return g_strdup_printf (_ ("%.0f %%"), percent);
}

/**
 * inf_phrase_duration:
 * @duration_us: how long
 *
 * Returns: (transfer full): the largest unit that fits and the next, such as "2 h 5 min"
 */
char *
inf_phrase_duration (gint64 duration_us)
{
  gint64 seconds = MAX (duration_us, 0) / US_PER_S;

  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d second", "%d seconds", (gulong)seconds), (int)seconds);
  if (seconds < 3600 && seconds % 60 == 0)
    return g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong)(seconds / 60)),
                            (int)(seconds / 60));
  if (seconds < 3600)
    return g_strdup_printf (_ ("%d min %d s"), (int)(seconds / 60), (int)(seconds % 60));
  if (seconds < 86400)
    return g_strdup_printf (_ ("%d h %d min"), (int)(seconds / 3600), (int)(seconds / 60 % 60));
  return g_strdup_printf (_ ("%d d %d h"), (int)(seconds / 86400), (int)(seconds / 3600 % 24));
}

/**
 * inf_phrase_round_trip:
 * @rtt_us: microseconds, negative for unknown
 *
 * Returns: (transfer full): "0.4 ms", "" where it is unknown
 */
char *
inf_phrase_round_trip (gint64 rtt_us)
{
  if (rtt_us < 0)
    return g_strdup ("");
  if (rtt_us < 10000)
    return g_strdup_printf (_ ("%.1f ms"), (double)rtt_us / 1000);
  return g_strdup_printf (_ ("%.0f ms"), (double)rtt_us / 1000);
}

/**
 * inf_phrase_ago:
 * @ago_ms: milliseconds, negative for never
 *
 * Returns: (transfer full): "just now", "3 minutes ago", "never"
 */
char *
inf_phrase_ago (gint64 ago_ms)
{
  gint64 minutes = ago_ms / 60000;

  if (ago_ms < 0)
    return g_strdup (_ ("never"));
  if (minutes < 1)
    return g_strdup (_ ("just now"));
  if (minutes < 60)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (gulong)minutes),
                            (int)minutes);
  if (minutes < 24 * 60)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (gulong)(minutes / 60)),
                            (int)(minutes / 60));
  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (gulong)(minutes / 1440)),
                          (int)MIN (minutes / 1440, G_MAXINT));
}

/**
 * inf_phrase_until:
 * @until_unix_us: a time to come
 * @now_unix_us: the time now
 *
 * Returns: (transfer full): "at 18:30" today, "tomorrow at 06:00", "Monday at 06:00", "on" a date;
 * "" for 0
 */
char *
inf_phrase_until (gint64 until_unix_us, gint64 now_unix_us)
{
  g_autoptr (GDateTime) until = g_date_time_new_from_unix_local (until_unix_us / US_PER_S);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_unix_us / US_PER_S);
  g_autoptr (GDateTime) midnight = NULL;
  gint64 days;

  if (until_unix_us <= 0 || !until || !now)
    return g_strdup ("");
  midnight = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                    g_date_time_get_day_of_month (now), 0, 0, 0);
  days = g_date_time_difference (until, midnight) / US_PER_DAY;
  if (days <= 0)
    /* Translators: a time of today, for g_date_time_format() */
    return g_date_time_format (until, _ ("at %H:%M"));
  if (days == 1)
    /* Translators: a time of tomorrow, for g_date_time_format() */
    return g_date_time_format (until, _ ("tomorrow at %H:%M"));
  if (days < 7)
    /* Translators: a weekday and time, for g_date_time_format() */
    return g_date_time_format (until, _ ("%A at %H:%M"));
  /* Translators: a date, for g_date_time_format() */
  return g_date_time_format (until, _ ("on %x"));
}

/* Returns: (transfer full): enough of a peer id to tell it from others, in groups of four */
char *
inf_phrase_short_id (const char *peer_id)
{
  if (strlen (peer_id) < ID_PREFIX_LENGTH)
    return g_strdup (peer_id);
  return g_strdup_printf ("%.4s %.4s", peer_id, peer_id + 4);
}

/* Returns: (transfer full): "08:30" of 510; "24:00" for the end of the day */
char *
inf_phrase_minutes (guint minutes_of_day)
{
  return g_strdup_printf ("%02u:%02u", minutes_of_day / 60, minutes_of_day % 60);
}
