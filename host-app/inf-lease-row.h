#pragma once

#include "host-app/inf-lease-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_LEASE_ROW (inf_lease_row_get_type ())

G_DECLARE_FINAL_TYPE (InfLeaseRow, inf_lease_row, INF, LEASE_ROW, AdwActionRow)

GtkWidget *inf_lease_row_new (InfLeaseItem *item);

char *inf_lease_row_describe (InfLeaseItem *item);
void inf_lease_row_append_usage (GString *text, InfLeaseItem *item);

G_END_DECLS
