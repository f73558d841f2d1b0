#include "client-app/inf-job-actions.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* What can be done with a job, wherever it is shown. */

typedef struct
{
  GWeakRef origin; /* what was used: its window goes to where the job leads */
  InfClientModel *model;
  char *id;
} Request;

static Request *
request_new (GtkWidget *origin, InfClientModel *model, InfJobItem *item)
{
  Request *request = g_new0 (Request, 1);

  g_weak_ref_init (&request->origin, origin);
  request->model = g_object_ref (model);
  request->id = g_strdup (inf_job_item_get_id (item));
  return request;
}

static void
request_free (Request *request)
{
  g_weak_ref_clear (&request->origin);
  g_object_unref (request->model);
  g_free (request->id);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

/* Whether it can still be stopped. */
gboolean
inf_job_actions_can_cancel (InfJobItem *item)
{
  const InfJobFacts *facts = inf_job_item_get_facts (item);

  return !inf_job_facts_is_over (facts) && !g_str_equal (facts->state, "settling");
}

/* Whether it left something behind. */
gboolean
inf_job_actions_has_result (InfJobItem *item)
{
  return *inf_job_item_get_facts (item)->result != '\0';
}

static InfDBusJobs1 *
get_jobs (Request *request)
{
  return inf_service_get_jobs (inf_client_model_get_service (request->model));
}

/* Returns: whether @error is NULL; who used it is told otherwise */
static gboolean
check (Request *request, GError *error)
{
  if (error)
    inf_client_model_report (request->model, error);
  return !error;
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientModel) model = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_dbus_jobs1_call_cancel_finish (INF_DBUS_JOBS1 (source), result, &error))
    inf_client_model_report (model, error);
}

static void
on_answer (AdwMessageDialog *dialog, const char *answer, gpointer user_data)
{
  Request *request = user_data;
  InfDBusJobs1 *jobs = get_jobs (request);

  if (g_str_equal (answer, "cancel-job") && jobs)
    inf_dbus_jobs1_call_cancel (jobs, request->id,
                                inf_client_model_get_cancellable (request->model), on_cancelled,
                                g_object_ref (request->model));
}

static void
on_dialog_gone (gpointer data, GClosure *closure)
{
  request_free (data);
}

/**
 * inf_job_actions_cancel:
 * @origin: what was used
 * @model: whose job it is
 * @item: a job that is not over
 *
 * Asks, and then stops the job on all its hosts.
 */
void
inf_job_actions_cancel (GtkWidget *origin, InfClientModel *model, InfJobItem *item)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (origin));
  GtkWidget *dialog = adw_message_dialog_new (window, NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Cancel “%s”?"),
                                     inf_job_item_get_facts (item)->name);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _ ("It is stopped on all hosts. What it has cost so far stays paid, "
                                  "and what it has written so far is kept."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("_Keep Running"),
                                    "cancel-job", _ ("_Cancel Job"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "cancel-job",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer),
                         request_new (origin, model, item), on_dialog_gone, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GtkWidget) origin = g_weak_ref_get (&request->origin);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  inf_dbus_jobs1_call_submit_finish (INF_DBUS_JOBS1 (source), &id, result, &error);
  if (check (request, error) && origin)
    gtk_widget_activate_action (origin, "win.show-job", "s", id);
}

static void
on_spec_to_submit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GVariant) spec = NULL;
  g_autoptr (GError) error = NULL;

  inf_dbus_jobs1_call_get_spec_finish (INF_DBUS_JOBS1 (source), &spec, result, &error);
  if (check (request, error))
    {
      GCancellable *cancellable = inf_client_model_get_cancellable (request->model);

      inf_dbus_jobs1_call_submit (INF_DBUS_JOBS1 (source), spec, cancellable, on_submitted,
                                  g_steal_pointer (&request));
    }
}

static void
on_spec_to_change (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GtkWidget) origin = g_weak_ref_get (&request->origin);
  g_autoptr (GVariant) spec = NULL;
  g_autoptr (GError) error = NULL;

  inf_dbus_jobs1_call_get_spec_finish (INF_DBUS_JOBS1 (source), &spec, result, &error);
  if (check (request, error) && origin)
    gtk_widget_activate_action_variant (origin, "win.submit-again", spec);
}

static void
ask_for_spec (GtkWidget *origin, InfClientModel *model, InfJobItem *item,
              GAsyncReadyCallback callback)
{
  InfDBusJobs1 *jobs = inf_service_get_jobs (inf_client_model_get_service (model));

  if (jobs)
    inf_dbus_jobs1_call_get_spec (jobs, inf_job_item_get_id (item),
                                  inf_client_model_get_cancellable (model), callback,
                                  request_new (origin, model, item));
}

/* Submits the same once more, and goes to the new job. */
void
inf_job_actions_run_again (GtkWidget *origin, InfClientModel *model, InfJobItem *item)
{
  ask_for_spec (origin, model, item, on_spec_to_submit);
}

/* Opens a new submission that is filled in as this job was. */
void
inf_job_actions_duplicate (GtkWidget *origin, InfClientModel *model, InfJobItem *item)
{
  ask_for_spec (origin, model, item, on_spec_to_change);
}

/* Goes to what the job left behind. */
void
inf_job_actions_show_result (GtkWidget *origin, InfJobItem *item)
{
  /* a result has the name of its job */
  gtk_widget_activate_action (origin, "win.show-result", "s", inf_job_item_get_facts (item)->name);
}
