#include "client-app/inf-client-application-private.h"

#include "client-app/inf-client-notices.h"
#include "client-app/inf-client-window.h"
#include "config.h"
#include "inf-client-resources.h"
#include "widgets/inf-unlock.h"
#include "widgets/inf-widgets.h"

#include <glib/gi18n.h>

/**
 * InfClientApplication:
 *
 * infinity-client: one process for each session. Jobs are infinityd's, with or without it; it goes
 * on without a window while one lasts, to tell that it has ended.
 */
struct _InfClientApplication
{
  AdwApplication parent_instance;

  InfService *service;
  InfClientModel *model;
  InfClientNotices *notices;
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (InfClientApplication, inf_client_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version"), NULL },
  { NULL },
};

static InfClientWindow *
find_window (InfClientApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l; l = l->next)
    if (INF_IS_CLIENT_WINDOW (l->data))
      return l->data;
  return NULL;
}

static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  if (inf_service_get_state (service) == INF_SERVICE_UP)
    inf_unlock_remembered (service);
}

static void
inf_client_application_startup (GApplication *application)
{
  InfClientApplication *self = INF_CLIENT_APPLICATION (application);

  G_APPLICATION_CLASS (inf_client_application_parent_class)->startup (application);
  inf_widgets_init ();
  gtk_window_set_default_icon_name (INF_CLIENT_APPLICATION_ID);
  self->settings = g_settings_new (INF_CLIENT_APPLICATION_ID);
  self->service = inf_service_new ();
  self->model = inf_client_model_new (self->service);
  self->notices = inf_client_notices_new (application, self->model, self->settings);
  inf_client_application_add_actions (self);
  g_signal_connect (self->service, "notify::state", G_CALLBACK (on_service_state), self);
  inf_service_open (self->service);
}

static void
inf_client_application_shutdown (GApplication *application)
{
  InfClientApplication *self = INF_CLIENT_APPLICATION (application);
  InfClientWindow *window = find_window (self);

  if (window)
    gtk_window_destroy (GTK_WINDOW (window));
  if (self->service)
    inf_service_close (self->service);
  G_APPLICATION_CLASS (inf_client_application_parent_class)->shutdown (application);
}

static void
inf_client_application_activate (GApplication *application)
{
  inf_client_application_present (INF_CLIENT_APPLICATION (application));
}

/* A job file, or a link: an invite. */
static void
inf_client_application_open (GApplication *application, GFile **files, int n_files,
                             const char *hint)
{
  GtkWindow *window = inf_client_application_present (INF_CLIENT_APPLICATION (application));

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      if (g_str_has_prefix (uri, "infinity:"))
        inf_client_window_take_invite (INF_CLIENT_WINDOW (window), uri);
      else
        inf_client_window_open_job_file (INF_CLIENT_WINDOW (window), files[i]);
    }
}

static int
inf_client_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  if (!g_variant_dict_contains (dict, "version"))
    return -1;
  g_print ("infinity-client %s\n", INF_VERSION);
  return 0;
}

static void
inf_client_application_finalize (GObject *object)
{
  InfClientApplication *self = INF_CLIENT_APPLICATION (object);

  g_clear_object (&self->notices);
  g_clear_object (&self->model);
  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (inf_client_application_parent_class)->finalize (object);
}

static void
inf_client_application_class_init (InfClientApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_client_application_finalize;
  application_class->startup = inf_client_application_startup;
  application_class->shutdown = inf_client_application_shutdown;
  application_class->activate = inf_client_application_activate;
  application_class->open = inf_client_application_open;
  application_class->handle_local_options = inf_client_application_handle_local_options;
}

static void
inf_client_application_init (InfClientApplication *self)
{
  g_resources_register (inf_client_get_resource ());
  g_application_add_main_option_entries (G_APPLICATION (self), options);
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

/* Returns: (transfer none): what the windows show */
InfClientModel *
inf_client_application_get_model (InfClientApplication *self)
{
  return self->model;
}

GSettings *
inf_client_application_get_settings (InfClientApplication *self)
{
  return self->settings;
}

/**
 * inf_client_application_present:
 * @self: the application
 *
 * Shows the window, the same one as before where there was one.
 *
 * Returns: (transfer none): the window
 */
GtkWindow *
inf_client_application_present (InfClientApplication *self)
{
  InfClientWindow *window = find_window (self);

  if (!window)
    window = inf_client_window_new (GTK_APPLICATION (self), self->model, self->settings);
  gtk_window_present (GTK_WINDOW (window));
  return GTK_WINDOW (window);
}
