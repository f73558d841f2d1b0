#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_UCREDITS_PER_CREDIT 1000000

char *inf_quantity_format_credits (gint64 ucredits);
char *inf_quantity_format_size (guint64 size_bytes);
char *inf_quantity_format_duration (gint64 duration_us);
char *inf_quantity_format_time (gint64 unix_us);

gboolean inf_quantity_parse_credits (const char *text, guint64 *ret_ucredits, GError **error);
gboolean inf_quantity_parse_size (const char *text, guint64 *ret_size_bytes, GError **error);
gboolean inf_quantity_parse_duration (const char *text, guint64 *ret_seconds, GError **error);

G_END_DECLS
