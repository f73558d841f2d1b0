#include "cli/inf-job-request.h"

#include "common/inf-error.h"
#include "tests/cli/inf-cli-run.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *dir;
  char *numbers;
  char *program;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_cli_make_state_dir ();
  fixture->numbers = g_build_filename (fixture->dir, "numbers.txt", NULL);
  fixture->program = g_build_filename (fixture->dir, "solver", NULL);
  g_assert_true (g_file_set_contents (fixture->numbers, "1 2\n", -1, NULL));
  g_assert_true (g_file_set_contents (fixture->program, "#!/bin/true\n", -1, NULL));
  g_assert_cmpint (g_chmod (fixture->program, 0755), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->numbers);
  g_free (fixture->program);
  inf_cli_remove_state_dir (fixture->dir);
}

static GVariant *
build_valist (const InfJobOptions *options, GVariant *task, GError **error, const char *first,
              va_list args)
{
  static const InfJobOptions none = { .retries = -1 };
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (const char *word = first; word; word = va_arg (args, const char *))
    g_ptr_array_add (words, (gpointer)word);
  g_ptr_array_add (words, NULL);
  return inf_job_request_build (options ? options : &none, task, (char **)words->pdata, error);
}

static GVariant *
build (const InfJobOptions *options, GError **error, const char *first, ...)
{
  GVariant *spec;
  va_list args;

  va_start (args, first);
  spec = build_valist (options, NULL, error, first, args);
  va_end (args);
  return spec;
}

/* As build(), of a task that takes two files. */
static GVariant *
build_task (GError **error, const char *first, ...)
{
  g_autoptr (GVariant) task = g_variant_ref_sink (
      g_variant_new_parsed ("{'parameters': <[{'type': <'file'>, 'option': <'--input'>},"
                            " {'type': <'integer'>, 'option': <'--seed'>},"
                            " {'type': <'file'>, 'option': <'--with'>}]>}"));
  GVariant *spec;
  va_list args;

  va_start (args, first);
  spec = build_valist (NULL, task, error, first, args);
  va_end (args);
  return spec;
}

static void
assert_key (GVariant *spec, const char *key, const char *expected)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (spec, key, NULL);
  g_autofree char *text = value ? g_variant_print (value, FALSE) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_leaves_out_what_was_not_said (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) spec = build (NULL, NULL, "hello", NULL);

  assert_key (spec, "program", "'hello'");
  assert_key (spec, "args", "[]");
  assert_key (spec, "wait-for-hosts", "false");
  g_assert_cmpuint (g_variant_n_children (spec), ==, 3);
}

static void
test_passes_on_what_options_say (Fixture *fixture, gconstpointer data)
{
  char *outputs[] = { (char *)"*.txt", NULL };
  char *inputs[] = { fixture->numbers, NULL };
  InfJobOptions options = { .nodes = 4,
                            .slots = 2,
                            .retries = 0,
                            .inputs = inputs,
                            .outputs = outputs,
                            .to = (char *)"/tmp/a/../out",
                            .name = (char *)"sum",
                            .time_limit = (char *)"1h",
                            .memory = (char *)"1K",
                            .max_price = (char *)"0.5",
                            .is_waiting = TRUE };
  g_autoptr (GVariant) spec = build (&options, NULL, fixture->program, "--input", "x", "-n", NULL);
  g_autofree char *program = g_strdup_printf ("'%s'", fixture->program);
  g_autofree char *staged = g_strdup_printf ("[('numbers.txt', '%s')]", fixture->numbers);

  assert_key (spec, "program", program);
  assert_key (spec, "args", "['--input', 'x', '-n']");
  assert_key (spec, "inputs", staged);
  assert_key (spec, "outputs", "['*.txt']");
  assert_key (spec, "to", "'/tmp/out'");
  assert_key (spec, "name", "'sum'");
  assert_key (spec, "nodes", "4");
  assert_key (spec, "slots", "2");
  assert_key (spec, "retries", "0");
  assert_key (spec, "time-limit-us", "3600000000");
  assert_key (spec, "memory-bytes", "1024");
  assert_key (spec, "max-price-ucredits", "500000");
  assert_key (spec, "wait-for-hosts", "true");
}

static void
test_stages_the_input_of_a_task (Fixture *fixture, gconstpointer data)
{
  g_autofree char *joined = g_strconcat ("--input=", fixture->numbers, NULL);
  g_autofree char *staged = g_strdup_printf ("[('numbers.txt', '%s')]", fixture->numbers);
  g_autoptr (GVariant) apart = build_task (NULL, "taskadd", "--input", fixture->numbers, NULL);
  g_autoptr (GVariant) together = build_task (NULL, "taskmult", joined, "--seed", "1", NULL);

  assert_key (apart, "inputs", staged);
  assert_key (apart, "args", "['--input', 'numbers.txt']");
  assert_key (together, "inputs", staged);
  assert_key (together, "args", "['--input=numbers.txt', '--seed', '1']");
  g_autoptr (GVariant) other
      = build_task (NULL, "taskadd", "--with", fixture->numbers, "--input", NULL);
  assert_key (other, "inputs", staged);
  assert_key (other, "args", "['--with', 'numbers.txt', '--input']");
}

static void
test_tells_of_options_behind_a_task (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (build_task (&error, "taskadd", "--to=out", NULL));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "write --to before taskadd"));
}

static void
test_refuses_files_it_cannot_stage (Fixture *fixture, gconstpointer data)
{
  char *directory[] = { fixture->dir, NULL };
  InfJobOptions options = { .retries = -1, .inputs = directory };
  g_autoptr (GError) missing = NULL, no_file = NULL, not_executable = NULL;

  g_assert_null (build_task (&missing, "taskadd", "--input", "/nowhere/numbers.txt", NULL));
  g_assert_error (missing, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_null (build (&options, &no_file, "hello", NULL));
  g_assert_error (no_file, G_FILE_ERROR, G_FILE_ERROR_FAILED);
  g_assert_cmpint (g_chmod (fixture->program, 0), ==, 0);
  g_assert_null (build (NULL, &not_executable, fixture->program, NULL));
  g_assert_error (not_executable, G_FILE_ERROR, G_FILE_ERROR_ACCES);
}

static void
test_refuses_two_inputs_of_one_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->dir, "below", NULL);
  g_autofree char *other = g_build_filename (below, "numbers.txt", NULL);
  char *same[] = { fixture->numbers, fixture->numbers, NULL };
  char *different[] = { fixture->numbers, other, NULL };
  InfJobOptions options = { .retries = -1, .inputs = same };
  g_autoptr (GVariant) spec = build (&options, NULL, "hello", NULL);
  g_autoptr (GVariant) inputs = g_variant_lookup_value (spec, "inputs", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_variant_n_children (inputs), ==, 1);
  g_assert_cmpint (g_mkdir (below, 0700), ==, 0);
  g_assert_true (g_file_set_contents (other, "3\n", -1, NULL));
  options.inputs = different;
  g_assert_null (build (&options, &error, "hello", NULL));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_refuses_numbers_that_make_no_sense (Fixture *fixture, gconstpointer data)
{
  const InfJobOptions wrong[] = { { .nodes = -1, .retries = -1 },
                                  { .slots = -3, .retries = -1 },
                                  { .retries = -2 },
                                  { .retries = -1, .time_limit = (char *)"soon" },
                                  { .retries = -1, .memory = (char *)"much" },
                                  { .retries = -1, .max_price = (char *)"1.2.3" } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (build (&wrong[i], NULL, "hello", NULL));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/job-request/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("leaves-out-what-was-not-said", test_leaves_out_what_was_not_said);
  ADD ("passes-on-what-options-say", test_passes_on_what_options_say);
  ADD ("stages-the-input-of-a-task", test_stages_the_input_of_a_task);
  ADD ("tells-of-options-behind-a-task", test_tells_of_options_behind_a_task);
  ADD ("refuses-files-it-cannot-stage", test_refuses_files_it_cannot_stage);
  ADD ("refuses-two-inputs-of-one-name", test_refuses_two_inputs_of_one_name);
  ADD ("refuses-numbers-that-make-no-sense", test_refuses_numbers_that_make_no_sense);
  return g_test_run ();
}
