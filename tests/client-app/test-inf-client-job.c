#include "tests/client-app/inf-client-fixture.h"
#include "tests/client-app/inf-jobs-scenario.h"

#define RUNNING "job5running23456723456723456"

static void
open_job (InfClientFixture *fixture, const char *id)
{
  inf_client_scenario_ready (fixture->node);
  inf_jobs_scenario_some (fixture->node);
  inf_client_fixture_open (fixture, "jobs");
  inf_client_window_show_job (fixture->window, id);
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "All Jobs"));
  inf_gui_test_settle (fixture->root);
}

static gboolean
prints (InfClientFixture *fixture, const char *text)
{
  return inf_gui_test_find (fixture->root, GTK_TYPE_INSCRIPTION, text) != NULL;
}

static void
test_one_that_runs (InfClientFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);

  for (guint i = 0; i < 4200; i += 10)
    g_string_append_printf (log, "step %u of 10,000, residual %.5f\n", i, 1.3 / (i + 1));
  inf_jobs_scenario_print (fixture->node, log->str);
  open_job (fixture, RUNNING);
  INF_GUI_WAIT (prints (fixture, "step 4190 of 10,000"));
  g_assert_true (inf_gui_test_shows (fixture->root, "42 %, about 8 min"));
  g_assert_true (inf_gui_test_shows (fixture->root, "step 4,200 of 10,000, residual 0.00031"));
  g_assert_true (inf_gui_test_shows (fixture->root, "9.00 credits an hour"));
  g_assert_true (inf_gui_test_shows (fixture->root, "9.00 credits"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Connected · 0.0 of 8 cores busy"));
  inf_client_fixture_shoot (fixture, "job-running");
  inf_client_window_show_job (fixture->window, RUNNING);
}

static void
test_progress_and_cost_go_on (InfClientFixture *fixture, gconstpointer data)
{
  open_job (fixture, RUNNING);
  inf_jobs_scenario_tell (fixture->node, RUNNING,
                          "{'progress': <0.5>, 'progress-text': <'half'>, 'spent': <@t 2000000>,"
                          " 'host-spent': <[('ash', @t 700000)]>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "half"));
  g_assert_true (inf_gui_test_shows (fixture->root, "50 %, about"));
  g_assert_true (inf_gui_test_shows (fixture->root, "2.00"));
  /* it goes on counting between two messages, where things may move */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  inf_jobs_scenario_tell (fixture->node, RUNNING, "{'spent': <@t 2100000>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "2.10"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "2.11"));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static void
test_load_of_hosts_is_followed (InfClientFixture *fixture, gconstpointer data)
{
  open_job (fixture, RUNNING);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Connected · 0.0 of 8 cores busy"));
  inf_desktop_node_emit (fixture->node, "Node1.PeerChanged",
                         g_variant_new_parsed ("('peer00000001', {'load-milli': <@u 6400>})"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Connected · 6.4 of 8 cores busy"));
}

static void
test_the_log_grows (InfClientFixture *fixture, gconstpointer data)
{
  inf_jobs_scenario_print (fixture->node, "first\n");
  open_job (fixture, RUNNING);
  INF_GUI_WAIT (prints (fixture, "first"));
  inf_jobs_scenario_print (fixture->node, "first\nsecond\n");
  inf_desktop_node_emit (fixture->node, "Jobs1.LogGrew",
                         g_variant_new ("(st)", RUNNING, (guint64)13));
  INF_GUI_WAIT (prints (fixture, "second"));
  /* that of another job is not this one's */
  inf_client_window_show_job (fixture->window, "job6staging23456723456723456");
  inf_jobs_scenario_print (fixture->node, "");
  inf_gui_test_settle (fixture->root);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "protein-fold"));
}

static void
test_a_long_log_comes_whole (InfClientFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (log, "line %u\n", i);
  inf_jobs_scenario_print (fixture->node, log->str);
  open_job (fixture, RUNNING);
  INF_GUI_WAIT (prints (fixture, "line 19999"));
}

static void
test_one_that_waits_says_why (InfClientFixture *fixture, gconstpointer data)
{
  open_job (fixture, "job7waiting23456723456723456");
  g_assert_true (inf_gui_test_shows (fixture->root, "4 of 12 hosts are free; fir and oak"));
  g_assert_true (inf_gui_test_shows (fixture->root, "It begins by itself"));
  g_assert_true (inf_gui_test_shows (fixture->root, "None yet"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Nothing Printed Yet"));
  inf_client_fixture_shoot (fixture, "job-waiting");
}

static void
test_one_that_failed_says_why_and_what_helps (InfClientFixture *fixture, gconstpointer data)
{
  inf_jobs_scenario_print (fixture->node,
                           "taskadd: numbers.txt, line 4,711: “12,5” is no number\n");
  open_job (fixture, "job3failed23456723456723456a");
  g_assert_true (inf_gui_test_shows (fixture->root, "numbers.txt, line 4,711"));
  g_assert_true (inf_gui_test_shows (fixture->root, "An input is not what the program expects."));
  INF_GUI_WAIT (prints (fixture, "taskadd: numbers.txt"));
  inf_client_fixture_shoot (fixture, "job-failed");
}

static void
test_one_that_is_done_leads_to_its_results (InfClientFixture *fixture, gconstpointer data)
{
  open_job (fixture, "job4done723456723456723456ab");
  g_assert_true (inf_gui_test_shows (fixture->root, "Took 11 minutes"));
  g_assert_true (inf_gui_test_shows (fixture->root, "19,234,112 digits"));
  inf_client_fixture_shoot (fixture, "job-done");
  inf_gui_test_click (fixture->root, "Show _Results");
  INF_GUI_WAIT (!inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "All Jobs"));
}

static void
test_one_that_was_cancelled (InfClientFixture *fixture, gconstpointer data)
{
  open_job (fixture, "job1cancelled3456723456723456");
  g_assert_true (inf_gui_test_shows (fixture->root, "Cancelled"));
  g_assert_null (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Cancel…"));
  inf_client_fixture_shoot (fixture, "job-cancelled");
}

static void
test_one_that_is_not_known (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_jobs_scenario_some (fixture->node);
  inf_client_fixture_open (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "heat-flow"));
  inf_client_window_show_job (fixture->window, "job9");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "This Job Is Not Known Here"));
  inf_client_fixture_shoot (fixture, "job-unknown");
  /* until it is told of */
  inf_jobs_scenario_tell (fixture->node, "job9",
                          "{'name': <'newcomer'>, 'state': <'queued'>, 'nodes': <@u 1>}");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "newcomer"));
}

static void
test_cancel_asks_and_goes_back (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  open_job (fixture, RUNNING);
  inf_gui_test_click (fixture->root, "_Cancel…");
  INF_GUI_WAIT ((dialog = inf_client_fixture_find_dialog ()) != NULL);
  inf_gui_test_click (dialog, "_Keep Running");
  INF_GUI_WAIT (!inf_client_fixture_find_dialog ());
  g_assert_false (inf_client_fixture_was_called (fixture, "Jobs1.Cancel"));
  inf_gui_test_click (fixture->root, "All Jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "7 jobs, 3 active"));
}

static void
test_the_log_survives_a_restart (InfClientFixture *fixture, gconstpointer data)
{
  inf_jobs_scenario_print (fixture->node, "before\n");
  open_job (fixture, RUNNING);
  INF_GUI_WAIT (prints (fixture, "before"));
  inf_desktop_node_free (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Infinity Is Not Running"));
  fixture->node = inf_desktop_node_new (fixture->dir);
  inf_client_scenario_ready (fixture->node);
  inf_jobs_scenario_some (fixture->node);
  inf_jobs_scenario_print (fixture->node, "before\nafter\n");
  INF_GUI_WAIT (prints (fixture, "after"));
  g_assert_true (prints (fixture, "before"));
}

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  INF_CLIENT_TEST ("/client-job/one-that-runs", test_one_that_runs);
  INF_CLIENT_TEST ("/client-job/progress-and-cost-go-on", test_progress_and_cost_go_on);
  INF_CLIENT_TEST ("/client-job/load-of-hosts-is-followed", test_load_of_hosts_is_followed);
  INF_CLIENT_TEST ("/client-job/the-log-grows", test_the_log_grows);
  INF_CLIENT_TEST ("/client-job/a-long-log-comes-whole", test_a_long_log_comes_whole);
  INF_CLIENT_TEST ("/client-job/one-that-waits-says-why", test_one_that_waits_says_why);
  INF_CLIENT_TEST ("/client-job/one-that-failed-says-why-and-what-helps",
                   test_one_that_failed_says_why_and_what_helps);
  INF_CLIENT_TEST ("/client-job/one-that-is-done-leads-to-its-results",
                   test_one_that_is_done_leads_to_its_results);
  INF_CLIENT_TEST ("/client-job/one-that-was-cancelled", test_one_that_was_cancelled);
  INF_CLIENT_TEST ("/client-job/one-that-is-not-known", test_one_that_is_not_known);
  INF_CLIENT_TEST ("/client-job/cancel-asks-and-goes-back", test_cancel_asks_and_goes_back);
  INF_CLIENT_TEST ("/client-job/the-log-survives-a-restart", test_the_log_survives_a_restart);
  return g_test_run ();
}
