#include "cli/inf-job-watch.h"

#include "cli/inf-job-log.h"
#include "cli/inf-log-output.h"
#include "cli/inf-progress.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

/* Follows one job until it has reached its final state, and, where its log is copied, until the
 * log is read to its end.
 *
 *   new ── submit ──▶ submitting ──▶ known ── final state ──▶ draining ── log read ──▶ over
 *    └───── attach ───────────────────┘└──── final state, no log ──────────────────────▶ over
 *
 * A signal while submitting or known asks infinityd to cancel, and the wait goes on: for
 * CANCEL_TIMEOUT_S at most until the program is stopped, then for SETTLE_TIMEOUT_S at most until
 * the outputs so far are here and the leases closed, and never beyond the second signal. A lost
 * connection is the end in every state. */

#define CANCEL_TIMEOUT_S 15
#define SETTLE_TIMEOUT_S 30

struct _InfJobWatch
{
  InfClient *client; /* not owned */
  InfDBusJobs1 *jobs;
  InfJobWatchFlags flags;
  GCancellable *cancellable;
  guint n_pending;

  char *id;
  GVariant *job;
  gboolean is_final;
  gboolean is_over;
  GError *error;

  InfProgress *progress;
  InfLogOutput *output;
  guint64 log_offset;
  guint64 log_size;
  gboolean is_reading;
  gboolean was_final_when_asked;
  gboolean is_drained;

  int signal; /* the first one that came, 0 before */
  gboolean is_cancel_sent;
  guint signal_sources[3];
  guint timeout_source;
  gulong handlers[2];
  gulong closed_handler;
};

static void read_log (InfJobWatch *watch);

/* Ends the wait; the first reason counts. */
static void
end (InfJobWatch *watch, GError *error)
{
  if (error && !watch->error && !watch->is_over)
    watch->error = error;
  else
    g_clear_error (&error);
  watch->is_over = TRUE;
}

static void
check_over (InfJobWatch *watch)
{
  if (!watch->is_final)
    return;
  if (watch->output && !watch->is_drained)
    read_log (watch);
  else
    end (watch, NULL);
}

static gboolean
is_final_state (GVariant *job)
{
  const char *state = "";

  g_variant_lookup (job, "state", "&s", &state);
  return g_str_equal (state, "done") || g_str_equal (state, "failed")
         || g_str_equal (state, "cancelled");
}

static void
show_progress (InfJobWatch *watch)
{
  if (watch->progress && !watch->is_final
      && (!watch->output || inf_log_output_is_at_line_start (watch->output)))
    inf_progress_show (watch->progress);
}

static void
take_job (InfJobWatch *watch, GVariant *job)
{
  guint64 log_bytes = 0;

  /* What was on its way before a newer answer says nothing new. */
  if (watch->is_final)
    return;
  g_variant_ref (job);
  g_clear_pointer (&watch->job, g_variant_unref);
  watch->job = job;
  watch->is_final = is_final_state (job);
  g_variant_lookup (job, "log-bytes", "t", &log_bytes);
  watch->log_size = MAX (watch->log_size, log_bytes);
  /* the end is told by whoever waits for it */
  if (watch->progress && !watch->is_final)
    {
      inf_progress_update (watch->progress, job);
      show_progress (watch);
    }
  read_log (watch);
  check_over (watch);
}

static void
on_job_changed (InfDBusJobs1 *jobs, const char *id, GVariant *info, gpointer user_data)
{
  InfJobWatch *watch = user_data;

  if (g_strcmp0 (id, watch->id) == 0)
    take_job (watch, info);
}

static void
on_log_grew (InfDBusJobs1 *jobs, const char *id, guint64 size_bytes, gpointer user_data)
{
  InfJobWatch *watch = user_data;

  if (g_strcmp0 (id, watch->id) != 0)
    return;
  watch->log_size = MAX (watch->log_size, size_bytes);
  read_log (watch);
}

static void
on_closed (GDBusConnection *connection, gboolean peer_vanished, GError *error, gpointer user_data)
{
  InfJobWatch *watch = user_data;

  end (watch, watch->id ? g_error_new (INF_ERROR, INF_ERROR_UNREACHABLE,
                                       "infinityd ended while the job was under way; “infinity "
                                       "job wait %s” starts it and goes on",
                                       watch->id)
                        : g_error_new_literal (INF_ERROR, INF_ERROR_UNREACHABLE,
                                               "infinityd ended before it took the job"));
}

/* A call that was cancelled in inf_job_watch_free() is of no interest any more. */
static void
end_with_call_error (InfJobWatch *watch, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_error_free (error);
  else
    end (watch, error);
}

static void send_cancel (InfJobWatch *watch);

static gboolean
write_log (InfJobWatch *watch, GBytes *bytes, GError **error)
{
  gboolean is_written;

  if (watch->progress)
    inf_progress_hide (watch->progress);
  watch->log_offset += g_bytes_get_size (bytes);
  is_written = inf_log_output_write (watch->output, bytes, error);
  show_progress (watch);
  return is_written;
}

/* Whoever read the output has gone: as with every program in a pipe, that is the end of the work.
 */
static void
give_up_output (InfJobWatch *watch, GError *error)
{
  if (!(watch->flags & INF_JOB_WATCH_CANCEL))
    {
      end (watch, error);
      return;
    }
  if (watch->error)
    g_error_free (error);
  else
    watch->error = error;
  watch->is_drained = TRUE;
  send_cancel (watch);
}

static void
on_log_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobWatch *watch = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = inf_job_log_read_finish (watch->jobs, result, &error);

  watch->n_pending--;
  watch->is_reading = FALSE;
  if (!bytes)
    {
      end_with_call_error (watch, error);
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      /* asked for before the end, it only says that there was nothing more then */
      watch->log_size = watch->log_offset;
      watch->is_drained = watch->is_final && watch->was_final_when_asked;
    }
  else if (!write_log (watch, bytes, &error))
    give_up_output (watch, error);
  read_log (watch);
  check_over (watch);
}

static void
read_log (InfJobWatch *watch)
{
  if (!watch->output || !watch->id || watch->is_reading || watch->is_drained || watch->is_over)
    return;
  if (watch->log_offset >= watch->log_size && !watch->is_final)
    return;
  watch->is_reading = TRUE;
  watch->was_final_when_asked = watch->is_final;
  watch->n_pending++;
  inf_job_log_read_async (watch->jobs, watch->id, watch->log_offset, watch->cancellable,
                          on_log_read, watch);
}

static gboolean
on_cancel_timeout (gpointer user_data)
{
  InfJobWatch *watch = user_data;

  watch->timeout_source = 0;
  end (watch, g_error_new (INF_ERROR, INF_ERROR_TIMED_OUT,
                           "the job has been cancelled, and has not ended yet; “infinity job show "
                           "%s” tells more",
                           watch->id ? watch->id : ""));
  return G_SOURCE_REMOVE;
}

static void
set_timeout (InfJobWatch *watch, guint seconds)
{
  g_clear_handle_id (&watch->timeout_source, g_source_remove);
  watch->timeout_source = g_timeout_add_seconds (seconds, on_cancel_timeout, watch);
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobWatch *watch = user_data;
  g_autoptr (GError) error = NULL;

  watch->n_pending--;
  if (inf_dbus_jobs1_call_cancel_finish (watch->jobs, result, &error))
    set_timeout (watch, SETTLE_TIMEOUT_S);
  else if (!watch->is_final && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    end (watch, g_steal_pointer (&error));
}

static void
send_cancel (InfJobWatch *watch)
{
  if (watch->is_cancel_sent || !watch->id || watch->is_final)
    return;
  watch->is_cancel_sent = TRUE;
  watch->n_pending++;
  inf_dbus_jobs1_call_cancel (watch->jobs, watch->id, watch->cancellable, on_cancelled, watch);
  set_timeout (watch, CANCEL_TIMEOUT_S);
}

static gboolean
handle_signal (InfJobWatch *watch, int number)
{
  if (watch->signal)
    {
      end (watch,
           g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED, "left before the job had ended"));
      return G_SOURCE_CONTINUE;
    }
  watch->signal = number;
  if (!(watch->flags & INF_JOB_WATCH_CANCEL))
    {
      end (watch, NULL);
      return G_SOURCE_CONTINUE;
    }
  if (watch->progress)
    inf_progress_hide (watch->progress);
  inf_terminal_message ("Cancelling the job; a second Ctrl+C leaves at once.");
  set_timeout (watch, CANCEL_TIMEOUT_S);
  send_cancel (watch);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  return handle_signal (user_data, SIGINT);
}

static gboolean
on_terminate (gpointer user_data)
{
  return handle_signal (user_data, SIGTERM);
}

static gboolean
on_hang_up (gpointer user_data)
{
  return handle_signal (user_data, SIGHUP);
}

/**
 * inf_job_watch_new:
 * @client: a connection, which must outlive the watch
 * @flags: what to do besides waiting
 * @error: why there is no proxy for the jobs
 *
 * From here on SIGINT, SIGTERM and SIGHUP are the watch's.
 *
 * Returns: (transfer full) (nullable): a watch without a job yet
 */
InfJobWatch *
inf_job_watch_new (InfClient *client, InfJobWatchFlags flags, GError **error)
{
  InfDBusJobs1 *jobs = inf_client_get_jobs (client, error);
  InfJobWatch *watch;

  if (!jobs)
    return NULL;
  watch = g_new0 (InfJobWatch, 1);
  watch->client = client;
  watch->jobs = g_object_ref (jobs);
  watch->flags = flags;
  watch->cancellable = g_cancellable_new ();
  if (flags & INF_JOB_WATCH_PROGRESS)
    watch->progress = inf_progress_new ();
  if (flags & INF_JOB_WATCH_LOG)
    watch->output = inf_log_output_new (flags & INF_JOB_WATCH_LOG_TO_MESSAGES ? STDERR_FILENO
                                                                              : STDOUT_FILENO);
  watch->handlers[0] = g_signal_connect (jobs, "job-changed", G_CALLBACK (on_job_changed), watch);
  watch->handlers[1] = g_signal_connect (jobs, "log-grew", G_CALLBACK (on_log_grew), watch);
  watch->closed_handler = g_signal_connect (inf_client_get_connection (client), "closed",
                                            G_CALLBACK (on_closed), watch);
  watch->signal_sources[0] = g_unix_signal_add (SIGINT, on_interrupt, watch);
  watch->signal_sources[1] = g_unix_signal_add (SIGTERM, on_terminate, watch);
  watch->signal_sources[2] = g_unix_signal_add (SIGHUP, on_hang_up, watch);
  /* a job must not go on because the reader of its log has gone: see give_up_output() */
  signal (SIGPIPE, SIG_IGN);
  return watch;
}

void
inf_job_watch_free (InfJobWatch *watch)
{
  if (!watch)
    return;
  g_signal_handler_disconnect (watch->jobs, watch->handlers[0]);
  g_signal_handler_disconnect (watch->jobs, watch->handlers[1]);
  g_signal_handler_disconnect (inf_client_get_connection (watch->client), watch->closed_handler);
  for (guint i = 0; i < G_N_ELEMENTS (watch->signal_sources); i++)
    g_source_remove (watch->signal_sources[i]);
  g_clear_handle_id (&watch->timeout_source, g_source_remove);
  watch->is_over = TRUE;
  g_cancellable_cancel (watch->cancellable);
  while (watch->n_pending)
    g_main_context_iteration (NULL, TRUE);

  g_clear_pointer (&watch->progress, inf_progress_free);
  g_clear_pointer (&watch->output, inf_log_output_free);
  g_clear_pointer (&watch->job, g_variant_unref);
  g_clear_object (&watch->cancellable);
  g_clear_object (&watch->jobs);
  g_clear_error (&watch->error);
  g_free (watch->id);
  g_free (watch);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfJobWatch *watch = user_data;
  GError *error = NULL;

  watch->n_pending--;
  if (!inf_dbus_jobs1_call_submit_finish (watch->jobs, &watch->id, result, &error))
    end_with_call_error (watch, error);
}

static gboolean
report_error (InfJobWatch *watch, GError **error)
{
  if (watch->progress)
    inf_progress_hide (watch->progress);
  if (!watch->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&watch->error));
  return FALSE;
}

/**
 * inf_job_watch_submit:
 * @watch: a watch without a job
 * @spec: what Jobs1.Submit takes
 * @error: what infinityd says against it
 *
 * Submits a job and watches it. A signal that comes meanwhile cancels the job as soon as it has an
 * id.
 *
 * Returns: whether it is submitted
 */
gboolean
inf_job_watch_submit (InfJobWatch *watch, GVariant *spec, GError **error)
{
  watch->n_pending++;
  inf_dbus_jobs1_call_submit (watch->jobs, spec, watch->cancellable, on_submitted, watch);
  while (!watch->id && !watch->is_over)
    g_main_context_iteration (NULL, TRUE);
  if (!watch->id)
    {
      if (!watch->error)
        watch->error = g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED,
                                            "left before infinityd took the job");
      return report_error (watch, error);
    }
  return inf_job_watch_attach (watch, watch->id, error);
}

/**
 * inf_job_watch_attach:
 * @watch: a watch
 * @job: a job's name or the beginning of its id
 * @error: %INF_ERROR_NOT_FOUND
 *
 * Watches a job that there is already.
 *
 * Returns: whether there is such a job
 */
gboolean
inf_job_watch_attach (InfJobWatch *watch, const char *job, GError **error)
{
  g_autoptr (GVariant) info = NULL;
  char *id;

  if (!inf_dbus_jobs1_call_get_sync (watch->jobs, job, &info, NULL, error))
    return FALSE;
  if (!g_variant_lookup (info, "id", "s", &id))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "infinityd describes “%s” without an id",
                   job);
      return FALSE;
    }
  g_free (watch->id);
  watch->id = id;
  if (watch->signal)
    send_cancel (watch);
  /* what the log got before this connection is announced to nobody: ask at least once */
  watch->log_size = MAX (watch->log_size, 1);
  take_job (watch, info);
  return TRUE;
}

/**
 * inf_job_watch_wait:
 * @watch: a watch that has a job
 * @error: %INF_ERROR_UNREACHABLE when infinityd ended, %INF_ERROR_TIMED_OUT when a cancelled job
 *   did not end, %INF_ERROR_CANCELLED after the second signal, and whatever a call came back with
 *
 * Returns: (transfer full) (nullable): the job in its last known state: a final one, unless a
 * signal ended the wait. inf_job_watch_get_signal() tells that apart.
 */
GVariant *
inf_job_watch_wait (InfJobWatch *watch, GError **error)
{
  show_progress (watch);
  while (!watch->is_over)
    g_main_context_iteration (NULL, TRUE);
  if (watch->progress)
    inf_progress_hide (watch->progress);
  if (watch->output && watch->is_drained && !watch->error)
    inf_log_output_finish (watch->output, &watch->error);
  return report_error (watch, error) ? g_variant_ref (watch->job) : NULL;
}

/**
 * inf_job_watch_get_signal:
 * @watch: a watch
 *
 * Returns: the first signal that came, 0 for none
 */
int
inf_job_watch_get_signal (InfJobWatch *watch)
{
  return watch->signal;
}
