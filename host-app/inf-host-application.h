#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_HOST_APPLICATION_ID "org.infinitygrid.Host"
#define INF_TYPE_HOST_APPLICATION (inf_host_application_get_type ())

G_DECLARE_FINAL_TYPE (InfHostApplication, inf_host_application, INF, HOST_APPLICATION,
                      AdwApplication)

InfHostApplication *inf_host_application_new (void);

InfHostModel *inf_host_application_get_model (InfHostApplication *self);
GSettings *inf_host_application_get_settings (InfHostApplication *self);

void inf_host_application_present (InfHostApplication *self);

G_END_DECLS
