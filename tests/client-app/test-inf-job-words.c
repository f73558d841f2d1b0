#include "client-app/inf-job-words.h"

#include "common/inf-error.h"

#define NOW G_GINT64_CONSTANT (1772463600000000)
#define SECOND G_USEC_PER_SEC

static void
init (InfJobFacts *facts, const char *text)
{
  g_autoptr (GVariant) job = g_variant_ref_sink (g_variant_new_parsed (text));

  inf_job_facts_init (facts);
  inf_job_facts_take (facts, job);
}

/* @said: (transfer full) */
static void
check (char *said, const char *expected)
{
  g_assert_cmpstr (said, ==, expected);
  g_free (said);
}

static void
test_waits_in_the_apps_words (void)
{
  InfJobFacts facts;
  g_autofree char *status = NULL;

  init (&facts, "{'state': <'queued'>, 'reason': <'2 of 4 hosts found'>, 'cause':"
                " <{'code': <'too-few-hosts'>, 'found': <@u 2>, 'asked': <@u 4>}>}");
  status = inf_job_words_status (&facts);
  g_assert_cmpstr (status, ==, "Waiting: 2 of 4 computers can be used.");
  inf_job_facts_clear (&facts);
}

static void
test_waits_with_the_reason (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'queued'>, 'reason': <'2 of 4 hosts\\nare free'>, 'nodes': <@u 4>}");
  check (inf_job_words_status (&facts), "Waiting: 2 of 4 hosts are free");
  check (inf_job_words_hosts (&facts), "4 asked for");
  check (inf_job_words_progress (&facts), "");
  check (inf_job_words_brief (&facts, NOW), "Waiting: 2 of 4 hosts are free");
  g_assert_null (inf_job_words_failure (&facts));
  g_assert_null (inf_job_words_remedy (&facts));
  inf_job_facts_clear (&facts);
}

static void
test_runs (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'running'>, 'progress': <0.25>, 'attempt': <@u 2>, 'nodes': <@u 2>,"
                " 'hosts': <['oak', 'elm']>}");
  facts.submitted_unix = NOW - 700 * SECOND;
  facts.started_unix = NOW - 100 * SECOND;
  check (inf_job_words_status (&facts), "Running, attempt 2");
  check (inf_job_words_progress (&facts), "25 %");
  check (inf_job_words_elapsed (&facts, NOW), "11 min 40 s");
  check (inf_job_words_remaining (&facts, NOW), "5 minutes");
  check (inf_job_words_hosts (&facts), "oak, elm");
  check (inf_job_words_submitted (&facts, NOW), "11 minutes ago");
  check (inf_job_words_brief (&facts, NOW), "Running, attempt 2 · 25 % · 5 minutes left");
  facts.submitted_unix = NOW - SECOND * 7 / 10;
  check (inf_job_words_elapsed (&facts, NOW), "0.7 s");
  inf_job_facts_clear (&facts);
}

static void
test_is_done (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'done'>, 'progress': <1.0>, 'attempt': <@u 2>}");
  facts.submitted_unix = NOW - 700 * SECOND;
  facts.finished_unix = NOW - 100 * SECOND;
  check (inf_job_words_status (&facts), "Done");
  check (inf_job_words_brief (&facts, NOW), "Done · 10 minutes");
  check (inf_job_words_remaining (&facts, NOW), "");
  check (inf_job_words_hosts (&facts), "");
  inf_job_facts_clear (&facts);
}

static void
test_failed_says_why_and_what_helps (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'failed'>, 'failure': <'NoCredits'>, 'reason': <'12 credits are"
                " missing'>}");
  check (inf_job_words_status (&facts), "Failed: 12 credits are missing");
  check (inf_job_words_failure (&facts), "12 credits are missing");
  check (inf_job_words_remedy (&facts),
         "Choose fewer nodes or a shorter time limit, or earn credits by lending this computer.");
  inf_job_facts_clear (&facts);
  init (&facts, "{'state': <'failed'>, 'failure': <'JobFailed'>, 'exit-status': <@i 3>}");
  check (inf_job_words_failure (&facts), "The program ended with status 3.");
  inf_job_facts_clear (&facts);
}

static void
test_every_error_has_a_remedy (void)
{
  for (InfError error = 0; error < INF_N_ERRORS; error++)
    {
      g_autofree char *text = g_strdup_printf ("{'state': <'failed'>, 'failure': <'%s'>}",
                                               inf_error_code_name (error));
      g_autofree char *remedy = NULL;
      InfJobFacts facts;

      init (&facts, text);
      remedy = inf_job_words_remedy (&facts);
      g_assert_nonnull (remedy);
      g_assert_true (g_str_has_suffix (remedy, "."));
      inf_job_facts_clear (&facts);
    }
}

static void
test_states_that_are_not_known_are_said_as_they_are (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'dreaming'>}");
  check (inf_job_words_status (&facts), "dreaming");
  g_assert_nonnull (inf_job_words_icon (&facts));
  g_assert_nonnull (inf_job_words_style (&facts));
  inf_job_facts_clear (&facts);
}

static void
test_times_of_steps (void)
{
  g_autofree char *text
      = g_strdup_printf ("{'state': <'running'>, 'steps': <[('planning', @x %" G_GINT64_FORMAT
                         ", @x %" G_GINT64_FORMAT "), ('running', %" G_GINT64_FORMAT ", 0)]>}",
                         NOW - 70 * SECOND, NOW - 70 * SECOND + 400000, NOW - 65 * SECOND);
  InfJobFacts facts;

  init (&facts, text);
  check (inf_job_words_step_time (&facts, INF_JOB_STEP_PLAN, NOW), "0.4 s");
  check (inf_job_words_step_time (&facts, INF_JOB_STEP_RUN, NOW), "1 min 5 s");
  check (inf_job_words_step_time (&facts, INF_JOB_STEP_COLLECT, NOW), "");
  inf_job_facts_clear (&facts);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-words/waits-in-the-apps-words", test_waits_in_the_apps_words);
  g_test_add_func ("/job-words/waits-with-the-reason", test_waits_with_the_reason);
  g_test_add_func ("/job-words/runs", test_runs);
  g_test_add_func ("/job-words/is-done", test_is_done);
  g_test_add_func ("/job-words/failed-says-why-and-what-helps",
                   test_failed_says_why_and_what_helps);
  g_test_add_func ("/job-words/every-error-has-a-remedy", test_every_error_has_a_remedy);
  g_test_add_func ("/job-words/states-that-are-not-known-are-said-as-they-are",
                   test_states_that_are_not_known_are_said_as_they_are);
  g_test_add_func ("/job-words/times-of-steps", test_times_of_steps);
  return g_test_run ();
}
