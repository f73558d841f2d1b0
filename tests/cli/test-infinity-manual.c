#include "cli/inf-command.h"
#include "cli/inf-completion.h"

#include <string.h>

/* The manual is written by hand; these tests keep it together with what the program says itself. */

/* Returns: (transfer full): infinity(1) without the marks of its format */
static char *
read_manual (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "cli", "infinity.1", NULL);
  g_autofree char *source = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &source, NULL, &error);
  g_assert_no_error (error);
  text = g_string_new (source);
  g_string_replace (text, "\\-", "-", 0);
  g_string_replace (text, "\\fR", "", 0);
  g_string_replace (text, "\\fP", "", 0);
  g_string_replace (text, "\"", "", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
is_word_end (char c)
{
  return !g_ascii_isalnum (c) && c != '-';
}

static gboolean
has_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  for (const char *p = strstr (text, word); p; p = strstr (p + 1, word))
    if ((p == text || is_word_end (p[-1])) && is_word_end (p[length]))
      return TRUE;
  return FALSE;
}

static void
test_manual_has_every_command (void)
{
  g_autofree char *manual = read_manual ();

  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    if (!has_word (manual, command->name))
      {
        g_test_message ("infinity.1 lacks “%s”", command->name);
        g_test_fail ();
      }
}

/* Each option must be in the part on the command, or, for what all listings have, in theirs. */
static void
test_manual_has_every_option (void)
{
  g_autofree char *manual = read_manual ();

  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    {
      g_auto (GStrv) options = inf_completion_get_options (command);
      for (guint i = 0; options[i]; i++)
        if (!has_word (manual, options[i]))
          {
            g_test_message ("infinity.1 lacks %s of “%s”", options[i], command->name);
            g_test_fail ();
          }
    }
}

static gboolean
is_option (const char *word)
{
  if (g_str_equal (word, "--version"))
    return TRUE;
  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    {
      g_auto (GStrv) options = inf_completion_get_options (command);
      if (g_strv_contains ((const char *const *)options, word))
        return TRUE;
    }
  return FALSE;
}

static void
test_manual_has_no_other_options (void)
{
  g_autofree char *manual = read_manual ();
  guint n_found = 0;

  for (const char *p = strstr (manual, "--"); p; p = strstr (p, "--"))
    {
      g_autofree char *word = g_strndup (p, 2 + strspn (p + 2, G_CSET_a_2_z G_CSET_DIGITS "-"));
      p += strlen (word);
      n_found++;
      if (!is_option (word))
        {
          g_test_message ("infinity.1 has %s, which no command has", word);
          g_test_fail ();
        }
    }
  g_assert_cmpuint (n_found, >, 20);
}

static void
test_help_has_every_option (void)
{
  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    {
      g_auto (GStrv) options = inf_completion_get_options (command);
      g_autofree char *help = NULL;

      g_assert_nonnull (command->summary);
      g_assert_true ((command->run != NULL) != (command->main != NULL));
      if (command->main)
        continue;
      help = inf_command_get_help (command);
      g_assert_nonnull (strstr (help, command->name));
      g_assert_nonnull (strstr (help, command->summary));
      for (guint i = 0; options[i]; i++)
        g_assert_true (has_word (help, options[i]));
    }
}

static void
test_finds_the_longest_name (void)
{
  char *words[] = { (char *)"credits", (char *)"history", (char *)"--json", NULL };
  char *unknown[] = { (char *)"grid", (char *)"burn", NULL };
  guint n_words = 0;

  g_assert_cmpstr (inf_command_find (words, &n_words)->name, ==, "credits history");
  g_assert_cmpuint (n_words, ==, 2);
  words[1] = (char *)"--json";
  g_assert_cmpstr (inf_command_find (words, &n_words)->name, ==, "credits");
  g_assert_cmpuint (n_words, ==, 1);
  g_assert_null (inf_command_find (unknown, &n_words));
  g_assert_true (inf_command_is_group ("grid"));
  g_assert_false (inf_command_is_group ("gri"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manual/has-every-command", test_manual_has_every_command);
  g_test_add_func ("/manual/has-every-option", test_manual_has_every_option);
  g_test_add_func ("/manual/has-no-other-options", test_manual_has_no_other_options);
  g_test_add_func ("/help/has-every-option", test_help_has_every_option);
  g_test_add_func ("/command/finds-the-longest-name", test_finds_the_longest_name);
  return g_test_run ();
}
