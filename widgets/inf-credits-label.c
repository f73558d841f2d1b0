#include "widgets/inf-credits-label.h"

#include "widgets/inf-credits-counter.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/* Often enough to look steady. A frame clock's rate would lay text out for changes nobody reads. */

/**
 * InfCreditsLabel:
 *
 * An amount of credits that counts smoothly between updates, and does nothing while it stands or is
 * out of sight. A screen reader is given the amount that was last told, not every step.
 */
struct _InfCreditsLabel
{
  GtkWidget parent_instance;

  GtkLabel *label;
  InfCreditsCounter counter;
  gint64 mapped_us;
  guint tick_id;
};

G_DEFINE_FINAL_TYPE (InfCreditsLabel, inf_credits_label, GTK_TYPE_WIDGET)

static void
show_amount (InfCreditsLabel *self, gint64 now_us)
{
  g_autofree char *text = inf_phrase_credits (inf_credits_counter_get (&self->counter, now_us));

  if (g_strcmp0 (text, gtk_label_get_text (self->label)) != 0)
    gtk_label_set_text (self->label, text);
}

static gboolean on_tick (gpointer user_data);

static void
tick_later (InfCreditsLabel *self, gint64 now_us)
{
  guint wait_ms = inf_credits_counter_get_wait_ms (&self->counter, now_us);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (wait_ms)
    self->tick_id = g_timeout_add (wait_ms, on_tick, self);
}

static gboolean
on_tick (gpointer user_data)
{
  InfCreditsLabel *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  self->tick_id = 0;
  show_amount (self, now_us);
  tick_later (self, now_us);
  return G_SOURCE_REMOVE;
}

static void
follow (InfCreditsLabel *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gboolean is_animated = FALSE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &is_animated,
                NULL);
  /* what has just come into sight begins with what is true */
  if (now_us < self->mapped_us + INF_CREDITS_GLIDE_US)
    self->counter.from_ucredits = self->counter.to_ucredits;
  if (!is_animated)
    now_us = MAX (now_us, self->counter.from_us + INF_CREDITS_GLIDE_US);
  show_amount (self, now_us);
  if (is_animated && gtk_widget_get_mapped (GTK_WIDGET (self)))
    tick_later (self, now_us);
}

static void
inf_credits_label_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (inf_credits_label_parent_class)->map (widget);
  INF_CREDITS_LABEL (widget)->mapped_us = g_get_monotonic_time ();
  follow (INF_CREDITS_LABEL (widget));
}

static void
inf_credits_label_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&INF_CREDITS_LABEL (widget)->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (inf_credits_label_parent_class)->unmap (widget);
}

static void
inf_credits_label_dispose (GObject *object)
{
  InfCreditsLabel *self = INF_CREDITS_LABEL (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_pointer ((GtkWidget **)&self->label, gtk_widget_unparent);
  G_OBJECT_CLASS (inf_credits_label_parent_class)->dispose (object);
}

static void
inf_credits_label_class_init (InfCreditsLabelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_credits_label_dispose;
  widget_class->map = inf_credits_label_map;
  widget_class->unmap = inf_credits_label_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "credits");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
inf_credits_label_init (InfCreditsLabel *self)
{
  self->label = GTK_LABEL (gtk_label_new ("0"));
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->label), GTK_WIDGET (self));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->label), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
}

GtkWidget *
inf_credits_label_new (void)
{
  return g_object_new (INF_TYPE_CREDITS_LABEL, NULL);
}

/* Returns: what it shows now */
const char *
inf_credits_label_get_text (InfCreditsLabel *self)
{
  return gtk_label_get_text (self->label);
}

/**
 * inf_credits_label_set_amount:
 * @self: a label
 * @ucredits: the amount now
 * @rate: by how many micro-credits it changes a second until the next update; 0 when it stands
 */
void
inf_credits_label_set_amount (InfCreditsLabel *self, gint64 ucredits, double rate)
{
  g_autofree char *amount = inf_phrase_credits (ucredits);
  /* Translators: an amount of credits, for a screen reader */
  g_autofree char *spoken = g_strdup_printf (_ ("%s credits"), amount);

  inf_credits_counter_update (&self->counter, ucredits, rate, g_get_monotonic_time ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  follow (self);
}
