#include "client-app/inf-submission-private.h"

#include <string.h>

/* The form's fields by name, all of them as text, so that a row need not know what it is of. */

#define PARAMETER "parameter:"

static char **
find_text (InfSubmission *self, const char *field)
{
  const struct
  {
    const char *field;
    char **text;
  } texts[] = {
    { "program", &self->program }, { "arguments", &self->arguments },
    { "memory", &self->memory },   { "max-price", &self->max_price },
    { "outputs", &self->outputs }, { "name", &self->name },
    { "to", &self->to },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].field, field))
      return texts[i].text;
  return NULL;
}

static guint *
find_number (InfSubmission *self, const char *field)
{
  if (g_str_equal (field, "nodes"))
    return &self->nodes;
  if (g_str_equal (field, "slots"))
    return &self->slots;
  if (g_str_equal (field, "minutes"))
    return &self->minutes;
  return g_str_equal (field, "retries") ? &self->retries : NULL;
}

/* Returns: (transfer full) (nullable): what the field holds, %NULL for a parameter nobody typed */
char *
inf_submission_get_field (const InfSubmission *self, const char *field)
{
  char **text = find_text ((InfSubmission *)self, field);
  const guint *number = find_number ((InfSubmission *)self, field);

  if (text)
    return g_strdup (*text);
  if (number)
    return g_strdup_printf ("%u", *number);
  if (g_str_equal (field, "waits"))
    return g_strdup (self->waits ? "true" : "false");
  if (g_str_has_prefix (field, PARAMETER))
    return g_strdup (g_hash_table_lookup (self->values, field + strlen (PARAMETER)));
  return NULL;
}

/**
 * inf_submission_set_field:
 * @self: a submission
 * @field: program, arguments, nodes, slots, minutes, retries, waits, memory, max-price, outputs,
 *   name, to; or a parameter's name after "parameter:"
 * @text: as typed; "true" or "false" of waits
 */
void
inf_submission_set_field (InfSubmission *self, const char *field, const char *text)
{
  char **texts = find_text (self, field);
  guint *number = find_number (self, field);

  if (texts)
    {
      char *old = *texts;
      *texts = g_strdup (text);
      g_free (old);
    }
  else if (number)
    *number = (guint)g_ascii_strtoull (text, NULL, 10);
  else if (g_str_equal (field, "waits"))
    self->waits = g_str_equal (text, "true");
  else if (g_str_has_prefix (field, PARAMETER))
    inf_submission_set_value (self, field + strlen (PARAMETER), text);
}

/**
 * inf_submission_place_file:
 * @self: a submission
 * @task: (nullable): the task it runs
 * @is_executable: of the file
 *
 * Returns: (transfer full) (nullable): the field that a file is most likely meant for, %NULL where
 *   it is one more input
 */
char *
inf_submission_place_file (const InfSubmission *self, const InfTaskInfo *task,
                           gboolean is_executable)
{
  if (self->kind == INF_SUBMISSION_OWN)
    return is_executable && !*self->program ? g_strdup ("program") : NULL;
  for (guint i = 0; task && i < task->parameters->len; i++)
    {
      const InfTaskParameter *parameter = task->parameters->pdata[i];
      if (parameter->type == INF_TASK_FILE && !*inf_submission_get_value (self, parameter)
          && !inf_submission_is_unused (self, task, parameter))
        return g_strconcat (PARAMETER, parameter->name, NULL);
    }
  return NULL;
}
