#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_paths_state_dir (void);
char *inf_paths_socket (const char *state_dir);
char *inf_paths_helper (const char *program);
char *inf_paths_data (const char *name);

G_END_DECLS
