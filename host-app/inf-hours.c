#include "host-app/inf-hours.h"

#define N_DAYS 7

static const InfHours suggestion = { 0x1f, 18 * 60, 8 * 60, FALSE, TRUE };

static guint
next_day (guint day)
{
  return (day + 1) % N_DAYS;
}

/* What @hours makes must be what @rule says, in whatever order. */
static gboolean
is_same (GVariant *rule, const InfHours *hours)
{
  g_autoptr (GVariant) written = g_variant_ref_sink (inf_hours_write (hours));
  gsize n_spans = g_variant_n_children (rule);
  guint n_found = 0;

  if (g_variant_n_children (written) != n_spans)
    return FALSE;
  for (gsize i = 0; i < n_spans; i++)
    for (gsize j = 0; j < n_spans; j++)
      {
        g_autoptr (GVariant) one = g_variant_get_child_value (rule, i);
        g_autoptr (GVariant) other = g_variant_get_child_value (written, j);
        n_found += g_variant_equal (one, other);
      }
  return n_found == n_spans;
}

/* A span up to midnight that goes on after it is one of the night. */
static void
read_nights (InfHours *hours, GVariant *rule)
{
  GVariantIter iter;
  guint day;
  guint from;
  guint to;

  hours->days = 0;
  g_variant_iter_init (&iter, rule);
  while (g_variant_iter_next (&iter, "(uuu)", &day, &from, &to))
    {
      if (from == 0 && to < INF_HOURS_DAY_END)
        hours->to = to;
      else if (day >= 1 && day <= N_DAYS)
        {
          hours->days |= 1u << (day - 1);
          hours->from = from;
        }
    }
}

static void
read_days (InfHours *hours, GVariant *rule)
{
  GVariantIter iter;
  guint day;

  hours->days = 0;
  g_variant_iter_init (&iter, rule);
  while (g_variant_iter_next (&iter, "(uuu)", &day, &hours->from, &hours->to))
    if (day >= 1 && day <= N_DAYS)
      hours->days |= 1u << (day - 1);
}

/**
 * inf_hours_read:
 * @hours: (out caller-allocates): the hours
 * @rule: (nullable): "hours" of the policy, `a(uuu)`: weekday from 1 for Monday, from, to
 */
void
inf_hours_read (InfHours *hours, GVariant *rule)
{
  *hours = suggestion;
  if (!rule || g_variant_n_children (rule) == 0)
    return;
  hours->is_limited = TRUE;
  read_days (hours, rule);
  hours->is_exact = is_same (rule, hours);
  if (hours->is_exact)
    return;
  read_nights (hours, rule);
  hours->is_exact = is_same (rule, hours);
}

/**
 * inf_hours_write:
 * @hours: the hours
 *
 * Returns: (transfer floating): the rule
 */
GVariant *
inf_hours_write (const InfHours *hours)
{
  gboolean is_night = hours->to <= hours->from;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(uuu)"));
  for (guint day = 0; hours->is_limited && day < N_DAYS; day++)
    {
      if (!(hours->days & (1u << day)))
        continue;
      g_variant_builder_add (&builder, "(uuu)", day + 1, hours->from,
                             is_night ? INF_HOURS_DAY_END : hours->to);
      if (is_night && hours->to > 0)
        g_variant_builder_add (&builder, "(uuu)", next_day (day) + 1, 0, hours->to);
    }
  return g_variant_builder_end (&builder);
}
