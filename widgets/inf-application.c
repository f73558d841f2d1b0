#include "widgets/inf-application.h"

#include "config.h"
#include "widgets/inf-about.h"
#include "widgets/inf-help.h"
#include "widgets/inf-unlock.h"
#include "widgets/inf-widgets.h"

#include <glib/gi18n.h>

#define FIRST_PAGE_TIMEOUT_MS 300

/**
 * InfApplication:
 *
 * What both apps are: one process for each session with one window, a connection to infinityd, and
 * settings by the app's id. Its help is the resource `help.ui`.
 */
typedef struct
{
  InfService *service;
  GSettings *settings;
  GtkWindow *window; /* weak */
  guint present_id;  /* the window waits for its first page */
} InfApplicationPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (InfApplication, inf_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version"), NULL },
  { NULL },
};

static InfApplicationPrivate *
get_private (gpointer self)
{
  return inf_application_get_instance_private (self);
}

static void
do_activate (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_application_present (user_data);
}

static void
do_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_about_show (gtk_application_get_active_window (user_data),
                  g_application_get_application_id (user_data), g_get_application_name (),
                  _ (INF_APPLICATION_GET_CLASS (user_data)->summary));
}

static void
do_settings (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  INF_APPLICATION_GET_CLASS (user_data)->show_settings (
      user_data, gtk_application_get_active_window (user_data));
}

static void
do_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *resource
      = g_strconcat (g_application_get_resource_base_path (user_data), "/help.ui", NULL);

  inf_help_show (gtk_application_get_active_window (user_data), resource);
}

static void
do_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static const GActionEntry entries[] = {
  { "about", do_about }, { "activate", do_activate }, { "help", do_help },
  { "quit", do_quit },   { "settings", do_settings },
};

static const InfApplicationKeys keys_of_both[] = {
  { "app.quit", { "<Primary>q", NULL } },
  { "app.settings", { "<Primary>comma", NULL } },
  { "app.help", { "F1", NULL } },
  { "win.close", { "<Primary>w", NULL } },
  { "win.search", { "<Primary>f", NULL } },
  { "win.show-help-overlay", { "<Primary>question", NULL } },
};

static gboolean
present_now (gpointer user_data)
{
  InfApplicationPrivate *private = get_private (user_data);

  private->present_id = 0;
  if (private->window)
    gtk_window_present (private->window);
  return G_SOURCE_REMOVE;
}

static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfApplicationPrivate *private = get_private (user_data);

  if (private->present_id)
    {
      g_source_remove (private->present_id);
      /* once all who follow the service know */
      private->present_id = g_idle_add_full (G_PRIORITY_DEFAULT, present_now, user_data, NULL);
    }
  if (inf_service_get_state (service) == INF_SERVICE_UP)
    inf_unlock_remembered (service);
}

static void
inf_application_startup (GApplication *application)
{
  InfApplication *self = INF_APPLICATION (application);
  InfApplicationPrivate *private = get_private (self);

  G_APPLICATION_CLASS (inf_application_parent_class)->startup (application);
  inf_widgets_init ();
  gtk_window_set_default_icon_name (g_application_get_application_id (application));
  private->settings = g_settings_new (g_application_get_application_id (application));
  private->service = inf_service_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  inf_application_set_keys (self, keys_of_both, G_N_ELEMENTS (keys_of_both));
  INF_APPLICATION_GET_CLASS (self)->start (self);
  g_signal_connect (private->service, "notify::state", G_CALLBACK (on_service_state), self);
  inf_service_open (private->service);
}

static void
inf_application_shutdown (GApplication *application)
{
  InfApplicationPrivate *private = get_private (application);

  g_clear_handle_id (&private->present_id, g_source_remove);
  if (private->window)
    gtk_window_destroy (private->window);
  if (private->service)
    inf_service_close (private->service);
  G_APPLICATION_CLASS (inf_application_parent_class)->shutdown (application);
}

static void
inf_application_activate (GApplication *application)
{
  inf_application_present (INF_APPLICATION (application));
}

static int
inf_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  if (!g_variant_dict_contains (dict, "version"))
    return -1;
  g_print ("%s %s\n", g_get_prgname (), INF_VERSION);
  return 0;
}

static void
inf_application_finalize (GObject *object)
{
  InfApplicationPrivate *private = get_private (object);

  g_clear_weak_pointer (&private->window);
  if (private->service)
    g_signal_handlers_disconnect_by_data (private->service, object);
  g_clear_object (&private->service);
  g_clear_object (&private->settings);
  G_OBJECT_CLASS (inf_application_parent_class)->finalize (object);
}

static void
inf_application_class_init (InfApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_application_finalize;
  application_class->startup = inf_application_startup;
  application_class->shutdown = inf_application_shutdown;
  application_class->activate = inf_application_activate;
  application_class->handle_local_options = inf_application_handle_local_options;
}

static void
inf_application_init (InfApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/* Returns: (transfer none): the connection to infinityd, %NULL before the app is started */
InfService *
inf_application_get_service (InfApplication *self)
{
  return get_private (self)->service;
}

/* Returns: (transfer none): the app's, %NULL before it is started */
GSettings *
inf_application_get_settings (InfApplication *self)
{
  return get_private (self)->settings;
}

/**
 * inf_application_set_keys:
 * @self: the application
 * @keys: what to press for an action, in place of what was pressed for it
 * @n_keys: how many
 */
void
inf_application_set_keys (InfApplication *self, const InfApplicationKeys *keys, guint n_keys)
{
  for (guint i = 0; i < n_keys; i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].keys);
}

/**
 * inf_application_present:
 * @self: the application
 *
 * Shows the window, the same one as before where there was one. A new one is shown with its first
 * page: as soon as it is known whether infinityd runs, which takes no time where it answers.
 *
 * Returns: (transfer none): the window
 */
GtkWindow *
inf_application_present (InfApplication *self)
{
  InfApplicationPrivate *private = get_private (self);

  if (!private->window)
    g_set_weak_pointer (&private->window, INF_APPLICATION_GET_CLASS (self)->make_window (self));
  if (inf_service_get_state (private->service) != INF_SERVICE_CONNECTING)
    gtk_window_present (private->window);
  else if (!private->present_id)
  private->present_id = g_timeout_add (FIRST_PAGE_TIMEOUT_MS, present_now, self);
  return private->window;
}
