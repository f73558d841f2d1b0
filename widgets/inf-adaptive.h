#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_ADAPTIVE (inf_adaptive_get_type ())

G_DECLARE_FINAL_TYPE (InfAdaptive, inf_adaptive, INF, ADAPTIVE, GtkWidget)

GtkWidget *inf_adaptive_get_child (InfAdaptive *self);
void inf_adaptive_set_child (InfAdaptive *self, GtkWidget *child);
gboolean inf_adaptive_is_narrow (InfAdaptive *self);

G_END_DECLS
