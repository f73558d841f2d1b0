#include "widgets/inf-widgets.h"

#include "widgets/inf-adaptive.h"
#include "widgets/inf-credits-label.h"
#include "widgets/inf-gate.h"
#include "widgets/inf-peers-page.h"
#include "widgets/inf-plot.h"
#include "widgets/inf-preview.h"
#include "widgets/inf-service-page.h"
#include "widgets/inf-sidebar.h"
#include "widgets/inf-sign-in.h"
#include "widgets/inf-spinner.h"

#include "inf-widgets-resources.h"

#include <adwaita.h>

/**
 * inf_widgets_init:
 *
 * Makes the widgets known to GtkBuilder, and their templates and icons to GTK. Call it before
 * anything is built, after GTK is initialized.
 */
void
inf_widgets_init (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  /* a static library's resource would be left out by the linker without this */
  g_resources_register (inf_widgets_get_resource ());
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display),
                                    "/org/infinitygrid/widgets/icons");
  gtk_css_provider_load_from_resource (provider, "/org/infinitygrid/widgets/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_type_ensure (INF_TYPE_ADAPTIVE);
  g_type_ensure (INF_TYPE_CREDITS_LABEL);
  g_type_ensure (INF_TYPE_GATE);
  g_type_ensure (INF_TYPE_PEERS_PAGE);
  g_type_ensure (INF_TYPE_PLOT);
  g_type_ensure (INF_TYPE_PREVIEW);
  g_type_ensure (INF_TYPE_SERVICE_PAGE);
  g_type_ensure (INF_TYPE_SIDEBAR);
  g_type_ensure (INF_TYPE_SIGN_IN);
  g_type_ensure (INF_TYPE_SPINNER);
}
