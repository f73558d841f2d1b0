#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_NAME_MAX_BYTES 63

gboolean inf_name_is_valid (const char *name);

G_END_DECLS
