#include "client-app/inf-job-facts.h"

#include <string.h>

/* From less than this of the work nothing can be said of the rest. */
#define MIN_PROGRESS 0.01
#define MIN_RUN_US (2 * G_USEC_PER_SEC)
/* Who says that it takes a year more does not know. */
#define MAX_REMAINING_US (G_GINT64_CONSTANT (365) * 24 * 3600 * G_USEC_PER_SEC)

static const char *const step_states[INF_JOB_N_STEPS]
    = { "planning",  "leasing", "staging",    "checking",
        "launching", "running", "collecting", "settling" };

void
inf_job_facts_init (InfJobFacts *facts)
{
  *facts = (InfJobFacts){ .progress = -1, .exit_status = -1, .attempt = 1 };
  facts->id = g_strdup ("");
  facts->name = g_strdup ("");
  facts->program = g_strdup ("");
  facts->state = g_strdup ("");
  facts->reason = g_strdup ("");
  facts->failure = g_strdup ("");
  facts->progress_text = g_strdup ("");
  facts->summary = g_strdup ("");
  facts->result = g_strdup ("");
  facts->hosts = g_new0 (char *, 1);
  facts->host_spent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
inf_job_facts_clear (InfJobFacts *facts)
{
  g_free (facts->id);
  g_free (facts->name);
  g_free (facts->program);
  g_free (facts->state);
  g_free (facts->reason);
  g_clear_pointer (&facts->cause, g_variant_unref);
  g_free (facts->failure);
  g_free (facts->progress_text);
  g_free (facts->summary);
  g_free (facts->result);
  g_strfreev (facts->hosts);
  g_hash_table_unref (facts->host_spent);
}

static void
take_text (char **place, GVariant *value)
{
  const char *text = g_variant_get_string (value, NULL);

  if (*place && g_str_equal (*place, text))
    return;
  g_free (*place);
  *place = g_strdup (text);
}

static void
take_steps (InfJobFacts *facts, GVariant *steps)
{
  GVariantIter iter;
  const char *name;
  InfJobStep step;

  memset (facts->steps, 0, sizeof facts->steps);
  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&sxx)", &name, &step.began_unix, &step.ended_unix))
    for (guint i = 0; i < INF_JOB_N_STEPS; i++)
      if (g_str_equal (step_states[i], name))
        facts->steps[i] = step;
}

static void
take_host_spent (InfJobFacts *facts, GVariant *paid)
{
  GVariantIter iter;
  const char *host;
  guint64 ucredits;

  g_hash_table_remove_all (facts->host_spent);
  g_variant_iter_init (&iter, paid);
  while (g_variant_iter_next (&iter, "(&st)", &host, &ucredits))
    {
      gint64 amount = (gint64)MIN (ucredits, G_MAXINT64);
      g_hash_table_insert (facts->host_spent, g_strdup (host), g_memdup2 (&amount, sizeof amount));
    }
}

typedef struct
{
  const char *key;
  const char *type;
  gsize offset;
} Field;

#define FIELD(key, type, member)                                                                   \
  {                                                                                                \
    key, type, G_STRUCT_OFFSET (InfJobFacts, member)                                               \
  }

static const Field fields[] = {
  FIELD ("id", "s", id),
  FIELD ("name", "s", name),
  FIELD ("program", "s", program),
  FIELD ("state", "s", state),
  FIELD ("reason", "s", reason),
  FIELD ("failure", "s", failure),
  FIELD ("progress-text", "s", progress_text),
  FIELD ("summary", "s", summary),
  FIELD ("result", "s", result),
  FIELD ("progress", "d", progress),
  FIELD ("exit-status", "i", exit_status),
  FIELD ("nodes", "u", nodes),
  FIELD ("attempt", "u", attempt),
  FIELD ("spent", "t", spent),
  FIELD ("price", "t", price),
  FIELD ("worst-case", "t", worst_case),
  FIELD ("log-bytes", "t", log_bytes),
  FIELD ("submitted-unix", "x", submitted_unix),
  FIELD ("started-unix", "x", started_unix),
  FIELD ("finished-unix", "x", finished_unix),
};

static void
take_field (InfJobFacts *facts, const Field *field, GVariant *value)
{
  gpointer place = G_STRUCT_MEMBER_P (facts, field->offset);

  /* what infinityd of another version means by it is not known */
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (field->type)))
    return;
  if (*field->type == 's')
    take_text (place, value);
  else
    g_variant_get (value, field->type, place);
}

static void
take_key (InfJobFacts *facts, const char *key, GVariant *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].key, key))
      {
        take_field (facts, &fields[i], value);
        return;
      }
  if (g_str_equal (key, "hosts") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_strfreev (facts->hosts);
      facts->hosts = g_variant_dup_strv (value, NULL);
    }
  else if (g_str_equal (key, "host-spent")
           && g_variant_is_of_type (value, G_VARIANT_TYPE ("a(st)")))
    take_host_spent (facts, value);
  else if (g_str_equal (key, "cause") && g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    {
      g_clear_pointer (&facts->cause, g_variant_unref);
      facts->cause = g_variant_ref (value);
    }
  else if (g_str_equal (key, "steps") && g_variant_is_of_type (value, G_VARIANT_TYPE ("a(sxx)")))
    take_steps (facts, value);
}

/**
 * inf_job_facts_take:
 * @facts: initialised facts
 * @job: `a{sv}`: what is known of the job now; what it does not hold stays as it was
 */
void
inf_job_facts_take (InfJobFacts *facts, GVariant *job)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, job);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    take_key (facts, key, value);
}

/* Returns: whether nothing more happens to the job */
gboolean
inf_job_facts_is_over (const InfJobFacts *facts)
{
  return g_str_equal (facts->state, "done") || g_str_equal (facts->state, "failed")
         || g_str_equal (facts->state, "cancelled");
}

/* Returns: whether its program does now */
gboolean
inf_job_facts_runs (const InfJobFacts *facts)
{
  return g_str_equal (facts->state, "running");
}

/* Returns: whether it is on its way, and known how far */
gboolean
inf_job_facts_has_progress (const InfJobFacts *facts)
{
  return facts->started_unix > 0 && facts->progress >= 0 && !inf_job_facts_is_over (facts);
}

static int
find_step (const char *state)
{
  for (int i = 0; i < INF_JOB_N_STEPS; i++)
    if (g_str_equal (step_states[i], state))
      return i;
  return -1;
}

/* Returns: where its state belongs when jobs are sorted by it: what runs, what waits, what is over
 */
int
inf_job_facts_get_order (const InfJobFacts *facts)
{
  static const char *const last[] = { "queued", "failed", "cancelled", "done" };

  for (guint i = 0; i < G_N_ELEMENTS (last); i++)
    if (g_str_equal (last[i], facts->state))
      return INF_JOB_N_STEPS + (int)i;
  return INF_JOB_N_STEPS - 1 - find_step (facts->state);
}

/**
 * inf_job_facts_get_elapsed:
 * @facts: a job's
 * @now_unix: the time now, in microseconds
 *
 * Returns: microseconds since it was submitted, until it was over; negative where that is unknown
 */
gint64
inf_job_facts_get_elapsed (const InfJobFacts *facts, gint64 now_unix)
{
  gint64 end_unix = facts->finished_unix > 0 ? facts->finished_unix : now_unix;

  if (facts->submitted_unix <= 0)
    return -1;
  if (!facts->finished_unix && inf_job_facts_is_over (facts))
    return -1;
  return MAX (end_unix - facts->submitted_unix, 0);
}

/**
 * inf_job_facts_get_remaining:
 * @facts: a job's
 * @now_unix: the time now, in microseconds
 *
 * From how far the program has come in the time it runs, as if the rest went as fast.
 *
 * Returns: microseconds until the program will end, about; negative where that can't be told
 */
gint64
inf_job_facts_get_remaining (const InfJobFacts *facts, gint64 now_unix)
{
  gint64 ran_us = now_unix - facts->started_unix;
  double remaining_us;

  if (!inf_job_facts_runs (facts) || facts->started_unix <= 0 || ran_us < MIN_RUN_US
      || !(facts->progress >= MIN_PROGRESS))
    return -1;
  remaining_us = (double)ran_us * (1 - MIN (facts->progress, 1)) / facts->progress;
  return remaining_us < (double)MAX_REMAINING_US ? (gint64)remaining_us : -1;
}

/* The last step that a job that did not get to its end was in: what comes after what went wrong is
 * only done to clear up. */
static int
find_last_step (const InfJobFacts *facts)
{
  int last = -1;

  for (int i = 0; i < INF_JOB_STEP_COLLECT; i++)
    if (facts->steps[i].began_unix > 0
        && (last < 0 || facts->steps[i].began_unix >= facts->steps[last].began_unix))
      last = i;
  return last;
}

/**
 * inf_job_facts_get_mark:
 * @facts: a job's
 * @step: one of its steps
 *
 * Returns: how the step stands; in a further attempt, those of the one before are still to come
 */
InfJobStepMark
inf_job_facts_get_mark (const InfJobFacts *facts, InfJobStepIndex step)
{
  int current = find_step (facts->state);
  int last = find_last_step (facts);

  if (g_str_equal (facts->state, "done"))
    return INF_JOB_STEP_DONE;
  if (inf_job_facts_is_over (facts))
    {
      if ((int)step == last)
        return g_str_equal (facts->state, "failed") ? INF_JOB_STEP_FAILED : INF_JOB_STEP_STOPPED;
      if (step >= INF_JOB_STEP_COLLECT)
        return facts->steps[step].ended_unix ? INF_JOB_STEP_DONE : INF_JOB_STEP_TO_COME;
      return (int)step < last ? INF_JOB_STEP_DONE : INF_JOB_STEP_TO_COME;
    }
  if ((int)step == current)
    return INF_JOB_STEP_CURRENT;
  return (int)step < current && facts->steps[step].began_unix ? INF_JOB_STEP_DONE
                                                              : INF_JOB_STEP_TO_COME;
}

/* Returns: micro-credits that @host was paid, -1 when it is none of the job's */
gint64
inf_job_facts_get_paid (const InfJobFacts *facts, const char *host)
{
  const gint64 *paid = g_hash_table_lookup (facts->host_spent, host);

  return paid ? *paid : -1;
}
