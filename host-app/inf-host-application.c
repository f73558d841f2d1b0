#include "host-app/inf-host-application-private.h"

#include "host-app/inf-host-notices.h"
#include "host-app/inf-host-settings.h"
#include "host-app/inf-host-window.h"
#include "inf-host-resources.h"

#include <glib/gi18n.h>

/**
 * InfHostApplication:
 *
 * infinity-host. It goes on without a window, so that it can ask and notify; the computer is shared
 * by infinityd, with or without it.
 */
struct _InfHostApplication
{
  InfApplication parent_instance;

  InfHostModel *model;
  InfHostNotices *notices;
  gboolean starts_service; /* where it does not run */
};

G_DEFINE_FINAL_TYPE (InfHostApplication, inf_host_application, INF_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "background", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Start without a window"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, N_ ("[INVITE]") },
  { NULL },
};

/* Said once: who closes the window for the first time may think that sharing ends with it. */
static void
tell_that_sharing_goes_on (InfHostApplication *self)
{
  GSettings *settings = inf_application_get_settings (INF_APPLICATION (self));
  g_autoptr (GNotification) notification = NULL;

  if (g_settings_get_boolean (settings, "told-about-background"))
    return;
  g_settings_set_boolean (settings, "told-about-background", TRUE);
  notification = g_notification_new (_ ("Infinity goes on without its window"));
  g_notification_set_body (notification,
                           _ ("This computer is shared as before. Open Infinity Host again to"
                              " pause or disconnect it."));
  g_notification_set_default_action (notification, "app.activate");
  g_application_send_notification (G_APPLICATION (self), "background", notification);
}

static gboolean
on_close_request (GtkWindow *window, gpointer user_data)
{
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
  tell_that_sharing_goes_on (user_data);
  return GDK_EVENT_STOP;
}

/* Who shares from log-in on wants it to run, not to be told that it doesn't. Once: where it can't,
 * the window says why. */
static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfHostApplication *self = user_data;
  gboolean starts = self->starts_service && inf_service_get_state (service) == INF_SERVICE_DOWN;

  if (inf_service_get_state (service) != INF_SERVICE_CONNECTING)
    self->starts_service = FALSE;
  if (starts)
    inf_service_start (service);
}

static void
inf_host_application_start (InfApplication *application)
{
  InfHostApplication *self = INF_HOST_APPLICATION (application);
  InfService *service = inf_application_get_service (application);

  self->model = inf_host_model_new (service);
  self->notices = inf_host_notices_new (G_APPLICATION (self), self->model,
                                        inf_application_get_settings (application));
  inf_host_application_add_actions (self);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (on_service_state), self, 0);
  g_application_hold (G_APPLICATION (self));
}

static GtkWindow *
inf_host_application_make_window (InfApplication *application)
{
  InfHostWindow *window = inf_host_window_new (GTK_APPLICATION (application),
                                               INF_HOST_APPLICATION (application)->model,
                                               inf_application_get_settings (application));

  g_signal_connect (window, "close-request", G_CALLBACK (on_close_request), application);
  return GTK_WINDOW (window);
}

static void
inf_host_application_show_settings (InfApplication *application, GtkWindow *parent)
{
  inf_host_settings_show (parent, INF_HOST_APPLICATION (application)->model,
                          inf_application_get_settings (application));
}

/* A link was opened: an invite. */
static void
inf_host_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  GtkWindow *window = inf_application_present (INF_APPLICATION (application));
  g_autofree char *uri = n_files ? g_file_get_uri (files[0]) : NULL;

  if (uri)
    inf_host_window_take_invite (INF_HOST_WINDOW (window), uri);
}

static int
inf_host_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  InfHostApplication *self = INF_HOST_APPLICATION (application);
  InfService *service = inf_application_get_service (INF_APPLICATION (self));
  GVariantDict *dict = g_application_command_line_get_options_dict (line);
  g_autofree const char **invites = NULL;
  GtkWindow *window;

  if (g_variant_dict_contains (dict, "background"))
    {
      self->starts_service = inf_service_get_state (service) != INF_SERVICE_UP;
      on_service_state (service, NULL, self);
      return 0;
    }
  window = inf_application_present (INF_APPLICATION (self));
  if (g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&s", &invites))
    inf_host_window_take_invite (INF_HOST_WINDOW (window), invites[0]);
  return 0;
}

static void
inf_host_application_finalize (GObject *object)
{
  InfHostApplication *self = INF_HOST_APPLICATION (object);

  g_clear_object (&self->notices);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_host_application_parent_class)->finalize (object);
}

static void
inf_host_application_class_init (InfHostApplicationClass *klass)
{
  InfApplicationClass *application_class = INF_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_host_application_finalize;
  G_APPLICATION_CLASS (klass)->open = inf_host_application_open;
  G_APPLICATION_CLASS (klass)->command_line = inf_host_application_command_line;
  application_class->summary = N_ ("Shares this computer with a grid");
  application_class->start = inf_host_application_start;
  application_class->make_window = inf_host_application_make_window;
  application_class->show_settings = inf_host_application_show_settings;
}

static void
inf_host_application_init (InfHostApplication *self)
{
  g_resources_register (inf_host_get_resource ());
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("Shares this computer with a grid, and shows what it does there."));
}

/* Returns: (transfer full): the application */
InfHostApplication *
inf_host_application_new (void)
{
  return g_object_new (INF_TYPE_HOST_APPLICATION, "application-id", INF_HOST_APPLICATION_ID,
                       "resource-base-path", "/org/infinitygrid/Host", "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN, NULL);
}

/* Returns: (transfer none): what the windows show */
InfHostModel *
inf_host_application_get_model (InfHostApplication *self)
{
  return self->model;
}
