#include "host-app/inf-host-window-private.h"

#include "widgets/inf-leave.h"

#include <glib/gi18n.h>

#define HOUR_S 3600

static void
disconnect (gpointer window, const char *how)
{
  inf_host_model_disconnect (inf_host_window_get_model (window), how);
}

static void
sign_out (gpointer window, const char *how)
{
  inf_host_model_sign_out (inf_host_window_get_model (window), how);
}

/* A job of somebody else runs: it is the owner who says what becomes of it. */
static void
ask_where_jobs_run (InfHostWindow *self, const char *heading, InfLeaveFunc leave)
{
  guint n_running = inf_host_model_get_n_running (inf_host_window_get_model (self));
  g_autofree char *body = g_strdup_printf (
      ngettext ("%u job of somebody else runs here. If you stop it now, its owner has to start"
                " again; what was paid so far stays yours.",
                "%u jobs of others run here. If you stop them now, their owners have to start"
                " again; what was paid so far stays yours.",
                n_running),
      n_running);

  if (n_running)
    inf_leave_ask (GTK_WINDOW (self), heading, body, leave);
  else
    leave (self, "");
}

static void
do_connect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_model_connect (inf_host_window_get_model (user_data));
}

static void
do_disconnect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ask_where_jobs_run (user_data, _ ("Disconnect While a Job Runs?"), disconnect);
}

static void
do_pause (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *until = g_variant_get_string (parameter, NULL);
  gboolean is_hour = g_str_equal (until, "hour");

  inf_host_model_pause (inf_host_window_get_model (user_data), is_hour ? "time" : until,
                        is_hour ? HOUR_S : 0);
}

static void
do_resume (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_model_resume (inf_host_window_get_model (user_data));
}

static void
do_stop_lease (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_model_stop_lease (inf_host_window_get_model (user_data),
                             g_variant_get_string (parameter, NULL));
}

static void
do_sign_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ask_where_jobs_run (user_data, _ ("Sign Out While a Job Runs?"), sign_out);
}

static void
do_invite (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_window_invite (user_data);
}

static void
do_show_log (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_window_show_log (user_data);
}

static void
do_search (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_window_search (user_data);
}

static void
do_show_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_host_window_show_page (user_data, g_variant_get_string (parameter, NULL));
}

static void
do_close (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_close (user_data);
}

static const GActionEntry entries[] = {
  { "close", do_close },
  { "connect", do_connect },
  { "disconnect", do_disconnect },
  { "invite", do_invite },
  { "pause", do_pause, "s" },
  { "resume", do_resume },
  { "search", do_search },
  { "show-log", do_show_log },
  { "show-page", do_show_page, "s" },
  { "sign-out", do_sign_out },
  { "stop-lease", do_stop_lease, "s" },
};

void
inf_host_window_add_actions (InfHostWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

static void
enable (InfHostWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

/* An action that would be refused can't be chosen. */
void
inf_host_window_update_actions (InfHostWindow *self)
{
  InfHostModel *model = inf_host_window_get_model (self);
  gboolean is_main = g_str_equal (inf_host_window_get_page (self), "main");
  gboolean is_connected = inf_host_model_is_connected (model);
  InfService *service = inf_host_model_get_service (model);
  InfDBusIdentity1 *identity = inf_service_get_identity (service);
  InfDBusNode1 *node = inf_service_get_node (service);

  enable (self, "connect", is_main && !is_connected);
  enable (self, "disconnect", is_main && is_connected);
  enable (self, "pause", is_main && is_connected);
  enable (self, "resume", is_main && inf_host_model_is_snoozed (model));
  enable (self, "sign-out", is_main && identity && inf_dbus_identity1_get_sealed (identity));
  enable (self, "show-page", is_main);
  enable (self, "search", is_main);
  enable (self, "invite", is_main && node && inf_dbus_node1_get_is_founder (node));
}
