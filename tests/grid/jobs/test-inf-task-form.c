#include "common/inf-error.h"
#include "grid/jobs/inf-task-catalogue.h"
#include "grid/jobs/inf-task-form.h"

#include <glib/gstdio.h>
#include <string.h>

#define TASK "[Task]\nName=Add\nComment=The sum.\n"
#define NUMBER "[Parameter n]\nName=N\nType=integer\nOption=-n\n"

static GVariant *
describe (const char *text, const char *language)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfTaskForm) form = inf_task_form_parse ("taskadd", text, strlen (text), &error);

  g_assert_no_error (error);
  return g_variant_ref_sink (inf_task_form_describe (form, language));
}

static GVariant *
get_parameter (GVariant *task, guint index)
{
  g_autoptr (GVariant) parameters
      = g_variant_lookup_value (task, "parameters", G_VARIANT_TYPE ("aa{sv}"));

  return g_variant_get_child_value (parameters, index);
}

static void
assert_key (GVariant *dictionary, const char *key, const char *expected)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);
  g_autofree char *text = value ? g_variant_print (value, TRUE) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_tells_all_of_a_task (void)
{
  g_autoptr (GVariant) task = describe (
      "# a comment\n" TASK "Icon=list-add-symbolic\n"
      "[Parameter input]\nName=File\nComment=Of integers.\nType=file\nRequired=true\n"
      "Option=--input\n"
      "[Parameter n]\nName=N\nType=integer\nMinimum=-2\nMaximum=9\nDefault=3\nOption=-n\n"
      "Excludes=input\n"
      "[Parameter how]\nName=How\nType=choice\nDefault=very slow\n"
      "[Choice how fast]\nName=Fast\n[Choice how very slow]\nName=Slow\n"
      "[Parameter room]\nName=Room\nType=size\nDefault=1024\n"
      "[Parameter loud]\nName=Loud\nType=boolean\nOption=--loud\nDefault=false\n",
      "");
  g_autoptr (GVariant) input = get_parameter (task, 0), number = get_parameter (task, 1);
  g_autoptr (GVariant) choice = get_parameter (task, 2), size = get_parameter (task, 3);

  assert_key (task, "name", "'taskadd'");
  assert_key (task, "title", "'Add'");
  assert_key (task, "description", "'The sum.'");
  assert_key (task, "icon", "'list-add-symbolic'");
  assert_key (input, "type", "'file'");
  assert_key (input, "description", "'Of integers.'");
  assert_key (input, "required", "true");
  assert_key (input, "option", "'--input'");
  assert_key (input, "excludes", "''");
  assert_key (number, "required", "false");
  assert_key (number, "minimum", "int64 -2");
  assert_key (number, "maximum", "int64 9");
  assert_key (number, "default", "'3'");
  assert_key (number, "excludes", "'input'");
  assert_key (choice, "choices", "[('fast', 'Fast'), ('very slow', 'Slow')]");
  assert_key (choice, "option", "''");
  assert_key (size, "minimum", "int64 0");
  assert_key (size, "maximum", "int64 9223372036854775807");
}

static void
test_speaks_the_language_it_has (void)
{
  static const char text[] = TASK "Name[de]=Addieren\n" NUMBER "Name[de]=Zahl\n";
  g_autoptr (GVariant) english = describe (text, ""), german = describe (text, "de");
  g_autoptr (GVariant) austrian = describe (text, "de_AT.UTF-8"), french = describe (text, "fr");
  g_autoptr (GVariant) number = get_parameter (german, 0);

  assert_key (english, "title", "'Add'");
  assert_key (german, "title", "'Addieren'");
  assert_key (german, "description", "'The sum.'");
  assert_key (number, "title", "'Zahl'");
  assert_key (austrian, "title", "'Addieren'");
  assert_key (french, "title", "'Add'");
}

static void
assert_refused (const char *text, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_task_form_parse ("taskadd", text, strlen (text), &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "taskadd.task: "));
  if (!strstr (error->message, part))
    g_error ("“%s” does not say “%s”", error->message, part);
}

static void
test_says_what_is_wrong (void)
{
  static const char *const wrong[][2] = {
    { "", "[Task] needs a Name" },
    { "nonsense\n", "" },
    { "[Task]\nName=Add\n", "needs a Comment" },
    { TASK "Colour=red\n", "“Colour”" },
    { TASK "[Nonsense]\nName=a\n", "[Nonsense] means nothing" },
    { TASK "[Parameter ]\nName=a\nType=text\n", "a name is of" },
    { TASK "[Parameter ../x]\nName=a\nType=text\n", "a name is of" },
    { TASK "[Parameter n]\nType=text\n", "needs a Name" },
    { TASK "[Parameter n]\nName=N\n", "needs a Type" },
    { TASK "[Parameter n]\nName=N\nType=colour\n", "“colour”" },
    { TASK NUMBER "Required=perhaps\n", "“perhaps”" },
    { TASK NUMBER "Minimum=few\n", "Minimum" },
    { TASK NUMBER "Maximum=99999999999999999999\n", "Maximum" },
    { TASK NUMBER "Minimum=3\nMaximum=2\n", "above" },
    { TASK NUMBER "Default=many\n", "“many”" },
    { TASK NUMBER "Maximum=5\nDefault=6\n", "“6”" },
    { TASK NUMBER "Excludes=n\n", "“n”" },
    { TASK NUMBER "Excludes=input\n", "“input”" },
    { TASK "[Parameter n]\nName=N\nType=size\nMinimum=-1\n", "Minimum" },
    { TASK "[Parameter n]\nName=N\nType=text\nMinimum=1\n", "no number" },
    { TASK "[Parameter n]\nName=N\nType=text\nOption=n\n", "no option" },
    { TASK "[Parameter n]\nName=N\nType=text\nOption=--n x\n", "no option" },
    { TASK "[Parameter n]\nName=N\nType=boolean\n", "needs an Option" },
    { TASK "[Parameter n]\nName=N\nType=boolean\nOption=-n\nDefault=1\n", "“1”" },
    { TASK "[Parameter n]\nName=N\nType=file\nDefault=/etc/passwd\n", "/etc/passwd" },
    { TASK "[Parameter n]\nName=N\nType=choice\n", "choice of nothing" },
    { TASK "[Parameter n]\nName=N\nType=choice\nDefault=b\n[Choice n a]\nName=A\n", "“b”" },
    { TASK NUMBER "[Choice n a]\nName=A\n", "[Choice n a]" },
    { TASK "[Choice n a]\nName=A\n", "[Choice n a]" },
    { TASK "[Parameter n]\nName=N\nType=choice\n[Choice n]\nName=A\n", "[Choice n]" },
    { TASK "[Parameter n]\nName=N\nType=choice\n[Choice n a]\n", "needs a Name" },
    { TASK "[Parameter n]\nName=N\nType=text\nComment=\xff\n", "UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refused (wrong[i][0], wrong[i][1]);
}

static void
test_has_limits (void)
{
  g_autoptr (GString) many = g_string_new (TASK);
  g_autofree char *filler = g_strnfill (2000, 'x');
  g_autofree char *long_text = g_strconcat (TASK, "Name[fr]=", filler, "\n", NULL);
  g_autofree char *spaces = g_strnfill (INF_TASK_FORM_MAX_SIZE_BYTES + 1, '\n');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= INF_TASK_FORM_MAX_PARAMETERS; i++)
    g_string_append_printf (many, "[Parameter n%u]\nName=N\nType=text\n", i);
  assert_refused (many->str, "parameters");
  assert_refused (long_text, "Name[fr]");
  g_assert_null (inf_task_form_parse ("taskadd", spaces, strlen (spaces), &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (inf_task_form_parse ("../taskadd", TASK, strlen (TASK), &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
put (const char *directory, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_one_bad_file_hides_no_other (void)
{
  static const char *const names[] = { "b.task", "a.task", "bad.task", "c.txt" };
  g_autofree char *directory = g_dir_make_tmp ("inf-tasks-XXXXXX", NULL);
  g_autoptr (InfTaskCatalogue) catalogue = NULL;
  g_autofree char *listed = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    put (directory, names[i], i == 2 ? "[Task]\n" : TASK);
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*bad.task*");
  catalogue = inf_task_catalogue_load (directory);
  g_test_assert_expected_messages ();
  listed = inf_task_catalogue_dup_names (catalogue);
  g_assert_cmpstr (listed, ==, "a, b");
  g_assert_true (inf_task_catalogue_has (catalogue, "b"));
  g_assert_false (inf_task_catalogue_has (catalogue, "bad"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_no_directory_has_no_tasks (void)
{
  g_autoptr (InfTaskCatalogue) catalogue = inf_task_catalogue_load ("/nonexistent/tasks");
  g_autoptr (GVariant) tasks = g_variant_ref_sink (inf_task_catalogue_describe (catalogue, ""));

  g_assert_cmpuint (g_variant_n_children (tasks), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task-form/tells-all-of-a-task", test_tells_all_of_a_task);
  g_test_add_func ("/task-form/speaks-the-language-it-has", test_speaks_the_language_it_has);
  g_test_add_func ("/task-form/says-what-is-wrong", test_says_what_is_wrong);
  g_test_add_func ("/task-form/has-limits", test_has_limits);
  g_test_add_func ("/task-catalogue/one-bad-file-hides-no-other", test_one_bad_file_hides_no_other);
  g_test_add_func ("/task-catalogue/no-directory-has-no-tasks", test_no_directory_has_no_tasks);
  return g_test_run ();
}
