#include "client-app/inf-client-job.h"

#include "client-app/inf-job-actions.h"
#include "client-app/inf-job-list.h"
#include "client-app/inf-job-log.h"
#include "client-app/inf-job-nodes.h"
#include "client-app/inf-job-steps.h"
#include "client-app/inf-job-words.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-credits-label.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/* Beside the log. */
#define OVERVIEW_PX 320

/**
 * InfClientJob:
 *
 * One job: how far it is, what it costs, who works on it and what it prints. It emits "closed" when
 * whoever looks has seen enough.
 */
struct _InfClientJob
{
  AdwBin parent_instance;

  InfClientModel *model;
  InfJobList *list;
  char *id;          /* (nullable): whose page it is */
  InfJobItem *item;  /* (nullable): the same, when it is known */
  InfJobLog *reader; /* (nullable): of its log, from the infinityd there is now */
  gboolean is_narrow;
  guint64 told_spent; /* to the label that counts */
  double told_rate;
  GtkStack *stack;
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *status;
  GtkWidget *again;
  GtkWidget *duplicate;
  GtkWidget *result;
  GtkWidget *cancel;
  GtkWidget *switcher;
  GtkToggleButton *show_log;
  GtkWidget *overview;
  GtkWidget *separator;
  GtkWidget *advice;
  GtkLabel *why;
  GtkLabel *remedy;
  GtkProgressBar *progress;
  GtkLabel *advance;
  GtkLabel *progress_text;
  InfCreditsLabel *spent;
  AdwActionRow *price;
  AdwActionRow *most;
  InfJobSteps *steps;
  InfJobNodes *nodes;
  AdwActionRow *program;
  AdwActionRow *submitted;
  AdwActionRow *summary;
  AdwActionRow *whole_id;
  InfLogView *log;
};

enum
{
  CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfClientJob, inf_client_job, ADW_TYPE_BIN)

/* @text: (transfer full) */
static void
say (GtkLabel *label, char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text);
  g_free (text);
}

/* A row is there only while it has something to say. @text: (transfer full) */
static void
say_row (AdwActionRow *row, char *text)
{
  if (g_strcmp0 (adw_action_row_get_subtitle (row), text) != 0)
    adw_action_row_set_subtitle (row, text);
  gtk_widget_set_visible (GTK_WIDGET (row), *text);
  g_free (text);
}

static void
show_head (InfClientJob *self, const InfJobFacts *facts)
{
  const char *const classes[] = { inf_job_words_style (facts), "job-state", NULL };

  gtk_image_set_from_icon_name (self->icon, inf_job_words_icon (facts));
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), (const char **)classes);
  say (self->name, g_strdup (facts->name));
  /* why is said below, with room for it */
  say (self->status, inf_job_words_state (facts));
}

static void
show_actions (InfClientJob *self)
{
  gboolean can_cancel = inf_job_actions_can_cancel (self->item);
  gboolean has_result = inf_job_actions_has_result (self->item);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.cancel", can_cancel);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.show-result", has_result);
  gtk_widget_set_visible (self->cancel, can_cancel);
  gtk_widget_set_visible (self->result, has_result);
  /* the menu has them too */
  gtk_widget_set_visible (self->again, !self->is_narrow || (!can_cancel && !has_result));
  gtk_widget_set_visible (self->duplicate, !self->is_narrow);
}

static void
show_advice (InfClientJob *self, const InfJobFacts *facts)
{
  gboolean is_waiting = g_str_equal (facts->state, "queued") && *facts->reason;
  g_autofree char *failure = inf_job_words_failure (facts);
  g_autofree char *reason = inf_job_words_reason (facts);
  g_autofree char *remedy = inf_job_words_remedy (facts);

  gtk_widget_set_visible (self->advice, failure || is_waiting);
  say (self->why, g_strdup (failure ? failure : reason));
  say (self->remedy, g_strdup (remedy       ? remedy
                               : is_waiting ? _ ("It begins by itself as soon as it can.")
                                            : ""));
}

static void
show_progress (InfClientJob *self, const InfJobFacts *facts)
{
  gboolean is_known = inf_job_facts_has_progress (facts);

  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_known);
  if (is_known)
    gtk_progress_bar_set_fraction (self->progress, MIN (facts->progress, 1));
  say (self->advance, inf_job_words_advance (facts, g_get_real_time ()));
  say (self->progress_text, g_strdup (inf_job_facts_is_over (facts) ? "" : facts->progress_text));
}

static char *
describe_amount (guint64 ucredits)
{
  g_autofree char *amount = inf_phrase_credits ((gint64)MIN (ucredits, G_MAXINT64));

  return ucredits ? g_strdup_printf (_ ("%s credits"), amount) : g_strdup ("");
}

static void
show_cost (InfClientJob *self, const InfJobFacts *facts)
{
  gboolean is_over = inf_job_facts_is_over (facts);
  double rate = inf_job_facts_runs (facts) ? (double)facts->price : 0;

  /* said again, an amount would be counted from anew */
  if (facts->spent != self->told_spent || rate != self->told_rate)
    inf_credits_label_set_amount (self->spent, (gint64)MIN (facts->spent, G_MAXINT64), rate);
  self->told_spent = facts->spent;
  self->told_rate = rate;
  say_row (self->price, facts->price && !is_over ? inf_phrase_price (facts->price) : g_strdup (""));
  say_row (self->most, is_over ? g_strdup ("") : describe_amount (facts->worst_case));
}

static char *
describe_submitted (const InfJobFacts *facts)
{
  g_autoptr (GDateTime) time
      = g_date_time_new_from_unix_local (facts->submitted_unix / G_USEC_PER_SEC);

  return facts->submitted_unix > 0 && time ? g_date_time_format (time, "%c") : g_strdup ("");
}

static char *
describe_program (const InfJobFacts *facts)
{
  g_autofree char *name = g_path_get_basename (facts->program);

  return g_strdup_printf (ngettext ("%s on %u node", "%s on %u nodes", facts->nodes), name,
                          facts->nodes);
}

static void
show_details (InfClientJob *self, const InfJobFacts *facts)
{
  say_row (self->program, describe_program (facts));
  say_row (self->submitted, describe_submitted (facts));
  say_row (self->summary, g_strdup (facts->summary));
  say_row (self->whole_id, g_strdup (facts->id));
}

static void
update (InfClientJob *self)
{
  const InfJobFacts *facts;
  const char *page = self->item ? "job" : inf_job_list_is_loaded (self->list) ? "gone" : "loading";

  gtk_stack_set_visible_child_name (self->stack, page);
  if (!self->item)
    return;
  facts = inf_job_item_get_facts (self->item);
  show_head (self, facts);
  show_actions (self);
  show_advice (self, facts);
  show_progress (self, facts);
  show_cost (self, facts);
  show_details (self, facts);
  inf_job_steps_show (self->steps, facts);
  inf_job_nodes_show (self->nodes, facts);
}

static void
stop_reading (InfClientJob *self)
{
  g_clear_pointer (&self->reader, inf_job_log_free);
}

/* From the infinityd that is there: what is shown of the log of one that went stays until then. */
static void
start_reading (InfClientJob *self)
{
  InfService *service = inf_client_model_get_service (self->model);
  gboolean is_up = inf_service_get_state (service) == INF_SERVICE_UP;

  if (!is_up)
    stop_reading (self);
  if (!is_up || self->reader || !self->item)
    return;
  self->reader = inf_job_log_new (service, self->id, inf_job_item_get_facts (self->item)->log_bytes,
                                  self->log);
}

static void
find_item (InfClientJob *self)
{
  if (self->item || !self->id)
    return;
  self->item = inf_job_list_find (self->list, self->id);
  if (!self->item)
    return;
  g_object_ref (self->item);
  g_signal_connect_swapped (self->item, "changed", G_CALLBACK (update), self);
  start_reading (self);
}

static void
on_list_changed (InfClientJob *self)
{
  if (self->item || !self->id)
    return;
  find_item (self);
  update (self);
}

static void
place_parts (InfClientJob *self)
{
  gboolean is_log = gtk_toggle_button_get_active (self->show_log);

  gtk_widget_set_visible (self->switcher, self->is_narrow);
  gtk_widget_set_visible (self->separator, !self->is_narrow);
  gtk_widget_set_visible (self->overview, !self->is_narrow || !is_log);
  gtk_widget_set_visible (GTK_WIDGET (self->log), !self->is_narrow || is_log);
  gtk_widget_set_hexpand (self->overview, self->is_narrow);
  gtk_widget_set_size_request (self->overview, self->is_narrow ? -1 : OVERVIEW_PX, -1);
}

static void
on_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[CLOSED], 0);
}

static void
on_cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJob *self = INF_CLIENT_JOB (widget);

  if (self->item)
    inf_job_actions_cancel (widget, self->model, self->item);
}

static void
on_run_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJob *self = INF_CLIENT_JOB (widget);

  if (self->item)
    inf_job_actions_run_again (widget, self->model, self->item);
}

static void
on_duplicate (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJob *self = INF_CLIENT_JOB (widget);

  if (self->item)
    inf_job_actions_duplicate (widget, self->model, self->item);
}

static void
on_show_result (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJob *self = INF_CLIENT_JOB (widget);

  if (self->item)
    inf_job_actions_show_result (widget, self->item);
}

static void
forget_item (InfClientJob *self)
{
  stop_reading (self);
  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  g_clear_pointer (&self->id, g_free);
}

static void
inf_client_job_dispose (GObject *object)
{
  InfClientJob *self = INF_CLIENT_JOB (object);

  forget_item (self);
  if (self->list)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->model)
    g_signal_handlers_disconnect_by_data (inf_client_model_get_service (self->model), self);
  g_clear_object (&self->list);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_client_job_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, stack);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, icon);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, name);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, status);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, again);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, duplicate);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, result);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, cancel);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, switcher);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, show_log);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, overview);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, separator);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, advice);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, why);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, remedy);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, progress);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, advance);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, progress_text);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, spent);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, price);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, most);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, steps);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, nodes);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, program);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, submitted);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, summary);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, whole_id);
  gtk_widget_class_bind_template_child (widget_class, InfClientJob, log);
}

static void
inf_client_job_class_init (InfClientJobClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_job_dispose;
  signals[CLOSED] = g_signal_new ("closed", INF_TYPE_CLIENT_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  g_type_ensure (INF_TYPE_CREDITS_LABEL);
  g_type_ensure (INF_TYPE_JOB_NODES);
  g_type_ensure (INF_TYPE_JOB_STEPS);
  g_type_ensure (INF_TYPE_LOG_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-job.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, place_parts);
  gtk_widget_class_install_action (widget_class, "job.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "job.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "job.run-again", NULL, on_run_again);
  gtk_widget_class_install_action (widget_class, "job.duplicate", NULL, on_duplicate);
  gtk_widget_class_install_action (widget_class, "job.show-result", NULL, on_show_result);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "job.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "job.run-again",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "job.duplicate",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "job.show-result",
                                       NULL);
}

static void
inf_client_job_init (InfClientJob *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  inf_log_view_set_empty (self->log, _ ("Nothing Printed Yet"),
                          _ ("What the program prints appears here while it runs."));
  place_parts (self);
}

/**
 * inf_client_job_set_model:
 * @self: a page that has none yet
 * @model: whose jobs it can show
 */
void
inf_client_job_set_model (InfClientJob *self, InfClientModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  self->list = g_object_ref (inf_client_model_get_jobs (model));
  inf_job_nodes_set_service (self->nodes, inf_client_model_get_service (model));
  g_signal_connect_swapped (self->list, "items-changed", G_CALLBACK (on_list_changed), self);
  g_signal_connect_swapped (self->list, "loaded", G_CALLBACK (on_list_changed), self);
  g_signal_connect_swapped (inf_client_model_get_service (model), "notify::state",
                            G_CALLBACK (start_reading), self);
}

/* @id: (nullable): the whole id of the job that is shown from now on */
void
inf_client_job_set_id (InfClientJob *self, const char *id)
{
  if (g_strcmp0 (self->id, id) == 0)
    return;
  forget_item (self);
  inf_log_view_clear (self->log);
  if (!id)
    return;
  self->id = g_strdup (id);
  find_item (self);
  update (self);
}

/* Shows the log, and puts the cursor where one searches it. */
void
inf_client_job_search (InfClientJob *self)
{
  gtk_toggle_button_set_active (self->show_log, TRUE);
  inf_log_view_search (self->log);
}

/* The log is beside the rest, or in its place when that is chosen. */
void
inf_client_job_set_narrow (InfClientJob *self, gboolean is_narrow)
{
  self->is_narrow = is_narrow;
  place_parts (self);
  if (self->item)
    show_actions (self);
}
