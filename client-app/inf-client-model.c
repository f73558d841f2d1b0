#include "client-app/inf-client-model.h"

/**
 * InfClientModel:
 *
 * This computer's user as one who runs jobs on the grid, as infinityd tells it: what the screens
 * of the app share. It survives the service's coming and going.
 *
 * Signals: "changed" when anything of the node, its identity or its account did, or infinityd came
 * or went; "said" with a sentence for people to read in passing.
 */
struct _InfClientModel
{
  GObject parent_instance;

  InfService *service;
  InfJobList *jobs;
  GCancellable *cancellable; /* of all calls to this infinityd */
};

enum
{
  CHANGED,
  SAID,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (InfClientModel, inf_client_model, G_TYPE_OBJECT)

static void
emit_changed (InfClientModel *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
go_up (InfClientModel *self)
{
  gpointer followed[]
      = { inf_service_get_node (self->service), inf_service_get_identity (self->service),
          inf_service_get_credits (self->service) };

  self->cancellable = g_cancellable_new ();
  for (guint i = 0; i < G_N_ELEMENTS (followed); i++)
    g_signal_connect_object (followed[i], "g-properties-changed", G_CALLBACK (emit_changed), self,
                             G_CONNECT_SWAPPED);
}

static void
on_service_state (InfService *service, GParamSpec *pspec, gpointer user_data)
{
  InfClientModel *self = user_data;
  gboolean is_up = inf_service_get_state (service) == INF_SERVICE_UP;

  if (is_up && !self->cancellable)
    go_up (self);
  if (!is_up && self->cancellable)
    {
      g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->cancellable);
    }
  emit_changed (self);
}

static void
inf_client_model_dispose (GObject *object)
{
  InfClientModel *self = INF_CLIENT_MODEL (object);

  if (self->service)
    g_signal_handlers_disconnect_by_data (self->service, self);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->jobs);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (inf_client_model_parent_class)->dispose (object);
}

static void
inf_client_model_class_init (InfClientModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_client_model_dispose;
  signals[CHANGED] = g_signal_new ("changed", INF_TYPE_CLIENT_MODEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[SAID] = g_signal_new ("said", INF_TYPE_CLIENT_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
inf_client_model_init (InfClientModel *self)
{
  self->jobs = inf_job_list_new ();
}

/**
 * inf_client_model_new:
 * @service: the connection to infinityd
 *
 * Returns: (transfer full): a model that follows it
 */
InfClientModel *
inf_client_model_new (InfService *service)
{
  InfClientModel *self = g_object_new (INF_TYPE_CLIENT_MODEL, NULL);

  self->service = g_object_ref (service);
  g_signal_connect (service, "notify::state", G_CALLBACK (on_service_state), self);
  inf_job_list_follow (self->jobs, service);
  on_service_state (service, NULL, self);
  return self;
}

InfService *
inf_client_model_get_service (InfClientModel *self)
{
  return self->service;
}

/* Returns: (transfer none): the jobs of this node */
InfJobList *
inf_client_model_get_jobs (InfClientModel *self)
{
  return self->jobs;
}

gboolean
inf_client_model_is_up (InfClientModel *self)
{
  return self->cancellable != NULL;
}

/* Returns: (transfer none) (nullable): of calls to this infinityd: cancelled when it goes */
GCancellable *
inf_client_model_get_cancellable (InfClientModel *self)
{
  return self->cancellable;
}

/* Returns: whether this node takes part in its grid, so that jobs can begin */
gboolean
inf_client_model_can_submit (InfClientModel *self)
{
  InfDBusNode1 *node = inf_service_get_node (self->service);

  return node && g_strcmp0 (inf_dbus_node1_get_state (node), "connected") == 0;
}

/**
 * inf_client_model_say:
 * @self: the model
 * @message: a sentence: how something ended that was asked for
 *
 * Shows @message for a moment.
 */
void
inf_client_model_say (InfClientModel *self, const char *message)
{
  g_signal_emit (self, signals[SAID], 0, message);
}

/**
 * inf_client_model_report:
 * @self: the model
 * @error: how a call to infinityd failed; stripped of what is not for people
 *
 * Says what went wrong, unless it was cancelled.
 */
void
inf_client_model_report (InfClientModel *self, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_dbus_error_strip_remote_error (error);
  inf_client_model_say (self, error->message);
}
