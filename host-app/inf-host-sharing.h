#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_SHARING (inf_host_sharing_get_type ())

G_DECLARE_FINAL_TYPE (InfHostSharing, inf_host_sharing, INF, HOST_SHARING, AdwBin)

void inf_host_sharing_set_model (InfHostSharing *self, InfHostModel *model);

G_END_DECLS
