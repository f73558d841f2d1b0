#include "host-app/inf-lease-row.h"

#include "host-app/inf-host-words.h"
#include "widgets/inf-credits-label.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/**
 * InfLeaseRow:
 *
 * A job that runs here, in one row: whose it is, what it uses and earns, and Stop.
 */
struct _InfLeaseRow
{
  AdwActionRow parent_instance;

  InfLeaseItem *item;
  InfCreditsLabel *earned;
  GtkWidget *stop;
};

G_DEFINE_FINAL_TYPE (InfLeaseRow, inf_lease_row, ADW_TYPE_ACTION_ROW)

/**
 * inf_lease_row_append_usage:
 * @text: gets what @item uses now, as far as that is known: " · 1.9 cores · 120 MiB"
 * @item: a lease
 */
void
inf_lease_row_append_usage (GString *text, InfLeaseItem *item)
{
  if (inf_lease_item_get_cpu_milli (item) >= 0)
    {
      double cores = (double)inf_lease_item_get_cpu_milli (item) / 1000;
      /* Translators: processors in use, a fraction */
      g_string_append_printf (text, _ (" · %.1f cores"), cores);
    }
  if (inf_lease_item_get_memory_bytes (item) >= 0)
    {
      g_autofree char *size = inf_phrase_size ((guint64)inf_lease_item_get_memory_bytes (item));
      g_string_append_printf (text, " · %s", size);
    }
}

/**
 * inf_lease_row_describe:
 * @item: a lease
 *
 * Returns: (transfer full): what it does and uses: "Running · 1.9 cores · 120 MiB"
 */
char *
inf_lease_row_describe (InfLeaseItem *item)
{
  g_autofree char *state = inf_host_words_lease_state (inf_lease_item_get_state (item));
  GString *text = g_string_new (state);

  inf_lease_row_append_usage (text, item);
  return g_string_free (text, FALSE);
}

static void
update (InfLeaseRow *self)
{
  gboolean is_running = g_str_equal (inf_lease_item_get_state (self->item), "running");
  gboolean is_stopping = g_str_equal (inf_lease_item_get_state (self->item), "stopping");
  const char *program = inf_lease_item_get_program (self->item);
  /* Translators: a program, and whose job it is */
  g_autofree char *title = g_strdup_printf (_ ("%s for %s"), *program ? program : _ ("A program"),
                                            inf_lease_item_get_client (self->item));
  g_autofree char *subtitle = inf_lease_row_describe (self->item);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  inf_credits_label_set_amount (self->earned, (gint64)inf_lease_item_get_earned (self->item),
                                is_running ? (double)inf_lease_item_get_price (self->item) : 0);
  gtk_widget_set_sensitive (self->stop, !is_stopping);
}

static void
inf_lease_row_dispose (GObject *object)
{
  InfLeaseRow *self = INF_LEASE_ROW (object);

  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (inf_lease_row_parent_class)->dispose (object);
}

static void
inf_lease_row_class_init (InfLeaseRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_lease_row_dispose;
}

static void
inf_lease_row_init (InfLeaseRow *self)
{
  self->earned = INF_CREDITS_LABEL (inf_credits_label_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->earned), GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->earned), _ ("Credits earned by this job"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->earned));
  self->stop = gtk_button_new_with_mnemonic (_ ("_Stop"));
  gtk_widget_set_valign (self->stop, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->stop), "win.stop-lease");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->stop);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

/**
 * inf_lease_row_new:
 * @item: a lease, followed from now on
 */
GtkWidget *
inf_lease_row_new (InfLeaseItem *item)
{
  InfLeaseRow *self = g_object_new (INF_TYPE_LEASE_ROW, NULL);

  self->item = g_object_ref (item);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->stop), "s", inf_lease_item_get_id (item));
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}
