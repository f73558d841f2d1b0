#include "client-app/inf-job-words.h"

#include "client-app/inf-cause-words.h"
#include "common/inf-error.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/* What the screens say of a job. */

typedef struct
{
  const char *state;
  const char *text;
  const char *icon;
  const char *style;
} State;

static const State states[] = {
  { "queued", N_ ("Waiting"), "infinity-paused-symbolic", "waiting" },
  { "planning", N_ ("Planning"), "infinity-running-symbolic", "active" },
  { "leasing", N_ ("Asking hosts"), "infinity-running-symbolic", "active" },
  { "staging", N_ ("Sending files"), "infinity-running-symbolic", "active" },
  { "checking", N_ ("Checking hosts"), "infinity-running-symbolic", "active" },
  { "launching", N_ ("Starting"), "infinity-running-symbolic", "active" },
  { "running", N_ ("Running"), "infinity-running-symbolic", "active" },
  { "collecting", N_ ("Collecting results"), "infinity-running-symbolic", "active" },
  { "settling", N_ ("Settling the bill"), "infinity-running-symbolic", "active" },
  { "done", N_ ("Done"), "infinity-ready-symbolic", "done" },
  { "failed", N_ ("Failed"), "dialog-error-symbolic", "failed" },
  { "cancelled", N_ ("Cancelled"), "infinity-stopped-symbolic", "cancelled" },
};

static const State *
find_state (const InfJobFacts *facts)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].state, facts->state))
      return &states[i];
  return NULL;
}

/* Returns: (transfer full): "Running" */
char *
inf_job_words_state (const InfJobFacts *facts)
{
  const State *state = find_state (facts);

  return g_strdup (state ? _ (state->text) : facts->state);
}

/* Returns: (transfer full): why it waits, failed or was cancelled; "" for no reason */
char *
inf_job_words_reason (const InfJobFacts *facts)
{
  char *words = inf_cause_words (facts->cause);

  return words ? words : g_strdup (facts->reason);
}

/**
 * inf_job_words_status:
 * @facts: a job's
 *
 * Returns: (transfer full): its state with why it waits or failed, in one line: "Waiting: 2 of 4
 * hosts are free"
 */
char *
inf_job_words_status (const InfJobFacts *facts)
{
  g_autofree char *state = inf_job_words_state (facts);
  g_autofree char *line = g_strdelimit (inf_job_words_reason (facts), "\r\n\t", ' ');
  g_autofree char *more = NULL;

  if (facts->attempt > 1 && !inf_job_facts_is_over (facts))
    {
      /* Translators: a job's state, such as “Running”, and how often it was begun */
      more = g_strdup_printf (_ ("%s, attempt %u"), state, facts->attempt);
      g_free (g_steal_pointer (&state));
      state = g_steal_pointer (&more);
    }
  if (!*line || g_str_equal (facts->state, "done"))
    return g_steal_pointer (&state);
  /* Translators: a job's state and the reason for it */
  return g_strdup_printf (_ ("%s: %s"), state, line);
}

const char *
inf_job_words_icon (const InfJobFacts *facts)
{
  const State *state = find_state (facts);

  return state ? state->icon : "infinity-running-symbolic";
}

/* Returns: the style class of what shows its state */
const char *
inf_job_words_style (const InfJobFacts *facts)
{
  const State *state = find_state (facts);

  return state ? state->style : "active";
}

/* Returns: (transfer full): "45 %", "" where it is not known */
char *
inf_job_words_progress (const InfJobFacts *facts)
{
  if (!(facts->progress >= 0))
    return g_strdup ("");
  return inf_phrase_percent (MIN (facts->progress, 1) * 100);
}

/* A job may take less than the second that other durations begin with. */
static char *
describe_duration (gint64 duration_us)
{
  if (duration_us < G_USEC_PER_SEC)
    /* Translators: a duration of less than a second; %.1f are seconds */
    return g_strdup_printf (_ ("%.1f s"), (double)MAX (duration_us, 0) / G_USEC_PER_SEC);
  return inf_phrase_duration (duration_us);
}

/* Returns: (transfer full): how long it has taken so far, or took; "" where that is not known */
char *
inf_job_words_elapsed (const InfJobFacts *facts, gint64 now_unix)
{
  gint64 elapsed_us = inf_job_facts_get_elapsed (facts, now_unix);

  return elapsed_us < 0 ? g_strdup ("") : describe_duration (elapsed_us);
}

/* Returns: (transfer full): how long it will take yet, about; "" where that is not known */
char *
inf_job_words_remaining (const InfJobFacts *facts, gint64 now_unix)
{
  gint64 remaining_us = inf_job_facts_get_remaining (facts, now_unix);

  return remaining_us < 0 ? g_strdup ("") : inf_phrase_duration (remaining_us);
}

/* Returns: (transfer full): their names; how many are asked for, where there are none yet */
char *
inf_job_words_hosts (const InfJobFacts *facts)
{
  if (facts->hosts[0])
    return g_strjoinv (", ", facts->hosts);
  if (inf_job_facts_is_over (facts))
    return g_strdup ("");
  /* Translators: of a job that has no hosts yet */
  return g_strdup_printf (ngettext ("%u asked for", "%u asked for", facts->nodes), facts->nodes);
}

/* Returns: (transfer full): "3 minutes ago" */
char *
inf_job_words_submitted (const InfJobFacts *facts, gint64 now_unix)
{
  if (facts->submitted_unix <= 0)
    return g_strdup ("");
  return inf_phrase_ago (MAX (now_unix - facts->submitted_unix, 0) / 1000);
}

/**
 * inf_job_words_brief:
 * @facts: a job's
 * @now_unix: the time now, in microseconds
 *
 * Returns: (transfer full): all that matters in one line, where there is no room for columns:
 *   "Running · 45 % · 3 minutes left"
 */
char *
inf_job_words_brief (const InfJobFacts *facts, gint64 now_unix)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *remaining = inf_job_words_remaining (facts, now_unix);
  g_autofree char *progress = inf_job_words_progress (facts);

  g_ptr_array_add (parts, inf_job_words_status (facts));
  if (*progress && inf_job_facts_runs (facts))
    g_ptr_array_add (parts, g_strdup (progress));
  if (*remaining)
    /* Translators: %s is a duration */
    g_ptr_array_add (parts, g_strdup_printf (_ ("%s left"), remaining));
  else if (!g_str_equal (facts->state, "failed") && !g_str_equal (facts->state, "queued"))
    g_ptr_array_add (parts, inf_job_words_elapsed (facts, now_unix));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **)parts->pdata);
}

/**
 * inf_job_words_advance:
 * @facts: a job's
 * @now_unix: the time now, in microseconds
 *
 * Returns: (transfer full): how far it is, and how long it will take yet or has taken: "45 %, about
 * 3 minutes left"
 */
char *
inf_job_words_advance (const InfJobFacts *facts, gint64 now_unix)
{
  g_autofree char *progress = inf_job_words_progress (facts);
  g_autofree char *remaining = inf_job_words_remaining (facts, now_unix);
  g_autofree char *elapsed = inf_job_words_elapsed (facts, now_unix);

  if (!*elapsed)
    return g_strdup ("");
  if (inf_job_facts_is_over (facts))
    /* Translators: of a job that is over; %s is a duration */
    return g_strdup_printf (_ ("Took %s"), elapsed);
  if (*remaining)
    /* Translators: how far a job is, “45 %”, and a duration */
    return g_strdup_printf (_ ("%s, about %s left"), progress, remaining);
  if (*progress && inf_job_facts_runs (facts))
    /* Translators: how far a job is, “45 %”, and a duration */
    return g_strdup_printf (_ ("%s, %s so far"), progress, elapsed);
  /* Translators: of a job; %s is a duration */
  return g_strdup_printf (_ ("%s so far"), elapsed);
}

/* Returns: (transfer full) (nullable): why it failed, as a sentence; %NULL unless it did */
char *
inf_job_words_failure (const InfJobFacts *facts)
{
  if (!g_str_equal (facts->state, "failed"))
    return NULL;
  if (*facts->reason)
    return inf_job_words_reason (facts);
  if (facts->exit_status > 0)
    return g_strdup_printf (_ ("The program ended with status %d."), facts->exit_status);
  return g_strdup (_ ("It was not told why."));
}

static const char *
get_remedy (InfError failure)
{
  switch (failure)
    {
    case INF_ERROR_NO_HOSTS:
      return N_ ("Ask for fewer nodes or slots, allow a higher price, or let the job wait until "
                 "hosts are free.");
    case INF_ERROR_NO_CREDITS:
      return N_ ("Choose fewer nodes or a shorter time limit, or earn credits by lending this "
                 "computer.");
    case INF_ERROR_BAD_DATA:
      return N_ ("An input is not what the program expects. The log says where; correct it and run "
                 "the job again.");
    case INF_ERROR_JOB_FAILED:
      return N_ ("The end of the log usually says what went wrong.");
    case INF_ERROR_UNREACHABLE:
    case INF_ERROR_TIMED_OUT:
      return N_ ("A host went away. Run the job again: other hosts are chosen. With retries it "
                 "does that by itself.");
    case INF_ERROR_REFUSED:
    case INF_ERROR_DENIED:
      return N_ ("A host did not take it. Run the job again, or ask for less of each host.");
    case INF_ERROR_CORRUPT:
      return N_ ("What a host sent was not what it had said. Run the job again.");
    case INF_ERROR_TOO_LARGE:
      return N_ ("It needs more room than the hosts give. Use smaller inputs, or hosts that lend "
                 "more.");
    case INF_ERROR_UNSUPPORTED:
      return N_ ("The hosts can't run this program. Choose others, or another program.");
    case INF_ERROR_NOT_FOUND:
      return N_ (
          "A file or program was not there any more. Duplicate the job and choose it again.");
    case INF_ERROR_EXPIRED:
      return N_ ("Give the job a longer time limit, or more nodes.");
    case INF_ERROR_INVALID:
      return N_ ("Duplicate the job and correct what was asked for.");
    default:
      return N_ ("The log may say more.");
    }
}

/* Returns: (transfer full) (nullable): what would help a job that failed */
char *
inf_job_words_remedy (const InfJobFacts *facts)
{
  InfError failure = INF_ERROR_FAILED;

  if (!g_str_equal (facts->state, "failed"))
    return NULL;
  inf_error_code_parse (facts->failure, &failure);
  return g_strdup (_ (get_remedy (failure)));
}

const char *
inf_job_words_step (InfJobStepIndex step)
{
  static const char *const names[INF_JOB_N_STEPS] = {
    N_ ("Plan"),   N_ ("Lease Hosts"), N_ ("Send Files"),      N_ ("Check Hosts"),
    N_ ("Launch"), N_ ("Run"),         N_ ("Collect Results"), N_ ("Settle"),
  };

  return _ (names[step]);
}

/* Returns: how a step stands, for those who do not see its mark */
const char *
inf_job_words_mark (InfJobStepMark mark)
{
  static const char *const names[] = {
    /* Translators: how a step of a job stands */
    N_ ("to come"), N_ ("now"), N_ ("done"), N_ ("failed"), N_ ("stopped"),
  };

  return _ (names[mark]);
}

/* Returns: (transfer full): how long the step took, or has taken so far; "" where it did not begin
 */
char *
inf_job_words_step_time (const InfJobFacts *facts, InfJobStepIndex step, gint64 now_unix)
{
  const InfJobStep *times = &facts->steps[step];
  InfJobStepMark mark = inf_job_facts_get_mark (facts, step);
  gint64 end_unix = times->ended_unix ? times->ended_unix : now_unix;

  if (mark == INF_JOB_STEP_TO_COME || times->began_unix <= 0)
    return g_strdup ("");
  if (mark != INF_JOB_STEP_CURRENT && !times->ended_unix)
    return g_strdup ("");
  if (mark == INF_JOB_STEP_CURRENT)
    end_unix = now_unix;
  return describe_duration (end_unix - times->began_unix);
}
