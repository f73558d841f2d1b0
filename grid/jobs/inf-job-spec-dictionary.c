#include "common/inf-error.h"
#include "grid/jobs/inf-job-spec.h"

#include <string.h>

/* The form a spec has on D-Bus: a dictionary, so that a client names only what it cares about and
 * keys can be added. All keys but "program" may be left out.
 *
 *   program            s       a name, or an absolute path
 *   kind               s       builtin, own, installed; otherwise found from "program": a path is
 *                              one's own, a task's name is built in, any other name is installed
 *   args               as
 *   inputs             a(ss)   (name below /job, absolute path)
 *   outputs            as      patterns
 *   name               s
 *   to                 s       an absolute directory for a copy of the outputs
 *   nodes, slots       u
 *   memory-bytes       t
 *   time-limit-us      t
 *   max-price-ucredits t
 *   retries            u
 *   wait-for-hosts     b
 */
typedef struct
{
  const char *name;
  const char *type;
} Key;

static const Key keys[] = {
  { "program", "s" },        { "kind", "s" },     { "args", "as" },
  { "inputs", "a(ss)" },     { "outputs", "as" }, { "name", "s" },
  { "nodes", "u" },          { "slots", "u" },    { "memory-bytes", "t" },
  { "time-limit-us", "t" },  { "retries", "u" },  { "max-price-ucredits", "t" },
  { "wait-for-hosts", "b" }, { "to", "s" },
};

static gboolean
check_keys (GVariant *dictionary, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;
      const Key *key = NULL;
      for (guint i = 0; i < G_N_ELEMENTS (keys) && !key; i++)
        if (g_str_equal (keys[i].name, name))
          key = &keys[i];
      if (!key)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a job has no property “%s”", name);
          return FALSE;
        }
      if (!g_variant_is_of_type (owned, G_VARIANT_TYPE (key->type)))
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                       "a job's property “%s” is of type %s, not %s", name, key->type,
                       g_variant_get_type_string (owned));
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
refuse_task (const char *program, const InfTaskCatalogue *tasks, GError **error)
{
  g_autofree char *names = tasks ? inf_task_catalogue_dup_names (tasks) : g_strdup ("");

  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "there is no built-in task “%s”; there are: %s",
               program, *names ? names : "none");
  return FALSE;
}

static gboolean
find_kind (GVariant *dictionary, const char *program, const InfTaskCatalogue *tasks,
           InfProgramKind *ret_kind, GError **error)
{
  const char *text;
  gboolean is_task = tasks && inf_task_catalogue_has (tasks, program);

  if (g_variant_lookup (dictionary, "kind", "&s", &text))
    {
      if (!inf_program_kind_from_text (text, ret_kind))
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                       "a program's kind is builtin, own or installed, not “%s”", text);
          return FALSE;
        }
      return *ret_kind != INF_PROGRAM_BUILTIN || is_task || refuse_task (program, tasks, error);
    }
  if (strchr (program, '/'))
    *ret_kind = INF_PROGRAM_OWN;
  else if (is_task)
    *ret_kind = INF_PROGRAM_BUILTIN;
  else
    *ret_kind = INF_PROGRAM_INSTALLED;
  return TRUE;
}

static void
read_inputs (InfJobSpec *spec, GVariant *dictionary)
{
  g_autoptr (GVariant) inputs
      = g_variant_lookup_value (dictionary, "inputs", G_VARIANT_TYPE ("a(ss)"));
  GVariantIter iter;
  const char *name, *path;

  if (!inputs)
    return;
  g_variant_iter_init (&iter, inputs);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &path))
    inf_job_spec_add_input (spec, name, path);
}

static void
read_strv (GVariant *dictionary, const char *key, char ***strv)
{
  char **found;

  if (!g_variant_lookup (dictionary, key, "^as", &found))
    return;
  g_strfreev (*strv);
  *strv = found;
}

/**
 * inf_job_spec_from_dictionary:
 * @dictionary: of type "a{sv}", from anyone; the keys are listed at the top of
 *   inf-job-spec-dictionary.c
 * @tasks: (nullable): the tasks that there are
 * @error: #INF_ERROR_INVALID for a key that is unknown or of the wrong type, and as
 *   inf_job_spec_validate()
 *
 * Returns: (transfer full) (nullable): a valid spec
 */
InfJobSpec *
inf_job_spec_from_dictionary (GVariant *dictionary, const InfTaskCatalogue *tasks, GError **error)
{
  const char *program;
  InfProgramKind kind;

  if (g_variant_get_size (dictionary) > INF_JOB_SPEC_MAX_SIZE_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "a job's description of more than %d bytes", INF_JOB_SPEC_MAX_SIZE_BYTES);
      return NULL;
    }
  if (!check_keys (dictionary, error))
    return NULL;
  if (!g_variant_lookup (dictionary, "program", "&s", &program))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "a job needs a program");
      return NULL;
    }
  if (!find_kind (dictionary, program, tasks, &kind, error))
    return NULL;

  g_autoptr (InfJobSpec) spec = inf_job_spec_new (kind, program);
  read_strv (dictionary, "args", &spec->args);
  read_strv (dictionary, "outputs", &spec->outputs);
  read_inputs (spec, dictionary);
  g_variant_lookup (dictionary, "name", "s", &spec->name);
  g_variant_lookup (dictionary, "to", "s", &spec->to);
  g_variant_lookup (dictionary, "nodes", "u", &spec->nodes);
  g_variant_lookup (dictionary, "slots", "u", &spec->slots);
  g_variant_lookup (dictionary, "memory-bytes", "t", &spec->memory_bytes);
  g_variant_lookup (dictionary, "time-limit-us", "t", &spec->time_limit_us);
  g_variant_lookup (dictionary, "max-price-ucredits", "t", &spec->max_price_ucredits);
  g_variant_lookup (dictionary, "retries", "u", &spec->retries);
  g_variant_lookup (dictionary, "wait-for-hosts", "b", &spec->wait_for_hosts);
  if (!inf_job_spec_validate (spec, error))
    return NULL;
  return g_steal_pointer (&spec);
}

/**
 * inf_job_spec_to_dictionary:
 * @spec: a spec
 *
 * Returns: (transfer floating): of type "a{sv}", with every key that applies
 */
GVariant *
inf_job_spec_to_dictionary (const InfJobSpec *spec)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariantBuilder inputs;

  g_variant_builder_init (&inputs, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < spec->inputs->len; i++)
    {
      const InfJobInput *input = spec->inputs->pdata[i];
      g_variant_builder_add (&inputs, "(ss)", input->name, input->path ? input->path : "");
    }
  g_variant_dict_insert (&dict, "program", "s", spec->program);
  g_variant_dict_insert (&dict, "kind", "s", inf_program_kind_to_text (spec->kind));
  g_variant_dict_insert (&dict, "args", "^as", spec->args);
  g_variant_dict_insert (&dict, "inputs", "a(ss)", &inputs);
  g_variant_dict_insert (&dict, "outputs", "^as", spec->outputs);
  if (spec->name)
    g_variant_dict_insert (&dict, "name", "s", spec->name);
  if (spec->to)
    g_variant_dict_insert (&dict, "to", "s", spec->to);
  g_variant_dict_insert (&dict, "nodes", "u", spec->nodes);
  g_variant_dict_insert (&dict, "slots", "u", spec->slots);
  g_variant_dict_insert (&dict, "memory-bytes", "t", spec->memory_bytes);
  g_variant_dict_insert (&dict, "time-limit-us", "t", spec->time_limit_us);
  g_variant_dict_insert (&dict, "max-price-ucredits", "t", spec->max_price_ucredits);
  g_variant_dict_insert (&dict, "retries", "u", spec->retries);
  g_variant_dict_insert (&dict, "wait-for-hosts", "b", spec->wait_for_hosts);
  return g_variant_dict_end (&dict);
}
