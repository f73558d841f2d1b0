#include "grid/jobs/inf-job-spec.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-name.h"

#include <string.h>

/* What a job's description may say. docs/jobs.md has the limits for people. */

static gboolean
validate_program (const InfJobSpec *spec, GError **error)
{
  switch (spec->kind)
    {
    case INF_PROGRAM_BUILTIN:
      if (inf_job_name_is_safe (spec->program))
        return TRUE;
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "no built-in task is called “%s”",
                   spec->program);
      return FALSE;
    case INF_PROGRAM_OWN:
      if (g_path_is_absolute (spec->program) && strlen (spec->program) < 4096)
        {
          g_autofree char *base = g_path_get_basename (spec->program);
          if (inf_job_name_is_safe (base))
            return TRUE;
        }
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "program “%s” is not the absolute path of a file with a plain name",
                   spec->program);
      return FALSE;
    case INF_PROGRAM_INSTALLED:
      if (inf_job_name_is_safe (spec->program))
        return TRUE;
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "“%s” can't be the name of an installed program: one word without '/'",
                   spec->program);
      return FALSE;
    default:
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "unknown kind of program %d",
                   (int)spec->kind);
      return FALSE;
    }
}

static gboolean
validate_args (const InfJobSpec *spec, GError **error)
{
  guint n_args = g_strv_length (spec->args);
  gsize size = 0;

  for (guint i = 0; i < n_args; i++)
    size += strlen (spec->args[i]) + 1;
  if (n_args > INF_JOB_SPEC_MAX_ARGS || size > INF_JOB_SPEC_MAX_ARGS_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%u arguments of %" G_GSIZE_FORMAT " bytes; at most %d of %d bytes are taken",
                   n_args, size, INF_JOB_SPEC_MAX_ARGS, INF_JOB_SPEC_MAX_ARGS_BYTES);
      return FALSE;
    }
  return TRUE;
}

static gboolean
validate_input (const InfJobInput *input, GHashTable *names, GError **error)
{
  if (!inf_job_name_is_safe (input->name))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "input “%s” can't be a file's name in /job: one printable component that "
                   "begins with neither '.' nor '-'",
                   input->name);
      return FALSE;
    }
  if (input->path && (!g_path_is_absolute (input->path) || strlen (input->path) >= 4096))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "input “%s” is not given by an absolute path: “%s”", input->name, input->path);
      return FALSE;
    }
  if (!g_hash_table_add (names, input->name))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "two inputs are called “%s”; rename one, as both would lie in /job",
                   input->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
validate_inputs (const InfJobSpec *spec, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *program = g_path_get_basename (spec->program);

  if (spec->inputs->len > INF_JOB_SPEC_MAX_INPUTS)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%u inputs; at most %d are taken, so pack them into one file", spec->inputs->len,
                   INF_JOB_SPEC_MAX_INPUTS);
      return FALSE;
    }
  if (spec->kind != INF_PROGRAM_INSTALLED)
    g_hash_table_add (names, program);
  for (guint i = 0; i < spec->inputs->len; i++)
    if (!validate_input (spec->inputs->pdata[i], names, error))
      return FALSE;
  return TRUE;
}

static gboolean
validate_outputs (const InfJobSpec *spec, GError **error)
{
  if (g_strv_length (spec->outputs) > INF_JOB_SPEC_MAX_OUTPUTS)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%u output patterns; at most %d are taken", g_strv_length (spec->outputs),
                   INF_JOB_SPEC_MAX_OUTPUTS);
      return FALSE;
    }
  for (char **pattern = spec->outputs; *pattern; pattern++)
    if (!**pattern || strlen (*pattern) > INF_JOB_PATH_MAX_BYTES)
      {
        g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                     "output pattern “%s” has to be 1 to %d bytes", *pattern,
                     INF_JOB_PATH_MAX_BYTES);
        return FALSE;
      }
  return TRUE;
}

static gboolean
validate_number (const char *what, guint64 value, guint64 min, guint64 max, GError **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
               "%s is %" G_GUINT64_FORMAT ", and has to be %" G_GUINT64_FORMAT
               " to %" G_GUINT64_FORMAT,
               what, value, min, max);
  return FALSE;
}

/**
 * inf_job_spec_validate:
 * @spec: a spec, from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE, naming the part that is wrong
 *
 * Looks at the spec alone: whether files exist and hosts offer the program comes later.
 *
 * Returns: whether a job can be made of it
 */
gboolean
inf_job_spec_validate (const InfJobSpec *spec, GError **error)
{
  if (spec->name && !inf_job_name_is_safe (spec->name))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "“%s” can't be a job's name: it is a folder's name too", spec->name);
      return FALSE;
    }
  if (spec->to && (!g_path_is_absolute (spec->to) || strlen (spec->to) >= 4096))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "“%s”, where the outputs are to go, is not an absolute path", spec->to);
      return FALSE;
    }
  return validate_program (spec, error) && validate_args (spec, error)
         && validate_inputs (spec, error) && validate_outputs (spec, error)
         && validate_number ("the number of nodes", spec->nodes, 1, INF_JOB_SPEC_MAX_NODES, error)
         && validate_number ("slots per node", spec->slots, 1, INF_JOB_SPEC_MAX_SLOTS, error)
         && validate_number ("the time limit in microseconds", spec->time_limit_us,
                             G_USEC_PER_SEC / 10, INF_JOB_SPEC_MAX_TIME_US, error)
         && validate_number ("the memory in bytes", spec->memory_bytes, 0, G_MAXINT64, error)
         && validate_number ("the maximum price", spec->max_price_ucredits, 0, G_MAXINT64, error)
         && validate_number ("the number of retries", spec->retries, 0, INF_JOB_SPEC_MAX_RETRIES,
                             error);
}
