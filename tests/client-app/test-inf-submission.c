#include "client-app/inf-submission.h"

static const char task_text[]
    = "{'name': <'taskadd'>, 'title': <'Add Integers'>, 'description': <'All of them.'>,"
      " 'icon': <''>, 'parameters': <[{'name': <'input'>, 'title': <'File With Integers'>,"
      " 'type': <'file'>, 'option': <'--input'>},"
      " {'name': <'generate'>, 'title': <'Integers to Make Up'>, 'type': <'integer'>,"
      " 'minimum': <@x 1>, 'default': <'1000'>, 'option': <'--generate'>, 'excludes': <'input'>},"
      " {'name': <'block'>, 'title': <'Block'>, 'type': <'size'>, 'minimum': <@x 1024>,"
      " 'option': <'--block'>},"
      " {'name': <'base'>, 'title': <'Base'>, 'type': <'choice'>,"
      " 'choices': <[('10', 'Decimal'), ('16', 'Hexadecimal')]>, 'option': <'--base'>},"
      " {'name': <'fast'>, 'title': <'Fast'>, 'type': <'boolean'>, 'default': <'false'>,"
      " 'option': <'--fast'>},"
      " {'name': <'word'>, 'title': <'Word'>, 'type': <'text'>, 'required': <true>}]>}";

typedef struct
{
  GPtrArray *tasks;
  InfTaskInfo *task;
  InfSubmission *submission;
  GPtrArray *problems;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) task = g_variant_ref_sink (g_variant_new_parsed (task_text));

  fixture->task = inf_task_info_new (task);
  fixture->tasks = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_task_info_free);
  g_ptr_array_add (fixture->tasks, fixture->task);
  fixture->problems = inf_submission_problems_new ();
  fixture->submission = inf_submission_new ();
  g_free (fixture->submission->program);
  fixture->submission->program = g_strdup ("taskadd");
  inf_submission_set_value (fixture->submission, "word", "hello");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_submission_free (fixture->submission);
  g_ptr_array_unref (fixture->tasks);
  g_ptr_array_unref (fixture->problems);
}

/* Checks one key of what the form makes. */
static void
check (Fixture *fixture, const char *key, const char *expected)
{
  g_autoptr (GVariant) spec
      = inf_submission_to_spec (fixture->submission, fixture->task, fixture->problems);
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpuint (fixture->problems->len, ==, 0);
  g_assert_nonnull (spec);
  value = g_variant_lookup_value (spec, key, NULL);
  text = value ? g_variant_print (value, FALSE) : NULL;
  g_assert_cmpstr (text, ==, expected);
}

static void
check_problem (Fixture *fixture, const char *field, gboolean is_missing)
{
  g_autoptr (GVariant) spec
      = inf_submission_to_spec (fixture->submission, fixture->task, fixture->problems);
  InfSubmissionProblem *problem;

  g_assert_null (spec);
  g_assert_cmpuint (fixture->problems->len, ==, 1);
  problem = fixture->problems->pdata[0];
  g_assert_cmpstr (problem->field, ==, field);
  g_assert_cmpint (problem->is_missing, ==, is_missing);
  g_ptr_array_set_size (fixture->problems, 0);
}

static void
replace (char **text, const char *other)
{
  g_free (*text);
  *text = g_strdup (other);
}

static void
test_parameters_become_arguments (Fixture *fixture, gconstpointer data)
{
  check (fixture, "args", "['--generate', '1000', 'hello']");
  inf_submission_set_value (fixture->submission, "block", "1,5 MiB");
  inf_submission_set_value (fixture->submission, "base", "16");
  inf_submission_set_value (fixture->submission, "fast", "true");
  check (fixture, "args",
         "['--generate', '1000', '--block', '1572864', '--base', '16', '--fast', 'hello']");
}

static void
test_a_file_is_staged_and_named (Fixture *fixture, gconstpointer data)
{
  inf_submission_set_value (fixture->submission, "input", "/home/me/numbers.txt");
  check (fixture, "args", "['--input', 'numbers.txt', 'hello']");
  check (fixture, "inputs", "[('numbers.txt', '/home/me/numbers.txt')]");
}

static void
test_what_excludes_what_was_given_is_left_out (Fixture *fixture, gconstpointer data)
{
  const InfTaskParameter *generate = inf_task_info_find (fixture->task, "generate");

  g_assert_false (inf_submission_is_unused (fixture->submission, fixture->task, generate));
  inf_submission_set_value (fixture->submission, "generate", "not even a number");
  inf_submission_set_value (fixture->submission, "input", "/tmp/numbers.txt");
  g_assert_true (inf_submission_is_unused (fixture->submission, fixture->task, generate));
  check (fixture, "args", "['--input', 'numbers.txt', 'hello']");
}

static void
test_wrong_values_are_told (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[][2]
      = { { "generate", "0" },   { "generate", "1.5" }, { "generate", "99999999999999999999" },
          { "block", "12 foo" }, { "block", "12" },     { "base", "12" },
          { "input", "numbers" } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *field = g_strconcat ("parameter:", wrong[i][0], NULL);

      inf_submission_set_value (fixture->submission, wrong[i][0], wrong[i][1]);
      check_problem (fixture, field, FALSE);
      g_hash_table_remove (fixture->submission->values, wrong[i][0]);
    }
}

static void
test_what_is_missing_is_not_wrong (Fixture *fixture, gconstpointer data)
{
  inf_submission_set_value (fixture->submission, "word", "");
  check_problem (fixture, "parameter:word", TRUE);
  inf_submission_set_value (fixture->submission, "word", "x");
  replace (&fixture->submission->program, "");
  fixture->submission->kind = INF_SUBMISSION_OWN;
  fixture->task = NULL;
  check_problem (fixture, "program", TRUE);
}

static void
test_wrong_fields_are_told (Fixture *fixture, gconstpointer data)
{
  InfSubmission *submission = fixture->submission;

  replace (&submission->arguments, "'open");
  check_problem (fixture, "arguments", FALSE);
  replace (&submission->arguments, "");
  replace (&submission->name, "../up");
  check_problem (fixture, "name", FALSE);
  replace (&submission->name, "");
  replace (&submission->memory, "much");
  check_problem (fixture, "memory", FALSE);
  replace (&submission->memory, "");
  replace (&submission->to, "here");
  check_problem (fixture, "to", FALSE);
}

static void
test_two_files_of_one_name_are_told (Fixture *fixture, gconstpointer data)
{
  inf_submission_add_input (fixture->submission, "/a/data");
  inf_submission_add_input (fixture->submission, "/a/data");
  g_assert_cmpuint (fixture->submission->inputs->len, ==, 1);
  inf_submission_add_input (fixture->submission, "/b/data");
  check_problem (fixture, "inputs", FALSE);
}

static void
test_an_input_called_like_the_program_is_told (Fixture *fixture, gconstpointer data)
{
  fixture->submission->kind = INF_SUBMISSION_OWN;
  fixture->task = NULL;
  replace (&fixture->submission->program, "/a/solver");
  inf_submission_add_input (fixture->submission, "/b/solver");
  check_problem (fixture, "inputs", FALSE);
}

static void
test_limits_are_in_the_specification (Fixture *fixture, gconstpointer data)
{
  InfSubmission *submission = fixture->submission;

  submission->nodes = 4;
  submission->minutes = 2;
  submission->waits = TRUE;
  replace (&submission->memory, "2 GiB");
  replace (&submission->outputs, "*.txt 'my file'");
  check (fixture, "nodes", "4");
  check (fixture, "time-limit-us", "120000000");
  check (fixture, "wait-for-hosts", "true");
  check (fixture, "memory-bytes", "2147483648");
  check (fixture, "outputs", "['*.txt', 'my file']");
  check (fixture, "name", NULL);
}

static void
test_a_file_finds_its_place (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = inf_submission_place_file (fixture->submission, fixture->task, TRUE);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  g_assert_cmpstr (first, ==, "parameter:input");
  inf_submission_set_field (fixture->submission, first, "/tmp/numbers");
  second = inf_submission_place_file (fixture->submission, fixture->task, FALSE);
  g_assert_null (second);
  fixture->submission->kind = INF_SUBMISSION_OWN;
  inf_submission_set_field (fixture->submission, "program", "");
  third = inf_submission_place_file (fixture->submission, NULL, TRUE);
  g_assert_cmpstr (third, ==, "program");
}

static void
test_prices_are_exact (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = { "0", "-1", "1 credit", "0x3", "inf", "1e12" };
  static const char *const right[][2]
      = { { "3.6", "1000" }, { "2,7972", "777" }, { "0.0036", "1" }, { "0.0001", "1" } };

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    {
      inf_submission_set_field (fixture->submission, "max-price", right[i][0]);
      check (fixture, "max-price-ucredits", right[i][1]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      inf_submission_set_field (fixture->submission, "max-price", wrong[i]);
      check_problem (fixture, "max-price", FALSE);
    }
}

static void
test_fields_are_set_as_text (Fixture *fixture, gconstpointer data)
{
  static const char *const fields[][2]
      = { { "nodes", "7" },     { "slots", "2" },   { "minutes", "90" },       { "retries", "1" },
          { "waits", "true" },  { "name", "n" },    { "parameter:word", "w" }, { "to", "/x" },
          { "outputs", "*.c" }, { "memory", "1G" }, { "arguments", "a b" } };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *text = NULL;

      inf_submission_set_field (fixture->submission, fields[i][0], fields[i][1]);
      text = inf_submission_get_field (fixture->submission, fields[i][0]);
      g_assert_cmpstr (text, ==, fields[i][1]);
    }
  g_assert_cmpuint (fixture->submission->nodes, ==, 7);
}

/* What a job was submitted with fills in the form, and makes the same job again. */
static void
test_a_specification_makes_itself_again (Fixture *fixture, gconstpointer data)
{
  static const char *const specs[]
      = { "{'kind': <'builtin'>, 'program': <'taskadd'>, 'args': <['--input', 'n.txt', '--block',"
          " '4096', '--fast', 'a word', '--unheard-of', '-x']>, 'inputs': <[('n.txt', '/a/n.txt'),"
          " ('m', '/a/m')]>, 'outputs': <['*.txt']>, 'name': <'mine'>, 'to': <'/a/out'>,"
          " 'nodes': <@u 3>, 'slots': <@u 2>, 'memory-bytes': <@t 1000>,"
          " 'time-limit-us': <@t 60000000>, 'max-price-ucredits': <@t 777>, 'retries': <@u 1>,"
          " 'wait-for-hosts': <true>}",
          "{'kind': <'own'>, 'program': <'/a/solver'>, 'args': <['it\\'s', '', '$HOME', 'a\"b']>,"
          " 'inputs': <@a(ss) []>, 'outputs': <@as []>, 'nodes': <@u 1>, 'slots': <@u 1>,"
          " 'memory-bytes': <@t 0>, 'time-limit-us': <@t 60000000>, 'max-price-ucredits': <@t 0>,"
          " 'retries': <@u 0>, 'wait-for-hosts': <false>}" };

  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr (GVariant) spec = NULL;
      g_autoptr (GVariant) again = NULL;
      g_autoptr (InfSubmission) submission = NULL;
      g_autoptr (GError) error = NULL;
      GVariantIter iter;
      const char *key;
      GVariant *value;

      spec = g_variant_parse (G_VARIANT_TYPE_VARDICT, specs[i], NULL, NULL, &error);
      g_assert_no_error (error);
      submission = inf_submission_from_spec (spec, fixture->tasks);
      again = inf_submission_to_spec (
          submission, inf_submission_find_task (submission, fixture->tasks), fixture->problems);
      g_assert_nonnull (again);
      g_variant_iter_init (&iter, spec);
      while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
        {
          g_autoptr (GVariant) owned = value;
          g_autoptr (GVariant) other = g_variant_lookup_value (again, key, NULL);
          g_autofree char *wanted = g_variant_print (owned, FALSE);
          g_autofree char *found = other ? g_variant_print (other, FALSE) : NULL;
          g_assert_cmpstr (found, ==, wanted);
        }
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/submission/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("parameters-become-arguments", test_parameters_become_arguments);
  ADD ("a-file-is-staged-and-named", test_a_file_is_staged_and_named);
  ADD ("what-excludes-what-was-given-is-left-out", test_what_excludes_what_was_given_is_left_out);
  ADD ("wrong-values-are-told", test_wrong_values_are_told);
  ADD ("what-is-missing-is-not-wrong", test_what_is_missing_is_not_wrong);
  ADD ("wrong-fields-are-told", test_wrong_fields_are_told);
  ADD ("two-files-of-one-name-are-told", test_two_files_of_one_name_are_told);
  ADD ("an-input-called-like-the-program-is-told", test_an_input_called_like_the_program_is_told);
  ADD ("limits-are-in-the-specification", test_limits_are_in_the_specification);
  ADD ("a-file-finds-its-place", test_a_file_finds_its_place);
  ADD ("prices-are-exact", test_prices_are_exact);
  ADD ("fields-are-set-as-text", test_fields_are_set_as_text);
  ADD ("a-specification-makes-itself-again", test_a_specification_makes_itself_again);
  return g_test_run ();
}
