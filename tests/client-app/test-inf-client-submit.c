#include "client-app/inf-client-submit.h"
#include "client-app/inf-form-row.h"
#include "tests/client-app/inf-client-fixture.h"

#include <glib/gstdio.h>

#define TITLE "Runs on 4 computers: ash, elm, fir, oak"

static void
open_ready (InfClientFixture *fixture)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, TITLE));
}

static InfClientSubmit *
get_page (InfClientFixture *fixture)
{
  return INF_CLIENT_SUBMIT (inf_gui_test_find (fixture->root, INF_TYPE_CLIENT_SUBMIT, NULL));
}

/* Does what a person does to a row: its control changes, and tells. */
static void
type (InfClientFixture *fixture, const char *title, const char *text)
{
  GtkWidget *row = inf_gui_test_find (fixture->root, INF_TYPE_FORM_ROW, title);
  GtkWidget *control;

  if (!row)
    g_error ("no field is called “%s”", title);
  if ((control = inf_gui_test_find (row, GTK_TYPE_SPIN_BUTTON, NULL)))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), g_ascii_strtod (text, NULL));
  else if ((control = inf_gui_test_find (row, GTK_TYPE_SWITCH, NULL)))
    gtk_switch_set_active (GTK_SWITCH (control), g_str_equal (text, "true"));
  else if ((control = inf_gui_test_find (row, GTK_TYPE_DROP_DOWN, NULL)))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (control), (guint)g_ascii_strtoull (text, NULL, 10));
  else
    gtk_editable_set_text (GTK_EDITABLE (inf_gui_test_find (row, GTK_TYPE_ENTRY, NULL)), text);
}

static void
expand (InfClientFixture *fixture)
{
  GtkWidget *more = inf_gui_test_find (fixture->root, ADW_TYPE_EXPANDER_ROW, "More");

  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (more), TRUE);
  inf_gui_test_settle (fixture->root);
}

static gboolean
can_run (InfClientFixture *fixture)
{
  GtkWidget *button = inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Run");

  return button && gtk_widget_is_sensitive (button);
}

/* Returns: (transfer full): an existing file in the state directory of the node */
static char *
make_file (InfClientFixture *fixture, const char *name, const char *content)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (fixture->dir, name, NULL);

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
  return path;
}

static void
drop (InfClientFixture *fixture, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (inf_client_fixture_drop (GTK_WIDGET (get_page (fixture)), file));
}

static void
test_a_task_is_planned_and_run (InfClientFixture *fixture, gconstpointer data)
{
  inf_desktop_node_answer (fixture->node, "Jobs1.Submit", g_variant_new ("(s)", "jobid1"));
  open_ready (fixture);
  g_assert_true (inf_gui_test_shows (
      fixture->root, "0.21 credits a minute · at most 12.60 · leaves you 971.75 or more"));
  inf_client_fixture_shoot (fixture, "submit");
  type (fixture, "Computers", "4");
  g_assert_false (can_run (fixture));
  INF_GUI_WAIT (can_run (fixture));
  gtk_widget_activate_action (fixture->root, "win.run", NULL);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.Submit"));
  g_assert_nonnull (strstr (inf_desktop_node_find_call (fixture->node, "Jobs1.Submit"),
                            "'args': <['--generate', '1000000']>"));
  g_assert_nonnull (
      strstr (inf_desktop_node_find_call (fixture->node, "Jobs1.Submit"), "'nodes': <uint32 4>"));
  INF_GUI_WAIT (
      inf_gui_test_shows (fixture->root, "It may have been submitted from another computer."));
}

static void
test_a_refused_job_is_told (InfClientFixture *fixture, gconstpointer data)
{
  inf_desktop_node_fail (fixture->node, "Jobs1.Submit", "the disk is full");
  open_ready (fixture);
  INF_GUI_WAIT (can_run (fixture));
  gtk_widget_activate_action (fixture->root, "win.run", NULL);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "the disk is full"));
  INF_GUI_WAIT (can_run (fixture));
}

static void
test_the_form_is_the_tasks (InfClientFixture *fixture, gconstpointer data)
{
  open_ready (fixture);
  type (fixture, "Run", "1");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "By throwing darts."));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "“Label” is needed."));
  g_assert_false (can_run (fixture));
  g_assert_null (inf_gui_test_find (fixture->root, INF_TYPE_FORM_ROW, "Integers to Make Up"));
  inf_client_fixture_shoot (fixture, "submit-missing");
  type (fixture, "Label", "mine");
  type (fixture, "Random Numbers", "1");
  type (fixture, "Draw the Darts", "true");
  inf_desktop_node_forget_calls (fixture->node);
  INF_GUI_WAIT (can_run (fixture));
  g_assert_nonnull (
      strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
              "'args': <['mine', '--block', '1048576', '--source', 'good', '--trace']>"));
}

static void
test_what_is_wrong_is_marked (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  open_ready (fixture);
  type (fixture, "Integers to Make Up", "many");
  row = inf_gui_test_find (fixture->root, INF_TYPE_FORM_ROW, "Integers to Make Up");
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  g_assert_true (inf_gui_test_shows (row, "This has to be a whole number"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Something has to be corrected"));
  g_assert_false (can_run (fixture));
  inf_client_fixture_shoot (fixture, "submit-wrong");
  type (fixture, "Integers to Make Up", "12");
  g_assert_false (gtk_widget_has_css_class (row, "error"));
  INF_GUI_WAIT (can_run (fixture));
}

static void
test_what_can_not_run_says_why (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_scenario_lack (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "This can’t run now"));
  g_assert_true (
      inf_gui_test_shows (fixture->root, "4 of 5 computers can be used (yew takes no jobs now)."));
  g_assert_false (inf_gui_test_shows (fixture->root, "try --nodes"));
  g_assert_false (can_run (fixture));
  inf_client_fixture_shoot (fixture, "submit-refused");
  inf_client_scenario_plan (fixture->node);
  inf_desktop_node_forget_calls (fixture->node);
  inf_gui_test_click (fixture->root, "Use 4 Computers");
  INF_GUI_WAIT (can_run (fixture));
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
                            "'nodes': <uint32 4>"));
}

static void
test_one_that_waits_runs (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_scenario_refuse (fixture->node, "no host is there");
  inf_client_fixture_open (fixture, "submit");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Wait Until It Can"));
  inf_gui_test_click (fixture->root, "Wait Until It Can");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "This will wait until it can run"));
  g_assert_true (can_run (fixture));
}

static void
test_a_stale_plan_is_dropped (InfClientFixture *fixture, gconstpointer data)
{
  open_ready (fixture);
  inf_desktop_node_forget_calls (fixture->node);
  inf_desktop_node_hold (fixture->node, "Jobs1.Plan");
  type (fixture, "Slots on Each", "2");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.Plan"));
  g_assert_false (can_run (fixture));
  inf_client_scenario_refuse (fixture->node, "only 3 slots are free");
  type (fixture, "Slots on Each", "3");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "only 3 slots are free"));
}

static void
test_a_plan_that_fails_is_told (InfClientFixture *fixture, gconstpointer data)
{
  open_ready (fixture);
  inf_desktop_node_fail (fixture->node, "Jobs1.Plan", "a job needs luck");
  type (fixture, "Slots on Each", "2");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "a job needs luck"));
  g_assert_false (can_run (fixture));
}

static void
test_a_dropped_file_is_the_tasks (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *numbers = make_file (fixture, "numbers.txt", "1 2 3\n");
  g_autofree char *other = make_file (fixture, "other.txt", "x");
  g_autofree char *input = NULL;

  open_ready (fixture);
  drop (fixture, numbers);
  drop (fixture, other);
  inf_desktop_node_forget_calls (fixture->node);
  INF_GUI_WAIT (can_run (fixture));
  input = g_strdup_printf ("'inputs': <[('numbers.txt', '%s'), ('other.txt', '%s')]>", numbers,
                           other);
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"), input));
  g_assert_false (gtk_widget_is_sensitive (
      inf_gui_test_find (fixture->root, INF_TYPE_FORM_ROW, "Integers to Make Up")));
  inf_client_fixture_shoot (fixture, "submit-files");
  inf_gui_test_click (inf_gui_test_find (fixture->root, ADW_TYPE_ACTION_ROW, "other.txt"),
                      "Remove");
  g_assert_null (inf_gui_test_find (fixture->root, ADW_TYPE_ACTION_ROW, "other.txt"));
}

static void
test_a_file_that_is_gone_is_told (InfClientFixture *fixture, gconstpointer data)
{
  open_ready (fixture);
  drop (fixture, "/nonexistent/numbers.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "There is no file /nonexistent/numbers.txt."));
  g_assert_false (can_run (fixture));
}

static void
test_ones_own_program (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *program = make_file (fixture, "solver", "#!/bin/true\n");

  open_ready (fixture);
  type (fixture, "Run", "2");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Choose the program to run."));
  drop (fixture, program);
  g_assert_true (inf_gui_test_find (fixture->root, ADW_TYPE_ACTION_ROW, "solver") != NULL);
  inf_gui_test_click (inf_gui_test_find (fixture->root, ADW_TYPE_ACTION_ROW, "solver"), "Remove");
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  drop (fixture, program);
  type (fixture, "Arguments", "-n 4 'two words'");
  inf_desktop_node_forget_calls (fixture->node);
  INF_GUI_WAIT (can_run (fixture));
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
                            "'args': <['-n', '4', 'two words']>"));
  inf_client_fixture_shoot (fixture, "submit-own");
}

static void
test_a_program_that_hosts_offer (InfClientFixture *fixture, gconstpointer data)
{
  open_ready (fixture);
  INF_GUI_WAIT (inf_desktop_node_find_call (fixture->node, "Node1.ListPeers"));
  inf_gui_test_settle (fixture->root);
  type (fixture, "Run", "3");
  inf_desktop_node_forget_calls (fixture->node);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.Plan"));
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
                            "'program': <'gromacs'>"));
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
                            "'kind': <'installed'>"));
}

static void
test_more_is_there_when_it_is_wanted (InfClientFixture *fixture, gconstpointer data)
{
  open_ready (fixture);
  expand (fixture);
  type (fixture, "Memory on Each", "lots");
  type (fixture, "Name of the Job", "-x");
  g_assert_true (inf_gui_test_shows (fixture->root, "This has to be a size"));
  g_assert_true (inf_gui_test_shows (fixture->root, "It is a folder’s name too"));
  /* what has the focus is scrolled to */
  gtk_widget_grab_focus (
      inf_gui_test_find (inf_gui_test_find (fixture->root, INF_TYPE_FORM_ROW, "Name of the Job"),
                         GTK_TYPE_TEXT, NULL));
  inf_client_fixture_shoot (fixture, "submit-more");
  type (fixture, "Memory on Each", "2 GiB");
  type (fixture, "Name of the Job", "x");
  type (fixture, "Highest Price", "3.6");
  inf_desktop_node_forget_calls (fixture->node);
  INF_GUI_WAIT (can_run (fixture));
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
                            "'max-price-ucredits': <uint64 1000>"));
}

static void
test_a_job_is_taken_to_be_changed (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *numbers = make_file (fixture, "numbers.txt", "1 2 3\n");
  g_autoptr (GVariant) spec = g_variant_ref_sink (g_variant_new_parsed (
      "{'kind': <'builtin'>, 'program': <'taskadd'>, 'args': <['--input', 'numbers.txt']>,"
      " 'inputs': <[('numbers.txt', %s)]>, 'nodes': <@u 3>, 'name': <'again'>}",
      numbers));

  open_ready (fixture);
  inf_desktop_node_forget_calls (fixture->node);
  gtk_widget_activate_action_variant (fixture->root, "win.submit-again", spec);
  INF_GUI_WAIT (can_run (fixture));
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
                            "'args': <['--input', 'numbers.txt']>"));
  g_assert_nonnull (
      strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"), "'name': <'again'>"));
}

static void
test_a_job_file_is_opened (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *path = make_file (
      fixture, "my.infinity-job",
      "[Infinity Job]\nVersion=1\nProgram=pi\nKind=builtin\nArguments=hello;\nNodes=2\n");
  g_autofree char *wrong = make_file (fixture, "wrong.infinity-job", "[Infinity Job]\nVersion=7\n");

  open_ready (fixture);
  drop (fixture, path);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "By throwing darts."));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "my.infinity-job is filled in."));
  drop (fixture, wrong);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "of a version that is not known here"));
}

static void
test_the_form_is_remembered (InfClientFixture *fixture, gconstpointer data)
{
  open_ready (fixture);
  type (fixture, "Computers", "3");
  INF_GUI_WAIT (can_run (fixture));
  gtk_widget_activate_action (fixture->root, "win.run", NULL);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.Submit"));
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  inf_desktop_node_forget_calls (fixture->node);
  fixture->window = inf_client_window_new (NULL, fixture->model, fixture->settings);
  fixture->root = GTK_WIDGET (fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
  INF_GUI_WAIT (can_run (fixture));
  g_assert_nonnull (strstr (inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan"),
                            "'nodes': <uint32 3>"));
}

static void
test_tasks_that_can_not_be_listed (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Jobs1.ListTasks", "the catalogue can't be read");
  inf_client_fixture_open (fixture, "submit");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "the catalogue can't be read"));
  inf_client_fixture_shoot (fixture, "submit-problem");
  inf_desktop_node_fail (fixture->node, "Jobs1.ListTasks", NULL);
  inf_gui_test_click (fixture->root, "_Try Again");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, TITLE));
}

static void
test_tasks_that_take_long (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_hold (fixture->node, "Jobs1.ListTasks");
  inf_client_fixture_open (fixture, "submit");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Looking for What There Is to Run"));
  inf_client_fixture_shoot (fixture, "submit-loading");
}

static void
test_a_disconnected_computer_connects (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_set (fixture->node, "Node1.State", "'offline'");
  inf_client_fixture_open (fixture, "submit");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "This computer is not connected to its grid"));
  inf_client_fixture_shoot (fixture, "submit-offline");
  inf_gui_test_click (fixture->root, "Connect");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Node1.Connect"));
  inf_desktop_node_set (fixture->node, "Node1.State", "'connected'");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, TITLE));
}

#define ADD(path, function) INF_CLIENT_TEST ("/client-submit/" path, function)

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  ADD ("a-task-is-planned-and-run", test_a_task_is_planned_and_run);
  ADD ("a-refused-job-is-told", test_a_refused_job_is_told);
  ADD ("the-form-is-the-tasks", test_the_form_is_the_tasks);
  ADD ("what-is-wrong-is-marked", test_what_is_wrong_is_marked);
  ADD ("what-can-not-run-says-why", test_what_can_not_run_says_why);
  ADD ("one-that-waits-runs", test_one_that_waits_runs);
  ADD ("a-stale-plan-is-dropped", test_a_stale_plan_is_dropped);
  ADD ("a-plan-that-fails-is-told", test_a_plan_that_fails_is_told);
  ADD ("a-dropped-file-is-the-tasks", test_a_dropped_file_is_the_tasks);
  ADD ("a-file-that-is-gone-is-told", test_a_file_that_is_gone_is_told);
  ADD ("ones-own-program", test_ones_own_program);
  ADD ("a-program-that-hosts-offer", test_a_program_that_hosts_offer);
  ADD ("more-is-there-when-it-is-wanted", test_more_is_there_when_it_is_wanted);
  ADD ("a-job-is-taken-to-be-changed", test_a_job_is_taken_to_be_changed);
  ADD ("a-job-file-is-opened", test_a_job_file_is_opened);
  ADD ("the-form-is-remembered", test_the_form_is_remembered);
  ADD ("tasks-that-can-not-be-listed", test_tasks_that_can_not_be_listed);
  ADD ("tasks-that-take-long", test_tasks_that_take_long);
  ADD ("a-disconnected-computer-connects", test_a_disconnected_computer_connects);
  return g_test_run ();
}
