#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void inf_accessible_follow_stack (GtkWidget *stack);
void inf_accessible_follow_revealer (GtkWidget *revealer);
void inf_accessible_name_inner (GtkWidget *outer, GType type, const char *name);

G_END_DECLS
