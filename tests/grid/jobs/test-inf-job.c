#include "tests/grid/jobs/job-fixture.h"

#include <signal.h>

/* What a job does when everything goes well, and when the program or the submitter ends it. */

static void
test_runs_to_its_end (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_SUBMITTED, NULL), "plan");
  assert_actions (job_fixture_plan (&f, "oak ash"), "lease oak ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_LEASED, "ash"), "");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_LEASED, "oak"), "stage oak ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_STAGED, "oak"), "");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_STAGED, "ash"), "check oak ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_CHECKED, "oak"), "");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_CHECKED, "ash"), "launch oak ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_LAUNCHED, NULL), "start-meter oak ash");
  assert_state (&f, "running");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL),
                  "stop-meter oak ash, collect oak ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_COLLECTED, "oak"), "");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_COLLECTED, "ash"), "settle oak ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash"), "");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "oak"), "finished");
  assert_state (&f, "done");
  assert_reason (&f, NULL);
  g_assert_cmpint (inf_job_get_deadline_us (f.job), ==, G_MAXINT64);
}

static void
test_notes_when_each_step_began_and_ended (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_DONE);
  for (guint i = INF_JOB_PLANNING; i < INF_JOB_N_STEPS; i++)
    {
      const InfJobStep *step = inf_job_get_step (f.job, i);
      g_assert_cmpint (step->ended_unix_us - step->began_unix_us, ==, 10);
      g_assert_cmpint (step->began_unix_us, ==, inf_job_get_step (f.job, i - 1)->ended_unix_us);
    }
  g_assert_cmpint (inf_job_get_ended_unix_us (f.job), ==,
                   inf_job_get_step (f.job, INF_JOB_SETTLING)->ended_unix_us);
}

static void
test_counts_what_is_spent (void)
{
  g_auto (JobFixture) f;
  InfPeerId oak = job_fixture_peer ("oak");
  InfPeerId ash = job_fixture_peer ("ash");

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  job_fixture_send (&f, (InfJobEvent){ .type = INF_JOB_EVENT_SPENT, .host = &oak, .ucredits = 40 });
  job_fixture_send (&f, (InfJobEvent){ .type = INF_JOB_EVENT_SPENT, .host = &ash, .ucredits = 30 });
  g_assert_cmpuint (inf_job_get_spent_ucredits (f.job), ==, 70);
  job_fixture_advance (&f, INF_JOB_SETTLING);
  job_fixture_send (
      &f, (InfJobEvent){ .type = INF_JOB_EVENT_SETTLED, .round = 1, .host = &oak, .ucredits = 35 });
  g_assert_cmpuint (inf_job_get_spent_ucredits (f.job), ==, 65);
}

static void
test_tells_price_and_worst_case (void)
{
  g_auto (JobFixture) f;
  InfPeerId oak = job_fixture_peer ("oak");

  job_fixture_init (&f, 2, 2, FALSE);
  g_assert_cmpuint (inf_job_get_worst_case_ucredits (f.job), ==, 0);
  job_fixture_advance (&f, INF_JOB_LEASING);
  g_assert_cmpuint (inf_job_get_price_ucredits (f.job), ==, 0);
  /* three attempts, each of which costs 1000 at most */
  g_assert_cmpuint (inf_job_get_worst_case_ucredits (f.job), ==, 3000);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  g_assert_cmpuint (inf_job_get_price_ucredits (f.job), ==, 20);
  job_fixture_send (&f, (InfJobEvent){ .type = INF_JOB_EVENT_SPENT, .host = &oak, .ucredits = 40 });
  g_assert_cmpuint (inf_job_get_worst_case_ucredits (f.job), ==, 3000);
  job_fixture_advance (&f, INF_JOB_DONE);
  g_assert_cmpuint (inf_job_get_worst_case_ucredits (f.job), ==,
                    inf_job_get_spent_ucredits (f.job));
}

static void
test_tells_progress_and_summary (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  job_fixture_send (
      &f,
      (InfJobEvent){ .type = INF_JOB_EVENT_PROGRESS, .fraction = 0.25, .text = "adding\033[2J\n" });
  g_assert_cmpfloat (inf_job_get_progress (f.job), ==, 0.25);
  g_assert_cmpstr (inf_job_get_progress_text (f.job), ==, "adding [2J");
  job_fixture_say (&f, INF_JOB_EVENT_SUMMARY, NULL, 0, "sum has 7 digits");
  g_assert_cmpstr (inf_job_get_summary (f.job), ==, "sum has 7 digits");
}

static void
assert_exit_reason (int status, const char *words, InfError code, const char *reason,
                    const char *cause)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 3, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  job_fixture_send (
      &f, (InfJobEvent){
              .type = INF_JOB_EVENT_PROGRAM_EXITED, .round = 1, .status = status, .text = words });
  assert_actions (f.actions, "stop-meter oak ash, collect oak ash");
  job_fixture_tell (&f, INF_JOB_EVENT_COLLECTED, "oak");
  job_fixture_tell (&f, INF_JOB_EVENT_COLLECTED, "ash");
  job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "oak");
  job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash");
  assert_state (&f, "failed");
  assert_reason (&f, reason);
  assert_cause (&f, cause);
  g_assert_cmpint (inf_job_get_error_code (f.job), ==, (int)code);
  g_assert_cmpint (inf_job_get_exit_status (f.job), ==, status);
}

static void
test_program_that_fails_is_collected_and_not_retried (void)
{
  assert_exit_reason (7 << 8, NULL, INF_ERROR_JOB_FAILED, "the program ended with exit status 7",
                      "{'code': <'exited'>, 'status': <7>, 'detail': <''>}");
  assert_exit_reason (SIGKILL, NULL, INF_ERROR_JOB_FAILED,
                      "the program was ended by signal 9 (Killed)",
                      "{'code': <'killed'>, 'signal': <9>, 'detail': <''>}");
}

static void
test_bad_input_is_told_apart (void)
{
  assert_exit_reason (65 << 8, "numbers.txt:3: expected an integer", INF_ERROR_BAD_DATA,
                      "the program refused its input as bad data (exit status 65): "
                      "numbers.txt:3: expected an integer",
                      "{'code': <'bad-data'>, 'status': <65>,"
                      " 'detail': <'numbers.txt:3: expected an integer'>}");
  assert_exit_reason (74 << 8, NULL, INF_ERROR_BAD_DATA,
                      "the program could not read or write its files (exit status 74)",
                      "{'code': <'io-error'>, 'status': <74>, 'detail': <''>}");
}

static void
test_time_limit_stops_the_program (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  inf_job_get_spec (f.job)->time_limit_us = 1500000;
  job_fixture_advance (&f, INF_JOB_RUNNING);
  g_assert_cmpint (inf_job_get_deadline_us (f.job), ==, f.now_us + 1500000);
  assert_actions (job_fixture_expire (&f), "stop-meter oak ash, stop-program");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL), "collect oak ash");
  job_fixture_advance (&f, INF_JOB_FAILED);
  assert_reason (&f, "stopped at its time limit of 1.5 s");
  assert_cause (&f, "{'code': <'time-limit'>, 'us': <uint64 1500000>}");
  g_assert_cmpint (inf_job_get_error_code (f.job), ==, INF_ERROR_TIMED_OUT);
}

static void
test_credits_that_run_out_stop_the_program (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 5, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_CREDITS_OUT, NULL),
                  "stop-meter oak ash, stop-program");
  job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL);
  job_fixture_advance (&f, INF_JOB_FAILED);
  assert_reason (&f, "the credits ran out");
  g_assert_cmpint (inf_job_get_error_code (f.job), ==, INF_ERROR_NO_CREDITS);
}

/* What a cancel leads to in each state, and how many answers later the job is cancelled. */
static void
test_can_be_cancelled_in_every_state (void)
{
  static const char *const first_actions[] = {
    "finished",
    "finished",
    "release oak ash",
    "release oak ash",
    "release oak ash",
    "stop-program",
    "stop-meter oak ash, stop-program",
    "settle oak ash",
  };

  for (guint state = INF_JOB_QUEUED; state < INF_JOB_SETTLING; state++)
    {
      g_auto (JobFixture) f;
      job_fixture_init (&f, 2, 0, FALSE);
      job_fixture_advance (&f, state);
      assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_CANCEL_REQUESTED, NULL),
                      first_actions[state]);
      if (state == INF_JOB_LAUNCHING || state == INF_JOB_RUNNING)
        {
          assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL),
                          "collect oak ash");
          job_fixture_advance (&f, INF_JOB_SETTLING);
          assert_actions (f.actions,
                          state == INF_JOB_RUNNING ? "settle oak ash" : "release oak ash");
        }
      job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "oak");
      job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash");
      assert_state (&f, "cancelled");
      assert_reason (&f, "cancelled by the submitter");
    }
}

static void
test_cancel_while_settling_does_not_undo_success (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_SETTLING);
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_CANCEL_REQUESTED, NULL), "");
  job_fixture_advance (&f, INF_JOB_DONE);
}

static void
test_cancel_of_a_cancelled_job_cuts_collecting_short (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  job_fixture_tell (&f, INF_JOB_EVENT_CANCEL_REQUESTED, NULL);
  job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL);
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_CANCEL_REQUESTED, NULL), "settle oak ash");
}

static void
test_says_where_it_stands (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_LEASING);
  job_fixture_tell (&f, INF_JOB_EVENT_LEASED, "oak");
  g_autofree char *leasing = inf_job_dup_state_text (f.job);
  g_assert_cmpstr (leasing, ==, "leasing, 1 of 2 hosts");
  job_fixture_tell (&f, INF_JOB_EVENT_CANCEL_REQUESTED, NULL);
  job_fixture_advance (&f, INF_JOB_CANCELLED);
  g_autofree char *cancelled = inf_job_dup_state_text (f.job);
  g_assert_cmpstr (cancelled, ==, "cancelled: cancelled by the submitter");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/runs-to-its-end", test_runs_to_its_end);
  g_test_add_func ("/job/step-times", test_notes_when_each_step_began_and_ended);
  g_test_add_func ("/job/counts-spent", test_counts_what_is_spent);
  g_test_add_func ("/job/price-and-worst-case", test_tells_price_and_worst_case);
  g_test_add_func ("/job/progress-and-summary", test_tells_progress_and_summary);
  g_test_add_func ("/job/program-fails", test_program_that_fails_is_collected_and_not_retried);
  g_test_add_func ("/job/bad-input", test_bad_input_is_told_apart);
  g_test_add_func ("/job/time-limit", test_time_limit_stops_the_program);
  g_test_add_func ("/job/credits-out", test_credits_that_run_out_stop_the_program);
  g_test_add_func ("/job/cancel-in-every-state", test_can_be_cancelled_in_every_state);
  g_test_add_func ("/job/cancel-while-settling", test_cancel_while_settling_does_not_undo_success);
  g_test_add_func ("/job/cancel-twice", test_cancel_of_a_cancelled_job_cuts_collecting_short);
  g_test_add_func ("/job/says-where-it-stands", test_says_where_it_stands);
  return g_test_run ();
}
