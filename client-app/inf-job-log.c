#include "client-app/inf-job-log.h"

#include "common/inf-report-filter.h"
#include "widgets/inf-log-lines.h"

/* What Jobs1.ReadLog gives at most. */
#define READ_SIZE_BYTES 65536

/**
 * InfJobLog:
 *
 * Reads the log of one job from infinityd into a view, without what the program reported to it, and
 * what is added to it, as long as it is there. It is one run of infinityd that it follows; for the
 * next one a new reader begins anew.
 */
struct _InfJobLog
{
  InfDBusJobs1 *jobs;
  GCancellable *cancellable;
  char *job;
  InfLogView *view;    /* not owned */
  guint64 read_bytes;  /* how far the view has it */
  guint64 known_bytes; /* how long it is, as far as was told */
  gboolean is_reading;
  InfReportFilter filter;
  GByteArray *text;
};

static void read_on (InfJobLog *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) data = NULL;
  InfJobLog *self;
  const guint8 *bytes;
  gsize size_bytes;

  if (!inf_dbus_jobs1_call_read_log_finish (INF_DBUS_JOBS1 (source), &data, result, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  self->is_reading = FALSE;
  if (error)
    {
      g_dbus_error_strip_remote_error (error);
      inf_log_view_set_problem (self->view, error->message);
      return;
    }
  bytes = g_variant_get_fixed_array (data, &size_bytes, 1);
  g_byte_array_set_size (self->text, 0);
  inf_report_filter_feed (&self->filter, bytes, size_bytes, self->text);
  if (self->text->len)
    inf_log_view_append (self->view, self->text->data, self->text->len);
  self->read_bytes += size_bytes;
  /* a piece that is full may have another behind it */
  if (size_bytes > 0 && (size_bytes == READ_SIZE_BYTES || self->read_bytes < self->known_bytes))
    read_on (self);
  else
    inf_log_view_set_loading (self->view, FALSE);
}

static void
read_on (InfJobLog *self)
{
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  inf_dbus_jobs1_call_read_log (self->jobs, self->job, self->read_bytes, self->cancellable, on_read,
                                self);
}

static void
on_grew (InfDBusJobs1 *jobs, const char *id, guint64 size_bytes, gpointer user_data)
{
  InfJobLog *self = user_data;

  if (!g_str_equal (id, self->job))
    return;
  self->known_bytes = size_bytes;
  if (size_bytes > self->read_bytes)
    read_on (self);
}

/**
 * inf_job_log_new:
 * @service: a connection that is up
 * @job: the whole id of a job
 * @size_bytes: how long its log is, as far as is known; of a longer one than a view keeps, the
 *   beginning is not read
 * @view: what the log is put into, after it is emptied; it lives longer
 *
 * Returns: (transfer full): the reader; freed, it stops
 */
InfJobLog *
inf_job_log_new (InfService *service, const char *job, guint64 size_bytes, InfLogView *view)
{
  InfJobLog *self = g_new0 (InfJobLog, 1);

  self->jobs = g_object_ref (inf_service_get_jobs (service));
  self->cancellable = g_cancellable_new ();
  self->job = g_strdup (job);
  self->text = g_byte_array_new ();
  self->view = view;
  self->known_bytes = size_bytes;
  self->read_bytes = size_bytes > INF_LOG_MAX_BYTES ? size_bytes - INF_LOG_MAX_BYTES : 0;
  inf_log_view_clear (view);
  inf_log_view_set_problem (view, NULL);
  inf_log_view_set_skipped (view, self->read_bytes);
  inf_log_view_set_loading (view, TRUE);
  g_signal_connect (self->jobs, "log-grew", G_CALLBACK (on_grew), self);
  read_on (self);
  return self;
}

void
inf_job_log_free (InfJobLog *self)
{
  if (!self)
    return;
  g_cancellable_cancel (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->jobs, self);
  g_object_unref (self->cancellable);
  g_object_unref (self->jobs);
  g_byte_array_unref (self->text);
  g_free (self->job);
  g_free (self);
}
