#include "grid/jobs/inf-lease-payer.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-messages.h"
#include "grid/market/inf-meter-client.h"

#include <string.h>

#define PAY_TIMEOUT_MS 5000

struct _InfLeasePayer
{
  GObject parent;

  const InfJobContext *context;
  InfEndpoint *endpoint;
  char *host_name;
  InfLease *lease;
  InfMeterClient *meter;
  GCancellable *cancellable; /* of the voucher under way */
  guint timer;
  gboolean is_started;
  gboolean is_finished;
};

G_DEFINE_FINAL_TYPE (InfLeasePayer, inf_lease_payer, G_TYPE_OBJECT)

enum
{
  SIGNAL_SPENT,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
inf_lease_payer_dispose (GObject *object)
{
  InfLeasePayer *self = INF_LEASE_PAYER (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (inf_lease_payer_parent_class)->dispose (object);
}

static void
inf_lease_payer_finalize (GObject *object)
{
  InfLeasePayer *self = INF_LEASE_PAYER (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->meter, inf_meter_client_free);
  g_clear_pointer (&self->lease, inf_lease_unref);
  g_clear_pointer (&self->endpoint, inf_endpoint_unref);
  g_clear_pointer (&self->host_name, g_free);
  G_OBJECT_CLASS (inf_lease_payer_parent_class)->finalize (object);
}

static void
inf_lease_payer_class_init (InfLeasePayerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_lease_payer_dispose;
  G_OBJECT_CLASS (klass)->finalize = inf_lease_payer_finalize;
  signals[SIGNAL_SPENT] = g_signal_new ("spent", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_ENDED]
      = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
inf_lease_payer_init (InfLeasePayer *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * inf_lease_payer_new:
 * @context: (transfer none): outlives the payer
 * @endpoint: where the host is
 * @host_name: its name, for messages
 * @lease: what is paid
 * @escrowed_ucredits: what the ledger holds for it
 * @time_limit_us: how long the program may run
 *
 * Returns: (transfer full): a payer that has paid nothing
 */
InfLeasePayer *
inf_lease_payer_new (const InfJobContext *context, InfEndpoint *endpoint, const char *host_name,
                     InfLease *lease, guint64 escrowed_ucredits, gint64 time_limit_us)
{
  InfLeasePayer *self = g_object_new (INF_TYPE_LEASE_PAYER, NULL);

  self->context = context;
  self->endpoint = inf_endpoint_ref (endpoint);
  self->host_name = g_strdup (host_name);
  self->lease = inf_lease_ref (lease);
  self->meter = inf_meter_client_new (lease, escrowed_ucredits, time_limit_us);
  return self;
}

static void poll_meter (InfLeasePayer *self);

static void
end (InfLeasePayer *self, InfError code, const char *reason)
{
  inf_lease_payer_finish (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, (int)code, reason);
}

static void
on_paid (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfLeasePayer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = inf_links_call_finish (INF_LINKS (source), result, &error);
  InfLeasePaid paid;

  if (self->is_finished)
    return;
  if (reply && inf_lease_paid_decode (&paid, reply, &error))
    inf_meter_client_acknowledged (self->meter, paid.accepted_ucredits, g_get_monotonic_time ());
  else if (inf_error_is_refused (error) || inf_error_is_not_found (error))
    {
      end (self, INF_ERROR_REFUSED, error->message);
      return;
    }
  /* Any other failure is the meter's to judge: an unacknowledged step ends the lease. */
  poll_meter (self);
}

/* The ledger knows of the voucher before the host does, so that a crash forgets none. */
static gboolean
pay (InfLeasePayer *self, const InfVoucher *voucher, GError **error)
{
  InfLeasePayload payload;

  if (!inf_ledger_note_signed (self->context->ledger, voucher->lease_id,
                               voucher->cumulative_ucredits, error))
    return FALSE;
  memcpy (payload.lease_id, voucher->lease_id, sizeof payload.lease_id);
  payload.payload = inf_voucher_sign (voucher, self->context->keypair);
  g_autoptr (GBytes) request = inf_lease_payload_encode (&payload, INF_KIND_LEASE_PAY);
  g_bytes_unref (payload.payload);
  inf_links_call_async (self->context->links, self->endpoint, INF_METHOD_LEASE_PAY, request,
                        PAY_TIMEOUT_MS, self->cancellable, on_paid, g_object_ref (self));
  return TRUE;
}

static gboolean
on_timer (gpointer user_data)
{
  InfLeasePayer *self = user_data;

  self->timer = 0;
  poll_meter (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_deadline (InfLeasePayer *self, gint64 now_us)
{
  gint64 deadline_us = inf_meter_client_get_deadline_us (self->meter);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (deadline_us == G_MAXINT64)
    return;
  gint64 wait_ms = (MAX (deadline_us - now_us, 0) + 999) / 1000;
  self->timer = g_timeout_add ((guint)MIN (wait_ms, G_MAXINT32), on_timer, self);
}

static void
poll_meter (InfLeasePayer *self)
{
  g_autoptr (InfLeasePayer) keep = g_object_ref (self);
  gint64 now_us = g_get_monotonic_time ();
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;
  InfVoucher voucher;

  g_signal_emit (self, signals[SIGNAL_SPENT], 0,
                 inf_meter_client_get_spent_ucredits (self->meter, now_us));
  if (self->is_finished)
    return;
  switch (inf_meter_client_poll (self->meter, now_us, &voucher))
    {
    case INF_METER_CLIENT_WAIT:
      break;
    case INF_METER_CLIENT_PAY:
      if (!pay (self, &voucher, &error))
        {
          end (self, INF_ERROR_FAILED, error->message);
          return;
        }
      break;
    case INF_METER_CLIENT_STOP_CREDITS:
      end (self, INF_ERROR_NO_CREDITS, "the credits set aside for the job are used up");
      return;
    case INF_METER_CLIENT_STOP_TIME_LIMIT:
      /* The job's own clock ends the program; there is nothing more to pay. */
      return;
    case INF_METER_CLIENT_STOP_UNSERVED:
      reason = g_strdup_printf ("%s no longer answers to payments", self->host_name);
      end (self, INF_ERROR_UNREACHABLE, reason);
      return;
    }
  wait_for_deadline (self, g_get_monotonic_time ());
}

/**
 * inf_lease_payer_start:
 * @payer: a new payer
 * @error: when the escrow does not even cover the first voucher
 *
 * From here on running time is paid.
 */
gboolean
inf_lease_payer_start (InfLeasePayer *payer, GError **error)
{
  if (!inf_meter_client_start (payer->meter, g_get_monotonic_time (), error))
    return FALSE;
  payer->is_started = TRUE;
  poll_meter (payer);
  return TRUE;
}

/**
 * inf_lease_payer_finish:
 * @payer: a payer
 *
 * The program has stopped, or must: nothing more is signed. May be called again.
 */
void
inf_lease_payer_finish (InfLeasePayer *payer)
{
  if (payer->is_finished)
    return;
  payer->is_finished = TRUE;
  g_clear_handle_id (&payer->timer, g_source_remove);
  inf_meter_client_finish (payer->meter, g_get_monotonic_time ());
}

gboolean
inf_lease_payer_is_started (InfLeasePayer *payer)
{
  return payer->is_started;
}

/**
 * inf_lease_payer_settle:
 * @payer: a started payer; it is finished by this at the latest
 * @bill: (nullable): the host's bill, verified; %NULL when the host can't be asked
 * @ret_settlement: (out): what is paid in the end: the bill, or the last voucher where there is
 *   none that stands
 */
void
inf_lease_payer_settle (InfLeasePayer *payer, const InfBill *bill, InfSettlement *ret_settlement)
{
  g_autoptr (GError) error = NULL;

  inf_lease_payer_finish (payer);
  if (bill && inf_meter_client_settle_bill (payer->meter, bill, ret_settlement, &error))
    return;
  if (error)
    g_warning ("%s: %s", payer->host_name, error->message);
  inf_meter_client_settle_alone (payer->meter, ret_settlement);
}
