#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * InfCellText:
 * @item: what a list holds; it emits "changed"
 *
 * Returns: (transfer full): what a cell says of it
 */
typedef char *(*InfCellText) (gpointer item);

GtkColumnViewColumn *inf_cell_add_column (GtkColumnView *view, const char *title, InfCellText text,
                                          GCompareDataFunc compare);
GtkColumnViewColumn *inf_cell_add_number (GtkColumnView *view, const char *title, InfCellText text,
                                          GCompareDataFunc compare);

G_END_DECLS
