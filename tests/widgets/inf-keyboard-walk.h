#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void inf_keyboard_walk_check (GtkWidget *root, const char *screen);

G_END_DECLS
