#include "client-app/inf-client-settings.h"

#include "widgets/inf-settings-window.h"

/**
 * inf_client_settings_show:
 * @parent: the window it is shown above
 * @model: whose identity and grid
 * @settings: the app's own
 *
 * Returns: (transfer none): the window
 */
GtkWidget *
inf_client_settings_show (GtkWindow *parent, InfClientModel *model, GSettings *settings)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/infinitygrid/Client/inf-client-settings.ui");
  InfSettingsWindow *window
      = inf_settings_window_new (parent, inf_client_model_get_service (model));

  g_settings_bind (settings, "notify-jobs", gtk_builder_get_object (builder, "jobs"), "active",
                   G_SETTINGS_BIND_DEFAULT);
  inf_settings_window_add (
      window, ADW_PREFERENCES_GROUP (gtk_builder_get_object (builder, "notifications")));
  inf_settings_window_show (window);
  return GTK_WIDGET (window);
}
