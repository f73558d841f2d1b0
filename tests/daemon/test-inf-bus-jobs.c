#include "common/inf-error.h"
#include "grid/jobs/inf-job-spec.h"
#include "tests/daemon/node-fixture.h"

/* Jobs1 of a node that is alone in its grid: jobs for more machines than there are wait. */

static char *
submit (NodeFixture *fixture, const char *name)
{
  g_autofree char *text
      = g_strdup_printf ("{'program': <'taskadd'>, 'args': <['--generate', '5']>, 'nodes': <@u 3>,"
                         " 'inputs': <[('hosts', '/etc/hosts')]>, 'memory-bytes': <@t 1048576>,"
                         " 'retries': <@u 2>, 'wait-for-hosts': <true>, 'name': <'%s'>}",
                         name);
  GVariant *spec = g_variant_new_parsed (text);
  g_autoptr (GVariant) reply
      = node_fixture_call (fixture, "Jobs1.Submit", g_variant_new ("(@a{sv})", spec));
  char *id;

  g_variant_get (reply, "(s)", &id);
  return id;
}

/* The names of the jobs that ListRange answers, and their total */
static char *
list (NodeFixture *fixture, const char *filter, guint offset, guint limit)
{
  g_autoptr (GVariant) reply = node_fixture_call (fixture, "Jobs1.ListRange",
                                                  g_variant_new ("(suu)", filter, offset, limit));
  g_autoptr (GVariantIter) iter = NULL;
  GString *text = g_string_new (NULL);
  GVariant *job;
  guint total;

  g_variant_get (reply, "(uaa{sv})", &total, &iter);
  while ((job = g_variant_iter_next_value (iter)))
    {
      const char *name = "";
      g_assert_true (g_variant_lookup (job, "name", "&s", &name));
      g_string_append_printf (text, "%s ", name);
      g_variant_unref (job);
    }
  g_string_append_printf (text, "of %u", total);
  return g_string_free (text, FALSE);
}

static void
assert_listed (NodeFixture *fixture, const char *filter, guint offset, guint limit,
               const char *expected)
{
  g_autofree char *found = list (fixture, filter, offset, limit);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_lists_ranges (NodeFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "a", "b", "c" };

  assert_listed (fixture, "", 0, 10, "of 0");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *id = submit (fixture, names[i]);
      g_assert_nonnull (id);
    }
  assert_listed (fixture, "", 0, 10, "c-1 b-1 a-1 of 3");
  assert_listed (fixture, "", 1, 1, "b-1 of 3");
  assert_listed (fixture, "", 0, 0, "of 3");
  assert_listed (fixture, "", 3, 10, "of 3");
  assert_listed (fixture, "active", 0, G_MAXUINT, "c-1 b-1 a-1 of 3");
  node_fixture_must (fixture, "Jobs1.Cancel", g_variant_new ("(s)", "b-1"));
  assert_listed (fixture, "cancelled", 0, 10, "b-1 of 1");
  assert_listed (fixture, "active", 1, 10, "a-1 of 2");
  node_fixture_must_fail (fixture, "Jobs1.ListRange", g_variant_new ("(suu)", "asleep", 0, 1),
                          INF_ERROR_INVALID);
}

static GVariant *
get_spec (NodeFixture *fixture, const char *job)
{
  g_autoptr (GVariant) reply
      = node_fixture_call (fixture, "Jobs1.GetSpec", g_variant_new ("(s)", job));

  return g_variant_get_child_value (reply, 0);
}

static void
test_a_spec_can_be_submitted_again (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *id = submit (fixture, "sum");
  g_autoptr (GVariant) spec = get_spec (fixture, "sum-1");
  g_autoptr (GVariant) reply
      = node_fixture_call (fixture, "Jobs1.Submit", g_variant_new ("(@a{sv})", spec));
  g_autoptr (GVariant) again = get_spec (fixture, "sum-2");
  g_autoptr (GVariant) args = g_variant_lookup_value (spec, "args", NULL);
  g_autofree char *text = g_variant_print (args, FALSE);
  const char *kind;

  g_assert_cmpstr (text, ==, "['--generate', '5']");
  g_assert_true (g_variant_lookup (spec, "kind", "&s", &kind));
  g_assert_cmpstr (kind, ==, "builtin");
  g_assert_true (g_variant_equal (spec, again));
  node_fixture_must_fail (fixture, "Jobs1.GetSpec", g_variant_new ("(s)", "none"),
                          INF_ERROR_NOT_FOUND);
}

static void
test_a_job_tells_its_price (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *id = submit (fixture, "sum");
  g_autoptr (GVariant) reply = node_fixture_call (fixture, "Jobs1.Get", g_variant_new ("(s)", id));
  g_autoptr (GVariant) job = g_variant_get_child_value (reply, 0);
  guint64 ucredits = 1;

  g_assert_true (g_variant_lookup (job, "price", "t", &ucredits));
  g_assert_cmpuint (ucredits, ==, 0);
  g_assert_true (g_variant_lookup (job, "worst-case", "t", &ucredits));
  g_assert_cmpuint (ucredits, ==, 0);
}

static char *
get_title (NodeFixture *fixture, const char *language)
{
  g_autoptr (GVariant) reply
      = node_fixture_call (fixture, "Jobs1.ListTasks", g_variant_new ("(s)", language));
  g_autoptr (GVariant) tasks = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) task = g_variant_get_child_value (tasks, 0);
  char *title;

  g_assert_true (g_variant_lookup (task, "title", "s", &title));
  return title;
}

static void
test_tasks_speak_languages (NodeFixture *fixture, gconstpointer data)
{
  g_autofree char *english = get_title (fixture, "");
  g_autofree char *german = get_title (fixture, "de_DE");
  g_autofree char *filler = g_strnfill (1000, 'x');

  g_assert_cmpstr (english, ==, "Add Integers");
  g_assert_cmpstr (german, ==, "Ganze Zahlen addieren");
  node_fixture_must_fail (fixture, "Jobs1.ListTasks", g_variant_new ("(s)", filler),
                          INF_ERROR_INVALID);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/bus/jobs/" name, NodeFixture, NULL, node_fixture_set_up, function,                 \
              node_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("lists-ranges", test_lists_ranges);
  ADD ("a-spec-can-be-submitted-again", test_a_spec_can_be_submitted_again);
  ADD ("a-job-tells-its-price", test_a_job_tells_its_price);
  ADD ("tasks-speak-languages", test_tasks_speak_languages);
  return g_test_run ();
}
