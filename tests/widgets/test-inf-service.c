#include "widgets/inf-service.h"

#include "tests/widgets/inf-desktop-node.h"
#include "tests/widgets/inf-gui-test.h"
#include "widgets/inf-service-page.h"

#include <glib/gstdio.h>

typedef struct
{
  char *dir;
  InfService *service;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_gui_test_make_dir ();
  fixture->service = inf_service_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer service = fixture->service;

  /* what just ended may hold it for a moment */
  g_object_add_weak_pointer (service, &service);
  g_object_unref (service);
  INF_GUI_WAIT (service == NULL);
  inf_gui_test_remove_dir (fixture->dir);
}

static void
test_nobody_listens (Fixture *fixture, gconstpointer data)
{
  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_DOWN);
  g_assert_null (inf_service_get_problem (fixture->service));
  g_assert_null (inf_service_get_node (fixture->service));
}

static void
test_properties_are_there_when_it_is_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfDesktopNode) node = inf_desktop_node_new (fixture->dir);

  inf_desktop_node_set (node, "Node1.GridName", "'wood'");
  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
  g_assert_cmpstr (inf_dbus_node1_get_grid_name (inf_service_get_node (fixture->service)), ==,
                   "wood");
  g_assert_nonnull (inf_service_get_resources (fixture->service));
}

static void
test_finds_a_service_that_comes_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfDesktopNode) node = NULL;

  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_DOWN);
  node = inf_desktop_node_new (fixture->dir);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
}

static void
test_survives_a_restart (Fixture *fixture, gconstpointer data)
{
  InfDesktopNode *node = inf_desktop_node_new (fixture->dir);

  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
  inf_desktop_node_free (node);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_DOWN);
  node = inf_desktop_node_new (fixture->dir);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
  inf_desktop_node_free (node);
}

static void
write_infinityd (Fixture *fixture, const char *script)
{
  g_autofree char *path = g_build_filename (fixture->dir, "infinityd", NULL);

  g_assert_true (g_file_set_contents (path, script, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
  g_setenv ("INFINITY_LIBEXEC_DIR", fixture->dir, TRUE);
}

static void
test_tells_why_it_did_not_start (Fixture *fixture, gconstpointer data)
{
  write_infinityd (fixture, "#!/bin/sh\necho the disk is full >&2\nexit 1\n");
  inf_service_start (fixture->service);
  g_assert_cmpint (inf_service_get_state (fixture->service), ==, INF_SERVICE_STARTING);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_DOWN);
  g_assert_nonnull (strstr (inf_service_get_problem (fixture->service), "the disk is full"));
}

static GtkWidget *
show (GtkWidget *content)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 640, 560);
  adw_window_set_content (ADW_WINDOW (window), content);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
test_page_starts_it (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = inf_service_page_new (fixture->service);
  GtkWidget *window = show (page);

  write_infinityd (fixture, "#!/bin/sh\necho no room for the store >&2\nexit 1\n");
  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_gui_test_shows (page, "Infinity Is Not Running"));
  inf_gui_test_screenshots (GTK_WINDOW (window), "service-down");
  inf_gui_test_click (page, "_Start");
  INF_GUI_WAIT (inf_gui_test_shows (page, "Starting Infinity…"));
  INF_GUI_WAIT (inf_gui_test_shows (page, "Infinity Could Not Be Started"));
  gtk_expander_set_expanded (GTK_EXPANDER (inf_gui_test_find (page, GTK_TYPE_EXPANDER, NULL)),
                             TRUE);
  g_assert_true (inf_gui_test_shows (page, "no room for the store"));
  inf_gui_test_screenshots (GTK_WINDOW (window), "service-failed");
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/service/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  inf_gui_test_init (&argc, &argv);
  ADD ("nobody-listens", test_nobody_listens);
  ADD ("properties-are-there-when-it-is-up", test_properties_are_there_when_it_is_up);
  ADD ("finds-a-service-that-comes-later", test_finds_a_service_that_comes_later);
  ADD ("survives-a-restart", test_survives_a_restart);
  ADD ("tells-why-it-did-not-start", test_tells_why_it_did_not_start);
  ADD ("page-starts-it", test_page_starts_it);
  return g_test_run ();
}
