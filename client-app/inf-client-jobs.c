#include "client-app/inf-client-jobs.h"

/**
 * InfClientJobs:
 *
 * The screen “Jobs”.
 */
struct _InfClientJobs
{
  AdwBin parent_instance;

  InfClientModel *model;
};

G_DEFINE_FINAL_TYPE (InfClientJobs, inf_client_jobs, ADW_TYPE_BIN)

static void
inf_client_jobs_dispose (GObject *object)
{
  InfClientJobs *self = INF_CLIENT_JOBS (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_client_jobs_parent_class)->dispose (object);
}

static void
inf_client_jobs_class_init (InfClientJobsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_jobs_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-jobs.ui");
}

static void
inf_client_jobs_init (InfClientJobs *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * inf_client_jobs_set_model:
 * @self: a page that has none yet
 * @model: what it shows
 * @settings: the app's own
 */
void
inf_client_jobs_set_model (InfClientJobs *self, InfClientModel *model, GSettings *settings)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
}

/**
 * inf_client_jobs_show_job:
 * @self: the page
 * @id: a job's whole id
 *
 * Opens the job's own page.
 */
void
inf_client_jobs_show_job (InfClientJobs *self, const char *id)
{
}

/* Shows the search, and puts the cursor there. */
void
inf_client_jobs_search (InfClientJobs *self)
{
}

/* What is beside is below from now on, or the other way round. */
void
inf_client_jobs_set_narrow (InfClientJobs *self, gboolean is_narrow)
{
}
