#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfAxis:
 * @lower: where it begins
 * @upper: where it ends
 * @step: from one tick to the next
 * @n_ticks: from @lower to @upper, both included
 *
 * An axis whose ticks are round numbers: 1, 2 or 5 times a power of ten apart.
 */
typedef struct
{
  double lower;
  double upper;
  double step;
  guint n_ticks;
} InfAxis;

void inf_axis_fit (InfAxis *axis, double lowest, double highest, guint max_ticks);
void inf_axis_fit_binary (InfAxis *axis, double highest, guint max_ticks);
void inf_axis_fit_credits (InfAxis *axis, double highest, guint max_ticks);
double inf_axis_get_tick (const InfAxis *axis, guint index);
double inf_axis_get_fraction (const InfAxis *axis, double value);

G_END_DECLS
