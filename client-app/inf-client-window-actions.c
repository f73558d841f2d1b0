#include "client-app/inf-client-window-private.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"
#include "widgets/inf-invite-window.h"
#include "widgets/inf-leave.h"
#include "widgets/inf-log-window.h"

#include <glib/gi18n.h>

static InfService *
get_service (InfClientWindow *self)
{
  return inf_client_model_get_service (inf_client_window_get_model (self));
}

static void
do_show_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_page (user_data, g_variant_get_string (parameter, NULL));
}

static void
do_show_job (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_job (user_data, g_variant_get_string (parameter, NULL));
}

static void
do_show_result (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_result (user_data, g_variant_get_string (parameter, NULL));
}

static void
do_submit_again (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_take_spec (user_data, parameter);
}

static void
do_run (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_run (user_data);
}

static void
do_open_job_file (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_show_page (user_data, "submit");
  inf_client_submit_choose_job_file (inf_client_window_get_submit (user_data));
}

static void
do_save_job_file (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_submit_save_job_file (inf_client_window_get_submit (user_data));
}

static void
do_search (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_client_window_search (user_data);
}

static void
do_invite (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  inf_invite_window_show (user_data, get_service (user_data));
}

/* Shows what infinityd writes. */
static void
do_show_log (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *state_dir = inf_paths_state_dir ();
  g_autofree char *path = g_build_filename (state_dir, "daemon.log", NULL);

  inf_log_window_show (user_data, _ ("Log of This Computer"), path);
}

static void lock (gpointer window, const char *how);

static void
on_locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (inf_dbus_identity1_call_lock_finish (INF_DBUS_IDENTITY1 (source), result, &error)
      || !inf_client_window_get_model (self))
    return;
  if (!g_error_matches (error, INF_ERROR, INF_ERROR_REFUSED))
    {
      inf_client_model_report (inf_client_window_get_model (self), error);
      return;
    }
  g_dbus_error_strip_remote_error (error);
  inf_leave_ask (GTK_WINDOW (self), _ ("Sign Out While a Job Runs?"), error->message, lock);
}

/* @how: "" asks where something runs, of one's own or of somebody else; "finish" or "stop" */
static void
lock (gpointer window, const char *how)
{
  InfDBusIdentity1 *identity = inf_service_get_identity (get_service (window));

  if (identity)
    inf_dbus_identity1_call_lock (identity, how, NULL, on_locked, g_object_ref (window));
}

static void
do_sign_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  lock (user_data, "");
}

static void
do_close (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_close (user_data);
}

static const GActionEntry entries[] = {
  { "close", do_close },
  { "invite", do_invite },
  { "open-job-file", do_open_job_file },
  { "run", do_run },
  { "save-job-file", do_save_job_file },
  { "search", do_search },
  { "show-job", do_show_job, "s" },
  { "show-log", do_show_log },
  { "show-page", do_show_page, "s" },
  { "show-result", do_show_result, "s" },
  { "sign-out", do_sign_out },
  { "submit-again", do_submit_again, "a{sv}" },
};

void
inf_client_window_add_actions (InfClientWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

static void
enable (InfClientWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

/* An action that would be refused can't be chosen. */
void
inf_client_window_update_actions (InfClientWindow *self)
{
  static const char *const of_main[]
      = { "open-job-file", "save-job-file", "search",      "show-job",
          "show-page",     "show-result",   "submit-again" };
  gboolean is_main = g_str_equal (inf_client_window_get_page (self), "main");
  InfDBusNode1 *node = inf_service_get_node (get_service (self));
  InfDBusIdentity1 *identity = inf_service_get_identity (get_service (self));

  for (guint i = 0; i < G_N_ELEMENTS (of_main); i++)
    enable (self, of_main[i], is_main);
  enable (self, "sign-out", is_main && identity && inf_dbus_identity1_get_sealed (identity));
  enable (self, "run", is_main && inf_client_submit_can_run (inf_client_window_get_submit (self)));
  enable (self, "invite", is_main && node && inf_dbus_node1_get_is_founder (node));
}
