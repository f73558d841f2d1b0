#include "host-app/inf-host-jobs.h"

#include "host-app/inf-lease-row.h"
#include "host-app/inf-lease-window.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-cell.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * InfHostJobs:
 *
 * The jobs of others on this computer: those that run, with Stop, and those that have ended.
 */
struct _InfHostJobs
{
  AdwBin parent_instance;

  InfHostModel *model;
  gboolean is_watching;
  GtkCustomFilter *past_filter;
  GtkCustomFilter *running_filter;
  GListModel *shown_past;
  GListModel *shown_running;
  char *folded; /* what is searched */
  GtkToggleButton *show_past;
  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListBox *running;
  GtkColumnView *past;
  GtkColumnViewColumn *wide_columns[3];
};

G_DEFINE_FINAL_TYPE (InfHostJobs, inf_host_jobs, ADW_TYPE_BIN)

#define LEASE(item) INF_LEASE_ITEM ((gpointer)(item))
#define COMPARE(one, other) (((one) > (other)) - ((one) < (other)))

static char *
get_program (gpointer item)
{
  const char *program = inf_lease_item_get_program (item);

  return g_strdup (*program ? program : _ ("A program"));
}

static char *
get_client (gpointer item)
{
  return g_strdup (inf_lease_item_get_client (item));
}

static char *
get_ended (gpointer item)
{
  gint64 ended_unix = inf_lease_item_get_ended_unix (item);

  return ended_unix ? inf_phrase_ago ((g_get_real_time () - ended_unix) / 1000) : g_strdup ("");
}

static char *
get_length (gpointer item)
{
  gint64 ended_unix = inf_lease_item_get_ended_unix (item);

  return ended_unix ? inf_phrase_duration (ended_unix - inf_lease_item_get_since_unix (item))
                    : g_strdup ("");
}

static char *
get_earned (gpointer item)
{
  return inf_phrase_credits ((gint64)inf_lease_item_get_earned (item));
}

static char *
get_end_reason (gpointer item)
{
  return g_strdup (inf_lease_item_get_end_reason (item));
}

static int
compare_programs (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_utf8_collate (inf_lease_item_get_program (LEASE (a)),
                         inf_lease_item_get_program (LEASE (b)));
}

static int
compare_clients (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_utf8_collate (inf_lease_item_get_client (LEASE (a)),
                         inf_lease_item_get_client (LEASE (b)));
}

static int
compare_ends (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (inf_lease_item_get_ended_unix (LEASE (a)),
                  inf_lease_item_get_ended_unix (LEASE (b)));
}

static int
compare_earned (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (inf_lease_item_get_earned (LEASE (a)), inf_lease_item_get_earned (LEASE (b)));
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  InfHostJobs *self = user_data;
  g_autofree char *program = NULL;
  g_autofree char *client = NULL;

  if (!self->folded)
    return TRUE;
  program = g_utf8_casefold (inf_lease_item_get_program (item), -1);
  client = g_utf8_casefold (inf_lease_item_get_client (item), -1);
  return strstr (program, self->folded) || strstr (client, self->folded);
}

static const char *
choose_page (InfHostJobs *self)
{
  gboolean is_past = gtk_toggle_button_get_active (self->show_past);
  GListModel *all = is_past ? inf_host_model_get_past_leases (self->model)
                            : inf_host_model_get_leases (self->model);
  GListModel *shown = is_past ? self->shown_past : self->shown_running;

  if (!g_list_model_get_n_items (all))
    return is_past ? "no-past" : "no-running";
  if (!g_list_model_get_n_items (shown))
    return "nothing-found";
  return is_past ? "past" : "running";
}

static void
update (InfHostJobs *self)
{
  if (self->model)
    gtk_stack_set_visible_child_name (self->stack, choose_page (self));
}

static void
on_search_changed (InfHostJobs *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  g_free (self->folded);
  self->folded = *text ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->past_filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->running_filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

static void
show_details (InfHostJobs *self, gpointer item)
{
  inf_lease_window_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->model, item);
}

static void
on_row_activated (InfHostJobs *self, GtkListBoxRow *row)
{
  g_autoptr (InfLeaseItem) item
      = g_list_model_get_item (self->shown_running, (guint)gtk_list_box_row_get_index (row));

  if (item)
    show_details (self, item);
}

static void
on_past_activated (InfHostJobs *self, guint position)
{
  g_autoptr (InfLeaseItem) item = g_list_model_get_item (self->shown_past, position);

  if (item)
    show_details (self, item);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = inf_lease_row_new (item);

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static void
add_columns (InfHostJobs *self)
{
  GtkColumnViewColumn *program
      = inf_cell_add_column (self->past, _ ("Program"), get_program, compare_programs);
  GtkColumnViewColumn *ended;

  gtk_column_view_column_set_expand (program, TRUE);
  inf_cell_add_column (self->past, _ ("For"), get_client, compare_clients);
  ended = inf_cell_add_column (self->past, _ ("Ended"), get_ended, compare_ends);
  self->wide_columns[0] = ended;
  self->wide_columns[1] = inf_cell_add_number (self->past, _ ("Lasted"), get_length, NULL);
  inf_cell_add_number (self->past, _ ("Earned"), get_earned, compare_earned);
  self->wide_columns[2]
      = inf_cell_add_column (self->past, _ ("Why It Ended"), get_end_reason, NULL);
  gtk_column_view_sort_by_column (self->past, ended, GTK_SORT_DESCENDING);
}

static void
inf_host_jobs_map (GtkWidget *widget)
{
  InfHostJobs *self = INF_HOST_JOBS (widget);

  GTK_WIDGET_CLASS (inf_host_jobs_parent_class)->map (widget);
  if (self->model && !self->is_watching)
    inf_host_model_watch (self->model);
  self->is_watching = self->model != NULL;
}

static void
inf_host_jobs_unmap (GtkWidget *widget)
{
  InfHostJobs *self = INF_HOST_JOBS (widget);

  if (self->is_watching)
    inf_host_model_unwatch (self->model);
  self->is_watching = FALSE;
  GTK_WIDGET_CLASS (inf_host_jobs_parent_class)->unmap (widget);
}

static void
inf_host_jobs_dispose (GObject *object)
{
  InfHostJobs *self = INF_HOST_JOBS (object);

  if (self->shown_past)
    g_signal_handlers_disconnect_by_data (self->shown_past, self);
  if (self->shown_running)
    g_signal_handlers_disconnect_by_data (self->shown_running, self);
  g_clear_object (&self->shown_past);
  g_clear_object (&self->shown_running);
  g_clear_object (&self->model);
  g_clear_pointer (&self->folded, g_free);
  G_OBJECT_CLASS (inf_host_jobs_parent_class)->dispose (object);
}

static void
inf_host_jobs_class_init (InfHostJobsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_host_jobs_dispose;
  widget_class->map = inf_host_jobs_map;
  widget_class->unmap = inf_host_jobs_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Host/inf-host-jobs.ui");
  gtk_widget_class_bind_template_child (widget_class, InfHostJobs, show_past);
  gtk_widget_class_bind_template_child (widget_class, InfHostJobs, search);
  gtk_widget_class_bind_template_child (widget_class, InfHostJobs, stack);
  gtk_widget_class_bind_template_child (widget_class, InfHostJobs, running);
  gtk_widget_class_bind_template_child (widget_class, InfHostJobs, past);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_past_activated);
}

static void
inf_host_jobs_init (InfHostJobs *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  add_columns (self);
}

static void
show_past_leases (InfHostJobs *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->past);
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  g_autoptr (GtkNoSelection) selection = NULL;

  self->past_filter = gtk_custom_filter_new (matches, self, NULL);
  filtered = gtk_filter_list_model_new (g_object_ref (inf_host_model_get_past_leases (self->model)),
                                        GTK_FILTER (self->past_filter));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (sorter));
  self->shown_past = g_object_ref (G_LIST_MODEL (sorted));
  selection = gtk_no_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (self->past, GTK_SELECTION_MODEL (selection));
}

/**
 * inf_host_jobs_set_model:
 * @self: a page that has none yet
 * @model: whose jobs it shows
 */
void
inf_host_jobs_set_model (InfHostJobs *self, InfHostModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  show_past_leases (self);
  self->running_filter = gtk_custom_filter_new (matches, self, NULL);
  self->shown_running = G_LIST_MODEL (gtk_filter_list_model_new (
      g_object_ref (inf_host_model_get_leases (model)), GTK_FILTER (self->running_filter)));
  gtk_list_box_bind_model (self->running, self->shown_running, make_row, NULL, NULL);
  g_signal_connect_swapped (self->shown_past, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->shown_running, "items-changed", G_CALLBACK (update), self);
  update (self);
}

/* Puts the cursor where one searches. */
void
inf_host_jobs_search (InfHostJobs *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* Leaves out what there is no room for. */
void
inf_host_jobs_set_narrow (InfHostJobs *self, gboolean is_narrow)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->wide_columns); i++)
    gtk_column_view_column_set_visible (self->wide_columns[i], !is_narrow);
}
