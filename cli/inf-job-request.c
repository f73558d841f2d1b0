#include "cli/inf-job-request.h"

#include "cli/inf-quantity.h"
#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A job as Jobs1.Submit takes it. What follows PROGRAM on the command line is the program's and is
 * passed on as it is, with one exception: where a task that Infinity brings takes a file, that is
 * a file here, so it is staged, and the task is given its name there. */

/* Options of ours that a task of Infinity's has not: after its name they can only be a mistake. */
static const char *const misplaced_options[]
    = { "--nodes",  "--slots",     "--to",      "--name", "--time-limit",
        "--memory", "--max-price", "--retries", "--wait", "--output" };

typedef struct
{
  GPtrArray *names;
  GPtrArray *paths;
} Inputs;

static void
inputs_clear (Inputs *inputs)
{
  g_clear_pointer (&inputs->names, g_ptr_array_unref);
  g_clear_pointer (&inputs->paths, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Inputs, inputs_clear)

/* infinityd reads the file later, and elsewhere in the file system: here is where its name means
 * something, and where a mistake in it can be told at once. */
static gboolean
check_file (const char *path, int access_mode, GError **error)
{
  struct stat info;

  if (stat (path, &info) == 0 && !S_ISREG (info.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s is no regular file", path);
      return FALSE;
    }
  if (access (path, access_mode) != 0)
    {
      int saved = errno;
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "%s: %s", path,
                   g_strerror (saved));
      return FALSE;
    }
  return TRUE;
}

/* Returns: (transfer none) (nullable): the name that @path is staged under */
static const char *
add_input (Inputs *inputs, const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *name = g_path_get_basename (absolute);
  guint index;

  if (!check_file (absolute, R_OK, error))
    return NULL;
  if (g_ptr_array_find_with_equal_func (inputs->names, name, g_str_equal, &index))
    {
      if (g_str_equal (inputs->paths->pdata[index], absolute))
        return inputs->names->pdata[index];
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "%s and %s would both be “%s” for the program; rename one of them",
                   (char *)inputs->paths->pdata[index], absolute, name);
      return NULL;
    }
  g_ptr_array_add (inputs->names, g_steal_pointer (&name));
  g_ptr_array_add (inputs->paths, g_steal_pointer (&absolute));
  return inputs->names->pdata[inputs->names->len - 1];
}

static gboolean
refuse_misplaced (const char *program, const char *argument, GError **error)
{
  g_autofree char *option = g_strndup (argument, strcspn (argument, "="));

  for (guint i = 0; i < G_N_ELEMENTS (misplaced_options); i++)
    if (g_str_equal (option, misplaced_options[i]))
      {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                     "what follows %s is for it alone: write %s before %s", program, option,
                     program);
        return FALSE;
      }
  return TRUE;
}

/* Returns: (transfer full): the options of @task that a file follows */
static char **
list_file_options (GVariant *task)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GVariant) parameters
      = g_variant_lookup_value (task, "parameters", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; parameters && i < g_variant_n_children (parameters); i++)
    {
      g_autoptr (GVariant) parameter = g_variant_get_child_value (parameters, i);
      const char *type, *option;

      if (g_variant_lookup (parameter, "type", "&s", &type) && g_str_equal (type, "file")
          && g_variant_lookup (parameter, "option", "&s", &option) && *option)
        g_strv_builder_add (builder, option);
    }
  return g_strv_builder_end (builder);
}

/* Stages the inputs of a task of ours, and names them in @args as they are named there. */
static gboolean
take_task_arguments (const char *program, GVariant *task, char **arguments, GPtrArray *args,
                     Inputs *inputs, GError **error)
{
  g_auto (GStrv) file_options = list_file_options (task);

  for (guint i = 0; arguments[i]; i++)
    {
      const char *value = strchr (arguments[i], '=');
      g_autofree char *option
          = g_strndup (arguments[i], value ? (gsize)(value - arguments[i]) : strlen (arguments[i]));
      const char *name;

      if (!refuse_misplaced (program, arguments[i], error))
        return FALSE;
      if (!g_strv_contains ((const char *const *)file_options, option)
          || (!value && !arguments[i + 1]))
        {
          g_ptr_array_add (args, g_strdup (arguments[i]));
          continue;
        }
      name = add_input (inputs, value ? value + 1 : arguments[i + 1], error);
      if (!name)
        return FALSE;
      if (value)
        g_ptr_array_add (args, g_strconcat (option, "=", name, NULL));
      else
        {
          g_ptr_array_add (args, g_steal_pointer (&option));
          g_ptr_array_add (args, g_strdup (name));
          i++;
        }
    }
  return TRUE;
}

static char *
find_program (const char *program, GError **error)
{
  g_autofree char *absolute = NULL;

  if (!strchr (program, '/'))
    return g_strdup (program);
  absolute = g_canonicalize_filename (program, NULL);
  return check_file (absolute, R_OK | X_OK, error) ? g_steal_pointer (&absolute) : NULL;
}

static gboolean
put_count (GVariantDict *spec, const char *key, const char *option, int number, GError **error)
{
  if (number < 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s can't be negative", option);
      return FALSE;
    }
  g_variant_dict_insert (spec, key, "u", (guint32)number);
  return TRUE;
}

/* Options that are left out leave their key out: what holds then is for infinityd to say. */
static gboolean
put_limits (GVariantDict *spec, const InfJobOptions *options, GError **error)
{
  guint64 number;

  if (options->nodes && !put_count (spec, "nodes", "--nodes", options->nodes, error))
    return FALSE;
  if (options->slots && !put_count (spec, "slots", "--slots", options->slots, error))
    return FALSE;
  if (options->retries != -1 && !put_count (spec, "retries", "--retries", options->retries, error))
    return FALSE;
  if (options->time_limit)
    {
      if (!inf_quantity_parse_duration (options->time_limit, &number, error))
        return FALSE;
      if (!g_uint64_checked_mul (&number, number, G_USEC_PER_SEC))
        number = G_MAXUINT64;
      g_variant_dict_insert (spec, "time-limit-us", "t", number);
    }
  if (options->memory)
    {
      if (!inf_quantity_parse_size (options->memory, &number, error))
        return FALSE;
      g_variant_dict_insert (spec, "memory-bytes", "t", number);
    }
  if (options->max_price)
    {
      if (!inf_quantity_parse_credits (options->max_price, &number, error))
        return FALSE;
      g_variant_dict_insert (spec, "max-price-ucredits", "t", number);
    }
  return TRUE;
}

static void
put_inputs (GVariantDict *spec, const Inputs *inputs)
{
  GVariantBuilder builder;

  if (inputs->names->len == 0)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < inputs->names->len; i++)
    g_variant_builder_add (&builder, "(ss)", inputs->names->pdata[i], inputs->paths->pdata[i]);
  g_variant_dict_insert_value (spec, "inputs", g_variant_builder_end (&builder));
}

/* The outputs come when the job is over and paid for: too late to hear that they can't be kept. */
static gboolean
check_destination (const char *directory, GError **error)
{
  g_autofree char *nearest = g_strdup (directory);
  int saved;

  while (!g_file_test (nearest, G_FILE_TEST_EXISTS) && !g_str_equal (nearest, "/"))
    {
      char *parent = g_path_get_dirname (nearest);
      g_free (nearest);
      nearest = parent;
    }
  if (access (nearest, W_OK | X_OK) == 0 && g_file_test (nearest, G_FILE_TEST_IS_DIR))
    return TRUE;
  saved = g_file_test (nearest, G_FILE_TEST_IS_DIR) ? EACCES : ENOTDIR;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
               "the outputs can't go to %s: %s: %s", directory, nearest, g_strerror (saved));
  return FALSE;
}

static gboolean
put_words (GVariantDict *spec, const InfJobOptions *options, GError **error)
{
  if (options->outputs)
    g_variant_dict_insert (spec, "outputs", "^as", options->outputs);
  if (options->name)
    g_variant_dict_insert (spec, "name", "s", options->name);
  if (options->to)
    {
      g_autofree char *directory = g_canonicalize_filename (options->to, NULL);
      if (!check_destination (directory, error))
        return FALSE;
      g_variant_dict_insert (spec, "to", "s", directory);
    }
  g_variant_dict_insert (spec, "wait-for-hosts", "b", options->is_waiting);
  return TRUE;
}

/**
 * inf_job_request_build:
 * @options: what the options say
 * @task: (nullable): the task that the program is, out of Jobs1.ListTasks; %NULL when it is none
 * @arguments: (array zero-terminated=1): the program, at least, and its arguments
 * @error: %INF_ERROR_INVALID, a #GOptionError for what is written wrongly, a #GFileError for the
 *   program or an input that can't be read
 *
 * Returns: (transfer full) (nullable): the specification for Jobs1.Plan and Jobs1.Submit, `a{sv}`,
 *   with absolute paths
 */
GVariant *
inf_job_request_build (const InfJobOptions *options, GVariant *task, char **arguments,
                       GError **error)
{
  g_auto (GVariantDict) spec = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GPtrArray) args = g_ptr_array_new_with_free_func (g_free);
  g_auto (Inputs) inputs
      = { g_ptr_array_new_with_free_func (g_free), g_ptr_array_new_with_free_func (g_free) };
  g_autofree char *program = find_program (arguments[0], error);

  if (!program)
    return NULL;
  for (guint i = 0; options->inputs && options->inputs[i]; i++)
    if (!add_input (&inputs, options->inputs[i], error))
      return NULL;
  if (!task)
    for (guint i = 1; arguments[i]; i++)
      g_ptr_array_add (args, g_strdup (arguments[i]));
  else if (!take_task_arguments (program, task, arguments + 1, args, &inputs, error))
    return NULL;
  if (!put_limits (&spec, options, error))
    return NULL;

  g_ptr_array_add (args, NULL);
  g_variant_dict_insert (&spec, "program", "s", program);
  g_variant_dict_insert (&spec, "args", "^as", args->pdata);
  put_inputs (&spec, &inputs);
  if (!put_words (&spec, options, error))
    return NULL;
  return g_variant_ref_sink (g_variant_dict_end (&spec));
}
