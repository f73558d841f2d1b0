#pragma once

#include "client-app/inf-client-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_CLIENT_APPLICATION_ID "org.infinitygrid.Client"
#define INF_TYPE_CLIENT_APPLICATION (inf_client_application_get_type ())

G_DECLARE_FINAL_TYPE (InfClientApplication, inf_client_application, INF, CLIENT_APPLICATION,
                      AdwApplication)

InfClientApplication *inf_client_application_new (void);

InfClientModel *inf_client_application_get_model (InfClientApplication *self);
GSettings *inf_client_application_get_settings (InfClientApplication *self);

GtkWindow *inf_client_application_present (InfClientApplication *self);

G_END_DECLS
