#include "tests/client-app/inf-client-fixture.h"

static void
test_pages_are_chosen (InfClientFixture *fixture, gconstpointer data)
{
  static const char *const pages[][2]
      = { { "jobs", "Jobs" },   { "results", "Results" }, { "credits", "Credits" },
          { "files", "Files" }, { "peers", "Peers" },     { "submit", "Submit" } };

  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *title;

      gtk_widget_activate_action (fixture->root, "win.show-page", "s", pages[i][0]);
      inf_gui_test_settle (fixture->root);
      title = inf_gui_test_find (fixture->root, ADW_TYPE_WINDOW_TITLE, NULL);
      g_assert_cmpstr (adw_window_title_get_title (ADW_WINDOW_TITLE (title)), ==, pages[i][1]);
    }
}

static void
test_peers_are_listed (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "oak"));
  inf_client_fixture_shoot (fixture, "peers");
}

static void
test_nobody_is_asked_to_sign_in_first (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_register (fixture->node);
  inf_client_fixture_open (fixture, "submit");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Welcome to Infinity"));
  g_assert_cmpstr (inf_client_window_get_page (fixture->window), ==, "sign-in");
  inf_client_fixture_shoot (fixture, "sign-in");
  inf_client_scenario_ready (fixture->node);
  INF_GUI_WAIT (g_str_equal (inf_client_window_get_page (fixture->window), "main"));
}

static void
test_survives_a_restart_of_the_service (InfClientFixture *fixture, gconstpointer data)
{
  inf_client_scenario_ready (fixture->node);
  inf_client_fixture_open (fixture, "peers");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "oak"));
  inf_desktop_node_free (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Infinity Is Not Running"));
  inf_client_fixture_shoot (fixture, "service-down");
  fixture->node = inf_desktop_node_new (fixture->dir);
  inf_client_scenario_ready (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "oak"));
}

int
main (int argc, char **argv)
{
  inf_client_fixture_init (&argc, &argv);
  INF_CLIENT_TEST ("/client-window/pages-are-chosen", test_pages_are_chosen);
  INF_CLIENT_TEST ("/client-window/peers-are-listed", test_peers_are_listed);
  INF_CLIENT_TEST ("/client-window/nobody-is-asked-to-sign-in-first",
                   test_nobody_is_asked_to_sign_in_first);
  INF_CLIENT_TEST ("/client-window/survives-a-restart-of-the-service",
                   test_survives_a_restart_of_the_service);
  return g_test_run ();
}
