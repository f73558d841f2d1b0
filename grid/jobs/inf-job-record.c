#include "grid/jobs/inf-job-private.h"

#include "common/inf-base32.h"
#include "common/inf-wire.h"

#include <string.h>

/* What a job is to those who only look, and how it is written down. The state machine is in
 * inf-job.c. */

#define SHORT_ID_LENGTH 8

static const char *const state_texts[] = {
  "queued",  "planning",   "leasing",  "staging", "checking", "launching",
  "running", "collecting", "settling", "done",    "failed",   "cancelled",
};

G_STATIC_ASSERT (G_N_ELEMENTS (state_texts) == INF_JOB_N_STATES);

const char *
inf_job_state_to_text (InfJobState state)
{
  g_return_val_if_fail ((guint)state < INF_JOB_N_STATES, NULL);
  return state_texts[state];
}

gboolean
inf_job_state_from_text (const char *text, InfJobState *ret_state)
{
  for (guint i = 0; i < INF_JOB_N_STATES; i++)
    if (g_str_equal (text, state_texts[i]))
      {
        *ret_state = (InfJobState)i;
        return TRUE;
      }
  return FALSE;
}

InfJob *
inf_job_alloc (const guint8 id[INF_JOB_ID_SIZE_BYTES], const char *name, InfJobSpec *spec)
{
  InfJob *job = g_new0 (InfJob, 1);

  g_atomic_ref_count_init (&job->ref_count);
  memcpy (job->id, id, sizeof job->id);
  job->id_text = inf_base32_encode (job->id, sizeof job->id);
  job->name = g_strdup (name);
  job->spec = inf_job_spec_ref (spec);
  job->attempt = 1;
  job->deadline_us = G_MAXINT64;
  job->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_host_unref);
  job->past_hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_job_host_unref);
  job->excluded = g_ptr_array_new_with_free_func (g_free);
  return job;
}

InfJob *
inf_job_ref (InfJob *job)
{
  g_atomic_ref_count_inc (&job->ref_count);
  return job;
}

void
inf_job_unref (InfJob *job)
{
  if (!job || !g_atomic_ref_count_dec (&job->ref_count))
    return;
  g_free (job->id_text);
  g_free (job->name);
  inf_job_spec_unref (job->spec);
  g_ptr_array_unref (job->hosts);
  g_ptr_array_unref (job->past_hosts);
  g_ptr_array_unref (job->excluded);
  g_free (job->reason);
  g_free (job->problem);
  g_clear_pointer (&job->cause, g_variant_unref);
  g_clear_pointer (&job->problem_cause, g_variant_unref);
  g_free (job->progress_text);
  g_free (job->summary);
  g_free (job->log_path);
  g_free (job);
}

const guint8 *
inf_job_get_id (const InfJob *job)
{
  return job->id;
}

/**
 * inf_job_get_id_text:
 * @job: a job
 *
 * Returns: (transfer none): 26 characters of base32
 */
const char *
inf_job_get_id_text (const InfJob *job)
{
  return job->id_text;
}

/**
 * inf_job_dup_short_id:
 * @job: a job
 *
 * Returns: (transfer full): the beginning of the id, as people see and type it
 */
char *
inf_job_dup_short_id (const InfJob *job)
{
  return g_strndup (job->id_text, SHORT_ID_LENGTH);
}

const char *
inf_job_get_name (const InfJob *job)
{
  return job->name;
}

InfJobSpec *
inf_job_get_spec (const InfJob *job)
{
  return job->spec;
}

InfJobState
inf_job_get_state (const InfJob *job)
{
  return job->state;
}

gboolean
inf_job_is_finished (const InfJob *job)
{
  return job->state >= INF_JOB_DONE;
}

gint64
inf_job_get_submitted_unix_us (const InfJob *job)
{
  return job->submitted_unix_us;
}

/**
 * inf_job_get_ended_unix_us:
 * @job: a job
 *
 * Returns: when it reached its final state; 0 before
 */
gint64
inf_job_get_ended_unix_us (const InfJob *job)
{
  return job->ended_unix_us;
}

guint
inf_job_get_attempt (const InfJob *job)
{
  return job->attempt;
}

/**
 * inf_job_get_round:
 * @job: a job
 *
 * Returns: how often it has been planned; a new attempt and a refused lease both lead to a new
 * round
 */
guint
inf_job_get_round (const InfJob *job)
{
  return job->round;
}

/**
 * inf_job_get_step:
 * @job: a job
 * @step: a state before the final ones
 *
 * Returns: (transfer none): when @step was last entered and left
 */
const InfJobStep *
inf_job_get_step (const InfJob *job, InfJobState step)
{
  g_return_val_if_fail ((guint)step < INF_JOB_N_STEPS, NULL);
  return &job->steps[step];
}

/**
 * inf_job_get_hosts:
 * @job: a job
 *
 * Returns: (transfer none) (element-type InfJobHost): the present or last round's hosts, rank 0's
 *   first
 */
GPtrArray *
inf_job_get_hosts (const InfJob *job)
{
  return job->hosts;
}

/**
 * inf_job_get_past_hosts:
 * @job: a job
 *
 * Returns: (transfer none) (element-type InfJobHost): the hosts of earlier rounds
 */
GPtrArray *
inf_job_get_past_hosts (const InfJob *job)
{
  return job->past_hosts;
}

/**
 * inf_job_get_host:
 * @job: a job
 * @peer_id: a peer
 *
 * Returns: (transfer none) (nullable): it as a host of the present round
 */
InfJobHost *
inf_job_get_host (const InfJob *job, const InfPeerId *peer_id)
{
  for (guint i = 0; i < job->hosts->len; i++)
    {
      InfJobHost *host = job->hosts->pdata[i];
      if (inf_peer_id_equal (&host->peer_id, peer_id))
        return host;
    }
  return NULL;
}

/**
 * inf_job_is_excluded:
 * @job: a job
 * @peer_id: a peer
 *
 * Returns: whether the plan must do without it, as it refused or spoiled an attempt
 */
gboolean
inf_job_is_excluded (const InfJob *job, const InfPeerId *peer_id)
{
  return g_ptr_array_find_with_equal_func (job->excluded, peer_id, inf_peer_id_equal, NULL);
}

int
inf_job_get_exit_status (const InfJob *job)
{
  return job->exit_status;
}

double
inf_job_get_progress (const InfJob *job)
{
  return job->progress;
}

const char *
inf_job_get_progress_text (const InfJob *job)
{
  return job->progress_text;
}

const char *
inf_job_get_summary (const InfJob *job)
{
  return job->summary;
}

void
inf_job_exclude (InfJob *job, const InfPeerId *peer_id)
{
  if (!inf_job_is_excluded (job, peer_id))
    g_ptr_array_add (job->excluded, inf_peer_id_copy (peer_id));
}

const char *
inf_job_get_log_path (const InfJob *job)
{
  return job->log_path;
}

void
inf_job_set_log_path (InfJob *job, const char *path)
{
  char *copy = g_strdup (path);

  g_free (job->log_path);
  job->log_path = copy;
}

static guint
count_answers (const InfJob *job)
{
  guint n = 0;

  for (guint i = 0; i < job->hosts->len; i++)
    {
      const InfJobHost *host = job->hosts->pdata[i];
      if (job->state == INF_JOB_LEASING)
        n += host->lease == INF_JOB_LEASE_HELD;
      else if (job->state == INF_JOB_SETTLING)
        n += host->lease == INF_JOB_LEASE_CLOSED || host->lease == INF_JOB_LEASE_NONE;
      else
        n += host->is_ready;
    }
  return n;
}

/**
 * inf_job_dup_state_text:
 * @job: a job
 *
 * Returns: (transfer full): one line for people: where it stands and why
 */
char *
inf_job_dup_state_text (const InfJob *job)
{
  const char *state = inf_job_state_to_text (job->state);
  g_autofree char *attempt
      = job->attempt > 1 ? g_strdup_printf (", attempt %u", job->attempt) : g_strdup ("");

  if (job->state == INF_JOB_COLLECTING && job->is_stopping)
    return g_strdup_printf ("stopping%s%s", job->reason ? ": " : "",
                            job->reason ? job->reason : "");
  switch (job->state)
    {
    case INF_JOB_LEASING:
    case INF_JOB_STAGING:
    case INF_JOB_CHECKING:
    case INF_JOB_COLLECTING:
    case INF_JOB_SETTLING:
      return g_strdup_printf ("%s, %u of %u hosts%s", state, count_answers (job), job->hosts->len,
                              attempt);
    case INF_JOB_QUEUED:
    case INF_JOB_FAILED:
    case INF_JOB_CANCELLED:
      if (job->reason)
        return g_strdup_printf ("%s%s: %s", state, attempt, job->reason);
      G_GNUC_FALLTHROUGH;
    default:
      return g_strdup_printf ("%s%s", state, attempt);
    }
}

static void
add_hosts (GVariantBuilder *builder, GPtrArray *hosts)
{
  g_variant_builder_open (builder, G_VARIANT_TYPE ("a" INF_JOB_HOST_TYPE));
  for (guint i = 0; i < hosts->len; i++)
    g_variant_builder_add_value (builder, inf_job_host_to_variant (hosts->pdata[i]));
  g_variant_builder_close (builder);
}

static const char *
or_empty (const char *text)
{
  return text ? text : "";
}

/**
 * inf_job_to_variant:
 * @job: a job
 *
 * Returns: (transfer floating): all of it but its spec and what only counts while the node runs;
 *   of type %INF_JOB_TYPE
 */
GVariant *
inf_job_to_variant (const InfJob *job)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (INF_JOB_TYPE));
  g_variant_builder_add_value (&builder, inf_wire_variant_from_data (job->id, sizeof job->id));
  g_variant_builder_add (&builder, "s", job->name);
  g_variant_builder_add (&builder, "y", (guint8)job->state);
  g_variant_builder_add (&builder, "u", job->attempt);
  g_variant_builder_add (&builder, "u", job->round);
  g_variant_builder_add (&builder, "u", job->refusals);
  g_variant_builder_add (&builder, "x", job->submitted_unix_us);
  g_variant_builder_add (&builder, "x", job->ended_unix_us);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a(xx)"));
  for (guint i = 0; i < INF_JOB_N_STEPS; i++)
    g_variant_builder_add (&builder, "(xx)", job->steps[i].began_unix_us,
                           job->steps[i].ended_unix_us);
  g_variant_builder_close (&builder);
  add_hosts (&builder, job->hosts);
  add_hosts (&builder, job->past_hosts);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < job->excluded->len; i++)
    g_variant_builder_add_value (&builder, inf_peer_id_to_variant (job->excluded->pdata[i]));
  g_variant_builder_close (&builder);
  g_variant_builder_add (&builder, "(yususbbb)", (guint8)job->outcome, (guint32)job->error_code,
                         or_empty (job->reason), (guint32)job->problem_code,
                         or_empty (job->problem), job->is_stopping, job->is_metered,
                         job->has_failed_exit);
  g_variant_builder_add (&builder, "(dss)", job->progress, or_empty (job->progress_text),
                         or_empty (job->summary));
  g_variant_builder_add (&builder, "(tis)", job->worst_case_ucredits, (gint32)job->exit_status,
                         or_empty (job->log_path));
  return g_variant_builder_end (&builder);
}

static gboolean
read_hosts (GVariant *value, GPtrArray *hosts)
{
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      InfJobHost *host = inf_job_host_from_variant (child);
      if (!host)
        return FALSE;
      g_ptr_array_add (hosts, host);
    }
  return TRUE;
}

static gboolean
read_excluded (GVariant *value, GPtrArray *excluded)
{
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      InfPeerId id;
      if (!inf_peer_id_from_variant (child, &id))
        return FALSE;
      g_ptr_array_add (excluded, inf_peer_id_copy (&id));
    }
  return TRUE;
}

static gboolean
read_steps (GVariant *value, InfJobStep *steps)
{
  if (g_variant_n_children (value) != INF_JOB_N_STEPS)
    return FALSE;
  for (guint i = 0; i < INF_JOB_N_STEPS; i++)
    g_variant_get_child (value, i, "(xx)", &steps[i].began_unix_us, &steps[i].ended_unix_us);
  return TRUE;
}

static char *
or_null (const char *text)
{
  return *text ? g_strdup (text) : NULL;
}

static gboolean
read_ending (GVariant *value, InfJob *job)
{
  guint8 outcome;
  guint32 code, problem_code;
  const char *reason, *problem;

  g_variant_get (value, "(yu&su&sbbb)", &outcome, &code, &reason, &problem_code, &problem,
                 &job->is_stopping, &job->is_metered, &job->has_failed_exit);
  if (outcome > INF_JOB_OUTCOME_QUEUE || code >= INF_N_ERRORS || problem_code >= INF_N_ERRORS)
    return FALSE;
  job->outcome = (InfJobOutcome)outcome;
  job->error_code = (InfError)code;
  job->problem_code = (InfError)problem_code;
  job->reason = or_null (reason);
  job->problem = or_null (problem);
  return TRUE;
}

static void
read_output (GVariant *progress, GVariant *rest, InfJob *job)
{
  const char *text, *summary, *log_path;
  gint32 exit_status;

  g_variant_get (progress, "(d&s&s)", &job->progress, &text, &summary);
  g_variant_get (rest, "(ti&s)", &job->worst_case_ucredits, &exit_status, &log_path);
  job->progress_text = or_null (text);
  job->summary = or_null (summary);
  job->exit_status = exit_status;
  job->log_path = or_null (log_path);
}

/**
 * inf_job_from_variant:
 * @value: as inf_job_to_variant() gives
 * @spec: the job's spec
 * @error: #INF_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): the job as it was written down. An unfinished one moves
 * again with %INF_JOB_EVENT_RESTARTED.
 */
InfJob *
inf_job_from_variant (GVariant *value, InfJobSpec *spec, GError **error)
{
  g_autoptr (GVariant) id = NULL, steps = NULL, hosts = NULL, past = NULL, excluded = NULL;
  g_autoptr (GVariant) ending = NULL, progress = NULL, rest = NULL;
  g_autoptr (InfJob) job = NULL;
  const char *name;
  guint8 state;
  gsize size;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE (INF_JOB_TYPE))
      && g_variant_is_normal_form (value))
    {
      id = g_variant_get_child_value (value, 0);
      const guint8 *data = g_variant_get_fixed_array (id, &size, 1);
      g_variant_get_child (value, 1, "&s", &name);
      if (size == INF_JOB_ID_SIZE_BYTES)
        job = inf_job_alloc (data, name, spec);
    }
  if (job)
    {
      g_variant_get (value,
                     "(@aysyuuuxx@a(xx)@a" INF_JOB_HOST_TYPE "@a" INF_JOB_HOST_TYPE
                     "@aay@(yususbbb)@(dss)@(tis))",
                     NULL, NULL, &state, &job->attempt, &job->round, &job->refusals,
                     &job->submitted_unix_us, &job->ended_unix_us, &steps, &hosts, &past, &excluded,
                     &ending, &progress, &rest);
      if (state < INF_JOB_N_STATES && read_steps (steps, job->steps)
          && read_hosts (hosts, job->hosts) && read_hosts (past, job->past_hosts)
          && read_excluded (excluded, job->excluded) && read_ending (ending, job))
        {
          job->state = (InfJobState)state;
          read_output (progress, rest, job);
          return g_steal_pointer (&job);
        }
    }
  g_set_error_literal (error, INF_ERROR, INF_ERROR_CORRUPT, "a job's record is damaged");
  return NULL;
}
