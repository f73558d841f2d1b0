#include "client-app/inf-client-files.h"

#include "tests/client-app/inf-client-fixture.h"

#define OAK_HASH "aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999"
#define JOB_HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static GVariant *
make_file (const char *sha256, const char *name, gboolean is_shared, gboolean is_in_use)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "sha256", "s", sha256);
  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "size", "t", (guint64)7340032);
  g_variant_dict_insert (&dict, "added-unix", "x",
                         g_get_real_time () - 3600 * (gint64)G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "shared", "b", is_shared);
  g_variant_dict_insert (&dict, "in-use", "b", is_in_use);
  return g_variant_dict_end (&dict);
}

static GVariant *
make_transfer (const char *state, guint64 got_bytes, const char *from, const char *message)
{
  GVariantDict dict;
  gboolean is_active = g_str_equal (state, "looking") || g_str_equal (state, "fetching");

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", "t1");
  g_variant_dict_insert (&dict, "sha256", "s", OAK_HASH);
  g_variant_dict_insert (&dict, "name", "s", "numbers.txt");
  g_variant_dict_insert (&dict, "size", "t", (guint64)(*from ? 10485760 : 0));
  g_variant_dict_insert (&dict, "got", "t", got_bytes);
  g_variant_dict_insert (&dict, "from", "s", from);
  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert (&dict, "message", "s", message);
  g_variant_dict_insert (&dict, "began-unix", "x",
                         g_get_real_time () - 10 * (gint64)G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "ended-unix", "x", (gint64)(is_active ? 0 : g_get_real_time ()));
  return g_variant_dict_end (&dict);
}

static void
list_some (InfClientFixture *fixture)
{
  GVariantBuilder files;

  g_variant_builder_init (&files, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_add_value (&files, make_file (OAK_HASH, "numbers.txt", TRUE, FALSE));
  g_variant_builder_add_value (&files, make_file (JOB_HASH, "", FALSE, TRUE));
  inf_desktop_node_answer (fixture->node, "Files1.List", g_variant_new ("(aa{sv})", &files));
}

static void
open_files (InfClientFixture *fixture)
{
  inf_client_scenario_ready (fixture->node);
  list_some (fixture);
  inf_client_fixture_open (fixture, "files");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "numbers.txt"));
  inf_gui_test_settle (fixture->root);
}

static void
tell_transfer (InfClientFixture *fixture, GVariant *transfer)
{
  inf_desktop_node_emit (fixture->node, "Files1.TransferChanged",
                         g_variant_new ("(@a{sv})", transfer));
}

static void
test_files_are_listed (InfClientFixture *fixture, gconstpointer data)
{
  open_files (fixture);
  g_assert_true (inf_gui_test_shows (fixture->root, "7.0 MiB · 1 hour ago · aaaabbbbcccc…"));
  g_assert_true (inf_gui_test_shows (fixture->root, "in use · brought by a job"));
  g_assert_nonnull (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Remove numbers.txt"));
  inf_client_fixture_shoot (fixture, "files");
}

static void
test_files_are_searched (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *search;

  open_files (fixture);
  search = inf_gui_test_find (fixture->root, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "0123");
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "numbers.txt"));
  gtk_editable_set_text (GTK_EDITABLE (search), "Numbers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "numbers.txt"));
  gtk_editable_set_text (GTK_EDITABLE (search), "nothing like it");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No File Found"));
  inf_client_fixture_shoot (fixture, "files-not-found");
}

static void
test_no_files_are_said (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "files");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "No Files Here"));
  inf_client_fixture_shoot (fixture, "files-empty");
}

static void
test_a_problem_is_told_and_tried_again (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_fail (fixture->node, "Files1.List", "the disk can't be read");
  inf_client_fixture_open (fixture, "files");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "the disk can't be read"));
  inf_client_fixture_shoot (fixture, "files-problem");
  list_some (fixture);
  inf_gui_test_click (fixture->root, "_Try Again");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "numbers.txt"));
}

static void
test_while_they_load (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_hold (fixture->node, "Files1.List");
  inf_client_fixture_open (fixture, "files");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Files1.List"));
  g_assert_nonnull (inf_gui_test_find (fixture->root, GTK_TYPE_SPINNER, NULL));
  inf_client_fixture_shoot (fixture, "files-loading");
}

/* Who comes back to the screen sees what holds now. */
static void
test_use_is_looked_at_again (InfClientFixture *fixture, gconstpointer data)
{
  GVariantBuilder files;

  open_files (fixture);
  inf_client_window_show_page (fixture->window, "credits");
  inf_gui_test_settle (fixture->root);
  g_variant_builder_init (&files, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_add_value (&files, make_file (OAK_HASH, "numbers.txt", TRUE, TRUE));
  inf_desktop_node_answer (fixture->node, "Files1.List", g_variant_new ("(aa{sv})", &files));
  inf_client_window_show_page (fixture->window, "files");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "1 hour ago · in use · aaaabbbbcccc…"));
}

static void
test_files_come_and_go (InfClientFixture *fixture, gconstpointer data)
{
  open_files (fixture);
  inf_desktop_node_emit (fixture->node, "Files1.FileAdded",
                         g_variant_new ("(@a{sv})", make_file ("ff00", "late.txt", TRUE, FALSE)));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "late.txt"));
  inf_desktop_node_emit (fixture->node, "Files1.FileRemoved", g_variant_new ("(s)", OAK_HASH));
  INF_GUI_WAIT (!inf_gui_test_shows (fixture->root, "numbers.txt"));
}

static void
test_a_transfer_is_followed_and_cancelled (InfClientFixture *fixture, gconstpointer data)
{
  open_files (fixture);
  tell_transfer (fixture, make_transfer ("looking", 0, "", ""));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Looking for a computer"));
  tell_transfer (fixture, make_transfer ("fetching", 5242880, "oak", ""));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "5.0 MiB of 10.0 MiB from oak, "));
  inf_client_fixture_shoot (fixture, "files-fetching");
  inf_gui_test_click (fixture->root, "Cancel fetching numbers.txt");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Files1.CancelTransfer ('t1'"));
  tell_transfer (fixture, make_transfer ("cancelled", 5242880, "oak", ""));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Cancelled"));
  g_assert_null (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Cancel fetching"));
  tell_transfer (fixture, make_transfer ("failed", 0, "oak", "no peer has it"));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Failed: no peer has it"));
  tell_transfer (fixture, make_transfer ("done", 10485760, "oak", ""));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Fetched 10.0 MiB from oak"));
}

static void
test_a_file_is_fetched_by_hash (InfClientFixture *fixture, gconstpointer data)
{
  AdwMessageDialog *dialog = NULL;
  GtkWidget *entry;

  open_files (fixture);
  inf_gui_test_click (fixture->root, "_Fetch…");
  INF_GUI_WAIT ((dialog = (AdwMessageDialog *)inf_client_fixture_find_dialog ()) != NULL);
  entry = adw_message_dialog_get_extra_child (dialog);
  gtk_editable_set_text (GTK_EDITABLE (entry), "not a hash");
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "fetch"));
  gtk_editable_set_text (GTK_EDITABLE (entry), OAK_HASH "  numbers.txt");
  g_assert_true (adw_message_dialog_get_response_enabled (dialog, "fetch"));
  inf_gui_test_screenshot (GTK_WINDOW (dialog), "client-files-fetch");
  adw_message_dialog_response (dialog, "fetch");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Files1.Fetch ('" OAK_HASH "', ''"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_removing_can_be_undone (InfClientFixture *fixture, gconstpointer data)
{
  open_files (fixture);
  inf_gui_test_click (fixture->root, "Remove numbers.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Removed numbers.txt"));
  inf_gui_test_screenshot (GTK_WINDOW (fixture->window), "client-files-removed");
  inf_gui_test_click (fixture->root, "_Undo");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Remove numbers.txt"));
  g_assert_false (inf_client_fixture_was_called (fixture, "Files1.Remove"));
}

/* The toast goes by itself, and nobody can undo it any more. */
static void
test_what_is_not_undone_is_removed (InfClientFixture *fixture, gconstpointer data)
{
  open_files (fixture);
  inf_gui_test_click (fixture->root, "Remove numbers.txt");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Files1.Remove ('" OAK_HASH "'"));
}

static void
test_a_refused_removal_is_told (InfClientFixture *fixture, gconstpointer data)
{
  open_files (fixture);
  inf_desktop_node_fail (fixture->node, "Files1.Remove", "a job uses numbers.txt");
  inf_gui_test_click (fixture->root, "Remove numbers.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "a job uses numbers.txt"));
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Remove numbers.txt"));
}

static void
test_the_hash_is_copied (InfClientFixture *fixture, gconstpointer data)
{
  g_autoptr (GdkContentProvider) content = NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  open_files (fixture);
  inf_gui_test_click (fixture->root, "Copy the hash of numbers.txt");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Copied the hash"));
  content = g_object_ref (gdk_clipboard_get_content (gtk_widget_get_clipboard (fixture->root)));
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==, OAK_HASH);
}

/* A file of that name, onto the page */
static void
drop (InfClientFixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkWidget *page;

  g_assert_true (g_file_set_contents (path, "dropped\n", -1, NULL));
  page = gtk_widget_get_ancestor (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "_Add…"),
                                  INF_TYPE_CLIENT_FILES);
  inf_client_fixture_drop (page, file);
}

static void
test_a_dropped_file_is_added (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *call = g_strdup_printf ("Files1.Add ('%s/dropped.txt'", fixture->dir);

  open_files (fixture);
  drop (fixture, "dropped.txt");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, call));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Others can fetch it by its hash now."));
}

static void
test_adding_is_followed_and_cancelled (InfClientFixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL, *cancel = NULL;

  open_files (fixture);
  inf_desktop_node_hold (fixture->node, "Files1.Add");
  drop (fixture, "large.bin");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Adding…"));
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Files1.Add "));
  id = inf_client_fixture_get_copy_id (fixture, "Files1.Add ");
  inf_desktop_node_emit (fixture->node, "Copies1.Progress",
                         g_variant_new ("(stt)", id, (guint64)5242880, (guint64)10485760));
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "5.0 MiB of 10.0 MiB"));
  inf_client_fixture_shoot (fixture, "files-adding");
  inf_gui_test_click (fixture->root, "Cancel adding large.bin");
  cancel = g_strdup_printf ("Copies1.Cancel ('%s'", id);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, cancel));
  inf_desktop_node_cancel_held (fixture->node, "Files1.Add");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Cancelled"));
  g_assert_false (inf_gui_test_shows (fixture->root, "large.bin"));
}

#define ADD(path, function) INF_CLIENT_TEST ("/client-files/" path, function)

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  ADD ("files-are-listed", test_files_are_listed);
  ADD ("files-are-searched", test_files_are_searched);
  ADD ("no-files-are-said", test_no_files_are_said);
  ADD ("a-problem-is-told-and-tried-again", test_a_problem_is_told_and_tried_again);
  ADD ("while-they-load", test_while_they_load);
  ADD ("use-is-looked-at-again", test_use_is_looked_at_again);
  ADD ("files-come-and-go", test_files_come_and_go);
  ADD ("a-transfer-is-followed-and-cancelled", test_a_transfer_is_followed_and_cancelled);
  ADD ("a-file-is-fetched-by-hash", test_a_file_is_fetched_by_hash);
  ADD ("removing-can-be-undone", test_removing_can_be_undone);
  ADD ("what-is-not-undone-is-removed", test_what_is_not_undone_is_removed);
  ADD ("a-refused-removal-is-told", test_a_refused_removal_is_told);
  ADD ("the-hash-is-copied", test_the_hash_is_copied);
  ADD ("a-dropped-file-is-added", test_a_dropped_file_is_added);
  ADD ("adding-is-followed-and-cancelled", test_adding_is_followed_and_cancelled);
  return g_test_run ();
}
