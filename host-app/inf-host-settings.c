#include "host-app/inf-host-settings.h"

#include "host-app/inf-login-start.h"
#include "widgets/inf-settings-window.h"

/* What is the app's own. The rules of sharing have a screen of their own. */

static void
on_login_switched (GtkSwitch *login, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!inf_login_start_set (gtk_switch_get_active (login), &error))
    inf_settings_window_say (user_data, error->message);
}

/**
 * inf_host_settings_show:
 * @parent: the window it is shown above
 * @model: whose identity and grid
 * @settings: the app's own
 *
 * Returns: (transfer none): the window
 */
GtkWidget *
inf_host_settings_show (GtkWindow *parent, InfHostModel *model, GSettings *settings)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/infinitygrid/Host/inf-host-settings.ui");
  InfSettingsWindow *window = inf_settings_window_new (parent, inf_host_model_get_service (model));
  GObject *login = gtk_builder_get_object (builder, "login");

  gtk_switch_set_active (GTK_SWITCH (login), inf_login_start_is_on ());
  g_signal_connect_object (login, "notify::active", G_CALLBACK (on_login_switched), window, 0);
  g_settings_bind (settings, "notify-requests", gtk_builder_get_object (builder, "requests"),
                   "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notify-jobs", gtk_builder_get_object (builder, "jobs"), "active",
                   G_SETTINGS_BIND_DEFAULT);
  inf_settings_window_add (window,
                           ADW_PREFERENCES_GROUP (gtk_builder_get_object (builder, "general")));
  inf_settings_window_add (
      window, ADW_PREFERENCES_GROUP (gtk_builder_get_object (builder, "notifications")));
  inf_settings_window_show (window);
  return GTK_WIDGET (window);
}
