#include "client-app/inf-client-credits.h"

#include "client-app/inf-account.h"
#include "client-app/inf-credit-words.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-cell.h"
#include "widgets/inf-credits-label.h"
#include "widgets/inf-phrases.h"
#include "widgets/inf-plot.h"

#include <glib/gi18n.h>

#define TICK_S 1

/**
 * InfClientCredits:
 *
 * The account: what is left, counting down while jobs run, what is set aside, earned and paid; a
 * plot of the balance, and its entries with search, loaded as one scrolls.
 */
struct _InfClientCredits
{
  AdwBin parent_instance;

  InfClientModel *model;
  InfAccount *account;
  GtkCustomFilter *filter;
  GListModel *shown;
  char *folded; /* what is searched */
  guint tick_id;
  InfCreditsLabel *left;
  InfCreditsLabel *available;
  InfCreditsLabel *escrowed;
  InfCreditsLabel *earned;
  InfCreditsLabel *paid;
  InfPlot *plot;
  GtkLabel *span;
  GtkSearchEntry *search;
  GtkStack *root;
  AdwStatusPage *problem;
  GtkStack *stack;
  GtkScrolledWindow *scrolled;
  GtkColumnView *history;
  GtkColumnViewColumn *wide_columns[3];
};

G_DEFINE_FINAL_TYPE (InfClientCredits, inf_client_credits, ADW_TYPE_BIN)

#define FACTS(item) inf_entry_item_get_facts (INF_ENTRY_ITEM ((gpointer)(item)))

static char *
get_time (gpointer item)
{
  return inf_credit_words_time (FACTS (item)->time_unix, g_get_real_time ());
}

static char *
get_kind (gpointer item)
{
  return g_strdup (inf_credit_words_kind (FACTS (item)->kind));
}

static char *
get_job (gpointer item)
{
  return inf_credit_words_job (FACTS (item));
}

static char *
get_peer (gpointer item)
{
  return g_strdup (FACTS (item)->peer);
}

static char *
get_amount (gpointer item)
{
  return inf_credit_words_amount (FACTS (item));
}

static char *
get_balance (gpointer item)
{
  return inf_phrase_credits (FACTS (item)->balance);
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  InfClientCredits *self = user_data;

  return !self->folded || inf_entry_item_matches (item, self->folded);
}

static const char *
choose_root (InfClientCredits *self)
{
  if (inf_account_is_loaded (self->account))
    return "account";
  return inf_account_get_problem (self->account) ? "problem" : "loading";
}

static const char *
choose_page (InfClientCredits *self)
{
  if (g_list_model_get_n_items (self->shown))
    return "history";
  if (!g_list_model_get_n_items (inf_account_get_entries (self->account)))
    return "empty";
  return inf_account_has_more (self->account) ? "searching" : "nothing-found";
}

static void
show_amounts (InfClientCredits *self)
{
  InfDBusCredits1 *credits = inf_service_get_credits (inf_client_model_get_service (self->model));
  gint64 now_us = g_get_monotonic_time ();

  if (!credits || !inf_account_is_loaded (self->account))
    return;
  inf_credits_label_set_amount (self->left, inf_account_get_left (self->account, now_us),
                                -inf_account_get_rate (self->account, now_us));
  inf_credits_label_set_amount (self->available, inf_dbus_credits1_get_balance (credits), 0);
  inf_credits_label_set_amount (self->escrowed, inf_dbus_credits1_get_escrowed (credits), 0);
  inf_credits_label_set_amount (self->earned, inf_dbus_credits1_get_earned (credits), 0);
  inf_credits_label_set_amount (self->paid, inf_dbus_credits1_get_paid (credits), 0);
}

static gboolean
on_tick (gpointer user_data)
{
  show_amounts (user_data);
  return G_SOURCE_CONTINUE;
}

/* While jobs run, what is left is looked at every second, and the label moves in between. */
static void
update_tick (InfClientCredits *self)
{
  gboolean is_moving = gtk_widget_get_mapped (GTK_WIDGET (self)) && self->account
                       && inf_account_get_rate (self->account, g_get_monotonic_time ()) > 0;

  if (is_moving && !self->tick_id)
    self->tick_id = g_timeout_add_seconds (TICK_S, on_tick, self);
  else if (!is_moving)
    g_clear_handle_id (&self->tick_id, g_source_remove);
}

static void
show_plot (InfClientCredits *self)
{
  gint64 span_us = inf_account_get_span_us (self->account);
  g_autofree char *span = inf_phrase_duration (span_us);
  /* Translators: how far back a plot goes */
  g_autofree char *text = g_strdup_printf (_ ("The last %s"), span);

  gtk_widget_set_visible (GTK_WIDGET (self->plot), span_us > 0);
  inf_plot_set_window (self->plot, span_us);
  gtk_label_set_text (self->span, span_us ? text : "");
}

static gboolean
is_near_end (InfClientCredits *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double page = gtk_adjustment_get_page_size (adjustment);
  double upper = gtk_adjustment_get_upper (adjustment);

  /* before it is laid out nobody has scrolled anywhere */
  return page > 0 && gtk_adjustment_get_value (adjustment) + 3 * page >= upper;
}

/* More is loaded as it is scrolled to; what is searched may be anywhere. */
static void
load_if_wanted (InfClientCredits *self)
{
  if (self->account && gtk_widget_get_mapped (GTK_WIDGET (self))
      && (self->folded || is_near_end (self)))
    inf_account_load_more (self->account);
}

static void
update (InfClientCredits *self)
{
  const char *root = choose_root (self);

  gtk_stack_set_visible_child_name (self->root, root);
  gtk_stack_set_visible_child_name (self->stack, choose_page (self));
  if (inf_account_get_problem (self->account))
    adw_status_page_set_description (self->problem, inf_account_get_problem (self->account));
  show_amounts (self);
  show_plot (self);
  update_tick (self);
  load_if_wanted (self);
}

static void
on_search_changed (InfClientCredits *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  g_free (self->folded);
  self->folded = *text ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

static void
on_reload (InfClientCredits *self)
{
  inf_account_reload (self->account);
}

static void
add_columns (InfClientCredits *self)
{
  GtkColumnViewColumn *kind;

  inf_cell_add_column (self->history, _ ("When"), get_time, NULL);
  kind = inf_cell_add_column (self->history, _ ("What"), get_kind, NULL);
  gtk_column_view_column_set_expand (kind, TRUE);
  self->wide_columns[0] = inf_cell_add_column (self->history, _ ("Job"), get_job, NULL);
  gtk_column_view_column_set_expand (self->wide_columns[0], TRUE);
  self->wide_columns[1] = inf_cell_add_column (self->history, _ ("Computer"), get_peer, NULL);
  gtk_column_view_column_set_expand (self->wide_columns[1], TRUE);
  inf_cell_add_number (self->history, _ ("Amount"), get_amount, NULL);
  self->wide_columns[2] = inf_cell_add_number (self->history, _ ("Balance"), get_balance, NULL);
}

static void
inf_client_credits_map (GtkWidget *widget)
{
  InfClientCredits *self = INF_CLIENT_CREDITS (widget);

  GTK_WIDGET_CLASS (inf_client_credits_parent_class)->map (widget);
  if (self->account)
    update (self);
}

static void
inf_client_credits_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (inf_client_credits_parent_class)->unmap (widget);
  update_tick (INF_CLIENT_CREDITS (widget));
}

static void
inf_client_credits_dispose (GObject *object)
{
  InfClientCredits *self = INF_CLIENT_CREDITS (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (self->account)
    g_signal_handlers_disconnect_by_data (self->account, self);
  if (self->shown)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  if (self->scrolled)
    g_signal_handlers_disconnect_by_data (gtk_scrolled_window_get_vadjustment (self->scrolled),
                                          self);
  self->scrolled = NULL;
  g_clear_object (&self->shown);
  g_clear_object (&self->account);
  g_clear_object (&self->model);
  g_clear_pointer (&self->folded, g_free);
  G_OBJECT_CLASS (inf_client_credits_parent_class)->dispose (object);
}

static void
inf_client_credits_class_init (InfClientCreditsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_credits_dispose;
  widget_class->map = inf_client_credits_map;
  widget_class->unmap = inf_client_credits_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-credits.ui");
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, left);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, available);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, escrowed);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, earned);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, paid);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, plot);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, span);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, search);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, root);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, problem);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, stack);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, scrolled);
  gtk_widget_class_bind_template_child (widget_class, InfClientCredits, history);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_reload);
}

static void
inf_client_credits_init (InfClientCredits *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->root));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  inf_plot_set_label (self->plot, _ ("Balance over time"));
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (self->scrolled), "value-changed",
                            G_CALLBACK (load_if_wanted), self);
  add_columns (self);
}

/* @model: what it shows, once */
void
inf_client_credits_set_model (InfClientCredits *self, InfClientModel *model)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  self->account = inf_account_new (inf_client_model_get_service (model));
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->shown = G_LIST_MODEL (gtk_filter_list_model_new (
      g_object_ref (inf_account_get_entries (self->account)), GTK_FILTER (self->filter)));
  selection = gtk_no_selection_new (g_object_ref (self->shown));
  gtk_column_view_set_model (self->history, GTK_SELECTION_MODEL (selection));
  inf_plot_set_series (self->plot, inf_account_get_series (self->account), INF_PLOT_BALANCE);
  g_signal_connect_swapped (self->account, "changed", G_CALLBACK (update), self);
  update (self);
}

/* Leaves out what there is no room for. */
void
inf_client_credits_set_narrow (InfClientCredits *self, gboolean is_narrow)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->wide_columns); i++)
    gtk_column_view_column_set_visible (self->wide_columns[i], !is_narrow);
}

/* Puts the cursor where one searches. */
void
inf_client_credits_search (InfClientCredits *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
