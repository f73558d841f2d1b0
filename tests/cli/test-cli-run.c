#include "tests/cli/inf-cli-run.h"
#include "tests/cli/inf-fake-node.h"

#include "common/inf-error.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

typedef struct
{
  char *dir;
  char *numbers;
  InfFakeNode *fake;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_cli_make_state_dir ();
  fixture->numbers = g_build_filename (fixture->dir, "numbers.txt", NULL);
  g_assert_true (g_file_set_contents (fixture->numbers, "1 2\n", -1, NULL));
  fixture->fake = inf_fake_node_new (fixture->dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_fake_node_free (fixture->fake);
  g_free (fixture->numbers);
  inf_cli_remove_state_dir (fixture->dir);
}

static void
run_to_the_end (InfFakeNode *fake)
{
  inf_fake_node_set_state (fake, "running", "'progress': <0.25>");
  inf_fake_node_log (fake, "adding\n", 7);
  inf_fake_node_set_state (fake, "running", "'progress': <0.5>");
  inf_fake_node_log (fake, "sum is 3\n", 9);
  inf_fake_node_set_state (fake, "done",
                           "'exit-status': <0>, 'progress': <1.0>, 'result': <'/out/sum-1'>");
}

static void
test_success (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;
  g_autofree char *spec = NULL, *inputs = NULL;

  fixture->fake->on_submitted = run_to_the_end;
  run = inf_cli_run (fixture->dir, "run", "--nodes", "2", "taskadd", "--input", fixture->numbers,
                     NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->out->str, ==, "adding\nsum is 3\n");
  g_assert_true (g_str_has_prefix (
      run->err->str,
      "Runs on oak (2 slots), elm (1 slot): 0.24 credits a minute, 14.4 at most.\n"));
  inf_cli_assert_contains (run->err->str,
                           "Job sum-1 is done after 2.0 s; it cost 1.5 credits (oak 1, elm 0.5).\n"
                           "Its outputs are in /out/sum-1\n");
  spec = g_variant_print (fixture->fake->spec, FALSE);
  inputs = g_strdup_printf ("'inputs': <[('numbers.txt', '%s')]>", fixture->numbers);
  inf_cli_assert_contains (spec, inputs);
  inf_cli_assert_contains (spec, "'args': <['--input', 'numbers.txt']>");
  inf_cli_assert_contains (spec, "'nodes': <uint32 2>");
}

static void
test_quiet (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_submitted = run_to_the_end;
  run = inf_cli_run (fixture->dir, "run", "--quiet", "hello", "--", "-q", NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->out->str, ==, "adding\nsum is 3\n");
  g_assert_cmpstr (run->err->str, ==, "");
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;
  g_autoptr (JsonNode) node = NULL;

  fixture->fake->on_submitted = run_to_the_end;
  run = inf_cli_run (fixture->dir, "run", "--json", "hello", NULL);
  node = json_from_string (run->out->str, NULL);
  g_assert_nonnull (node);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "state"), ==,
                   "done");
  inf_cli_assert_contains (run->err->str, "sum is 3\n");
}

/* All that follows the program is its own. */
static void
test_arguments_are_passed_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;
  g_autofree char *spec = NULL;

  fixture->fake->on_submitted = run_to_the_end;
  run = inf_cli_run (fixture->dir, "run", "-n", "3", "hello", "--nodes", "9", "-q", "--", "--json",
                     "--input", "x", NULL);
  g_assert_cmpint (run->status, ==, 0);
  spec = g_variant_print (fixture->fake->spec, FALSE);
  inf_cli_assert_contains (spec,
                           "'args': <['--nodes', '9', '-q', '--', '--json', '--input', 'x']>");
  inf_cli_assert_contains (spec, "'nodes': <uint32 3>");
}

static void
log_bytes (InfFakeNode *fake)
{
  static const char bytes[] = "a\0b\xff\x1b[2J\r";

  inf_fake_node_log (fake, bytes, sizeof bytes - 1);
  inf_fake_node_set_state (fake, "done", "");
}

static void
test_log_is_copied_byte_by_byte (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_submitted = log_bytes;
  run = inf_cli_run (fixture->dir, "run", "hello", NULL);
  g_assert_cmpmem (run->out->str, run->out->len, "a\0b\xff\x1b[2J\r", 9);
}

static void
log_much (InfFakeNode *fake)
{
  static char part[300000];

  memset (part, 'x', sizeof part);
  inf_fake_node_set_state (fake, "running", "");
  inf_fake_node_log (fake, part, sizeof part);
  inf_fake_node_set_state (fake, "done", "");
  /* what the log gets after the job's last word still belongs to it */
  inf_fake_node_log (fake, "end\n", 4);
}

static void
test_log_is_copied_to_its_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_submitted = log_much;
  run = inf_cli_run (fixture->dir, "run", "hello", NULL);
  g_assert_cmpuint (run->out->len, ==, 300004);
  g_assert_true (g_str_has_suffix (run->out->str, "xend\n"));
}

static void
test_terminal_gets_no_control_characters (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "run", "hello", NULL };
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_submitted = log_bytes;
  run = inf_cli_run_start_on_terminal (fixture->dir, 60, NULL, arguments);
  inf_cli_run_wait (run);
  inf_cli_assert_contains (run->out->str, "a\\x00b\\xff\\x1b[2J\r\n");
  g_assert_null (strstr (run->out->str, "\x1b[2J"));
}

/* What a script is told of a job that did not succeed. */
typedef struct
{
  const char *name;
  const char *state;
  const char *more;
  int status;
} End;

static const End ends[] = {
  { "failed", "failed", "'failure': <'JobFailed'>, 'exit-status': <1>, 'reason': <'it crashed'>",
    4 },
  { "bad-data", "failed", "'failure': <'JobFailed'>, 'exit-status': <65>, 'reason': <'line 3'>",
    65 },
  { "io", "failed", "'failure': <'JobFailed'>, 'exit-status': <74>, 'reason': <'no file'>", 74 },
  { "hosts", "failed", "'failure': <'NoHosts'>, 'exit-status': <-1>, 'reason': <'none match'>", 5 },
  { "credits", "failed", "'failure': <'NoCredits'>, 'exit-status': <-1>, 'reason': <'spent'>", 5 },
  { "cancelled", "cancelled", "'failure': <'Cancelled'>, 'exit-status': <-1>, 'reason': <'x'>", 4 },
};

static const End *current_end;

static void
end_so (InfFakeNode *fake)
{
  inf_fake_node_set_state (fake, current_end->state, current_end->more);
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;
  g_autoptr (InfCliRun) quiet = NULL;
  g_autoptr (InfCliRun) wait = NULL;
  g_autofree char *said = NULL;

  current_end = data;
  said = g_strdup_printf ("Job sum-1 %s: ", g_str_equal (current_end->state, "failed")
                                                ? "has failed"
                                                : "was cancelled");
  fixture->fake->on_submitted = end_so;
  run = inf_cli_run (fixture->dir, "run", "hello", NULL);
  g_assert_cmpint (run->status, ==, current_end->status);
  inf_cli_assert_contains (run->err->str, said);
  quiet = inf_cli_run (fixture->dir, "run", "--quiet", "hello", NULL);
  g_assert_cmpint (quiet->status, ==, current_end->status);
  inf_cli_assert_contains (quiet->err->str, said);
  wait = inf_cli_run (fixture->dir, "job", "wait", "sum-1", NULL);
  g_assert_cmpint (wait->status, ==, current_end->status);
}

static void
test_impossible_plan (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL, waiting = NULL;

  inf_fake_node_take (
      &fixture->fake->plan,
      g_variant_new_parsed ("{'possible': <false>, 'reason': <'4 hosts wanted, 2 there'>}"));
  run = inf_cli_run (fixture->dir, "run", "hello", NULL);
  g_assert_cmpint (run->status, ==, 5);
  g_assert_cmpstr (run->err->str, ==, "infinity: 4 hosts wanted, 2 there\n");
  g_assert_false (inf_fake_node_was_called (fixture->fake, "Submit"));

  fixture->fake->on_submitted = run_to_the_end;
  waiting = inf_cli_run (fixture->dir, "run", "--wait", "hello", NULL);
  g_assert_cmpint (waiting->status, ==, 0);
  inf_cli_assert_contains (waiting->err->str, "Waits for hosts: 4 hosts wanted, 2 there\n");
}

static void
test_missing_input (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run
      = inf_cli_run (fixture->dir, "run", "taskadd", "--input", "/nowhere/numbers.txt", NULL);

  g_assert_cmpint (run->status, ==, 74);
  inf_cli_assert_contains (run->err->str, "/nowhere/numbers.txt: No such file");
  g_assert_cmpuint (fixture->fake->calls->len, ==, 0);
}

static void
test_submit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "submit", "-q", "hello", NULL);
  g_autofree char *spec = g_variant_print (fixture->fake->spec, FALSE);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->out->str, ==, "jobid234567\n");
  g_assert_cmpstr (run->err->str, ==, "");
  inf_cli_assert_contains (spec, "'wait-for-hosts': <true>");
}

static void
start_running (InfFakeNode *fake)
{
  inf_fake_node_set_state (fake, "running", "'progress': <0.25>");
  inf_fake_node_log (fake, "adding\n", 7);
}

static gboolean
has_output (gpointer user_data)
{
  InfCliRun *run = user_data;

  return strstr (run->out->str, "adding") != NULL;
}

static gboolean
is_cancelling (gpointer user_data)
{
  InfFakeNode *fake = user_data;

  return inf_fake_node_was_called (fake, "Cancel jobid234567");
}

static InfCliRun *
start_and_wait_for_output (Fixture *fixture)
{
  const char *const arguments[] = { "run", "hello", NULL };
  InfCliRun *run;

  fixture->fake->on_submitted = start_running;
  run = inf_cli_run_start (fixture->dir, arguments);
  inf_cli_run_wait_for (run, has_output, run);
  return run;
}

static void
report_progress (InfFakeNode *fake)
{
  const char *const parts[] = { "@infin", "ity progress 0.5 adding\none\n@infinity",
                                "-like\n two @infinity x\n@infinity summary sum is 3\n@inf" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    inf_fake_node_log (fake, parts[i], strlen (parts[i]));
  inf_fake_node_set_state (fake, "done", "'summary': <'sum is 3'>");
}

static void
test_terminal_gets_no_reports (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "run", "-q", "hello", NULL };
  g_autoptr (InfCliRun) terminal = NULL, pipe = NULL;

  fixture->fake->on_submitted = report_progress;
  terminal = inf_cli_run_start_on_terminal (fixture->dir, 60, NULL, arguments);
  inf_cli_run_wait (terminal);
  g_assert_cmpstr (terminal->out->str, ==, "one\r\n@infinity-like\r\n two @infinity x\r\n@inf\r\n");
  pipe = inf_cli_run (fixture->dir, "job", "log", "sum-1", NULL);
  g_assert_true (g_str_has_prefix (pipe->out->str, "@infinity progress 0.5 adding\none\n"));
}

static gboolean
has_bar (gpointer user_data)
{
  InfCliRun *run = user_data;

  return strstr (run->out->str, "running    [#####...............]  25%") != NULL;
}

static void
test_terminal_gets_a_bar (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "run", "hello", NULL };
  gboolean has_color = data == NULL;
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_submitted = start_running;
  run = inf_cli_run_start_on_terminal (fixture->dir, 60, data, arguments);
  inf_cli_run_wait_for (run, has_output, run);
  inf_cli_run_wait_for (run, has_bar, run);
  inf_fake_node_set_state (fixture->fake, "done", "");
  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpint (strstr (run->out->str, "\x1b[1m") != NULL, ==, has_color);
  /* the line is taken away before another is printed */
  inf_cli_assert_contains (run->out->str, "\r\x1b[KJob sum-1 is done");
}

static void
test_signals_cancel (Fixture *fixture, gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  g_autoptr (InfCliRun) run = start_and_wait_for_output (fixture);

  g_subprocess_send_signal (run->process, number);
  inf_cli_run_wait (run);
  g_assert_true (is_cancelling (fixture->fake));
  g_assert_cmpint (run->status, ==, 128 + number);
  inf_cli_assert_contains (run->err->str, "Cancelling the job");
  inf_cli_assert_contains (run->err->str, "Job sum-1 was cancelled");
}

static void
test_second_signal_leaves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->ignores_cancel = TRUE;
  run = start_and_wait_for_output (fixture);
  g_subprocess_send_signal (run->process, SIGINT);
  inf_cli_run_wait_for (run, is_cancelling, fixture->fake);
  g_assert_cmpuint (run->n_open, >, 0);
  g_subprocess_send_signal (run->process, SIGINT);
  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 130);
}

/* `infinity run … | head`: as with every program in a pipe, that is the end of the work. */
static void
test_reader_that_leaves_cancels (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "run", "hello", NULL };
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_submitted = start_running;
  run = inf_cli_run_start_unread (fixture->dir, arguments);
  inf_cli_run_wait (run);
  g_assert_true (is_cancelling (fixture->fake));
  g_assert_cmpint (run->status, ==, 1);
  inf_cli_assert_contains (run->err->str, "the log can't be written");
}

static void
test_node_that_ends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = start_and_wait_for_output (fixture);

  g_dbus_server_stop (fixture->fake->server);
  inf_fake_node_hang_up (fixture->fake);
  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 3);
  inf_cli_assert_contains (run->err->str, "infinity job wait jobid234567");
}

static void
test_refused_submission (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->failure = g_error_new_literal (INF_ERROR, INF_ERROR_NO_CREDITS,
                                                "the balance is 1, 14.4 may be needed");
  run = inf_cli_run (fixture->dir, "run", "hello", NULL);
  g_assert_cmpint (run->status, ==, 5);
  g_assert_cmpstr (run->err->str, ==, "infinity: the balance is 1, 14.4 may be needed\n");
}

static void
test_job_log (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) now = NULL, followed = NULL;

  run_to_the_end (fixture->fake);
  now = inf_cli_run (fixture->dir, "job", "log", "sum-1", NULL);
  g_assert_cmpint (now->status, ==, 0);
  g_assert_cmpstr (now->out->str, ==, "adding\nsum is 3\n");
  followed = inf_cli_run (fixture->dir, "job", "log", "--follow", "sum-1", NULL);
  g_assert_cmpint (followed->status, ==, 0);
  g_assert_cmpstr (followed->out->str, ==, "adding\nsum is 3\n");
}

static void
test_following_goes_on (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "job", "log", "-f", "sum-1", NULL };
  g_autoptr (InfCliRun) run = NULL;

  start_running (fixture->fake);
  run = inf_cli_run_start (fixture->dir, arguments);
  inf_cli_run_wait_for (run, has_output, run);
  inf_fake_node_log (fixture->fake, "more\n", 5);
  inf_fake_node_set_state (fixture->fake, "done", "");
  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->out->str, ==, "adding\nmore\n");
}

static void
test_interrupted_follower_leaves_the_job (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "job", "log", "-f", "sum-1", NULL };
  g_autoptr (InfCliRun) run = NULL;

  start_running (fixture->fake);
  run = inf_cli_run_start (fixture->dir, arguments);
  inf_cli_run_wait_for (run, has_output, run);
  g_subprocess_send_signal (run->process, SIGINT);
  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 130);
  g_assert_false (is_cancelling (fixture->fake));
}

static void
test_unknown_job (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "job", "wait", "nobody", NULL);

  g_assert_cmpint (run->status, ==, 1);
  g_assert_cmpstr (run->err->str, ==, "infinity: no job “nobody”\n");
}

#define ADD_WITH(name, data, function)                                                             \
  g_test_add ("/cli/run/" name, Fixture, data, set_up, function, tear_down)
#define ADD(name, function) ADD_WITH (name, NULL, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("success", test_success);
  ADD ("quiet", test_quiet);
  ADD ("json", test_json);
  ADD ("arguments-are-passed-on", test_arguments_are_passed_on);
  ADD ("log-is-copied-byte-by-byte", test_log_is_copied_byte_by_byte);
  ADD ("log-is-copied-to-its-end", test_log_is_copied_to_its_end);
  ADD ("terminal-gets-no-control-characters", test_terminal_gets_no_control_characters);
  ADD ("terminal-gets-no-reports", test_terminal_gets_no_reports);
  ADD ("terminal-gets-a-bar", test_terminal_gets_a_bar);
  ADD_WITH ("terminal-gets-no-colour", "1", test_terminal_gets_a_bar);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat ("/cli/run/end/", ends[i].name, NULL);
      g_test_add (path, Fixture, &ends[i], set_up, test_end, tear_down);
    }
  ADD ("impossible-plan", test_impossible_plan);
  ADD ("missing-input", test_missing_input);
  ADD ("submit", test_submit);
  ADD_WITH ("interrupt-cancels", GINT_TO_POINTER (SIGINT), test_signals_cancel);
  ADD_WITH ("terminate-cancels", GINT_TO_POINTER (SIGTERM), test_signals_cancel);
  ADD_WITH ("hang-up-cancels", GINT_TO_POINTER (SIGHUP), test_signals_cancel);
  ADD ("second-signal-leaves", test_second_signal_leaves);
  ADD ("reader-that-leaves-cancels", test_reader_that_leaves_cancels);
  ADD ("node-that-ends", test_node_that_ends);
  ADD ("refused-submission", test_refused_submission);
  ADD ("job-log", test_job_log);
  ADD ("following-goes-on", test_following_goes_on);
  ADD ("interrupted-follower-leaves-the-job", test_interrupted_follower_leaves_the_job);
  ADD ("unknown-job", test_unknown_job);
  return g_test_run ();
}
