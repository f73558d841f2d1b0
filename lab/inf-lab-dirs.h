#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_lab_dirs_base (void);
char *inf_lab_dirs_lab (const char *name);
char *inf_lab_dirs_host (const char *lab_dir, const char *host);
int inf_lab_dirs_claim (const char *lab_dir, GError **error);
gboolean inf_lab_dirs_release (const char *lab_dir, int lock_fd, GError **error);
gboolean inf_lab_dirs_is_alive (const char *lab_dir);
char **inf_lab_dirs_list (GError **error);
void inf_lab_dirs_sweep (void);
gboolean inf_lab_dirs_remove_tree (const char *path, GError **error);
gboolean inf_lab_dirs_empty (const char *path, GError **error);

G_END_DECLS
