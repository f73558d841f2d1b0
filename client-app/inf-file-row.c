#include "client-app/inf-file-row.h"

#include "client-app/inf-file-words.h"

#include <glib/gi18n.h>

/**
 * InfFileRow:
 *
 * A file that this node holds, in one row, and what can be done with it: the actions
 * "files.copy-hash", "files.save" and "files.remove" with its hash.
 */
struct _InfFileRow
{
  GtkBox parent_instance;

  InfFileItem *item;
  GtkLabel *name;
  GtkLabel *facts;
  GtkWidget *copy;
  GtkWidget *save;
  GtkWidget *remove;
};

G_DEFINE_FINAL_TYPE (InfFileRow, inf_file_row, GTK_TYPE_BOX)

/* @text: (transfer full) */
static void
name_button (GtkWidget *button, char *text)
{
  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_free (text);
}

static void
update (InfFileRow *self)
{
  const InfFileFacts *facts = inf_file_item_get_facts (self->item);
  g_autofree char *name = inf_file_words_name (facts->name, facts->sha256);
  g_autofree char *text = inf_file_words_facts (facts, g_get_real_time ());
  GtkWidget *buttons[] = { self->copy, self->save, self->remove };

  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->facts, text);
  /* Translators: %s is a file's name */
  name_button (self->copy, g_strdup_printf (_ ("Copy the hash of %s"), name));
  name_button (self->save, g_strdup_printf (_ ("Save %s"), name));
  /* Translators: %s is a file's name */
  name_button (self->remove, g_strdup_printf (_ ("Remove %s"), name));
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (buttons[i]), "s", facts->sha256);
}

static GtkWidget *
add_button (InfFileRow *self, const char *icon, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (self), button);
  return button;
}

static void
inf_file_row_dispose (GObject *object)
{
  inf_file_row_set_item (INF_FILE_ROW (object), NULL);
  G_OBJECT_CLASS (inf_file_row_parent_class)->dispose (object);
}

static void
inf_file_row_class_init (InfFileRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_file_row_dispose;
}

static void
inf_file_row_init (InfFileRow *self)
{
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->name = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->name, 0);
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
  self->facts = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->facts, 0);
  gtk_label_set_ellipsize (self->facts, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->facts), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->facts), "caption");
  gtk_widget_set_hexpand (names, TRUE);
  gtk_box_append (GTK_BOX (names), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (names), GTK_WIDGET (self->facts));
  gtk_box_append (GTK_BOX (self), names);
  self->copy = add_button (self, "edit-copy-symbolic", "files.copy-hash");
  self->save = add_button (self, "document-save-symbolic", "files.save");
  self->remove = add_button (self, "user-trash-symbolic", "files.remove");
}

GtkWidget *
inf_file_row_new (void)
{
  return g_object_new (INF_TYPE_FILE_ROW, NULL);
}

/* @item: (nullable): what it shows from now on */
void
inf_file_row_set_item (InfFileRow *self, InfFileItem *item)
{
  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (!item)
    return;
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
}
