#include "host-app/inf-lease-log.h"

#include "widgets/inf-log-view.h"

#include <glib/gi18n.h>

#define INTERVAL_S 1
#define HEIGHT_PX 260

/**
 * InfLeaseLog:
 *
 * What the programs of a job print on this computer, followed while it is seen and the job runs.
 *
 *   read ──(something)──▶ read ──(nothing)──▶ a second ──▶ read
 *                          └──(nothing, and the job has ended; an error)──▶ done
 */
struct _InfLeaseLog
{
  AdwBin parent_instance;

  InfService *service;
  InfLeaseItem *item;
  GCancellable *cancellable; /* while it is seen */
  guint timeout_id;
  guint64 offset;
  guint64 skipped_bytes;
  gboolean is_done;
  InfLogView *view;
};

G_DEFINE_FINAL_TYPE (InfLeaseLog, inf_lease_log, ADW_TYPE_BIN)

static void read_on (InfLeaseLog *self);

static gboolean
on_interval (gpointer user_data)
{
  InfLeaseLog *self = user_data;

  self->timeout_id = 0;
  read_on (self);
  return G_SOURCE_REMOVE;
}

static void
stop_with (InfLeaseLog *self, GError *error)
{
  self->is_done = TRUE;
  g_dbus_error_strip_remote_error (error);
  /* the log goes with the lease: what was read of it stays */
  if (!inf_lease_item_is_closed (self->item))
    inf_log_view_set_problem (self->view, error->message);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) data = NULL;
  InfLeaseLog *self;
  guint64 start = 0;
  gsize size_bytes = 0;
  const guint8 *bytes;

  inf_dbus_host1_call_read_lease_log_finish (INF_DBUS_HOST1 (source), &start, &data, result,
                                             &error);
  /* cancelled: it may be gone */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  inf_log_view_set_loading (self->view, FALSE);
  if (error)
    {
      stop_with (self, error);
      return;
    }
  if (start > self->offset)
    self->skipped_bytes += start - self->offset;
  inf_log_view_set_skipped (self->view, self->skipped_bytes);
  bytes = g_variant_get_fixed_array (data, &size_bytes, 1);
  self->offset = MAX (self->offset, start) + size_bytes;
  if (size_bytes)
    {
      inf_log_view_append (self->view, bytes, size_bytes);
      read_on (self);
      return;
    }
  self->is_done = inf_lease_item_is_closed (self->item);
  if (!self->is_done)
    self->timeout_id = g_timeout_add_seconds (INTERVAL_S, on_interval, self);
}

static void
read_on (InfLeaseLog *self)
{
  InfDBusHost1 *host = inf_service_get_host (self->service);

  if (host && !self->is_done)
    inf_dbus_host1_call_read_lease_log (host, inf_lease_item_get_id (self->item), self->offset,
                                        self->cancellable, on_read, self);
}

static void
stop (InfLeaseLog *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
inf_lease_log_map (GtkWidget *widget)
{
  InfLeaseLog *self = INF_LEASE_LOG (widget);

  GTK_WIDGET_CLASS (inf_lease_log_parent_class)->map (widget);
  stop (self);
  self->cancellable = g_cancellable_new ();
  read_on (self);
}

static void
inf_lease_log_unmap (GtkWidget *widget)
{
  stop (INF_LEASE_LOG (widget));
  GTK_WIDGET_CLASS (inf_lease_log_parent_class)->unmap (widget);
}

static void
inf_lease_log_dispose (GObject *object)
{
  InfLeaseLog *self = INF_LEASE_LOG (object);

  stop (self);
  g_clear_object (&self->service);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (inf_lease_log_parent_class)->dispose (object);
}

static void
inf_lease_log_class_init (InfLeaseLogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_lease_log_dispose;
  widget_class->map = inf_lease_log_map;
  widget_class->unmap = inf_lease_log_unmap;
}

static void
inf_lease_log_init (InfLeaseLog *self)
{
  GtkWidget *view = inf_log_view_new ();

  self->view = INF_LOG_VIEW (view);
  inf_log_view_set_empty (self->view, _ ("Nothing Printed Yet"), NULL);
  inf_log_view_set_loading (self->view, TRUE);
  gtk_widget_set_size_request (view, -1, HEIGHT_PX);
  gtk_widget_set_overflow (view, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (view, "card");
  adw_bin_set_child (ADW_BIN (self), view);
}

/**
 * inf_lease_log_new:
 * @service: the connection to infinityd
 * @item: the job
 *
 * Returns: (transfer floating): what it prints
 */
GtkWidget *
inf_lease_log_new (InfService *service, InfLeaseItem *item)
{
  InfLeaseLog *self = g_object_new (INF_TYPE_LEASE_LOG, NULL);

  self->service = g_object_ref (service);
  self->item = g_object_ref (item);
  return GTK_WIDGET (self);
}
