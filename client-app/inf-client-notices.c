#include "client-app/inf-client-notices.h"

#include "client-app/inf-job-words.h"

#include <glib/gi18n.h>

/**
 * InfClientNotices:
 *
 * Tells the desktop that a job has ended. Pressing it opens the job's results, or the job itself
 * where there are none. While one lasts, the application goes on without its window, so that there
 * is somebody to tell of it.
 */
struct _InfClientNotices
{
  GObject parent_instance;

  GApplication *application; /* not owned: it owns this */
  InfClientModel *model;
  GSettings *settings;
  gboolean is_holding;
};

G_DEFINE_FINAL_TYPE (InfClientNotices, inf_client_notices, G_TYPE_OBJECT)

static void
hold_while_jobs_last (InfClientNotices *self)
{
  gboolean wants = inf_job_list_get_n_active (inf_client_model_get_jobs (self->model)) > 0
                   && g_settings_get_boolean (self->settings, "notify-jobs");

  if (wants == self->is_holding)
    return;
  self->is_holding = wants;
  if (wants)
    g_application_hold (self->application);
  else
    g_application_release (self->application);
}

static char *
make_title (const InfJobFacts *facts)
{
  if (g_str_equal (facts->state, "done"))
    /* Translators: the name of a job */
    return g_strdup_printf (_ ("%s is done"), facts->name);
  /* Translators: the name of a job */
  return g_strdup_printf (_ ("%s has failed"), facts->name);
}

/* Who cancels a job knows that it ends. */
static void
on_job_ended (InfJobList *jobs, InfJobItem *job, gpointer user_data)
{
  InfClientNotices *self = user_data;
  const InfJobFacts *facts = inf_job_item_get_facts (job);
  gboolean has_result = *facts->result != '\0';
  g_autofree char *title = make_title (facts);
  g_autofree char *failure = inf_job_words_failure (facts);
  g_autofree char *notice_id = g_strconcat ("job-", facts->id, NULL);
  g_autoptr (GNotification) notice = g_notification_new (title);

  hold_while_jobs_last (self);
  if (!g_settings_get_boolean (self->settings, "notify-jobs")
      || g_str_equal (facts->state, "cancelled"))
    return;
  if (failure || *facts->summary)
    g_notification_set_body (notice, failure ? failure : facts->summary);
  g_notification_set_default_action_and_target (notice,
                                                has_result ? "app.show-result" : "app.show-job",
                                                "s", has_result ? facts->name : facts->id);
  g_application_send_notification (self->application, notice_id, notice);
}

static void
inf_client_notices_dispose (GObject *object)
{
  InfClientNotices *self = INF_CLIENT_NOTICES (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (inf_client_model_get_jobs (self->model), self);
  if (self->settings)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  if (self->is_holding)
    g_application_release (self->application);
  self->is_holding = FALSE;
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (inf_client_notices_parent_class)->dispose (object);
}

static void
inf_client_notices_class_init (InfClientNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_client_notices_dispose;
}

static void
inf_client_notices_init (InfClientNotices *self)
{
}

/**
 * inf_client_notices_new:
 * @application: what notifies; it outlives this
 * @model: whose jobs
 * @settings: what is wanted
 *
 * Returns: (transfer full): notifies as long as it lives
 */
InfClientNotices *
inf_client_notices_new (GApplication *application, InfClientModel *model, GSettings *settings)
{
  InfClientNotices *self = g_object_new (INF_TYPE_CLIENT_NOTICES, NULL);
  InfJobList *jobs = inf_client_model_get_jobs (model);

  self->application = application;
  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  g_signal_connect (jobs, "job-ended", G_CALLBACK (on_job_ended), self);
  g_signal_connect_swapped (jobs, "job-changed", G_CALLBACK (hold_while_jobs_last), self);
  g_signal_connect_swapped (jobs, "loaded", G_CALLBACK (hold_while_jobs_last), self);
  g_signal_connect_swapped (settings, "changed::notify-jobs", G_CALLBACK (hold_while_jobs_last),
                            self);
  hold_while_jobs_last (self);
  return self;
}
