#include "client-app/inf-client-results.h"

#include "tests/client-app/inf-client-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* A result of a task, with its files in the node's state directory. */
static GVariant *
make_result (InfClientFixture *fixture, const char *name, const char *program, gint64 ago_s,
             gboolean is_complete, const char *outputs)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "job", "s", "jobidjobid");
  g_variant_dict_insert (&dict, "program", "s", program);
  g_variant_dict_insert (&dict, "directory", "s", fixture->dir);
  g_variant_dict_insert (&dict, "finished-unix", "x",
                         g_get_real_time () - ago_s * (gint64)G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "complete", "b", is_complete);
  g_variant_dict_insert_value (&dict, "outputs", g_variant_new_parsed (outputs));
  return g_variant_dict_end (&dict);
}

#define PRODUCT                                                                                    \
  "[('product.txt', @t 19000001, 'aa', 'oak'), ('report.txt', @t 31, 'bb', 'elm'),"                \
  " ('state.bin', @t 5, 'cc', 'fir')]"

static GVariant *
make_product (InfClientFixture *fixture)
{
  return make_result (fixture, "taskmult-1", "taskmult", 300, TRUE, PRODUCT);
}

static void
write_file (InfClientFixture *fixture, const char *name, const char *contents, gssize length)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, contents, length, NULL));
}

static void
write_files (InfClientFixture *fixture)
{
  g_autofree char *digits = g_strnfill (19000001, '4');

  memcpy (digits, "31415926", 8);
  digits[19000000] = '\n';
  write_file (fixture, "product.txt", digits, 19000001);
  write_file (fixture, "report.txt", "multiplied 2000000 numbers\n", -1);
  write_file (fixture, "state.bin", "\1\0\0\0\2", 5);
}

static void
list_some (InfClientFixture *fixture)
{
  GVariantBuilder results;

  g_variant_builder_init (&results, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_add_value (&results, make_result (fixture, "heat-3", "heat", 86400 * 3, FALSE,
                                                      "[('plate.png', @t 20480, 'dd', 'ash')]"));
  g_variant_builder_add_value (&results, make_product (fixture));
  g_variant_builder_add_value (
      &results, make_result (fixture, "quiet-1", "quiet", 7200, TRUE, "@a(stss) []"));
  inf_desktop_node_answer (fixture->node, "Results1.List", g_variant_new ("(aa{sv})", &results));
  inf_desktop_node_answer (
      fixture->node, "Results1.Verify",
      g_variant_new_parsed ("([('product.txt', 'verified'), ('report.txt', 'changed'),"
                            " ('state.bin', 'missing')],)"));
}

static void
open_results (InfClientFixture *fixture)
{
  inf_client_scenario_ready (fixture->node);
  list_some (fixture);
  write_files (fixture);
  inf_client_fixture_open (fixture, "results");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult-1"));
}

static void
show (InfClientFixture *fixture, const char *name)
{
  gtk_widget_activate_action (fixture->root, "win.show-result", "s", name);
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Back to all results"));
}

static void
test_results_are_listed (InfClientFixture *fixture, gconstpointer data)
{
  open_results (fixture);
  g_assert_true (inf_gui_test_shows (fixture->root, "taskmult · 3 files, 18.1 MiB"));
  g_assert_true (inf_gui_test_shows (fixture->root, "heat · 1 file, 20.0 KiB · incomplete"));
  g_assert_true (inf_gui_test_shows (fixture->root, "5 minutes ago"));
  inf_client_fixture_shoot (fixture, "results");
}

static void
test_results_are_searched (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *search;

  open_results (fixture);
  search = inf_gui_test_find (fixture->root, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "HEAT");
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "taskmult-1"));
  g_assert_true (inf_gui_test_shows (fixture->root, "heat-3"));
  gtk_editable_set_text (GTK_EDITABLE (search), "nothing like it");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Result Found"));
  inf_client_fixture_shoot (fixture, "results-not-found");
}

static void
test_no_results_lead_to_a_job (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "results");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Results Yet"));
  inf_client_fixture_shoot (fixture, "results-empty");
}

static void
test_while_they_load (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_hold (fixture->node, "Results1.List");
  inf_client_fixture_open (fixture, "results");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Results1.List"));
  g_assert_nonnull (inf_gui_test_find (fixture->root, GTK_TYPE_SPINNER, NULL));
  inf_client_fixture_shoot (fixture, "results-loading");
}

static void
test_a_problem_is_told_and_tried_again (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Results1.List", "the disk can't be read");
  inf_client_fixture_open (fixture, "results");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "the disk can't be read"));
  inf_client_fixture_shoot (fixture, "results-problem");
  list_some (fixture);
  inf_gui_test_click (fixture->root, "_Try Again");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult-1"));
}

static void
test_a_result_is_checked_and_previewed (InfClientFixture *fixture, gconstpointer data)
{
  open_results (fixture);
  show (fixture, "taskmult-1");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "31415926"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "2 files are not what their hosts made."));
  g_assert_true (inf_gui_test_shows (fixture->root, "19000000 digits"));
  g_assert_true (inf_gui_test_shows (fixture->root, "18.1 MiB from oak"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Verified"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Changed since it came"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Missing"));
  inf_client_fixture_shoot (fixture, "result");
  inf_gui_test_click (fixture->root, "Back to all results");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "heat-3"));
}

static void
test_checking_shows_and_is_done_again (InfClientFixture *fixture, gconstpointer data)
{
  open_results (fixture);
  inf_desktop_node_hold (fixture->node, "Results1.Verify");
  show (fixture, "taskmult-1");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Checking that the files"));
  g_assert_true (inf_gui_test_shows (fixture->root, "Checking…"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "client-result-checking");
  inf_desktop_node_answer (
      fixture->node, "Results1.Verify",
      g_variant_new_parsed ("([('product.txt', 'verified'), ('report.txt', 'verified'),"
                            " ('state.bin', 'verified')],)"));
  gtk_widget_activate_action (
      inf_gui_test_find (fixture->root, GTK_TYPE_MENU_BUTTON, "More to do with this result"),
      "result.check", NULL);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "All files are what the hosts made."));
}

static void
test_a_result_without_files (InfClientFixture *fixture, gconstpointer data)
{
  open_results (fixture);
  show (fixture, "quiet-1");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "The job left no files behind."));
  g_assert_false (inf_client_fixture_was_called (fixture, "Results1.Verify"));
  g_assert_false (
      gtk_widget_is_sensitive (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Save All…")));
  inf_client_fixture_shoot (fixture, "result-without-files");
}

static void
test_an_incomplete_result_says_so (InfClientFixture *fixture, gconstpointer data)
{
  open_results (fixture);
  show (fixture, "heat-3");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "The job did not finish"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Can’t Be Opened"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "client-result-incomplete");
}

/* A notification may come before what it is about. */
static void
test_a_result_that_comes_later_is_shown (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  write_files (fixture);
  inf_client_fixture_open (fixture, "results");
  gtk_widget_activate_action (fixture->root, "win.show-result", "s", "taskmult-1");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Results Yet"));
  inf_desktop_node_answer (fixture->node, "Results1.Get",
                           g_variant_new ("(@a{sv})", make_product (fixture)));
  inf_desktop_node_emit (fixture->node, "Results1.ResultChanged",
                         g_variant_new ("(s)", "taskmult-1"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "31415926"));
}

static gboolean
is_chosen_below (GtkWidget *dialog, GFile *directory)
{
  g_autoptr (GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  return chosen && (g_file_equal (chosen, directory) || g_file_has_prefix (chosen, directory));
}

/* Waits for the chooser, and answers it with the node's directory, as a person would. */
static void
choose (InfClientFixture *fixture)
{
  g_autoptr (GFile) directory = g_file_new_for_path (fixture->dir);
  GtkWidget *dialog = NULL;

  INF_GUI_WAIT ((dialog = inf_client_fixture_find_dialog ()) != NULL);
  g_assert_true (GTK_IS_FILE_CHOOSER (dialog));
  inf_gui_test_settle (dialog);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), directory, NULL);
  INF_GUI_WAIT (is_chosen_below (dialog, directory));
  g_signal_emit_by_name (dialog, "response", GTK_RESPONSE_ACCEPT);
}

static void
test_all_is_saved (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *call
      = g_strdup_printf ("Results1.Export ('taskmult-1', '%s/taskmult-1', 'copy-", fixture->dir);

  open_results (fixture);
  show (fixture, "taskmult-1");
  inf_gui_test_click (fixture->root, "_Save All…");
  choose (fixture);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, call));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Saved to "));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "client-result-saved");
}

static void
test_one_is_saved (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *call = g_strdup_printf (
      "Results1.ExportSome ('taskmult-1', ['report.txt'], '%s', 'copy-", fixture->dir);

  open_results (fixture);
  show (fixture, "taskmult-1");
  inf_gui_test_settle (fixture->root);
  inf_gui_test_click (fixture->root, "Save report.txt");
  choose (fixture);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, call));
}

static void
test_an_archive_is_made (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *call = g_strdup_printf (
      "Results1.Archive ('taskmult-1', '%s/taskmult-1.tar.zst', 'copy-", fixture->dir);

  open_results (fixture);
  show (fixture, "taskmult-1");
  inf_desktop_node_hold (fixture->node, "Results1.Archive");
  gtk_widget_activate_action (
      inf_gui_test_find (fixture->root, GTK_TYPE_MENU_BUTTON, "More to do with this result"),
      "result.archive", "s", ".tar.zst");
  choose (fixture);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, call));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Saving…"));
}

static void
tell_progress (InfClientFixture *fixture, const char *id, guint64 done_bytes)
{
  inf_desktop_node_emit (fixture->node, "Copies1.Progress",
                         g_variant_new ("(stt)", id, done_bytes, (guint64)19000001));
}

static void
test_saving_is_followed_and_cancelled (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL, *cancel = NULL;
  GtkWidget *bar;

  open_results (fixture);
  show (fixture, "taskmult-1");
  inf_desktop_node_hold (fixture->node, "Results1.Export");
  inf_gui_test_click (fixture->root, "_Save All…");
  choose (fixture);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Results1.Export "));
  id = inf_client_fixture_get_copy_id (fixture, "Results1.Export ");
  tell_progress (fixture, "of-another", 1);
  tell_progress (fixture, id, 9500000);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "9.1 MiB of 18.1 MiB"));
  bar = inf_gui_test_find (fixture->root, GTK_TYPE_PROGRESS_BAR, NULL);
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), 0.5,
                                  0.01);
  g_assert_true (gtk_progress_bar_get_show_text (GTK_PROGRESS_BAR (bar)));
  inf_client_fixture_shoot (fixture, "result-saving");
  inf_gui_test_click (fixture->root, "Cancel saving");
  cancel = g_strdup_printf ("Copies1.Cancel ('%s'", id);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, cancel));
  inf_desktop_node_cancel_held (fixture->node, "Results1.Export");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Cancelled. Nothing was saved."));
  g_assert_false (inf_gui_test_shows (fixture->root, "9.1 MiB of 18.1 MiB"));
  g_assert_true (
      gtk_widget_is_sensitive (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Save All…")));
}

static void
test_a_refusal_to_save_is_told (InfClientFixture *fixture, gconstpointer data)
{
  open_results (fixture);
  show (fixture, "taskmult-1");
  inf_desktop_node_fail (fixture->node, "Results1.Export", "report.txt is not what elm made");
  inf_gui_test_click (fixture->root, "_Save All…");
  choose (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "report.txt is not what elm made"));
  g_assert_false (inf_gui_test_shows (fixture->root, "Saving…"));
}

/* A file manager that notes what it is to open: of this process alone, in the place where a desktop
 * keeps what is installed for one person. */
static void
install_file_manager (const char *dir)
{
  g_autofree char *applications = g_build_filename (dir, "applications", NULL);
  g_autofree char *entry = g_build_filename (applications, "manager.desktop", NULL);
  g_autofree char *defaults = g_build_filename (dir, "mimeapps.list", NULL);
  g_autofree char *text = g_strdup_printf (
      "[Desktop Entry]\nType=Application\nName=Manager\nMimeType=inode/directory;\n"
      "Exec=sh -c 'echo \"$1\" > %s/part; mv %s/part %s/opened' sh %%f\n",
      dir, dir, dir);

  g_assert_cmpint (g_mkdir (applications, 0700), ==, 0);
  g_assert_true (g_file_set_contents (entry, text, -1, NULL));
  g_assert_true (g_file_set_contents (
      defaults, "[Default Applications]\ninode/directory=manager.desktop\n", -1, NULL));
}

static void
open_folder (InfClientFixture *fixture)
{
  open_results (fixture);
  show (fixture, "taskmult-1");
  gtk_widget_activate_action (
      inf_gui_test_find (fixture->root, GTK_TYPE_MENU_BUTTON, "More to do with this result"),
      "result.open-folder", NULL);
}

static void
test_the_folder_is_opened (InfClientFixture *fixture, gconstpointer data)
{
  const char *dir = g_get_user_data_dir ();
  g_autofree char *opened = g_build_filename (dir, "opened", NULL);
  g_autofree char *expected = g_strconcat (fixture->dir, "\n", NULL);
  g_autofree char *found = NULL;

  install_file_manager (dir);
  open_folder (fixture);
  INF_GUI_WAIT (g_file_get_contents (opened, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, expected);
}

#define ADD(path, function) INF_CLIENT_TEST ("/client-results/" path, function)

int
main (int argc, char **argv)
{
  char *desktop = inf_gui_test_make_dir ();
  int status;

  /* where this process looks for applications */
  g_setenv ("XDG_DATA_HOME", desktop, TRUE);
  g_setenv ("XDG_CONFIG_HOME", desktop, TRUE);
  inf_client_fixture_init (&argc, &argv);
  ADD ("results-are-listed", test_results_are_listed);
  ADD ("results-are-searched", test_results_are_searched);
  ADD ("no-results-lead-to-a-job", test_no_results_lead_to_a_job);
  ADD ("while-they-load", test_while_they_load);
  ADD ("a-problem-is-told-and-tried-again", test_a_problem_is_told_and_tried_again);
  ADD ("a-result-is-checked-and-previewed", test_a_result_is_checked_and_previewed);
  ADD ("checking-shows-and-is-done-again", test_checking_shows_and_is_done_again);
  ADD ("a-result-without-files", test_a_result_without_files);
  ADD ("an-incomplete-result-says-so", test_an_incomplete_result_says_so);
  ADD ("a-result-that-comes-later-is-shown", test_a_result_that_comes_later_is_shown);
  ADD ("all-is-saved", test_all_is_saved);
  ADD ("one-is-saved", test_one_is_saved);
  ADD ("an-archive-is-made", test_an_archive_is_made);
  ADD ("saving-is-followed-and-cancelled", test_saving_is_followed_and_cancelled);
  ADD ("a-refusal-to-save-is-told", test_a_refusal_to_save_is_told);
  ADD ("the-folder-is-opened", test_the_folder_is_opened);
  status = g_test_run ();
  inf_gui_test_remove_dir (desktop);
  return status;
}
