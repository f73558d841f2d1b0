#include "widgets/inf-axis.h"

#include <math.h>

/* A hundredth of a credit. Labels go down to a hundredth of that. */
#define LEAST_UCREDITS 10000

/* The smallest of 1, 2, 5 times a power of ten that is not below @step. */
static double
round_up_step (double step)
{
  double power = pow (10, floor (log10 (step)));
  double fraction = step / power;

  if (fraction <= 1)
    return power;
  if (fraction <= 2)
    return 2 * power;
  if (fraction <= 5)
    return 5 * power;
  return 10 * power;
}

static void
set_steps (InfAxis *axis, double lowest, double highest, double step)
{
  axis->step = step;
  axis->lower = floor (lowest / step) * step;
  axis->upper = fmax (ceil (highest / step) * step, axis->lower + step);
  axis->n_ticks = (guint)lround ((axis->upper - axis->lower) / step) + 1;
}

/**
 * inf_axis_fit:
 * @axis: (out caller-allocates): the axis
 * @lowest: it begins here or below
 * @highest: it ends here or above
 * @max_ticks: how many ticks there is room for, at least 3
 *
 * Finds an axis around the values with ticks at round numbers (Heckbert, "Nice numbers for graph
 * labels", Graphics Gems, 1990).
 */
void
inf_axis_fit (InfAxis *axis, double lowest, double highest, guint max_ticks)
{
  double step;

  max_ticks = MAX (max_ticks, 2);
  /* nor are values a range that lie closer together than numbers of their size can tell */
  if (!isfinite (lowest) || !isfinite (highest) || highest - lowest <= fabs (highest) * 1e-9)
    {
      lowest = isfinite (lowest) ? lowest : 0;
      highest = lowest + 1;
    }
  step = round_up_step ((highest - lowest) / (max_ticks - 1));
  set_steps (axis, lowest, highest, step);
  /* both ends were rounded outwards, which can take one more */
  while (axis->n_ticks > max_ticks)
    {
      step = round_up_step (step * 1.5);
      set_steps (axis, lowest, highest, step);
    }
}

/**
 * inf_axis_fit_binary:
 * @axis: (out caller-allocates): the axis
 * @highest: it ends here or above
 * @max_ticks: how many ticks there is room for, at least 2
 *
 * As inf_axis_fit() from 0, for bytes: ticks at powers of two, so that labels in MiB are round.
 */
void
inf_axis_fit_binary (InfAxis *axis, double highest, guint max_ticks)
{
  double step;

  max_ticks = MAX (max_ticks, 2);
  if (!isfinite (highest) || highest < 1)
    highest = 1;
  step = exp2 (ceil (log2 (highest / (max_ticks - 1))));
  set_steps (axis, 0, highest, step);
}

/**
 * inf_axis_fit_credits:
 * @axis: (out caller-allocates): the axis
 * @highest: it ends here or above
 * @max_ticks: how many ticks there is room for, at least 3
 *
 * As inf_axis_fit() from 0, for micro-credits: it ends no lower than where labels still differ.
 */
void
inf_axis_fit_credits (InfAxis *axis, double highest, guint max_ticks)
{
  inf_axis_fit (axis, 0, isfinite (highest) ? fmax (highest, LEAST_UCREDITS) : LEAST_UCREDITS,
                max_ticks);
}

/* Returns: where tick @index, from 0, is */
double
inf_axis_get_tick (const InfAxis *axis, guint index)
{
  return axis->lower + axis->step * index;
}

/* Returns: 0 where @value is at the lower end, 1 at the upper, and between or beyond */
double
inf_axis_get_fraction (const InfAxis *axis, double value)
{
  return (value - axis->lower) / (axis->upper - axis->lower);
}
