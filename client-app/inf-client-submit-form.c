#include "client-app/inf-client-submit-private.h"

#include "client-app/inf-program-offers.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* The rows of the form, made of what there is to run. */

static const char *const kinds[] = {
  [INF_TASK_FILE] = "file", [INF_TASK_INTEGER] = "text",  [INF_TASK_SIZE] = "text",
  [INF_TASK_TEXT] = "text", [INF_TASK_CHOICE] = "choice", [INF_TASK_BOOLEAN] = "switch",
};

/* Returns: (transfer none) (nullable): the task that the form is of */
const InfTaskInfo *
inf_client_submit_get_task (InfClientSubmit *self)
{
  return self->form && self->tasks ? inf_submission_find_task (self->form, self->tasks) : NULL;
}

static void
add_choice (GPtrArray *values, GPtrArray *titles, const char *kind, const char *name, char *title)
{
  g_ptr_array_add (values, *name ? g_strconcat (kind, ":", name, NULL) : g_strdup (kind));
  g_ptr_array_add (titles, title);
}

/* A program that nobody offers any more stays what was asked for; the plan says that it is not
 * there. */
static void
add_installed (InfClientSubmit *self, GPtrArray *values, GPtrArray *titles)
{
  gboolean is_there = self->form->kind != INF_SUBMISSION_INSTALLED;

  for (guint i = 0; i < self->offers->len; i++)
    {
      const InfProgramOffer *offer = self->offers->pdata[i];

      is_there |= g_str_equal (offer->name, self->form->program);
      add_choice (
          values, titles, "installed", offer->name,
          /* Translators: a program, and how many computers have it */
          g_strdup_printf (ngettext ("%s, on %u computer", "%s, on %u computers", offer->n_hosts),
                           offer->name, offer->n_hosts));
    }
  if (!is_there)
    add_choice (values, titles, "installed", self->form->program,
                /* Translators: a program */
                g_strdup_printf (_ ("%s, offered by nobody now"), self->form->program));
}

/* Offers what there is to run; not while one is being chosen from the same list. */
void
inf_client_submit_list_programs (InfClientSubmit *self)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->tasks->len; i++)
    {
      const InfTaskInfo *task = self->tasks->pdata[i];
      add_choice (values, titles, "builtin", task->name, g_strdup (task->title));
    }
  if (self->form->kind == INF_SUBMISSION_TASK && !inf_client_submit_get_task (self))
    add_choice (values, titles, "builtin", self->form->program,
                /* Translators: the name of a task */
                g_strdup_printf (_ ("%s, unknown here"), self->form->program));
  add_choice (values, titles, "own", "", g_strdup (_ ("A Program of Your Own")));
  add_installed (self, values, titles);
  g_ptr_array_add (values, NULL);
  g_ptr_array_add (titles, NULL);
  inf_form_row_set_choices (self->what, (const char *const *)values->pdata,
                            (const char *const *)titles->pdata);
}

static void
on_parameter_changed (InfFormRow *row, gpointer user_data)
{
  InfClientSubmit *self = user_data;

  inf_submission_set_field (self->form, inf_form_row_get_field (row), inf_form_row_get_value (row));
  inf_client_submit_edited (self);
}

/* What need not be chosen can be left open. */
static void
set_choices (InfFormRow *row, const InfTaskParameter *parameter)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  if (!*parameter->initial)
    {
      g_ptr_array_add (values, (gpointer) "");
      /* Translators: none of several */
      g_ptr_array_add (titles, (gpointer)_ ("None"));
    }
  for (guint i = 0; parameter->values[i]; i++)
    {
      g_ptr_array_add (values, parameter->values[i]);
      g_ptr_array_add (titles, parameter->value_titles[i]);
    }
  g_ptr_array_add (values, NULL);
  g_ptr_array_add (titles, NULL);
  inf_form_row_set_choices (row, (const char *const *)values->pdata,
                            (const char *const *)titles->pdata);
}

static void
add_parameter (InfClientSubmit *self, const InfTaskParameter *parameter)
{
  g_autofree char *field = g_strconcat ("parameter:", parameter->name, NULL);
  GtkWidget *row
      = inf_form_row_new (field, kinds[parameter->type], parameter->title, parameter->description);

  if (parameter->type == INF_TASK_CHOICE)
    set_choices (INF_FORM_ROW (row), parameter);
  g_signal_connect (row, "changed", G_CALLBACK (on_parameter_changed), self);
  g_hash_table_insert (self->rows, g_steal_pointer (&field), row);
  g_ptr_array_add (self->parameter_rows, row);
  adw_preferences_group_add (self->parameters_group, row);
}

static void
remove_parameters (InfClientSubmit *self)
{
  for (guint i = 0; i < self->parameter_rows->len; i++)
    {
      InfFormRow *row = self->parameter_rows->pdata[i];
      g_hash_table_remove (self->rows, inf_form_row_get_field (row));
      adw_preferences_group_remove (self->parameters_group, GTK_WIDGET (row));
    }
  g_ptr_array_set_size (self->parameter_rows, 0);
}

static void
show_row (InfClientSubmit *self, const char *field, gboolean is_visible)
{
  gtk_widget_set_visible (g_hash_table_lookup (self->rows, field), is_visible);
}

static gboolean
has_rows_of (InfClientSubmit *self, const InfTaskInfo *task)
{
  guint n_parameters = task ? task->parameters->len : 0;

  if (self->parameter_rows->len != n_parameters)
    return FALSE;
  for (guint i = 0; i < n_parameters; i++)
    {
      const InfTaskParameter *parameter = task->parameters->pdata[i];
      const char *field = inf_form_row_get_field (self->parameter_rows->pdata[i]);
      if (!g_str_equal (field + strlen ("parameter:"), parameter->name))
        return FALSE;
    }
  return g_strcmp0 (adw_preferences_group_get_description (self->parameters_group),
                    task ? task->description : NULL)
         == 0;
}

/* Makes the rows that the program of the form takes. */
void
inf_client_submit_build (InfClientSubmit *self)
{
  const InfTaskInfo *task = inf_client_submit_get_task (self);

  show_row (self, "program", self->form->kind == INF_SUBMISSION_OWN);
  show_row (self, "arguments", !task || *self->form->arguments);
  gtk_widget_set_visible (GTK_WIDGET (self->parameters_group), task != NULL);
  /* rows that stay keep the cursor */
  if (has_rows_of (self, task))
    return;
  remove_parameters (self);
  adw_preferences_group_set_description (self->parameters_group, task ? task->description : NULL);
  for (guint i = 0; task && i < task->parameters->len; i++)
    add_parameter (self, task->parameters->pdata[i]);
}

static char *
name_what (InfClientSubmit *self)
{
  static const char *const names[] = { "builtin:", "own", "installed:" };
  gboolean is_own = self->form->kind == INF_SUBMISSION_OWN;

  return g_strconcat (names[self->form->kind], is_own ? "" : self->form->program, NULL);
}

/* Shows in the rows what the form holds. */
void
inf_client_submit_fill (InfClientSubmit *self)
{
  const InfTaskInfo *task = inf_client_submit_get_task (self);
  g_autofree char *what = name_what (self);
  GHashTableIter iter;
  gpointer field, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &field, &row))
    {
      g_autofree char *text = inf_submission_get_field (self->form, field);
      if (text)
        inf_form_row_set_value (row, text);
    }
  for (guint i = 0; task && i < task->parameters->len; i++)
    inf_form_row_set_value (self->parameter_rows->pdata[i],
                            inf_submission_get_value (self->form, task->parameters->pdata[i]));
  inf_form_row_set_value (self->what, what);
  inf_client_submit_list_inputs (self);
}

static const InfSubmissionProblem *
find_problem (GPtrArray *problems, const char *field)
{
  for (guint i = 0; i < problems->len; i++)
    {
      const InfSubmissionProblem *problem = problems->pdata[i];
      if (g_str_equal (problem->field, field))
        return problem;
    }
  return NULL;
}

static void
mark_inputs (InfClientSubmit *self, const InfSubmissionProblem *problem)
{
  GtkWidget *group = GTK_WIDGET (self->inputs_group);

  adw_preferences_group_set_description (
      self->inputs_group,
      problem ? problem->reason
              : _ ("Every computer gets a copy of them. Drop files here, or choose them."));
  if (problem)
    gtk_widget_add_css_class (group, "wrong");
  else
    gtk_widget_remove_css_class (group, "wrong");
}

/* What is only missing is no reproach: the plan says what to fill in. */
void
inf_client_submit_mark (InfClientSubmit *self, GPtrArray *problems)
{
  const InfTaskInfo *task = inf_client_submit_get_task (self);
  GHashTableIter iter;
  gpointer field, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &field, &row))
    {
      const InfSubmissionProblem *problem = find_problem (problems, field);
      inf_form_row_mark (row, problem && !problem->is_missing ? problem->reason : NULL);
    }
  for (guint i = 0; task && i < task->parameters->len; i++)
    gtk_widget_set_sensitive (
        self->parameter_rows->pdata[i],
        !inf_submission_is_unused (self->form, task, task->parameters->pdata[i]));
  mark_inputs (self, find_problem (problems, "inputs"));
}

static void
on_remove_clicked (GtkButton *button, gpointer user_data)
{
  InfClientSubmit *self = user_data;
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));

  g_ptr_array_remove_index (self->form->inputs, index);
  inf_client_submit_list_inputs (self);
  inf_client_submit_edited (self);
}

static char *
describe_input (const InfSubmissionInput *input)
{
  g_autofree char *shown = g_filename_display_name (input->path);
  g_autofree char *size = NULL;
  GStatBuf info;

  if (g_stat (input->path, &info) != 0)
    return g_steal_pointer (&shown);
  size = inf_phrase_size ((guint64)info.st_size);
  return g_strdup_printf ("%s · %s", size, shown);
}

static GtkWidget *
make_input_row (InfClientSubmit *self, guint index)
{
  const InfSubmissionInput *input = self->form->inputs->pdata[index];
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  g_autofree char *removal = g_strdup_printf (_ ("Remove: %s"), input->name);
  g_autofree char *description = describe_input (input);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), input->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), description);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Remove"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, removal,
                                  -1);
  g_object_set_data (G_OBJECT (button), "index", GUINT_TO_POINTER (index));
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove_clicked), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

void
inf_client_submit_list_inputs (InfClientSubmit *self)
{
  for (guint i = 0; i < self->input_rows->len; i++)
    adw_preferences_group_remove (self->inputs_group, self->input_rows->pdata[i]);
  g_ptr_array_set_size (self->input_rows, 0);
  for (guint i = 0; i < self->form->inputs->len; i++)
    {
      GtkWidget *row = make_input_row (self, i);
      adw_preferences_group_add (self->inputs_group, row);
      g_ptr_array_add (self->input_rows, row);
    }
}
