#include "widgets/inf-about.h"

#include "config.h"

#include <glib/gi18n.h>

/**
 * inf_about_show:
 * @parent: (nullable): the window it is shown above
 * @application_id: the app's id, also its icon's
 * @name: the app's name
 * @summary: what it is for, in a few words
 */
void
inf_about_show (GtkWindow *parent, const char *application_id, const char *name,
                const char *summary)
{
  adw_show_about_window (parent, "application-icon", application_id, "application-name", name,
                         "version", INF_VERSION, "comments", summary, "developer-name",
                         _ ("The Infinity project"), "license-type", GTK_LICENSE_MIT_X11,
                         "copyright", _ ("© The Infinity authors"), "translator-credits",
                         /* Translators: your names, one a line */
                         _ ("translator-credits"), NULL);
}
