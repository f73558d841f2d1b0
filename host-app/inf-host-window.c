#include "host-app/inf-host-window-private.h"

#include "common/inf-paths.h"
#include "host-app/inf-host-earnings.h"
#include "host-app/inf-host-home.h"
#include "host-app/inf-host-jobs.h"
#include "host-app/inf-host-sharing.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-adaptive.h"
#include "widgets/inf-gate.h"
#include "widgets/inf-invite-window.h"
#include "widgets/inf-log-window.h"
#include "widgets/inf-peers-page.h"

#include <glib/gi18n.h>

/**
 * InfHostWindow:
 *
 * The window: the screens behind the gate. Its actions are in inf-host-window-actions.c.
 */
struct _InfHostWindow
{
  AdwApplicationWindow parent_instance;

  InfHostModel *model;
  GSettings *settings;
  AdwToastOverlay *toasts;
  InfAdaptive *adaptive;
  GtkStack *title;
  InfGate *gate;
  AdwViewStack *pages;
  AdwViewSwitcherBar *bar;
  InfHostHome *home;
  InfHostJobs *jobs;
  InfHostEarnings *earnings;
  InfPeersPage *peers;
  InfHostSharing *sharing;
  InfPeerList *peer_list;
};

G_DEFINE_FINAL_TYPE (InfHostWindow, inf_host_window, ADW_TYPE_APPLICATION_WINDOW)

/* The switcher is where there is room for it: above, else below. */
static void
place_switcher (InfHostWindow *self)
{
  gboolean is_main = g_str_equal (inf_host_window_get_page (self), "main");
  gboolean is_narrow = inf_adaptive_is_narrow (self->adaptive);

  gtk_stack_set_visible_child_name (self->title, is_main && !is_narrow ? "switcher" : "title");
  adw_view_switcher_bar_set_reveal (self->bar, is_main && is_narrow);
  inf_host_jobs_set_narrow (self->jobs, is_narrow);
  inf_peers_page_set_narrow (self->peers, is_narrow);
}

static void
update (InfHostWindow *self)
{
  place_switcher (self);
  inf_host_window_update_actions (self);
}

static void
on_failed (InfHostModel *model, const char *message, gpointer user_data)
{
  inf_host_window_say (user_data, message);
}

static void
inf_host_window_dispose (GObject *object)
{
  InfHostWindow *self = INF_HOST_WINDOW (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  g_clear_object (&self->peer_list);
  G_OBJECT_CLASS (inf_host_window_parent_class)->dispose (object);
}

static void
inf_host_window_class_init (InfHostWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_host_window_dispose;
  g_type_ensure (INF_TYPE_HOST_EARNINGS);
  g_type_ensure (INF_TYPE_HOST_HOME);
  g_type_ensure (INF_TYPE_HOST_JOBS);
  g_type_ensure (INF_TYPE_HOST_SHARING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Host/inf-host-window.ui");
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, adaptive);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, title);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, gate);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, home);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, jobs);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, earnings);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, peers);
  gtk_widget_class_bind_template_child (widget_class, InfHostWindow, sharing);
}

static void
inf_host_window_init (InfHostWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->title));
  inf_accessible_follow_stack (GTK_WIDGET (self->pages));
  g_signal_connect_swapped (self->adaptive, "notify::narrow", G_CALLBACK (place_switcher), self);
  g_signal_connect_swapped (self->gate, "notify::page", G_CALLBACK (update), self);
  inf_host_window_add_actions (self);
}

/**
 * inf_host_window_new:
 * @application: the application
 * @model: what it shows
 * @settings: the app's own
 *
 * Returns: (transfer none): the window, not presented yet
 */
InfHostWindow *
inf_host_window_new (GtkApplication *application, InfHostModel *model, GSettings *settings)
{
  InfHostWindow *self = g_object_new (INF_TYPE_HOST_WINDOW, "application", application, NULL);

  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  inf_host_home_set_model (self->home, model);
  inf_host_jobs_set_model (self->jobs, model);
  inf_host_earnings_set_model (self->earnings, model);
  inf_host_sharing_set_model (self->sharing, model);
  self->peer_list = inf_peer_list_new ();
  inf_peer_list_follow (self->peer_list, inf_host_model_get_service (model));
  inf_peers_page_set_list (self->peers, self->peer_list);
  inf_gate_set_service (self->gate, inf_host_model_get_service (model));
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  g_signal_connect (model, "failed", G_CALLBACK (on_failed), self);
  update (self);
  return self;
}

InfHostModel *
inf_host_window_get_model (InfHostWindow *self)
{
  return self->model;
}

/* Returns: "service", "sign-in" or "main" */
const char *
inf_host_window_get_page (InfHostWindow *self)
{
  return inf_gate_get_page (self->gate);
}

/* @name: home, jobs, earnings, peers or sharing */
void
inf_host_window_show_page (InfHostWindow *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->pages, name);
}

/* Shows @message for a moment. */
void
inf_host_window_say (InfHostWindow *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* @text: an invite that was opened; it is used where there is no grid yet */
void
inf_host_window_take_invite (InfHostWindow *self, const char *text)
{
  if (!inf_gate_take_invite (self->gate, text))
    inf_host_window_say (self, _ ("This computer is in a grid already. Leave it first."));
}

void
inf_host_window_invite (InfHostWindow *self)
{
  inf_invite_window_show (GTK_WINDOW (self), inf_host_model_get_service (self->model));
}

/* Shows what infinityd writes. */
void
inf_host_window_show_log (InfHostWindow *self)
{
  g_autofree char *state_dir = inf_paths_state_dir ();
  g_autofree char *path = g_build_filename (state_dir, "daemon.log", NULL);

  inf_log_window_show (GTK_WINDOW (self), _ ("Log of This Computer"), path);
}

/* Searches where the screen has something to search. */
void
inf_host_window_search (InfHostWindow *self)
{
  const char *page = adw_view_stack_get_visible_child_name (self->pages);

  if (g_str_equal (page, "jobs"))
    inf_host_jobs_search (self->jobs);
  else
    {
      inf_host_window_show_page (self, "peers");
      inf_peers_page_search (self->peers);
    }
}
