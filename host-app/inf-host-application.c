#include "host-app/inf-host-application-private.h"

#include "host-app/inf-host-notices.h"
#include "host-app/inf-host-window.h"
#include "config.h"
#include "inf-host-resources.h"
#include "widgets/inf-unlock.h"
#include "widgets/inf-widgets.h"

#include <glib/gi18n.h>

#define FIRST_PAGE_TIMEOUT_MS 300

/**
 * InfHostApplication:
 *
 * infinity-host: one process for each session. It goes on without a window, so that it can ask and
 * notify; the computer is shared by infinityd, with or without it.
 */
struct _InfHostApplication
{
  AdwApplication parent_instance;

  InfService *service;
  InfHostModel *model;
  InfHostNotices *notices;
  GSettings *settings;
  gboolean starts_service; /* where it does not run */
  guint present_id;        /* the window waits for its first page */
};

G_DEFINE_FINAL_TYPE (InfHostApplication, inf_host_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "background", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Start without a window"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, N_ ("[INVITE]") },
  { NULL },
};

static InfHostWindow *
find_window (InfHostApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l; l = l->next)
    if (INF_IS_HOST_WINDOW (l->data))
      return l->data;
  return NULL;
}

/* Said once: who closes the window for the first time may think that sharing ends with it. */
static void
tell_that_sharing_goes_on (InfHostApplication *self)
{
  g_autoptr (GNotification) notification = NULL;

  if (g_settings_get_boolean (self->settings, "told-about-background"))
    return;
  g_settings_set_boolean (self->settings, "told-about-background", TRUE);
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

static gboolean
present_now (gpointer user_data)
{
  InfHostApplication *self = user_data;
  InfHostWindow *window = find_window (self);

  self->present_id = 0;
  if (window)
    gtk_window_present (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

/* Who shares from log-in on wants it to run, not to be told that it doesn't. Once: where it can't,
 * the window says why. */
static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfHostApplication *self = user_data;

  if (self->present_id)
    {
      g_source_remove (self->present_id);
      /* once all who follow the service know */
      self->present_id = g_idle_add_full (G_PRIORITY_DEFAULT, present_now, self, NULL);
    }
  if (inf_service_get_state (service) == INF_SERVICE_DOWN && self->starts_service)
    {
      self->starts_service = FALSE;
      inf_service_start (service);
    }
  else if (inf_service_get_state (service) == INF_SERVICE_UP)
    {
      self->starts_service = FALSE;
      inf_unlock_remembered (service);
    }
}

static void
inf_host_application_startup (GApplication *application)
{
  InfHostApplication *self = INF_HOST_APPLICATION (application);

  G_APPLICATION_CLASS (inf_host_application_parent_class)->startup (application);
  inf_widgets_init ();
  gtk_window_set_default_icon_name (INF_HOST_APPLICATION_ID);
  self->settings = g_settings_new (INF_HOST_APPLICATION_ID);
  self->service = inf_service_new ();
  self->model = inf_host_model_new (self->service);
  self->notices = inf_host_notices_new (application, self->model, self->settings);
  inf_host_application_add_actions (self);
  g_signal_connect (self->service, "notify::state", G_CALLBACK (on_service_state), self);
  inf_service_open (self->service);
  g_application_hold (application);
}

static void
inf_host_application_shutdown (GApplication *application)
{
  InfHostApplication *self = INF_HOST_APPLICATION (application);
  InfHostWindow *window = find_window (self);

  g_clear_handle_id (&self->present_id, g_source_remove);
  if (window)
    gtk_window_destroy (GTK_WINDOW (window));
  if (self->service)
    inf_service_close (self->service);
  G_APPLICATION_CLASS (inf_host_application_parent_class)->shutdown (application);
}

static void
inf_host_application_activate (GApplication *application)
{
  inf_host_application_present (INF_HOST_APPLICATION (application));
}

/* A link was opened: an invite. */
static void
inf_host_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  InfHostApplication *self = INF_HOST_APPLICATION (application);
  g_autofree char *uri = n_files ? g_file_get_uri (files[0]) : NULL;

  inf_host_application_present (self);
  if (uri)
    inf_host_window_take_invite (find_window (self), uri);
}

static int
inf_host_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  InfHostApplication *self = INF_HOST_APPLICATION (application);
  GVariantDict *dict = g_application_command_line_get_options_dict (line);
  g_autofree const char **invites = NULL;

  if (g_variant_dict_contains (dict, "background"))
    {
      self->starts_service = inf_service_get_state (self->service) != INF_SERVICE_UP;
      on_service_state (self->service, NULL, self);
      return 0;
    }
  inf_host_application_present (self);
  if (g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&s", &invites))
    inf_host_window_take_invite (find_window (self), invites[0]);
  return 0;
}

static int
inf_host_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  if (!g_variant_dict_contains (dict, "version"))
    return -1;
  g_print ("infinity-host %s\n", INF_VERSION);
  return 0;
}

static void
inf_host_application_finalize (GObject *object)
{
  InfHostApplication *self = INF_HOST_APPLICATION (object);

  g_clear_object (&self->notices);
  g_clear_object (&self->model);
  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (inf_host_application_parent_class)->finalize (object);
}

static void
inf_host_application_class_init (InfHostApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_host_application_finalize;
  application_class->startup = inf_host_application_startup;
  application_class->shutdown = inf_host_application_shutdown;
  application_class->activate = inf_host_application_activate;
  application_class->open = inf_host_application_open;
  application_class->command_line = inf_host_application_command_line;
  application_class->handle_local_options = inf_host_application_handle_local_options;
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

GSettings *
inf_host_application_get_settings (InfHostApplication *self)
{
  return self->settings;
}

/**
 * inf_host_application_present:
 * @self: the application
 *
 * Shows the window, the same one as before where there was one. A new one is shown with its first
 * page: as soon as it is known whether infinityd runs, which takes no time where it answers.
 */
void
inf_host_application_present (InfHostApplication *self)
{
  InfHostWindow *window = find_window (self);

  if (!window)
    {
      window = inf_host_window_new (GTK_APPLICATION (self), self->model, self->settings);
      g_signal_connect (window, "close-request", G_CALLBACK (on_close_request), self);
    }
  if (inf_service_get_state (self->service) != INF_SERVICE_CONNECTING)
    gtk_window_present (GTK_WINDOW (window));
  else if (!self->present_id)
    self->present_id = g_timeout_add (FIRST_PAGE_TIMEOUT_MS, present_now, self);
}
