#include "discovery/gossip/inf-local-health.h"

static void
test_healthy_node_waits_as_told (void)
{
  InfLocalHealth health = { 0 };

  inf_local_health_improve (&health);
  g_assert_cmpint (inf_local_health_stretch (&health, 1000), ==, 1000);
}

static void
test_trouble_stretches_up_to_a_bound (void)
{
  InfLocalHealth health = { 0 };

  inf_local_health_worsen (&health);
  g_assert_cmpint (inf_local_health_stretch (&health, 1000), ==, 2000);
  for (guint i = 0; i < 100; i++)
    inf_local_health_worsen (&health);
  g_assert_cmpint (inf_local_health_stretch (&health, 1000), ==,
                   1000 * (1 + INF_LOCAL_HEALTH_WORST));
}

static void
test_success_recovers (void)
{
  InfLocalHealth health = { INF_LOCAL_HEALTH_WORST };

  for (guint i = 0; i < INF_LOCAL_HEALTH_WORST; i++)
    inf_local_health_improve (&health);
  g_assert_cmpint (inf_local_health_stretch (&health, 1000), ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/local-health/healthy-node-waits-as-told", test_healthy_node_waits_as_told);
  g_test_add_func ("/local-health/trouble-stretches-up-to-a-bound",
                   test_trouble_stretches_up_to_a_bound);
  g_test_add_func ("/local-health/success-recovers", test_success_recovers);
  return g_test_run ();
}
