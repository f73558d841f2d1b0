#include "grid/jobs/inf-job-spec.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "grid/jobs/inf-job-name.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (InfJobSpec, inf_job_spec, inf_job_spec_ref, inf_job_spec_unref)

static const char *const kind_texts[] = { "builtin", "own", "installed" };

const char *
inf_program_kind_to_text (InfProgramKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (kind_texts), NULL);
  return kind_texts[kind];
}

gboolean
inf_program_kind_from_text (const char *text, InfProgramKind *ret_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_texts); i++)
    if (g_str_equal (text, kind_texts[i]))
      {
        *ret_kind = (InfProgramKind)i;
        return TRUE;
      }
  return FALSE;
}

/**
 * inf_job_object_is_known:
 * @object: an object
 *
 * Returns: whether its content has been hashed
 */
gboolean
inf_job_object_is_known (const InfJobObject *object)
{
  for (guint i = 0; i < sizeof object->sha256; i++)
    if (object->sha256[i] != 0)
      return TRUE;
  return FALSE;
}

/**
 * inf_job_input_new:
 * @name: its name below /job
 * @path: (nullable): where the submitter has it
 *
 * Returns: (transfer full): an input that is not hashed yet
 */
InfJobInput *
inf_job_input_new (const char *name, const char *path)
{
  InfJobInput *input = g_new0 (InfJobInput, 1);

  input->name = g_strdup (name);
  input->path = g_strdup (path);
  return input;
}

void
inf_job_input_free (InfJobInput *input)
{
  if (!input)
    return;
  g_free (input->name);
  g_free (input->path);
  g_free (input);
}

/**
 * inf_job_spec_new:
 * @kind: what @program names
 * @program: a name, or an own executable's absolute path
 *
 * Returns: (transfer full): one slot on one host for an hour, to be filled in further
 */
InfJobSpec *
inf_job_spec_new (InfProgramKind kind, const char *program)
{
  InfJobSpec *spec = g_new0 (InfJobSpec, 1);

  g_atomic_ref_count_init (&spec->ref_count);
  spec->kind = kind;
  spec->program = g_strdup (program);
  spec->args = g_new0 (char *, 1);
  spec->outputs = g_new0 (char *, 1);
  spec->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_input_free);
  spec->nodes = 1;
  spec->slots = 1;
  spec->time_limit_us = INF_JOB_SPEC_DEFAULT_TIME_US;
  return spec;
}

InfJobSpec *
inf_job_spec_ref (InfJobSpec *spec)
{
  g_atomic_ref_count_inc (&spec->ref_count);
  return spec;
}

void
inf_job_spec_unref (InfJobSpec *spec)
{
  if (!spec || !g_atomic_ref_count_dec (&spec->ref_count))
    return;
  g_free (spec->program);
  g_strfreev (spec->args);
  g_ptr_array_unref (spec->inputs);
  g_strfreev (spec->outputs);
  g_free (spec->name);
  g_free (spec->to);
  g_free (spec);
}

/**
 * inf_job_spec_add_input:
 * @spec: a spec
 * @name: its name below /job
 * @path: (nullable): where the submitter has it
 *
 * Returns: (transfer none): the new input
 */
InfJobInput *
inf_job_spec_add_input (InfJobSpec *spec, const char *name, const char *path)
{
  InfJobInput *input = inf_job_input_new (name, path);

  g_ptr_array_add (spec->inputs, input);
  return input;
}

/* Returns: (transfer full): the name, fit for a file */
static char *
make_safe (char *name, gsize max_bytes)
{
  if (strlen (name) > max_bytes)
    name[max_bytes] = '\0';
  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._+-", '-');
  return g_strdup (inf_job_name_is_safe (name) ? name : "job");
}

/**
 * inf_job_spec_base_name:
 * @spec: a valid spec
 *
 * Returns: (transfer full): what the job's name begins with: the chosen name or the program's, made
 *   safe for a folder
 */
char *
inf_job_spec_base_name (const InfJobSpec *spec)
{
  g_autofree char *base = spec->name ? g_strdup (spec->name) : g_path_get_basename (spec->program);

  /* Room for "-NUMBER" is left, and a name that ends in one would read like another job's. */
  return make_safe (base, INF_JOB_NAME_MAX_BYTES / 2);
}

/**
 * inf_job_spec_program_name:
 * @spec: a valid spec
 *
 * Returns: (transfer full): what the program's file is called on the hosts, whatever the job is
 */
char *
inf_job_spec_program_name (const InfJobSpec *spec)
{
  g_autofree char *name = g_path_get_basename (spec->program);

  return make_safe (name, INF_JOB_NAME_MAX_BYTES);
}

/**
 * inf_job_spec_wants_output:
 * @spec: a spec
 * @path: relative to /job
 *
 * Returns: whether the submitter wants @path brought home. '*' matches '/' too.
 */
gboolean
inf_job_spec_wants_output (const InfJobSpec *spec, const char *path)
{
  if (!spec->outputs[0])
    return TRUE;
  for (char **pattern = spec->outputs; *pattern; pattern++)
    if (g_pattern_match_simple (*pattern, path))
      return TRUE;
  return FALSE;
}

static GVariant *
object_digest (const InfJobObject *object)
{
  gboolean is_known = inf_job_object_is_known (object);

  return inf_wire_variant_from_data (object->sha256, is_known ? sizeof object->sha256 : 0);
}

/**
 * inf_job_spec_to_variant:
 * @spec: a spec
 *
 * Returns: (transfer floating): of type %INF_JOB_SPEC_TYPE
 */
GVariant *
inf_job_spec_to_variant (const InfJobSpec *spec)
{
  GVariantBuilder inputs;

  g_variant_builder_init (&inputs, G_VARIANT_TYPE ("a(ssayt)"));
  for (guint i = 0; i < spec->inputs->len; i++)
    {
      const InfJobInput *input = spec->inputs->pdata[i];
      g_variant_builder_add (&inputs, "(ss@ayt)", input->name, input->path ? input->path : "",
                             object_digest (&input->object), input->object.size_bytes);
    }
  return g_variant_new ("(ys(@ayt)^asa(ssayt)^asssuutttub)", (guint8)spec->kind, spec->program,
                        object_digest (&spec->object), spec->object.size_bytes, spec->args, &inputs,
                        spec->outputs, spec->name ? spec->name : "", spec->to ? spec->to : "",
                        spec->nodes, spec->slots, spec->memory_bytes, spec->time_limit_us,
                        spec->max_price_ucredits, spec->retries, spec->wait_for_hosts);
}

static gboolean
object_from_variant (GVariant *digest, guint64 size_bytes, InfJobObject *object, GError **error)
{
  gsize length;
  const void *data = g_variant_get_fixed_array (digest, &length, 1);

  if (length != 0 && length != sizeof object->sha256)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "an object's id of %" G_GSIZE_FORMAT " bytes", length);
      return FALSE;
    }
  if (length != 0)
    memcpy (object->sha256, data, length);
  object->size_bytes = size_bytes;
  return TRUE;
}

static gboolean
inputs_from_variant (InfJobSpec *spec, GVariant *inputs, GError **error)
{
  GVariantIter iter;
  const char *name, *path;
  GVariant *digest;
  guint64 size_bytes;

  if (g_variant_n_children (inputs) > INF_JOB_SPEC_MAX_INPUTS)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_TOO_LARGE, "too many inputs");
      return FALSE;
    }
  g_variant_iter_init (&iter, inputs);
  while (g_variant_iter_next (&iter, "(&s&s@ayt)", &name, &path, &digest, &size_bytes))
    {
      g_autoptr (GVariant) owned = digest;
      InfJobInput *input = inf_job_spec_add_input (spec, name, *path ? path : NULL);
      if (!object_from_variant (owned, size_bytes, &input->object, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * inf_job_spec_from_variant:
 * @value: from anyone; in normal form
 * @error: as inf_job_spec_validate()
 *
 * Returns: (transfer full) (nullable): a valid spec
 */
InfJobSpec *
inf_job_spec_from_variant (GVariant *value, GError **error)
{
  guint8 kind;
  const char *program, *name, *to;
  g_autoptr (GVariant) digest = NULL;
  g_autoptr (GVariant) inputs = NULL;
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_BUILTIN, "");
  guint64 size_bytes;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (INF_JOB_SPEC_TYPE))
      || g_variant_get_size (value) > INF_JOB_SPEC_MAX_SIZE_BYTES)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "this is no job's description");
      return NULL;
    }
  g_strfreev (g_steal_pointer (&spec->args));
  g_strfreev (g_steal_pointer (&spec->outputs));
  g_variant_get (value, "(y&s(@ayt)^as@a(ssayt)^as&s&suutttub)", &kind, &program, &digest,
                 &size_bytes, &spec->args, &inputs, &spec->outputs, &name, &to, &spec->nodes,
                 &spec->slots, &spec->memory_bytes, &spec->time_limit_us, &spec->max_price_ucredits,
                 &spec->retries, &spec->wait_for_hosts);
  spec->kind = (InfProgramKind)kind;
  g_free (spec->program);
  spec->program = g_strdup (program);
  if (*name)
    spec->name = g_strdup (name);
  if (*to)
    spec->to = g_strdup (to);
  if (!object_from_variant (digest, size_bytes, &spec->object, error)
      || !inputs_from_variant (spec, inputs, error) || !inf_job_spec_validate (spec, error))
    return NULL;
  return g_steal_pointer (&spec);
}
