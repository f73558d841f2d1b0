#include "client-app/inf-client-application-private.h"

#include "client-app/inf-client-notices.h"
#include "client-app/inf-client-settings.h"
#include "client-app/inf-client-window.h"
#include "inf-client-resources.h"

#include <glib/gi18n.h>

/**
 * InfClientApplication:
 *
 * infinity-client. Jobs are infinityd's, with or without it; it goes on without a window while one
 * lasts, to tell that it has ended.
 */
struct _InfClientApplication
{
  InfApplication parent_instance;

  InfClientModel *model;
  InfClientNotices *notices;
};

G_DEFINE_FINAL_TYPE (InfClientApplication, inf_client_application, INF_TYPE_APPLICATION)

static void
inf_client_application_start (InfApplication *application)
{
  InfClientApplication *self = INF_CLIENT_APPLICATION (application);

  self->model = inf_client_model_new (inf_application_get_service (application));
  self->notices = inf_client_notices_new (G_APPLICATION (self), self->model,
                                          inf_application_get_settings (application));
  inf_client_application_add_actions (self);
}

static GtkWindow *
inf_client_application_make_window (InfApplication *application)
{
  return GTK_WINDOW (inf_client_window_new (GTK_APPLICATION (application),
                                            INF_CLIENT_APPLICATION (application)->model,
                                            inf_application_get_settings (application)));
}

static void
inf_client_application_show_settings (InfApplication *application, GtkWindow *parent)
{
  inf_client_settings_show (parent, INF_CLIENT_APPLICATION (application)->model,
                            inf_application_get_settings (application));
}

/* A job file, or a link: an invite. */
static void
inf_client_application_open (GApplication *application, GFile **files, int n_files,
                             const char *hint)
{
  GtkWindow *window = inf_application_present (INF_APPLICATION (application));

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      if (g_str_has_prefix (uri, "infinity:"))
        inf_client_window_take_invite (INF_CLIENT_WINDOW (window), uri);
      else
        inf_client_window_open_job_file (INF_CLIENT_WINDOW (window), files[i]);
    }
}

static void
inf_client_application_finalize (GObject *object)
{
  InfClientApplication *self = INF_CLIENT_APPLICATION (object);

  g_clear_object (&self->notices);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_client_application_parent_class)->finalize (object);
}

static void
inf_client_application_class_init (InfClientApplicationClass *klass)
{
  InfApplicationClass *application_class = INF_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_client_application_finalize;
  G_APPLICATION_CLASS (klass)->open = inf_client_application_open;
  application_class->summary = N_ ("Runs programs on the computers of a grid");
  application_class->start = inf_client_application_start;
  application_class->make_window = inf_client_application_make_window;
  application_class->show_settings = inf_client_application_show_settings;
}

static void
inf_client_application_init (InfClientApplication *self)
{
  g_resources_register (inf_client_get_resource ());
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("Runs programs on the computers of a grid, and shows how they do."));
}

/* Returns: (transfer full): the application */
InfClientApplication *
inf_client_application_new (void)
{
  return g_object_new (INF_TYPE_CLIENT_APPLICATION, "application-id", INF_CLIENT_APPLICATION_ID,
                       "resource-base-path", "/org/infinitygrid/Client", "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}
