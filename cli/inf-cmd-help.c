#include "cli/inf-command.h"
#include "cli/inf-completion.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

#include <string.h>

#include "config.h"

static void
append_list (GString *text, const char *group)
{
  for (const InfCommand *command = inf_command_next (NULL); command;
       command = inf_command_next (command))
    {
      gsize length = group ? strlen (group) : 0;
      if (!group
          || (strncmp (command->name, group, length) == 0
              && (command->name[length] == ' ' || command->name[length] == '\0')))
        g_string_append_printf (text, "  %-18s %s\n", command->name, command->summary);
    }
}

static void
print_overview (const char *group)
{
  g_autoptr (GString) text = g_string_new ("Usage:\n  infinity [COMMAND] [OPTION…]\n\n");

  if (!group)
    g_string_append (text, "A volunteer compute grid: lend idle machines, run MPI programs on "
                           "others'.\n\n");
  g_string_append (text, "Commands:\n");
  append_list (text, group);
  g_string_append (text, "\n“infinity help COMMAND” tells more about one of them.\n");
  inf_terminal_print (text->str);
}

static int
run_help (char **arguments, GError **error)
{
  const InfCommand *command;
  g_autofree char *text = NULL;
  guint n_words = 0;

  if (!arguments[0] || (!arguments[1] && inf_command_is_group (arguments[0])))
    {
      print_overview (arguments[0]);
      return INF_EXIT_SUCCESS;
    }
  command = inf_command_find (arguments, &n_words);
  if (!command || arguments[n_words])
    {
      g_autofree char *words = g_strjoinv (" ", arguments);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "no command “%s”", words);
      return INF_EXIT_USAGE;
    }
  if (command->main)
    {
      char *argv[] = { arguments[0], (char *)"--help", NULL };
      return command->main (2, argv);
    }
  text = inf_command_get_help (command);
  inf_terminal_print (text);
  return INF_EXIT_SUCCESS;
}

static int
run_version (char **arguments, GError **error)
{
  inf_terminal_print ("infinity " INF_VERSION "\n");
  return INF_EXIT_SUCCESS;
}

static const char bash_script[]
    = "# eval \"$(infinity completion bash)\"\n"
      "_infinity() {\n"
      "  local IFS=$'\\n'\n"
      "  COMPREPLY=($(infinity complete \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null))\n"
      "}\n"
      "complete -o default -F _infinity infinity\n";

static const char zsh_script[]
    = "#compdef infinity\n"
      "# eval \"$(infinity completion zsh)\"\n"
      "_infinity() {\n"
      "  local -a candidates\n"
      "  candidates=(${(f)\"$(infinity complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
      "  if (( ${#candidates} )); then\n"
      "    compadd -a candidates\n"
      "  else\n"
      "    _files\n"
      "  fi\n"
      "}\n"
      "if [ \"$funcstack[1]\" = _infinity ]; then _infinity \"$@\"; else compdef _infinity "
      "infinity; "
      "fi\n";

static const char fish_script[] = "# infinity completion fish | source\n"
                                  "function __infinity_complete\n"
                                  "  set -l words (commandline -opc) (commandline -ct)\n"
                                  "  infinity complete $words[2..-1] 2>/dev/null\n"
                                  "end\n"
                                  "complete -c infinity -a '(__infinity_complete)'\n";

static int
run_completion (char **arguments, GError **error)
{
  if (g_str_equal (arguments[0], "bash"))
    inf_terminal_print (bash_script);
  else if (g_str_equal (arguments[0], "zsh"))
    inf_terminal_print (zsh_script);
  else if (g_str_equal (arguments[0], "fish"))
    inf_terminal_print (fish_script);
  else
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "no completion for “%s”; there is one for bash, zsh and fish", arguments[0]);
      return INF_EXIT_USAGE;
    }
  return INF_EXIT_SUCCESS;
}

static int
complete_main (int argc, char **argv)
{
  g_auto (GStrv) candidates = inf_completion_find (argv + 1);

  for (guint i = 0; candidates[i]; i++)
    {
      inf_terminal_print (candidates[i]);
      inf_terminal_print ("\n");
    }
  return INF_EXIT_SUCCESS;
}

const InfCommand inf_commands_help[] = {
  { .name = "help",
    .arguments = "[COMMAND]",
    .summary = "List the commands, or explain one",
    .max_arguments = 2,
    .words = INF_WORDS_COMMANDS,
    .run = run_help },
  { .name = "version", .summary = "Print the version", .run = run_version },
  { .name = "completion",
    .arguments = "SHELL",
    .summary = "Print the script that completes commands in bash, zsh or fish",
    .min_arguments = 1,
    .max_arguments = 1,
    .words = INF_WORDS_SHELLS,
    .run = run_completion },
  { .name = "complete",
    .arguments = "WORD…",
    .summary = "Print what the last word may become; for those scripts",
    .max_arguments = INF_ANY_NUMBER,
    .main = complete_main },
  { NULL },
};
