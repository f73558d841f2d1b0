#pragma once

#include "host-app/inf-host-application.h"

G_BEGIN_DECLS

void inf_host_application_add_actions (InfHostApplication *self);

G_END_DECLS
