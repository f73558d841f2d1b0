#include "client-app/inf-job-file.h"

#include "common/inf-error.h"

#include <string.h>

static GVariant *
parse (const char *text, GError **error)
{
  return inf_job_file_parse (text, strlen (text), "/home/me/work", error);
}

static void
test_all_of_it_is_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) spec = parse ("# a comment\n[Infinity Job]\nVersion=1\nProgram=./solver\n"
                                     "Kind=own\nArguments=-n;4;a\\;b;\nOutputs=*.txt;\nName=mine\n"
                                     "SaveTo=out\nNodes=3\nSlots=2\nRetries=1\nMemoryBytes=4096\n"
                                     "TimeLimitMicroseconds=60000000\nMaxPrice=500\n"
                                     "WaitForHosts=true\n[Input 1]\nPath=../data/n.txt\n"
                                     "[Input 2]\nName=other\nPath=/tmp/x\n",
                                     &error);
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new_parsed (
      "{'kind': <'own'>, 'program': <'/home/me/work/solver'>, 'args': <['-n', '4', 'a;b']>,"
      " 'outputs': <['*.txt']>, 'name': <'mine'>, 'to': <'/home/me/work/out'>, 'nodes': <@u 3>,"
      " 'slots': <@u 2>, 'retries': <@u 1>, 'memory-bytes': <@t 4096>,"
      " 'time-limit-us': <@t 60000000>, 'max-price-ucredits': <@t 500>,"
      " 'wait-for-hosts': <true>, 'inputs': <[('n.txt', '/home/me/data/n.txt'),"
      " ('other', '/tmp/x')]>}"));
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (spec), ==, g_variant_n_children (expected));
  g_variant_iter_init (&iter, expected);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      g_autoptr (GVariant) found = g_variant_lookup_value (spec, key, NULL);
      g_assert_nonnull (found);
      g_assert_cmpvariant (found, owned);
    }
}

static void
test_a_name_is_no_path (void)
{
  g_autoptr (GVariant) spec = parse ("[Infinity Job]\nVersion=1\nProgram=taskadd\n", NULL);
  const char *program;

  g_assert_true (g_variant_lookup (spec, "program", "&s", &program));
  g_assert_cmpstr (program, ==, "taskadd");
}

static void
test_others_are_refused (void)
{
  static const char *const wrong[] = {
    "",
    "\xff\xfe",
    "{\"program\": \"taskadd\"}",
    "[Desktop Entry]\nName=x\n",
    "[Infinity Job]\nProgram=taskadd\n",
    "[Infinity Job]\nVersion=2\nProgram=taskadd\n",
    "[Infinity Job]\nVersion=1\n",
    "[Infinity Job]\nVersion=1\nProgram=\n",
    "[Infinity Job]\nVersion=1\nProgram=taskadd\nNodes=0x10\n",
    "[Infinity Job]\nVersion=1\nProgram=taskadd\nNodes=251\n",
    "[Infinity Job]\nVersion=1\nProgram=taskadd\nNodes=-1\n",
    "[Infinity Job]\nVersion=1\nProgram=taskadd\nWaitForHosts=maybe\n",
    "[Infinity Job]\nVersion=1\nProgram=taskadd\nShell=true\n",
    "[Infinity Job]\nVersion=1\nProgram=taskadd\n[Input 1]\nName=x\n",
    "[Infinity Job]\nVersion=1\nProgram=taskadd\n[Other]\nName=x\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) spec = parse (wrong[i], &error);
      g_assert_null (spec);
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

static void
test_a_long_one_is_refused (void)
{
  g_autofree char *text = g_strnfill (INF_JOB_FILE_MAX_BYTES + 1, '#');
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) spec = parse (text, &error);

  g_assert_null (spec);
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
}

static void
test_too_many_inputs_are_refused (void)
{
  g_autoptr (GString) text = g_string_new ("[Infinity Job]\nVersion=1\nProgram=taskadd\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) spec = NULL;

  for (guint i = 0; i < 65; i++)
    g_string_append_printf (text, "[Input %u]\nPath=/tmp/%u\n", i, i);
  spec = parse (text->str, &error);
  g_assert_null (spec);
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

/* What lies beside the file goes where it goes. */
static void
test_what_is_written_is_read_elsewhere (void)
{
  g_autoptr (GVariant) spec = g_variant_ref_sink (g_variant_new_parsed (
      "{'kind': <'own'>, 'program': <'/home/me/work/bin/solver'>,"
      " 'args': <['a b', ';', '', '\\n']>, 'inputs': <[('n', '/home/me/work/n'),"
      " ('w', '/home/me/workshop/w')]>, 'nodes': <@u 7>, 'wait-for-hosts': <false>}"));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = inf_job_file_format (spec, "/home/me/work");
  g_autoptr (GVariant) again = inf_job_file_parse (text, strlen (text), "/media/stick", &error);
  g_autoptr (GVariant) inputs = NULL;
  g_autoptr (GVariant) args = NULL;
  g_autofree char *inputs_text = NULL;
  const char *program;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (again, "program", "&s", &program));
  g_assert_cmpstr (program, ==, "/media/stick/bin/solver");
  inputs = g_variant_lookup_value (again, "inputs", NULL);
  inputs_text = g_variant_print (inputs, FALSE);
  g_assert_cmpstr (inputs_text, ==, "[('n', '/media/stick/n'), ('w', '/home/me/workshop/w')]");
  args = g_variant_lookup_value (spec, "args", NULL);
  {
    g_autoptr (GVariant) args_again = g_variant_lookup_value (again, "args", NULL);
    g_assert_cmpvariant (args, args_again);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-file/all-of-it-is-read", test_all_of_it_is_read);
  g_test_add_func ("/job-file/a-name-is-no-path", test_a_name_is_no_path);
  g_test_add_func ("/job-file/others-are-refused", test_others_are_refused);
  g_test_add_func ("/job-file/a-long-one-is-refused", test_a_long_one_is_refused);
  g_test_add_func ("/job-file/too-many-inputs-are-refused", test_too_many_inputs_are_refused);
  g_test_add_func ("/job-file/what-is-written-is-read-elsewhere",
                   test_what_is_written_is_read_elsewhere);
  return g_test_run ();
}
