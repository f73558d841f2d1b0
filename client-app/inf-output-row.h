#pragma once

#include "client-app/inf-output-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_OUTPUT_ROW (inf_output_row_get_type ())

G_DECLARE_FINAL_TYPE (InfOutputRow, inf_output_row, INF, OUTPUT_ROW, GtkBox)

GtkWidget *inf_output_row_new (void);

void inf_output_row_set_item (InfOutputRow *self, InfOutputItem *item);

G_END_DECLS
