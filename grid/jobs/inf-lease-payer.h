#pragma once

#include "grid/jobs/inf-job-context.h"
#include "grid/market/inf-voucher.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_LEASE_PAYER (inf_lease_payer_get_type ())
G_DECLARE_FINAL_TYPE (InfLeasePayer, inf_lease_payer, INF, LEASE_PAYER, GObject)

/**
 * InfLeasePayer:
 *
 * Pays one lease step by step while its program runs: the client's meter, its vouchers written to
 * the ledger before they leave, and the host's acknowledgements.
 *
 * Signals:
 * `spent` (guint64 ucredits): what the running time has cost so far
 * `ended` (int code, char *reason): no further voucher will be signed; once
 */

InfLeasePayer *inf_lease_payer_new (const InfJobContext *context, InfEndpoint *endpoint,
                                    const char *host_name, InfLease *lease,
                                    guint64 escrowed_ucredits, gint64 time_limit_us);

gboolean inf_lease_payer_start (InfLeasePayer *payer, GError **error);
void inf_lease_payer_finish (InfLeasePayer *payer);
gboolean inf_lease_payer_is_started (InfLeasePayer *payer);

void inf_lease_payer_settle (InfLeasePayer *payer, const InfBill *bill,
                             InfSettlement *ret_settlement);

G_END_DECLS
