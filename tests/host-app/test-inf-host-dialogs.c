#include "host-app/inf-host-application.h"
#include "host-app/inf-host-settings.h"
#include "inf-host-resources.h"
#include "tests/host-app/inf-host-fixture.h"
#include "tests/host-app/inf-host-scenario.h"
#include "widgets/inf-about.h"
#include "widgets/inf-help.h"

/* What opens in front of the window. */

static void
shoot_dialog (GtkWidget *dialog, const char *name)
{
  inf_gui_test_screenshots (GTK_WINDOW (dialog), name);
}

/* Waits for a window in front of @parent. */
static GtkWidget *
await_dialog_of (GtkWidget *parent)
{
  GtkWidget *dialog;

  INF_GUI_WAIT ((dialog = inf_host_fixture_find_dialog (parent)) != NULL);
  return dialog;
}

static void
test_disconnecting_while_a_job_runs_asks (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_gui_test_click (fixture->root, "_Disconnect");
  INF_GUI_WAIT ((dialog = inf_host_fixture_find_dialog (fixture->root)) != NULL);
  g_assert_false (inf_host_fixture_was_called (fixture, "Node1.Disconnect"));
  shoot_dialog (dialog, "disconnect-asks");
  inf_gui_test_click (dialog, "_Stop Now");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Node1.Disconnect ('stop',)"));
  INF_GUI_WAIT (!inf_host_fixture_find_dialog (fixture->root));
}

static GtkWidget *
open_details (InfHostFixture *fixture)
{
  GtkWidget *list;
  GtkWidget *dialog;

  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open_page (fixture, "jobs");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  list = inf_gui_test_find (fixture->root, GTK_TYPE_LIST_BOX, NULL);
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0), "activate");
  INF_GUI_WAIT ((dialog = inf_host_fixture_find_dialog (fixture->root)) != NULL);
  return dialog;
}

/* Reads of a log that is no longer than @log are answered with its rest, as infinityd does. */
static void
serve_log (InfDesktopNode *node, const char *method, GVariant *arguments, gpointer user_data)
{
  const char *log = user_data;
  guint64 offset;

  if (!g_str_equal (method, "Host1.ReadLeaseLog"))
    return;
  g_variant_get (arguments, "(&st)", NULL, &offset);
  g_assert_cmpuint (offset, <=, strlen (log));
  inf_desktop_node_answer (
      node, method,
      g_variant_new (
          "(t@ay)", (guint64)0,
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, log + offset, strlen (log) - offset, 1)));
}

static gboolean
sees_line (GtkWidget *dialog, const char *line)
{
  return inf_gui_test_find (dialog, GTK_TYPE_INSCRIPTION, line) != NULL;
}

static void
test_details_show_the_log (InfHostFixture *fixture, gconstpointer data)
{
  char log[64] = "step 1\nstep 2\nna\xc3";
  GtkWidget *dialog;

  inf_desktop_node_set_hook (fixture->node, serve_log, log);
  dialog = open_details (fixture);
  INF_GUI_WAIT (sees_line (dialog, "step 2"));
  /* a character may come in halves */
  strcat (log, "\xafve\n");
  INF_GUI_WAIT (sees_line (dialog, "na\xc3\xafve"));
  g_assert_true (sees_line (dialog, "step 1"));
  shoot_dialog (dialog, "job-log");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_details_say_why_there_is_no_log (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  inf_desktop_node_fail (fixture->node, "Host1.ReadLeaseLog", "the log can't be read");
  dialog = open_details (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (dialog, "the log can't be read"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_details_of_a_job (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog = open_details (fixture);

  INF_GUI_WAIT (inf_gui_test_shows (dialog, "Nothing Printed Yet"));
  shoot_dialog (dialog, "job");
  inf_gui_test_click (dialog, "_Stop This Job");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Host1.StopLease ('lease"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static GtkWidget *
open_settings (InfHostFixture *fixture)
{
  GtkWidget *settings;

  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  settings
      = inf_host_settings_show (GTK_WINDOW (fixture->window), fixture->model, fixture->settings);
  INF_GUI_WAIT (gtk_widget_get_mapped (settings));
  return settings;
}

static void
activate_row (GtkWidget *root, const char *title)
{
  GtkWidget *row;

  INF_GUI_WAIT ((row = inf_gui_test_find (root, ADW_TYPE_ACTION_ROW, title)) != NULL);
  adw_action_row_activate (ADW_ACTION_ROW (row));
}

static void
test_settings (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *settings = open_settings (fixture);

  g_assert_true (inf_gui_test_shows (settings, "birch · birc hid2"));
  shoot_dialog (settings, "settings");
  gtk_window_destroy (GTK_WINDOW (settings));
}

static void
test_the_passphrase_is_changed (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *settings = open_settings (fixture);
  GtkWidget *dialog;

  activate_row (settings, "Change the Passphrase");
  dialog = await_dialog_of (settings);
  shoot_dialog (dialog, "settings-passphrase");
  inf_gui_test_type (dialog, "Passphrase Now", "correct horse");
  inf_gui_test_type (dialog, "New Passphrase", "battery staple");
  inf_gui_test_type (dialog, "New Passphrase Again", "battery stable");
  inf_gui_test_click (dialog, "_Change");
  INF_GUI_WAIT (inf_gui_test_shows (settings, "The two passphrases differ."));
  g_assert_false (inf_host_fixture_was_called (fixture, "Identity1.ChangePassphrase"));
  shoot_dialog (settings, "settings-passphrases-differ");
  activate_row (settings, "Change the Passphrase");
  dialog = await_dialog_of (settings);
  inf_gui_test_type (dialog, "Passphrase Now", "correct horse");
  inf_gui_test_type (dialog, "New Passphrase", "battery staple");
  inf_gui_test_type (dialog, "New Passphrase Again", "battery staple");
  inf_gui_test_click (dialog, "_Change");
  INF_GUI_WAIT (inf_host_fixture_was_called (
      fixture, "Identity1.ChangePassphrase ('correct horse', 'battery staple')"));
  gtk_window_destroy (GTK_WINDOW (settings));
}

static void
test_exporting_asks_for_the_passphrase (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *settings = open_settings (fixture);
  GtkWidget *dialog;

  inf_desktop_node_fail (fixture->node, "Identity1.Export", "the passphrase is wrong");
  activate_row (settings, "Export the Identity");
  dialog = await_dialog_of (settings);
  shoot_dialog (dialog, "settings-export");
  inf_gui_test_type (dialog, "Passphrase", "correct horse");
  inf_gui_test_click (dialog, "_Export");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Identity1.Export ('correct horse', {})"));
  INF_GUI_WAIT (inf_gui_test_shows (settings, "the passphrase is wrong"));
  activate_row (settings, "Move to Another Computer");
  dialog = await_dialog_of (settings);
  shoot_dialog (dialog, "settings-move");
  inf_gui_test_type (dialog, "Passphrase", "correct horse");
  inf_gui_test_click (dialog, "_Move");
  INF_GUI_WAIT (inf_host_fixture_was_called (
      fixture, "Identity1.Export ('correct horse', {'move': <true>})"));
  gtk_window_destroy (GTK_WINDOW (settings));
}

static void
test_leaving_a_grid_asks (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *settings = open_settings (fixture);
  GtkWidget *dialog;

  activate_row (settings, "Leave the Grid");
  dialog = await_dialog_of (settings);
  shoot_dialog (dialog, "settings-leave");
  g_assert_false (inf_host_fixture_was_called (fixture, "Node1.LeaveGrid"));
  inf_gui_test_click (dialog, "_Leave");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Node1.LeaveGrid"));
  gtk_window_destroy (GTK_WINDOW (settings));
}

static void
test_signing_out_while_a_job_runs_asks (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  inf_host_scenario_hosting (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  gtk_widget_activate_action (fixture->root, "win.sign-out", NULL);
  dialog = await_dialog_of (fixture->root);
  shoot_dialog (dialog, "sign-out-asks");
  inf_gui_test_click (dialog, "_Finish First");
  INF_GUI_WAIT (inf_host_fixture_was_called (fixture, "Identity1.Lock ('finish',)"));
}

static void
test_the_log_of_the_service (InfHostFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "daemon.log", NULL);
  GtkWidget *log;

  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  gtk_widget_activate_action (fixture->root, "win.show-log", NULL);
  log = await_dialog_of (fixture->root);
  INF_GUI_WAIT (inf_gui_test_shows (log, "Nothing Logged"));
  shoot_dialog (log, "log-empty");
  g_assert_true (g_file_set_contents (path, "infinityd 0.1.0\noak joined\n", -1, NULL));
  INF_GUI_WAIT (sees_line (log, "oak joined"));
  shoot_dialog (log, "log");
  gtk_window_destroy (GTK_WINDOW (log));
}

static void
test_help (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *help;

  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  help = inf_help_show (GTK_WINDOW (fixture->window), "/org/infinitygrid/Host/help.ui");
  INF_GUI_WAIT (gtk_widget_get_mapped (help));
  shoot_dialog (help, "help");
  gtk_window_destroy (GTK_WINDOW (help));
}

/* Their keys are those of the application, so it takes a whole one. */
static void
test_shortcuts (InfHostFixture *fixture, gconstpointer data)
{
  g_autoptr (InfHostApplication) application = inf_host_application_new ();
  GtkWindow *window;
  GtkWidget *shortcuts;

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  inf_application_present (INF_APPLICATION (application));
  window = gtk_application_get_active_window (GTK_APPLICATION (application));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-help-overlay", NULL);
  shortcuts = await_dialog_of (GTK_WIDGET (window));
  g_assert_true (inf_gui_test_shows (shortcuts, "Search"));
  shoot_dialog (shortcuts, "shortcuts");
  gtk_window_destroy (GTK_WINDOW (shortcuts));
  gtk_window_destroy (window);
}

static void
test_about (InfHostFixture *fixture, gconstpointer data)
{
  GtkWidget *about;

  inf_host_scenario_ready (fixture->node);
  inf_host_fixture_open (fixture);
  inf_about_show (GTK_WINDOW (fixture->window), "org.infinitygrid.Host", "Infinity Host",
                  "Shares this computer with a grid");
  about = await_dialog_of (fixture->root);
  g_assert_true (inf_gui_test_shows (about, "Infinity Host"));
  shoot_dialog (about, "about");
  gtk_window_destroy (GTK_WINDOW (about));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/host-dialogs/" path, InfHostFixture, NULL, inf_host_fixture_set_up, function,      \
              inf_host_fixture_tear_down)

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  g_resources_register (inf_host_get_resource ());
  ADD ("disconnecting-while-a-job-runs-asks", test_disconnecting_while_a_job_runs_asks);
  ADD ("signing-out-while-a-job-runs-asks", test_signing_out_while_a_job_runs_asks);
  ADD ("details-of-a-job", test_details_of_a_job);
  ADD ("details-show-the-log", test_details_show_the_log);
  ADD ("details-say-why-there-is-no-log", test_details_say_why_there_is_no_log);
  ADD ("settings", test_settings);
  ADD ("the-passphrase-is-changed", test_the_passphrase_is_changed);
  ADD ("exporting-asks-for-the-passphrase", test_exporting_asks_for_the_passphrase);
  ADD ("leaving-a-grid-asks", test_leaving_a_grid_asks);
  ADD ("the-log-of-the-service", test_the_log_of_the_service);
  ADD ("help", test_help);
  ADD ("shortcuts", test_shortcuts);
  ADD ("about", test_about);
  return g_test_run ();
}
