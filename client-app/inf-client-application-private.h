#pragma once

#include "client-app/inf-client-application.h"

G_BEGIN_DECLS

void inf_client_application_add_actions (InfClientApplication *self);

G_END_DECLS
