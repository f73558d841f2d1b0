#include "widgets/inf-preview.h"

#include "widgets/inf-accessible.h"
#include "widgets/inf-file-rows.h"
#include "widgets/inf-phrases.h"
#include "widgets/inf-preview-load.h"

#include <glib/gi18n.h>

#define MIN_COLUMNS 20
#define MAX_COLUMNS 100
#define COLUMNS_STEP 10
/* beside the text of a row: its margins, the gap before it, the scroll bar */
#define MARGIN_PX 60

/**
 * InfPreview:
 *
 * What is in a file that a job left behind: text, numbers and pictures. A file of any size opens at
 * once, since only what is seen is read. Nothing in it is trusted.
 */
struct _InfPreview
{
  AdwBin parent_instance;

  char *directory;
  char *name;
  GCancellable *cancellable; /* while it loads */
  InfPreviewLoad *load;
  InfFileRows *rows;
  guint columns;
  guint fit_id;
  GtkStack *stack;
  GtkListView *view;
  GtkScrolledWindow *scrolled;
  GtkPicture *picture;
  AdwStatusPage *message;
  GtkWidget *foot;
  GtkLabel *summary;
  GtkWidget *changed;
  GtkWidget *places;
  GtkEntry *place;
};

G_DEFINE_FINAL_TYPE (InfPreview, inf_preview, ADW_TYPE_BIN)

/* Returns: how wide the number before a row is, 0 where there is none */
static int
count_place_digits (InfPreview *self)
{
  g_autofree char *last = NULL;

  if (!self->load || !inf_file_rows_are_unbroken (self->load->file, self->load->head))
    return 0;
  last = g_strdup_printf ("%'" G_GUINT64_FORMAT, inf_foreign_file_get_size (self->load->file));
  return (int)g_utf8_strlen (last, -1);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *place = gtk_label_new (NULL);
  GtkWidget *text = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (place), 1);
  gtk_widget_add_css_class (place, "dim-label");
  gtk_widget_add_css_class (place, "numeric");
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_single_line_mode (GTK_LABEL (text), TRUE);
  gtk_widget_add_css_class (text, "monospace");
  gtk_box_append (GTK_BOX (box), place);
  gtk_box_append (GTK_BOX (box), text);
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_child (list_item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  InfPreview *self = user_data;
  GtkWidget *place = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *text = gtk_widget_get_next_sibling (place);
  gboolean is_unbroken
      = self->rows && inf_file_rows_are_unbroken (self->load->file, self->load->head);
  g_autofree char *digits = NULL;

  gtk_label_set_text (GTK_LABEL (text),
                      gtk_string_object_get_string (gtk_list_item_get_item (list_item)));
  gtk_widget_set_visible (place, is_unbroken);
  gtk_label_set_width_chars (GTK_LABEL (place), count_place_digits (self));
  if (!is_unbroken)
    return;
  digits = g_strdup_printf ("%'" G_GUINT64_FORMAT,
                            (guint64)gtk_list_item_get_position (list_item) * self->columns + 1);
  gtk_label_set_text (GTK_LABEL (place), digits);
}

/* Returns: how many bytes fit beside each other, a round number */
static guint
count_columns (InfPreview *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->view), "0");
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int digit_px = 0;
  int room_px = gtk_widget_get_width (GTK_WIDGET (self)) - MARGIN_PX;
  int n_columns;

  pango_attr_list_insert (attributes, pango_attr_family_new ("monospace"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &digit_px, NULL);
  n_columns = room_px / MAX (digit_px, 1);
  n_columns -= count_place_digits (self);
  n_columns -= n_columns % COLUMNS_STEP;
  return (guint)CLAMP (n_columns, MIN_COLUMNS, MAX_COLUMNS);
}

static char *
describe_number (guint64 n_digits)
{
  g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, n_digits);

  /* Translators: how long a number in a file is; %s is written with digits */
  return g_strdup_printf (ngettext ("%s digit", "%s digits", (gulong)n_digits), number);
}

static char *
describe_lines (InfPreview *self)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  g_autofree char *number = g_strdup_printf ("%'u", n_rows);

  if (inf_file_rows_are_unbroken (self->load->file, self->load->head))
    return g_strdup (_ ("One long line"));
  if (!inf_file_rows_is_complete (self->rows))
    return g_strdup (_ ("Counting rows…"));
  if (inf_file_rows_is_full (self->rows))
    /* Translators: how much of a file is shown, which is longer */
    return g_strdup_printf (_ ("The first %s rows"), number);
  return g_strdup_printf (ngettext ("%s row", "%s rows", n_rows), number);
}

static char *
describe (InfPreview *self)
{
  if (self->load->picture)
    /* Translators: width and height of a picture in pixels */
    return g_strdup_printf (_ ("%d × %d pixels"), self->load->width, self->load->height);
  if (self->load->kind == INF_PREVIEW_NUMBER)
    return describe_number (self->load->n_digits);
  return self->rows ? describe_lines (self) : NULL;
}

static void
update_foot (InfPreview *self)
{
  guint64 size_bytes = self->load ? inf_foreign_file_get_size (self->load->file) : 0;
  g_autofree char *size = inf_phrase_size (size_bytes);
  g_autofree char *what = self->load ? describe (self) : NULL;
  g_autofree char *text = what ? g_strdup_printf ("%s · %s", what, size) : g_strdup (size);

  gtk_widget_set_visible (self->foot, self->load != NULL);
  gtk_label_set_text (self->summary, text);
  gtk_widget_set_visible (self->places, self->rows != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->place),
                          self->rows
                              && inf_file_rows_are_unbroken (self->load->file, self->load->head));
  gtk_widget_set_visible (self->changed,
                          self->load && inf_foreign_file_has_changed (self->load->file));
}

static void
show_message (InfPreview *self, const char *icon, const char *title, const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->message, icon);
  adw_status_page_set_title (self->message, title);
  adw_status_page_set_description (self->message, escaped);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

static void
show_rows (InfPreview *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  self->columns = count_columns (self);
  g_clear_object (&self->rows);
  self->rows = inf_file_rows_new (self->load->file, self->load->head, self->columns);
  g_signal_connect_object (self->rows, "complete", G_CALLBACK (update_foot), self,
                           G_CONNECT_SWAPPED);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->rows)));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  gtk_stack_set_visible_child_name (self->stack, "rows");
}

static void
show_picture (InfPreview *self)
{
  g_autoptr (GdkTexture) texture = NULL;
  /* Translators: what a picture is called for a screen reader: its file's name */
  g_autofree char *spoken = g_strdup_printf (_ ("Picture %s"), self->name);

  if (!self->load->picture)
    {
      show_message (self, "image-missing-symbolic", _ ("This Picture Can’t Be Shown"),
                    self->load->problem);
      return;
    }
  texture = gdk_texture_new_for_pixbuf (self->load->picture);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_picture_set_alternative_text (self->picture, spoken);
  gtk_stack_set_visible_child_name (self->stack, "picture");
}

static void
show_loaded (InfPreview *self)
{
  switch (self->load->kind)
    {
    case INF_PREVIEW_NUMBER:
    case INF_PREVIEW_TEXT:
      show_rows (self);
      break;
    case INF_PREVIEW_PICTURE:
      show_picture (self);
      break;
    case INF_PREVIEW_EMPTY:
      show_message (self, "text-x-generic-symbolic", _ ("Empty File"),
                    _ ("There is nothing in it."));
      break;
    case INF_PREVIEW_BINARY:
    default:
      show_message (self, "application-x-executable-symbolic", _ ("No Preview"),
                    _ ("This file is neither text nor a picture that can be shown here."));
    }
  update_foot (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  InfPreviewLoad *load = inf_preview_load_finish (result, &error);
  InfPreview *self;

  /* another file was chosen meanwhile, or the widget is gone */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  g_clear_object (&self->cancellable);
  self->load = load;
  if (load)
    show_loaded (self);
  else
    show_message (self, "dialog-warning-symbolic", _ ("Can’t Be Opened"), error->message);
}

static void
forget (InfPreview *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->load, inf_preview_load_free);
  if (self->view)
    {
      gtk_list_view_set_model (self->view, NULL);
      gtk_picture_set_paintable (self->picture, NULL);
      gtk_editable_set_text (GTK_EDITABLE (self->place), "");
    }
  g_clear_object (&self->rows);
}

static void
reload (InfPreview *self)
{
  forget (self);
  update_foot (self);
  self->cancellable = g_cancellable_new ();
  gtk_stack_set_visible_child_name (self->stack, "loading");
  inf_preview_load_async (self->directory, self->name, self->cancellable, on_loaded, self);
}

static void
scroll_to (InfPreview *self, guint row)
{
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", row);
}

static void
on_first (InfPreview *self)
{
  scroll_to (self, 0);
}

static void
on_last (InfPreview *self)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  if (n_rows)
    scroll_to (self, n_rows - 1);
}

/* What was typed is a place in the file, from 1, with whatever separates its digits. */
static void
on_place_activated (InfPreview *self)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  guint64 place = 0;

  for (const char *at = gtk_editable_get_text (GTK_EDITABLE (self->place)); *at; at++)
    if (g_ascii_isdigit (*at) && place < G_MAXUINT64 / 100)
      place = place * 10 + (guint64)(*at - '0');
  if (place && n_rows)
    scroll_to (self, (guint)MIN ((place - 1) / self->columns, n_rows - 1));
}

static void
on_scrolled (InfPreview *self)
{
  if (self->load && !gtk_widget_get_visible (self->changed))
    update_foot (self);
}

static gboolean
fit (gpointer user_data)
{
  InfPreview *self = user_data;

  self->fit_id = 0;
  if (self->rows && count_columns (self) != self->columns)
    {
      show_rows (self);
      update_foot (self);
    }
  return G_SOURCE_REMOVE;
}

/* What is shown can't be exchanged while its place is handed out. */
static void
on_width_changed (InfPreview *self)
{
  if (self->rows && !self->fit_id && count_columns (self) != self->columns)
    self->fit_id = g_idle_add (fit, self);
}

static void
inf_preview_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (inf_preview_parent_class)->css_changed (widget, change);
  /* larger text takes more room */
  on_width_changed (INF_PREVIEW (widget));
}

static void
inf_preview_dispose (GObject *object)
{
  InfPreview *self = INF_PREVIEW (object);

  g_clear_handle_id (&self->fit_id, g_source_remove);
  if (self->scrolled)
    {
      g_signal_handlers_disconnect_by_data (gtk_scrolled_window_get_vadjustment (self->scrolled),
                                            self);
      g_signal_handlers_disconnect_by_data (gtk_scrolled_window_get_hadjustment (self->scrolled),
                                            self);
    }
  forget (self);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->name, g_free);
  self->scrolled = NULL;
  self->view = NULL;
  G_OBJECT_CLASS (inf_preview_parent_class)->dispose (object);
}

static void
inf_preview_class_init (InfPreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_preview_dispose;
  widget_class->css_changed = inf_preview_css_changed;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, InfPreview, stack);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, view);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, scrolled);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, picture);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, message);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, foot);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, summary);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, changed);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, places);
  gtk_widget_class_bind_template_child (widget_class, InfPreview, place);
  gtk_widget_class_bind_template_callback (widget_class, reload);
  gtk_widget_class_bind_template_callback (widget_class, on_first);
  gtk_widget_class_bind_template_callback (widget_class, on_last);
  gtk_widget_class_bind_template_callback (widget_class, on_place_activated);
}

static void
inf_preview_init (InfPreview *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  gtk_list_view_set_factory (self->view, factory);
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (self->scrolled), "notify::value",
                            G_CALLBACK (on_scrolled), self);
  g_signal_connect_swapped (gtk_scrolled_window_get_hadjustment (self->scrolled),
                            "notify::page-size", G_CALLBACK (on_width_changed), self);
}

/* Returns: (transfer floating): a preview of nothing */
GtkWidget *
inf_preview_new (void)
{
  return g_object_new (INF_TYPE_PREVIEW, NULL);
}

/**
 * inf_preview_show_file:
 * @self: a preview
 * @directory: (type filename): where the file is
 * @name: its name below that, from whoever wrote it
 */
void
inf_preview_show_file (InfPreview *self, const char *directory, const char *name)
{
  if (g_strcmp0 (self->directory, directory) == 0 && g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->directory);
  g_free (self->name);
  self->directory = g_strdup (directory);
  self->name = g_strdup (name);
  reload (self);
}

/* Shows nothing any more. */
void
inf_preview_clear (InfPreview *self)
{
  forget (self);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->name, g_free);
  gtk_stack_set_visible_child_name (self->stack, "nothing");
  update_foot (self);
}
