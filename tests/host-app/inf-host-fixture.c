#include "tests/host-app/inf-host-fixture.h"

static void
on_answer (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfHostFixture *fixture = user_data;
  const char *id;
  const char *answer;

  g_variant_get (parameter, "(&s&s)", &id, &answer);
  inf_host_model_answer (fixture->model, id, answer);
}

static const GActionEntry app_actions[] = { { "answer-request", on_answer, "(ss)" } };

void
inf_host_fixture_set_up (InfHostFixture *fixture, gconstpointer data)
{
  /* what an application does for its icon */
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/infinitygrid/Host/icons");
  fixture->dir = inf_gui_test_make_dir ();
  fixture->node = inf_desktop_node_new (fixture->dir);
  fixture->service = inf_service_new ();
  fixture->model = inf_host_model_new (fixture->service);
  fixture->settings = g_settings_new ("org.infinitygrid.Host");
  g_settings_reset (fixture->settings, "window-width");
  g_settings_reset (fixture->settings, "window-height");
  fixture->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (fixture->actions), app_actions,
                                   G_N_ELEMENTS (app_actions), fixture);
}

/* What the node is told before this is there when the window opens. */
void
inf_host_fixture_open (InfHostFixture *fixture)
{
  fixture->window = inf_host_window_new (NULL, fixture->model, fixture->settings);
  fixture->root = GTK_WIDGET (fixture->window);
  gtk_widget_insert_action_group (fixture->root, "app", G_ACTION_GROUP (fixture->actions));
  gtk_window_present (GTK_WINDOW (fixture->window));
  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
  inf_gui_test_settle (fixture->root);
}

/* @page: as in inf_host_window_show_page() */
void
inf_host_fixture_open_page (InfHostFixture *fixture, const char *page)
{
  inf_host_fixture_open (fixture);
  inf_host_window_show_page (fixture->window, page);
  inf_gui_test_settle (fixture->root);
}

void
inf_host_fixture_tear_down (InfHostFixture *fixture, gconstpointer data)
{
  if (fixture->window)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  inf_service_close (fixture->service);
  g_clear_object (&fixture->model);
  g_clear_object (&fixture->service);
  g_clear_object (&fixture->settings);
  g_clear_object (&fixture->actions);
  inf_desktop_node_free (fixture->node);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  inf_gui_test_remove_dir (fixture->dir);
}

/* Takes the screenshots of the screen and state that are called @name. */
void
inf_host_fixture_shoot (InfHostFixture *fixture, const char *name)
{
  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), name);
}

/* @call: how it begins: "Host1.Pause ('time'" */
gboolean
inf_host_fixture_was_called (InfHostFixture *fixture, const char *call)
{
  return inf_desktop_node_find_call (fixture->node, call) != NULL;
}

/* Returns: (transfer none) (nullable): the window in front of @parent */
GtkWidget *
inf_host_fixture_find_dialog (GtkWidget *parent)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      if (gtk_window_get_transient_for (GTK_WINDOW (window)) == GTK_WINDOW (parent)
          && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}
