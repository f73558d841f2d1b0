#include "widgets/inf-log-window.h"

#include <glib/gi18n.h>
#include <string.h>

/* What is shown at most: a log of months has no end, and its beginning no reader. */
#define MAX_BYTES (256 * 1024)

/**
 * InfLogWindow:
 *
 * The end of a log file, which it follows as it grows, with search. Scrolled to the end, it stays
 * at the end.
 */
struct _InfLogWindow
{
  AdwWindow parent_instance;

  GFile *file;
  GFileMonitor *monitor;
  GCancellable *cancellable;
  gboolean is_reading;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkScrolledWindow *scrolled;
  GtkTextView *view;
  GtkSearchEntry *search;
};

G_DEFINE_FINAL_TYPE (InfLogWindow, inf_log_window, ADW_TYPE_WINDOW)

static gboolean
is_at_end (InfLogWindow *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         >= gtk_adjustment_get_upper (adjustment) - 1;
}

static void
scroll_to_end (InfLogWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_to_mark (self->view, gtk_text_buffer_get_insert (buffer), 0, TRUE, 0, 1);
}

static void
show_text (InfLogWindow *self, const char *contents, gsize size_bytes)
{
  gboolean stays_at_end = is_at_end (self);
  const char *begin = size_bytes > MAX_BYTES ? contents + size_bytes - MAX_BYTES : contents;
  g_autofree char *text = g_utf8_make_valid (begin, (gssize)(contents + size_bytes - begin));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
  gtk_stack_set_visible_child_name (self->stack, *text ? "log" : "empty");
  if (stays_at_end)
    scroll_to_end (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize size_bytes = 0;
  InfLogWindow *self;

  if (!g_file_load_contents_finish (G_FILE (source), result, &contents, &size_bytes, NULL, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  self->is_reading = FALSE;
  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    adw_status_page_set_description (self->empty, error->message);
  show_text (self, contents ? contents : "", size_bytes);
}

static void
read_log (InfLogWindow *self)
{
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  g_file_load_contents_async (self->file, self->cancellable, on_read, self);
}

static void
find (InfLogWindow *self, gboolean from_cursor)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  GtkTextIter at;
  GtkTextIter begin;
  GtkTextIter end;
  gboolean is_found;

  if (!*text)
    return;
  gtk_text_buffer_get_start_iter (buffer, &at);
  if (from_cursor)
    gtk_text_buffer_get_selection_bounds (buffer, NULL, &at);
  is_found = gtk_text_iter_forward_search (&at, text, GTK_TEXT_SEARCH_CASE_INSENSITIVE, &begin,
                                           &end, NULL);
  if (!is_found && from_cursor)
    {
      gtk_text_buffer_get_start_iter (buffer, &at);
      is_found = gtk_text_iter_forward_search (&at, text, GTK_TEXT_SEARCH_CASE_INSENSITIVE, &begin,
                                               &end, NULL);
    }
  if (is_found)
    {
      gtk_text_buffer_select_range (buffer, &begin, &end);
      gtk_text_view_scroll_to_iter (self->view, &begin, 0.1, FALSE, 0, 0);
      gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
    }
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
}

static void
on_search_changed (InfLogWindow *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  find (self, FALSE);
}

static void
on_next_match (InfLogWindow *self)
{
  find (self, TRUE);
}

static void
inf_log_window_dispose (GObject *object)
{
  InfLogWindow *self = INF_LOG_WINDOW (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->monitor)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (inf_log_window_parent_class)->dispose (object);
}

static void
inf_log_window_class_init (InfLogWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_log_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-log-window.ui");
  gtk_widget_class_bind_template_child (widget_class, InfLogWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, InfLogWindow, empty);
  gtk_widget_class_bind_template_child (widget_class, InfLogWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, InfLogWindow, view);
  gtk_widget_class_bind_template_child (widget_class, InfLogWindow, search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_next_match);
}

static void
inf_log_window_init (InfLogWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/**
 * inf_log_window_show:
 * @parent: the window it is shown above
 * @title: whose log it is
 * @path: the file; it may not exist yet
 *
 * Shows the end of a log, and what is written from now on.
 */
void
inf_log_window_show (GtkWindow *parent, const char *title, const char *path)
{
  InfLogWindow *self
      = g_object_new (INF_TYPE_LOG_WINDOW, "transient-for", parent, "title", title, NULL);

  self->file = g_file_new_for_path (path);
  self->monitor = g_file_monitor_file (self->file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (read_log), self);
  read_log (self);
  gtk_window_present (GTK_WINDOW (self));
}
