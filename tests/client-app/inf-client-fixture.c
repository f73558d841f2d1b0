#include "tests/client-app/inf-client-fixture.h"

#include "inf-client-resources.h"

#include <string.h>

#define SCHEMA_ID "org.infinitygrid.Client"

/* As inf_gui_test_init(), for the client app. */
void
inf_client_fixture_init (int *argc, char ***argv)
{
  inf_gui_test_init (argc, argv);
  g_resources_register (inf_client_get_resource ());
  /* as the application does by itself */
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/infinitygrid/Client/icons");
}

static void
reset_settings (GSettings *settings)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (char **key = keys; *key; key++)
    g_settings_reset (settings, *key);
}

void
inf_client_fixture_set_up (InfClientFixture *fixture, gconstpointer data)
{
  fixture->dir = inf_gui_test_make_dir ();
  fixture->node = inf_desktop_node_new (fixture->dir);
  fixture->service = inf_service_new ();
  fixture->model = inf_client_model_new (fixture->service);
  fixture->settings = g_settings_new (SCHEMA_ID);
  reset_settings (fixture->settings);
}

/**
 * inf_client_fixture_open:
 * @fixture: the fixture
 * @page: the screen to show
 *
 * Opens the window; what the node was told before is there when it does.
 */
void
inf_client_fixture_open (InfClientFixture *fixture, const char *page)
{
  fixture->window = inf_client_window_new (NULL, fixture->model, fixture->settings);
  fixture->root = GTK_WIDGET (fixture->window);
  inf_client_window_show_page (fixture->window, page);
  gtk_window_present (GTK_WINDOW (fixture->window));
  inf_service_open (fixture->service);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) == INF_SERVICE_UP);
  inf_gui_test_settle (fixture->root);
}

void
inf_client_fixture_tear_down (InfClientFixture *fixture, gconstpointer data)
{
  if (fixture->window)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  inf_service_close (fixture->service);
  g_clear_object (&fixture->model);
  g_clear_object (&fixture->service);
  g_clear_object (&fixture->settings);
  inf_desktop_node_free (fixture->node);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  inf_gui_test_remove_dir (fixture->dir);
}

/* @name: of the screen and its state; the files' names begin with "client-" */
void
inf_client_fixture_shoot (InfClientFixture *fixture, const char *name)
{
  g_autofree char *file = g_strconcat ("client-", name, NULL);

  inf_gui_test_screenshots (GTK_WINDOW (fixture->window), file);
}

gboolean
inf_client_fixture_was_called (InfClientFixture *fixture, const char *call)
{
  return inf_desktop_node_find_call (fixture->node, call) != NULL;
}

/* As a file manager does when @file is let go of above @widget.
 * Returns: whether it is taken */
gboolean
inf_client_fixture_drop (GtkWidget *widget, GFile *file)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean is_taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (&file, 1));
  for (guint i = 0; !is_taken && i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 0.0, 0.0, &is_taken);
    }
  return is_taken;
}

/* Returns: (transfer full): what the app calls the copy that @call asks for: its last argument */
char *
inf_client_fixture_get_copy_id (InfClientFixture *fixture, const char *call)
{
  const char *found = inf_desktop_node_find_call (fixture->node, call);
  const char *id = found ? strstr (found, "'copy-") : NULL;

  g_assert_nonnull (id);
  return g_strndup (id + 1, strcspn (id + 1, "'"));
}

/* Returns: (transfer none) (nullable): a window above the window that can be seen */
GtkWidget *
inf_client_fixture_find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      if (gtk_window_get_transient_for (GTK_WINDOW (window)) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}
