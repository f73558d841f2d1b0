#include "discovery/gossip/inf-probe-schedule.h"

/* Who probes whom and when, agreed on without a word. Time is cut into ticks, one probe of every
 * node each. The live nodes stand in a ring by their ids; in one tick everybody probes the node
 * that stands a stride further, and all take the same stride: so where views and clocks agree,
 * every node is probed exactly once a tick. When in the tick depends on who is probed, so the
 * probes of one node are one tick apart, and that is the longest that a dead one waits for its
 * first. (Nodes that shuffle for themselves, as in SWIM section 4.3, leave a node alone for a tick
 * with probability 1/e, for five ticks one time in 150.) The strides of an epoch, as many ticks as
 * there are others, are all different: everybody probes everybody once an epoch.
 *
 * The strides come from a secret of the grid's, so that nobody outside can tell when a node is not
 * looked at. Where views differ, nodes take strides that have nothing to do with each other, which
 * is what nodes that shuffle for themselves do. */

/* SplitMix64's finalizer (Steele, Lea, Flood, 2014). */
static guint64
mix (guint64 value)
{
  value += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ value >> 31;
}

static guint64
greatest_common_divisor (guint64 a, guint64 b)
{
  while (b != 0)
    {
      guint64 rest = a % b;
      a = b;
      b = rest;
    }
  return a;
}

/* Where @factor has no divisor in common with @n_others, j ↦ factor·j + offset takes every value
 * once in an epoch. */
static guint64
choose_factor (guint64 hash, guint64 n_others)
{
  guint64 factor = 1 + hash % n_others;

  while (greatest_common_divisor (factor, n_others) != 1)
    factor = 1 + factor % n_others;
  return factor;
}

/**
 * inf_probe_schedule_get_target:
 * @secret: the same at all members, unknown to others
 * @tick: how many periods have passed since 1970
 * @index: where this node stands among the live ones by ascending hint, from 0
 * @n_live: how many are live, this node among them; at least 2
 *
 * Returns: where the one stands that this node probes in @tick
 */
guint
inf_probe_schedule_get_target (guint64 secret, guint64 tick, guint index, guint n_live)
{
  guint64 n_others = n_live - 1;
  guint64 hash = mix (secret ^ mix (tick / n_others) ^ mix (n_others << 32));
  guint64 factor = choose_factor (hash, n_others);
  guint64 offset = mix (hash) % n_others;
  guint64 stride = 1 + (factor * (tick % n_others) + offset) % n_others;

  return (guint)((index + stride) % n_live);
}

/**
 * inf_probe_schedule_get_phase_us:
 * @secret: the same at all members
 * @target: the hint of who is probed
 * @period_us: how long a tick is
 *
 * Returns: how long after the beginning of a tick it is probed
 */
gint64
inf_probe_schedule_get_phase_us (guint64 secret, guint64 target, gint64 period_us)
{
  return (gint64)(mix (secret ^ mix (target)) % (guint64)period_us);
}
