#include "tests/client-app/inf-client-fixture.h"
#include "tests/client-app/inf-jobs-scenario.h"
#include "tests/widgets/inf-keyboard-walk.h"

/* Every control of every screen is reached with the keys of the keyboard alone. */

static void
open_all (InfClientFixture *fixture, const char *page)
{
  inf_client_scenario_ready (fixture->node);
  inf_jobs_scenario_some (fixture->node);
  inf_client_scenario_own_some (fixture->node);
  inf_client_fixture_open (fixture, page);
}

static void
test_every_screen (InfClientFixture *fixture, gconstpointer data)
{
  static const char *const pages[][2]
      = { { "submit", "Runs on 4 computers" }, { "jobs", "lattice-24" },
          { "results", "heat-flow" },          { "credits", "Welcome" },
          { "files", "numbers.txt" },          { "peers", "oak" } };

  open_all (fixture, "submit");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gtk_widget_activate_action (fixture->root, "win.show-page", "s", pages[i][0]);
      INF_GUI_WAIT (inf_gui_test_shows (fixture->root, pages[i][1]));
      inf_keyboard_walk_check (fixture->root, pages[i][0]);
    }
}

static void
test_jobs (InfClientFixture *fixture, gconstpointer data)
{
  static const char *const jobs[][2] = { { "job5running23456723456723456", "Cancel…" },
                                         { "job4done723456723456723456ab", "Run Again" } };

  open_all (fixture, "jobs");
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      gtk_widget_activate_action (fixture->root, "win.show-job", "s", jobs[i][0]);
      INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, jobs[i][1]));
      inf_keyboard_walk_check (fixture->root, jobs[i][0]);
    }
}

static void
test_a_result (InfClientFixture *fixture, gconstpointer data)
{
  open_all (fixture, "results");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "heat-flow"));
  gtk_widget_activate_action (fixture->root, "win.show-result", "s", "heat-flow");
  INF_GUI_WAIT (inf_gui_test_find (fixture->root, GTK_TYPE_BUTTON, "Back to all results"));
  inf_keyboard_walk_check (fixture->root, "a result");
}

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  INF_CLIENT_TEST ("/client-keyboard/every-screen", test_every_screen);
  INF_CLIENT_TEST ("/client-keyboard/jobs", test_jobs);
  INF_CLIENT_TEST ("/client-keyboard/a-result", test_a_result);
  return g_test_run ();
}
