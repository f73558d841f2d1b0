#pragma once

#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_SETTINGS_WINDOW (inf_settings_window_get_type ())

G_DECLARE_FINAL_TYPE (InfSettingsWindow, inf_settings_window, INF, SETTINGS_WINDOW, AdwWindow)

InfSettingsWindow *inf_settings_window_new (GtkWindow *parent, InfService *service);

void inf_settings_window_add (InfSettingsWindow *self, AdwPreferencesGroup *group);
void inf_settings_window_show (InfSettingsWindow *self);
void inf_settings_window_say (InfSettingsWindow *self, const char *message);

G_END_DECLS
