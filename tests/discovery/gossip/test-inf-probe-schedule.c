#include "discovery/gossip/inf-probe-schedule.h"

#define SECRET G_GUINT64_CONSTANT (0x123456789abcdef0)
#define TICK G_GUINT64_CONSTANT (1700000000)

static const guint sizes[] = { 2, 3, 4, 5, 10, 97, 100, 1000 };

static void
test_everybody_is_probed_once_a_tick (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint64 tick = TICK; tick < TICK + 20; tick++)
      {
        guint n_live = sizes[i];
        g_autofree guint8 *n_probes = g_new0 (guint8, n_live);
        for (guint index = 0; index < n_live; index++)
          {
            guint target = inf_probe_schedule_get_target (SECRET, tick, index, n_live);
            g_assert_cmpuint (target, <, n_live);
            g_assert_cmpuint (target, !=, index);
            g_assert_cmpuint (n_probes[target]++, ==, 0);
          }
      }
}

static void
test_everybody_probes_everybody_in_an_epoch (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint n_live = sizes[i], n_others = n_live - 1;
      guint64 first = TICK / n_others * n_others;
      g_autofree guint8 *n_probes = g_new0 (guint8, n_live);
      for (guint64 tick = first; tick < first + n_others; tick++)
        n_probes[inf_probe_schedule_get_target (SECRET, tick, 0, n_live)]++;
      for (guint index = 1; index < n_live; index++)
        g_assert_cmpuint (n_probes[index], ==, 1);
    }
}

/* Whoever counts one node more or less probes someone, not always the same. */
static void
test_other_views_probe_others (void)
{
  guint n_equal = 0;

  for (guint64 tick = TICK; tick < TICK + 1000; tick++)
    n_equal += inf_probe_schedule_get_target (SECRET, tick, 5, 100)
               == inf_probe_schedule_get_target (SECRET, tick, 5, 101);
  g_assert_cmpuint (n_equal, <, 50);
}

static void
test_order_depends_on_the_secret (void)
{
  guint n_equal = 0;

  for (guint64 tick = TICK; tick < TICK + 1000; tick++)
    n_equal += inf_probe_schedule_get_target (SECRET, tick, 5, 100)
               == inf_probe_schedule_get_target (SECRET + 1, tick, 5, 100);
  g_assert_cmpuint (n_equal, <, 50);
}

static void
test_phases_fill_the_period (void)
{
  const gint64 period_us = 1000000;
  guint n_in_tenth[10] = { 0 };

  for (guint64 target = 0; target < 1000; target++)
    {
      gint64 phase_us = inf_probe_schedule_get_phase_us (SECRET, target, period_us);
      g_assert_cmpint (phase_us, >=, 0);
      g_assert_cmpint (phase_us, <, period_us);
      n_in_tenth[phase_us / (period_us / 10)]++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (n_in_tenth); i++)
    g_assert_cmpuint (n_in_tenth[i], >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/probe-schedule/everybody-is-probed-once-a-tick",
                   test_everybody_is_probed_once_a_tick);
  g_test_add_func ("/probe-schedule/everybody-probes-everybody-in-an-epoch",
                   test_everybody_probes_everybody_in_an_epoch);
  g_test_add_func ("/probe-schedule/other-views-probe-others", test_other_views_probe_others);
  g_test_add_func ("/probe-schedule/order-depends-on-the-secret", test_order_depends_on_the_secret);
  g_test_add_func ("/probe-schedule/phases-fill-the-period", test_phases_fill_the_period);
  return g_test_run ();
}
