#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_row_text_make (const guint8 *bytes, gsize n_bytes);

G_END_DECLS
