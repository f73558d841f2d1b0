#include "grid/jobs/inf-task-form.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-name.h"

#include <string.h>

/* What a task is and what it asks, out of the NAME.task beside it; tasks/README.md documents the
 * format. All of a file is checked when it is read: what is described afterwards can be relied on.
 */

#define TASK_GROUP "Task"
#define PARAMETER_PREFIX "Parameter "
#define CHOICE_PREFIX "Choice "
#define MAX_TEXT_BYTES 1024
#define MAX_NAME_BYTES 32

typedef enum
{
  TYPE_FILE,
  TYPE_INTEGER,
  TYPE_SIZE,
  TYPE_TEXT,
  TYPE_CHOICE,
  TYPE_BOOLEAN,
} Type;

static const char *const type_texts[]
    = { "file", "integer", "size", "text", "choice", "boolean", NULL };

typedef struct
{
  char *name;
  char *group;
  Type type;
  gboolean is_required;
  char *initial; /* the default, as typed */
  gint64 minimum;
  gint64 maximum;
  char *option;
  char *excludes;
  GPtrArray *choices; /* of the names of their groups */
} Parameter;

struct _InfTaskForm
{
  char *name;
  char *icon;
  GPtrArray *parameters; /* of Parameter */
  GKeyFile *file;        /* for the texts, in all languages */
};

static const char *const task_keys[] = { "Name", "Comment", "Icon", NULL };
static const char *const parameter_keys[] = { "Name",    "Comment", "Type",   "Required", "Default",
                                              "Minimum", "Maximum", "Option", "Excludes", NULL };
static const char *const choice_keys[] = { "Name", NULL };

static void
parameter_free (gpointer data)
{
  Parameter *parameter = data;

  g_free (parameter->name);
  g_free (parameter->group);
  g_free (parameter->initial);
  g_free (parameter->option);
  g_free (parameter->excludes);
  g_ptr_array_unref (parameter->choices);
  g_free (parameter);
}

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, message);
  return FALSE;
}

/* A key that is unknown was mistyped: its value would be missing without a word. */
static gboolean
check_keys (GKeyFile *file, const char *group, const char *const *known, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys && keys[i]; i++)
    {
      g_autofree char *plain = g_strndup (keys[i], strcspn (keys[i], "["));
      g_autofree char *value = g_key_file_get_value (file, group, keys[i], NULL);

      if (!g_strv_contains (known, plain))
        return refuse (error, "[%s] has the key “%s”, which means nothing", group, keys[i]);
      if (strlen (value) > MAX_TEXT_BYTES)
        return refuse (error, "[%s] %s has more than %d bytes", group, keys[i], MAX_TEXT_BYTES);
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable): a value that has to be there and say something */
static char *
get_text (GKeyFile *file, const char *group, const char *key, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);

  if (text && *text)
    return g_steal_pointer (&text);
  refuse (error, "[%s] needs a %s", group, key);
  return NULL;
}

static char *
get_optional (GKeyFile *file, const char *group, const char *key)
{
  char *text = g_key_file_get_string (file, group, key, NULL);

  return text ? text : g_strdup ("");
}

static gboolean
get_boolean (GKeyFile *file, const char *group, const char *key, gboolean *ret_value,
             GError **error)
{
  g_autofree char *text = get_optional (file, group, key);

  if (*text && !g_str_equal (text, "true") && !g_str_equal (text, "false"))
    return refuse (error, "[%s] %s is true or false, not “%s”", group, key, text);
  *ret_value = g_str_equal (text, "true");
  return TRUE;
}

static gboolean
get_bound (GKeyFile *file, const char *group, const char *key, Type type, gint64 *value,
           GError **error)
{
  g_autofree char *text = get_optional (file, group, key);

  if (*text == '\0')
    return TRUE;
  if (type != TYPE_INTEGER && type != TYPE_SIZE)
    return refuse (error, "[%s] has a %s, but is no number", group, key);
  if (!g_ascii_string_to_signed (text, 10, type == TYPE_SIZE ? 0 : G_MININT64, G_MAXINT64, value,
                                 NULL))
    return refuse (error, "[%s] %s is no whole number in range: “%s”", group, key, text);
  return TRUE;
}

static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  return length > 0 && length <= MAX_NAME_BYTES && g_ascii_islower (name[0])
         && strspn (name, G_CSET_a_2_z G_CSET_DIGITS "-") == length;
}

static gboolean
is_option (const char *option)
{
  return option[0] == '-' && option[1] != '\0' && strpbrk (option, " \t\n=") == NULL;
}

static gboolean
parse_type (const char *group, const char *text, Type *ret_type, GError **error)
{
  for (guint i = 0; type_texts[i]; i++)
    if (g_str_equal (text, type_texts[i]))
      {
        *ret_type = (Type)i;
        return TRUE;
      }
  return refuse (error, "[%s] Type is “%s”, which is none", group, text);
}

static gboolean
parse_numbers (GKeyFile *file, Parameter *parameter, GError **error)
{
  parameter->minimum = parameter->type == TYPE_SIZE ? 0 : G_MININT64;
  parameter->maximum = G_MAXINT64;
  if (!get_bound (file, parameter->group, "Minimum", parameter->type, &parameter->minimum, error)
      || !get_bound (file, parameter->group, "Maximum", parameter->type, &parameter->maximum,
                     error))
    return FALSE;
  if (parameter->minimum > parameter->maximum)
    return refuse (error, "[%s] Minimum is above Maximum", parameter->group);
  return TRUE;
}

static Parameter *
parse_parameter (GKeyFile *file, const char *group, GError **error)
{
  Parameter *parameter = g_new0 (Parameter, 1);
  g_autofree char *title = get_text (file, group, "Name", error);
  g_autofree char *type = title ? get_text (file, group, "Type", error) : NULL;
  gboolean is_good;

  parameter->name = g_strdup (group + strlen (PARAMETER_PREFIX));
  parameter->group = g_strdup (group);
  parameter->choices = g_ptr_array_new_with_free_func (g_free);
  parameter->option = get_optional (file, group, "Option");
  parameter->excludes = get_optional (file, group, "Excludes");
  parameter->initial = get_optional (file, group, "Default");
  is_good = type && check_keys (file, group, parameter_keys, error)
            && parse_type (group, type, &parameter->type, error)
            && get_boolean (file, group, "Required", &parameter->is_required, error)
            && parse_numbers (file, parameter, error);
  if (is_good && !is_name (parameter->name))
    is_good = refuse (error, "[%s]: a name is of a to z, 0 to 9 and -", group);
  if (is_good && *parameter->option && !is_option (parameter->option))
    is_good = refuse (error, "[%s] Option is no option: “%s”", group, parameter->option);
  if (is_good && parameter->type == TYPE_BOOLEAN && !*parameter->option)
    is_good = refuse (error, "[%s] needs an Option: a boolean that is true is its option", group);
  if (is_good)
    return parameter;
  parameter_free (parameter);
  return NULL;
}

static Parameter *
find_parameter (const InfTaskForm *form, const char *name)
{
  for (guint i = 0; i < form->parameters->len; i++)
    {
      Parameter *parameter = form->parameters->pdata[i];
      if (g_str_equal (parameter->name, name))
        return parameter;
    }
  return NULL;
}

/* “Choice PARAMETER VALUE” */
static gboolean
parse_choice (InfTaskForm *form, const char *group, GError **error)
{
  g_auto (GStrv) words = g_strsplit (group, " ", 3);
  Parameter *parameter
      = g_strv_length (words) == 3 && *words[2] ? find_parameter (form, words[1]) : NULL;
  g_autofree char *title = NULL;

  if (!parameter || parameter->type != TYPE_CHOICE)
    return refuse (error, "[%s] follows no parameter that is a choice", group);
  if (parameter->choices->len == INF_TASK_FORM_MAX_CHOICES)
    return refuse (error, "[%s]: more than %d choices", group, INF_TASK_FORM_MAX_CHOICES);
  title = get_text (form->file, group, "Name", error);
  if (!title || !check_keys (form->file, group, choice_keys, error))
    return FALSE;
  g_ptr_array_add (parameter->choices, g_strdup (group));
  return TRUE;
}

static const char *
choice_value (const Parameter *parameter, guint index)
{
  const char *group = parameter->choices->pdata[index];

  return group + strlen (CHOICE_PREFIX) + strlen (parameter->name) + 1;
}

static gboolean
is_default_good (const Parameter *parameter)
{
  switch (parameter->type)
    {
    case TYPE_FILE:
      return FALSE;
    case TYPE_INTEGER:
    case TYPE_SIZE:
      return g_ascii_string_to_signed (parameter->initial, 10, parameter->minimum,
                                       parameter->maximum, NULL, NULL);
    case TYPE_CHOICE:
      for (guint i = 0; i < parameter->choices->len; i++)
        if (g_str_equal (choice_value (parameter, i), parameter->initial))
          return TRUE;
      return FALSE;
    case TYPE_BOOLEAN:
      return g_str_equal (parameter->initial, "true") || g_str_equal (parameter->initial, "false");
    case TYPE_TEXT:
    default:
      return TRUE;
    }
}

/* What can be said of a parameter only once the others are known. */
static gboolean
check_parameter (const InfTaskForm *form, const Parameter *parameter, GError **error)
{
  if (parameter->type == TYPE_CHOICE && parameter->choices->len == 0)
    return refuse (error, "[%s] is a choice of nothing", parameter->group);
  if (*parameter->initial && !is_default_good (parameter))
    return refuse (error, "[%s] Default can't be “%s”", parameter->group, parameter->initial);
  if (*parameter->excludes
      && (g_str_equal (parameter->excludes, parameter->name)
          || !find_parameter (form, parameter->excludes)))
    return refuse (error, "[%s] Excludes no other parameter: “%s”", parameter->group,
                   parameter->excludes);
  return TRUE;
}

static gboolean
parse_group (InfTaskForm *form, const char *group, GError **error)
{
  Parameter *parameter;

  if (g_str_equal (group, TASK_GROUP))
    return TRUE;
  if (g_str_has_prefix (group, CHOICE_PREFIX))
    return parse_choice (form, group, error);
  if (!g_str_has_prefix (group, PARAMETER_PREFIX))
    return refuse (error, "[%s] means nothing", group);
  if (form->parameters->len == INF_TASK_FORM_MAX_PARAMETERS)
    return refuse (error, "more than %d parameters", INF_TASK_FORM_MAX_PARAMETERS);
  parameter = parse_parameter (form->file, group, error);
  if (parameter)
    g_ptr_array_add (form->parameters, parameter);
  return parameter != NULL;
}

static gboolean
parse_groups (InfTaskForm *form, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (form->file, NULL);
  g_autofree char *title = get_text (form->file, TASK_GROUP, "Name", error);
  g_autofree char *description = title ? get_text (form->file, TASK_GROUP, "Comment", error) : NULL;

  if (!description || !check_keys (form->file, TASK_GROUP, task_keys, error))
    return FALSE;
  form->icon = get_optional (form->file, TASK_GROUP, "Icon");
  for (guint i = 0; groups[i]; i++)
    if (!parse_group (form, groups[i], error))
      return FALSE;
  for (guint i = 0; i < form->parameters->len; i++)
    if (!check_parameter (form, form->parameters->pdata[i], error))
      return FALSE;
  return TRUE;
}

/**
 * inf_task_form_parse:
 * @name: the task's, which is its program's
 * @data: what its file holds
 * @size_bytes: the length of @data
 * @error: #INF_ERROR_INVALID, which names the group and the key; #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): what the file says, all of it checked
 */
InfTaskForm *
inf_task_form_parse (const char *name, const char *data, gsize size_bytes, GError **error)
{
  g_autoptr (InfTaskForm) form = g_new0 (InfTaskForm, 1);
  g_autoptr (GError) local_error = NULL;

  form->name = g_strdup (name);
  form->parameters = g_ptr_array_new_with_free_func (parameter_free);
  form->file = g_key_file_new ();
  if (size_bytes > INF_TASK_FORM_MAX_SIZE_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE, "%s.task: more than %d bytes", name,
                   INF_TASK_FORM_MAX_SIZE_BYTES);
      return NULL;
    }
  if (!inf_job_name_is_safe (name))
    refuse (&local_error, "a task can't be called so");
  else if (!g_utf8_validate_len (data, size_bytes, NULL))
    refuse (&local_error, "not UTF-8");
  else if (g_key_file_load_from_data (form->file, data, size_bytes, G_KEY_FILE_KEEP_TRANSLATIONS,
                                      &local_error)
           && parse_groups (form, &local_error))
    return g_steal_pointer (&form);
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s.task: %s", name, local_error->message);
  return NULL;
}

/**
 * inf_task_form_free:
 * @form: (nullable): a form
 */
void
inf_task_form_free (InfTaskForm *form)
{
  if (!form)
    return;
  g_free (form->name);
  g_free (form->icon);
  g_ptr_array_unref (form->parameters);
  g_key_file_unref (form->file);
  g_free (form);
}

const char *
inf_task_form_get_name (const InfTaskForm *form)
{
  return form->name;
}

static void
put_text (GVariantDict *dict, const char *name, const InfTaskForm *form, const char *group,
          const char *key, const char *language)
{
  g_autofree char *text = g_key_file_get_locale_string (form->file, group, key, language, NULL);

  g_variant_dict_insert (dict, name, "s", text ? text : "");
}

static GVariant *
describe_choices (const InfTaskForm *form, const Parameter *parameter, const char *language)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < parameter->choices->len; i++)
    {
      g_autofree char *title = g_key_file_get_locale_string (
          form->file, parameter->choices->pdata[i], "Name", language, NULL);
      g_variant_builder_add (&builder, "(ss)", choice_value (parameter, i), title);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_parameter (const InfTaskForm *form, const Parameter *parameter, const char *language)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "name", "s", parameter->name);
  put_text (&dict, "title", form, parameter->group, "Name", language);
  put_text (&dict, "description", form, parameter->group, "Comment", language);
  g_variant_dict_insert (&dict, "type", "s", type_texts[parameter->type]);
  g_variant_dict_insert (&dict, "required", "b", parameter->is_required);
  g_variant_dict_insert (&dict, "default", "s", parameter->initial);
  g_variant_dict_insert (&dict, "minimum", "x", parameter->minimum);
  g_variant_dict_insert (&dict, "maximum", "x", parameter->maximum);
  g_variant_dict_insert_value (&dict, "choices", describe_choices (form, parameter, language));
  g_variant_dict_insert (&dict, "option", "s", parameter->option);
  g_variant_dict_insert (&dict, "excludes", "s", parameter->excludes);
  return g_variant_dict_end (&dict);
}

/**
 * inf_task_form_describe:
 * @form: a form
 * @language: of the texts, such as "de" or "de_AT"; "" for English
 *
 * Returns: (transfer floating): the a{sv} of a task that the D-Bus contract documents
 */
GVariant *
inf_task_form_describe (const InfTaskForm *form, const char *language)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariantBuilder parameters;

  g_variant_builder_init (&parameters, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < form->parameters->len; i++)
    g_variant_builder_add_value (&parameters,
                                 describe_parameter (form, form->parameters->pdata[i], language));
  g_variant_dict_insert (&dict, "name", "s", form->name);
  put_text (&dict, "title", form, TASK_GROUP, "Name", language);
  put_text (&dict, "description", form, TASK_GROUP, "Comment", language);
  g_variant_dict_insert (&dict, "icon", "s", form->icon);
  g_variant_dict_insert_value (&dict, "parameters", g_variant_builder_end (&parameters));
  return g_variant_dict_end (&dict);
}
