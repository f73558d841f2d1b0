#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *inf_help_show (GtkWindow *parent, const char *resource);

G_END_DECLS
