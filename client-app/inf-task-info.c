#include "client-app/inf-task-info.h"

static const char *const types[] = { "file", "integer", "size", "text", "choice", "boolean" };

static char *
get_text (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return g_strdup (text);
}

/* What a later infinityd may add is asked for as text. */
static InfTaskType
get_type (GVariant *dict)
{
  const char *text = "";

  g_variant_lookup (dict, "type", "&s", &text);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i], text))
      return (InfTaskType)i;
  return INF_TASK_TEXT;
}

static void
take_choices (InfTaskParameter *parameter, GVariant *dict)
{
  g_autoptr (GVariant) choices = g_variant_lookup_value (dict, "choices", G_VARIANT_TYPE ("a(ss)"));
  gsize n_choices = choices ? g_variant_n_children (choices) : 0;

  parameter->values = g_new0 (char *, n_choices + 1);
  parameter->value_titles = g_new0 (char *, n_choices + 1);
  for (gsize i = 0; i < n_choices; i++)
    g_variant_get_child (choices, i, "(ss)", &parameter->values[i], &parameter->value_titles[i]);
}

static InfTaskParameter *
parameter_new (GVariant *dict)
{
  InfTaskParameter *parameter = g_new0 (InfTaskParameter, 1);

  parameter->name = get_text (dict, "name");
  parameter->title = get_text (dict, "title");
  parameter->description = get_text (dict, "description");
  parameter->type = get_type (dict);
  parameter->initial = get_text (dict, "default");
  parameter->minimum = G_MININT64;
  parameter->maximum = G_MAXINT64;
  parameter->option = get_text (dict, "option");
  parameter->excludes = get_text (dict, "excludes");
  g_variant_lookup (dict, "required", "b", &parameter->is_required);
  g_variant_lookup (dict, "minimum", "x", &parameter->minimum);
  g_variant_lookup (dict, "maximum", "x", &parameter->maximum);
  take_choices (parameter, dict);
  return parameter;
}

static void
parameter_free (gpointer data)
{
  InfTaskParameter *parameter = data;

  g_free (parameter->name);
  g_free (parameter->title);
  g_free (parameter->description);
  g_free (parameter->initial);
  g_strfreev (parameter->values);
  g_strfreev (parameter->value_titles);
  g_free (parameter->option);
  g_free (parameter->excludes);
  g_free (parameter);
}

/**
 * inf_task_info_new:
 * @task: one of Jobs1.ListTasks, `a{sv}`
 *
 * Returns: (transfer full): the task; what it does not say is empty
 */
InfTaskInfo *
inf_task_info_new (GVariant *task)
{
  g_autoptr (GVariant) parameters
      = g_variant_lookup_value (task, "parameters", G_VARIANT_TYPE ("aa{sv}"));
  InfTaskInfo *info = g_new0 (InfTaskInfo, 1);

  info->name = get_text (task, "name");
  info->title = get_text (task, "title");
  info->description = get_text (task, "description");
  info->icon = get_text (task, "icon");
  info->parameters = g_ptr_array_new_with_free_func (parameter_free);
  for (gsize i = 0; parameters && i < g_variant_n_children (parameters); i++)
    {
      g_autoptr (GVariant) parameter = g_variant_get_child_value (parameters, i);
      g_ptr_array_add (info->parameters, parameter_new (parameter));
    }
  return info;
}

void
inf_task_info_free (InfTaskInfo *info)
{
  if (!info)
    return;
  g_free (info->name);
  g_free (info->title);
  g_free (info->description);
  g_free (info->icon);
  g_ptr_array_unref (info->parameters);
  g_free (info);
}

/* Returns: (transfer none) (nullable): the parameter of that name */
const InfTaskParameter *
inf_task_info_find (const InfTaskInfo *info, const char *name)
{
  for (guint i = 0; i < info->parameters->len; i++)
    {
      const InfTaskParameter *parameter = info->parameters->pdata[i];
      if (g_str_equal (parameter->name, name))
        return parameter;
    }
  return NULL;
}
