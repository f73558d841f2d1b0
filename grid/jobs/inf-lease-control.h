#pragma once

#include "grid/jobs/inf-job-host.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_LEASE_MAX_PAYLOAD_BYTES 65536
#define INF_LEASE_MAX_REASON_BYTES 1024

/**
 * InfLeasePayload:
 * @lease_id: the lease it is about
 * @payload: what the market's own decoder reads: a voucher or a settlement
 *
 * The body of `lease.pay` and `lease.close`.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  GBytes *payload;
} InfLeasePayload;

/**
 * InfLeasePaid:
 * @accepted_ucredits: the highest cumulative amount that the host has a valid voucher for
 * @paid_for_us: how much longer that lasts, by the host's clock; 0: used up
 *
 * The reply to `lease.pay`.
 */
typedef struct
{
  guint64 accepted_ucredits;
  gint64 paid_for_us;
} InfLeasePaid;

/**
 * InfLeaseStop:
 * @lease_id: the lease whose processes are to end
 * @reason: one line for the host's owner
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  char *reason;
} InfLeaseStop;

/**
 * InfLeaseStopped:
 * @lease_id: the lease of which nothing runs any more
 * @bill: what the market's own decoder reads; no bytes when nothing was ever paid
 * @reason: (nullable): why the host ended it of itself; %NULL when the client alone did
 *
 * The reply to `lease.stop`.
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  GBytes *bill;
  char *reason;
} InfLeaseStopped;

void inf_lease_payload_init (InfLeasePayload *payload);
void inf_lease_payload_clear (InfLeasePayload *payload);
GBytes *inf_lease_payload_encode (const InfLeasePayload *payload, guint8 kind);
gboolean inf_lease_payload_decode (InfLeasePayload *payload, GBytes *bytes, guint8 kind,
                                   GError **error);

GBytes *inf_lease_paid_encode (const InfLeasePaid *paid);
gboolean inf_lease_paid_decode (InfLeasePaid *paid, GBytes *bytes, GError **error);

void inf_lease_stop_init (InfLeaseStop *stop);
void inf_lease_stop_clear (InfLeaseStop *stop);
GBytes *inf_lease_stop_encode (const InfLeaseStop *stop);
gboolean inf_lease_stop_decode (InfLeaseStop *stop, GBytes *bytes, GError **error);

void inf_lease_stopped_init (InfLeaseStopped *stopped);
void inf_lease_stopped_clear (InfLeaseStopped *stopped);
GBytes *inf_lease_stopped_encode (const InfLeaseStopped *stopped);
gboolean inf_lease_stopped_decode (InfLeaseStopped *stopped, GBytes *bytes, GError **error);

GBytes *inf_lease_ref_encode (const guint8 lease_id[INF_LEASE_ID_SIZE_BYTES], guint8 kind);
gboolean inf_lease_ref_decode (guint8 ret_lease_id[INF_LEASE_ID_SIZE_BYTES], GBytes *bytes,
                               guint8 kind, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLeasePayload, inf_lease_payload_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLeaseStop, inf_lease_stop_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfLeaseStopped, inf_lease_stopped_clear)

G_END_DECLS
