#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean inf_tree_remove (const char *path, GError **error);

G_END_DECLS
