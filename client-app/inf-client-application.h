#pragma once

#include "client-app/inf-client-model.h"
#include "widgets/inf-application.h"

G_BEGIN_DECLS

#define INF_CLIENT_APPLICATION_ID "org.infinitygrid.Client"
#define INF_TYPE_CLIENT_APPLICATION (inf_client_application_get_type ())

G_DECLARE_FINAL_TYPE (InfClientApplication, inf_client_application, INF, CLIENT_APPLICATION,
                      InfApplication)

InfClientApplication *inf_client_application_new (void);

G_END_DECLS
