#include "cli/inf-command.h"

#include "cli/inf-cmd-lab.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

#include <gio/gio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "config.h"

static const InfCommand commands_lab[] = {
  { .name = "lab",
    .arguments = "COMMAND …",
    .summary = "A virtual network of several machines on this one",
    .max_arguments = INF_ANY_NUMBER,
    .main = inf_cmd_lab },
  { NULL },
};

/* in the order of the help */
static const InfCommand *const groups[] = {
  inf_commands_status,  inf_commands_identity, inf_commands_grid,    inf_commands_peers,
  inf_commands_away,    inf_commands_host,     inf_commands_sharing, inf_commands_run,
  inf_commands_tasks,   inf_commands_jobs,     inf_commands_results, inf_commands_files,
  inf_commands_credits, inf_commands_daemon,   commands_lab,         inf_commands_help,
};

/**
 * inf_command_next:
 * @command: (nullable): a command
 *
 * Returns: (nullable): the command after @command, the first one for %NULL, %NULL after the last
 */
const InfCommand *
inf_command_next (const InfCommand *command)
{
  guint group = 0;

  if (command)
    {
      command++;
      if (command->name)
        return command;
      while (group < G_N_ELEMENTS (groups))
        {
          const InfCommand *end = groups[group++];
          while (end->name)
            end++;
          if (end == command)
            break;
        }
    }
  for (; group < G_N_ELEMENTS (groups); group++)
    if (groups[group]->name)
      return groups[group];
  return NULL;
}

static const InfCommand *
find_by_name (const char *name)
{
  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    if (g_str_equal (command->name, name))
      return command;
  return NULL;
}

/**
 * inf_command_find:
 * @words: (array zero-terminated=1): what was written after `infinity`
 * @ret_n_words: (out): how many of them are the command's name
 *
 * Returns: (nullable): the command with the longest name that @words begin with
 */
const InfCommand *
inf_command_find (char **words, guint *ret_n_words)
{
  const InfCommand *command = NULL;

  if (!words[0])
    return NULL;
  if (words[1])
    {
      g_autofree char *name = g_strconcat (words[0], " ", words[1], NULL);
      command = find_by_name (name);
      *ret_n_words = 2;
    }
  if (!command)
    {
      command = find_by_name (words[0]);
      *ret_n_words = 1;
    }
  return command;
}

/**
 * inf_command_is_group:
 * @word: a word
 *
 * Returns: whether some command's name has two words, of which @word is the first
 */
gboolean
inf_command_is_group (const char *word)
{
  gsize length = strlen (word);

  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    if (strncmp (command->name, word, length) == 0 && command->name[length] == ' ')
      return TRUE;
  return FALSE;
}

static GOptionContext *
make_context (const InfCommand *command)
{
  g_autofree char *name = g_strconcat ("infinity ", command->name, NULL);
  GOptionContext *context = g_option_context_new (command->arguments);

  g_set_prgname (name);
  g_option_context_set_summary (context, command->summary);
  g_option_context_set_description (context, command->details);
  g_option_context_set_strict_posix (context, command->is_strict);
  if (command->options)
    g_option_context_add_main_entries (context, command->options, NULL);
  return context;
}

/**
 * inf_command_get_help:
 * @command: a command
 *
 * Returns: (transfer full): what `infinity COMMAND --help` prints
 */
char *
inf_command_get_help (const InfCommand *command)
{
  g_autoptr (GOptionContext) context = make_context (command);

  return g_option_context_get_help (context, TRUE, NULL);
}

static gboolean
check_arguments (const InfCommand *command, char **arguments, GError **error)
{
  guint n_arguments = g_strv_length (arguments);

  if (n_arguments < command->min_arguments)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "something is missing: %s %s",
                   g_get_prgname (), command->arguments);
      return FALSE;
    }
  if (n_arguments > command->max_arguments)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "“%s” is one argument too many",
                   arguments[command->max_arguments]);
      return FALSE;
    }
  return TRUE;
}

static int
report (const GError *error)
{
  g_autoptr (GError) plain = g_error_copy (error);
  InfExit status = inf_exit_from_error (error);

  g_dbus_error_strip_remote_error (plain);
  inf_terminal_message ("infinity: %s", plain->message);
  if (status == INF_EXIT_USAGE)
    inf_terminal_message ("Try “%s --help”.", g_get_prgname ());
  return status;
}

/* A full disk or a closed pipe shows when what is still buffered is written. */
static int
close_output (int status)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  inf_terminal_message ("infinity: the output can't be written");
  return status == INF_EXIT_SUCCESS ? INF_EXIT_FAILURE : status;
}

/**
 * inf_command_run:
 * @command: a command
 * @argc: the length of @argv
 * @argv: the command's last word and what was written after it
 *
 * Returns: the exit status
 */
int
inf_command_run (const InfCommand *command, int argc, char **argv)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  int status = INF_EXIT_USAGE;

  if (command->main)
    return command->main (argc, argv);

  context = make_context (command);
  words = g_new0 (char *, argc + 1);
  for (int i = 0; i < argc; i++)
    words[i] = g_strdup (argv[i]);
  if (g_option_context_parse_strv (context, &words, &error)
      && check_arguments (command, words + 1, &error))
    status = command->run (words + 1, &error);
  if (error)
    status = report (error);
  return close_output (status);
}

static gboolean
check_text (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      {
        inf_terminal_message ("infinity: argument %d, “%s”, is no UTF-8 text", i, argv[i]);
        return FALSE;
      }
  return TRUE;
}

static int
refuse_command (const char *word)
{
  if (inf_command_is_group (word))
    {
      inf_terminal_message ("infinity: “%s” is the beginning of several commands:", word);
      for (const InfCommand *command = inf_command_next (NULL); command;
           command = inf_command_next (command))
        if (g_str_has_prefix (command->name, word) && command->name[strlen (word)] == ' ')
          inf_terminal_message ("  %-18s %s", command->name, command->summary);
    }
  else
    inf_terminal_message ("infinity: no command “%s”; “infinity help” lists them", word);
  return INF_EXIT_USAGE;
}

/* What may be written instead of a command: no words, or an option that asks for one. */
static const char *
command_for_option (const char *word)
{
  if (!word)
    return "status";
  if (g_str_equal (word, "--help") || g_str_equal (word, "-h"))
    return "help";
  if (g_str_equal (word, "--version"))
    return "version";
  return word[0] == '-' ? "status" : NULL;
}

/**
 * inf_cli_main:
 * @argc: the length of @argv
 * @argv: the program's arguments
 *
 * Runs `infinity`.
 *
 * Returns: the exit status
 */
int
inf_cli_main (int argc, char **argv)
{
  const InfCommand *command;
  const char *implied;
  guint n_words;

  setlocale (LC_ALL, "");
  g_set_prgname ("infinity");
  if (!check_text (argc, argv))
    return INF_EXIT_USAGE;

  implied = command_for_option (argc > 1 ? argv[1] : NULL);
  if (implied)
    {
      gboolean is_replaced = !g_str_equal (implied, "status");
      return inf_command_run (find_by_name (implied), argc - is_replaced, argv + is_replaced);
    }
  command = inf_command_find (argv + 1, &n_words);
  if (!command && argc > 2 && inf_command_is_group (argv[1])
      && (g_str_equal (argv[2], "--help") || g_str_equal (argv[2], "-h")))
    {
      char *words[] = { (char *)"help", argv[1], NULL };
      return inf_command_run (find_by_name ("help"), 2, words);
    }
  if (!command)
    return refuse_command (argv[1]);
  return inf_command_run (command, argc - (int)n_words, argv + n_words);
}
