#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_SETTINGS (inf_host_settings_get_type ())

G_DECLARE_FINAL_TYPE (InfHostSettings, inf_host_settings, INF, HOST_SETTINGS, AdwWindow)

GtkWidget *inf_host_settings_show (GtkWindow *parent, InfHostModel *model, GSettings *settings);

G_END_DECLS
