#pragma once

#include "client-app/inf-transfer-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_TRANSFER_ROW (inf_transfer_row_get_type ())

G_DECLARE_FINAL_TYPE (InfTransferRow, inf_transfer_row, INF, TRANSFER_ROW, GtkListBoxRow)

GtkWidget *inf_transfer_row_new (InfTransferItem *item);

G_END_DECLS
