#include "common/inf-error.h"

static void
test_names_round_trip (void)
{
  for (guint i = 0; i < INF_N_ERRORS; i++)
    {
      InfError code = INF_N_ERRORS;
      g_assert_true (inf_error_code_parse (inf_error_code_name (i), &code));
      g_assert_cmpuint (code, ==, i);
    }
}

static void
test_unknown_name_leaves_output (void)
{
  InfError code = INF_ERROR_EXPIRED;

  g_assert_false (inf_error_code_parse ("Nonsense", &code));
  g_assert_cmpuint (code, ==, INF_ERROR_EXPIRED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/names-round-trip", test_names_round_trip);
  g_test_add_func ("/error/unknown-name-leaves-output", test_unknown_name_leaves_output);
  return g_test_run ();
}
