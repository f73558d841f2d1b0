#pragma once

#include "host-app/inf-host-model.h"
#include "widgets/inf-application.h"

G_BEGIN_DECLS

#define INF_HOST_APPLICATION_ID "org.infinitygrid.Host"
#define INF_TYPE_HOST_APPLICATION (inf_host_application_get_type ())

G_DECLARE_FINAL_TYPE (InfHostApplication, inf_host_application, INF, HOST_APPLICATION,
                      InfApplication)

InfHostApplication *inf_host_application_new (void);

InfHostModel *inf_host_application_get_model (InfHostApplication *self);

G_END_DECLS
