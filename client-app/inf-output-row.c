#include "client-app/inf-output-row.h"

#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/**
 * InfOutputRow:
 *
 * A file that a job left behind, in one row: its name, size, host, whether it is verified, and a
 * button that saves it ("result.save" with its name).
 */
struct _InfOutputRow
{
  GtkBox parent_instance;

  InfOutputItem *item;
  GtkLabel *name;
  GtkLabel *origin;
  GtkImage *icon;
  GtkLabel *mark;
  GtkWidget *save;
};

G_DEFINE_FINAL_TYPE (InfOutputRow, inf_output_row, GTK_TYPE_BOX)

static void
show_mark (InfOutputRow *self)
{
  InfOutputMark mark = inf_output_item_get_mark (self->item);
  const char *icon = inf_result_words_mark_icon (mark);
  const char *classes[] = { inf_result_words_mark_class (mark), NULL };
  g_autofree char *text = inf_result_words_mark (mark);

  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon != NULL);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
  gtk_label_set_text (self->mark, text);
}

static GtkWidget *
add_label (GtkBox *box, float xalign, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  if (css_class)
    {
      gtk_widget_add_css_class (label, css_class);
      gtk_widget_add_css_class (label, "caption");
    }
  gtk_box_append (box, label);
  return label;
}

static void
inf_output_row_dispose (GObject *object)
{
  inf_output_row_set_item (INF_OUTPUT_ROW (object), NULL);
  G_OBJECT_CLASS (inf_output_row_parent_class)->dispose (object);
}

static void
inf_output_row_class_init (InfOutputRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_output_row_dispose;
}

static void
inf_output_row_init (InfOutputRow *self)
{
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_set_hexpand (names, TRUE);
  gtk_widget_set_valign (names, GTK_ALIGN_CENTER);
  self->name = GTK_LABEL (add_label (GTK_BOX (names), 0, NULL));
  self->origin = GTK_LABEL (add_label (GTK_BOX (below), 0, "dim-label"));
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_box_append (GTK_BOX (below), GTK_WIDGET (self->icon));
  self->mark = GTK_LABEL (add_label (GTK_BOX (below), 0, "dim-label"));
  gtk_label_set_ellipsize (self->mark, PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (names), below);
  gtk_box_append (GTK_BOX (self), names);
  self->save = gtk_button_new_from_icon_name ("document-save-symbolic");
  gtk_widget_set_valign (self->save, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->save, "flat");
  gtk_box_append (GTK_BOX (self), self->save);
}

GtkWidget *
inf_output_row_new (void)
{
  return g_object_new (INF_TYPE_OUTPUT_ROW, NULL);
}

/* @item: (nullable): what it shows from now on */
void
inf_output_row_set_item (InfOutputRow *self, InfOutputItem *item)
{
  g_autofree char *size = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *save = NULL;

  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (!item)
    return;
  size = inf_phrase_size (inf_output_item_get_size (item));
  /* Translators: a file's size, and the computer that made it */
  origin = g_strdup_printf (_ ("%s from %s"), size, inf_output_item_get_host (item));
  /* Translators: %s is a file's name */
  save = g_strdup_printf (_ ("Save %s"), inf_output_item_get_name (item));
  gtk_label_set_text (self->name, inf_output_item_get_name (item));
  gtk_label_set_text (self->origin, origin);
  gtk_widget_set_tooltip_text (self->save, save);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save), GTK_ACCESSIBLE_PROPERTY_LABEL, save,
                                  -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->save), "s",
                                    inf_output_item_get_name (item));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->save), "result.save");
  g_signal_connect_swapped (item, "changed", G_CALLBACK (show_mark), self);
  show_mark (self);
}
