#pragma once

#include "discovery/identity/inf-keypair.h"
#include "grid/market/inf-lease-request.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_LEASE_ID_SIZE_BYTES 16

/* How far ahead a client pays, and how long after the paid time a host waits before it stops. */
#define INF_LEASE_DEFAULT_STEP_US ((gint64)2 * G_USEC_PER_SEC)
#define INF_LEASE_DEFAULT_GRACE_US ((gint64)2 * G_USEC_PER_SEC)

/**
 * InfLeaseTerms:
 * @lease_id: random, chosen by the host
 * @job_id: the job it was asked for
 * @client: who pays
 * @host: who serves and signs
 * @slots: ranks the host takes
 * @memory_bytes: memory for all of them; 0: no limit was agreed
 * @price_ucredits: per node·second; a lease is one node, whatever its slots
 * @step_us: how far ahead of the clock the client pays
 * @grace_us: how long the host goes on after the paid time has passed
 * @signed_unix_us: when the host signed, by its clock
 * @expires_unix_us: when the lease ends whatever happens, by the host's clock
 */
typedef struct
{
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES];
  guint8 job_id[INF_JOB_ID_SIZE_BYTES];
  InfPublicKey client;
  InfPublicKey host;
  guint slots;
  guint64 memory_bytes;
  guint64 price_ucredits;
  gint64 step_us;
  gint64 grace_us;
  gint64 signed_unix_us;
  gint64 expires_unix_us;
} InfLeaseTerms;

typedef struct _InfLease InfLease;

InfLease *inf_lease_sign (const InfLeaseTerms *terms, const InfKeypair *host);
InfLease *inf_lease_from_bytes (GBytes *bytes, GError **error);
InfLease *inf_lease_ref (InfLease *lease);
void inf_lease_unref (InfLease *lease);

const InfLeaseTerms *inf_lease_get_terms (const InfLease *lease);
GBytes *inf_lease_get_bytes (const InfLease *lease);
gboolean inf_lease_is_expired (const InfLease *lease, gint64 now_unix_us);
gboolean inf_lease_verify (const InfLease *lease, const InfPublicKey *host,
                           const InfPublicKey *client, const InfLeaseRequest *request,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLease, inf_lease_unref)

G_END_DECLS
