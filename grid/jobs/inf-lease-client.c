#include "grid/jobs/inf-lease-client-private.h"

#include "common/inf-error.h"

#include <string.h>

/* Staging may take as long as the files are large; the job's own deadlines bound it. */
#define ASK_TIMEOUT_MS 10000
#define PREPARE_TIMEOUT_MS (15 * 60 * 1000)
#define STOP_TIMEOUT_MS 9000 /* the job core waits for 10 s */

G_DEFINE_FINAL_TYPE (InfLeaseClient, inf_lease_client, G_TYPE_OBJECT)

enum
{
  SIGNAL_SPENT,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_lease_client_finalize (GObject *object)
{
  InfLeaseClient *self = INF_LEASE_CLIENT (object);

  if (self->payer)
    g_signal_handlers_disconnect_by_data (self->payer, self);
  g_clear_object (&self->payer);
  g_clear_pointer (&self->lease, inf_lease_unref);
  g_clear_pointer (&self->endpoint, inf_endpoint_unref);
  g_clear_pointer (&self->bill, g_bytes_unref);
  g_clear_pointer (&self->statement, g_bytes_unref);
  g_clear_pointer (&self->host_name, g_free);
  g_clear_pointer (&self->end_reason, g_free);
  inf_lease_request_clear (&self->request);
  G_OBJECT_CLASS (inf_lease_client_parent_class)->finalize (object);
}

static void
inf_lease_client_class_init (InfLeaseClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_lease_client_finalize;
  signals[SIGNAL_SPENT] = g_signal_new ("spent", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_ENDED]
      = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
inf_lease_client_init (InfLeaseClient *self)
{
  inf_lease_request_init (&self->request);
}

/**
 * inf_lease_client_new:
 * @context: (transfer none): outlives the client
 * @endpoint: where the host is
 * @host_key: its key, which its signature is checked with
 * @host_name: its name, for messages
 *
 * Returns: (transfer full): a client that has asked for nothing
 */
InfLeaseClient *
inf_lease_client_new (const InfJobContext *context, InfEndpoint *endpoint,
                      const InfPublicKey *host_key, const char *host_name)
{
  InfLeaseClient *self = g_object_new (INF_TYPE_LEASE_CLIENT, NULL);

  self->context = context;
  self->endpoint = inf_endpoint_ref (endpoint);
  self->host_key = *host_key;
  self->host_name = g_strdup (host_name);
  return self;
}

/**
 * inf_lease_client_new_held:
 * @context: (transfer none): outlives the client
 * @endpoint: where the host is
 * @host_key: its key
 * @host_name: its name, for messages
 * @lease: what an earlier run of this node holds
 * @signed_ucredits: the highest voucher that it may have sent
 *
 * Returns: (transfer full): a client that can only be closed
 */
InfLeaseClient *
inf_lease_client_new_held (const InfJobContext *context, InfEndpoint *endpoint,
                           const InfPublicKey *host_key, const char *host_name, InfLease *lease,
                           guint64 signed_ucredits)
{
  InfLeaseClient *self = inf_lease_client_new (context, endpoint, host_key, host_name);

  self->lease = inf_lease_ref (lease);
  self->is_restored = TRUE;
  self->signed_ucredits = signed_ucredits;
  return self;
}

InfEndpoint *
inf_lease_client_get_endpoint (InfLeaseClient *client)
{
  return client->endpoint;
}

const InfPublicKey *
inf_lease_client_get_host_key (InfLeaseClient *client)
{
  return &client->host_key;
}

/**
 * inf_lease_client_get_lease:
 * @client: a lease's client
 *
 * Returns: (transfer none) (nullable): what the host signed; %NULL before
 */
InfLease *
inf_lease_client_get_lease (InfLeaseClient *client)
{
  return client->lease;
}

const guint8 *
inf_lease_client_get_lease_id (InfLeaseClient *self)
{
  return inf_lease_get_terms (self->lease)->lease_id;
}

/* What a host says in an error is shown to people: its name comes first, once. */
void
inf_lease_client_name_host (InfLeaseClient *self, GError **error)
{
  if (!strstr ((*error)->message, self->host_name))
    g_prefix_error (error, "%s: ", self->host_name);
}

void
inf_lease_client_ask (InfLeaseClient *self, const char *method, GBytes *request, guint timeout_ms,
                      GCancellable *cancellable, GAsyncReadyCallback callback, GTask *task)
{
  inf_links_call_async (self->context->links, self->endpoint, method, request, timeout_ms,
                        cancellable, callback, task);
}

/* Returns: the reply, or NULL after the task was given the error. */
GBytes *
inf_lease_client_take_reply (GObject *source, GAsyncResult *result, GTask *task)
{
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  GBytes *reply = inf_links_call_finish (INF_LINKS (source), result, &error);

  if (reply)
    return reply;
  inf_lease_client_name_host (self, &error);
  g_task_return_error (task, g_steal_pointer (&error));
  return NULL;
}

gboolean
inf_lease_client_return_boolean (GTask *task, gboolean success, GError *error)
{
  InfLeaseClient *self = g_task_get_source_object (task);

  if (success)
    g_task_return_boolean (task, TRUE);
  else
    {
      inf_lease_client_name_host (self, &error);
      g_task_return_error (task, error);
    }
  return success;
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GBytes) reply = inf_lease_client_take_reply (source, result, task);
  GError *error = NULL;

  if (!reply)
    return;
  g_autoptr (InfLease) lease = inf_lease_from_bytes (reply, &error);
  gboolean valid = lease
                   && inf_lease_verify (lease, &self->host_key,
                                        inf_keypair_get_public_key (self->context->keypair),
                                        &self->request, &error);
  if (valid)
    self->lease = g_steal_pointer (&lease);
  inf_lease_client_return_boolean (task, valid, error);
}

static void
copy_request (InfLeaseRequest *to, const InfLeaseRequest *from)
{
  *to = *from;
  to->program = g_strdup (from->program);
  to->arch = g_strdup (from->arch);
  to->open_mpi_series = g_strdup (from->open_mpi_series);
}

/**
 * inf_lease_client_request_async:
 * @client: a new client
 * @request: what is asked for; copied
 * @cancellable: (nullable): gives up
 * @callback: when the host has signed, with terms that match @request, or said no
 * @user_data: for @callback
 */
void
inf_lease_client_request_async (InfLeaseClient *client, const InfLeaseRequest *request,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GBytes) bytes = inf_lease_request_encode (request);

  inf_lease_request_clear (&client->request);
  copy_request (&client->request, request);
  inf_lease_client_ask (client, INF_METHOD_LEASE_REQUEST, bytes, ASK_TIMEOUT_MS, cancellable,
                        on_requested, g_task_new (client, cancellable, callback, user_data));
}

gboolean
inf_lease_client_request_finish (InfLeaseClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) reply = inf_lease_client_take_reply (source, result, task);
  g_auto (InfLeasePrepared) prepared = { 0 };
  GError *error = NULL;

  if (!reply)
    return;
  inf_lease_prepared_init (&prepared);
  inf_lease_client_return_boolean (task, inf_lease_prepared_decode (&prepared, reply, &error),
                                   error);
}

/**
 * inf_lease_client_prepare_async:
 * @client: a client that holds a lease
 * @prepare: files, participants and limits
 * @cancellable: (nullable): gives up
 * @callback: when the host has every file
 * @user_data: for @callback
 */
void
inf_lease_client_prepare_async (InfLeaseClient *client, const InfLeasePrepare *prepare,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GBytes) bytes = inf_lease_prepare_encode (prepare);

  inf_lease_client_ask (client, INF_METHOD_LEASE_PREPARE, bytes, PREPARE_TIMEOUT_MS, cancellable,
                        on_prepared, g_task_new (client, cancellable, callback, user_data));
}

gboolean
inf_lease_client_prepare_finish (InfLeaseClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) reply = inf_lease_client_take_reply (source, result, task);

  if (reply)
    g_task_return_boolean (task, TRUE);
}

/**
 * inf_lease_client_check_async:
 * @client: a client whose lease is prepared
 * @cancellable: (nullable): gives up
 * @callback: when the host's sandbox runs and it has a link to every other participant
 * @user_data: for @callback
 */
void
inf_lease_client_check_async (InfLeaseClient *client, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GBytes) bytes
      = inf_lease_ref_encode (inf_lease_client_get_lease_id (client), INF_KIND_LEASE_CHECK);

  inf_lease_client_ask (client, INF_METHOD_LEASE_CHECK, bytes, ASK_TIMEOUT_MS, cancellable,
                        on_answered, g_task_new (client, cancellable, callback, user_data));
}

gboolean
inf_lease_client_check_finish (InfLeaseClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_spent (InfLeasePayer *payer, guint64 ucredits, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_SPENT], 0, ucredits);
}

static void
on_ended (InfLeasePayer *payer, int code, const char *reason, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_ENDED], 0, code, reason);
}

/**
 * inf_lease_client_start_paying:
 * @client: a client whose lease is checked
 * @escrowed_ucredits: what the ledger holds for it
 * @time_limit_us: how long the program may run
 * @error: when that does not cover the first step
 */
gboolean
inf_lease_client_start_paying (InfLeaseClient *client, guint64 escrowed_ucredits,
                               gint64 time_limit_us, GError **error)
{
  client->payer = inf_lease_payer_new (client->context, client->endpoint, client->host_name,
                                       client->lease, escrowed_ucredits, time_limit_us);
  g_signal_connect (client->payer, "spent", G_CALLBACK (on_spent), client);
  g_signal_connect (client->payer, "ended", G_CALLBACK (on_ended), client);
  return inf_lease_payer_start (client->payer, error);
}

void
inf_lease_client_stop_paying (InfLeaseClient *client)
{
  if (client->payer)
    inf_lease_payer_finish (client->payer);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GBytes) reply = inf_lease_client_take_reply (source, result, task);
  g_auto (InfLeaseStopped) stopped = { 0 };
  GError *error = NULL;

  if (!reply)
    return;
  gboolean decoded = inf_lease_stopped_decode (&stopped, reply, &error);
  if (decoded && g_bytes_get_size (stopped.bill) > 0)
    {
      g_clear_pointer (&self->bill, g_bytes_unref);
      self->bill = g_bytes_ref (stopped.bill);
    }
  if (decoded && stopped.reason)
    {
      g_free (self->end_reason);
      self->end_reason = g_steal_pointer (&stopped.reason);
    }
  inf_lease_client_return_boolean (task, decoded, error);
}

/**
 * inf_lease_client_stop_async:
 * @client: a client that holds a lease
 * @reason: one line for the host's owner
 * @callback: when nothing of the job runs on the host any more and its bill is here
 * @user_data: for @callback
 */
void
inf_lease_client_stop_async (InfLeaseClient *client, const char *reason,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_auto (InfLeaseStop) stop = { 0 };

  inf_lease_client_stop_paying (client);
  memcpy (stop.lease_id, inf_lease_client_get_lease_id (client), sizeof stop.lease_id);
  stop.reason = g_strdup (reason);
  g_autoptr (GBytes) bytes = inf_lease_stop_encode (&stop);
  inf_lease_client_ask (client, INF_METHOD_LEASE_STOP, bytes, STOP_TIMEOUT_MS, NULL, on_stopped,
                        g_task_new (client, NULL, callback, user_data));
}

gboolean
inf_lease_client_stop_finish (InfLeaseClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * inf_lease_client_get_end_reason:
 * @client: a lease's client
 *
 * Returns: (transfer none) (nullable): why the host ended the lease of itself, as it said when
 *   stopped; %NULL when it did not
 */
const char *
inf_lease_client_get_end_reason (InfLeaseClient *client)
{
  return client->end_reason;
}
