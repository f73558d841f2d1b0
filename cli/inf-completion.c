#include "cli/inf-completion.h"

#include "cli/inf-client.h"
#include "cli/inf-json.h"

#include <string.h>

/* Completion is done by the program itself, so that no script has to know what commands there are:
 * the scripts of inf-cmd-help.c call `infinity complete WORD…` and offer the lines that it prints.
 */

#define ID_LENGTH 10

static void
add (GPtrArray *candidates, const char *prefix, const char *word)
{
  if (g_str_has_prefix (word, prefix)
      && !g_ptr_array_find_with_equal_func (candidates, word, g_str_equal, NULL))
    g_ptr_array_add (candidates, g_strdup (word));
}

/* What peers and jobs are called comes from others, and goes into a shell's command line. */
static void
add_foreign (GPtrArray *candidates, const char *prefix, const char *word)
{
  gsize length = strspn (word, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-");

  if (length && !word[length] && word[0] != '-')
    add (candidates, prefix, word);
}

static void
add_commands (GPtrArray *candidates, char **before, guint n_before, const char *prefix)
{
  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    {
      g_auto (GStrv) words = g_strsplit (command->name, " ", -1);
      gboolean is_match = n_before < g_strv_length (words);

      for (guint i = 0; is_match && i < n_before; i++)
        is_match = g_str_equal (words[i], before[i]);
      if (is_match)
        add (candidates, prefix, words[n_before]);
    }
}

/**
 * inf_completion_get_options:
 * @command: a command
 *
 * Returns: (transfer full): its options as they are written, with the long names only
 */
char **
inf_completion_get_options (const InfCommand *command)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (const GOptionEntry *entry = command->options; entry && entry->long_name; entry++)
    {
      g_autofree char *option = g_strconcat ("--", entry->long_name, NULL);
      g_strv_builder_add (builder, option);
    }
  g_strv_builder_add (builder, "--help");
  return g_strv_builder_end (builder);
}

static void
add_options (GPtrArray *candidates, const InfCommand *command, const char *prefix)
{
  g_auto (GStrv) options = inf_completion_get_options (command);

  for (guint i = 0; options[i]; i++)
    add (candidates, prefix, options[i]);
}

static void
add_rows (GPtrArray *candidates, const char *prefix, GVariant *rows)
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *name, *id;
      g_autofree char *short_id = NULL;

      if (g_variant_lookup (row, "name", "&s", &name) && *name)
        {
          add_foreign (candidates, prefix, name);
          continue;
        }
      if (!g_variant_lookup (row, "id", "&s", &id) && !g_variant_lookup (row, "sha256", "&s", &id))
        continue;
      short_id = g_strndup (id, ID_LENGTH);
      add_foreign (candidates, prefix, short_id);
    }
}

/* Returns: (transfer full) (nullable): what infinityd has of that kind; it is not started for this
 */
static GVariant *
ask (InfWords words)
{
  g_autoptr (InfClient) client = inf_client_connect_running (NULL);
  InfDBusNode1 *node = NULL;
  InfDBusHost1 *host = NULL;
  InfDBusJobs1 *jobs = NULL;
  InfDBusResults1 *results = NULL;
  InfDBusFiles1 *files = NULL;
  GVariant *rows = NULL;

  if (!client)
    return NULL;
  if (words == INF_WORDS_PEERS && (node = inf_client_get_node (client, NULL)))
    inf_dbus_node1_call_list_peers_sync (node, &rows, NULL, NULL);
  if (words == INF_WORDS_LEASES && (host = inf_client_get_host (client, NULL)))
    inf_dbus_host1_call_list_leases_sync (host, &rows, NULL, NULL);
  if (words == INF_WORDS_JOBS && (jobs = inf_client_get_jobs (client, NULL)))
    inf_dbus_jobs1_call_list_sync (jobs, "", &rows, NULL, NULL);
  if (words == INF_WORDS_PROGRAMS && (jobs = inf_client_get_jobs (client, NULL)))
    inf_dbus_jobs1_call_list_tasks_sync (jobs, "", &rows, NULL, NULL);
  if (words == INF_WORDS_RESULTS && (results = inf_client_get_results (client, NULL)))
    inf_dbus_results1_call_list_sync (results, &rows, NULL, NULL);
  if (words == INF_WORDS_FILES && (files = inf_client_get_files (client, NULL)))
    inf_dbus_files1_call_list_sync (files, &rows, NULL, NULL);
  return rows;
}

static void
add_words (GPtrArray *candidates, const InfCommand *command, char **arguments, guint n_arguments,
           const char *prefix)
{
  static const char *const shells[] = { "bash", "zsh", "fish" };
  g_autoptr (GVariant) rows = NULL;

  switch (command->words)
    {
    case INF_WORDS_NONE:
      break;
    case INF_WORDS_SHELLS:
      for (guint i = 0; i < G_N_ELEMENTS (shells); i++)
        add (candidates, prefix, shells[i]);
      break;
    case INF_WORDS_COMMANDS:
      add_commands (candidates, arguments, n_arguments, prefix);
      break;
    default:
      rows = ask (command->words);
      if (rows)
        add_rows (candidates, prefix, rows);
      break;
    }
}

/* Returns: (nullable): the option that @word is the name of, when it takes a value */
static const GOptionEntry *
find_option_with_value (const InfCommand *command, const char *word)
{
  for (const GOptionEntry *entry = command->options; entry && entry->long_name; entry++)
    if (entry->arg != G_OPTION_ARG_NONE && g_str_has_prefix (word, "--")
        && g_str_equal (word + 2, entry->long_name))
      return entry;
  return NULL;
}

/* The value of an option is one of a few words, which its description names ("dot|json"); or else
 * a file or a number: the shell knows the former, nobody the latter. */
static void
add_values (GPtrArray *candidates, const GOptionEntry *option, const char *prefix)
{
  g_auto (GStrv) values = NULL;

  if (!option->arg_description || !strchr (option->arg_description, '|'))
    return;
  values = g_strsplit (option->arg_description, "|", -1);
  for (guint i = 0; values[i]; i++)
    add (candidates, prefix, values[i]);
}

static void
complete_command (GPtrArray *candidates, const InfCommand *command, char **words, guint n_words,
                  const char *prefix)
{
  char **arguments = words;
  guint n_arguments = n_words;
  const GOptionEntry *option;

  if (n_words && (option = find_option_with_value (command, words[n_words - 1])))
    {
      add_values (candidates, option, prefix);
      return;
    }
  while (n_arguments && arguments[0][0] == '-')
    {
      guint n = find_option_with_value (command, arguments[0]) && n_arguments > 1 ? 2 : 1;
      arguments += n;
      n_arguments -= n;
    }
  if (command->is_strict && n_arguments)
    return;
  if (prefix[0] == '-')
    add_options (candidates, command, prefix);
  else
    add_words (candidates, command, arguments, n_arguments, prefix);
}

/**
 * inf_completion_find:
 * @words: (array zero-terminated=1): what stands after `infinity` up to the cursor; the last word
 * is the one to complete, and may be empty
 *
 * Returns: (transfer full): what that word may become
 */
char **
inf_completion_find (char **words)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (g_free);
  guint n_words = g_strv_length (words), n_name = 0;
  const InfCommand *command = NULL;

  if (n_words)
    {
      const char *prefix = words[n_words - 1];
      g_autofree char **before = g_memdup2 (words, n_words * sizeof *words);

      before[n_words - 1] = NULL;
      command = inf_command_find (before, &n_name);
      if (n_words - 1 <= 1)
        add_commands (candidates, before, n_words - 1, prefix);
      if (command && n_name <= n_words - 1)
        complete_command (candidates, command, before + n_name, n_words - 1 - n_name, prefix);
    }
  g_ptr_array_add (candidates, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&candidates), FALSE);
}
