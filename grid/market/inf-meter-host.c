#include "grid/market/inf-meter-host.h"

#include "common/inf-error.h"
#include "grid/market/inf-price.h"

#include <string.h>

/* How a host is paid for one lease.
 *
 *            launched                first voucher
 *   LEASED ────────────▶ LAUNCHED ──────────────────▶ RUNNING ⟲ voucher: paid for longer
 *      │                     │                           │
 *      │                     │ none within 10 s:         │ paid time and grace over:
 *      │                     │ STOP_UNPAID               │ STOP_UNPAID
 *      └──── finish ─────────┴────────── finish ─────────┴──▶ FINISHED: bill, then settlement
 *
 * The clock starts with the first voucher, wherever that comes, and time beyond what vouchers cover
 * is never billed: that a job outlives its pay by the grace is the host's exposure. */

struct _InfMeterHost
{
  InfLease *lease;
  gboolean is_launched;
  gboolean is_started;
  gboolean is_finished;
  gint64 launched_us;
  gint64 start_us;
  guint64 final_ms;

  guint64 sequence;
  guint64 covers_ms;
};

static const InfLeaseTerms *
terms_of (const InfMeterHost *meter)
{
  return inf_lease_get_terms (meter->lease);
}

/**
 * inf_meter_host_new:
 * @lease: what is served; a reference is taken
 *
 * Returns: (transfer full): a meter for a lease under which nothing runs yet
 */
InfMeterHost *
inf_meter_host_new (InfLease *lease)
{
  InfMeterHost *meter = g_new0 (InfMeterHost, 1);

  meter->lease = inf_lease_ref (lease);
  return meter;
}

/**
 * inf_meter_host_restore:
 * @lease: what was served before this node restarted; a reference is taken
 * @last: (nullable): the last voucher recorded; %NULL: none came
 * @served_ms: the running time that was recorded with it
 *
 * A restart ends what ran, and nobody knows how much longer than @served_ms that was: no more than
 * that is billed.
 *
 * Returns: (transfer full): a finished meter, for the bill and the settlement
 */
InfMeterHost *
inf_meter_host_restore (InfLease *lease, const InfVoucher *last, guint64 served_ms)
{
  InfMeterHost *meter = inf_meter_host_new (lease);

  meter->is_finished = TRUE;
  if (last)
    {
      meter->is_started = TRUE;
      meter->sequence = last->sequence;
      meter->covers_ms = last->covers_ms;
      meter->final_ms = MIN (served_ms, last->covers_ms);
    }
  return meter;
}

void
inf_meter_host_free (InfMeterHost *meter)
{
  if (!meter)
    return;
  inf_lease_unref (meter->lease);
  g_free (meter);
}

/**
 * inf_meter_host_launched:
 * @meter: a meter
 * @now_us: monotonic time: the first process of the job has started
 *
 * A client that launches must have paid within %INF_METER_HOST_LAUNCH_US.
 */
void
inf_meter_host_launched (InfMeterHost *meter, gint64 now_us)
{
  if (meter->is_launched)
    return;
  meter->is_launched = TRUE;
  meter->launched_us = now_us;
}

/**
 * inf_meter_host_pay:
 * @meter: a meter
 * @voucher: a voucher, verified by inf_voucher_verify()
 * @now_us: monotonic time
 * @error: #INF_ERROR_EXPIRED: the job is over; #INF_ERROR_INVALID: it takes back what was promised
 *
 * A voucher that came before, or out of order, changes nothing and is no error.
 */
gboolean
inf_meter_host_pay (InfMeterHost *meter, const InfVoucher *voucher, gint64 now_us, GError **error)
{
  if (meter->is_finished)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_EXPIRED,
                           "voucher for a job that is over on this host");
      return FALSE;
    }
  if (voucher->sequence <= meter->sequence)
    return TRUE;
  if (voucher->covers_ms < meter->covers_ms)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "voucher for %" G_GUINT64_FORMAT " ms after one for %" G_GUINT64_FORMAT " ms",
                   voucher->covers_ms, meter->covers_ms);
      return FALSE;
    }
  if (!meter->is_started)
    {
      meter->is_started = TRUE;
      meter->start_us = now_us;
    }
  meter->sequence = voucher->sequence;
  meter->covers_ms = voucher->covers_ms;
  return TRUE;
}

/**
 * inf_meter_host_get_deadline_us:
 * @meter: a meter
 *
 * Returns: the monotonic time at which the job stops unless a voucher comes; G_MAXINT64: nothing
 *   runs that must be paid
 */
gint64
inf_meter_host_get_deadline_us (const InfMeterHost *meter)
{
  if (meter->is_finished)
    return G_MAXINT64;
  if (meter->is_started)
    return meter->start_us + (gint64)meter->covers_ms * 1000 + terms_of (meter)->grace_us;
  return meter->is_launched ? meter->launched_us + INF_METER_HOST_LAUNCH_US : G_MAXINT64;
}

InfMeterHostAction
inf_meter_host_poll (InfMeterHost *meter, gint64 now_us)
{
  return now_us >= inf_meter_host_get_deadline_us (meter) ? INF_METER_HOST_STOP_UNPAID
                                                          : INF_METER_HOST_WAIT;
}

/**
 * inf_meter_host_finish:
 * @meter: a meter in any state
 * @now_us: monotonic time: the job has ended here, or is told to
 *
 * Stops the clock, once and for all.
 */
void
inf_meter_host_finish (InfMeterHost *meter, gint64 now_us)
{
  if (meter->is_finished)
    return;
  meter->final_ms = inf_meter_host_get_served_ms (meter, now_us);
  meter->is_finished = TRUE;
}

/**
 * inf_meter_host_get_bill:
 * @meter: a meter
 * @ret_bill: (out): what to sign and send: the same at every call
 *
 * Returns: whether the meter is finished; @ret_bill is left alone when it is not
 */
gboolean
inf_meter_host_get_bill (const InfMeterHost *meter, InfBill *ret_bill)
{
  if (!meter->is_finished)
    return FALSE;
  memcpy (ret_bill->lease_id, terms_of (meter)->lease_id, sizeof ret_bill->lease_id);
  ret_bill->served_ms = meter->final_ms;
  ret_bill->amount_ucredits = inf_price_cost (terms_of (meter)->price_ucredits, meter->final_ms);
  return TRUE;
}

/**
 * inf_meter_host_accept:
 * @meter: a finished meter
 * @settlement: the client's settlement, verified by inf_settlement_verify()
 * @error: #INF_ERROR_DENIED: it is below the bill; #INF_ERROR_INVALID: the job still runs
 *
 * More than the bill is taken: a client that could not ask for the bill settles at its last
 * voucher.
 *
 * Returns: whether to book the settlement's amount as earned
 */
gboolean
inf_meter_host_accept (const InfMeterHost *meter, const InfSettlement *settlement, GError **error)
{
  InfBill bill;

  if (!inf_meter_host_get_bill (meter, &bill))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "settlement for a job that still runs");
      return FALSE;
    }
  if (settlement->amount_ucredits < bill.amount_ucredits)
    {
      g_autofree char *offered = inf_ucredits_to_text ((gint64)settlement->amount_ucredits);
      g_autofree char *billed = inf_ucredits_to_text ((gint64)bill.amount_ucredits);
      g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
                   "settlement of %s credits for a bill of %s, which signed vouchers cover",
                   offered, billed);
      return FALSE;
    }
  return TRUE;
}

gboolean
inf_meter_host_is_started (const InfMeterHost *meter)
{
  return meter->is_started;
}

/**
 * inf_meter_host_get_paid_for_us:
 * @meter: a meter
 * @now_us: monotonic time
 *
 * Returns: how much longer the vouchers last, without the grace; 0: used up, or none came
 */
gint64
inf_meter_host_get_paid_for_us (const InfMeterHost *meter, gint64 now_us)
{
  if (!meter->is_started || meter->is_finished)
    return 0;
  return MAX (meter->start_us + (gint64)meter->covers_ms * 1000 - now_us, 0);
}

/**
 * inf_meter_host_get_served_ms:
 * @meter: a meter
 * @now_us: monotonic time
 *
 * Returns: the running time that would be billed now: at most what vouchers cover
 */
guint64
inf_meter_host_get_served_ms (const InfMeterHost *meter, gint64 now_us)
{
  if (meter->is_finished)
    return meter->final_ms;
  if (!meter->is_started)
    return 0;
  return MIN (inf_price_served_ms (now_us - meter->start_us), meter->covers_ms);
}

guint64
inf_meter_host_get_earned_ucredits (const InfMeterHost *meter, gint64 now_us)
{
  return inf_price_cost (terms_of (meter)->price_ucredits,
                         inf_meter_host_get_served_ms (meter, now_us));
}

guint64
inf_meter_host_get_prepaid_ucredits (const InfMeterHost *meter)
{
  return inf_price_cost (terms_of (meter)->price_ucredits, meter->covers_ms);
}
