#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_HOME (inf_host_home_get_type ())

G_DECLARE_FINAL_TYPE (InfHostHome, inf_host_home, INF, HOST_HOME, AdwBin)

void inf_host_home_set_model (InfHostHome *self, InfHostModel *model);

G_END_DECLS
