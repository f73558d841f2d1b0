#include "cli/inf-completion.h"

#include <glib/gstdio.h>

/* There is no infinityd where these tests run, so that nothing comes from one. */

static void
assert_offers (const char *line, const char *expected)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_auto (GStrv) found = inf_completion_find (words);
  g_autofree char *text = g_strjoinv (" ", found);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_commands (void)
{
  assert_offers ("gri", "grid");
  assert_offers ("grid ", "create invite join leave members remove");
  assert_offers ("job c", "cancel");
  assert_offers ("nothing ", "");
  assert_offers ("credits h", "history");
  assert_offers ("peer", "peers peer");
}

static void
test_options (void)
{
  assert_offers ("jobs --", "--all --state --json --columns --quiet --help");
  assert_offers ("run --na", "--name");
  assert_offers ("grid join --", "--node-name --help");
}

static void
test_values_are_left_to_the_shell (void)
{
  assert_offers ("run --to ", "");
  assert_offers ("run --input nu", "");
}

static void
test_values_that_are_words (void)
{
  assert_offers ("peers --graph ", "dot json");
  assert_offers ("peers --graph j", "json");
}

static void
test_nothing_of_ours_behind_the_program (void)
{
  assert_offers ("run taskadd --", "");
  assert_offers ("run ./solver ta", "");
}

static void
test_shells_and_help (void)
{
  assert_offers ("completion ", "bash zsh fish");
  assert_offers ("help cred", "credits");
  assert_offers ("help credits ", "history");
}

int
main (int argc, char **argv)
{
  g_autofree char *nowhere = g_dir_make_tmp ("inf-cli-XXXXXX", NULL);
  int status;

  g_setenv ("INFINITY_HOME", nowhere, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/completion/commands", test_commands);
  g_test_add_func ("/completion/options", test_options);
  g_test_add_func ("/completion/values-are-left-to-the-shell", test_values_are_left_to_the_shell);
  g_test_add_func ("/completion/values-that-are-words", test_values_that_are_words);
  g_test_add_func ("/completion/nothing-of-ours-behind-the-program",
                   test_nothing_of_ours_behind_the_program);
  g_test_add_func ("/completion/shells-and-help", test_shells_and_help);
  status = g_test_run ();
  g_assert_cmpint (g_rmdir (nowhere), ==, 0);
  return status;
}
