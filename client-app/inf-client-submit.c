#include "client-app/inf-client-submit-private.h"

#include "client-app/inf-program-offers.h"
#include "widgets/inf-accessible.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * InfClientSubmit:
 *
 * What to run, on how many computers and for how long, and what that costs. The form is made of
 * the tasks that infinityd lists (inf-client-submit-form.c); its plan follows it
 * (inf-client-submit-plan.c); it is kept in files (inf-client-submit-files.c).
 *
 * Signal "changed": whether it can run may have.
 */
G_DEFINE_FINAL_TYPE (InfClientSubmit, inf_client_submit, ADW_TYPE_BIN)

/* Makes the form anew of what there is to run. */
static void
show_form (InfClientSubmit *self)
{
  inf_client_submit_list_programs (self);
  inf_client_submit_build (self);
  inf_client_submit_fill (self);
}

static void
use_form (InfClientSubmit *self, InfSubmission *form)
{
  inf_submission_free (self->form);
  self->form = form;
  show_form (self);
  inf_client_submit_edited (self);
}

/* The first time, the form is as it was left. */
static void
begin (InfClientSubmit *self)
{
  g_autoptr (GVariant) spec = g_steal_pointer (&self->pending);

  if (!spec && !self->form)
    spec = inf_client_submit_recall (self);
  if (spec)
    use_form (self, inf_submission_from_spec (spec, self->tasks));
  else if (!self->form)
    {
      InfSubmission *form = inf_submission_new ();
      const InfTaskInfo *first = self->tasks->len ? self->tasks->pdata[0] : NULL;

      form->kind = first ? INF_SUBMISSION_TASK : INF_SUBMISSION_OWN;
      inf_submission_set_field (form, "program", first ? first->name : "");
      use_form (self, form);
    }
  else
    {
      show_form (self);
      inf_client_submit_edited (self);
    }
  gtk_stack_set_visible_child_name (self->stack, "form");
}

static void
on_tasks (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientSubmit) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) tasks = NULL;

  inf_dbus_jobs1_call_list_tasks_finish (INF_DBUS_JOBS1 (source), &tasks, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error)
    {
      g_dbus_error_strip_remote_error (error);
      adw_status_page_set_description (self->problem, error->message);
      gtk_stack_set_visible_child_name (self->stack, "problem");
      return;
    }
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  self->tasks = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_task_info_free);
  for (gsize i = 0; i < g_variant_n_children (tasks); i++)
    {
      g_autoptr (GVariant) task = g_variant_get_child_value (tasks, i);
      g_ptr_array_add (self->tasks, inf_task_info_new (task));
    }
  begin (self);
}

/* Programs that others offer are one more thing to run: without them the form does as well. */
static void
on_peers (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientSubmit) self = user_data;
  g_autoptr (GVariant) peers = NULL;

  if (!inf_dbus_node1_call_list_peers_finish (INF_DBUS_NODE1 (source), &peers, result, NULL))
    return;
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  self->offers = inf_program_offers_collect (peers);
  if (self->form && self->tasks)
    show_form (self);
}

static void
list_offers (InfClientSubmit *self)
{
  InfDBusNode1 *node = inf_service_get_node (inf_client_model_get_service (self->model));

  self->n_peers = inf_dbus_node1_get_peers_alive (node);
  inf_dbus_node1_call_list_peers (node, self->loading, on_peers, g_object_ref (self));
}

/* Returns: (transfer none): "de_AT", "" for English */
static const char *
get_language (void)
{
  const char *const *names = g_get_language_names ();

  while (*names && strpbrk (*names, ".@"))
    names++;
  return *names && !g_str_equal (*names, "C") ? *names : "";
}

static void
load (InfClientSubmit *self)
{
  InfService *service = inf_client_model_get_service (self->model);

  if (!self->form)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  self->loading = g_cancellable_new ();
  inf_dbus_jobs1_call_list_tasks (inf_service_get_jobs (service), get_language (), self->loading,
                                  on_tasks, g_object_ref (self));
  list_offers (self);
}

static void
go_down (InfClientSubmit *self)
{
  if (!self->loading)
    return;
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  inf_client_submit_stop_planning (self);
}

static void
on_again_clicked (InfClientSubmit *self)
{
  go_down (self);
  if (inf_client_model_is_up (self->model))
    load (self);
}

/* The node, its account, or infinityd itself. */
static void
on_model_changed (InfClientSubmit *self)
{
  InfDBusNode1 *node = inf_service_get_node (inf_client_model_get_service (self->model));

  if (!inf_client_model_is_up (self->model))
    go_down (self);
  else if (!self->loading)
    load (self);
  else if (inf_dbus_node1_get_peers_alive (node) != self->n_peers)
    list_offers (self);
  if (self->tasks && gtk_widget_get_mapped (GTK_WIDGET (self)))
    inf_client_submit_replan (self);
}

static void
on_row_changed (InfFormRow *row, gpointer user_data)
{
  InfClientSubmit *self = user_data;

  inf_submission_set_field (self->form, inf_form_row_get_field (row), inf_form_row_get_value (row));
  inf_client_submit_edited (self);
}

static void
set_what (InfSubmission *form, const char *what)
{
  const char *colon = strchr (what, ':');

  form->kind = g_str_has_prefix (what, "builtin:")     ? INF_SUBMISSION_TASK
               : g_str_has_prefix (what, "installed:") ? INF_SUBMISSION_INSTALLED
                                                       : INF_SUBMISSION_OWN;
  inf_submission_set_field (form, "program", colon ? colon + 1 : "");
  /* what one program was told means something else to another */
  inf_submission_set_field (form, "arguments", "");
}

static void
on_what_changed (InfClientSubmit *self)
{
  set_what (self->form, inf_form_row_get_value (self->what));
  inf_client_submit_build (self);
  inf_client_submit_fill (self);
  inf_client_submit_edited (self);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  GSList *files = g_value_get_boxed (value);

  for (GSList *l = files; l; l = l->next)
    inf_client_submit_take_file (user_data, l->data);
  return files != NULL;
}

static void
inf_client_submit_map (GtkWidget *widget)
{
  InfClientSubmit *self = INF_CLIENT_SUBMIT (widget);

  GTK_WIDGET_CLASS (inf_client_submit_parent_class)->map (widget);
  if (self->form && self->tasks)
    inf_client_submit_replan (self);
}

static void
inf_client_submit_dispose (GObject *object)
{
  InfClientSubmit *self = INF_CLIENT_SUBMIT (object);

  if (self->model)
    {
      g_signal_handlers_disconnect_by_data (self->model, self);
      go_down (self);
      inf_client_submit_stop_planning (self);
    }
  g_clear_object (&self->chooser);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (inf_client_submit_parent_class)->dispose (object);
}

static void
inf_client_submit_finalize (GObject *object)
{
  InfClientSubmit *self = INF_CLIENT_SUBMIT (object);

  g_hash_table_unref (self->rows);
  g_ptr_array_unref (self->parameter_rows);
  g_ptr_array_unref (self->input_rows);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_pointer (&self->pending, g_variant_unref);
  g_clear_pointer (&self->spec, g_variant_unref);
  g_clear_pointer (&self->plan, g_variant_unref);
  inf_submission_free (self->form);
  g_free (self->remedy_field);
  g_free (self->remedy_value);
  G_OBJECT_CLASS (inf_client_submit_parent_class)->finalize (object);
}

static void
inf_client_submit_class_init (InfClientSubmitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_submit_dispose;
  G_OBJECT_CLASS (klass)->finalize = inf_client_submit_finalize;
  widget_class->map = inf_client_submit_map;
  g_signal_new ("changed", INF_TYPE_CLIENT_SUBMIT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  g_type_ensure (INF_TYPE_FORM_ROW);
  g_type_ensure (INF_TYPE_PLAN_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-submit.ui");
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, stack);
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, problem);
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, what);
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, program_group);
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, parameters_group);
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, inputs_group);
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, more);
  gtk_widget_class_bind_template_child (widget_class, InfClientSubmit, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_again_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_what_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_row_changed);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_add_clicked",
                                                G_CALLBACK (inf_client_submit_choose_inputs));
  gtk_widget_class_bind_template_callback_full (widget_class, "on_remedy",
                                                G_CALLBACK (inf_client_submit_use_remedy));
}

/* Finds the rows of the template by what they fill in. */
static void
collect_rows (InfClientSubmit *self, GtkWidget *widget)
{
  if (INF_IS_FORM_ROW (widget))
    g_hash_table_insert (self->rows, g_strdup (inf_form_row_get_field (INF_FORM_ROW (widget))),
                         widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    collect_rows (self, child);
}

static void
inf_client_submit_init (InfClientSubmit *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->parameter_rows = g_ptr_array_new ();
  self->input_rows = g_ptr_array_new ();
  self->offers = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  collect_rows (self, GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  inf_accessible_name_inner (GTK_WIDGET (self->more), GTK_TYPE_SWITCH, _ ("More"));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * inf_client_submit_set_model:
 * @self: a page that has none yet
 * @model: what it asks
 * @settings: the app's own, where the form is remembered
 */
void
inf_client_submit_set_model (InfClientSubmit *self, InfClientModel *model, GSettings *settings)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (on_model_changed), self);
  on_model_changed (self);
}

/* Returns: whether Run would do something */
gboolean
inf_client_submit_can_run (InfClientSubmit *self)
{
  return self->can_run && !self->is_submitting;
}

/**
 * inf_client_submit_take_spec:
 * @self: the page
 * @spec: a job's specification, `a{sv}`, from anyone
 *
 * Fills in the form with it, so that it can be looked at, changed and run; now, or as soon as it is
 * known what there is to run.
 */
void
inf_client_submit_take_spec (InfClientSubmit *self, GVariant *spec)
{
  g_clear_pointer (&self->pending, g_variant_unref);
  self->pending = g_variant_ref_sink (spec);
  if (self->tasks)
    begin (self);
}
