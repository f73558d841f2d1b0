#include "host-app/inf-lease-window.h"

#include "host-app/inf-host-words.h"
#include "host-app/inf-lease-log.h"
#include "host-app/inf-lease-row.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

enum
{
  PROGRAM,
  CLIENT,
  STATE,
  REASON,
  BEGAN,
  USES,
  EARNED,
  N_ROWS
};

static const char *const titles[N_ROWS]
    = { N_ ("Program"), N_ ("For"),  N_ ("State"), N_ ("Why It Ended"),
        N_ ("Began"),   N_ ("Uses"), N_ ("Earned") };

/**
 * InfLeaseWindow:
 *
 * All that this host knows of one job, followed while it runs, and what it prints.
 */
struct _InfLeaseWindow
{
  AdwWindow parent_instance;

  InfLeaseItem *item;
  AdwActionRow *rows[N_ROWS];
  AdwPreferencesGroup *log;
  GtkWidget *stop;
};

G_DEFINE_FINAL_TYPE (InfLeaseWindow, inf_lease_window, ADW_TYPE_WINDOW)

/* A row is there only while it has something to say. @text is taken. */
static void
say (InfLeaseWindow *self, guint row, char *text)
{
  adw_action_row_set_subtitle (self->rows[row], text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->rows[row]), text && *text);
  g_free (text);
}

/* Returns: (transfer full): when it began and how long it has lasted */
static char *
describe_time (InfLeaseItem *item)
{
  gint64 since = inf_lease_item_get_since_unix (item);
  gint64 ended = inf_lease_item_get_ended_unix (item);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (since / G_USEC_PER_SEC);
  g_autofree char *began = since > 0 && time ? g_date_time_format (time, "%c") : NULL;
  g_autofree char *length = inf_phrase_duration ((ended ? ended : g_get_real_time ()) - since);

  return began ? g_strdup_printf ("%s · %s", began, length) : NULL;
}

/* Returns: (transfer full): what it has of this computer: "2 slots · 1.9 cores · 120 MiB" */
static char *
describe_uses (InfLeaseItem *item)
{
  guint slots = inf_lease_item_get_slots (item);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%u slot", "%u slots", slots), slots);
  if (!inf_lease_item_is_closed (item))
    inf_lease_row_append_usage (text, item);
  return g_string_free (text, FALSE);
}

static char *
describe_earned (InfLeaseItem *item)
{
  g_autofree char *earned = inf_phrase_credits ((gint64)inf_lease_item_get_earned (item));
  g_autofree char *amount = g_strdup_printf (_ ("%s credits"), earned);
  g_autofree char *price = inf_phrase_price (inf_lease_item_get_price (item));

  return g_strdup_printf ("%s · %s", amount, price);
}

static void
update (InfLeaseWindow *self)
{
  InfLeaseItem *item = self->item;
  const char *state = inf_lease_item_get_state (item);

  say (self, PROGRAM, g_strdup (inf_lease_item_get_program (item)));
  say (self, CLIENT, g_strdup (inf_lease_item_get_client (item)));
  say (self, STATE, inf_host_words_lease_state (state));
  say (self, REASON, g_strdup (inf_lease_item_get_end_reason (item)));
  say (self, BEGAN, describe_time (item));
  say (self, USES, describe_uses (item));
  say (self, EARNED, describe_earned (item));
  gtk_widget_set_visible (self->stop, !inf_lease_item_is_closed (item));
  gtk_widget_set_sensitive (self->stop, !g_str_equal (state, "stopping"));
}

static void
on_stop_clicked (InfLeaseWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.stop-lease", "s",
                                inf_lease_item_get_id (self->item));
}

static void
inf_lease_window_dispose (GObject *object)
{
  InfLeaseWindow *self = INF_LEASE_WINDOW (object);

  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (inf_lease_window_parent_class)->dispose (object);
}

static void
inf_lease_window_class_init (InfLeaseWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_lease_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static GtkWidget *
make_rows (InfLeaseWindow *self)
{
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *buttons = adw_preferences_group_new ();

  for (guint i = 0; i < N_ROWS; i++)
    {
      self->rows[i] = ADW_ACTION_ROW (adw_action_row_new ());
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->rows[i]), _ (titles[i]));
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->rows[i]), FALSE);
      adw_action_row_set_subtitle_lines (self->rows[i], 0);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->rows[i]));
    }
  self->stop = gtk_button_new_with_mnemonic (_ ("_Stop This Job"));
  gtk_widget_set_halign (self->stop, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->stop, "pill");
  gtk_widget_add_css_class (self->stop, "destructive-action");
  g_signal_connect_swapped (self->stop, "clicked", G_CALLBACK (on_stop_clicked), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (buttons), self->stop);
  self->log = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->log, _ ("Printed Here"));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->log);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (buttons));
  return page;
}

static void
inf_lease_window_init (InfLeaseWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = make_rows (self);

  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Job"));
  gtk_window_set_default_size (GTK_WINDOW (self), 480, 700);
}

/**
 * inf_lease_window_show:
 * @parent: the window it is shown above; its action win.stop-lease stops the job
 * @model: whose job it is
 * @item: the job
 *
 * Returns: (transfer none): the window
 */
GtkWidget *
inf_lease_window_show (GtkWindow *parent, InfHostModel *model, InfLeaseItem *item)
{
  InfLeaseWindow *self
      = g_object_new (INF_TYPE_LEASE_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->item = g_object_ref (item);
  /* the log goes with the lease */
  gtk_widget_set_visible (GTK_WIDGET (self->log), !inf_lease_item_is_closed (item));
  if (!inf_lease_item_is_closed (item))
    adw_preferences_group_add (self->log,
                               inf_lease_log_new (inf_host_model_get_service (model), item));
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}
