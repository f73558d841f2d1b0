#include "client-app/inf-transfer-row.h"

#include "client-app/inf-file-words.h"

#include <glib/gi18n.h>

/**
 * InfTransferRow:
 *
 * A file that is or was being fetched, or is being copied: how far it is, from whom, and Cancel
 * ("files.cancel" with its id).
 */
struct _InfTransferRow
{
  GtkListBoxRow parent_instance;

  InfTransferItem *item;
  GtkLabel *name;
  GtkLabel *state;
  GtkProgressBar *bar;
  GtkWidget *cancel;
};

G_DEFINE_FINAL_TYPE (InfTransferRow, inf_transfer_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (InfTransferRow *self)
{
  const InfTransferFacts *facts = inf_transfer_item_get_facts (self->item);
  g_autofree char *name = inf_file_words_name (facts->name, facts->sha256);
  g_autofree char *state = inf_file_words_transfer (facts, g_get_real_time ());
  g_autofree char *cancel = inf_file_words_cancel (facts);
  double fraction = inf_file_words_fraction (facts);
  gboolean is_active = inf_file_words_is_active (facts);

  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->state, state);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_active);
  gtk_progress_bar_set_show_text (self->bar, fraction >= 0);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->bar, fraction);
  else
    gtk_progress_bar_pulse (self->bar);
  gtk_widget_set_visible (self->cancel, is_active);
  gtk_widget_set_tooltip_text (self->cancel, cancel);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cancel, -1);
}

static void
inf_transfer_row_dispose (GObject *object)
{
  InfTransferRow *self = INF_TRANSFER_ROW (object);

  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (inf_transfer_row_parent_class)->dispose (object);
}

static void
inf_transfer_row_class_init (InfTransferRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_transfer_row_dispose;
}

static GtkLabel *
add_label (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
inf_transfer_row_init (InfTransferRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 6);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_hexpand (names, TRUE);
  self->name = add_label (names);
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copied so far"), -1);
  gtk_box_append (GTK_BOX (names), GTK_WIDGET (self->bar));
  self->state = add_label (names);
  gtk_label_set_wrap (self->state, TRUE);
  gtk_label_set_wrap_mode (self->state, PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (GTK_WIDGET (self->state), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->state), "caption");
  self->cancel = gtk_button_new_from_icon_name ("process-stop-symbolic");
  gtk_widget_set_valign (self->cancel, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->cancel, "flat");
  gtk_box_append (GTK_BOX (box), names);
  gtk_box_append (GTK_BOX (box), self->cancel);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
}

/* Returns: (transfer floating): a row that follows @item */
GtkWidget *
inf_transfer_row_new (InfTransferItem *item)
{
  InfTransferRow *self = g_object_new (INF_TYPE_TRANSFER_ROW, NULL);

  self->item = g_object_ref (item);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->cancel), "s",
                                    inf_transfer_item_get_facts (item)->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->cancel), "files.cancel");
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}
