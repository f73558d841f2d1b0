#include "grid/jobs/inf-job.h"

/* A job's spec and record as they come from disk, and a spec as it comes over D-Bus. The first byte
 * chooses. A job that is taken must also bear being moved. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes);

static GVariant *
load (const char *type, GBytes *bytes)
{
  g_autoptr (GVariant) value
      = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));

  return g_variant_is_normal_form (value) ? g_steal_pointer (&value) : NULL;
}

static void
try_spec (GBytes *bytes)
{
  g_autoptr (GVariant) value = load (INF_JOB_SPEC_TYPE, bytes);
  g_autoptr (InfJobSpec) spec = value ? inf_job_spec_from_variant (value, NULL) : NULL;

  if (!spec)
    return;
  g_autofree char *base = inf_job_spec_base_name (spec);
  g_autoptr (GVariant) again = g_variant_ref_sink (inf_job_spec_to_variant (spec));
  g_autoptr (InfJobSpec) copy = inf_job_spec_from_variant (again, NULL);
  g_assert_nonnull (copy);
}

static void
try_dictionary (GBytes *bytes)
{
  g_autoptr (GVariant) value = load ("a{sv}", bytes);
  g_autoptr (InfJobSpec) spec = value ? inf_job_spec_from_dictionary (value, NULL, NULL) : NULL;

  if (spec)
    g_assert_true (inf_job_spec_validate (spec, NULL));
}

static void
try_record (GBytes *bytes)
{
  g_autoptr (InfJobSpec) spec = inf_job_spec_new (INF_PROGRAM_BUILTIN, "taskadd");
  g_autoptr (GVariant) value = load (INF_JOB_TYPE, bytes);
  g_autoptr (InfJob) job = value ? inf_job_from_variant (value, spec, NULL) : NULL;
  const InfJobEventType types[]
      = { INF_JOB_EVENT_RESTARTED, INF_JOB_EVENT_CANCEL_REQUESTED, INF_JOB_EVENT_TICK };

  for (guint i = 0; job && i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *text = inf_job_dup_state_text (job);
      g_autoptr (GPtrArray) actions
          = inf_job_handle (job, i * G_USEC_PER_SEC, 0, &(InfJobEvent){ .type = types[i] });
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size_bytes)
{
  static void (*const readers[]) (GBytes *) = { try_spec, try_dictionary, try_record };

  if (size_bytes == 0)
    return 0;
  g_autoptr (GBytes) bytes = g_bytes_new (data + 1, size_bytes - 1);
  readers[data[0] % G_N_ELEMENTS (readers)](bytes);
  return 0;
}
