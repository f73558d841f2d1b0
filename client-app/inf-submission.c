#include "client-app/inf-submission.h"

static void
input_free (gpointer data)
{
  InfSubmissionInput *input = data;

  g_free (input->name);
  g_free (input->path);
  g_free (input);
}

static void
problem_free (gpointer data)
{
  InfSubmissionProblem *problem = data;

  g_free (problem->field);
  g_free (problem->reason);
  g_free (problem);
}

/* Returns: (transfer full): one slot of one computer for an hour, and nothing to run yet */
InfSubmission *
inf_submission_new (void)
{
  InfSubmission *self = g_new0 (InfSubmission, 1);

  self->program = g_strdup ("");
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->arguments = g_strdup ("");
  self->inputs = g_ptr_array_new_with_free_func (input_free);
  self->nodes = 1;
  self->slots = 1;
  self->minutes = 60;
  self->memory = g_strdup ("");
  self->max_price = g_strdup ("");
  self->outputs = g_strdup ("");
  self->name = g_strdup ("");
  self->to = g_strdup ("");
  return self;
}

void
inf_submission_free (InfSubmission *self)
{
  if (!self)
    return;
  g_free (self->program);
  g_hash_table_unref (self->values);
  g_free (self->arguments);
  g_ptr_array_unref (self->inputs);
  g_free (self->memory);
  g_free (self->max_price);
  g_free (self->outputs);
  g_free (self->name);
  g_free (self->to);
  g_free (self);
}

/* Returns: (transfer none): what was typed, else what the task takes by itself */
const char *
inf_submission_get_value (const InfSubmission *self, const InfTaskParameter *parameter)
{
  const char *value = g_hash_table_lookup (self->values, parameter->name);

  return value ? value : parameter->initial;
}

/**
 * inf_submission_is_unused:
 * @self: a submission of @task
 * @task: the task
 * @parameter: one of its parameters
 *
 * Returns: whether it is left out because of one that was given and can't be given together with it
 */
gboolean
inf_submission_is_unused (const InfSubmission *self, const InfTaskInfo *task,
                          const InfTaskParameter *parameter)
{
  const InfTaskParameter *other = inf_task_info_find (task, parameter->excludes);
  const char *value = other ? inf_submission_get_value (self, other) : "";

  return *value && !g_str_equal (value, other->initial);
}

/* Returns: whether the file is one of the inputs that were added */
gboolean
inf_submission_has_input (const InfSubmission *self, const char *path)
{
  for (guint i = 0; i < self->inputs->len; i++)
    {
      const InfSubmissionInput *input = self->inputs->pdata[i];
      if (g_str_equal (input->path, path))
        return TRUE;
    }
  return FALSE;
}

void
inf_submission_set_value (InfSubmission *self, const char *parameter, const char *value)
{
  g_hash_table_insert (self->values, g_strdup (parameter), g_strdup (value));
}

/* @path: absolute; the file keeps its name. One that is there already is not added again. */
void
inf_submission_add_input (InfSubmission *self, const char *path)
{
  InfSubmissionInput *input;

  if (inf_submission_has_input (self, path))
    return;
  input = g_new0 (InfSubmissionInput, 1);
  input->name = g_path_get_basename (path);
  input->path = g_strdup (path);
  g_ptr_array_add (self->inputs, input);
}

/**
 * inf_submission_find_task:
 * @self: a submission
 * @tasks: (element-type InfTaskInfo): the tasks that there are
 *
 * Returns: (transfer none) (nullable): the task it runs
 */
const InfTaskInfo *
inf_submission_find_task (const InfSubmission *self, GPtrArray *tasks)
{
  if (self->kind != INF_SUBMISSION_TASK)
    return NULL;
  for (guint i = 0; i < tasks->len; i++)
    {
      const InfTaskInfo *task = tasks->pdata[i];
      if (g_str_equal (task->name, self->program))
        return task;
    }
  return NULL;
}

/* Returns: (transfer container) (element-type InfSubmissionProblem): none yet */
GPtrArray *
inf_submission_problems_new (void)
{
  return g_ptr_array_new_with_free_func (problem_free);
}

void
inf_submission_problems_add (GPtrArray *problems, const char *field, gboolean is_missing,
                             const char *reason)
{
  InfSubmissionProblem *problem = g_new0 (InfSubmissionProblem, 1);

  problem->field = g_strdup (field);
  problem->reason = g_strdup (reason);
  problem->is_missing = is_missing;
  g_ptr_array_add (problems, problem);
}
