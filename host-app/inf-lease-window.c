#include "host-app/inf-lease-window.h"

#include "host-app/inf-host-words.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

enum
{
  PROGRAM,
  CLIENT,
  STATE,
  REASON,
  BEGAN,
  LASTED,
  SLOTS,
  CPU,
  MEMORY,
  PRICE,
  EARNED,
  N_ROWS
};

static const char *const titles[N_ROWS] = {
  N_ ("Program"), N_ ("For"),    N_ ("State"),  N_ ("Why It Ended"),
  N_ ("Began"),   N_ ("Lasted"), N_ ("Slots"),  N_ ("Processors"),
  N_ ("Memory"),  N_ ("Price"),  N_ ("Earned"),
};

/**
 * InfLeaseWindow:
 *
 * All that this host knows of one job, followed while it runs.
 */
struct _InfLeaseWindow
{
  AdwWindow parent_instance;

  InfLeaseItem *item;
  AdwActionRow *rows[N_ROWS];
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

static char *
describe_time (gint64 unix_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (unix_us / G_USEC_PER_SEC);

  return unix_us > 0 && time ? g_date_time_format (time, "%c") : NULL;
}

static char *
describe_length (InfLeaseItem *item)
{
  gint64 ended = inf_lease_item_get_ended_unix (item);
  gint64 since = inf_lease_item_get_since_unix (item);

  return since > 0 ? inf_phrase_duration ((ended ? ended : g_get_real_time ()) - since) : NULL;
}

static char *
describe_cpu (InfLeaseItem *item)
{
  gint64 milli = inf_lease_item_get_cpu_milli (item);

  return milli >= 0 ? g_strdup_printf (_ ("%.1f in use"), (double)milli / 1000) : NULL;
}

static char *
describe_memory (InfLeaseItem *item)
{
  gint64 size_bytes = inf_lease_item_get_memory_bytes (item);

  return size_bytes >= 0 ? inf_phrase_size ((guint64)size_bytes) : NULL;
}

static void
update (InfLeaseWindow *self)
{
  InfLeaseItem *item = self->item;
  g_autofree char *earned = inf_phrase_credits ((gint64)inf_lease_item_get_earned (item));
  const char *state = inf_lease_item_get_state (item);

  say (self, PROGRAM, g_strdup (inf_lease_item_get_program (item)));
  say (self, CLIENT, g_strdup (inf_lease_item_get_client (item)));
  say (self, STATE, inf_host_words_lease_state (state));
  say (self, REASON, g_strdup (inf_lease_item_get_end_reason (item)));
  say (self, BEGAN, describe_time (inf_lease_item_get_since_unix (item)));
  say (self, LASTED, describe_length (item));
  say (self, SLOTS, g_strdup_printf ("%u", inf_lease_item_get_slots (item)));
  say (self, CPU, inf_lease_item_is_closed (item) ? NULL : describe_cpu (item));
  say (self, MEMORY, inf_lease_item_is_closed (item) ? NULL : describe_memory (item));
  say (self, PRICE, inf_phrase_price (inf_lease_item_get_price (item)));
  say (self, EARNED, g_strdup_printf (_ ("%s credits"), earned));
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
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
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
  gtk_window_set_default_size (GTK_WINDOW (self), 420, 620);
}

/**
 * inf_lease_window_show:
 * @parent: the window it is shown above; its action win.stop-lease stops the job
 * @item: the job
 *
 * Returns: (transfer none): the window
 */
GtkWidget *
inf_lease_window_show (GtkWindow *parent, InfLeaseItem *item)
{
  InfLeaseWindow *self
      = g_object_new (INF_TYPE_LEASE_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}
