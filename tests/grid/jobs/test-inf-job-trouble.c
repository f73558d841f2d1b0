#include "tests/grid/jobs/job-fixture.h"

/* What a job does about hosts that are missing, refuse, die or fall silent, and about a restart. */

static const char *
impossible (JobFixture *f, gboolean can_wait)
{
  return job_fixture_send (f, (InfJobEvent){ .type = INF_JOB_EVENT_PLAN_IMPOSSIBLE,
                                             .round = inf_job_get_round (f->job),
                                             .code = INF_ERROR_NO_HOSTS,
                                             .text = "2 hosts wanted, 1 matches",
                                             .flag = can_wait });
}

static void
test_fails_without_hosts (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_PLANNING);
  assert_actions (impossible (&f, TRUE), "finished");
  assert_state (&f, "failed");
  assert_reason (&f, "2 hosts wanted, 1 matches");
  g_assert_cmpint (inf_job_get_error_code (f.job), ==, INF_ERROR_NO_HOSTS);
}

static void
test_waits_for_hosts_when_asked_to (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, TRUE);
  job_fixture_advance (&f, INF_JOB_PLANNING);
  assert_actions (impossible (&f, TRUE), "");
  assert_state (&f, "queued");
  assert_reason (&f, "2 hosts wanted, 1 matches");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_HOSTS_CHANGED, NULL), "");
  assert_actions (job_fixture_expire (&f), "plan");
  impossible (&f, TRUE);
  f.now_us += 5 * G_USEC_PER_SEC;
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_HOSTS_CHANGED, NULL), "plan");
  assert_actions (impossible (&f, FALSE), "finished");
}

static void
test_gives_up_waiting_after_a_week (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, TRUE);
  job_fixture_advance (&f, INF_JOB_PLANNING);
  impossible (&f, TRUE);
  f.now_us += (gint64)8 * 24 * 3600 * G_USEC_PER_SEC;
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_TICK, NULL), "finished");
  assert_reason (&f, "waited a week for hosts: 2 hosts wanted, 1 matches");
}

static void
test_refused_lease_releases_the_others_and_plans_anew (void)
{
  g_auto (JobFixture) f;
  InfPeerId oak = job_fixture_peer ("oak"), ash = job_fixture_peer ("ash");

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_LEASING);
  job_fixture_say (&f, INF_JOB_EVENT_LEASE_REFUSED, "oak", INF_ERROR_REFUSED,
                   "lease refused by oak: 1 of 4 slots free, 2 asked");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_LEASED, "ash"), "release ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash"), "plan");
  g_assert_true (inf_job_is_excluded (f.job, &oak));
  g_assert_false (inf_job_is_excluded (f.job, &ash));
  g_assert_cmpuint (inf_job_get_attempt (f.job), ==, 1);
  assert_actions (impossible (&f, TRUE), "finished");
  assert_reason (&f, "lease refused by oak: 1 of 4 slots free, 2 asked; and no other plan: "
                     "2 hosts wanted, 1 matches");
  g_assert_cmpint (inf_job_get_error_code (f.job), ==, INF_ERROR_REFUSED);
}

static void
test_gives_up_after_a_few_refusals (void)
{
  g_auto (JobFixture) f;
  const char *plans[] = { "a", "b", "c", "d" };

  job_fixture_init (&f, 1, 0, FALSE);
  job_fixture_tell (&f, INF_JOB_EVENT_SUBMITTED, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      assert_state (&f, "planning");
      job_fixture_plan (&f, plans[i]);
      job_fixture_say (&f, INF_JOB_EVENT_LEASE_REFUSED, plans[i], INF_ERROR_REFUSED, "not hosting");
    }
  assert_state (&f, "failed");
  assert_reason (&f, "d: not hosting");
}

static void
test_host_that_does_not_answer_is_released_too (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_LEASING);
  job_fixture_tell (&f, INF_JOB_EVENT_LEASED, "ash");
  assert_actions (job_fixture_expire (&f), "release oak ash");
  job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash");
  assert_actions (job_fixture_expire (&f), "abandon oak, plan");
}

static void
test_lease_that_comes_too_late_is_given_back (void)
{
  g_auto (JobFixture) f;
  InfPeerId oak = job_fixture_peer ("oak");
  const guint8 lease_id[INF_LEASE_ID_SIZE_BYTES] = "late lease";
  InfJobEvent late
      = { .type = INF_JOB_EVENT_LEASED, .round = 1, .host = &oak, .lease_id = lease_id };

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_LEASING);
  job_fixture_expire (&f);
  assert_actions (job_fixture_expire (&f), "abandon oak ash, plan");
  assert_actions (job_fixture_send (&f, late), "release oak");
  job_fixture_tell (&f, INF_JOB_EVENT_CANCEL_REQUESTED, NULL);
  assert_state (&f, "cancelled");
  assert_actions (job_fixture_send (&f, late), "release oak");
}

static void
test_dead_host_ends_the_attempt_by_name (void)
{
  static const char *const reasons[] = {
    [INF_JOB_STAGING] = "host oak died while files were brought to it (silent for 4 s)",
    [INF_JOB_CHECKING] = "host oak died while it was checked (silent for 4 s)",
    [INF_JOB_LAUNCHING] = "host oak died while the program was started (silent for 4 s)",
    [INF_JOB_RUNNING] = "host oak died while the program ran (silent for 4 s)",
    [INF_JOB_COLLECTING] = "host oak died before its outputs were home (silent for 4 s)",
  };

  for (guint state = INF_JOB_STAGING; state <= INF_JOB_COLLECTING; state++)
    {
      g_auto (JobFixture) f;
      job_fixture_init (&f, 2, 0, FALSE);
      job_fixture_advance (&f, state);
      job_fixture_say (&f, INF_JOB_EVENT_HOST_DEAD, "oak", 0, "silent for 4 s");
      assert_reason (&f, reasons[state]);
      job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL);
      job_fixture_tell (&f, INF_JOB_EVENT_COLLECTED, "ash");
      assert_state (&f, "settling");
      job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash");
      assert_state (&f, "failed");
      assert_reason (&f, reasons[state]);
    }
}

static void
test_dead_host_is_neither_asked_nor_collected_from (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_HOST_DEAD, "oak"),
                  "stop-meter oak ash, stop-program");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL), "collect ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_COLLECTED, "ash"), "abandon oak, settle ash");
}

static void
test_retries_on_other_hosts (void)
{
  g_auto (JobFixture) f;
  InfPeerId oak = job_fixture_peer ("oak");

  job_fixture_init (&f, 2, 1, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  job_fixture_tell (&f, INF_JOB_EVENT_LINK_LOST, "oak");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL), "settle oak ash");
  job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "oak");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash"), "plan");
  g_assert_cmpuint (inf_job_get_attempt (f.job), ==, 2);
  g_assert_true (inf_job_is_excluded (f.job, &oak));
  job_fixture_plan (&f, "ash elm");
  job_fixture_say (&f, INF_JOB_EVENT_LEASE_REFUSED, "elm", INF_ERROR_REFUSED, "elm is full");
  job_fixture_tell (&f, INF_JOB_EVENT_LEASED, "ash");
  job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash");
  assert_actions (job_fixture_plan (&f, "ash yew"), "lease ash yew");
  g_assert_cmpuint (inf_job_get_attempt (f.job), ==, 2);
  g_assert_cmpuint (inf_job_get_past_hosts (f.job)->len, ==, 4);
}

/* mpiexec sees a killed orted at once, the failure detector some seconds later. */
static void
test_failed_program_is_blamed_on_the_host_that_died (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  job_fixture_send (
      &f, (InfJobEvent){ .type = INF_JOB_EVENT_PROGRAM_EXITED, .round = 1, .status = 1 << 8 });
  job_fixture_tell (&f, INF_JOB_EVENT_COLLECTED, "ash");
  assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_HOST_DEAD, "oak"), "abandon oak, settle ash");
  job_fixture_tell (&f, INF_JOB_EVENT_SETTLED, "ash");
  assert_reason (&f, "host oak died before its outputs were home; "
                     "the program ended with exit status 1");
}

static void
test_outputs_that_cannot_be_fetched_fail_the_job (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_COLLECTING);
  job_fixture_say (&f, INF_JOB_EVENT_COLLECT_FAILED, "oak", INF_ERROR_CORRUPT,
                   "sum.txt is not what was stated");
  job_fixture_advance (&f, INF_JOB_FAILED);
  assert_reason (&f, "oak: sum.txt is not what was stated");
  g_assert_cmpint (inf_job_get_error_code (f.job), ==, INF_ERROR_CORRUPT);
}

static void
test_failed_check_names_the_host (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_CHECKING);
  assert_actions (job_fixture_say (&f, INF_JOB_EVENT_CHECK_FAILED, "ash", INF_ERROR_UNSUPPORTED,
                                   "Open MPI 3.1 there, 4.1 here"),
                  "release oak ash");
  assert_reason (&f, "ash: Open MPI 3.1 there, 4.1 here");
}

static void
test_every_step_has_a_deadline (void)
{
  static const char *const reasons[] = {
    [INF_JOB_STAGING] = "oak: the files did not arrive there in time",
    [INF_JOB_CHECKING] = "oak: did not answer the check in time",
    [INF_JOB_LAUNCHING] = "the program did not start in time",
    [INF_JOB_COLLECTING] = "oak: its outputs did not arrive in time",
  };

  for (guint state = INF_JOB_STAGING; state <= INF_JOB_COLLECTING; state++)
    {
      g_auto (JobFixture) f;
      if (!reasons[state])
        continue;
      job_fixture_init (&f, 2, 0, FALSE);
      job_fixture_advance (&f, state);
      assert_actions (job_fixture_send (&f, (InfJobEvent){ .type = INF_JOB_EVENT_TICK }), "");
      job_fixture_expire (&f);
      while (!inf_job_is_finished (f.job))
        job_fixture_expire (&f);
      assert_state (&f, "failed");
      assert_reason (&f, reasons[state]);
    }
}

static void
test_restart_undoes_or_goes_on (void)
{
  static const char *const first_actions[] = {
    "plan",
    "plan",
    "release oak ash",
    "release oak ash",
    "release oak ash",
    "stop-program",
    "stop-meter oak ash, stop-program",
    "collect oak ash",
    "settle oak ash",
    "",
  };

  for (guint state = INF_JOB_QUEUED; state <= INF_JOB_DONE; state++)
    {
      g_auto (JobFixture) f;
      job_fixture_init (&f, 2, 0, FALSE);
      job_fixture_advance (&f, state);
      job_fixture_restart (&f);
      assert_actions (job_fixture_tell (&f, INF_JOB_EVENT_RESTARTED, NULL), first_actions[state]);
    }
}

static void
test_restart_while_running_fails_the_attempt (void)
{
  g_auto (JobFixture) f;

  job_fixture_init (&f, 2, 0, FALSE);
  job_fixture_advance (&f, INF_JOB_RUNNING);
  job_fixture_restart (&f);
  job_fixture_tell (&f, INF_JOB_EVENT_RESTARTED, NULL);
  job_fixture_tell (&f, INF_JOB_EVENT_PROGRAM_EXITED, NULL);
  job_fixture_advance (&f, INF_JOB_FAILED);
  assert_reason (&f, "this node was restarted while the program ran");
  assert_cause (&f, "{'code': <'restarted'>}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/no-hosts", test_fails_without_hosts);
  g_test_add_func ("/job/waits-for-hosts", test_waits_for_hosts_when_asked_to);
  g_test_add_func ("/job/gives-up-waiting", test_gives_up_waiting_after_a_week);
  g_test_add_func ("/job/refused-lease", test_refused_lease_releases_the_others_and_plans_anew);
  g_test_add_func ("/job/several-refusals", test_gives_up_after_a_few_refusals);
  g_test_add_func ("/job/silent-host", test_host_that_does_not_answer_is_released_too);
  g_test_add_func ("/job/late-lease", test_lease_that_comes_too_late_is_given_back);
  g_test_add_func ("/job/dead-host", test_dead_host_ends_the_attempt_by_name);
  g_test_add_func ("/job/dead-host-is-left-alone",
                   test_dead_host_is_neither_asked_nor_collected_from);
  g_test_add_func ("/job/retries", test_retries_on_other_hosts);
  g_test_add_func ("/job/blames-the-dead-host",
                   test_failed_program_is_blamed_on_the_host_that_died);
  g_test_add_func ("/job/outputs-lost", test_outputs_that_cannot_be_fetched_fail_the_job);
  g_test_add_func ("/job/failed-check", test_failed_check_names_the_host);
  g_test_add_func ("/job/deadlines", test_every_step_has_a_deadline);
  g_test_add_func ("/job/restart", test_restart_undoes_or_goes_on);
  g_test_add_func ("/job/restart-while-running", test_restart_while_running_fails_the_attempt);
  return g_test_run ();
}
