#include "widgets/inf-peers-page.h"

#include "widgets/inf-accessible.h"
#include "widgets/inf-cell.h"
#include "widgets/inf-peer-graph.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/**
 * InfPeersPage:
 *
 * The computers of the grid: a list with search that is sorted by its titles, or a drawing of the
 * neighbours. Only the rows in sight follow their peers.
 */
struct _InfPeersPage
{
  AdwBin parent_instance;

  InfPeerList *list;
  GtkCustomFilter *filter;
  GListModel *shown;
  char *folded; /* what is searched */
  GtkStack *stack;
  GtkWidget *bar;
  GtkSearchEntry *search;
  GtkToggleButton *show_graph;
  GtkColumnView *view;
  GtkColumnViewColumn *wide_columns[5];
  AdwStatusPage *problem;
  InfPeerGraph *graph;
  GtkLabel *summary;
};

G_DEFINE_FINAL_TYPE (InfPeersPage, inf_peers_page, ADW_TYPE_BIN)

#define FACTS(item) inf_peer_item_get_facts (INF_PEER_ITEM ((gpointer)(item)))

static char *
get_name (gpointer item)
{
  return g_strdup (FACTS (item)->name);
}

static char *
get_state (gpointer item)
{
  return inf_peer_item_describe_state (FACTS (item)->state);
}

static char *
get_round_trip (gpointer item)
{
  return inf_phrase_round_trip (FACTS (item)->rtt_us);
}

static char *
get_slots (gpointer item)
{
  const InfPeerFacts *facts = FACTS (item);

  if (!facts->is_hosting)
    return g_strdup (_ ("not sharing"));
  /* Translators: free places for work, of all there are */
  return g_strdup_printf (_ ("%u of %u"), facts->slots_free, facts->slots_total);
}

static char *
get_memory (gpointer item)
{
  return FACTS (item)->memory_bytes ? inf_phrase_size (FACTS (item)->memory_bytes) : g_strdup ("");
}

static char *
get_price (gpointer item)
{
  gint64 hourly_ucredits = (gint64)MIN (FACTS (item)->price, G_MAXINT64 / 3600) * 3600;

  return FACTS (item)->is_hosting ? inf_phrase_credits (hourly_ucredits) : g_strdup ("");
}

static char *
get_system (gpointer item)
{
  return g_strdup (FACTS (item)->os);
}

static char *
get_address (gpointer item)
{
  return g_strdup (FACTS (item)->address);
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  int order = g_utf8_collate (FACTS (a)->name, FACTS (b)->name);

  return order ? order : g_strcmp0 (FACTS (a)->id, FACTS (b)->id);
}

static int
compare_states (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_strcmp0 (FACTS (a)->state, FACTS (b)->state);
}

#define COMPARE(one, other) (((one) > (other)) - ((one) < (other)))

static int
compare_round_trips (gconstpointer a, gconstpointer b, gpointer user_data)
{
  /* unknown ones last */
  return COMPARE ((guint64)FACTS (a)->rtt_us, (guint64)FACTS (b)->rtt_us);
}

static int
compare_slots (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (FACTS (a)->slots_free, FACTS (b)->slots_free);
}

static int
compare_memory (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (FACTS (a)->memory_bytes, FACTS (b)->memory_bytes);
}

static int
compare_prices (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (FACTS (a)->price, FACTS (b)->price);
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  InfPeersPage *self = user_data;

  return !self->folded || inf_peer_item_matches (item, self->folded);
}

static const char *
choose_page (InfPeersPage *self)
{
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  if (inf_peer_list_get_problem (self->list))
    return "problem";
  if (!inf_peer_list_is_loaded (self->list))
    return "loading";
  /* this computer is one of them */
  if (n_all <= 1)
    return "empty";
  if (gtk_toggle_button_get_active (self->show_graph))
    return "graph";
  return g_list_model_get_n_items (self->shown) ? "list" : "nothing-found";
}

static void
show_summary (InfPeersPage *self)
{
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint n_shown = g_list_model_get_n_items (self->shown);
  g_autofree char *text = NULL;

  if (gtk_toggle_button_get_active (self->show_graph))
    text = g_strdup (_ ("The nearer, the shorter the round trip."));
  else if (n_shown < n_all)
    text = g_strdup_printf (_ ("%u of %u computers"), n_shown, n_all);
  else
    text = g_strdup_printf (ngettext ("%u computer", "%u computers", n_all), n_all);
  gtk_label_set_text (self->summary, text);
}

static void
update (InfPeersPage *self)
{
  const char *page;

  if (!self->list)
    return;
  page = choose_page (self);
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (self->bar, !g_str_equal (page, "empty") && !g_str_equal (page, "loading")
                                         && !g_str_equal (page, "problem"));
  gtk_widget_set_visible (GTK_WIDGET (self->summary), gtk_widget_get_visible (self->bar));
  if (inf_peer_list_get_problem (self->list))
    adw_status_page_set_description (self->problem, inf_peer_list_get_problem (self->list));
  show_summary (self);
}

static void
on_search_changed (InfPeersPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  g_free (self->folded);
  self->folded = *text ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  if (*text && gtk_toggle_button_get_active (self->show_graph))
    gtk_toggle_button_set_active (self->show_graph, FALSE);
  update (self);
}

static void
add_columns (InfPeersPage *self)
{
  GtkColumnViewColumn *name = inf_cell_add_column (self->view, _ ("Name"), get_name, compare_names);

  gtk_column_view_column_set_expand (name, TRUE);
  inf_cell_add_column (self->view, _ ("State"), get_state, compare_states);
  inf_cell_add_number (self->view, _ ("Round Trip"), get_round_trip, compare_round_trips);
  self->wide_columns[0]
      = inf_cell_add_number (self->view, _ ("Free Slots"), get_slots, compare_slots);
  self->wide_columns[1]
      = inf_cell_add_number (self->view, _ ("Memory"), get_memory, compare_memory);
  self->wide_columns[2]
      = inf_cell_add_number (self->view, _ ("Credits/Hour"), get_price, compare_prices);
  self->wide_columns[3] = inf_cell_add_column (self->view, _ ("System"), get_system, NULL);
  self->wide_columns[4] = inf_cell_add_column (self->view, _ ("Address"), get_address, NULL);
  gtk_column_view_sort_by_column (self->view, name, GTK_SORT_ASCENDING);
}

static void
inf_peers_page_map (GtkWidget *widget)
{
  InfPeersPage *self = INF_PEERS_PAGE (widget);

  GTK_WIDGET_CLASS (inf_peers_page_parent_class)->map (widget);
  if (self->list)
    inf_peer_list_set_watched (self->list, TRUE);
}

static void
inf_peers_page_unmap (GtkWidget *widget)
{
  InfPeersPage *self = INF_PEERS_PAGE (widget);

  if (self->list)
    inf_peer_list_set_watched (self->list, FALSE);
  GTK_WIDGET_CLASS (inf_peers_page_parent_class)->unmap (widget);
}

static void
inf_peers_page_dispose (GObject *object)
{
  InfPeersPage *self = INF_PEERS_PAGE (object);

  if (self->list)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  g_clear_object (&self->shown);
  g_clear_pointer (&self->folded, g_free);
  G_OBJECT_CLASS (inf_peers_page_parent_class)->dispose (object);
}

static void
inf_peers_page_class_init (InfPeersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_peers_page_dispose;
  widget_class->map = inf_peers_page_map;
  widget_class->unmap = inf_peers_page_unmap;
  g_type_ensure (INF_TYPE_PEER_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-peers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, bar);
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, search);
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, show_graph);
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, view);
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, problem);
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, graph);
  gtk_widget_class_bind_template_child (widget_class, InfPeersPage, summary);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
inf_peers_page_init (InfPeersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  add_columns (self);
}

/**
 * inf_peers_page_set_list:
 * @self: a page that has none yet
 * @list: the peers
 */
void
inf_peers_page_set_list (InfPeersPage *self, InfPeerList *list)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkNoSelection *selection;

  g_return_if_fail (!self->list);

  self->list = g_object_ref (list);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  filtered
      = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (list)), GTK_FILTER (self->filter));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (sorter));
  self->shown = g_object_ref (G_LIST_MODEL (sorted));
  selection = gtk_no_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  inf_peer_graph_set_list (self->graph, list);
  g_signal_connect_swapped (list, "loaded", G_CALLBACK (update), self);
  g_signal_connect_swapped (list, "items-changed", G_CALLBACK (update), self);
  update (self);
}

/* Puts the cursor where one searches. */
void
inf_peers_page_search (InfPeersPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* Leaves out what there is no room for. */
void
inf_peers_page_set_narrow (InfPeersPage *self, gboolean is_narrow)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->wide_columns); i++)
    gtk_column_view_column_set_visible (self->wide_columns[i], !is_narrow);
}
