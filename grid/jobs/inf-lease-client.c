#include "grid/jobs/inf-lease-client.h"

#include "common/inf-error.h"
#include "discovery/files/inf-store-pins.h"
#include "grid/jobs/inf-job-planner.h"
#include "grid/jobs/inf-lease-payer.h"
#include "grid/market/inf-meter-client.h"
#include "grid/market/inf-voucher.h"

#include <string.h>

/* Staging may take as long as the files are large; the job's own deadlines bound it. */
#define ASK_TIMEOUT_MS 10000
#define PREPARE_TIMEOUT_MS (15 * 60 * 1000)
#define COLLECT_TIMEOUT_MS (5 * 60 * 1000)
#define STOP_TIMEOUT_MS 9000 /* the job core waits for 10 s */

struct _InfLeaseClient
{
  GObject parent;

  const InfJobContext *context;
  InfEndpoint *endpoint;
  InfPublicKey host_key;
  char *host_name;
  InfLeaseRequest request;
  InfLease *lease;      /* NULL before the host has signed */
  InfLeasePayer *payer; /* NULL before anything is paid */
  GBytes *bill;         /* NULL before the host has stopped */
  char *end_reason;     /* why the host stopped of itself, if it did and has said so */
  GBytes *statement;    /* the host's signed list of outputs, once it was asked for */
  gboolean is_restored; /* from an earlier run of this node, which signed at most: */
  guint64 signed_ucredits;
};

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

const char *
inf_lease_client_get_host_name (InfLeaseClient *client)
{
  return client->host_name;
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

static const guint8 *
lease_id (InfLeaseClient *self)
{
  return inf_lease_get_terms (self->lease)->lease_id;
}

/* What a host says in an error is shown to people: its name comes first, once. */
static void
name_host (InfLeaseClient *self, GError **error)
{
  if (!strstr ((*error)->message, self->host_name))
    g_prefix_error (error, "%s: ", self->host_name);
}

static void
ask (InfLeaseClient *self, const char *method, GBytes *request, guint timeout_ms,
     GCancellable *cancellable, GAsyncReadyCallback callback, GTask *task)
{
  inf_links_call_async (self->context->links, self->endpoint, method, request, timeout_ms,
                        cancellable, callback, task);
}

/* Returns: the reply, or NULL after the task was given the error. */
static GBytes *
take_reply (GObject *source, GAsyncResult *result, GTask *task)
{
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  GBytes *reply = inf_links_call_finish (INF_LINKS (source), result, &error);

  if (reply)
    return reply;
  name_host (self, &error);
  g_task_return_error (task, g_steal_pointer (&error));
  return NULL;
}

static gboolean
return_boolean (GTask *task, gboolean success, GError *error)
{
  InfLeaseClient *self = g_task_get_source_object (task);

  if (success)
    g_task_return_boolean (task, TRUE);
  else
    {
      name_host (self, &error);
      g_task_return_error (task, error);
    }
  return success;
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GBytes) reply = take_reply (source, result, task);
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
  return_boolean (task, valid, error);
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
  ask (client, INF_METHOD_LEASE_REQUEST, bytes, ASK_TIMEOUT_MS, cancellable, on_requested,
       g_task_new (client, cancellable, callback, user_data));
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
  g_autoptr (GBytes) reply = take_reply (source, result, task);
  g_auto (InfLeasePrepared) prepared = { 0 };
  GError *error = NULL;

  if (!reply)
    return;
  inf_lease_prepared_init (&prepared);
  return_boolean (task, inf_lease_prepared_decode (&prepared, reply, &error), error);
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

  ask (client, INF_METHOD_LEASE_PREPARE, bytes, PREPARE_TIMEOUT_MS, cancellable, on_prepared,
       g_task_new (client, cancellable, callback, user_data));
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
  g_autoptr (GBytes) reply = take_reply (source, result, task);

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
  g_autoptr (GBytes) bytes = inf_lease_ref_encode (lease_id (client), INF_KIND_LEASE_CHECK);

  ask (client, INF_METHOD_LEASE_CHECK, bytes, ASK_TIMEOUT_MS, cancellable, on_answered,
       g_task_new (client, cancellable, callback, user_data));
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
  g_autoptr (GBytes) reply = take_reply (source, result, task);
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
  return_boolean (task, decoded, error);
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
  memcpy (stop.lease_id, lease_id (client), sizeof stop.lease_id);
  stop.reason = g_strdup (reason);
  g_autoptr (GBytes) bytes = inf_lease_stop_encode (&stop);
  ask (client, INF_METHOD_LEASE_STOP, bytes, STOP_TIMEOUT_MS, NULL, on_stopped,
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

/* Collecting: the list of outputs, then each wanted object, one after the other. */
typedef struct
{
  InfJobSpec *spec;
  GPtrArray *outputs; /* of InfLeaseOutput, those wanted */
  guint next;
  InfStorePins *pins;
} Collect;

static void
collect_free (Collect *collect)
{
  inf_job_spec_unref (collect->spec);
  g_clear_pointer (&collect->outputs, g_ptr_array_unref);
  inf_store_pins_free (collect->pins);
  g_free (collect);
}

static void fetch_next (GTask *task);

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (inf_files_fetch_finish (INF_FILES (source), result, &error))
    {
      fetch_next (task);
      return;
    }
  name_host (self, &error);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
fetch_next (GTask *task)
{
  InfLeaseClient *self = g_task_get_source_object (task);
  Collect *collect = g_task_get_task_data (task);

  if (collect->next == collect->outputs->len)
    {
      g_task_return_pointer (task, g_steal_pointer (&collect->outputs),
                             (GDestroyNotify)g_ptr_array_unref);
      return;
    }
  const InfLeaseOutput *output = collect->outputs->pdata[collect->next++];
  InfObjectId id;
  memcpy (id.bytes, output->object.sha256, sizeof id.bytes);
  inf_store_pins_add (collect->pins, &id);
  inf_files_fetch_async (self->context->files, self->endpoint, &id, output->object.size_bytes,
                         g_task_get_cancellable (task), NULL, NULL, on_fetched,
                         g_object_ref (task));
}

static void
on_outputs (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  Collect *collect = g_task_get_task_data (task);
  g_autoptr (GBytes) reply = take_reply (source, result, task);
  g_auto (InfLeaseOutputs) outputs = { 0 };
  GError *error = NULL;

  if (!reply)
    return;
  inf_lease_outputs_init (&outputs);
  if (!inf_lease_outputs_decode (&outputs, reply, &self->host_key, &error))
    {
      return_boolean (task, FALSE, error);
      return;
    }
  g_clear_pointer (&self->statement, g_bytes_unref);
  self->statement = g_bytes_ref (reply);
  collect->outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lease_output_free);
  for (guint i = 0; i < outputs.outputs->len; i++)
    {
      const InfLeaseOutput *output = outputs.outputs->pdata[i];
      if (inf_job_spec_wants_output (collect->spec, output->path))
        g_ptr_array_add (
            collect->outputs,
            inf_lease_output_new (output->path, output->object.sha256, output->object.size_bytes));
    }
  fetch_next (task);
}

/**
 * inf_lease_client_collect_async:
 * @client: a client whose lease is stopped
 * @spec: says which outputs are wanted
 * @cancellable: (nullable): gives up
 * @callback: when every wanted output is in the store, where it stays as long as @callback runs
 * @user_data: for @callback
 */
void
inf_lease_client_collect_async (InfLeaseClient *client, InfJobSpec *spec, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (client, cancellable, callback, user_data);
  Collect *collect = g_new0 (Collect, 1);
  g_autoptr (GBytes) bytes = inf_lease_ref_encode (lease_id (client), INF_KIND_LEASE_OUTPUTS_ASKED);

  collect->pins = inf_store_pins_new (client->context->store);
  collect->spec = inf_job_spec_ref (spec);
  g_task_set_task_data (task, collect, (GDestroyNotify)collect_free);
  ask (client, INF_METHOD_LEASE_OUTPUTS, bytes, COLLECT_TIMEOUT_MS, cancellable, on_outputs, task);
}

/**
 * inf_lease_client_collect_finish:
 * @client: a lease's client
 * @result: what the callback was given
 * @error: the host's refusal, #INF_ERROR_CORRUPT, or what the link or store says
 *
 * Returns: (transfer full) (element-type InfLeaseOutput) (nullable): what was brought home
 */
GPtrArray *
inf_lease_client_collect_finish (InfLeaseClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * inf_lease_client_get_statement:
 * @client: a lease's client
 *
 * Returns: (transfer none) (nullable): the list of outputs as the host signed it; %NULL before it
 *   was collected
 */
GBytes *
inf_lease_client_get_statement (InfLeaseClient *client)
{
  return client->statement;
}

/* Returns: whether the host sent a bill that is for this lease and signed */
static gboolean
read_bill (InfLeaseClient *self, InfBill *ret_bill)
{
  g_autoptr (GError) error = NULL;

  if (!self->bill || g_bytes_get_size (self->bill) == 0)
    return FALSE;
  if (inf_bill_verify (ret_bill, self->bill, self->lease, &error))
    return TRUE;
  g_warning ("%s sent no valid bill: %s", self->host_name, error->message);
  return FALSE;
}

/* What was signed before a restart is owed as far as the host bills it; without a bill, all of it:
 * a promise is not forgotten because nobody is there to claim it. */
static void
settle_restored (InfLeaseClient *self, const InfBill *bill, InfSettlement *settlement)
{
  g_autoptr (InfMeterClient) meter = inf_meter_client_restore (self->lease, self->signed_ucredits);
  g_autoptr (GError) error = NULL;

  if (bill && inf_meter_client_settle_bill (meter, bill, settlement, &error))
    return;
  if (error)
    g_warning ("%s: %s", self->host_name, error->message);
  inf_meter_client_settle_alone (meter, settlement);
}

static void
decide_settlement (InfLeaseClient *self, InfSettlement *settlement)
{
  InfBill bill;
  gboolean has_bill = read_bill (self, &bill);

  memset (settlement, 0, sizeof *settlement);
  memcpy (settlement->lease_id, lease_id (self), sizeof settlement->lease_id);
  if (self->is_restored)
    settle_restored (self, has_bill ? &bill : NULL, settlement);
  else if (self->payer && inf_lease_payer_is_started (self->payer))
    inf_lease_payer_settle (self->payer, has_bill ? &bill : NULL, settlement);
}

/* The settlement is booked here before it is sent: a lost answer changes nothing any more. A lease
 * without a price, on the submitter's own machine, has nothing to book. */
static gboolean
book (InfLeaseClient *self, InfSettlement *settlement, GBytes **ret_bytes, GError **error)
{
  decide_settlement (self, settlement);
  *ret_bytes = inf_settlement_sign (settlement, self->context->keypair);
  if (inf_lease_get_terms (self->lease)->price_ucredits == 0)
    return TRUE;
  return inf_ledger_settle_paid (self->context->ledger, lease_id (self),
                                 settlement->amount_ucredits, *ret_bytes, g_get_real_time (),
                                 error);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GBytes) reply = take_reply (source, result, task);
  g_autoptr (GError) error = NULL;

  if (!reply)
    return;
  if (inf_lease_get_terms (self->lease)->price_ucredits > 0
      && !inf_ledger_settlement_delivered (self->context->ledger, lease_id (self), &error))
    g_warning ("%s", error->message);
  g_task_return_boolean (task, TRUE);
}

static GBytes *
encode_close (GBytes *settlement, const guint8 *id)
{
  InfLeasePayload payload = { .payload = settlement };

  memcpy (payload.lease_id, id, sizeof payload.lease_id);
  return inf_lease_payload_encode (&payload, INF_KIND_LEASE_CLOSE);
}

static void
settle (GTask *task)
{
  InfLeaseClient *self = g_task_get_source_object (task);
  guint64 *amount = g_task_get_task_data (task);
  g_autoptr (GBytes) settlement_bytes = NULL;
  InfSettlement settlement;
  GError *error = NULL;

  if (!book (self, &settlement, &settlement_bytes, &error))
    {
      return_boolean (task, FALSE, error);
      return;
    }
  *amount = settlement.amount_ucredits;
  g_autoptr (GBytes) bytes = encode_close (settlement_bytes, settlement.lease_id);
  ask (self, INF_METHOD_LEASE_CLOSE, bytes, ASK_TIMEOUT_MS, NULL, on_closed, g_object_ref (task));
}

static void
on_stopped_to_close (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (inf_lease_client_stop_finish (INF_LEASE_CLIENT (source), result, &error))
    settle (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * inf_lease_client_close_async:
 * @client: a client that holds a lease, in whatever state
 * @callback: when the host has confirmed the final amount
 * @user_data: for @callback
 *
 * Stops the lease where that is still to be done, books the final amount, then tells the host;
 * where it does not confirm, the settlement stays on the ledger's list of those to be delivered.
 */
void
inf_lease_client_close_async (InfLeaseClient *client, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, NULL, callback, user_data);

  g_task_set_task_data (task, g_new0 (guint64, 1), g_free);
  if (client->bill || !(client->payer || client->is_restored))
    settle (task);
  else
    inf_lease_client_stop_async (client, "the job is over", on_stopped_to_close,
                                 g_steal_pointer (&task));
}

/**
 * inf_lease_client_close_finish:
 * @client: a lease's client
 * @result: what the callback was given
 * @ret_paid_ucredits: (out): the final amount; left alone on failure
 * @error: why it could not be booked or delivered
 */
gboolean
inf_lease_client_close_finish (InfLeaseClient *client, GAsyncResult *result,
                               guint64 *ret_paid_ucredits, GError **error)
{
  guint64 *amount = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *ret_paid_ucredits = *amount;
  return TRUE;
}

/**
 * inf_lease_client_close_alone:
 * @client: a client whose host can't be asked
 * @ret_paid_ucredits: (out): what was paid: the running time that the host acknowledged
 * @error: what the ledger says
 */
gboolean
inf_lease_client_close_alone (InfLeaseClient *client, guint64 *ret_paid_ucredits, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  InfSettlement settlement;

  inf_lease_client_stop_paying (client);
  if (!book (client, &settlement, &bytes, error))
    return FALSE;
  *ret_paid_ucredits = settlement.amount_ucredits;
  return TRUE;
}

static void
close_unpaid (const InfJobContext *context, InfEndpoint *endpoint, const guint8 *id)
{
  InfSettlement nothing = { 0 };

  memcpy (nothing.lease_id, id, sizeof nothing.lease_id);
  g_autoptr (GBytes) settlement = inf_settlement_sign (&nothing, context->keypair);
  g_autoptr (GBytes) bytes = encode_close (settlement, nothing.lease_id);
  inf_links_call_async (context->links, endpoint, INF_METHOD_LEASE_CLOSE, bytes, ASK_TIMEOUT_MS,
                        NULL, NULL, NULL);
}

/**
 * inf_lease_client_give_back:
 * @client: a client that holds a lease for which no credits were set aside
 *
 * Tells the host that the lease is not wanted, and doesn't wait: if this is lost, the lease lapses.
 */
void
inf_lease_client_give_back (InfLeaseClient *client)
{
  close_unpaid (client->context, client->endpoint, lease_id (client));
}

/**
 * inf_lease_client_release:
 * @context: the node's
 * @host: a host that holds a lease which nobody here wants
 * @id: the lease
 *
 * As inf_lease_client_give_back(), of a lease that came too late for its client.
 */
void
inf_lease_client_release (const InfJobContext *context, const InfPeerId *host,
                          const guint8 id[INF_LEASE_ID_SIZE_BYTES])
{
  g_autoptr (InfEndpoint) endpoint = inf_job_planner_endpoint (context, host, NULL);

  if (endpoint)
    close_unpaid (context, endpoint, id);
}

/**
 * inf_lease_client_release_unknown:
 * @context: the node's
 * @host: a host that may hold a lease of which its answer was lost
 * @job_id: the job it was asked for
 *
 * As inf_lease_client_give_back(), by the job's id.
 */
void
inf_lease_client_release_unknown (const InfJobContext *context, const InfPeerId *host,
                                  const guint8 job_id[INF_JOB_ID_SIZE_BYTES])
{
  g_autoptr (InfEndpoint) endpoint = inf_job_planner_endpoint (context, host, NULL);
  g_autoptr (GBytes) bytes = inf_lease_ref_encode (job_id, INF_KIND_LEASE_RELEASE);

  if (endpoint)
    inf_links_call_async (context->links, endpoint, INF_METHOD_LEASE_RELEASE, bytes, ASK_TIMEOUT_MS,
                          NULL, NULL, NULL);
}
