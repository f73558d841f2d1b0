#include "widgets/inf-cell.h"

/* Cells of text that follow their item while they are seen, and cost nothing when they are not. */

static const char text_key[] = "inf-cell-text";

static void
update (GtkLabel *label, gpointer item)
{
  InfCellText get_text = g_object_get_data (G_OBJECT (label), text_key);
  g_autofree char *text = get_text (item);

  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean is_number = g_object_get_data (G_OBJECT (factory), "inf-cell-is-number") != NULL;

  gtk_label_set_xalign (GTK_LABEL (label), is_number ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (is_number)
    gtk_widget_add_css_class (label, "numeric");
  g_object_set_data (G_OBJECT (label), text_key, user_data);
  gtk_list_item_set_child (list_item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (list_item));
  gpointer item = gtk_list_item_get_item (list_item);

  g_signal_connect_object (item, "changed", G_CALLBACK (update), label, G_CONNECT_SWAPPED);
  update (label, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), update,
                                        gtk_list_item_get_child (list_item));
}

static GtkColumnViewColumn *
add_column (GtkColumnView *view, const char *title, InfCellText text, GCompareDataFunc compare,
            gboolean is_number)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_object_set_data (G_OBJECT (factory), "inf-cell-is-number", GINT_TO_POINTER (is_number));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), text);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  if (compare)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));
      gtk_column_view_column_set_sorter (column, sorter);
    }
  gtk_column_view_append_column (view, column);
  g_object_unref (column);
  return column;
}

static const char update_key[] = "inf-cell-update";

static void
update_widget (GtkWidget *cell, gpointer item)
{
  InfCellUpdate update_cell = g_object_get_data (G_OBJECT (cell), update_key);

  update_cell (cell, item);
}

static void
on_setup_widget (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  InfCellMake make = user_data;
  GtkWidget *cell = make ();

  g_object_set_data (G_OBJECT (cell), update_key,
                     g_object_get_data (G_OBJECT (factory), update_key));
  gtk_list_item_set_child (list_item, cell);
}

static void
on_bind_widget (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  gpointer item = gtk_list_item_get_item (list_item);

  g_signal_connect_object (item, "changed", G_CALLBACK (update_widget), cell, G_CONNECT_SWAPPED);
  update_widget (cell, item);
}

static void
on_unbind_widget (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), update_widget,
                                        gtk_list_item_get_child (list_item));
}

/**
 * inf_cell_add_widget:
 * @view: a list
 * @title: of the column
 * @make: makes one of its cells
 * @update_cell: fills it, and again whenever the item emits "changed"
 *
 * Returns: (transfer none): the column, which nothing sorts yet
 */
GtkColumnViewColumn *
inf_cell_add_widget (GtkColumnView *view, const char *title, InfCellMake make,
                     InfCellUpdate update_cell)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_object_set_data (G_OBJECT (factory), update_key, update_cell);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup_widget), make);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind_widget), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind_widget), NULL);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_append_column (view, column);
  return column;
}

/**
 * inf_cell_add_column:
 * @view: a list
 * @title: of the column
 * @text: what its cells say
 * @compare: (nullable): orders items when the column's title is pressed
 *
 * Returns: (transfer none): the column
 */
GtkColumnViewColumn *
inf_cell_add_column (GtkColumnView *view, const char *title, InfCellText text,
                     GCompareDataFunc compare)
{
  return add_column (view, title, text, compare, FALSE);
}

/* As inf_cell_add_column(), for numbers: at the right, with digits of one width. */
GtkColumnViewColumn *
inf_cell_add_number (GtkColumnView *view, const char *title, InfCellText text,
                     GCompareDataFunc compare)
{
  return add_column (view, title, text, compare, TRUE);
}
