#include "client-app/inf-submission-private.h"

#include "client-app/inf-size-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* Between the form and a job's specification, `a{sv}`, as infinityd takes it. */

static const char *const kinds[] = { "builtin", "own", "installed" };

typedef struct
{
  GPtrArray *args;
  GPtrArray *names; /* of the inputs, borrowed from @paths or the submission */
  GPtrArray *paths; /* borrowed */
  GPtrArray *problems;
} Spec;

static void
spec_clear (Spec *spec)
{
  g_clear_pointer (&spec->args, g_ptr_array_unref);
  g_clear_pointer (&spec->names, g_ptr_array_unref);
  g_clear_pointer (&spec->paths, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spec, spec_clear)

/* Two files of one name would be one file in the job's folder. */
static void
add_input (Spec *spec, const char *field, const char *name, const char *path)
{
  guint index;

  if (g_ptr_array_find_with_equal_func (spec->names, name, g_str_equal, &index))
    {
      g_autofree char *reason = NULL;

      if (spec->paths->pdata[index] && g_str_equal (spec->paths->pdata[index], path))
        return;
      reason = g_strdup_printf (_ ("Two files are called “%s”. Rename one of them."), name);
      inf_submission_problems_add (spec->problems, field, FALSE, reason);
      return;
    }
  g_ptr_array_add (spec->names, g_strdup (name));
  g_ptr_array_add (spec->paths, (gpointer)path);
}

static void
add_argument (Spec *spec, const char *option, const char *value)
{
  if (*option)
    g_ptr_array_add (spec->args, g_strdup (option));
  if (value)
    g_ptr_array_add (spec->args, g_strdup (value));
}

/* The value as the task reads it. */
static void
put_value (Spec *spec, const InfTaskParameter *parameter, const char *value, const char *field)
{
  g_autofree char *text = NULL;
  guint64 size_bytes = 0;

  switch (parameter->type)
    {
    case INF_TASK_BOOLEAN:
      if (g_str_equal (value, "true"))
        add_argument (spec, parameter->option, NULL);
      return;
    case INF_TASK_FILE:
      text = g_path_get_basename (value);
      add_input (spec, field, text, value);
      break;
    case INF_TASK_SIZE:
      inf_size_text_parse (value, &size_bytes);
      text = g_strdup_printf ("%" G_GUINT64_FORMAT, size_bytes);
      break;
    default:
      text = g_strdup (value);
    }
  add_argument (spec, parameter->option, text);
}

static void
put_parameter (Spec *spec, const InfSubmission *self, const InfTaskInfo *task,
               const InfTaskParameter *parameter)
{
  const char *value = inf_submission_get_value (self, parameter);
  g_autofree char *field = g_strconcat ("parameter:", parameter->name, NULL);
  g_autofree char *reason = NULL;

  if (inf_submission_is_unused (self, task, parameter))
    return;
  if (!*value && parameter->is_required)
    {
      /* Translators: what a form asks for and was not given */
      reason = g_strdup_printf (_ ("“%s” is needed."), parameter->title);
      inf_submission_problems_add (spec->problems, field, TRUE, reason);
    }
  if (!*value)
    return;
  reason = inf_submission_check_value (parameter, value);
  if (reason)
    inf_submission_problems_add (spec->problems, field, FALSE, reason);
  else
    put_value (spec, parameter, value, field);
}

static void
put_arguments (Spec *spec, const InfSubmission *self, const InfTaskInfo *task)
{
  g_auto (GStrv) words = NULL;

  for (guint i = 0; task && i < task->parameters->len; i++)
    put_parameter (spec, self, task, task->parameters->pdata[i]);
  if (inf_submission_split (self->arguments, &words))
    for (char **word = words; *word; word++)
      g_ptr_array_add (spec->args, g_strdup (*word));
  g_ptr_array_add (spec->args, NULL);
}

static void
put_inputs (Spec *spec, const InfSubmission *self)
{
  for (guint i = 0; i < self->inputs->len; i++)
    {
      const InfSubmissionInput *input = self->inputs->pdata[i];

      if (inf_submission_is_safe_name (input->name))
        add_input (spec, "inputs", input->name, input->path);
      else
        {
          g_autofree char *reason = g_strdup_printf (
              _ ("“%s” can’t be the name of a file in a job. Rename it first."), input->name);
          inf_submission_problems_add (spec->problems, "inputs", FALSE, reason);
        }
    }
  /* the program is no input, though it lies beside them */
  if (spec->names->len > INF_SUBMISSION_MAX_INPUTS + (self->kind != INF_SUBMISSION_INSTALLED))
    inf_submission_problems_add (spec->problems, "inputs", FALSE,
                                 _ ("A job takes 64 files at most. Pack them into one."));
}

static GVariant *
build (Spec *spec, const InfSubmission *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GStrv) outputs = NULL;
  GVariantBuilder inputs;
  guint64 memory_bytes = 0;
  guint64 price_ucredits = 0;

  g_variant_builder_init (&inputs, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < spec->names->len; i++)
    if (spec->paths->pdata[i])
      g_variant_builder_add (&inputs, "(ss)", spec->names->pdata[i], spec->paths->pdata[i]);
  inf_submission_split (self->outputs, &outputs);
  inf_size_text_parse (self->memory, &memory_bytes);
  inf_submission_parse_price (self->max_price, &price_ucredits);
  g_variant_dict_insert (&dict, "kind", "s", kinds[self->kind]);
  g_variant_dict_insert (&dict, "program", "s", self->program);
  g_variant_dict_insert (&dict, "args", "^as", spec->args->pdata);
  g_variant_dict_insert (&dict, "inputs", "a(ss)", &inputs);
  g_variant_dict_insert (&dict, "outputs", "^as", outputs);
  if (*self->name)
    g_variant_dict_insert (&dict, "name", "s", self->name);
  if (*self->to)
    g_variant_dict_insert (&dict, "to", "s", self->to);
  g_variant_dict_insert (&dict, "nodes", "u", self->nodes);
  g_variant_dict_insert (&dict, "slots", "u", self->slots);
  g_variant_dict_insert (&dict, "memory-bytes", "t", memory_bytes);
  g_variant_dict_insert (&dict, "time-limit-us", "t", (guint64)self->minutes * 60 * G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "max-price-ucredits", "t", price_ucredits);
  g_variant_dict_insert (&dict, "retries", "u", self->retries);
  g_variant_dict_insert (&dict, "wait-for-hosts", "b", self->waits);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/**
 * inf_submission_to_spec:
 * @self: what is filled in
 * @task: (nullable): the task it runs
 * @problems: gets what is wrong or missing, first things first
 *
 * Looks at the form alone: whether files are there is not known here.
 *
 * Returns: (transfer full) (nullable): the specification; %NULL when there is a problem
 */
GVariant *
inf_submission_to_spec (const InfSubmission *self, const InfTaskInfo *task, GPtrArray *problems)
{
  g_auto (Spec) spec = { g_ptr_array_new_with_free_func (g_free),
                         g_ptr_array_new_with_free_func (g_free), g_ptr_array_new (), problems };

  inf_submission_check (self, problems);
  /* the program lies beside the inputs */
  if (self->kind != INF_SUBMISSION_INSTALLED && *self->program)
    {
      g_ptr_array_add (spec.names, g_path_get_basename (self->program));
      g_ptr_array_add (spec.paths, NULL);
    }
  put_arguments (&spec, self, task);
  put_inputs (&spec, self);
  return problems->len ? NULL : build (&spec, self);
}

static InfSubmissionKind
find_kind (GVariant *spec, const char *program, GPtrArray *tasks)
{
  const char *kind = "";

  g_variant_lookup (spec, "kind", "&s", &kind);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], kind))
      return (InfSubmissionKind)i;
  if (strchr (program, '/'))
    return INF_SUBMISSION_OWN;
  for (guint i = 0; i < tasks->len; i++)
    if (g_str_equal (((InfTaskInfo *)tasks->pdata[i])->name, program))
      return INF_SUBMISSION_TASK;
  return INF_SUBMISSION_INSTALLED;
}

static const InfTaskParameter *
find_option (const InfTaskInfo *task, const char *argument, const char **ret_value)
{
  for (guint i = 0; i < task->parameters->len; i++)
    {
      const InfTaskParameter *parameter = task->parameters->pdata[i];
      gsize length = strlen (parameter->option);

      *ret_value = NULL;
      if (!length || strncmp (argument, parameter->option, length) != 0)
        continue;
      if (!argument[length])
        return parameter;
      *ret_value = argument + length + 1;
      if (argument[length] == '=' && parameter->type != INF_TASK_BOOLEAN)
        return parameter;
    }
  return NULL;
}

/* Returns: (nullable): the first parameter without an option that has no value yet */
static const InfTaskParameter *
find_positional (const InfSubmission *self, const InfTaskInfo *task)
{
  for (guint i = 0; i < task->parameters->len; i++)
    {
      const InfTaskParameter *parameter = task->parameters->pdata[i];
      if (!*parameter->option && !g_hash_table_contains (self->values, parameter->name))
        return parameter;
    }
  return NULL;
}

/* A file's value is the name of an input: that input is the parameter's from here on. */
static void
take_value (InfSubmission *self, const InfTaskParameter *parameter, const char *value)
{
  guint64 size_bytes;

  if (parameter->type == INF_TASK_SIZE && inf_size_text_parse (value, &size_bytes))
    {
      g_autofree char *size = inf_size_text_format (size_bytes);
      inf_submission_set_value (self, parameter->name, size);
      return;
    }
  for (guint i = 0; parameter->type == INF_TASK_FILE && i < self->inputs->len; i++)
    {
      InfSubmissionInput *input = self->inputs->pdata[i];
      if (!g_str_equal (input->name, value))
        continue;
      inf_submission_set_value (self, parameter->name, input->path);
      g_ptr_array_remove_index (self->inputs, i);
      return;
    }
  inf_submission_set_value (self, parameter->name, value);
}

/* What belongs to no parameter stays an argument. */
static void
take_task_arguments (InfSubmission *self, const InfTaskInfo *task, char **args)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();

  for (guint i = 0; args[i]; i++)
    {
      const char *value = NULL;
      const InfTaskParameter *parameter = find_option (task, args[i], &value);

      if (!parameter && args[i][0] != '-')
        {
          parameter = find_positional (self, task);
          value = args[i];
        }
      if (parameter && parameter->type == INF_TASK_BOOLEAN)
        inf_submission_set_value (self, parameter->name, "true");
      else if (parameter && (value || args[i + 1]))
        take_value (self, parameter, value ? value : args[++i]);
      else
        g_ptr_array_add (left, args[i]);
    }
  g_ptr_array_add (left, NULL);
  g_free (self->arguments);
  self->arguments = inf_submission_join ((char **)left->pdata);
}

static void
take_inputs (InfSubmission *self, GVariant *spec)
{
  g_autoptr (GVariant) inputs = g_variant_lookup_value (spec, "inputs", G_VARIANT_TYPE ("a(ss)"));

  for (gsize i = 0; inputs && i < g_variant_n_children (inputs); i++)
    {
      InfSubmissionInput *input = g_new0 (InfSubmissionInput, 1);
      g_variant_get_child (inputs, i, "(ss)", &input->name, &input->path);
      g_ptr_array_add (self->inputs, input);
    }
}

static void
take_numbers (InfSubmission *self, GVariant *spec)
{
  guint64 time_limit_us = 0;
  guint64 memory_bytes = 0;
  guint64 price_ucredits = 0;

  g_variant_lookup (spec, "nodes", "u", &self->nodes);
  g_variant_lookup (spec, "slots", "u", &self->slots);
  g_variant_lookup (spec, "retries", "u", &self->retries);
  g_variant_lookup (spec, "wait-for-hosts", "b", &self->waits);
  if (g_variant_lookup (spec, "max-price-ucredits", "t", &price_ucredits) && price_ucredits)
    {
      g_free (self->max_price);
      self->max_price = inf_submission_format_price (price_ucredits);
    }
  self->nodes = CLAMP (self->nodes, 1, INF_SUBMISSION_MAX_NODES);
  self->slots = CLAMP (self->slots, 1, INF_SUBMISSION_MAX_SLOTS);
  self->retries = MIN (self->retries, INF_SUBMISSION_MAX_RETRIES);
  if (g_variant_lookup (spec, "time-limit-us", "t", &time_limit_us))
    /* rounded up: a job must not end before it did the last time */
    self->minutes = (guint)CLAMP (time_limit_us / (60 * G_USEC_PER_SEC)
                                      + (time_limit_us % (60 * G_USEC_PER_SEC) != 0),
                                  1, INF_SUBMISSION_MAX_MINUTES);
  if (g_variant_lookup (spec, "memory-bytes", "t", &memory_bytes) && memory_bytes)
    {
      g_free (self->memory);
      self->memory = inf_size_text_format (memory_bytes);
    }
}

static void
take_text (GVariant *spec, const char *key, char **text)
{
  const char *found;

  if (!g_variant_lookup (spec, key, "&s", &found))
    return;
  g_free (*text);
  *text = g_strdup (found);
}

/**
 * inf_submission_from_spec:
 * @spec: a job's specification, `a{sv}`, from anyone
 * @tasks: (element-type InfTaskInfo): the tasks that there are
 *
 * Returns: (transfer full): the form filled in with it, so that inf_submission_to_spec() makes the
 *   same job of it; times are in whole minutes there
 */
InfSubmission *
inf_submission_from_spec (GVariant *spec, GPtrArray *tasks)
{
  InfSubmission *self = inf_submission_new ();
  const InfTaskInfo *task;
  g_auto (GStrv) args = NULL;
  g_auto (GStrv) outputs = NULL;

  take_text (spec, "program", &self->program);
  take_text (spec, "name", &self->name);
  take_text (spec, "to", &self->to);
  self->kind = find_kind (spec, self->program, tasks);
  take_inputs (self, spec);
  take_numbers (self, spec);
  if (g_variant_lookup (spec, "outputs", "^as", &outputs))
    {
      g_free (self->outputs);
      self->outputs = inf_submission_join (outputs);
    }
  if (!g_variant_lookup (spec, "args", "^as", &args))
    return self;
  task = inf_submission_find_task (self, tasks);
  if (task)
    take_task_arguments (self, task, args);
  else
    {
      g_free (self->arguments);
      self->arguments = inf_submission_join (args);
    }
  return self;
}
