#include "grid/sandbox/inf-mpiexec-output.h"

#include <string.h>

#define WARNING(pid)                                                                               \
  "[job:00002] plm:rsh: Warning: setpgid(" pid "," pid ") failed in parent with "                  \
  "errno=Permission denied(13)\n"

static void
append (GString *passed, GBytes *data)
{
  g_autoptr (GBytes) owned = data;
  gsize size_bytes;
  const char *bytes = g_bytes_get_data (owned, &size_bytes);

  g_string_append_len (passed, bytes, (gssize)size_bytes);
}

static void
feed (InfMpiexecOutput *output, const char *text, gsize size_bytes, GString *passed)
{
  g_autoptr (GBytes) data = g_bytes_new (text, size_bytes);

  append (passed, inf_mpiexec_output_feed (output, data));
}

/* In two pieces, whatever their border. */
static void
assert_passes (const char *printed, const char *expected)
{
  gsize length = strlen (printed);

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr (InfMpiexecOutput) output = inf_mpiexec_output_new ();
      GString *passed = g_string_new (NULL);

      feed (output, printed, cut, passed);
      feed (output, printed + cut, length - cut, passed);
      append (passed, inf_mpiexec_output_finish (output));
      g_assert_cmpstr (passed->str, ==, expected);
      g_string_free (passed, TRUE);
    }
}

static void
test_the_warning_goes (void)
{
  assert_passes (WARNING ("5"), "");
  assert_passes (WARNING ("5") WARNING ("16") "sum 3\n", "sum 3\n");
  assert_passes (WARNING ("5") "[1, 2]\n", "[1, 2]\n");
  assert_passes (WARNING ("5") "\nblank before\n", "\nblank before\n");
}

static void
test_all_else_stays (void)
{
  static const char *const kept[] = {
    "",
    "no end",
    "[",
    "[job:00002] plm:rsh: execv of agent failed with errno=Permission denied(13)\n",
    "[job:00002] plm:rsh: Warning: setpgid(5,6) failed in parent with "
    "errno=Permission denied(13)\n",
    "[job:00002] plm:rsh: Warning: setpgid(5,5) failed in parent with errno=No such process(3)\n",
    "it said: " WARNING ("5"),
    "[job:00002] plm:rsh: Warning: setpgid(5,5) failed in parent",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    assert_passes (kept[i], kept[i]);
}

/* What a program prints is its own, whatever it looks like. */
static void
test_a_program_may_print_the_warning (void)
{
  assert_passes ("hello\n" WARNING ("5"), "hello\n" WARNING ("5"));
}

static void
test_a_long_line_is_passed_on_before_its_end (void)
{
  g_autoptr (InfMpiexecOutput) output = inf_mpiexec_output_new ();
  g_autofree char *line = g_strnfill (1000, '[');
  GString *passed = g_string_new (NULL);

  feed (output, line, 1000, passed);
  g_assert_cmpstr (passed->str, ==, line);
  g_string_free (passed, TRUE);
}

/* A prompt is there at once. */
static void
test_the_beginning_of_a_line_is_not_held_back (void)
{
  g_autoptr (InfMpiexecOutput) output = inf_mpiexec_output_new ();
  GString *passed = g_string_new (NULL);

  feed (output, "how many? ", 10, passed);
  g_assert_cmpstr (passed->str, ==, "how many? ");
  g_string_free (passed, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mpiexec-output/the-warning-goes", test_the_warning_goes);
  g_test_add_func ("/mpiexec-output/all-else-stays", test_all_else_stays);
  g_test_add_func ("/mpiexec-output/a-program-may-print-the-warning",
                   test_a_program_may_print_the_warning);
  g_test_add_func ("/mpiexec-output/a-long-line-is-passed-on-before-its-end",
                   test_a_long_line_is_passed_on_before_its_end);
  g_test_add_func ("/mpiexec-output/the-beginning-of-a-line-is-not-held-back",
                   test_the_beginning_of_a_line_is_not_held_back);
  return g_test_run ();
}
