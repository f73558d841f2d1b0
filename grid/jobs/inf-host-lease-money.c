#include "grid/jobs/inf-host-lease-private.h"

#include "common/inf-error.h"

#include <string.h>

/* What a host does about a lease's payment and its time. */

/* A client that went away may come back for its outputs within a day. */
#define KEEP_OUTPUTS_US (24 * 3600 * (gint64)G_USEC_PER_SEC)
/* Where there is nothing to come back for, only a late question is answered. */
#define KEEP_NOTHING_US (60 * (gint64)G_USEC_PER_SEC)

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
}

static gint64
expiry_us (InfHostLease *self)
{
  gint64 left_us = inf_lease_get_terms (self->lease)->expires_unix_us - g_get_real_time ();

  if (self->state == INF_HOST_LEASE_STOPPED && !self->dir
      && !inf_meter_host_is_started (self->meter))
    left_us = KEEP_NOTHING_US;
  else if (self->state == INF_HOST_LEASE_STOPPED)
    left_us = MAX (left_us, 0) + KEEP_OUTPUTS_US;
  return g_get_monotonic_time () + MAX (left_us, 0);
}

static gboolean
on_timer (gpointer user_data)
{
  g_autoptr (InfHostLease) self = g_object_ref (user_data);
  gint64 now_us = g_get_monotonic_time ();

  self->timer = 0;
  if (self->state == INF_HOST_LEASE_STOPPED)
    inf_host_lease_set_state (self, INF_HOST_LEASE_CLOSED);
  else if (inf_lease_is_expired (self->lease, g_get_real_time ()))
    inf_host_lease_end_async (self, "the lease expired", on_ended, NULL);
  else if (inf_meter_host_poll (self->meter, now_us) == INF_METER_HOST_STOP_UNPAID)
    inf_host_lease_end_async (self, "the lease was not paid", on_ended, NULL);
  else
    inf_host_lease_arm_timer (self);
  return G_SOURCE_REMOVE;
}

/**
 * inf_host_lease_arm_timer:
 * @lease: a lease
 *
 * Sees to it that whatever ends the lease by itself is looked at in time.
 */
void
inf_host_lease_arm_timer (InfHostLease *lease)
{
  gint64 deadline_us = expiry_us (lease);

  g_clear_handle_id (&lease->timer, g_source_remove);
  if (lease->state == INF_HOST_LEASE_CLOSED)
    return;
  if (lease->state < INF_HOST_LEASE_STOPPED)
    deadline_us = MIN (deadline_us, inf_meter_host_get_deadline_us (lease->meter));
  gint64 wait_ms = (MAX (deadline_us - g_get_monotonic_time (), 0) + 999) / 1000;
  lease->timer = g_timeout_add ((guint)MIN (wait_ms, G_MAXINT32), on_timer, lease);
}

static gboolean
record (InfHostLease *self, gboolean is_billed, GError **error)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (self->lease);
  InfLedgerClaim claim = {
    .prepaid_ucredits = inf_meter_host_get_prepaid_ucredits (self->meter),
    .served_ms = inf_meter_host_get_served_ms (self->meter, g_get_monotonic_time ()),
    .is_billed = is_billed,
    .voucher = self->last_voucher,
    .lease = inf_lease_get_bytes (self->lease),
  };

  if (terms->price_ucredits == 0)
    return TRUE;
  memcpy (claim.lease_id, terms->lease_id, sizeof claim.lease_id);
  memcpy (claim.job_id, terms->job_id, sizeof claim.job_id);
  inf_peer_id_of_key (&terms->client, &claim.client);
  return inf_ledger_record_earned (self->context->ledger, &claim, error);
}

/**
 * inf_host_lease_pay:
 * @lease: a lease
 * @call: (transfer full): answered with what is paid now
 * @voucher: what the client sent
 */
void
inf_host_lease_pay (InfHostLease *lease, InfLinkCall *call, GBytes *voucher)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  InfVoucher paid;

  if (lease->state >= INF_HOST_LEASE_STOPPED || lease->end_reason)
    {
      inf_host_lease_refuse (call, INF_ERROR_REFUSED, "the lease is over: %s",
                             lease->end_reason ? lease->end_reason : "it was stopped");
      return;
    }
  if (!inf_voucher_verify (&paid, voucher, lease->lease, &error)
      || !inf_meter_host_pay (lease->meter, &paid, now_us, &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  g_clear_pointer (&lease->last_voucher, g_bytes_unref);
  lease->last_voucher = g_bytes_ref (voucher);
  if (!record (lease, FALSE, &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  inf_host_lease_arm_timer (lease);
  InfLeasePaid answer = {
    .accepted_ucredits = inf_meter_host_get_prepaid_ucredits (lease->meter),
    .paid_for_us = inf_meter_host_get_paid_for_us (lease->meter, now_us),
  };
  g_autoptr (GBytes) reply = inf_lease_paid_encode (&answer);
  inf_link_call_return (call, reply);
}

/**
 * inf_host_lease_make_bill:
 * @lease: a stopped lease
 *
 * Returns: (transfer full): the signed bill; no bytes when nothing was ever paid
 */
GBytes *
inf_host_lease_make_bill (InfHostLease *lease)
{
  g_autoptr (GError) error = NULL;
  InfBill bill;

  if (!inf_meter_host_is_started (lease->meter) || !inf_meter_host_get_bill (lease->meter, &bill))
    return g_bytes_new (NULL, 0);
  /* A settlement that came twice: the ledger has closed the lease already. */
  if (lease->state != INF_HOST_LEASE_CLOSED && !record (lease, TRUE, &error))
    g_warning ("a lease's bill can't be recorded: %s", error->message);
  return inf_bill_sign (&bill, lease->context->keypair);
}

typedef struct
{
  InfLinkCall *call;
  GBytes *settlement;
} Close;

static gboolean
accept_settlement (InfHostLease *self, GBytes *bytes, GError **error)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (self->lease);
  InfSettlement settlement;

  if (!inf_settlement_verify (&settlement, bytes, self->lease, error))
    return FALSE;
  if (!inf_meter_host_accept (self->meter, &settlement, error))
    return FALSE;
  if (terms->price_ucredits == 0)
    return TRUE;
  /* The client may have paid for vouchers that were lost on their way. */
  if (!inf_meter_host_is_started (self->meter)
      && (settlement.amount_ucredits == 0 || !record (self, TRUE, error)))
    return settlement.amount_ucredits == 0;
  return inf_ledger_close_earned (self->context->ledger, terms->lease_id,
                                  settlement.amount_ucredits, bytes, g_get_real_time (), error);
}

static void
on_stopped_to_close (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InfHostLease *self = INF_HOST_LEASE (source);
  Close *closing = user_data;
  g_autoptr (GBytes) bill = inf_host_lease_make_bill (self);
  g_autoptr (GError) error = NULL;

  if (accept_settlement (self, closing->settlement, &error))
    {
      inf_link_call_return (closing->call, NULL);
      inf_host_lease_set_state (self, INF_HOST_LEASE_CLOSED);
    }
  else
    inf_link_call_return_error (closing->call, error);
  g_bytes_unref (closing->settlement);
  g_free (closing);
}

/**
 * inf_host_lease_close:
 * @lease: a lease
 * @call: (transfer full): answered when the amount is booked as earned
 * @settlement: what the client sent
 */
void
inf_host_lease_close (InfHostLease *lease, InfLinkCall *call, GBytes *settlement)
{
  Close *closing = g_new0 (Close, 1);

  closing->call = call;
  closing->settlement = g_bytes_ref (settlement);
  inf_host_lease_end_async (lease, NULL, on_stopped_to_close, closing);
}
