#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_ORTED_MAX_LENGTH_BYTES 16384
#define INF_ORTED_MAX_WORDS 256

/**
 * InfOrtedCommand:
 *
 * The command that `mpiexec` of Open MPI 4.1 gives to its remote shell to start `orted`, read
 * against the list of what it is known to send. What is not on the list is refused; nothing of it
 * ever reaches a shell.
 */
typedef struct _InfOrtedCommand InfOrtedCommand;

InfOrtedCommand *inf_orted_command_parse (const char *line, GError **error);
void inf_orted_command_free (InfOrtedCommand *command);

char **inf_orted_command_to_argv (InfOrtedCommand *command);
const char *inf_orted_command_get_param (InfOrtedCommand *command, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfOrtedCommand, inf_orted_command_free)

G_END_DECLS
