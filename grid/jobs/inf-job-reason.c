#include "grid/jobs/inf-job-private.h"

#include "grid/jobs/inf-job-text.h"

#include <string.h>
#include <sys/wait.h>

/* The sentences a job gives as reasons, and the same for programs, which may have other words for
 * it (docs/causes.md). Each names the host, when one is to blame. */

/* From sysexits: what the built-in tasks end with, and what any program may. */
#define EXIT_BAD_DATA 65
#define EXIT_IO 74

#define MAX_DETAIL_BYTES 500
#define MAX_REASON_BYTES 1000

/**
 * inf_job_reason_of_host:
 * @host: (nullable): who is to blame
 * @text: (nullable): what happened there
 * @otherwise: what to say when there is no @text
 *
 * Returns: (transfer full): a sentence in which the host's name appears
 */
char *
inf_job_reason_of_host (const InfJobHost *host, const char *text, const char *otherwise)
{
  if (!text || !*text)
    text = otherwise;
  if (!host || strstr (text, host->name))
    return g_strdup (text);
  return g_strdup_printf ("%s: %s", host->name, text);
}

static const char *
phase (const InfJob *job)
{
  switch (job->state)
    {
    case INF_JOB_LEASING:
      return "while it was being leased";
    case INF_JOB_STAGING:
      return "while files were brought to it";
    case INF_JOB_CHECKING:
      return "while it was checked";
    case INF_JOB_LAUNCHING:
      return "while the program was started";
    case INF_JOB_RUNNING:
      return "while the program ran";
    default:
      return "before its outputs were home";
    }
}

/**
 * inf_job_reason_of_loss:
 * @job: a job
 * @host: one of its hosts
 * @event: that it died, was cut off, or stopped the job
 *
 * Returns: (transfer full): a sentence
 */
char *
inf_job_reason_of_loss (const InfJob *job, const InfJobHost *host, const InfJobEvent *event)
{
  const char *detail = event->text && *event->text ? event->text : NULL;
  const char *before = detail ? " (" : "", *after = detail ? ")" : "";

  if (!detail)
    detail = "";
  if (event->type == INF_JOB_EVENT_HOST_DEAD)
    return g_strdup_printf ("host %s died %s%s%s%s", host->name, phase (job), before, detail,
                            after);
  if (event->type == INF_JOB_EVENT_LINK_LOST)
    return g_strdup_printf ("the link to host %s broke %s%s%s%s", host->name, phase (job), before,
                            detail, after);
  return g_strdup_printf ("host %s stopped the job %s%s%s%s", host->name, phase (job), before,
                          detail, after);
}

/**
 * inf_job_reason_of_exit:
 * @status: a wait status that is no success
 * @last_words: (nullable): what the program said last
 * @ret_code: (out): how the failure counts
 *
 * Returns: (transfer full): a sentence
 */
char *
inf_job_reason_of_exit (int status, const char *last_words, InfError *ret_code)
{
  const char *colon = last_words && *last_words ? ": " : "";

  if (!last_words)
    last_words = "";
  *ret_code = INF_ERROR_JOB_FAILED;
  if (WIFSIGNALED (status))
    return g_strdup_printf ("the program was ended by signal %d (%s)%s%s", WTERMSIG (status),
                            g_strsignal (WTERMSIG (status)), colon, last_words);
  if (WEXITSTATUS (status) == EXIT_BAD_DATA)
    {
      *ret_code = INF_ERROR_BAD_DATA;
      return g_strdup_printf ("the program refused its input as bad data (exit status %d)%s%s",
                              EXIT_BAD_DATA, colon, last_words);
    }
  if (WEXITSTATUS (status) == EXIT_IO)
    {
      *ret_code = INF_ERROR_BAD_DATA;
      return g_strdup_printf ("the program could not read or write its files (exit status %d)%s%s",
                              EXIT_IO, colon, last_words);
    }
  return g_strdup_printf ("the program ended with exit status %d%s%s", WEXITSTATUS (status), colon,
                          last_words);
}

/* Returns: (transfer floating): a cause that is about nothing in particular */
GVariant *
inf_job_cause (const char *code)
{
  return g_variant_new_parsed ("{'code': <%s>}", code);
}

/**
 * inf_job_cause_of_host:
 * @code: what happened
 * @host: (nullable): who is to blame
 * @detail: (nullable): what it said of that
 *
 * Returns: (transfer floating): the cause
 */
GVariant *
inf_job_cause_of_host (const char *code, const InfJobHost *host, const char *detail)
{
  g_autofree char *clean = inf_job_text_clean (detail ? detail : "", -1, MAX_DETAIL_BYTES);

  return g_variant_new_parsed ("{'code': <%s>, 'host': <%s>, 'detail': <%s>}", code,
                               host ? host->name : "", clean);
}

/* Returns: (transfer floating): the cause of inf_job_reason_of_loss() */
GVariant *
inf_job_cause_of_loss (const InfJob *job, const InfJobHost *host, const InfJobEvent *event)
{
  const char *code = event->type == INF_JOB_EVENT_HOST_DEAD   ? "host-died"
                     : event->type == INF_JOB_EVENT_LINK_LOST ? "link-lost"
                                                              : "host-stopped";
  g_autofree char *clean
      = inf_job_text_clean (event->text ? event->text : "", -1, MAX_DETAIL_BYTES);

  return g_variant_new_parsed ("{'code': <%s>, 'host': <%s>, 'phase': <%s>, 'detail': <%s>}", code,
                               host->name, inf_job_state_to_text (job->state), clean);
}

/* Returns: (transfer floating): the cause of inf_job_reason_of_exit() */
GVariant *
inf_job_cause_of_exit (int status, const char *last_words)
{
  g_autofree char *clean = inf_job_text_clean (last_words ? last_words : "", -1, MAX_DETAIL_BYTES);

  if (WIFSIGNALED (status))
    return g_variant_new_parsed ("{'code': <'killed'>, 'signal': <%i>, 'detail': <%s>}",
                                 WTERMSIG (status), clean);
  return g_variant_new_parsed ("{'code': <%s>, 'status': <%i>, 'detail': <%s>}",
                               WEXITSTATUS (status) == EXIT_BAD_DATA ? "bad-data"
                               : WEXITSTATUS (status) == EXIT_IO     ? "io-error"
                                                                     : "exited",
                               WEXITSTATUS (status), clean);
}

/**
 * inf_job_get_reason:
 * @job: a job
 *
 * Returns: (transfer none) (nullable): why it waits in the queue, failed or was cancelled
 */
const char *
inf_job_get_reason (const InfJob *job)
{
  return job->reason;
}

/**
 * inf_job_get_error_code:
 * @job: a job
 *
 * Returns: what kind of reason inf_job_get_reason() is. %INF_ERROR_BAD_DATA, %INF_ERROR_NO_HOSTS,
 *   %INF_ERROR_NO_CREDITS and %INF_ERROR_REFUSED are worth telling apart; a program or a host that
 *   failed is %INF_ERROR_JOB_FAILED
 */
InfError
inf_job_get_error_code (const InfJob *job)
{
  return job->error_code;
}

/* @cause: (nullable): taken when floating */
static void
take_cause (GVariant **place, GVariant *cause)
{
  GVariant *old = *place;

  *place = cause ? g_variant_ref_sink (cause) : NULL;
  if (old)
    g_variant_unref (old);
}

/* @text: (nullable)
 * @cause: (nullable): the same for programs; taken when floating */
void
inf_job_set_reason (InfJob *job, InfError code, const char *text, GVariant *cause)
{
  char *clean = text ? inf_job_text_clean (text, -1, MAX_REASON_BYTES) : NULL;

  g_free (job->reason);
  job->reason = clean;
  job->error_code = text ? code : INF_ERROR_FAILED;
  inf_job_set_cause (job, cause);
}

/* As inf_job_set_reason(), of why it is planned anew. */
void
inf_job_set_problem (InfJob *job, InfError code, const char *text, GVariant *cause)
{
  char *copy = g_strdup (text);

  g_free (job->problem);
  job->problem = copy;
  job->problem_code = code;
  take_cause (&job->problem_cause, cause);
}

/**
 * inf_job_get_cause:
 * @job: a job
 *
 * Returns: (transfer none) (nullable): inf_job_get_reason() for programs, `a{sv}`: docs/causes.md
 */
GVariant *
inf_job_get_cause (const InfJob *job)
{
  return job->cause;
}

/* @cause: (nullable): of the reason that it has; taken when floating */
void
inf_job_set_cause (InfJob *job, GVariant *cause)
{
  take_cause (&job->cause, cause);
}
