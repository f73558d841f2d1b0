#include "tasks/inf-task-options.h"

#include <glib.h>

/* Parses the words of @line, the program's name left out. */
static gboolean
parse (const char *line, InfTaskOptions *ret_options, InfTaskError *error)
{
  g_autofree char *whole = g_strconcat ("task ", line, NULL);
  /* the options point into the words */
  static char **words = NULL;
  int n_words;

  g_strfreev (words);
  g_assert_true (g_shell_parse_argv (whole, &n_words, &words, NULL));
  error->status = INF_TASK_OK;
  return inf_task_options_parse (n_words, words, "sum.txt", ret_options, error);
}

static void
test_defaults (void)
{
  InfTaskOptions options;
  InfTaskError error;

  g_assert_true (parse ("", &options, &error));
  g_assert_null (options.input);
  g_assert_null (options.write_input);
  g_assert_cmpstr (options.output, ==, "sum.txt");
  g_assert_cmpuint (options.n_generated, ==, 1000000);
  g_assert_cmpuint (options.seed, ==, 20);
}

static void
test_files (void)
{
  InfTaskOptions options;
  InfTaskError error;

  g_assert_true (parse ("numbers -o out", &options, &error));
  g_assert_cmpstr (options.input, ==, "numbers");
  g_assert_cmpstr (options.output, ==, "out");
  g_assert_true (parse ("--input=numbers", &options, &error));
  g_assert_cmpstr (options.input, ==, "numbers");
  g_assert_true (parse ("-- --odd", &options, &error));
  g_assert_cmpstr (options.input, ==, "--odd");
}

static void
test_generated (void)
{
  InfTaskOptions options;
  InfTaskError error;

  g_assert_true (parse ("--generate 7 --seed 18446744073709551615 -w numbers", &options, &error));
  g_assert_cmpuint (options.n_generated, ==, 7);
  g_assert_cmpuint (options.seed, ==, G_MAXUINT64);
  g_assert_cmpstr (options.write_input, ==, "numbers");
}

static void
test_refuses (void)
{
  const char *lines[][2] = {
    { "--fast", "--fast is not an option; try --help" },
    { "-x", "-x is not an option; try --help" },
    { "--seed", "--seed needs a value; try --help" },
    { "a b", "b: one input file is expected, not several; try --help" },
    { "--generate -1",
      "--generate: expected a whole number from 0 to 18446744073709551615, found \"-1\"" },
    { "--seed 18446744073709551616", "--seed: expected a whole number from 0 to "
                                     "18446744073709551615, found \"18446744073709551616\"" },
    { "--generate 1e6",
      "--generate: expected a whole number from 0 to 18446744073709551615, found \"1e6\"" },
    { "a --generate 5", "integers are either read from a file or generated; leave out --input, or "
                        "--generate, --seed and --write-input" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      InfTaskOptions options = { .output = "untouched" };
      InfTaskError error;

      g_assert_false (parse (lines[i][0], &options, &error));
      g_assert_cmpint (error.status, ==, INF_TASK_USAGE);
      g_assert_cmpstr (error.message, ==, lines[i][1]);
      g_assert_cmpstr (options.output, ==, "untouched");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task-options/defaults", test_defaults);
  g_test_add_func ("/task-options/files", test_files);
  g_test_add_func ("/task-options/generated", test_generated);
  g_test_add_func ("/task-options/refuses", test_refuses);
  return g_test_run ();
}
