#pragma once

#include "grid/jobs/inf-host-lease.h"
#include "grid/market/inf-host-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_LEASE_HOST (inf_lease_host_get_type ())
G_DECLARE_FINAL_TYPE (InfLeaseHost, inf_lease_host, INF, LEASE_HOST, GObject)

/**
 * InfLeaseHost:
 *
 * This machine as one that takes jobs: signs leases by its owner's policy and serves them.
 *
 * Signals:
 * `lease-changed` (InfHostLease *lease)
 * `capacity-changed`: slots were taken or given back
 */

InfLeaseHost *inf_lease_host_new (const InfJobContext *context, const char *node_name);

void inf_lease_host_set_policy (InfLeaseHost *host, const InfHostPolicy *policy);
void inf_lease_host_set_machine (InfLeaseHost *host, const char *arch, const char *open_mpi_version,
                                 const char *const *offers, const char *obstacle);
/**
 * InfLeaseAskFunc:
 * @call: the client's call; taken when the answer is %FALSE, and given to
 *   inf_lease_host_serve_request() later, or refused
 * @request: what it asks for; the policy lets it pass
 * @client_name: its name
 *
 * Returns: whether the lease may be signed now
 */
typedef gboolean (*InfLeaseAskFunc) (InfLinkCall *call, const InfLeaseRequest *request,
                                     const char *client_name, gpointer user_data);

void inf_lease_host_set_asker (InfLeaseHost *host, InfLeaseAskFunc func, gpointer user_data);
void inf_lease_host_serve_request (InfLeaseHost *host, InfLinkCall *call);
void inf_lease_host_set_draining (InfLeaseHost *host, gboolean is_draining);

guint inf_lease_host_get_slots_used (InfLeaseHost *host);
GPtrArray *inf_lease_host_list (InfLeaseHost *host);
InfHostLease *inf_lease_host_lookup (InfLeaseHost *host, const guint8 *lease_id);

void inf_lease_host_forget_stopped (InfLeaseHost *host);
void inf_lease_host_end_all_async (InfLeaseHost *host, const char *reason,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_lease_host_end_all_finish (InfLeaseHost *host, GAsyncResult *result, GError **error);

G_END_DECLS
