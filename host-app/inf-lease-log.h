#pragma once

#include "host-app/inf-lease-item.h"
#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_LEASE_LOG (inf_lease_log_get_type ())

G_DECLARE_FINAL_TYPE (InfLeaseLog, inf_lease_log, INF, LEASE_LOG, AdwBin)

GtkWidget *inf_lease_log_new (InfService *service, InfLeaseItem *item);

G_END_DECLS
