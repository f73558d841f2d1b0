#pragma once

#include "grid/market/inf-lease.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfVoucher:
 * @lease_id: the lease it pays
 * @sequence: 1 for the first voucher of a lease, and one more for each
 * @covers_ms: how much running time all vouchers so far pay for
 * @cumulative_ucredits: what that costs at the lease's price: this voucher replaces all before it
 *
 * The client's promise, signed by it, of at most @cumulative_ucredits.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  guint64 sequence;
  guint64 covers_ms;
  guint64 cumulative_ucredits;
} InfVoucher;

/**
 * InfBill:
 * @lease_id: the lease it closes
 * @served_ms: running time, in whole started milliseconds, by the host's clock and at most what
 *   the vouchers cover
 * @amount_ucredits: what that costs at the lease's price
 *
 * The host's last word on a lease, signed by it: the job is over, this is what it cost.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  guint64 served_ms;
  guint64 amount_ucredits;
} InfBill;

/**
 * InfSettlement:
 * @lease_id: the lease it closes
 * @served_ms: the running time that is paid
 * @amount_ucredits: what that costs at the lease's price: the client has booked it as paid, the
 *   host books it as earned
 *
 * The client's last word on a lease, signed by it.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  guint64 served_ms;
  guint64 amount_ucredits;
} InfSettlement;

GBytes *inf_voucher_sign (const InfVoucher *voucher, const InfKeypair *client);
gboolean inf_voucher_verify (InfVoucher *voucher, GBytes *bytes, const InfLease *lease,
                             GError **error);

GBytes *inf_bill_sign (const InfBill *bill, const InfKeypair *host);
gboolean inf_bill_verify (InfBill *bill, GBytes *bytes, const InfLease *lease, GError **error);

GBytes *inf_settlement_sign (const InfSettlement *settlement, const InfKeypair *client);
gboolean inf_settlement_verify (InfSettlement *settlement, GBytes *bytes, const InfLease *lease,
                                GError **error);

G_END_DECLS
