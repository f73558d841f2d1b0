#pragma once

#include "cli/inf-command.h"

G_BEGIN_DECLS

char **inf_completion_find (char **words);
char **inf_completion_get_options (const InfCommand *command);

G_END_DECLS
