#include "tests/cli/inf-cli-run.h"
#include "tests/cli/inf-fake-node.h"

#include "common/inf-error.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *dir;
  char *file;
  InfFakeNode *fake;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_cli_make_state_dir ();
  fixture->file = g_build_filename (fixture->dir, "moved", NULL);
  fixture->fake = inf_fake_node_new (fixture->dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->file);
  inf_fake_node_free (fixture->fake);
  inf_cli_remove_state_dir (fixture->dir);
  g_free (fixture->file);
}

static const char *
last_call (Fixture *fixture)
{
  GPtrArray *calls = fixture->fake->calls;

  return calls->len > 0 ? calls->pdata[calls->len - 1] : "";
}

/* INPUT goes to standard input, which --passphrase-fd names; so do all tests. */
static InfCliRun *
run_with_input (Fixture *fixture, const char *input, const char *const *arguments)
{
  InfCliRun *run = inf_cli_run_start_with_input (fixture->dir, input, arguments);

  inf_cli_run_wait (run);
  return run;
}

static void
test_a_passphrase_is_a_line_of_a_descriptor (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "identity", "unlock", "--passphrase-fd=0", NULL };
  g_autoptr (InfCliRun) run = run_with_input (fixture, "correct horse\n", arguments);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (last_call (fixture), ==, "Unlock ('correct horse', {})");
}

static void
test_changing_it_takes_two_lines (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "identity", "passwd", "--passphrase-fd=0", NULL };
  g_autoptr (InfCliRun) run = run_with_input (fixture, "old one\nnew one\n", arguments);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (last_call (fixture), ==, "ChangePassphrase ('old one', 'new one')");
}

static void
test_creating_asks_for_a_new_one (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "identity", "create", "--name=elm", "--passphrase-fd=0", NULL };
  g_autoptr (InfCliRun) run = run_with_input (fixture, "new one\n", arguments);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (last_call (fixture), ==, "Register ('elm', 'new one')");
}

static void
test_without_a_line_nothing_is_asked_of_the_node (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "identity", "unlock", "--passphrase-fd=0", NULL };
  g_autoptr (InfCliRun) run = run_with_input (fixture, "", arguments);

  g_assert_cmpint (run->status, ==, 2);
  g_assert_cmpuint (fixture->fake->calls->len, ==, 0);
}

static void
test_a_wrong_passphrase_is_a_failure (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "identity", "unlock", "--passphrase-fd=0", NULL };
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->failure
      = g_error_new_literal (INF_ERROR, INF_ERROR_DENIED, "that is not the passphrase");
  run = run_with_input (fixture, "correct horse\n", arguments);
  g_assert_cmpint (run->status, ==, 1);
  g_assert_cmpstr (run->err->str, ==, "infinity: that is not the passphrase\n");
}

static void
test_an_export_is_for_its_owner_alone (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[]
      = { "identity", "export", "--move", "--passphrase-fd=0", fixture->file, NULL };
  g_autoptr (InfCliRun) run = run_with_input (fixture, "correct horse\n", arguments);
  g_autofree char *content = NULL;
  GStatBuf info;

  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (last_call (fixture), ==, "Export correct horse {'move': <true>}");
  g_assert_true (g_file_get_contents (fixture->file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "sealed");
  g_assert_cmpint (g_stat (fixture->file, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

/* An identity that is moved into a file that can't be written would be lost. */
static void
test_a_file_that_is_there_is_left_alone (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[]
      = { "identity", "export", "--move", "--passphrase-fd=0", fixture->file, NULL };
  g_autoptr (InfCliRun) run = NULL;
  g_autofree char *content = NULL;

  g_assert_true (g_file_set_contents (fixture->file, "mine", -1, NULL));
  run = run_with_input (fixture, "correct horse\n", arguments);
  g_assert_cmpint (run->status, ==, 1);
  g_assert_cmpuint (fixture->fake->calls->len, ==, 0);
  g_assert_true (g_file_get_contents (fixture->file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "mine");
}

static void
test_an_import_sends_the_file (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[]
      = { "identity", "import", "--passphrase-fd=0", fixture->file, NULL };
  g_autoptr (InfCliRun) run = NULL;

  g_assert_true (g_file_set_contents (fixture->file, "AB", -1, NULL));
  run = run_with_input (fixture, "correct horse\n", arguments);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (last_call (fixture), ==, "Import ([0x41, 0x42], 'correct horse')");
}

static void
test_show_tells_whether_it_is_locked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "identity", "show", "--json", NULL);

  g_assert_cmpint (run->status, ==, 0);
  inf_cli_assert_contains (run->out->str, "\"locked\"");
  inf_cli_assert_contains (run->out->str, "selfid234567");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/cli-identity/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-passphrase-is-a-line-of-a-descriptor", test_a_passphrase_is_a_line_of_a_descriptor);
  ADD ("changing-it-takes-two-lines", test_changing_it_takes_two_lines);
  ADD ("creating-asks-for-a-new-one", test_creating_asks_for_a_new_one);
  ADD ("without-a-line-nothing-is-asked-of-the-node",
       test_without_a_line_nothing_is_asked_of_the_node);
  ADD ("a-wrong-passphrase-is-a-failure", test_a_wrong_passphrase_is_a_failure);
  ADD ("an-export-is-for-its-owner-alone", test_an_export_is_for_its_owner_alone);
  ADD ("a-file-that-is-there-is-left-alone", test_a_file_that_is_there_is_left_alone);
  ADD ("an-import-sends-the-file", test_an_import_sends_the_file);
  ADD ("show-tells-whether-it-is-locked", test_show_tells_whether_it_is_locked);
  return g_test_run ();
}
