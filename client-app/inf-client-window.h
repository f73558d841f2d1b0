#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_WINDOW (inf_client_window_get_type ())

G_DECLARE_FINAL_TYPE (InfClientWindow, inf_client_window, INF, CLIENT_WINDOW, AdwApplicationWindow)

InfClientWindow *inf_client_window_new (GtkApplication *application, InfClientModel *model,
                                        GSettings *settings);

InfClientModel *inf_client_window_get_model (InfClientWindow *self);
const char *inf_client_window_get_page (InfClientWindow *self);

void inf_client_window_show_page (InfClientWindow *self, const char *name);
void inf_client_window_show_job (InfClientWindow *self, const char *id);
void inf_client_window_show_result (InfClientWindow *self, const char *name);
void inf_client_window_take_spec (InfClientWindow *self, GVariant *spec);
void inf_client_window_open_job_file (InfClientWindow *self, GFile *file);
void inf_client_window_take_invite (InfClientWindow *self, const char *text);
void inf_client_window_say (InfClientWindow *self, const char *message);

G_END_DECLS
