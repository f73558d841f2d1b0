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

/* Returns: (transfer floating): what a column shows of an item that is not known yet */
typedef GtkWidget *(*InfCellMake) (void);
/* Has @cell, which an #InfCellMake made, show @item. */
typedef void (*InfCellUpdate) (GtkWidget *cell, gpointer item);

GtkColumnViewColumn *inf_cell_add_widget (GtkColumnView *view, const char *title, InfCellMake make,
                                          InfCellUpdate update_cell);
GtkColumnViewColumn *inf_cell_add_column (GtkColumnView *view, const char *title, InfCellText text,
                                          GCompareDataFunc compare);
GtkColumnViewColumn *inf_cell_add_number (GtkColumnView *view, const char *title, InfCellText text,
                                          GCompareDataFunc compare);

G_END_DECLS
