#pragma once

#include "host-app/inf-host-model.h"
#include "host-app/inf-lease-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_LEASE_WINDOW (inf_lease_window_get_type ())

G_DECLARE_FINAL_TYPE (InfLeaseWindow, inf_lease_window, INF, LEASE_WINDOW, AdwWindow)

GtkWidget *inf_lease_window_show (GtkWindow *parent, InfHostModel *model, InfLeaseItem *item);

G_END_DECLS
