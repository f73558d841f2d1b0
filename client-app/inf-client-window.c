#include "client-app/inf-client-window-private.h"

#include "client-app/inf-client-credits.h"
#include "client-app/inf-client-files.h"
#include "client-app/inf-client-jobs.h"
#include "client-app/inf-client-results.h"
#include "client-app/inf-client-submit.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-adaptive.h"
#include "widgets/inf-gate.h"
#include "widgets/inf-peers-page.h"

#include <glib/gi18n.h>

/**
 * InfClientWindow:
 *
 * The window: the screens behind the gate, with a sidebar beside them or a switcher below. Its
 * actions are in inf-client-window-actions.c.
 */
struct _InfClientWindow
{
  AdwApplicationWindow parent_instance;

  InfClientModel *model;
  AdwToastOverlay *toasts;
  InfAdaptive *adaptive;
  AdwWindowTitle *title;
  InfGate *gate;
  GtkWidget *sidebar;
  AdwViewStack *pages;
  AdwViewSwitcherBar *bar;
  InfClientSubmit *submit;
  InfClientJobs *jobs;
  InfClientResults *results;
  InfClientCredits *credits;
  InfClientFiles *files;
  InfPeersPage *peers;
  InfPeerList *peer_list;
};

G_DEFINE_FINAL_TYPE (InfClientWindow, inf_client_window, ADW_TYPE_APPLICATION_WINDOW)

/* The pages are chosen where there is room for it: beside, else below. */
static void
place_switcher (InfClientWindow *self)
{
  gboolean is_main = g_str_equal (inf_client_window_get_page (self), "main");
  gboolean is_narrow = inf_adaptive_is_narrow (self->adaptive);

  gtk_widget_set_visible (self->sidebar, !is_narrow);
  adw_view_switcher_bar_set_reveal (self->bar, is_main && is_narrow);
  /* one that is not revealed is read by screen readers all the same */
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_main && is_narrow);
  inf_client_jobs_set_narrow (self->jobs, is_narrow);
  inf_client_results_set_narrow (self->results, is_narrow);
  inf_client_credits_set_narrow (self->credits, is_narrow);
  inf_client_files_set_narrow (self->files, is_narrow);
  inf_peers_page_set_narrow (self->peers, is_narrow);
}

/* The window is called by what it shows. */
static void
update_title (InfClientWindow *self)
{
  GtkWidget *child = adw_view_stack_get_visible_child (self->pages);
  gboolean is_main = g_str_equal (inf_client_window_get_page (self), "main");
  const char *title = _ ("Infinity Client");

  if (is_main && child)
    title = adw_view_stack_page_get_title (adw_view_stack_get_page (self->pages, child));
  adw_window_title_set_title (self->title, title);
}

static void
update (InfClientWindow *self)
{
  place_switcher (self);
  update_title (self);
  inf_client_window_update_actions (self);
}

static void
on_said (InfClientModel *model, const char *message, gpointer user_data)
{
  inf_client_window_say (user_data, message);
}

static void
inf_client_window_dispose (GObject *object)
{
  InfClientWindow *self = INF_CLIENT_WINDOW (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->peer_list);
  G_OBJECT_CLASS (inf_client_window_parent_class)->dispose (object);
}

static void
inf_client_window_class_init (InfClientWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_window_dispose;
  g_type_ensure (INF_TYPE_CLIENT_CREDITS);
  g_type_ensure (INF_TYPE_CLIENT_FILES);
  g_type_ensure (INF_TYPE_CLIENT_JOBS);
  g_type_ensure (INF_TYPE_CLIENT_RESULTS);
  g_type_ensure (INF_TYPE_CLIENT_SUBMIT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-window.ui");
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, adaptive);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, title);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, gate);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, submit);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, jobs);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, results);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, credits);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, files);
  gtk_widget_class_bind_template_child (widget_class, InfClientWindow, peers);
}

static void
inf_client_window_init (InfClientWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->pages));
  g_signal_connect_swapped (self->adaptive, "notify::narrow", G_CALLBACK (place_switcher), self);
  g_signal_connect_swapped (self->gate, "notify::page", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->pages, "notify::visible-child", G_CALLBACK (update_title), self);
  inf_client_window_add_actions (self);
}

/**
 * inf_client_window_new:
 * @application: (nullable): the application
 * @model: what it shows
 * @settings: the app's own
 *
 * Returns: (transfer none): the window, not presented yet
 */
InfClientWindow *
inf_client_window_new (GtkApplication *application, InfClientModel *model, GSettings *settings)
{
  InfClientWindow *self = g_object_new (INF_TYPE_CLIENT_WINDOW, "application", application, NULL);

  self->model = g_object_ref (model);
  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  inf_client_submit_set_model (self->submit, model, settings);
  inf_client_jobs_set_model (self->jobs, model, settings);
  inf_client_results_set_model (self->results, model);
  inf_client_credits_set_model (self->credits, model);
  inf_client_files_set_model (self->files, model);
  self->peer_list = inf_peer_list_new ();
  inf_peer_list_follow (self->peer_list, inf_client_model_get_service (model));
  inf_peers_page_set_list (self->peers, self->peer_list);
  inf_gate_set_service (self->gate, inf_client_model_get_service (model));
  g_signal_connect_object (self->submit, "changed", G_CALLBACK (inf_client_window_update_actions),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  g_signal_connect (model, "said", G_CALLBACK (on_said), self);
  update (self);
  return self;
}

InfClientModel *
inf_client_window_get_model (InfClientWindow *self)
{
  return self->model;
}

/* Returns: "service", "sign-in" or "main" */
const char *
inf_client_window_get_page (InfClientWindow *self)
{
  return inf_gate_get_page (self->gate);
}

/* Returns: (transfer none): the page that fills in a job */
InfClientSubmit *
inf_client_window_get_submit (InfClientWindow *self)
{
  return self->submit;
}

/* Runs what is filled in, while that can be seen. */
void
inf_client_window_run (InfClientWindow *self)
{
  if (g_str_equal (adw_view_stack_get_visible_child_name (self->pages), "submit"))
    inf_client_submit_run (self->submit);
}

/* @name: submit, jobs, results, credits, files or peers */
void
inf_client_window_show_page (InfClientWindow *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->pages, name);
}

/* @id: a job's whole id */
void
inf_client_window_show_job (InfClientWindow *self, const char *id)
{
  inf_client_window_show_page (self, "jobs");
  inf_client_jobs_show_job (self->jobs, id);
}

/* @name: a result's */
void
inf_client_window_show_result (InfClientWindow *self, const char *name)
{
  inf_client_window_show_page (self, "results");
  inf_client_results_show_result (self->results, name);
}

/* @spec: a job's specification, `a{sv}`, to be changed and run */
void
inf_client_window_take_spec (InfClientWindow *self, GVariant *spec)
{
  inf_client_window_show_page (self, "submit");
  inf_client_submit_take_spec (self->submit, spec);
}

/* Shows @message for a moment. */
void
inf_client_window_say (InfClientWindow *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* @file: a job file, to be looked at and run */
void
inf_client_window_open_job_file (InfClientWindow *self, GFile *file)
{
  inf_client_window_show_page (self, "submit");
  inf_client_submit_open_job_file (self->submit, file);
}

/* @text: an invite that was opened; it is used where there is no grid yet */
void
inf_client_window_take_invite (InfClientWindow *self, const char *text)
{
  if (!inf_gate_take_invite (self->gate, text))
    inf_client_window_say (self, _ ("This computer is in a grid already. Leave it first."));
}

/* Searches where the screen has something to search. */
void
inf_client_window_search (InfClientWindow *self)
{
  const char *page = adw_view_stack_get_visible_child_name (self->pages);

  if (g_str_equal (page, "results"))
    inf_client_results_search (self->results);
  else if (g_str_equal (page, "credits"))
    inf_client_credits_search (self->credits);
  else if (g_str_equal (page, "files"))
    inf_client_files_search (self->files);
  else if (g_str_equal (page, "peers"))
    inf_peers_page_search (self->peers);
  else
    {
      inf_client_window_show_page (self, "jobs");
      inf_client_jobs_search (self->jobs);
    }
}
