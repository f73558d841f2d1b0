#include "widgets/inf-spinner.h"

/**
 * InfSpinner:
 *
 * A spinner that turns while it is in sight, and only then. GtkSpinner turns on behind the page of
 * a stack that covers it, sixty frames a second that nobody sees.
 */
struct _InfSpinner
{
  GtkWidget parent_instance;

  GtkWidget *spinner;
};

G_DEFINE_FINAL_TYPE (InfSpinner, inf_spinner, GTK_TYPE_WIDGET)

static void
inf_spinner_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (inf_spinner_parent_class)->map (widget);
  gtk_spinner_start (GTK_SPINNER (INF_SPINNER (widget)->spinner));
}

static void
inf_spinner_unmap (GtkWidget *widget)
{
  gtk_spinner_stop (GTK_SPINNER (INF_SPINNER (widget)->spinner));
  GTK_WIDGET_CLASS (inf_spinner_parent_class)->unmap (widget);
}

static void
inf_spinner_dispose (GObject *object)
{
  g_clear_pointer (&INF_SPINNER (object)->spinner, gtk_widget_unparent);
  G_OBJECT_CLASS (inf_spinner_parent_class)->dispose (object);
}

static void
inf_spinner_class_init (InfSpinnerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_spinner_dispose;
  widget_class->map = inf_spinner_map;
  widget_class->unmap = inf_spinner_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
inf_spinner_init (InfSpinner *self)
{
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_parent (self->spinner, GTK_WIDGET (self));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->spinner), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE,
                               -1);
}

GtkWidget *
inf_spinner_new (void)
{
  return g_object_new (INF_TYPE_SPINNER, NULL);
}
