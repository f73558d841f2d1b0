#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_SPINNER (inf_spinner_get_type ())
G_DECLARE_FINAL_TYPE (InfSpinner, inf_spinner, INF, SPINNER, GtkWidget)

GtkWidget *inf_spinner_new (void);

G_END_DECLS
