#include "client-app/inf-program-offers.h"

static void
test_offers_of_those_who_host_are_counted (void)
{
  g_autoptr (GVariant) peers = g_variant_ref_sink (g_variant_new_parsed (
      "[{'state': <'alive'>, 'hosting': <true>, 'offers': <['lammps', 'gromacs']>},"
      " {'state': <'self'>, 'hosting': <true>, 'offers': <['lammps']>},"
      " {'state': <'dead'>, 'hosting': <true>, 'offers': <['lammps']>},"
      " {'state': <'alive'>, 'hosting': <false>, 'offers': <['other']>},"
      " {'state': <'alive'>, 'hosting': <true>}]"));
  g_autoptr (GPtrArray) offers = inf_program_offers_collect (peers);
  InfProgramOffer *first, *second;

  g_assert_cmpuint (offers->len, ==, 2);
  first = offers->pdata[0];
  second = offers->pdata[1];
  g_assert_cmpstr (first->name, ==, "gromacs");
  g_assert_cmpuint (first->n_hosts, ==, 1);
  g_assert_cmpstr (second->name, ==, "lammps");
  g_assert_cmpuint (second->n_hosts, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program-offers/of-those-who-host-are-counted",
                   test_offers_of_those_who_host_are_counted);
  return g_test_run ();
}
