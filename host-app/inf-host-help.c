#include "host-app/inf-host-help.h"

/**
 * inf_host_help_show:
 * @parent: (nullable): the window it is shown above
 *
 * Returns: (transfer none): a window with what an owner wants to know first
 */
GtkWidget *
inf_host_help_show (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/infinitygrid/Host/inf-host-help.ui");
  GtkWidget *window = GTK_WIDGET (gtk_builder_get_object (builder, "help"));

  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}
