#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean inf_size_text_parse (const char *text, guint64 *ret_size_bytes);
char *inf_size_text_format (guint64 size_bytes);

G_END_DECLS
