#include "sim/inf-sim-random.h"

static guint64
finalize (guint64 value)
{
  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ value >> 31;
}

guint64
inf_sim_random_next (InfSimRandom *random)
{
  return finalize (random->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
}

/**
 * inf_sim_random_below:
 * @random: a source
 * @end: above 0
 *
 * By multiplication, which is even enough for numbers far below 2⁶⁴ (Lemire, 2019).
 *
 * Returns: a number from 0 to @end - 1
 */
guint64
inf_sim_random_below (InfSimRandom *random, guint64 end)
{
  return (guint64)(((unsigned __int128)inf_sim_random_next (random) * end) >> 64);
}

gint64
inf_sim_random_between (InfSimRandom *random, gint64 first, gint64 last)
{
  return first + (gint64)inf_sim_random_below (random, (guint64)(last - first) + 1);
}

/**
 * inf_sim_random_unit:
 * @random: a source
 *
 * Returns: a number from 0 up to but without 1
 */
double
inf_sim_random_unit (InfSimRandom *random)
{
  return (double)(inf_sim_random_next (random) >> 11) * 0x1p-53;
}

/**
 * inf_sim_mix:
 * @a: a number
 * @b: another
 *
 * Returns: a hash of the two, in this order
 */
guint64
inf_sim_mix (guint64 a, guint64 b)
{
  return finalize (a * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + b + 1);
}
