#include "client-app/inf-job-facts.h"

#define NOW G_GINT64_CONSTANT (1772463600000000)
#define SECOND G_USEC_PER_SEC

static void
take (InfJobFacts *facts, const char *text)
{
  g_autoptr (GVariant) job = g_variant_ref_sink (g_variant_new_parsed (text));

  inf_job_facts_take (facts, job);
}

static void
init (InfJobFacts *facts, const char *text)
{
  inf_job_facts_init (facts);
  take (facts, text);
}

static void
test_what_is_told_is_taken (void)
{
  InfJobFacts facts;

  init (&facts, "{'id': <'abc'>, 'name': <'sum'>, 'state': <'running'>, 'progress': <0.25>,"
                " 'nodes': <@u 4>, 'hosts': <['oak', 'elm']>, 'spent': <@t 700>,"
                " 'host-spent': <[('oak', @t 400), ('elm', 300)]>, 'exit-status': <@i -1>,"
                " 'steps': <[('planning', @x 5, @x 6), ('running', 7, 0), ('dreaming', 8, 9)]>}");
  g_assert_cmpstr (facts.name, ==, "sum");
  g_assert_cmpfloat (facts.progress, ==, 0.25);
  g_assert_cmpstr (facts.hosts[1], ==, "elm");
  g_assert_cmpint (inf_job_facts_get_paid (&facts, "elm"), ==, 300);
  g_assert_cmpint (inf_job_facts_get_paid (&facts, "ash"), ==, -1);
  g_assert_cmpint (facts.steps[INF_JOB_STEP_PLAN].ended_unix, ==, 6);
  g_assert_cmpint (facts.steps[INF_JOB_STEP_RUN].began_unix, ==, 7);
  /* what a part of it does not hold stays */
  take (&facts, "{'progress': <0.5>}");
  g_assert_cmpstr (facts.name, ==, "sum");
  g_assert_cmpfloat (facts.progress, ==, 0.5);
  inf_job_facts_clear (&facts);
}

static void
test_other_types_and_keys_are_left_out (void)
{
  InfJobFacts facts;

  init (&facts, "{'id': <'abc'>, 'name': <@u 7>, 'progress': <'much'>, 'hosts': <'oak'>,"
                " 'steps': <[1, 2]>, 'host-spent': <true>, 'mood': <'fine'>}");
  g_assert_cmpstr (facts.id, ==, "abc");
  g_assert_cmpstr (facts.name, ==, "");
  g_assert_cmpfloat (facts.progress, ==, -1);
  g_assert_null (facts.hosts[0]);
  inf_job_facts_clear (&facts);
}

static void
test_elapsed (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'running'>}");
  g_assert_cmpint (inf_job_facts_get_elapsed (&facts, NOW), ==, -1);
  facts.submitted_unix = NOW - 90 * SECOND;
  g_assert_cmpint (inf_job_facts_get_elapsed (&facts, NOW), ==, 90 * SECOND);
  facts.finished_unix = NOW - 60 * SECOND;
  g_assert_cmpint (inf_job_facts_get_elapsed (&facts, NOW), ==, 30 * SECOND);
  /* a clock that was set back */
  facts.finished_unix = NOW - 100 * SECOND;
  g_assert_cmpint (inf_job_facts_get_elapsed (&facts, NOW), ==, 0);
  inf_job_facts_clear (&facts);
}

static void
test_remaining_goes_by_the_pace_so_far (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'running'>, 'progress': <0.25>}");
  facts.submitted_unix = NOW - 1000 * SECOND;
  facts.started_unix = NOW - 10 * SECOND;
  g_assert_cmpint (inf_job_facts_get_remaining (&facts, NOW), ==, 30 * SECOND);
  facts.progress = 1;
  g_assert_cmpint (inf_job_facts_get_remaining (&facts, NOW), ==, 0);
  inf_job_facts_clear (&facts);
}

static void
test_remaining_is_not_guessed (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'running'>, 'progress': <0.25>}");
  g_assert_cmpint (inf_job_facts_get_remaining (&facts, NOW), ==, -1);
  facts.started_unix = NOW - SECOND;
  g_assert_cmpint (inf_job_facts_get_remaining (&facts, NOW), ==, -1);
  facts.started_unix = NOW - 100 * SECOND;
  facts.progress = 0.001;
  g_assert_cmpint (inf_job_facts_get_remaining (&facts, NOW), ==, -1);
  facts.progress = 0.0 / 0.0;
  g_assert_cmpint (inf_job_facts_get_remaining (&facts, NOW), ==, -1);
  take (&facts, "{'state': <'collecting'>, 'progress': <0.5>}");
  g_assert_cmpint (inf_job_facts_get_remaining (&facts, NOW), ==, -1);
  inf_job_facts_clear (&facts);
}

static void
test_progress_is_of_what_is_on_its_way (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'queued'>, 'progress': <0.0>}");
  g_assert_false (inf_job_facts_has_progress (&facts));
  take (&facts, "{'state': <'running'>, 'started-unix': <@x 5>}");
  g_assert_true (inf_job_facts_has_progress (&facts));
  take (&facts, "{'progress': <-1.0>}");
  g_assert_false (inf_job_facts_has_progress (&facts));
  take (&facts, "{'state': <'done'>, 'progress': <1.0>}");
  g_assert_false (inf_job_facts_has_progress (&facts));
  inf_job_facts_clear (&facts);
}

static void
assert_marks (const InfJobFacts *facts, const char *expected)
{
  g_autoptr (GString) marks = g_string_new (NULL);

  for (InfJobStepIndex i = 0; i < INF_JOB_N_STEPS; i++)
    g_string_append_c (marks, "_>+x!"[inf_job_facts_get_mark (facts, i)]);
  g_assert_cmpstr (marks->str, ==, expected);
}

static void
test_steps_are_marked (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'queued'>}");
  assert_marks (&facts, "________");
  take (&facts, "{'state': <'staging'>, 'steps': <[('planning', @x 1, @x 2), ('leasing', 2, 3),"
                " ('staging', 3, 0)]>}");
  assert_marks (&facts, "++>_____");
  take (&facts, "{'state': <'done'>}");
  assert_marks (&facts, "++++++++");
  inf_job_facts_clear (&facts);
}

static void
test_a_further_attempt_has_its_steps_to_come (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'leasing'>, 'attempt': <@u 2>, 'steps': <[('planning', @x 10, @x 11),"
                " ('leasing', 11, 0), ('staging', 3, 4), ('running', 5, 9)]>}");
  assert_marks (&facts, "+>______");
  inf_job_facts_clear (&facts);
}

static void
test_the_step_that_failed_is_marked (void)
{
  InfJobFacts facts;

  init (&facts, "{'state': <'failed'>, 'steps': <[('planning', @x 1, @x 2), ('leasing', 2, 3),"
                " ('staging', 3, 4), ('checking', 4, 5), ('launching', 5, 6), ('running', 6, 7),"
                " ('collecting', 7, 8), ('settling', 8, 9)]>}");
  assert_marks (&facts, "+++++x++");
  take (&facts, "{'state': <'cancelled'>}");
  assert_marks (&facts, "+++++!++");
  take (&facts, "{'state': <'failed'>, 'steps': <[('planning', @x 1, @x 2), ('leasing', 2, 3),"
                " ('settling', 3, 4)]>}");
  assert_marks (&facts, "+x_____+");
  inf_job_facts_clear (&facts);
}

static void
test_order_of_states (void)
{
  static const char *const states[]
      = { "settling", "running", "leasing", "queued", "failed", "cancelled", "done" };
  int last = -1;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *text = g_strdup_printf ("{'state': <'%s'>}", states[i]);
      InfJobFacts facts;

      init (&facts, text);
      g_assert_cmpint (inf_job_facts_get_order (&facts), >, last);
      last = inf_job_facts_get_order (&facts);
      inf_job_facts_clear (&facts);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-facts/what-is-told-is-taken", test_what_is_told_is_taken);
  g_test_add_func ("/job-facts/other-types-and-keys-are-left-out",
                   test_other_types_and_keys_are_left_out);
  g_test_add_func ("/job-facts/elapsed", test_elapsed);
  g_test_add_func ("/job-facts/remaining-goes-by-the-pace-so-far",
                   test_remaining_goes_by_the_pace_so_far);
  g_test_add_func ("/job-facts/remaining-is-not-guessed", test_remaining_is_not_guessed);
  g_test_add_func ("/job-facts/progress-is-of-what-is-on-its-way",
                   test_progress_is_of_what_is_on_its_way);
  g_test_add_func ("/job-facts/steps-are-marked", test_steps_are_marked);
  g_test_add_func ("/job-facts/a-further-attempt-has-its-steps-to-come",
                   test_a_further_attempt_has_its_steps_to_come);
  g_test_add_func ("/job-facts/the-step-that-failed-is-marked",
                   test_the_step_that_failed_is_marked);
  g_test_add_func ("/job-facts/order-of-states", test_order_of_states);
  return g_test_run ();
}
