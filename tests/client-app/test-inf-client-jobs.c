#include "client-app/inf-form-row.h"
#include "tests/client-app/inf-client-fixture.h"
#include "tests/client-app/inf-jobs-scenario.h"

#include <string.h>

static void
open_jobs (InfClientFixture *fixture)
{
  inf_client_scenario_ready (fixture->node);
  inf_jobs_scenario_some (fixture->node);
  inf_client_fixture_open (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "lattice-24"));
}

static void
choose (InfClientFixture *fixture, const char *chip)
{
  GtkWidget *button = inf_gui_test_find (fixture->root, GTK_TYPE_TOGGLE_BUTTON, chip);

  g_assert_nonnull (button);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  inf_gui_test_settle (fixture->root);
}

static void
search (InfClientFixture *fixture, const char *text)
{
  gtk_editable_set_text (
      GTK_EDITABLE (inf_gui_test_find (fixture->root, GTK_TYPE_SEARCH_ENTRY, NULL)), text);
}

static GtkColumnView *
get_view (InfClientFixture *fixture)
{
  return GTK_COLUMN_VIEW (inf_gui_test_find (fixture->root, GTK_TYPE_COLUMN_VIEW, NULL));
}

/* Returns: what the row at @position is called */
static char *
dup_name (InfClientFixture *fixture, guint position)
{
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (get_view (fixture)));
  g_autoptr (InfJobItem) item = g_list_model_get_item (model, position);

  return item ? g_strdup (inf_job_item_get_facts (item)->name) : NULL;
}

static void
assert_name (InfClientFixture *fixture, guint position, const char *expected)
{
  g_autofree char *name = dup_name (fixture, position);

  g_assert_cmpstr (name, ==, expected);
}

static void
select_job (InfClientFixture *fixture, const char *name)
{
  GtkSelectionModel *model = gtk_column_view_get_model (get_view (fixture));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autofree char *found = dup_name (fixture, i);

      if (g_str_equal (found, name))
        gtk_selection_model_select_item (model, i, TRUE);
    }
}

/* As the menu and the keys do, which are the list's. */
static gboolean
activate (InfClientFixture *fixture, const char *action)
{
  return gtk_widget_activate_action (GTK_WIDGET (get_view (fixture)), action, NULL);
}

static void
test_lists_jobs_with_reason_and_progress (InfClientFixture *fixture, gconstpointer data)
{
  open_jobs (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Waiting: 4 of 12 hosts are free"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Failed: numbers.txt, line 4,711"));
  g_assert_true (inf_gui_test_shows (fixture->root, "42 %"));
  g_assert_true (inf_gui_test_shows (fixture->root, "12 asked for"));
  g_assert_true (inf_gui_test_shows (fixture->root, "7 jobs, 3 active"));
  assert_name (fixture, 0, "protein-fold");
  inf_client_fixture_shoot (fixture, "jobs");
}

static void
test_no_jobs_yet (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Jobs Yet"));
  inf_client_fixture_shoot (fixture, "jobs-empty");
}

static void
test_loading_and_problem (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_hold (fixture->node, "Jobs1.ListRange");
  inf_client_fixture_open (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_SPINNER, NULL));
  inf_client_fixture_shoot (fixture, "jobs-loading");
  inf_desktop_node_answer (fixture->node, "Jobs1.ListRange",
                           g_variant_new_parsed ("(@u 0, @aa{sv} [])"));
  inf_desktop_node_fail (fixture->node, "Jobs1.ListRange", "the job store can't be read");
  inf_job_list_reload (inf_client_model_get_jobs (fixture->model));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "the job store can't be read"));
  inf_client_fixture_shoot (fixture, "jobs-problem");
  inf_jobs_scenario_some (fixture->node);
  inf_gui_test_click (fixture->root, "_Try Again");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "lattice-24"));
}

static void
test_offline_says_that_jobs_wait (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *notice;

  open_jobs (fixture);
  notice = inf_gui_test_find (fixture->root, GTK_TYPE_REVEALER, NULL);
  gtk_test_accessible_assert_state (notice, GTK_ACCESSIBLE_STATE_HIDDEN, TRUE);
  inf_desktop_node_set (fixture->node, "Node1.State", "'offline'");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "disconnected from its grid"));
  gtk_test_accessible_assert_state (notice, GTK_ACCESSIBLE_STATE_HIDDEN, FALSE);
  inf_client_fixture_shoot (fixture, "jobs-offline");
  inf_gui_test_click (fixture->root, "_Connect");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Node1.Connect"));
}

static void
test_filters_and_remembers (InfClientFixture *fixture, gconstpointer data)
{
  open_jobs (fixture);
  choose (fixture, "_Failed");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "2 of 7 jobs"));
  g_assert_false (inf_gui_test_shows (fixture->root, "heat-flow"));
  inf_client_fixture_shoot (fixture, "jobs-failed");
  choose (fixture, "Ac_tive");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "3 of 7 jobs"));
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  fixture->window = inf_client_window_new (NULL, fixture->model, fixture->settings);
  fixture->root = GTK_WIDGET (fixture->window);
  inf_client_window_show_page (fixture->window, "jobs");
  gtk_window_present (GTK_WINDOW (fixture->window));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "3 of 7 jobs"));
}

static void
test_one_that_ends_leaves_the_active (InfClientFixture *fixture, gconstpointer data)
{
  open_jobs (fixture);
  choose (fixture, "Ac_tive");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "heat-flow"));
  inf_jobs_scenario_tell (fixture->node, "job5running23456723456723456", "{'state': <'done'>}");
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "heat-flow"));
  g_assert_true (inf_gui_test_shows (fixture->root, "2 of 7 jobs"));
}

static void
test_searches (InfClientFixture *fixture, gconstpointer data)
{
  open_jobs (fixture);
  search (fixture, "TASKMULT");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "1 of 7 jobs"));
  assert_name (fixture, 0, "product of primes");
  search (fixture, "fir");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "3 of 7 jobs"));
  search (fixture, "nothing like it");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Job Found"));
  inf_client_fixture_shoot (fixture, "jobs-nothing-found");
  inf_gui_test_click (fixture->root, "Show _All Jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "7 jobs, 3 active"));
}

static GtkColumnViewColumn *
find_column (InfClientFixture *fixture, const char *title)
{
  GListModel *columns = gtk_column_view_get_columns (get_view (fixture));

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_str_equal (gtk_column_view_column_get_title (column), title))
        return column;
    }
  g_assert_not_reached ();
}

static void
test_sorts_and_remembers (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *sort = NULL;

  open_jobs (fixture);
  gtk_column_view_sort_by_column (get_view (fixture), find_column (fixture, "Spent"),
                                  GTK_SORT_DESCENDING);
  inf_gui_test_settle (fixture->root);
  assert_name (fixture, 0, "product of primes");
  sort = g_settings_get_string (fixture->settings, "jobs-sort");
  g_assert_cmpstr (sort, ==, "spent");
  g_assert_true (g_settings_get_boolean (fixture->settings, "jobs-sort-descending"));
  gtk_column_view_sort_by_column (get_view (fixture), find_column (fixture, "Name"),
                                  GTK_SORT_ASCENDING);
  inf_gui_test_settle (fixture->root);
  assert_name (fixture, 0, "climate-2100");
  g_assert_false (g_settings_get_boolean (fixture->settings, "jobs-sort-descending"));
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  fixture->window = inf_client_window_new (NULL, fixture->model, fixture->settings);
  fixture->root = GTK_WIDGET (fixture->window);
  inf_client_window_show_page (fixture->window, "jobs");
  gtk_window_present (GTK_WINDOW (fixture->window));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "climate-2100"));
  assert_name (fixture, 0, "climate-2100");
}

static void
test_time_goes_on_in_the_same_rows (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *label;
  g_autofree char *before = NULL;

  open_jobs (fixture);
  INF_GUI_WAIT ((label = inf_gui_test_find (fixture->root, GTK_TYPE_LABEL, "6 min ")) != NULL);
  g_object_add_weak_pointer (G_OBJECT (label), (gpointer *)&label);
  before = g_strdup (gtk_label_get_text (GTK_LABEL (label)));
  INF_GUI_WAIT (!g_str_equal (gtk_label_get_text (GTK_LABEL (label)), before));
  g_assert_nonnull (label);
  g_object_remove_weak_pointer (G_OBJECT (label), (gpointer *)&label);
}

static void
test_cancel_asks (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  open_jobs (fixture);
  select_job (fixture, "product of primes");
  activate (fixture, "jobs.cancel");
  inf_gui_test_settle (fixture->root);
  g_assert_null (inf_client_fixture_find_dialog ());
  select_job (fixture, "heat-flow");
  g_assert_true (activate (fixture, "jobs.cancel"));
  INF_GUI_WAIT ((dialog = inf_client_fixture_find_dialog ()) != NULL);
  g_assert_false (inf_client_fixture_was_called (fixture, "Jobs1.Cancel"));
  inf_gui_test_screenshot (GTK_WINDOW (dialog), "client-jobs-cancel-asks-light");
  inf_gui_test_click (dialog, "_Cancel Job");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.Cancel ('job5running"));
}

static void
test_a_refusal_to_cancel_is_told (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  open_jobs (fixture);
  inf_desktop_node_fail (fixture->node, "Jobs1.Cancel", "it is over already");
  select_job (fixture, "heat-flow");
  activate (fixture, "jobs.cancel");
  INF_GUI_WAIT ((dialog = inf_client_fixture_find_dialog ()) != NULL);
  inf_gui_test_click (dialog, "_Cancel Job");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "it is over already"));
}

static void
test_runs_again (InfClientFixture *fixture, gconstpointer data)
{
  open_jobs (fixture);
  inf_desktop_node_answer (fixture->node, "Jobs1.GetSpec",
                           g_variant_new_parsed ("({'program': <'taskmult'>, 'nodes': <@u 4>},)"));
  inf_desktop_node_answer (fixture->node, "Jobs1.Submit",
                           g_variant_new ("(s)", "job5running23456723456723456"));
  select_job (fixture, "product of primes");
  activate (fixture, "jobs.run-again");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.GetSpec ('job4done"));
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.Submit ({'program': <'taskmult'>"));
  /* and leads to the new one */
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "All Jobs"));
  g_assert_true (inf_gui_test_shows (fixture->root, "heat-flow"));
}

/* Returns: (nullable): the row below @widget that asks for @field */
static InfFormRow *
find_row (GtkWidget *widget, const char *field)
{
  InfFormRow *found = NULL;

  if (INF_IS_FORM_ROW (widget)
      && g_str_equal (inf_form_row_get_field (INF_FORM_ROW (widget)), field))
    return INF_FORM_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, field);
  return found;
}

/* @planned: the arguments of a call */
static void
assert_same_spec (GVariant *planned, GVariant *spec)
{
  g_autoptr (GVariant) found = g_variant_get_child_value (planned, 0);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_cmpuint (g_variant_n_children (found), ==, g_variant_n_children (spec));
  g_variant_iter_init (&iter, spec);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) same = g_variant_lookup_value (found, key, NULL);

      g_test_message ("%s", key);
      g_assert_nonnull (same);
      g_assert_cmpvariant (same, value);
    }
}

/* Each of its values is another than the form begins with. */
static GVariant *
make_full_spec (InfClientFixture *fixture)
{
  g_autofree char *points = g_build_filename (fixture->dir, "points.txt", NULL);
  g_autofree char *walls = g_build_filename (fixture->dir, "walls.txt", NULL);
  const char *const args[]
      = { "mine", "--block", "4096", "--source", "good", "--trace", "--deep", "two words", NULL };
  const char *const outputs[] = { "*.txt", "plots/*", NULL };
  GVariantBuilder inputs;
  GVariantDict dict;

  g_assert_true (g_file_set_contents (points, "1 2\n", -1, NULL));
  g_assert_true (g_file_set_contents (walls, "3 4\n", -1, NULL));
  g_variant_builder_init (&inputs, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&inputs, "(ss)", "points.txt", points);
  g_variant_builder_add (&inputs, "(ss)", "walls.txt", walls);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "builtin");
  g_variant_dict_insert (&dict, "program", "s", "pi");
  g_variant_dict_insert (&dict, "args", "^as", args);
  g_variant_dict_insert (&dict, "inputs", "a(ss)", &inputs);
  g_variant_dict_insert (&dict, "outputs", "^as", outputs);
  g_variant_dict_insert (&dict, "name", "s", "darts");
  g_variant_dict_insert (&dict, "to", "s", fixture->dir);
  g_variant_dict_insert (&dict, "nodes", "u", 5);
  g_variant_dict_insert (&dict, "slots", "u", 3);
  g_variant_dict_insert (&dict, "memory-bytes", "t", (guint64)3 << 30);
  g_variant_dict_insert (&dict, "time-limit-us", "t", (guint64)45 * 60 * G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "max-price-ucredits", "t", (guint64)1000);
  g_variant_dict_insert (&dict, "retries", "u", 2);
  g_variant_dict_insert (&dict, "wait-for-hosts", "b", TRUE);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
assert_form (InfClientFixture *fixture)
{
  const char *const expected[][2] = {
    { "what", "builtin:pi" },
    { "parameter:label", "mine" },
    { "parameter:block", "4 KiB" },
    { "parameter:source", "good" },
    { "parameter:trace", "true" },
    { "arguments", "--deep 'two words'" },
    { "nodes", "5" },
    { "slots", "3" },
    { "minutes", "45" },
    { "retries", "2" },
    { "waits", "true" },
    { "memory", "3 GiB" },
    { "max-price", "3.6" },
    { "outputs", "'*.txt' 'plots/*'" },
    { "name", "darts" },
    { "to", fixture->dir },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      InfFormRow *row = find_row (fixture->root, expected[i][0]);

      g_test_message ("%s", expected[i][0]);
      g_assert_nonnull (row);
      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row)));
      g_assert_cmpstr (inf_form_row_get_value (row), ==, expected[i][1]);
    }
  g_assert_nonnull (inf_gui_test_find (fixture->root, ADW_TYPE_ACTION_ROW, "points.txt"));
  g_assert_nonnull (inf_gui_test_find (fixture->root, ADW_TYPE_ACTION_ROW, "walls.txt"));
}

/* What is planned then is the same job, and it can be changed before it runs. */
static void
test_duplicates_into_a_submission (InfClientFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) spec = make_full_spec (fixture);
  g_autoptr (GVariant) planned = NULL;
  const char *call;

  open_jobs (fixture);
  inf_desktop_node_answer (fixture->node, "Jobs1.GetSpec", g_variant_new ("(@a{sv})", spec));
  select_job (fixture, "product of primes");
  inf_desktop_node_forget_calls (fixture->node);
  activate (fixture, "jobs.duplicate");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Jobs1.GetSpec ('job4done"));
  INF_GUI_WAIT (find_row (fixture->root, "parameter:trace"));
  assert_form (fixture);
  INF_GUI_WAIT ((call = inf_desktop_node_find_last_call (fixture->node, "Jobs1.Plan")) != NULL
                && strstr (call, "'darts'"));
  planned = g_variant_parse (NULL, call + strlen ("Jobs1.Plan "), NULL, NULL, NULL);
  g_assert_nonnull (planned);
  assert_same_spec (planned, spec);
  g_assert_false (inf_client_fixture_was_called (fixture, "Jobs1.Submit"));
}

static void
test_what_can_not_be_done_is_off (InfClientFixture *fixture, gconstpointer data)
{
  open_jobs (fixture);
  select_job (fixture, "heat-flow");
  activate (fixture, "jobs.show-result");
  inf_gui_test_settle (fixture->root);
  g_assert_true (inf_gui_test_shows (fixture->root, "7 jobs, 3 active"));
  select_job (fixture, "product of primes");
  activate (fixture, "jobs.show-result");
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "7 jobs, 3 active"));
}

static void
test_many_jobs_come_in_pages (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_jobs_scenario_many (fixture->node, 10000);
  inf_client_fixture_open (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "10000 jobs, 20 active"));
  g_assert_cmpuint (inf_job_list_get_n_active (inf_client_model_get_jobs (fixture->model)), ==, 20);
}

static void
test_survives_a_restart (InfClientFixture *fixture, gconstpointer data)
{
  open_jobs (fixture);
  inf_desktop_node_free (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Infinity Is Not Running"));
  fixture->node = inf_desktop_node_new (fixture->dir);
  inf_client_scenario_ready (fixture->node);
  inf_jobs_scenario_some (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "lattice-24"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "7 jobs, 3 active"));
}

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  INF_CLIENT_TEST ("/client-jobs/lists-jobs-with-reason-and-progress",
                   test_lists_jobs_with_reason_and_progress);
  INF_CLIENT_TEST ("/client-jobs/no-jobs-yet", test_no_jobs_yet);
  INF_CLIENT_TEST ("/client-jobs/loading-and-problem", test_loading_and_problem);
  INF_CLIENT_TEST ("/client-jobs/offline-says-that-jobs-wait", test_offline_says_that_jobs_wait);
  INF_CLIENT_TEST ("/client-jobs/filters-and-remembers", test_filters_and_remembers);
  INF_CLIENT_TEST ("/client-jobs/one-that-ends-leaves-the-active",
                   test_one_that_ends_leaves_the_active);
  INF_CLIENT_TEST ("/client-jobs/searches", test_searches);
  INF_CLIENT_TEST ("/client-jobs/sorts-and-remembers", test_sorts_and_remembers);
  INF_CLIENT_TEST ("/client-jobs/time-goes-on-in-the-same-rows",
                   test_time_goes_on_in_the_same_rows);
  INF_CLIENT_TEST ("/client-jobs/cancel-asks", test_cancel_asks);
  INF_CLIENT_TEST ("/client-jobs/a-refusal-to-cancel-is-told", test_a_refusal_to_cancel_is_told);
  INF_CLIENT_TEST ("/client-jobs/runs-again", test_runs_again);
  INF_CLIENT_TEST ("/client-jobs/duplicates-into-a-submission", test_duplicates_into_a_submission);
  INF_CLIENT_TEST ("/client-jobs/what-can-not-be-done-is-off", test_what_can_not_be_done_is_off);
  INF_CLIENT_TEST ("/client-jobs/many-jobs-come-in-pages", test_many_jobs_come_in_pages);
  INF_CLIENT_TEST ("/client-jobs/survives-a-restart", test_survives_a_restart);
  return g_test_run ();
}
