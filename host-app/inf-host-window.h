#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_WINDOW (inf_host_window_get_type ())

G_DECLARE_FINAL_TYPE (InfHostWindow, inf_host_window, INF, HOST_WINDOW, AdwApplicationWindow)

InfHostWindow *inf_host_window_new (GtkApplication *application, InfHostModel *model,
                                    GSettings *settings);

InfHostModel *inf_host_window_get_model (InfHostWindow *self);
const char *inf_host_window_get_page (InfHostWindow *self);

void inf_host_window_show_page (InfHostWindow *self, const char *name);
void inf_host_window_take_invite (InfHostWindow *self, const char *text);
void inf_host_window_say (InfHostWindow *self, const char *message);

G_END_DECLS
