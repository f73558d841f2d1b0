#pragma once

#include <glib.h>

G_BEGIN_DECLS

GVariant *inf_hours_text_parse (const char *text, GError **error);
char *inf_hours_text_format (GVariant *hours);

G_END_DECLS
