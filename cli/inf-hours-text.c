#include "cli/inf-hours-text.h"

#include <stdio.h>
#include <string.h>

/* When a machine is lent, as people write it: "mon-fri 18:00-8:00, sat sun 0:00-24:00". A part has
 * days and times; a time that ends before it begins goes on after midnight. */

#define MINUTES_PER_DAY 1440
#define DAYS 7

static const char *const day_names[DAYS] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int
find_day (const char *text)
{
  for (int i = 0; i < DAYS; i++)
    if (g_ascii_strcasecmp (text, day_names[i]) == 0)
      return i;
  return -1;
}

/* "mon", or "fri-mon" */
static gboolean
take_days (const char *word, gboolean days[DAYS])
{
  g_auto (GStrv) ends = g_strsplit (word, "-", 2);
  int first = find_day (ends[0]);
  int last = ends[1] ? find_day (ends[1]) : first;

  if (first < 0 || last < 0)
    return FALSE;
  for (int day = first;; day = (day + 1) % DAYS)
    {
      days[day] = TRUE;
      if (day == last)
        return TRUE;
    }
}

/* "18:00-8:30" */
static gboolean
take_times (const char *word, guint *ret_from, guint *ret_to)
{
  guint from_hour, from_minute, to_hour, to_minute;
  int end = 0;

  if (sscanf (word, "%2u:%2u-%2u:%2u%n", &from_hour, &from_minute, &to_hour, &to_minute, &end) != 4
      || word[end] || from_minute > 59 || to_minute > 59)
    return FALSE;
  *ret_from = from_hour * 60 + from_minute;
  *ret_to = to_hour * 60 + to_minute;
  return *ret_from < MINUTES_PER_DAY && *ret_to <= MINUTES_PER_DAY && *ret_from != *ret_to;
}

static void
add_times (GVariantBuilder *builder, guint day, guint from, guint to)
{
  if (from < to)
    {
      g_variant_builder_add (builder, "(uuu)", day + 1, from, to);
      return;
    }
  g_variant_builder_add (builder, "(uuu)", day + 1, from, MINUTES_PER_DAY);
  if (to > 0)
    g_variant_builder_add (builder, "(uuu)", (day + 1) % DAYS + 1, 0, to);
}

static gboolean
take_part (GVariantBuilder *builder, const char *part)
{
  g_auto (GStrv) words = g_strsplit_set (part, " ", -1);
  gboolean days[DAYS] = { FALSE };
  guint from = 0, to = 0, n_days = 0;

  for (guint i = 0; words[i]; i++)
    {
      if (!*words[i])
        continue;
      if (to > 0)
        return FALSE;
      if (take_days (words[i], days))
        n_days++;
      else if (!take_times (words[i], &from, &to) || n_days == 0)
        return FALSE;
    }
  if (n_days == 0)
    return FALSE;
  for (guint day = 0; day < DAYS; day++)
    if (days[day])
      add_times (builder, day, from, to > 0 || from > 0 ? to : MINUTES_PER_DAY);
  return TRUE;
}

/**
 * inf_hours_text_parse:
 * @text: "mon-fri 18:00-8:00, sat sun" for example, or "always"
 * @error: a usage error
 *
 * Returns: (transfer floating) (nullable): an a(uuu) as the contract has it
 */
GVariant *
inf_hours_text_parse (const char *text, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uuu)"));
  g_auto (GStrv) parts = g_strsplit_set (text, ",;", -1);
  gboolean is_good = g_str_equal (text, "always") || parts[0];

  for (guint i = 0; is_good && !g_str_equal (text, "always") && parts[i]; i++)
    is_good = take_part (&builder, parts[i]);
  if (is_good)
    return g_variant_builder_end (&builder);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "“%s” are no hours; “mon-fri 18:00-8:00, sat sun” are, and “always”", text);
  return NULL;
}

/**
 * inf_hours_text_format:
 * @hours: an a(uuu)
 *
 * Returns: (transfer full): as inf_hours_text_parse() reads it
 */
char *
inf_hours_text_format (GVariant *hours)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  guint day, from, to;

  g_variant_iter_init (&iter, hours);
  while (g_variant_iter_next (&iter, "(uuu)", &day, &from, &to))
    if (day >= 1 && day <= DAYS)
      g_string_append_printf (text, "%s%s %u:%02u-%u:%02u", text->len ? ", " : "",
                              day_names[day - 1], from / 60, from % 60, to / 60, to % 60);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
