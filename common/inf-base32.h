#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_base32_encode (const guint8 *data, gsize size_bytes);
guint8 *inf_base32_decode (const char *text, gsize *ret_size_bytes);

G_END_DECLS
