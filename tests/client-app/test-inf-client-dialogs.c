#include "client-app/inf-client-application.h"
#include "client-app/inf-client-settings.h"
#include "tests/client-app/inf-client-fixture.h"
#include "widgets/inf-about.h"
#include "widgets/inf-help.h"

/* What opens in front of the window. */

static GtkWidget *
await_dialog (void)
{
  GtkWidget *dialog = NULL;

  INF_GUI_WAIT ((dialog = inf_client_fixture_find_dialog ()) != NULL);
  inf_gui_test_settle (dialog);
  return dialog;
}

static void
shoot_dialog (GtkWidget *dialog, const char *name)
{
  inf_gui_test_screenshots (GTK_WINDOW (dialog), name);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_settings (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *settings;
  GtkWidget *jobs;

  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  settings
      = inf_client_settings_show (GTK_WINDOW (fixture->window), fixture->model, fixture->settings);
  INF_GUI_WAIT (gtk_widget_get_mapped (settings));
  g_assert_true (inf_gui_test_shows (settings, "birch · birc hid2"));
  jobs = inf_gui_test_find (settings, GTK_TYPE_SWITCH, NULL);
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (jobs)));
  gtk_switch_set_active (GTK_SWITCH (jobs), FALSE);
  g_assert_false (g_settings_get_boolean (fixture->settings, "notify-jobs"));
  shoot_dialog (settings, "client-settings");
}

static void
test_signing_out (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  gtk_widget_activate_action (fixture->root, "win.sign-out", NULL);
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Identity1.Lock ('',)"));
  g_assert_null (inf_client_fixture_find_dialog ());
}

/* infinityd refuses while something runs. */
static void
test_signing_out_while_a_job_runs_asks (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  inf_client_scenario_ready (fixture->node);
  inf_desktop_node_refuse (fixture->node, "Identity1.Lock", "2 jobs run");
  inf_client_fixture_open (fixture, "submit");
  gtk_widget_activate_action (fixture->root, "win.sign-out", NULL);
  dialog = await_dialog ();
  g_assert_true (inf_gui_test_shows (dialog, "2 jobs run"));
  inf_gui_test_screenshot (GTK_WINDOW (dialog), "client-sign-out-asks-light");
  inf_gui_test_click (dialog, "_Stop Now");
  INF_GUI_WAIT (inf_client_fixture_was_called (fixture, "Identity1.Lock ('stop',)"));
}

static void
test_help (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  inf_help_show (GTK_WINDOW (fixture->window), "/org/infinitygrid/Client/help.ui");
  shoot_dialog (await_dialog (), "client-help");
}

static void
test_about (InfClientFixture *fixture, gconstpointer data)
{
  GtkWidget *about;

  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  inf_about_show (GTK_WINDOW (fixture->window), INF_CLIENT_APPLICATION_ID, "Infinity Client",
                  "Runs programs on the computers of a grid");
  about = await_dialog ();
  g_assert_true (inf_gui_test_shows (about, "Infinity Client"));
  shoot_dialog (about, "client-about");
}

/* Their keys are those of the application, so it takes a whole one; a file is opened with it. */
static void
test_shortcuts_and_a_job_file (InfClientFixture *fixture, gconstpointer data)
{
  g_autoptr (InfClientApplication) application = inf_client_application_new ();
  g_autofree char *path = g_build_filename (fixture->dir, "my.infinity-job", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkWindow *window;
  GtkWidget *shortcuts;

  g_assert_true (g_file_set_contents (
      path, "[Infinity Job]\nVersion=1\nProgram=pi\nArguments=hello;\n", -1, NULL));
  inf_client_scenario_ready (fixture->node);
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_NON_UNIQUE | G_APPLICATION_HANDLES_OPEN);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_application_open (G_APPLICATION (application), &file, 1, "");
  window = gtk_application_get_active_window (GTK_APPLICATION (application));
  INF_GUI_WAIT (inf_gui_test_shows (GTK_WIDGET (window), "By throwing darts."));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-help-overlay", NULL);
  shortcuts = await_dialog ();
  g_assert_true (inf_gui_test_shows (shortcuts, "Run what is filled in"));
  shoot_dialog (shortcuts, "client-shortcuts");
  gtk_window_destroy (window);
}

#define ADD(path, function) INF_CLIENT_TEST ("/client-dialogs/" path, function)

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  ADD ("settings", test_settings);
  ADD ("signing-out", test_signing_out);
  ADD ("signing-out-while-a-job-runs-asks", test_signing_out_while_a_job_runs_asks);
  ADD ("help", test_help);
  ADD ("about", test_about);
  ADD ("shortcuts-and-a-job-file", test_shortcuts_and_a_job_file);
  return g_test_run ();
}
