#include "widgets/inf-service-page.h"

#include "widgets/inf-accessible.h"

#include <glib/gi18n.h>

/**
 * InfServicePage:
 *
 * What a window shows instead of itself while infinityd is not there: that it starts, or that it
 * does not run, what is known of why, and a button that starts it.
 */
struct _InfServicePage
{
  AdwBin parent_instance;

  InfService *service;
  GtkStack *stack;
  AdwStatusPage *down;
  GtkWidget *start;
  GtkWidget *details;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (InfServicePage, inf_service_page, ADW_TYPE_BIN)

static void
show_down (InfServicePage *self)
{
  const char *problem = inf_service_get_problem (self->service);

  adw_status_page_set_title (self->down, problem ? _ ("Infinity Could Not Be Started")
                                                 : _ ("Infinity Is Not Running"));
  gtk_label_set_text (self->problem, problem ? problem : "");
  gtk_widget_set_visible (self->details, problem != NULL);
  gtk_stack_set_visible_child_name (self->stack, "down");
}

static void
update (InfServicePage *self)
{
  gboolean is_down = inf_service_get_state (self->service) == INF_SERVICE_DOWN;

  if (is_down)
    show_down (self);
  else
    gtk_stack_set_visible_child_name (self->stack, "waiting");
}

static void
on_start_clicked (InfServicePage *self)
{
  inf_service_start (self->service);
}

static void
inf_service_page_dispose (GObject *object)
{
  InfServicePage *self = INF_SERVICE_PAGE (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (inf_service_page_parent_class)->dispose (object);
}

static void
inf_service_page_class_init (InfServicePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_service_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-service-page.ui");
  gtk_widget_class_bind_template_child (widget_class, InfServicePage, stack);
  gtk_widget_class_bind_template_child (widget_class, InfServicePage, down);
  gtk_widget_class_bind_template_child (widget_class, InfServicePage, start);
  gtk_widget_class_bind_template_child (widget_class, InfServicePage, details);
  gtk_widget_class_bind_template_child (widget_class, InfServicePage, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_start_clicked);
}

static void
inf_service_page_init (InfServicePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
}

/**
 * inf_service_page_new:
 * @service: the connection whose state it shows
 */
GtkWidget *
inf_service_page_new (InfService *service)
{
  InfServicePage *self = g_object_new (INF_TYPE_SERVICE_PAGE, NULL);

  inf_service_page_set_service (self, service);
  return GTK_WIDGET (self);
}

/**
 * inf_service_page_set_service:
 * @self: a page that has none yet
 * @service: the connection whose state it shows
 */
void
inf_service_page_set_service (InfServicePage *self, InfService *service)
{
  g_return_if_fail (!self->service);

  self->service = g_object_ref (service);
  g_signal_connect_swapped (service, "notify::state", G_CALLBACK (update), self);
  update (self);
}
