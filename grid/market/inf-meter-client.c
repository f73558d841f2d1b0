#include "grid/market/inf-meter-client.h"

#include "common/inf-error.h"
#include "grid/market/inf-price.h"

#include <string.h>

/* How a client pays for one lease.
 *
 *             start                      finish
 *   READY ─────────────▶ RUNNING ─────────────────────▶ FINISHED
 *     │                  │    ▲                            │
 *     │            PAY   ▼    │ acknowledged               │ bill in order: settle_bill
 *     │                IN FLIGHT                           │ no bill, no host: settle_alone
 *     └─────────────── finish (nothing was paid) ──────────▶ settlement
 *
 * A voucher covers the running time so far and one step beyond, and the next is due when half a
 * step is left. Only one is ever in flight, so a host that is gone holds at most one step more
 * than it had served when it was last heard of.
 *
 * The client's clock starts before the host's (the first voucher travels in between) and stops
 * after it (the bill travels in between), so a host that counts truly never bills more time than
 * the client counts. */

typedef enum
{
  READY,
  RUNNING,
  FINISHED,
} Phase;

struct _InfMeterClient
{
  InfLease *lease;
  Phase phase;
  guint64 escrowed_ucredits;
  guint64 time_limit_ms;
  gint64 start_us;
  gint64 finish_us;

  guint64 sequence;
  guint64 covers_ms;
  gint64 sent_us;
  gboolean is_in_flight;
};

static const InfLeaseTerms *
terms_of (const InfMeterClient *meter)
{
  return inf_lease_get_terms (meter->lease);
}

static guint64
duration_ms (const InfLease *lease)
{
  const InfLeaseTerms *terms = inf_lease_get_terms (lease);

  return (guint64)(terms->expires_unix_us - terms->signed_unix_us) / 1000;
}

/**
 * inf_meter_client_new:
 * @lease: what is paid for; a reference is taken
 * @escrowed_ucredits: what is set aside for it: no voucher ever goes beyond
 * @time_limit_us: how long the program may run, above 0
 *
 * Returns: (transfer full): a meter that has not started
 */
InfMeterClient *
inf_meter_client_new (InfLease *lease, guint64 escrowed_ucredits, gint64 time_limit_us)
{
  InfMeterClient *meter = g_new0 (InfMeterClient, 1);

  meter->lease = inf_lease_ref (lease);
  meter->escrowed_ucredits = escrowed_ucredits;
  meter->time_limit_ms = MIN ((guint64)MAX (time_limit_us, 0) / 1000, duration_ms (lease));
  return meter;
}

/**
 * inf_meter_client_restore:
 * @lease: what was paid for before this node restarted; a reference is taken
 * @signed_ucredits: the highest voucher that may have been sent
 *
 * Returns: (transfer full): a finished meter, for settling
 */
InfMeterClient *
inf_meter_client_restore (InfLease *lease, guint64 signed_ucredits)
{
  guint64 price_ucredits = inf_lease_get_terms (lease)->price_ucredits;
  InfMeterClient *meter = inf_meter_client_new (lease, signed_ucredits, G_MAXINT64);

  /* The longest time of the same cost: the voucher's own, or too little longer to cost more. */
  meter->covers_ms
      = MIN (inf_price_affordable_ms (price_ucredits, signed_ucredits), duration_ms (lease));
  meter->phase = FINISHED;
  meter->finish_us = (gint64)meter->covers_ms * 1000;
  return meter;
}

void
inf_meter_client_free (InfMeterClient *meter)
{
  if (!meter)
    return;
  inf_lease_unref (meter->lease);
  g_free (meter);
}

static guint64
affordable_ms (const InfMeterClient *meter)
{
  return inf_price_affordable_ms (terms_of (meter)->price_ucredits, meter->escrowed_ucredits);
}

static gint64
elapsed_us (const InfMeterClient *meter, gint64 now_us)
{
  switch (meter->phase)
    {
    case RUNNING:
      return MAX (now_us - meter->start_us, 0);
    case FINISHED:
      return meter->finish_us - meter->start_us;
    case READY:
    default:
      return 0;
    }
}

/**
 * inf_meter_client_start:
 * @meter: a meter that has not started
 * @now_us: monotonic time
 * @error: #INF_ERROR_NO_CREDITS when not even the first step is escrowed
 *
 * The first voucher is due at once: inf_meter_client_poll() gives it.
 */
gboolean
inf_meter_client_start (InfMeterClient *meter, gint64 now_us, GError **error)
{
  const InfLeaseTerms *terms = terms_of (meter);
  guint64 first_ms = MIN ((guint64)terms->step_us / 1000, meter->time_limit_ms);

  g_return_val_if_fail (meter->phase == READY, FALSE);
  if (affordable_ms (meter) < first_ms)
    {
      g_autofree char *needed
          = inf_ucredits_to_text ((gint64)inf_price_cost (terms->price_ucredits, first_ms));
      g_autofree char *there = inf_ucredits_to_text ((gint64)meter->escrowed_ucredits);
      g_set_error (error, INF_ERROR, INF_ERROR_NO_CREDITS,
                   "the first step costs %s credits and %s are set aside", needed, there);
      return FALSE;
    }
  meter->phase = RUNNING;
  meter->start_us = now_us;
  return TRUE;
}

/* When the job has to stop on this side, in running time. Where credits are the limit it is half a
 * step before they are used up, so that the program has ended before the first unpaid second. */
static gint64
stop_at_us (const InfMeterClient *meter, InfMeterClientAction *ret_action)
{
  guint64 credits_ms = affordable_ms (meter);

  if (credits_ms < meter->time_limit_ms)
    {
      *ret_action = INF_METER_CLIENT_STOP_CREDITS;
      return MAX ((gint64)credits_ms * 1000 - terms_of (meter)->step_us / 2, 0);
    }
  *ret_action = INF_METER_CLIENT_STOP_TIME_LIMIT;
  return (gint64)meter->time_limit_ms * 1000;
}

/* Once this long without an answer, the host has stopped the job for want of payment. */
static gint64
unserved_at_us (const InfMeterClient *meter)
{
  return meter->sent_us + terms_of (meter)->step_us + terms_of (meter)->grace_us;
}

static guint64
cover_limit_ms (const InfMeterClient *meter)
{
  return MIN (affordable_ms (meter), meter->time_limit_ms);
}

/* In running time; G_MAXINT64 when everything that may be paid is paid. */
static gint64
pay_at_us (const InfMeterClient *meter)
{
  if (meter->covers_ms >= cover_limit_ms (meter) && meter->sequence > 0)
    return G_MAXINT64;
  return MAX ((gint64)meter->covers_ms * 1000 - terms_of (meter)->step_us / 2, 0);
}

static void
make_voucher (InfMeterClient *meter, gint64 now_us, InfVoucher *ret_voucher)
{
  const InfLeaseTerms *terms = terms_of (meter);
  gint64 ahead_us = elapsed_us (meter, now_us) + terms->step_us;
  guint64 covers_ms = MIN (inf_price_served_ms (ahead_us), cover_limit_ms (meter));

  meter->covers_ms = MAX (meter->covers_ms, covers_ms);
  meter->sequence++;
  meter->sent_us = now_us;
  meter->is_in_flight = TRUE;

  memcpy (ret_voucher->lease_id, terms->lease_id, sizeof ret_voucher->lease_id);
  ret_voucher->sequence = meter->sequence;
  ret_voucher->covers_ms = meter->covers_ms;
  ret_voucher->cumulative_ucredits = inf_price_cost (terms->price_ucredits, meter->covers_ms);
}

/**
 * inf_meter_client_poll:
 * @meter: a meter
 * @now_us: monotonic time
 * @ret_voucher: (out): what to sign and send, set for %INF_METER_CLIENT_PAY only
 *
 * What to do now. Book the voucher with inf_ledger_note_signed() before it is sent: after a crash,
 * the ledger must know of every voucher that a host may hold.
 *
 * Returns: the action; a stop is repeated until inf_meter_client_finish()
 */
InfMeterClientAction
inf_meter_client_poll (InfMeterClient *meter, gint64 now_us, InfVoucher *ret_voucher)
{
  InfMeterClientAction stop;

  if (meter->phase != RUNNING)
    return INF_METER_CLIENT_WAIT;
  if (elapsed_us (meter, now_us) >= stop_at_us (meter, &stop) && meter->sequence > 0)
    return stop;
  if (meter->is_in_flight)
    return now_us >= unserved_at_us (meter) ? INF_METER_CLIENT_STOP_UNSERVED
                                            : INF_METER_CLIENT_WAIT;
  if (elapsed_us (meter, now_us) < pay_at_us (meter))
    return INF_METER_CLIENT_WAIT;
  make_voucher (meter, now_us, ret_voucher);
  return INF_METER_CLIENT_PAY;
}

/**
 * inf_meter_client_get_deadline_us:
 * @meter: a meter
 *
 * Returns: the monotonic time at which inf_meter_client_poll() has something to do; G_MAXINT64:
 *   never, as things stand
 */
gint64
inf_meter_client_get_deadline_us (const InfMeterClient *meter)
{
  InfMeterClientAction stop;

  if (meter->phase != RUNNING)
    return G_MAXINT64;
  if (meter->sequence == 0)
    return meter->start_us;
  gint64 stop_us = meter->start_us + stop_at_us (meter, &stop);
  if (meter->is_in_flight)
    return MIN (stop_us, unserved_at_us (meter));
  gint64 pay_us = pay_at_us (meter);
  return pay_us == G_MAXINT64 ? stop_us : MIN (stop_us, meter->start_us + pay_us);
}

/**
 * inf_meter_client_acknowledged:
 * @meter: a meter
 * @cumulative_ucredits: the highest voucher that the host says it has
 * @now_us: monotonic time
 */
void
inf_meter_client_acknowledged (InfMeterClient *meter, guint64 cumulative_ucredits, gint64 now_us)
{
  if (cumulative_ucredits >= inf_meter_client_get_signed_ucredits (meter))
    meter->is_in_flight = FALSE;
}

/**
 * inf_meter_client_set_escrowed:
 * @meter: a meter
 * @escrowed_ucredits: what is set aside now; never less than before
 */
void
inf_meter_client_set_escrowed (InfMeterClient *meter, guint64 escrowed_ucredits)
{
  meter->escrowed_ucredits = MAX (meter->escrowed_ucredits, escrowed_ucredits);
}

/**
 * inf_meter_client_finish:
 * @meter: a meter in any state
 * @now_us: monotonic time: the program has ended, or is told to
 *
 * No voucher is due any more.
 */
void
inf_meter_client_finish (InfMeterClient *meter, gint64 now_us)
{
  if (meter->phase == RUNNING)
    meter->finish_us = MAX (now_us, meter->start_us);
  meter->phase = FINISHED;
}

static void
settle (const InfMeterClient *meter, guint64 served_ms, InfSettlement *ret_settlement)
{
  const InfLeaseTerms *terms = terms_of (meter);

  memcpy (ret_settlement->lease_id, terms->lease_id, sizeof ret_settlement->lease_id);
  ret_settlement->served_ms = served_ms;
  ret_settlement->amount_ucredits = inf_price_cost (terms->price_ucredits, served_ms);
}

/**
 * inf_meter_client_settle_bill:
 * @meter: a finished meter
 * @bill: the host's bill, verified by inf_bill_verify()
 * @ret_settlement: (out): what to book, sign and send: the bill's amount; left alone on failure
 * @error: #INF_ERROR_INVALID: the bill is for more than was served or promised
 *
 * A bill stands when it is within the last voucher and within one step of this side's own clock.
 * When it does not, inf_meter_client_settle_alone() says what to settle instead.
 */
gboolean
inf_meter_client_settle_bill (InfMeterClient *meter, const InfBill *bill,
                              InfSettlement *ret_settlement, GError **error)
{
  const InfLeaseTerms *terms = terms_of (meter);
  guint64 own_ms = inf_price_served_ms (elapsed_us (meter, meter->finish_us));

  g_return_val_if_fail (meter->phase == FINISHED, FALSE);
  if (memcmp (bill->lease_id, terms->lease_id, sizeof bill->lease_id) != 0)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "bill for another lease");
      return FALSE;
    }
  if (bill->served_ms > meter->covers_ms
      || bill->served_ms > own_ms + (guint64)terms->step_us / 1000)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "bill for %" G_GUINT64_FORMAT " ms, where this side counts %" G_GUINT64_FORMAT
                   " ms and has promised %" G_GUINT64_FORMAT " ms",
                   bill->served_ms, own_ms, meter->covers_ms);
      return FALSE;
    }
  settle (meter, bill->served_ms, ret_settlement);
  return TRUE;
}

/**
 * inf_meter_client_settle_alone:
 * @meter: a finished meter
 * @ret_settlement: (out): what to book and sign; it is sent when the host is back
 *
 * For a host that can't be asked, or whose bill does not stand. The amount is the last voucher's,
 * as the host may hold that and is entitled to it: less could leave it with credits that nobody
 * has paid.
 */
void
inf_meter_client_settle_alone (InfMeterClient *meter, InfSettlement *ret_settlement)
{
  settle (meter, meter->covers_ms, ret_settlement);
}

/**
 * inf_meter_client_get_spent_ucredits:
 * @meter: a meter
 * @now_us: monotonic time
 *
 * Returns: the cost of the running time so far, by this side's clock: what a display counts up
 */
guint64
inf_meter_client_get_spent_ucredits (const InfMeterClient *meter, gint64 now_us)
{
  guint64 served_ms = inf_price_served_ms (elapsed_us (meter, now_us));

  return inf_price_cost (terms_of (meter)->price_ucredits, MIN (served_ms, meter->covers_ms));
}

/**
 * inf_meter_client_get_signed_ucredits:
 * @meter: a meter
 *
 * Returns: the highest voucher made so far: what the host can claim at most
 */
guint64
inf_meter_client_get_signed_ucredits (const InfMeterClient *meter)
{
  return inf_price_cost (terms_of (meter)->price_ucredits, meter->covers_ms);
}
