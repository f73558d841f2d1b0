#include "widgets/inf-help.h"

/**
 * inf_help_show:
 * @parent: (nullable): the window it is shown above
 * @resource: an app's help, a window of the id "help"
 *
 * Returns: (transfer none): the window
 */
GtkWidget *
inf_help_show (GtkWindow *parent, const char *resource)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (resource);
  GtkWidget *window = GTK_WIDGET (gtk_builder_get_object (builder, "help"));

  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}
