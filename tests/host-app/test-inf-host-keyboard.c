#include "inf-host-resources.h"
#include "tests/host-app/inf-host-fixture.h"
#include "tests/host-app/inf-host-scenario.h"
#include "tests/widgets/inf-keyboard-walk.h"

/* Every control of every screen is reached with the keys of the keyboard alone. */

static void
test_every_screen (InfHostFixture *fixture, gconstpointer data)
{
  static const char *const pages[] = { "home", "jobs", "earnings", "peers", "sharing" };

  inf_host_scenario_hosting (fixture->node);
  inf_host_scenario_add_peers (fixture->node, 9);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "taskmult for elm"));
  inf_host_scenario_ask (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "ash asks to run lattice"));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      inf_host_window_show_page (fixture->window, pages[i]);
      inf_keyboard_walk_check (fixture->root, pages[i]);
    }
}

static void
test_signing_in (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_scenario_register (fixture->node);
  inf_host_fixture_open (fixture);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Welcome to Infinity"));
  inf_keyboard_walk_check (fixture->root, "register");
  inf_desktop_node_set (fixture->node, "Identity1.State", "'unlocked'");
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Join a Grid"));
  inf_keyboard_walk_check (fixture->root, "join");
}

static void
test_no_service (InfHostFixture *fixture, gconstpointer data)
{
  inf_host_fixture_open (fixture);
  inf_desktop_node_free (fixture->node);
  INF_GUI_WAIT (inf_gui_test_shows (fixture->root, "Infinity Is Not Running"));
  inf_keyboard_walk_check (fixture->root, "service down");
  fixture->node = inf_desktop_node_new (fixture->dir);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/host-keyboard/" path, InfHostFixture, NULL, inf_host_fixture_set_up, function,     \
              inf_host_fixture_tear_down)

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  g_resources_register (inf_host_get_resource ());
  ADD ("every-screen", test_every_screen);
  ADD ("signing-in", test_signing_in);
  ADD ("no-service", test_no_service);
  return g_test_run ();
}
