#pragma once

#include "cli/inf-exit.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_ANY_NUMBER G_MAXUINT

/**
 * InfWords:
 *
 * What the arguments of a command are, for the shell's completion.
 */
typedef enum
{
  INF_WORDS_NONE,
  INF_WORDS_PEERS,
  INF_WORDS_JOBS,
  INF_WORDS_LEASES,
  INF_WORDS_RESULTS,
  INF_WORDS_FILES,
  INF_WORDS_PROGRAMS,
  INF_WORDS_SHELLS,
  INF_WORDS_COMMANDS,
} InfWords;

/**
 * InfCommand:
 * @name: one or two words; %NULL ends an array of commands
 * @arguments: (nullable): what stands after the options, for people
 * @summary: one line
 * @details: (nullable): paragraphs below the options in its help
 * @options: (nullable) (array zero-terminated=1): its options
 * @min_arguments: the fewest arguments
 * @max_arguments: the most arguments
 * @is_strict: whether what follows the first argument is no option of ours, whatever it looks like
 * @words: what the arguments are
 * @run: does it; the arguments are %NULL-terminated and hold no options. Returns the exit status,
 *   which counts when @error is not set; an error is printed and gives its own status.
 * @main: (nullable): set instead of @run by a command that reads its own options; is given its
 *   name as `argv[0]`
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *details;
  const GOptionEntry *options;
  guint min_arguments;
  guint max_arguments;
  gboolean is_strict;
  InfWords words;
  int (*run) (char **arguments, GError **error);
  int (*main) (int argc, char **argv);
} InfCommand;

/* Every file of commands has an array of them, which inf-command.c lists. */
extern const InfCommand inf_commands_status[];
extern const InfCommand inf_commands_daemon[];
extern const InfCommand inf_commands_identity[];
extern const InfCommand inf_commands_grid[];
extern const InfCommand inf_commands_peers[];
extern const InfCommand inf_commands_away[];
extern const InfCommand inf_commands_host[];
extern const InfCommand inf_commands_sharing[];
extern const InfCommand inf_commands_run[];
extern const InfCommand inf_commands_tasks[];
extern const InfCommand inf_commands_jobs[];
extern const InfCommand inf_commands_results[];
extern const InfCommand inf_commands_files[];
extern const InfCommand inf_commands_credits[];
extern const InfCommand inf_commands_help[];

const InfCommand *inf_command_find (char **words, guint *ret_n_words);
const InfCommand *inf_command_next (const InfCommand *command);
gboolean inf_command_is_group (const char *word);

int inf_command_run (const InfCommand *command, int argc, char **argv);
char *inf_command_get_help (const InfCommand *command);

int inf_cli_main (int argc, char **argv);

G_END_DECLS
