#include "grid/jobs/inf-lease-client-private.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-planner.h"
#include "grid/market/inf-meter-client.h"
#include "grid/market/inf-voucher.h"

#include <string.h>

/* The end of a lease on its client's side: the final amount is decided, booked, and told. */

#define CLOSE_TIMEOUT_MS 10000

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
  memcpy (settlement->lease_id, inf_lease_client_get_lease_id (self), sizeof settlement->lease_id);
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
  return inf_ledger_settle_paid (self->context->ledger, inf_lease_client_get_lease_id (self),
                                 settlement->amount_ucredits, *ret_bytes, g_get_real_time (),
                                 error);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  InfLeaseClient *self = g_task_get_source_object (task);
  g_autoptr (GBytes) reply = inf_lease_client_take_reply (source, result, task);
  g_autoptr (GError) error = NULL;

  if (!reply)
    return;
  if (inf_lease_get_terms (self->lease)->price_ucredits > 0
      && !inf_ledger_settlement_delivered (self->context->ledger,
                                           inf_lease_client_get_lease_id (self), &error))
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
      inf_lease_client_return_boolean (task, FALSE, error);
      return;
    }
  *amount = settlement.amount_ucredits;
  g_autoptr (GBytes) bytes = encode_close (settlement_bytes, settlement.lease_id);
  inf_lease_client_ask (self, INF_METHOD_LEASE_CLOSE, bytes, CLOSE_TIMEOUT_MS, NULL, on_closed,
                        g_object_ref (task));
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
  inf_links_call_async (context->links, endpoint, INF_METHOD_LEASE_CLOSE, bytes, CLOSE_TIMEOUT_MS,
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
  close_unpaid (client->context, client->endpoint, inf_lease_client_get_lease_id (client));
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
    inf_links_call_async (context->links, endpoint, INF_METHOD_LEASE_RELEASE, bytes,
                          CLOSE_TIMEOUT_MS, NULL, NULL, NULL);
}
