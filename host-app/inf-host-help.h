#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *inf_host_help_show (GtkWindow *parent);

G_END_DECLS
