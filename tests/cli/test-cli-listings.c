#include "tests/cli/inf-cli-run.h"
#include "tests/cli/inf-fake-node.h"

#include "common/inf-error.h"

#include <json-glib/json-glib.h>
#include <string.h>

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
add_peers (InfFakeNode *fake)
{
  inf_fake_node_take (
      &fake->peers,
      g_variant_new_parsed (
          "[{'id': <'aaaaaaaaaaaaaaaaaaaa'>, 'name': <'oak'>, 'state': <'self'>,"
          "  'address': <'10.0.0.1:7848'>, 'cores': <@u 8>, 'memory-bytes': <@t 17179869184>,"
          "  'slots-total': <@u 8>, 'slots-free': <@u 6>, 'load-milli': <@u 1250>,"
          "  'price': <@t 2000>, 'hosting': <true>, 'rtt-us': <@x -1>, 'heard-ms': <@x 0>,"
          "  'open-mpi': <'4.1.4'>, 'arch': <'x86_64'>, 'os': <'Debian GNU/Linux 12'>,"
          "  'offers': <['gromacs']>, 'neighbours': <[('bbbbbbbbbbbbbbbbbbbb', @x 400, 15)]>},"
          " {'id': <'bbbbbbbbbbbbbbbbbbbb'>, 'name': <'elm\\u001b[2J'>, 'state': <'alive'>,"
          "  'address': <'10.0.0.2:7848'>, 'cores': <@u 2>, 'memory-bytes': <@t 2147483648>,"
          "  'slots-total': <@u 2>, 'slots-free': <@u 0>, 'load-milli': <@u 0>,"
          "  'price': <@t 1500000>, 'hosting': <false>, 'rtt-us': <@x 400>, 'heard-ms': <@x 900>,"
          "  'loss-permille': <15>, 'coordinate': <[100.0, -20.0, 80.0, 0.25]>,"
          "  'open-mpi': <''>, 'arch': <'x86_64'>, 'os': <''>, 'offers': <@as []>,"
          "  'neighbours': <[('aaaaaaaaaaaaaaaaaaaa', @x 420, -1), ('unknownpeer12345', @x -1, "
          "-1)]>}]"));
}

static JsonNode *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (json, &error);

  g_assert_no_error (error);
  return node;
}

static void
test_peers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  add_peers (fixture->fake);
  run = inf_cli_run (fixture->dir, "peers", NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->out->str, ==,
                   "NAME        ADDRESS        CORES    MEMORY  FREE  LOAD  PRICE  STATE     RTT  "
                   "LOSS     HEARD  "
                   "NEIGHBOURS\n"
                   "oak         10.0.0.1:7848      8  16.0 GiB   6/8  1.25  0.002  self        -   "
                   "  -         -  "
                   "elm\\x1b[2J\n"
                   "elm\\x1b[2J  10.0.0.2:7848      2   2.0 GiB   0/2  0.00    1.5  alive  0.4 ms  "
                   "1.5%  900.0 ms  "
                   "oak, unknownpee\n");
  g_assert_cmpstr (run->err->str, ==, "");
}

static void
test_peers_json (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *peer, *neighbour;

  add_peers (fixture->fake);
  run = inf_cli_run (fixture->dir, "peers", "--json", NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_null (strchr (run->out->str, '\x1b'));
  node = parse (run->out->str);
  peer = json_array_get_object_element (json_node_get_array (node), 1);
  g_assert_cmpstr (json_object_get_string_member (peer, "name"), ==, "elm\x1b[2J");
  g_assert_cmpint (json_object_get_int_member (peer, "price"), ==, 1500000);
  neighbour = json_array_get_object_element (json_object_get_array_member (peer, "neighbours"), 0);
  g_assert_cmpint (json_object_get_int_member (neighbour, "rtt-us"), ==, 420);
}

static void
test_peers_quiet_and_columns (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) quiet = NULL, columns = NULL, both = NULL, unknown = NULL;

  add_peers (fixture->fake);
  quiet = inf_cli_run (fixture->dir, "peers", "-q", NULL);
  g_assert_cmpstr (quiet->out->str, ==, "aaaaaaaaaaaaaaaaaaaa\nbbbbbbbbbbbbbbbbbbbb\n");
  columns = inf_cli_run (fixture->dir, "peers", "--columns", "id,open-mpi,heard-ms,offers", NULL);
  g_assert_cmpstr (columns->out->str, ==,
                   "ID          OPEN MPI     HEARD  OFFERS\n"
                   "aaaaaaaaaa  4.1.4            -  gromacs\n"
                   "bbbbbbbbbb  -         900.0 ms  -\n");
  both = inf_cli_run (fixture->dir, "peers", "--json", "--quiet", NULL);
  g_assert_cmpint (both->status, ==, 2);
  unknown = inf_cli_run (fixture->dir, "peers", "--columns=colour", NULL);
  g_assert_cmpint (unknown->status, ==, 2);
  inf_cli_assert_contains (unknown->err->str, "no column “colour”");
}

static void
test_peer_show (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  add_peers (fixture->fake);
  run = inf_cli_run (fixture->dir, "peer", "show", "oak", NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "GetPeer oak"));
  inf_cli_assert_contains (run->out->str, "Peer id:             aaaaaaaaaaaaaaaaaaaa\n");
  inf_cli_assert_contains (run->out->str, "Neighbours:          elm\\x1b[2J (0.4 ms, 1.5% lost)\n");
}

static void
test_unmeasured_times_are_foretold (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  inf_fake_node_take (
      &fixture->fake->peers,
      g_variant_new_parsed (
          "[{'name': <'oak'>, 'state': <'self'>, 'rtt-us': <@x -1>,"
          "  'coordinate': <[0.0, 0.0, 100.0, 0.2]>},"
          " {'name': <'elm'>, 'state': <'reclaimed'>, 'rtt-us': <@x -1>,"
          "  'coordinate': <[3000.0, 4000.0, 100.0, 0.2]>},"
          " {'name': <'ash'>, 'state': <'away'>, 'rtt-us': <@x 700>,"
          "  'coordinate': <[3000.0, 4000.0, 100.0, 0.2]>},"
          " {'name': <'fir'>, 'state': <'dead'>, 'rtt-us': <@x -1>, 'coordinate': <@ad []>}]"));
  run = inf_cli_run (fixture->dir, "peers", "--columns", "name,state,rtt-us", NULL);
  g_assert_cmpstr (run->out->str, ==,
                   "NAME  STATE          RTT\n"
                   "oak   self             -\n"
                   "elm   reclaimed  ~5.2 ms\n"
                   "ash   away        0.7 ms\n"
                   "fir   dead             -\n");
}

static void
test_peers_graph (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) dot = NULL, json = NULL, unknown = NULL, both = NULL;
  g_autoptr (JsonNode) node = NULL;

  add_peers (fixture->fake);
  dot = inf_cli_run (fixture->dir, "peers", "--graph", "dot", NULL);
  g_assert_cmpint (dot->status, ==, 0);
  g_assert_true (g_str_has_prefix (dot->out->str, "graph grid {\n"));
  inf_cli_assert_contains (dot->out->str, "\"aaaaaaaaaaaaaaaaaaaa\" -- \"bbbbbbbbbbbbbbbbbbbb\"");
  json = inf_cli_run (fixture->dir, "peers", "--graph=json", NULL);
  node = parse (json->out->str);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (json_node_get_object (node), "edges")),
      ==, 2);
  unknown = inf_cli_run (fixture->dir, "peers", "--graph", "svg", NULL);
  g_assert_cmpint (unknown->status, ==, 2);
  inf_cli_assert_contains (unknown->err->str, "dot, json");
  both = inf_cli_run (fixture->dir, "peers", "--graph", "dot", "--json", NULL);
  g_assert_cmpint (both->status, ==, 2);
}

static void
test_long_lists (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;
  g_auto (GStrv) lines = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < 5000; i++)
    g_variant_builder_add_parsed (&builder, "{'name': <'a peer with a name'>, 'cores': <%u>}", i);
  inf_fake_node_take (&fixture->fake->peers, g_variant_builder_end (&builder));
  run = inf_cli_run (fixture->dir, "peers", NULL);
  g_assert_cmpint (run->status, ==, 0);
  lines = g_strsplit (run->out->str, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5002);
}

static void
test_empty_lists_say_so_on_stderr (Fixture *fixture, gconstpointer data)
{
  const char *const commands[][4]
      = { { "peers" },   { "grid", "members" },    { "host", "leases" },
          { "results" }, { "credits", "history" }, { "jobs", "--all" } };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, commands[i]);
      inf_cli_run_wait (run);
      g_assert_cmpint (run->status, ==, 0);
      g_assert_cmpstr (run->out->str, ==, "");
      g_assert_cmpuint (run->err->len, >, 0);
    }
}

static void
test_lease_log (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  inf_fake_node_log (fixture->fake, "ab\ncdef\n", 8);
  run = inf_cli_run (fixture->dir, "host", "log", "lease1", NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->out->str, ==, "\ncdef\n");
  g_assert_true (inf_fake_node_was_called (fixture->fake, "ReadLeaseLog lease1"));
}

static void
test_jobs_come_in_parts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  inf_fake_node_take (&fixture->fake->job_list,
                      g_variant_new_parsed ("[{'id': <'a'>}, {'id': <'b'>}, {'id': <'c'>},"
                                            " {'id': <'d'>}, {'id': <'e'>}]"));
  run = inf_cli_run (fixture->dir, "jobs", "--all", "--quiet", NULL);
  g_assert_cmpstr (run->out->str, ==, "a\nb\nc\nd\ne\n");
  g_assert_true (inf_fake_node_was_called (fixture->fake, "ListRange “” 4"));
}

static void
test_tasks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) table = inf_cli_run (fixture->dir, "tasks", NULL);
  g_autoptr (InfCliRun) quiet = inf_cli_run (fixture->dir, "tasks", "--quiet", NULL);
  g_autoptr (InfCliRun) json = inf_cli_run (fixture->dir, "tasks", "--json", NULL);
  g_autoptr (JsonNode) node = parse (json->out->str);
  JsonObject *task = json_array_get_object_element (json_node_get_array (node), 0);
  JsonArray *parameters = json_object_get_array_member (task, "parameters");

  g_assert_cmpstr (table->out->str, ==,
                   "NAME      WHAT IT DOES       OPTIONS\n"
                   "taskadd   Add Integers       [--input FILE] [--generate GENERATE]\n"
                   "taskmult  Multiply Integers  --input FILE [--fast]\n");
  g_assert_cmpstr (quiet->out->str, ==, "taskadd\ntaskmult\n");
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (parameters, 1), "option"), ==,
      "--generate");
}

static void
test_jobs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) active = NULL, all = NULL, running = NULL, json = NULL;
  g_autoptr (JsonNode) node = NULL;

  inf_fake_node_take (
      &fixture->fake->job_list,
      g_variant_new_parsed ("[{'id': <'jobid2345678'>, 'name': <'sum-1'>, 'program': <'taskadd'>,"
                            " 'state': <'failed'>, 'reason': <'oak died'>, 'progress': <0.25>,"
                            " 'hosts': <['oak', 'elm']>, 'spent': <@t 1500000>,"
                            " 'started-unix': <@x 1000000>, 'finished-unix': <@x 4200000>}]"));
  active = inf_cli_run (fixture->dir, "jobs", NULL);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "ListRange “active” 0"));
  g_assert_cmpstr (
      active->out->str, ==,
      "ID          NAME   PROGRAM  STATE   DONE  ELAPSED  HOSTS     SPENT  REASON\n"
      "jobid23456  sum-1  taskadd  failed   25%    3.2 s  oak, elm    1.5  oak died\n");
  all = inf_cli_run (fixture->dir, "jobs", "-a", "--quiet", NULL);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "ListRange “” 0"));
  g_assert_cmpstr (all->out->str, ==, "jobid2345678\n");
  running = inf_cli_run (fixture->dir, "jobs", "--state", "running", NULL);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "ListRange “running” 0"));
  g_assert_cmpint (running->status, ==, 0);
  json = inf_cli_run (fixture->dir, "jobs", "--json", NULL);
  node = parse (json->out->str);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 1);
}

static void
test_job_show (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) text = NULL, json = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *job, *step;

  inf_fake_node_set_state (fixture->fake, "done", "'summary': <'sum is 3'>, 'exit-status': <0>");
  text = inf_cli_run (fixture->dir, "job", "show", "sum-1", NULL);
  g_assert_cmpint (text->status, ==, 0);
  inf_cli_assert_contains (text->out->str, "Summary:      sum is 3\n");
  inf_cli_assert_contains (text->out->str, "Exit status:  0\n");
  inf_cli_assert_contains (text->out->str, "running  2023-11-14 22:13:21  1.5 s\n");
  inf_cli_assert_contains (text->out->str, "elm     0.5\n");
  json = inf_cli_run (fixture->dir, "job", "show", "--json", "sum-1", NULL);
  node = parse (json->out->str);
  job = json_node_get_object (node);
  step = json_array_get_object_element (json_object_get_array_member (job, "steps"), 0);
  g_assert_cmpstr (json_object_get_string_member (step, "step"), ==, "running");
}

static void
test_leases (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  inf_fake_node_take (
      &fixture->fake->leases,
      g_variant_new_parsed ("[{'id': <'lease1'>, 'client': <'clientid'>, 'client-name': <''>,"
                            " 'program': <'solver'>, 'slots': <@u 2>, 'state': <'running'>,"
                            " 'since-unix': <@x 1700000000000000>, 'price': <@t 2000>,"
                            " 'earned': <@t 4000>, 'job': <'jobid'>}]"));
  run = inf_cli_run (fixture->dir, "host", "leases", NULL);
  g_assert_cmpstr (
      run->out->str, ==,
      "ID      CLIENT    PROGRAM  SLOTS  STATE    SINCE                PRICE  EARNED\n"
      "lease1  clientid  solver       2  running  2023-11-14 22:13:20  0.002   0.004\n");
}

static void
test_results (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) list = NULL, show = NULL, files = NULL;

  inf_fake_node_take (&fixture->fake->result_list,
                      g_variant_new_parsed (
                          "[{'name': <'sum-1'>, 'job': <'jobid'>, 'program': <'taskadd'>,"
                          " 'directory': <'/out'>, 'finished-unix': <@x 1700000000000000>,"
                          " 'complete': <true>, 'outputs': <[('sum.txt', @t 8, 'ab', 'oak')]>}]"));
  list = inf_cli_run (fixture->dir, "results", NULL);
  g_assert_cmpstr (list->out->str, ==,
                   "NAME   PROGRAM  FINISHED             COMPLETE  FILES  DIRECTORY\n"
                   "sum-1  taskadd  2023-11-14 22:13:20  yes           1  /out\n");
  show = inf_cli_run (fixture->dir, "results", "sum-1", NULL);
  inf_cli_assert_contains (show->out->str, "Directory:  /out\n");
  inf_cli_assert_contains (show->out->str, "sum.txt   8 B  oak   ab\n");
  files = inf_cli_run (fixture->dir, "results", "sum-1", "--quiet", NULL);
  g_assert_cmpstr (files->out->str, ==, "sum.txt\n");
}

static void
test_verify (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) good = NULL, bad = NULL;

  inf_fake_node_take (&fixture->fake->verified, g_variant_new_parsed ("[('sum.txt', 'verified')]"));
  good = inf_cli_run (fixture->dir, "results", "--verify", "sum-1", NULL);
  g_assert_cmpint (good->status, ==, 0);
  inf_fake_node_take (&fixture->fake->verified,
                      g_variant_new_parsed ("[('a', 'verified'), ('b', 'changed')]"));
  bad = inf_cli_run (fixture->dir, "results", "--verify", "sum-1", NULL);
  g_assert_cmpint (bad->status, ==, 1);
  inf_cli_assert_contains (bad->out->str, "b     changed\n");
  inf_cli_assert_contains (bad->err->str, "1 of 2 files");
}

static void
test_export_and_archive (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) all = NULL, some = NULL, archive = NULL;

  all = inf_cli_run (fixture->dir, "results", "--export", "--to", "/a/b", "sum-1", NULL);
  some = inf_cli_run (fixture->dir, "results", "--export", "--to", "/a/b", "sum-1", "x", "y", NULL);
  archive = inf_cli_run (fixture->dir, "results", "--archive", "/a/../b.zip", "sum-1", NULL);
  g_assert_cmpint (all->status + some->status + archive->status, ==, 0);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Export ('sum-1', '/a/b', 'copy')"));
  g_assert_true (
      inf_fake_node_was_called (fixture->fake, "ExportSome ('sum-1', ['x', 'y'], '/a/b', 'copy')"));
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Archive ('sum-1', '/b.zip', 'copy')"));
  inf_cli_assert_contains (archive->err->str, "/b.zip");
}

static void
test_credits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) text = inf_cli_run (fixture->dir, "credits", NULL);
  g_autoptr (InfCliRun) json = inf_cli_run (fixture->dir, "credits", "--json", NULL);
  g_autoptr (JsonNode) node = parse (json->out->str);

  g_assert_cmpstr (text->out->str, ==,
                   "Balance:             1000.5\n"
                   "Set aside for jobs:  0.25\n"
                   "Earned:              3\n"
                   "Paid:                2.25\n");
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (node), "balance"), ==,
                   1000500000);
}

static void
test_history_in_pages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) all = NULL, some = NULL, numbers = NULL;
  g_auto (GStrv) lines = NULL;

  fixture->fake->n_entries = 2500;
  all = inf_cli_run (fixture->dir, "credits", "history", "--limit", "0", NULL);
  lines = g_strsplit (all->out->str, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2502);
  inf_cli_assert_contains (all->out->str, "2500  1970-01-01 00:00:00  pay     -1.5    998.5  oak");
  g_assert_true (inf_fake_node_was_called (fixture->fake, "History 2000 1000"));
  some = inf_cli_run (fixture->dir, "credits", "history", "--limit=1200", NULL);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "History 1000 200"));
  g_assert_cmpint (some->status, ==, 0);
  numbers = inf_cli_run (fixture->dir, "credits", "history", "--limit=2", "-q", NULL);
  g_assert_cmpstr (numbers->out->str, ==, "2500\n2499\n");
}

static void
test_members (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  add_peers (fixture->fake);
  run = inf_cli_run (fixture->dir, "grid", "members", NULL);
  inf_cli_assert_contains (run->out->str, "oak         aaaaaaaaaa  self   10.0.0.1:7848\n");
}

static void
test_tables_fit_the_terminal (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "peers", "--columns", "name,os,state,neighbours", NULL };
  g_autoptr (InfCliRun) run = NULL;
  g_auto (GStrv) lines = NULL;

  add_peers (fixture->fake);
  run = inf_cli_run_start_on_terminal (fixture->dir, 40, NULL, arguments);
  inf_cli_run_wait (run);
  lines = g_strsplit (run->out->str, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  for (guint i = 0; lines[i]; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, 40);
  inf_cli_assert_contains (run->out->str, "…");
  g_assert_null (strchr (run->out->str, '\x1b'));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/cli/listings/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("peers", test_peers);
  ADD ("peers-json", test_peers_json);
  ADD ("peers-quiet-and-columns", test_peers_quiet_and_columns);
  ADD ("unmeasured-times-are-foretold", test_unmeasured_times_are_foretold);
  ADD ("peers-graph", test_peers_graph);
  ADD ("peer-show", test_peer_show);
  ADD ("long-lists", test_long_lists);
  ADD ("empty-lists-say-so-on-stderr", test_empty_lists_say_so_on_stderr);
  ADD ("tasks", test_tasks);
  ADD ("lease-log", test_lease_log);
  ADD ("jobs-come-in-parts", test_jobs_come_in_parts);
  ADD ("jobs", test_jobs);
  ADD ("job-show", test_job_show);
  ADD ("leases", test_leases);
  ADD ("results", test_results);
  ADD ("verify", test_verify);
  ADD ("export-and-archive", test_export_and_archive);
  ADD ("credits", test_credits);
  ADD ("history-in-pages", test_history_in_pages);
  ADD ("members", test_members);
  ADD ("tables-fit-the-terminal", test_tables_fit_the_terminal);
  return g_test_run ();
}
