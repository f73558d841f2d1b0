#include "client-app/inf-client-results.h"

#include "client-app/inf-result-list.h"
#include "client-app/inf-result-page.h"
#include "widgets/inf-accessible.h"

#include <glib/gi18n.h>

/**
 * InfClientResults:
 *
 * What jobs left behind: a list with search, newest first, and one result of it at a time.
 */
struct _InfClientResults
{
  AdwBin parent_instance;

  InfResultList *list;
  GtkCustomFilter *filter;
  GListModel *shown;
  char *folded;  /* what is searched */
  char *awaited; /* what is to be shown once it is there */
  GtkStack *stack;
  GtkWidget *bar;
  GtkSearchEntry *search;
  GtkListView *view;
  AdwStatusPage *problem;
  InfResultPage *page;
};

G_DEFINE_FINAL_TYPE (InfClientResults, inf_client_results, ADW_TYPE_BIN)

static gboolean
matches (gpointer item, gpointer user_data)
{
  InfClientResults *self = user_data;

  return !self->folded || inf_result_item_matches (item, self->folded);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 one = inf_result_item_get_finished_unix ((gpointer)a);
  gint64 other = inf_result_item_get_finished_unix ((gpointer)b);

  if (one != other)
    return one > other ? -1 : 1;
  return g_strcmp0 (inf_result_item_get_name ((gpointer)a), inf_result_item_get_name ((gpointer)b));
}

static const char *
choose_page (InfClientResults *self)
{
  if (inf_result_list_get_problem (self->list))
    return "problem";
  if (!inf_result_list_is_loaded (self->list))
    return "loading";
  if (!g_list_model_get_n_items (inf_result_list_get_items (self->list)))
    return "empty";
  return g_list_model_get_n_items (self->shown) ? "list" : "nothing-found";
}

static void
show_awaited (InfClientResults *self)
{
  InfResultItem *item = self->awaited ? inf_result_list_find (self->list, self->awaited) : NULL;

  if (!item)
    return;
  g_clear_pointer (&self->awaited, g_free);
  inf_result_page_show (self->page, item);
  gtk_stack_set_visible_child_name (self->stack, "result");
}

/* A result that is looked at stays until one goes back, unless it is gone. */
static gboolean
is_result_shown (InfClientResults *self)
{
  InfResultItem *item = inf_result_page_get_item (self->page);

  return g_str_equal (gtk_stack_get_visible_child_name (self->stack), "result") && item
         && inf_result_list_find (self->list, inf_result_item_get_name (item)) == item;
}

static void
update (InfClientResults *self)
{
  const char *page;

  show_awaited (self);
  page = is_result_shown (self) ? "result" : choose_page (self);
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (self->bar,
                          g_str_equal (page, "list") || g_str_equal (page, "nothing-found"));
  if (inf_result_list_get_problem (self->list))
    adw_status_page_set_description (self->problem, inf_result_list_get_problem (self->list));
}

static void
on_search_changed (InfClientResults *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  g_free (self->folded);
  self->folded = *text ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

static void
on_activated (InfClientResults *self, guint position)
{
  g_autoptr (InfResultItem) item = g_list_model_get_item (self->shown, position);

  if (item)
    inf_client_results_show_result (self, inf_result_item_get_name (item));
}

static void
on_back (InfClientResults *self)
{
  gtk_stack_set_visible_child_name (self->stack, choose_page (self));
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static gboolean
on_back_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  InfClientResults *self = INF_CLIENT_RESULTS (widget);
  gboolean is_result = g_str_equal (gtk_stack_get_visible_child_name (self->stack), "result");

  if (is_result)
    on_back (self);
  return is_result;
}

static void
on_reload (InfClientResults *self)
{
  inf_result_list_reload (self->list);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *facts = gtk_label_new (NULL);
  GtkWidget *when = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (facts), 0);
  gtk_label_set_ellipsize (GTK_LABEL (facts), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (facts, "dim-label");
  gtk_widget_add_css_class (facts, "caption");
  gtk_widget_add_css_class (when, "dim-label");
  gtk_widget_set_hexpand (names, TRUE);
  gtk_box_append (GTK_BOX (names), name);
  gtk_box_append (GTK_BOX (names), facts);
  gtk_box_append (GTK_BOX (row), names);
  gtk_box_append (GTK_BOX (row), when);
  gtk_box_append (GTK_BOX (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_item_set_child (list_item, row);
}

static guint64
get_size (InfResultItem *item)
{
  GListModel *outputs = inf_result_item_get_outputs (item);
  guint64 size_bytes = 0;

  for (guint i = 0; i < g_list_model_get_n_items (outputs); i++)
    {
      g_autoptr (InfOutputItem) output = g_list_model_get_item (outputs, i);
      size_bytes += inf_output_item_get_size (output);
    }
  return size_bytes;
}

static void
show_row (GtkWidget *row, InfResultItem *item)
{
  GtkWidget *names = gtk_widget_get_first_child (row);
  GtkWidget *name = gtk_widget_get_first_child (names);
  g_autofree char *when
      = inf_result_words_when (inf_result_item_get_finished_unix (item), g_get_real_time ());
  g_autofree char *files = inf_result_words_files (
      g_list_model_get_n_items (inf_result_item_get_outputs (item)), get_size (item));
  /* Translators: a result of a job that did not finish: its program, its files */
  g_autofree char *facts = g_strdup_printf (
      inf_result_item_is_complete (item) ? "%s · %s" : _ ("%s · %s · incomplete"),
      inf_result_item_get_program (item), files);

  gtk_label_set_text (GTK_LABEL (name), inf_result_item_get_name (item));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (name)), facts);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (names)), when);
}

static void
on_item_changed (InfResultItem *item, gpointer row)
{
  show_row (row, item);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  InfResultItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *row = gtk_list_item_get_child (list_item);

  g_signal_connect_object (item, "changed", G_CALLBACK (on_item_changed), row, 0);
  show_row (row, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), on_item_changed,
                                        gtk_list_item_get_child (list_item));
}

static void
inf_client_results_dispose (GObject *object)
{
  InfClientResults *self = INF_CLIENT_RESULTS (object);

  if (self->list)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->shown)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  g_clear_object (&self->list);
  g_clear_pointer (&self->folded, g_free);
  g_clear_pointer (&self->awaited, g_free);
  G_OBJECT_CLASS (inf_client_results_parent_class)->dispose (object);
}

static void
inf_client_results_class_init (InfClientResultsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_results_dispose;
  g_type_ensure (INF_TYPE_RESULT_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-results.ui");
  gtk_widget_class_bind_template_child (widget_class, InfClientResults, stack);
  gtk_widget_class_bind_template_child (widget_class, InfClientResults, bar);
  gtk_widget_class_bind_template_child (widget_class, InfClientResults, search);
  gtk_widget_class_bind_template_child (widget_class, InfClientResults, view);
  gtk_widget_class_bind_template_child (widget_class, InfClientResults, problem);
  gtk_widget_class_bind_template_child (widget_class, InfClientResults, page);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_reload);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_ALT_MASK, on_back_key, NULL);
}

static void
inf_client_results_init (InfClientResults *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->view, factory);
}

/* @model: what it shows, once */
void
inf_client_results_set_model (InfClientResults *self, InfClientModel *model)
{
  InfService *service = inf_client_model_get_service (model);
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));
  GtkFilterListModel *filtered;
  g_autoptr (GtkNoSelection) selection = NULL;

  g_return_if_fail (!self->list);

  self->list = inf_result_list_new (service);
  inf_result_page_set_service (self->page, service);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  filtered = gtk_filter_list_model_new (g_object_ref (inf_result_list_get_items (self->list)),
                                        GTK_FILTER (self->filter));
  self->shown = G_LIST_MODEL (gtk_sort_list_model_new (G_LIST_MODEL (filtered), sorter));
  selection = gtk_no_selection_new (g_object_ref (self->shown));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->list, "changed", G_CALLBACK (update), self);
  update (self);
}

/* What there is fits into any width. */
void
inf_client_results_set_narrow (InfClientResults *self, gboolean is_narrow)
{
}

/**
 * inf_client_results_show_result:
 * @self: the screen, with its model
 * @name: of a result
 *
 * Shows a result, as soon as it is there.
 */
void
inf_client_results_show_result (InfClientResults *self, const char *name)
{
  g_free (self->awaited);
  self->awaited = g_strdup (name);
  update (self);
}

/* Puts the cursor where one searches. */
void
inf_client_results_search (InfClientResults *self)
{
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "result"))
    on_back (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
