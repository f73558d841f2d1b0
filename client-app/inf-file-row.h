#pragma once

#include "client-app/inf-file-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_FILE_ROW (inf_file_row_get_type ())

G_DECLARE_FINAL_TYPE (InfFileRow, inf_file_row, INF, FILE_ROW, GtkBox)

GtkWidget *inf_file_row_new (void);

void inf_file_row_set_item (InfFileRow *self, InfFileItem *item);

G_END_DECLS
