#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *inf_client_settings_show (GtkWindow *parent, InfClientModel *model, GSettings *settings);

G_END_DECLS
