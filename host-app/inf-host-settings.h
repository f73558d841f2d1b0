#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *inf_host_settings_show (GtkWindow *parent, InfHostModel *model, GSettings *settings);

G_END_DECLS
