#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *inf_secret_file_load (const char *state_dir, const char *name, GError **error);
gboolean inf_secret_file_save (const char *state_dir, const char *name, GBytes *bytes,
                               GError **error);

G_END_DECLS
