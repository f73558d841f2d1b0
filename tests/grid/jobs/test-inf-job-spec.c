#include "common/inf-error.h"
#include "grid/jobs/inf-job-name.h"
#include "grid/jobs/inf-job-spec.h"

#include <string.h>

static InfJobSpec *
parse (const char *text, GError **error)
{
  g_autoptr (GVariant) dictionary
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (dictionary);
  g_autofree char *directory = g_test_build_filename (G_TEST_BUILT, "..", "tasks", NULL);
  g_autoptr (InfTaskCatalogue) tasks = inf_task_catalogue_load (directory);
  return inf_job_spec_from_dictionary (dictionary, tasks, error);
}

static void
assert_refused (const char *text, InfError code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfJobSpec) spec = parse (text, &error);

  g_assert_null (spec);
  g_assert_error (error, INF_ERROR, (int)code);
  if (!strstr (error->message, part))
    g_error ("“%s” does not name “%s”", error->message, part);
}

static void
test_finds_the_kind_of_program (void)
{
  g_autoptr (InfJobSpec) task = parse ("{'program': <'taskadd'>}", NULL);
  g_autoptr (InfJobSpec) own = parse ("{'program': <'/home/me/a.out'>}", NULL);
  g_autoptr (InfJobSpec) installed = parse ("{'program': <'gromacs'>}", NULL);
  g_autoptr (InfJobSpec) told = parse ("{'program': <'taskadd'>, 'kind': <'installed'>}", NULL);

  g_assert_cmpint (task->kind, ==, INF_PROGRAM_BUILTIN);
  g_assert_cmpint (own->kind, ==, INF_PROGRAM_OWN);
  g_assert_cmpint (installed->kind, ==, INF_PROGRAM_INSTALLED);
  g_assert_cmpint (told->kind, ==, INF_PROGRAM_INSTALLED);
}

static void
test_survives_the_dictionary_and_the_variant (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfJobSpec) spec = parse (
      "{'program': <'/home/me/a.out'>, 'args': <['-x', 'a b']>, "
      "'inputs': <[('n.txt', '/data/n.txt'), ('m', '/data/m')]>, 'outputs': <['*.txt']>, "
      "'name': <'mine'>, 'nodes': <uint32 3>, 'slots': <uint32 2>, 'memory-bytes': <uint64 1024>, "
      "'time-limit-us': <uint64 5000000>, 'max-price-ucredits': <uint64 7>, "
      "'retries': <uint32 1>, 'wait-for-hosts': <true>}",
      &error);
  g_assert_no_error (error);
  memset (spec->object.sha256, 1, sizeof spec->object.sha256);
  spec->object.size_bytes = 99;
  g_autoptr (GVariant) variant = g_variant_ref_sink (inf_job_spec_to_variant (spec));
  g_autoptr (InfJobSpec) copy = inf_job_spec_from_variant (variant, &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) again = g_variant_ref_sink (inf_job_spec_to_variant (copy));
  g_autoptr (GVariant) one = g_variant_ref_sink (inf_job_spec_to_dictionary (spec));
  g_autoptr (GVariant) two = g_variant_ref_sink (inf_job_spec_to_dictionary (copy));

  g_assert_true (g_variant_is_of_type (variant, G_VARIANT_TYPE (INF_JOB_SPEC_TYPE)));
  g_assert_true (g_variant_equal (variant, again));
  g_assert_true (g_variant_equal (one, two));
  g_assert_cmpuint (copy->inputs->len, ==, 2);
  g_assert_cmpuint (copy->object.size_bytes, ==, 99);
  g_assert_true (inf_job_object_is_known (&copy->object));
}

static void
test_says_what_is_wrong (void)
{
  assert_refused ("@a{sv} {}", INF_ERROR_INVALID, "needs a program");
  assert_refused ("{'program': <'taskadd'>, 'node': <uint32 1>}", INF_ERROR_INVALID, "“node”");
  assert_refused ("{'program': <'taskadd'>, 'nodes': <'4'>}", INF_ERROR_INVALID, "“nodes”");
  assert_refused ("{'program': <'a/b'>}", INF_ERROR_INVALID, "absolute");
  assert_refused ("{'program': <'taskx'>, 'kind': <'builtin'>}", INF_ERROR_INVALID, "“taskx”");
  assert_refused ("{'program': <'taskx'>, 'kind': <'builtin'>}", INF_ERROR_INVALID,
                  "taskadd, taskmult");
  assert_refused ("{'program': <'taskadd'>, 'nodes': <uint32 0>}", INF_ERROR_INVALID, "nodes");
  assert_refused ("{'program': <'taskadd'>, 'nodes': <uint32 9999>}", INF_ERROR_INVALID, "nodes");
  assert_refused ("{'program': <'taskadd'>, 'retries': <uint32 99>}", INF_ERROR_INVALID, "retries");
  assert_refused ("{'program': <'taskadd'>, 'name': <'../x'>}", INF_ERROR_INVALID, "../x");
  assert_refused ("{'program': <'taskadd'>, 'inputs': <[('a', 'b')]>}", INF_ERROR_INVALID, "“a”");
  assert_refused ("{'program': <'taskadd'>, 'inputs': <[('../a', '/b')]>}", INF_ERROR_INVALID,
                  "../a");
  assert_refused ("{'program': <'taskadd'>, 'inputs': <[('a', '/b'), ('a', '/c')]>}",
                  INF_ERROR_INVALID, "two inputs");
  assert_refused ("{'program': <'/x/a'>, 'inputs': <[('a', '/b')]>}", INF_ERROR_INVALID,
                  "two inputs");
}

static void
test_limits_arguments_and_inputs (void)
{
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_BUILTIN, "taskadd");
  g_autoptr (GError) error = NULL;

  g_strfreev (spec->args);
  spec->args = g_new0 (char *, INF_JOB_SPEC_MAX_ARGS + 2);
  for (guint i = 0; i < INF_JOB_SPEC_MAX_ARGS; i++)
    spec->args[i] = g_strdup ("x");
  g_assert_true (inf_job_spec_validate (spec, NULL));
  spec->args[INF_JOB_SPEC_MAX_ARGS] = g_strdup ("x");
  g_assert_false (inf_job_spec_validate (spec, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_clear_pointer (&spec->args[1], g_free);
  for (guint i = 2; i <= INF_JOB_SPEC_MAX_ARGS; i++)
    g_clear_pointer (&spec->args[i], g_free);
  spec->args[1] = g_strnfill (INF_JOB_SPEC_MAX_ARGS_BYTES, 'x');
  g_assert_false (inf_job_spec_validate (spec, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
}

static void
test_names_stay_in_their_folder (void)
{
  static const char *const bad[] = { "",   ".",    "..",   ".hidden",  "-x",   "a/b",
                                     "/a", "a\\b", "a\nb", "a\033[2J", "\xff", "\xe2\x80\xaeq" };
  static const char *const bad_paths[] = { "",    "/",    "/a",
                                           "a/",  "a//b", "a/../b",
                                           "./a", "a/.b", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (inf_job_name_is_safe (bad[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad_paths); i++)
    g_assert_false (inf_job_path_is_safe (bad_paths[i]));
  g_assert_true (inf_job_name_is_safe ("sum of 3 – é.txt"));
  g_assert_true (inf_job_path_is_safe ("a/b c/d.txt"));
}

static void
test_base_name_is_fit_for_a_folder (void)
{
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_OWN, "/opt/my prog.bin");
  g_autofree char *from_path = inf_job_spec_base_name (spec);

  g_assert_cmpstr (from_path, ==, "my-prog.bin");
  spec->name = g_strdup ("é");
  g_autofree char *from_name = inf_job_spec_base_name (spec);
  g_assert_cmpstr (from_name, ==, "job");
}

static void
test_program_keeps_its_name (void)
{
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_OWN, "/opt/my prog.bin");

  spec->name = g_strdup ("numbers.txt");
  g_autofree char *name = inf_job_spec_program_name (spec);
  g_assert_cmpstr (name, ==, "my-prog.bin");
}

static void
test_wanted_outputs_are_patterns (void)
{
  g_autoptr (InfJobSpec) all = parse ("{'program': <'taskadd'>}", NULL);
  g_autoptr (InfJobSpec) some
      = parse ("{'program': <'taskadd'>, 'outputs': <['*.txt', 'a/b']>}", NULL);

  g_assert_true (inf_job_spec_wants_output (all, "anything"));
  g_assert_true (inf_job_spec_wants_output (some, "sum.txt"));
  g_assert_true (inf_job_spec_wants_output (some, "a/b"));
  g_assert_false (inf_job_spec_wants_output (some, "core"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-spec/kind", test_finds_the_kind_of_program);
  g_test_add_func ("/job-spec/round-trip", test_survives_the_dictionary_and_the_variant);
  g_test_add_func ("/job-spec/says-what-is-wrong", test_says_what_is_wrong);
  g_test_add_func ("/job-spec/limits", test_limits_arguments_and_inputs);
  g_test_add_func ("/job-spec/names", test_names_stay_in_their_folder);
  g_test_add_func ("/job-spec/base-name", test_base_name_is_fit_for_a_folder);
  g_test_add_func ("/job-spec/program-name", test_program_keeps_its_name);
  g_test_add_func ("/job-spec/wanted-outputs", test_wanted_outputs_are_patterns);
  return g_test_run ();
}
