#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean inf_terminal_is_output (void);
gboolean inf_terminal_is_messages (void);
gsize inf_terminal_get_width (int fd);
gboolean inf_terminal_wants_color (void);

void inf_terminal_print (const char *text);
void inf_terminal_message (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
