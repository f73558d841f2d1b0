#include "widgets/inf-log-window.h"

#include "widgets/inf-log-view.h"

#include <glib/gi18n.h>

#define READ_SIZE_BYTES (64 * 1024)

/**
 * InfLogWindow:
 *
 * A log file, which it follows as it grows, with search.
 */
struct _InfLogWindow
{
  AdwWindow parent_instance;

  GFile *file;
  GFileMonitor *monitor;
  GFileInputStream *stream;
  GCancellable *cancellable;
  gboolean is_reading;
  gboolean has_news; /* it changed while it was read */
  InfLogView *view;
};

G_DEFINE_FINAL_TYPE (InfLogWindow, inf_log_window, ADW_TYPE_WINDOW)

static void read_on (InfLogWindow *self);

static void
stop_reading (InfLogWindow *self, const GError *error)
{
  self->is_reading = FALSE;
  inf_log_view_set_loading (self->view, FALSE);
  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    inf_log_view_set_problem (self->view, error->message);
  if (self->has_news)
    read_on (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  InfLogWindow *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  if (!bytes || !g_bytes_get_size (bytes))
    {
      stop_reading (self, error);
      return;
    }
  inf_log_view_append (self->view, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (G_INPUT_STREAM (source), READ_SIZE_BYTES,
                                   G_PRIORITY_DEFAULT_IDLE, self->cancellable, on_read, self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GFileInputStream *stream = g_file_read_finish (G_FILE (source), result, &error);
  InfLogWindow *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  self->is_reading = FALSE;
  self->stream = stream;
  if (stream)
    read_on (self);
  else
    stop_reading (self, error);
}

/* To the end there is now. */
static void
read_on (InfLogWindow *self)
{
  self->has_news = self->is_reading;
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  if (self->stream)
    g_input_stream_read_bytes_async (G_INPUT_STREAM (self->stream), READ_SIZE_BYTES,
                                     G_PRIORITY_DEFAULT_IDLE, self->cancellable, on_read, self);
  else
    g_file_read_async (self->file, G_PRIORITY_DEFAULT, self->cancellable, on_opened, self);
}

static void
on_search_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  inf_log_view_search (INF_LOG_WINDOW (widget)->view);
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
  g_clear_object (&self->stream);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (inf_log_window_parent_class)->dispose (object);
}

static void
inf_log_window_class_init (InfLogWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_log_window_dispose;
  g_type_ensure (INF_TYPE_LOG_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-log-window.ui");
  gtk_widget_class_bind_template_child (widget_class, InfLogWindow, view);
  gtk_widget_class_install_action (widget_class, "log-window.search", NULL, on_search_action);
}

static void
inf_log_window_init (InfLogWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  inf_log_view_set_empty (self->view, _ ("Nothing Logged"),
                          _ ("What Infinity has to say of its work appears here."));
  inf_log_view_set_loading (self->view, TRUE);
}

/**
 * inf_log_window_show:
 * @parent: the window it is shown above
 * @title: whose log it is
 * @path: the file; it may not exist yet
 *
 * Shows a log, and what is written from now on.
 */
void
inf_log_window_show (GtkWindow *parent, const char *title, const char *path)
{
  InfLogWindow *self
      = g_object_new (INF_TYPE_LOG_WINDOW, "transient-for", parent, "title", title, NULL);

  self->file = g_file_new_for_path (path);
  self->monitor = g_file_monitor_file (self->file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (read_on), self);
  read_on (self);
  gtk_window_present (GTK_WINDOW (self));
}
