#include "client-app/inf-client-files.h"

/**
 * InfClientFiles:
 *
 * The screen “Files”.
 */
struct _InfClientFiles
{
  AdwBin parent_instance;

  InfClientModel *model;
};

G_DEFINE_FINAL_TYPE (InfClientFiles, inf_client_files, ADW_TYPE_BIN)

static void
inf_client_files_dispose (GObject *object)
{
  InfClientFiles *self = INF_CLIENT_FILES (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (inf_client_files_parent_class)->dispose (object);
}

static void
inf_client_files_class_init (InfClientFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_files_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-files.ui");
}

static void
inf_client_files_init (InfClientFiles *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * inf_client_files_set_model:
 * @self: a page that has none yet
 * @model: what it shows
 */
void
inf_client_files_set_model (InfClientFiles *self, InfClientModel *model)
{
  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
}

/* Shows the search, and puts the cursor there. */
void
inf_client_files_search (InfClientFiles *self)
{
}

/* What is beside is below from now on, or the other way round. */
void
inf_client_files_set_narrow (InfClientFiles *self, gboolean is_narrow)
{
}
