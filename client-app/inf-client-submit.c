#include "client-app/inf-client-submit.h"

/**
 * InfClientSubmit:
 *
 * The screen “Submit”.
 */
struct _InfClientSubmit
{
  AdwBin parent_instance;

  InfClientModel *model;
};

G_DEFINE_FINAL_TYPE (InfClientSubmit, inf_client_submit, ADW_TYPE_BIN)

static void
inf_client_submit_dispose (GObject *object)
{
  InfClientSubmit *self = INF_CLIENT_SUBMIT (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_client_submit_parent_class)->dispose (object);
}

static void
inf_client_submit_class_init (InfClientSubmitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_submit_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-submit.ui");
}

static void
inf_client_submit_init (InfClientSubmit *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * inf_client_submit_set_model:
 * @self: a page that has none yet
 * @model: what it shows
 */
void
inf_client_submit_set_model (InfClientSubmit *self, InfClientModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
}

/**
 * inf_client_submit_take_spec:
 * @self: the page
 * @spec: a job's specification, `a{sv}`
 *
 * Fills in the form with what a job was submitted with, so that it can be changed and run again.
 */
void
inf_client_submit_take_spec (InfClientSubmit *self, GVariant *spec)
{
}
