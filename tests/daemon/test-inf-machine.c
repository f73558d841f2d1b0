#include "daemon/inf-machine.h"

static void
test_a_machine_has_cores_memory_and_names (void)
{
  InfMachine machine;

  inf_machine_init (&machine);
  g_assert_cmpuint (machine.cores, >, 0);
  g_assert_cmpuint (machine.memory_bytes, >, 1 << 20);
  g_assert_cmpstr (machine.arch, !=, "");
  g_assert_cmpstr (machine.os, !=, "");
  inf_machine_clear (&machine);
  g_assert_null (machine.arch);
}

static void
test_only_installed_programs_are_offered (void)
{
  g_auto (GStrv) found = inf_machine_list_offers (" sh ,no-such-program,,/bin/sh,../bin/sh, cat");
  const char *const expected[] = { "sh", "cat", NULL };
  g_auto (GStrv) none = inf_machine_list_offers ("");

  g_assert_cmpstrv (found, expected);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/has-cores-memory-and-names",
                   test_a_machine_has_cores_memory_and_names);
  g_test_add_func ("/machine/only-installed-programs-are-offered",
                   test_only_installed_programs_are_offered);
  return g_test_run ();
}
