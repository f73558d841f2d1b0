#include "client-app/inf-client-results.h"

/**
 * InfClientResults:
 *
 * The screen “Results”.
 */
struct _InfClientResults
{
  AdwBin parent_instance;

  InfClientModel *model;
};

G_DEFINE_FINAL_TYPE (InfClientResults, inf_client_results, ADW_TYPE_BIN)

static void
inf_client_results_dispose (GObject *object)
{
  InfClientResults *self = INF_CLIENT_RESULTS (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_client_results_parent_class)->dispose (object);
}

static void
inf_client_results_class_init (InfClientResultsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_results_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-results.ui");
}

static void
inf_client_results_init (InfClientResults *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * inf_client_results_set_model:
 * @self: a page that has none yet
 * @model: what it shows
 */
void
inf_client_results_set_model (InfClientResults *self, InfClientModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
}

/**
 * inf_client_results_show_result:
 * @self: the page
 * @name: a result's name
 *
 * Opens what that job left behind.
 */
void
inf_client_results_show_result (InfClientResults *self, const char *name)
{
}

/* Shows the search, and puts the cursor there. */
void
inf_client_results_search (InfClientResults *self)
{
}

/* What is beside is below from now on, or the other way round. */
void
inf_client_results_set_narrow (InfClientResults *self, gboolean is_narrow)
{
}
