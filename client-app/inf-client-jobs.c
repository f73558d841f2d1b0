#include "client-app/inf-client-jobs-private.h"

#include "client-app/inf-job-words.h"
#include "widgets/inf-accessible.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *name;
  const char *label;
} Chip;

static const Chip chips[] = {
  /* Translators: which jobs are listed */
  { "all", N_ ("A_ll") },       { "active", N_ ("Ac_tive") },       { "done", N_ ("_Done") },
  { "failed", N_ ("_Failed") }, { "cancelled", N_ ("Ca_ncelled") },
};

G_DEFINE_FINAL_TYPE (InfClientJobs, inf_client_jobs, ADW_TYPE_BIN)

static gboolean
is_chosen (InfClientJobs *self, const InfJobFacts *facts)
{
  if (g_str_equal (self->chosen, "all"))
    return TRUE;
  if (g_str_equal (self->chosen, "active"))
    return !inf_job_facts_is_over (facts);
  return g_str_equal (self->chosen, facts->state);
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  InfClientJobs *self = user_data;

  return is_chosen (self, inf_job_item_get_facts (item))
         && (!self->folded || inf_job_item_matches (item, self->folded));
}

static guint
count_all (InfClientJobs *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->list));
}

static guint
count_shown (InfClientJobs *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->selection));
}

static const char *
choose_page (InfClientJobs *self)
{
  if (count_all (self))
    return count_shown (self) ? "list" : "nothing-found";
  if (inf_job_list_get_problem (self->list))
    return "problem";
  return inf_job_list_is_loaded (self->list) ? "empty" : "loading";
}

static void
show_summary (InfClientJobs *self)
{
  guint n_all = count_all (self);
  guint n_active = inf_job_list_get_n_active (self->list);
  guint n_shown = count_shown (self);
  g_autofree char *text = NULL;

  if (n_shown < n_all)
    text = g_strdup_printf (_ ("%'u of %'u jobs"), n_shown, n_all);
  else if (n_active)
    /* Translators: of how many jobs there are, so many are not over */
    text = g_strdup_printf (ngettext ("%'u job, %'u active", "%'u jobs, %'u active", n_all), n_all,
                            n_active);
  else
    text = g_strdup_printf (ngettext ("%'u job", "%'u jobs", n_all), n_all);
  if (g_strcmp0 (gtk_label_get_text (self->summary), text) != 0)
    gtk_label_set_text (self->summary, text);
}

static void
update (InfClientJobs *self)
{
  const char *page = choose_page (self);
  const char *problem = inf_job_list_get_problem (self->list);
  g_autofree char *escaped = problem ? g_markup_escape_text (problem, -1) : NULL;

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (self->bar, count_all (self) > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), count_all (self) > 0);
  adw_status_page_set_description (self->problem, escaped);
  show_summary (self);
  inf_client_jobs_update_actions (self);
}

/* Jobs wait while the node is out of its grid. */
static void
on_model_changed (InfClientJobs *self)
{
  InfDBusNode1 *node = inf_service_get_node (inf_client_model_get_service (self->model));
  const char *state = node ? inf_dbus_node1_get_state (node) : NULL;

  gtk_revealer_set_reveal_child (self->offline, g_strcmp0 (state, "offline") == 0);
}

static gboolean
on_refilter (gpointer user_data)
{
  InfClientJobs *self = user_data;

  self->refilter_id = 0;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
  return G_SOURCE_REMOVE;
}

/* What a job is may bring it under another filter. However many change, they are looked through
 * once. */
static void
on_job_changed (InfClientJobs *self)
{
  if (!self->refilter_id)
    self->refilter_id = g_idle_add (on_refilter, self);
}

static gboolean
on_tick (gpointer user_data)
{
  InfClientJobs *self = user_data;

  if (!inf_job_list_get_n_active (self->list))
    return G_SOURCE_CONTINUE;
  inf_job_list_tick (self->list);
  if (inf_job_columns_sort_moves (self->columns))
    inf_job_columns_sort_again (self->columns);
  return G_SOURCE_CONTINUE;
}

static void
on_search_changed (InfClientJobs *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  g_free (self->folded);
  self->folded = *text ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

static void
on_chip_toggled (InfClientJobs *self, GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  self->chosen = g_object_get_data (G_OBJECT (button), "inf-chip");
  if (!self->model)
    return;
  g_settings_set_string (self->settings, "jobs-filter", self->chosen);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

static void
on_show_all (InfClientJobs *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (gtk_widget_get_first_child (GTK_WIDGET (self->chips))), TRUE);
}

static void
on_sorted (InfClientJobs *self)
{
  gboolean is_descending;
  g_autofree char *name = inf_job_columns_get_sort (self->columns, &is_descending);
  g_autofree char *known = g_settings_get_string (self->settings, "jobs-sort");

  /* it also comes when the same order is made again */
  if (!g_str_equal (name, known))
    g_settings_set_string (self->settings, "jobs-sort", name);
  if (is_descending != g_settings_get_boolean (self->settings, "jobs-sort-descending"))
    g_settings_set_boolean (self->settings, "jobs-sort-descending", is_descending);
}

static void
on_activated (InfClientJobs *self, guint position)
{
  g_autoptr (InfJobItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item)
    inf_client_jobs_show_job (self, inf_job_item_get_id (item));
}

static void
on_retry (InfClientJobs *self)
{
  inf_job_list_reload (self->list);
  update (self);
}

static void
add_chips (InfClientJobs *self)
{
  GtkWidget *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    {
      GtkWidget *chip = gtk_toggle_button_new_with_mnemonic (_ (chips[i].label));

      g_object_set_data (G_OBJECT (chip), "inf-chip", (gpointer)chips[i].name);
      if (first)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (chip), GTK_TOGGLE_BUTTON (first));
      else
        first = chip;
      g_signal_connect_swapped (chip, "toggled", G_CALLBACK (on_chip_toggled), self);
      gtk_box_append (self->chips, chip);
    }
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (first), TRUE);
}

static void
inf_client_jobs_map (GtkWidget *widget)
{
  InfClientJobs *self = INF_CLIENT_JOBS (widget);

  GTK_WIDGET_CLASS (inf_client_jobs_parent_class)->map (widget);
  if (self->list && !self->tick_id)
    self->tick_id = g_timeout_add_seconds (1, on_tick, self);
}

static void
inf_client_jobs_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&INF_CLIENT_JOBS (widget)->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (inf_client_jobs_parent_class)->unmap (widget);
}

static void
inf_client_jobs_dispose (GObject *object)
{
  InfClientJobs *self = INF_CLIENT_JOBS (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->refilter_id, g_source_remove);
  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  if (self->list)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->columns)
    g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (self->view), self);
  g_clear_pointer (&self->columns, inf_job_columns_free);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->folded, g_free);
  G_OBJECT_CLASS (inf_client_jobs_parent_class)->dispose (object);
}

static void
inf_client_jobs_class_init (InfClientJobsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_jobs_dispose;
  widget_class->map = inf_client_jobs_map;
  widget_class->unmap = inf_client_jobs_unmap;
  g_type_ensure (INF_TYPE_CLIENT_JOB);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-jobs.ui");
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, pages);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, stack);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, bar);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, chips);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, search);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, view);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, problem);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, summary);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, offline);
  gtk_widget_class_bind_template_child (widget_class, InfClientJobs, job);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
  inf_client_jobs_install_actions (widget_class);
}

static void
inf_client_jobs_init (InfClientJobs *self)
{
  self->chosen = "all";
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_revealer (GTK_WIDGET (self->offline));
  inf_accessible_follow_stack (GTK_WIDGET (self->pages));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  add_chips (self);
  self->columns = inf_job_columns_new (self->view);
  inf_client_jobs_init_actions (self);
  g_signal_connect_swapped (self->job, "closed", G_CALLBACK (inf_client_jobs_show_list), self);
}

/* What is shown of the list, in order. */
static void
make_selection (InfClientJobs *self)
{
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;

  self->filter = gtk_custom_filter_new (matches, self, NULL);
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->list)),
                                        GTK_FILTER (self->filter));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}

static void
restore_settings (InfClientJobs *self)
{
  g_autofree char *sort = g_settings_get_string (self->settings, "jobs-sort");
  g_autofree char *chosen = g_settings_get_string (self->settings, "jobs-filter");

  inf_job_columns_set_sort (self->columns, sort,
                            g_settings_get_boolean (self->settings, "jobs-sort-descending"));
  for (GtkWidget *chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips)); chip;
       chip = gtk_widget_get_next_sibling (chip))
    if (g_str_equal (g_object_get_data (G_OBJECT (chip), "inf-chip"), chosen))
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chip), TRUE);
}

/**
 * inf_client_jobs_set_model:
 * @self: a page that has none yet
 * @model: whose jobs it shows
 * @settings: the app's own, which remember order and filter
 */
void
inf_client_jobs_set_model (InfClientJobs *self, InfClientModel *model, GSettings *settings)
{
  g_return_if_fail (!self->model);

  self->settings = g_object_ref (settings);
  self->list = g_object_ref (inf_client_model_get_jobs (model));
  restore_settings (self);
  make_selection (self);
  self->model = g_object_ref (model);
  inf_client_job_set_model (self->job, model);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (on_model_changed), self);
  g_signal_connect_swapped (self->list, "job-changed", G_CALLBACK (on_job_changed), self);
  g_signal_connect_swapped (self->list, "loaded", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->selection, "notify::selected",
                            G_CALLBACK (inf_client_jobs_update_actions), self);
  g_signal_connect_swapped (gtk_column_view_get_sorter (self->view), "changed",
                            G_CALLBACK (on_sorted), self);
  on_model_changed (self);
  update (self);
}

/* Returns: (transfer none) (nullable): the job that actions are about */
InfJobItem *
inf_client_jobs_get_selected (InfClientJobs *self)
{
  return self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

/**
 * inf_client_jobs_show_job:
 * @self: the page
 * @id: a job's whole id
 *
 * Opens the job's own page.
 */
void
inf_client_jobs_show_job (InfClientJobs *self, const char *id)
{
  inf_client_job_set_id (self->job, id);
  gtk_stack_set_visible_child_name (self->pages, "job");
}

/* Goes back to all jobs. */
void
inf_client_jobs_show_list (InfClientJobs *self)
{
  gtk_stack_set_visible_child_name (self->pages, "jobs");
  inf_client_job_set_id (self->job, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* Puts the cursor where one searches: in the log of the job that is open, else for a job. */
void
inf_client_jobs_search (InfClientJobs *self)
{
  if (g_str_equal (gtk_stack_get_visible_child_name (self->pages), "job"))
    inf_client_job_search (self->job);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* What is beside is below from now on, or the other way round. */
void
inf_client_jobs_set_narrow (InfClientJobs *self, gboolean is_narrow)
{
  inf_job_columns_set_narrow (self->columns, is_narrow);
  inf_client_job_set_narrow (self->job, is_narrow);
}
