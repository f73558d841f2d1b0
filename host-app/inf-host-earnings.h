#pragma once

#include "host-app/inf-host-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_EARNINGS (inf_host_earnings_get_type ())

G_DECLARE_FINAL_TYPE (InfHostEarnings, inf_host_earnings, INF, HOST_EARNINGS, AdwBin)

void inf_host_earnings_set_model (InfHostEarnings *self, InfHostModel *model);

G_END_DECLS
