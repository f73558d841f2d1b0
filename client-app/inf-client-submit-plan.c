#include "client-app/inf-client-submit-private.h"

#include <glib/gi18n.h>

/* The plan follows the form and the grid: it is asked for at once, but not more often than somebody
 * can read, and what comes for a form that is no more is dropped. */

#define INTERVAL_MS 300

static void
set_can_run (InfClientSubmit *self, gboolean can_run)
{
  self->can_run = can_run;
  g_signal_emit_by_name (self, "changed");
}

static void
set_remedy (InfClientSubmit *self, const char *field, const char *value)
{
  g_free (self->remedy_field);
  g_free (self->remedy_value);
  self->remedy_field = g_strdup (field);
  self->remedy_value = g_strdup (value);
}

static void
show_trouble (InfClientSubmit *self, const char *title, const char *more)
{
  set_remedy (self, NULL, NULL);
  inf_plan_bar_set_busy (self->bar, FALSE);
  inf_plan_bar_show_trouble (self->bar, title, more, "");
  set_can_run (self, FALSE);
}

static void
show_plan (InfClientSubmit *self)
{
  InfDBusCredits1 *credits = inf_service_get_credits (inf_client_model_get_service (self->model));
  g_auto (InfPlanWords) words = { .title = NULL };

  inf_plan_words_describe (
      &words, self->plan, credits ? inf_dbus_credits1_get_balance (credits) : 0, self->form->waits);
  set_remedy (self, words.remedy_field, words.remedy_value);
  inf_plan_bar_show_words (self->bar, &words);
  inf_plan_bar_set_busy (self->bar, FALSE);
  set_can_run (self, words.can_run);
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientSubmit) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) plan = NULL;

  inf_dbus_jobs1_call_plan_finish (INF_DBUS_JOBS1 (source), &plan, result, &error);
  /* the form was changed meanwhile, and another plan is on its way */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->planning);
  if (error)
    {
      g_dbus_error_strip_remote_error (error);
      show_trouble (self, _ ("There is no plan for this"), error->message);
      return;
    }
  g_clear_pointer (&self->plan, g_variant_unref);
  self->plan = g_steal_pointer (&plan);
  show_plan (self);
}

void
inf_client_submit_stop_planning (InfClientSubmit *self)
{
  g_clear_handle_id (&self->plan_id, g_source_remove);
  if (self->planning)
    g_cancellable_cancel (self->planning);
  g_clear_object (&self->planning);
}

static gboolean
ask_for_plan (gpointer user_data)
{
  InfClientSubmit *self = user_data;
  InfDBusJobs1 *jobs = inf_service_get_jobs (inf_client_model_get_service (self->model));

  self->plan_id = 0;
  if (!jobs || !self->spec)
    return G_SOURCE_REMOVE;
  inf_client_submit_stop_planning (self);
  self->planned_us = g_get_monotonic_time ();
  self->planning = g_cancellable_new ();
  inf_dbus_jobs1_call_plan (jobs, self->spec, self->planning, on_planned, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
ask_to_connect (InfClientSubmit *self)
{
  inf_plan_bar_set_busy (self->bar, FALSE);
  inf_plan_bar_show_trouble (self->bar, _ ("This computer is not connected to its grid"),
                             _ ("Jobs run again as soon as it is."), _ ("Connect"));
  set_remedy (self, "", "");
  set_can_run (self, FALSE);
}

/* Asks again, as the grid or the account has changed; what is shown stays until the answer. */
void
inf_client_submit_replan (InfClientSubmit *self)
{
  gint64 wait_ms = INTERVAL_MS - (g_get_monotonic_time () - self->planned_us) / 1000;

  if (!self->spec || self->is_submitting)
    return;
  if (!inf_client_model_can_submit (self->model))
    {
      inf_client_submit_stop_planning (self);
      ask_to_connect (self);
    }
  else if (wait_ms <= 0)
    ask_for_plan (self);
  else if (!self->plan_id)
    self->plan_id = g_timeout_add ((guint)wait_ms, ask_for_plan, self);
}

static char *
find_field_of (InfClientSubmit *self, const char *path)
{
  const InfTaskInfo *task = inf_client_submit_get_task (self);

  for (guint i = 0; task && i < task->parameters->len; i++)
    {
      const InfTaskParameter *parameter = task->parameters->pdata[i];
      if (g_str_equal (inf_submission_get_value (self->form, parameter), path))
        return g_strconcat ("parameter:", parameter->name, NULL);
    }
  return g_strdup ("inputs");
}

/* A file may have gone since it was chosen. */
static void
check_files (InfClientSubmit *self, GVariant *spec, GPtrArray *problems)
{
  g_autoptr (GVariant) inputs = g_variant_lookup_value (spec, "inputs", G_VARIANT_TYPE ("a(ss)"));

  if (self->form->kind == INF_SUBMISSION_OWN
      && !g_file_test (self->form->program, G_FILE_TEST_IS_REGULAR))
    inf_submission_problems_add (problems, "program", FALSE, _ ("This file is not there."));
  else if (self->form->kind == INF_SUBMISSION_OWN
           && !g_file_test (self->form->program, G_FILE_TEST_IS_EXECUTABLE))
    inf_submission_problems_add (problems, "program", FALSE, _ ("This file can’t be executed."));
  for (gsize i = 0; i < g_variant_n_children (inputs); i++)
    {
      const char *path;
      g_autofree char *field = NULL;
      g_autofree char *reason = NULL;

      g_variant_get_child (inputs, i, "(&s&s)", NULL, &path);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      field = find_field_of (self, path);
      reason = g_strdup_printf (_ ("There is no file %s."), path);
      inf_submission_problems_add (problems, field, FALSE, reason);
    }
}

static void
show_problem (InfClientSubmit *self, const InfSubmissionProblem *problem)
{
  GtkWidget *row = g_hash_table_lookup (self->rows, problem->field);
  g_autofree char *more = NULL;

  if (problem->is_missing)
    {
      show_trouble (self, _ ("Something is still missing"), problem->reason);
      return;
    }
  if (row)
    /* Translators: a field of the form, and what is wrong with it */
    more = g_strdup_printf (_ ("%s: %s"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)),
                            problem->reason);
  if (row && gtk_widget_is_ancestor (row, GTK_WIDGET (self->more)))
    adw_expander_row_set_expanded (self->more, TRUE);
  show_trouble (self, _ ("Something has to be corrected"), more ? more : problem->reason);
}

/* The form holds something else than before: marks what is wrong, or plans what is right. */
void
inf_client_submit_edited (InfClientSubmit *self)
{
  g_autoptr (GPtrArray) problems = inf_submission_problems_new ();
  g_autoptr (GVariant) spec
      = inf_submission_to_spec (self->form, inf_client_submit_get_task (self), problems);

  inf_client_submit_stop_planning (self);
  g_clear_pointer (&self->spec, g_variant_unref);
  g_clear_pointer (&self->plan, g_variant_unref);
  if (spec)
    check_files (self, spec, problems);
  inf_client_submit_mark (self, problems);
  if (problems->len)
    {
      show_problem (self, problems->pdata[0]);
      return;
    }
  self->spec = g_steal_pointer (&spec);
  set_can_run (self, FALSE);
  inf_plan_bar_set_busy (self->bar, TRUE);
  inf_client_submit_replan (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientSubmit) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_dbus_node1_call_connect_finish (INF_DBUS_NODE1 (source), result, &error) && self->model)
    inf_client_model_report (self->model, error);
}

/* Does what the button below the plan says. */
void
inf_client_submit_use_remedy (InfClientSubmit *self)
{
  InfDBusNode1 *node = inf_service_get_node (inf_client_model_get_service (self->model));

  if (!self->remedy_field)
    return;
  if (!*self->remedy_field)
    {
      if (node)
        inf_dbus_node1_call_connect (node, inf_client_model_get_cancellable (self->model),
                                     on_connected, g_object_ref (self));
      return;
    }
  inf_submission_set_field (self->form, self->remedy_field, self->remedy_value);
  inf_client_submit_fill (self);
  inf_client_submit_edited (self);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientSubmit) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  inf_dbus_jobs1_call_submit_finish (INF_DBUS_JOBS1 (source), &id, result, &error);
  self->is_submitting = FALSE;
  if (!self->model)
    return;
  if (error)
    inf_client_model_report (self->model, error);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-job", "s", id);
  inf_client_submit_edited (self);
}

/**
 * inf_client_submit_run:
 * @self: the page
 *
 * Submits what the form holds, if it can run, and shows the job.
 */
void
inf_client_submit_run (InfClientSubmit *self)
{
  InfDBusJobs1 *jobs = inf_service_get_jobs (inf_client_model_get_service (self->model));

  if (!inf_client_submit_can_run (self) || !jobs || !self->spec)
    return;
  inf_client_submit_remember (self);
  inf_client_submit_stop_planning (self);
  self->is_submitting = TRUE;
  inf_plan_bar_set_busy (self->bar, TRUE);
  g_signal_emit_by_name (self, "changed");
  inf_dbus_jobs1_call_submit (jobs, self->spec, inf_client_model_get_cancellable (self->model),
                              on_submitted, g_object_ref (self));
}
