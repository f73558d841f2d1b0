#include "host-app/inf-host-home.h"

#include "host-app/inf-lease-row.h"
#include "host-app/inf-request-item.h"
#include "widgets/inf-accessible.h"
#include "widgets/inf-credits-label.h"

#include <glib/gi18n.h>

/**
 * InfHostHome:
 *
 * The first screen: one sentence of state with its reason, Connect or Disconnect, a pause, what is
 * earned and what runs.
 */
struct _InfHostHome
{
  AdwBin parent_instance;

  InfHostModel *model;
  gboolean is_watching;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *more;
  GtkWidget *connect;
  GtkWidget *disconnect;
  GtkWidget *resume;
  GtkWidget *pause;
  InfCreditsLabel *today;
  InfCreditsLabel *balance;
  AdwActionRow *grid_row;
  GtkListBox *leases;
  GtkListBox *requests;
  GtkWidget *requests_group;
  const char *style;
};

G_DEFINE_FINAL_TYPE (InfHostHome, inf_host_home, ADW_TYPE_BIN)

static void
show_state (InfHostHome *self)
{
  g_auto (InfHostWords) words = { NULL };

  inf_host_model_describe (self->model, &words);
  gtk_label_set_text (self->title, words.title);
  gtk_label_set_text (self->more, words.more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), *words.more != '\0');
  gtk_image_set_from_icon_name (self->icon, words.icon_name);
  if (self->style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
  self->style = words.style;
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), words.style);
}

static void
show_buttons (InfHostHome *self)
{
  gboolean is_connected = inf_host_model_is_connected (self->model);
  gboolean is_snoozed = inf_host_model_is_snoozed (self->model);

  gtk_widget_set_visible (self->connect, !is_connected);
  gtk_widget_set_visible (self->disconnect, is_connected);
  gtk_widget_set_visible (self->resume, is_connected && is_snoozed);
  gtk_widget_set_visible (self->pause, is_connected && !is_snoozed);
}

static void
show_amounts (InfHostHome *self)
{
  InfService *service = inf_host_model_get_service (self->model);
  InfDBusCredits1 *credits = inf_service_get_credits (service);
  InfDBusNode1 *node = inf_service_get_node (service);
  double rate = (double)inf_host_model_get_earning_rate (self->model);

  inf_credits_label_set_amount (self->today, (gint64)inf_host_model_get_earned_today (self->model),
                                rate);
  if (credits)
    inf_credits_label_set_amount (self->balance, inf_dbus_credits1_get_balance (credits), 0);
  if (node)
    {
      guint n_peers = inf_dbus_node1_get_peers_alive (node);
      g_autofree char *peers = g_strdup_printf (
          ngettext ("%u other computer", "%u other computers", n_peers), n_peers);
      g_autofree char *text
          = g_strdup_printf ("%s · %s", inf_dbus_node1_get_grid_name (node), peers);

      adw_action_row_set_subtitle (self->grid_row, text);
    }
}

static void
update (InfHostHome *self)
{
  if (!inf_host_model_is_up (self->model))
    return;
  show_state (self);
  show_buttons (self);
  show_amounts (self);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  return inf_lease_row_new (item);
}

static GtkWidget *
make_answer (const char *label, const char *id, const char *answer)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.answer-request");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(ss)", id, answer);
  return button;
}

/* What is asked above, the answers below: at 360 pixels there is no room beside it. */
static GtkWidget *
make_request_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = adw_expander_row_new ();
  GtkWidget *answers = adw_action_row_new ();
  const char *id = inf_request_item_get_id (item);
  GtkWidget *accept = make_answer (_ ("_Accept"), id, "accept");
  g_autofree char *title = inf_request_item_describe (item);
  g_autofree char *subtitle = inf_request_item_describe_terms (item);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  gtk_widget_add_css_class (accept, "suggested-action");
  adw_action_row_add_prefix (ADW_ACTION_ROW (answers), make_answer (_ ("Al_ways"), id, "always"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (answers), make_answer (_ ("_Decline"), id, "decline"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (answers), accept);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), answers);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  return row;
}

static void
show_requests (InfHostHome *self)
{
  GListModel *requests = inf_host_model_get_requests (self->model);

  gtk_widget_set_visible (self->requests_group, g_list_model_get_n_items (requests) > 0);
}

static void
inf_host_home_map (GtkWidget *widget)
{
  InfHostHome *self = INF_HOST_HOME (widget);

  GTK_WIDGET_CLASS (inf_host_home_parent_class)->map (widget);
  if (self->model && !self->is_watching)
    inf_host_model_watch (self->model);
  self->is_watching = self->model != NULL;
}

static void
inf_host_home_unmap (GtkWidget *widget)
{
  InfHostHome *self = INF_HOST_HOME (widget);

  if (self->is_watching)
    inf_host_model_unwatch (self->model);
  self->is_watching = FALSE;
  GTK_WIDGET_CLASS (inf_host_home_parent_class)->unmap (widget);
}

static void
inf_host_home_dispose (GObject *object)
{
  InfHostHome *self = INF_HOST_HOME (object);

  if (self->model)
    {
      g_signal_handlers_disconnect_by_data (inf_host_model_get_requests (self->model), self);
      g_signal_handlers_disconnect_by_data (self->model, self);
    }
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_host_home_parent_class)->dispose (object);
}

static void
inf_host_home_class_init (InfHostHomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_host_home_dispose;
  widget_class->map = inf_host_home_map;
  widget_class->unmap = inf_host_home_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Host/inf-host-home.ui");
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, icon);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, title);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, more);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, connect);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, disconnect);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, resume);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, pause);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, today);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, balance);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, grid_row);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, leases);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, requests);
  gtk_widget_class_bind_template_child (widget_class, InfHostHome, requests_group);
}

static void
inf_host_home_init (InfHostHome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_name_inner (self->pause, GTK_TYPE_BUTTON, _ ("Pause"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Pause"), -1);
}

/**
 * inf_host_home_set_model:
 * @self: a page that has none yet
 * @model: what it shows
 */
void
inf_host_home_set_model (InfHostHome *self, InfHostModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  gtk_list_box_bind_model (self->leases, inf_host_model_get_leases (model), make_row, NULL, NULL);
  gtk_list_box_bind_model (self->requests, inf_host_model_get_requests (model), make_request_row,
                           NULL, NULL);
  g_signal_connect_swapped (inf_host_model_get_requests (model), "items-changed",
                            G_CALLBACK (show_requests), self);
  show_requests (self);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  update (self);
}
