#include "tests/cli/inf-cli-run.h"
#include "tests/cli/inf-fake-node.h"

#include "common/inf-error.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include <stdio.h>

typedef struct
{
  char *dir;
  InfFakeNode *fake;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_cli_make_state_dir ();
  fixture->fake = inf_fake_node_new (fixture->dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_fake_node_free (fixture->fake);
  inf_cli_remove_state_dir (fixture->dir);
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  const char *const nothing[] = { NULL };
  g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, nothing);

  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 0);
  inf_cli_assert_contains (run->out->str, "Node:               oak\n");
  inf_cli_assert_contains (run->out->str, "Grid:               wood (founded here)\n");
  inf_cli_assert_contains (run->out->str, "Takes jobs:         yes\n");
  inf_cli_assert_contains (run->out->str, "Credits:            1000.5\n");
  g_assert_cmpstr (run->err->str, ==,
                   "bubblewrap is missing (not installed): jobs run in it; to mend it: apt install "
                   "bubblewrap\n");
}

static void
test_status_json (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "--json", NULL);
  g_autoptr (JsonNode) node = json_from_string (run->out->str, NULL);
  JsonObject *object, *capability;

  g_assert_nonnull (node);
  object = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (object, "grid"), ==, "wood");
  capability
      = json_array_get_object_element (json_object_get_array_member (object, "capabilities"), 0);
  g_assert_false (json_object_get_boolean_member (capability, "available"));
  g_assert_cmpstr (run->err->str, ==, "");
}

static void
test_status_names_the_obstacle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  inf_dbus_host1_set_obstacle (fixture->fake->host, "bubblewrap is not installed");
  run = inf_cli_run (fixture->dir, "status", NULL);
  inf_cli_assert_contains (run->out->str, "no: bubblewrap is not installed\n");
}

/* What a command asks of infinityd. */
static void
test_calls (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    const char *const arguments[8];
    const char *call;
  } cases[] = {
    { { "grid", "create", "wood" }, "CreateGrid ('wood', '', {})" },
    { { "grid", "create", "wood", "--node-name", "oak", "--grant=2.5" },
      "CreateGrid ('wood', 'oak', {'grant': <uint64 2500000>})" },
    { { "grid", "invite" }, "Invite 0" },
    { { "grid", "invite", "--lifetime", "1h" }, "Invite 3600" },
    { { "grid", "join", "infinity:abc", "--node-name=elm" }, "JoinGrid ('infinity:abc', 'elm')" },
    { { "grid", "leave" }, "LeaveGrid ()" },
    { { "grid", "remove", "elm" }, "RemoveMember ('elm',)" },
    { { "peers", "add", "10.0.0.7:7848" }, "AddPeerAddress ('10.0.0.7:7848',)" },
    { { "away", "--back" }, "SetAway (0,)" },
    { { "host", "start" }, "SetPolicy ({'hosting': <true>},)" },
    { { "host", "stop" }, "SetPolicy ({'hosting': <false>},)" },
    { { "host", "set", "--price", "0.25" }, "SetPolicy ({'price': <uint64 250000>},)" },
    { { "host", "set", "--slots=0" }, "SetPolicy ({'slots': <uint32 0>},)" },
    { { "host", "set", "--memory=1K" }, "SetPolicy ({'memory-bytes': <uint64 1024>},)" },
    { { "host", "set", "--max-time=2h" }, "SetPolicy ({'max-seconds': <uint32 7200>},)" },
    { { "host", "set", "--offers=gmx,octave" }, "SetPolicy ({'offers': <'gmx,octave'>},)" },
    { { "host", "set", "--offers=" }, "SetPolicy ({'offers': <''>},)" },
    { { "host", "stop-lease", "abc" }, "StopLease ('abc',)" },
    { { "connect" }, "Connect ()" },
    { { "disconnect" }, "Disconnect ('',)" },
    { { "disconnect", "--finish" }, "Disconnect ('finish',)" },
    { { "identity", "lock", "--stop" }, "Lock ('stop',)" },
    { { "identity", "create", "--no-passphrase", "--name=elm" }, "Register ('elm', '')" },
    { { "host", "pause" }, "Pause ('resumed', 0, '')" },
    { { "host", "pause", "1h", "--stop" }, "Pause ('time', 3600, 'stop')" },
    { { "host", "pause", "tomorrow", "--finish" }, "Pause ('tomorrow', 0, 'finish')" },
    { { "host", "resume" }, "Resume ()" },
    { { "host", "accept", "3" }, "AnswerRequest ('3', 'accept')" },
    { { "host", "accept", "3", "--always" }, "AnswerRequest ('3', 'always')" },
    { { "host", "decline", "3" }, "AnswerRequest ('3', 'decline')" },
    { { "host", "history", "--limit=7" }, "ListPastLeases 0 7" },
    { { "host", "earnings", "--days=3" }, "GetEarnings 3" },
    { { "host", "set", "--hours=sat 22:00-6:00" },
      "SetPolicy ({'hours': <[(uint32 6, uint32 1320, uint32 1440), (7, 0, 360)]>},)" },
    { { "host", "set", "--idle-minutes=5" }, "SetPolicy ({'idle-minutes': <uint32 5>},)" },
    { { "host", "set", "--mains-only=yes" }, "SetPolicy ({'mains-only': <true>},)" },
    { { "host", "set", "--clients=ask" }, "SetPolicy ({'clients': <'ask'>},)" },
    { { "host", "set", "--allow=" }, "SetPolicy ({'allowed': <@as []>},)" },
    { { "results", "--export", "sum-1", "--to", "/tmp/x/../y" },
      "Export ('sum-1', '/tmp/y', 'copy')" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, cases[i].arguments);
      inf_cli_run_wait (run);
      g_assert_cmpstr (run->status == 0 ? "" : run->err->str, ==, "");
      g_assert_cmpuint (fixture->fake->calls->len, >, 0);
      g_assert_cmpstr (fixture->fake->calls->pdata[fixture->fake->calls->len - 1], ==,
                       cases[i].call);
    }
}

static gint64
run_away (Fixture *fixture, const char *const *arguments)
{
  g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, arguments);
  gint64 until_unix_us = 0;

  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 0);
  const char *call = fixture->fake->calls->pdata[fixture->fake->calls->len - 1];
  g_assert_cmpint (sscanf (call, "SetAway (%" G_GINT64_FORMAT ",)", &until_unix_us), ==, 1);
  return until_unix_us - g_get_real_time ();
}

static void
test_away (Fixture *fixture, gconstpointer data)
{
  const gint64 hour_us = G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC, late_us = hour_us / 60;
  const char *const cases[][8] = { { "away", "2h" }, { "away" }, { "away", "until", "00:00" } };

  gint64 in_us = run_away (fixture, cases[0]);
  g_assert_true (in_us <= 2 * hour_us && in_us > 2 * hour_us - late_us);
  in_us = run_away (fixture, cases[1]);
  g_assert_true (in_us <= 24 * hour_us && in_us > 24 * hour_us - late_us);
  /* a day that clocks change in has 25 hours at most */
  in_us = run_away (fixture, cases[2]);
  g_assert_true (in_us <= 25 * hour_us && in_us > -late_us);
}

static void
test_usage (Fixture *fixture, gconstpointer data)
{
  const char *const wrong[][8] = { { "burn" },
                                   { "grid" },
                                   { "grid", "create" },
                                   { "grid", "create", "a", "b" },
                                   { "grid", "create", "a", "--grnt", "1" },
                                   { "grid", "invite", "--lifetime", "0" },
                                   { "away", "until" },
                                   { "away", "until", "25:00" },
                                   { "away", "until", "noon" },
                                   { "away", "soon" },
                                   { "away", "2h", "please" },
                                   { "host", "set" },
                                   { "host", "set", "--slots=-4" },
                                   { "host", "set", "--slots=many" },
                                   { "peer", "show" },
                                   { "jobs", "--all", "--state", "done" },
                                   { "jobs", "--state", "asleep" },
                                   { "results", "--verify" },
                                   { "results", "a", "--export" },
                                   { "results", "a", "--to", "b" },
                                   { "results", "a", "b" },
                                   { "results", "--archive", "a.zip" },
                                   { "results", "a", "--verify", "--archive", "a.zip" },
                                   { "results", "a", "--verify", "--export", "--to", "b" },
                                   { "run" },
                                   { "run", "--nodes", "x", "taskadd" },
                                   { "run", "taskadd", "--nodes", "4" },
                                   { "files", "get" },
                                   { "files", "save", "a" },
                                   { "credits", "history", "--limit=-1" },
                                   { "completion", "csh" },
                                   { "help", "burn" },
                                   { "--frobnicate" },
                                   { "job", "show", "\xff" } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, wrong[i]);
      inf_cli_run_wait (run);
      if (run->status != 2 || run->out->len || !g_str_has_prefix (run->err->str, "infinity: "))
        g_error ("case %u: status %d, “%s”, “%s”", i, run->status, run->out->str, run->err->str);
    }
  g_assert_cmpuint (fixture->fake->calls->len, ==, 0);
}

/* Amounts that are no amounts are found before infinityd is asked, too. */
static void
test_amounts (Fixture *fixture, gconstpointer data)
{
  const char *const wrong[][8] = { { "grid", "create", "a", "--grant=much" },
                                   { "host", "set", "--price=1.2345678" },
                                   { "host", "set", "--memory=big" },
                                   { "host", "set", "--max-time=soon" } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, wrong[i]);
      inf_cli_run_wait (run);
      g_assert_cmpint (run->status, ==, 2);
      inf_cli_assert_contains (run->err->str, "is not a");
    }
  g_assert_cmpuint (fixture->fake->calls->len, ==, 0);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    InfError code;
    int status;
  } cases[]
      = { { INF_ERROR_FAILED, 1 },    { INF_ERROR_NOT_FOUND, 1 },   { INF_ERROR_DENIED, 1 },
          { INF_ERROR_EXPIRED, 1 },   { INF_ERROR_UNREACHABLE, 3 }, { INF_ERROR_TIMED_OUT, 1 },
          { INF_ERROR_NO_CREDITS, 5 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (InfCliRun) run = NULL;

      g_clear_error (&fixture->fake->failure);
      fixture->fake->failure
          = g_error_new_literal (INF_ERROR, cases[i].code, "the \x1b[31minvite is spent");
      run = inf_cli_run (fixture->dir, "grid", "join", "infinity:abc", NULL);
      g_assert_cmpint (run->status, ==, cases[i].status);
      g_assert_cmpstr (run->err->str, ==, "infinity: the \\x1b[31minvite is spent\n");
      g_assert_cmpstr (run->out->str, ==, "");
    }
}

static void
test_invite_prints_the_token_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "grid", "invite", NULL);

  g_assert_cmpstr (run->out->str, ==, "infinity:abcdef\n");
  inf_cli_assert_contains (run->err->str, "2023-11-14 22:13:20");
}

static void
test_host_show (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) text = inf_cli_run (fixture->dir, "host", "show", NULL);
  g_autoptr (InfCliRun) json = inf_cli_run (fixture->dir, "host", "show", "--json", NULL);
  g_autoptr (JsonNode) node = json_from_string (json->out->str, NULL);

  g_assert_cmpstr (text->out->str, ==,
                   "State:                    paused (snoozed) until 2023-11-14 22:13:20\n"
                   "Takes jobs:               yes\n"
                   "Slots:                    4\n"
                   "Memory:                   three quarters of the machine's\n"
                   "Credits per second:       0.002\n"
                   "Longest lease:            no limit\n"
                   "Installed programs:       none\n"
                   "Disk:                     no limit\n"
                   "Hours:                    mon 9:00-18:00\n"
                   "Idle minutes:             whether used or not\n"
                   "Not when busier than, %:  however busy\n");
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (node), "price"), ==, 2000);
}

static void
test_job_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "job", "cancel", "a", "b", NULL);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Cancel a"));
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Cancel b"));
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) overview = inf_cli_run (fixture->dir, "--help", NULL);
  g_autoptr (InfCliRun) group = inf_cli_run (fixture->dir, "grid", "--help", NULL);
  g_autoptr (InfCliRun) one = inf_cli_run (fixture->dir, "help", "grid", "join", NULL);
  g_autoptr (InfCliRun) same = inf_cli_run (fixture->dir, "grid", "join", "--help", NULL);
  g_autoptr (InfCliRun) version = inf_cli_run (fixture->dir, "--version", NULL);

  inf_cli_assert_contains (overview->out->str, "credits history");
  inf_cli_assert_contains (group->out->str, "grid remove");
  g_assert_null (strstr (group->out->str, "credits"));
  g_assert_cmpstr (one->out->str, ==, same->out->str);
  inf_cli_assert_contains (one->out->str, "infinity grid join [OPTION…] TOKEN");
  g_assert_true (g_str_has_prefix (version->out->str, "infinity "));
  g_assert_cmpint (overview->status + group->status + one->status + same->status + version->status,
                   ==, 0);
}

static void
test_completes_from_the_node (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  /* names of others go to a shell: what could be more than a word to it is not offered */
  inf_fake_node_take (&fixture->fake->peers,
                      g_variant_new_parsed ("[{'id': <'aaaa'>, 'name': <'oak'>},"
                                            " {'id': <'bbbb'>, 'name': <'$(reboot)'>},"
                                            " {'id': <'cccc'>, 'name': <'-rf'>},"
                                            " {'id': <'dddddddddddddddd'>, 'name': <''>}]"));
  run = inf_cli_run (fixture->dir, "complete", "peer", "show", "", NULL);
  g_assert_cmpstr (run->out->str, ==, "oak\ndddddddddd\n");
}

static void
test_completes_tasks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) all = NULL, one = NULL;

  all = inf_cli_run (fixture->dir, "complete", "run", "--nodes", "4", "task", NULL);
  one = inf_cli_run (fixture->dir, "complete", "run", "--nodes=4", "--wait", "taskm", NULL);
  g_assert_cmpstr (all->out->str, ==, "taskadd\ntaskmult\n");
  g_assert_cmpstr (one->out->str, ==, "taskmult\n");
}

static void
test_bash_takes_the_script (Fixture *fixture, gconstpointer data)
{
  const char *const shells[] = { "bash", "zsh", "fish" };
  g_autoptr (GSubprocess) bash = NULL;
  g_autofree char *out = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (shells); i++)
    {
      g_autoptr (InfCliRun) run = inf_cli_run (fixture->dir, "completion", shells[i], NULL);
      inf_cli_assert_contains (run->out->str, "infinity complete");
      g_assert_cmpint (run->status, ==, 0);
    }
  bash = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "bash", "--norc", "-c",
      "infinity() { \"$INFINITY_PROGRAM\" \"$@\"; }; eval \"$(infinity completion bash)\";"
      "COMP_WORDS=(infinity grid jo) COMP_CWORD=2; _infinity; echo \"${COMPREPLY[@]}\"",
      NULL);
  g_assert_nonnull (bash);
  g_assert_true (g_subprocess_communicate_utf8 (bash, NULL, NULL, &out, NULL, NULL));
  g_assert_cmpstr (out, ==, "join\n");
}

static void
test_full_output_is_a_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL, "sh", "-c",
                          "\"$INFINITY_PROGRAM\" help >/dev/full", NULL);
  g_autofree char *err = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  inf_cli_assert_contains (err, "can't be written");
}

static void
hang_up (InfFakeNode *fake)
{
  g_dbus_server_stop (fake->server);
  inf_fake_node_hang_up (fake);
}

static void
test_daemon_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_quit = hang_up;
  run = inf_cli_run (fixture->dir, "daemon", "stop", NULL);
  g_assert_cmpstr (run->err->str, ==, "");
  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Quit ()"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/cli/commands/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("status", test_status);
  ADD ("status-json", test_status_json);
  ADD ("status-names-the-obstacle", test_status_names_the_obstacle);
  ADD ("calls", test_calls);
  ADD ("away", test_away);
  ADD ("usage", test_usage);
  ADD ("amounts", test_amounts);
  ADD ("errors", test_errors);
  ADD ("invite-prints-the-token-alone", test_invite_prints_the_token_alone);
  ADD ("host-show", test_host_show);
  ADD ("job-cancel", test_job_cancel);
  ADD ("help", test_help);
  ADD ("completes-from-the-node", test_completes_from_the_node);
  ADD ("completes-tasks", test_completes_tasks);
  ADD ("bash-takes-the-script", test_bash_takes_the_script);
  ADD ("full-output-is-a-failure", test_full_output_is_a_failure);
  ADD ("daemon-stop", test_daemon_stop);
  return g_test_run ();
}
