#pragma once

#include "grid/jobs/inf-job-context.h"
#include "grid/jobs/inf-job-messages.h"
#include "grid/market/inf-lease.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_LEASE_CLIENT (inf_lease_client_get_type ())
G_DECLARE_FINAL_TYPE (InfLeaseClient, inf_lease_client, INF, LEASE_CLIENT, GObject)

/**
 * InfLeaseClient:
 *
 * One lease as its client holds it: asked for, prepared, paid, stopped, collected, closed. Each
 * step is one question to the host, in that order; none waits longer than the time-out in the
 * source.
 *
 * Signals:
 * `spent` (guint64 ucredits): what the lease has cost so far grew
 * `ended` (InfError code, char *reason): the lease can't go on: the host stopped serving, it can't
 * be reached, or the credits are used up. Stop and close it; the signal comes once.
 */

InfLeaseClient *inf_lease_client_new (const InfJobContext *context, InfEndpoint *endpoint,
                                      const InfPublicKey *host_key, const char *host_name);
InfLeaseClient *inf_lease_client_new_held (const InfJobContext *context, InfEndpoint *endpoint,
                                           const InfPublicKey *host_key, const char *host_name,
                                           InfLease *lease, guint64 signed_ucredits);

InfEndpoint *inf_lease_client_get_endpoint (InfLeaseClient *client);
const InfPublicKey *inf_lease_client_get_host_key (InfLeaseClient *client);
InfLease *inf_lease_client_get_lease (InfLeaseClient *client);

void inf_lease_client_request_async (InfLeaseClient *client, const InfLeaseRequest *request,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean inf_lease_client_request_finish (InfLeaseClient *client, GAsyncResult *result,
                                          GError **error);

void inf_lease_client_prepare_async (InfLeaseClient *client, const InfLeasePrepare *prepare,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean inf_lease_client_prepare_finish (InfLeaseClient *client, GAsyncResult *result,
                                          GError **error);

void inf_lease_client_check_async (InfLeaseClient *client, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_lease_client_check_finish (InfLeaseClient *client, GAsyncResult *result,
                                        GError **error);

gboolean inf_lease_client_start_paying (InfLeaseClient *client, guint64 escrowed_ucredits,
                                        gint64 time_limit_us, GError **error);
void inf_lease_client_stop_paying (InfLeaseClient *client);

void inf_lease_client_stop_async (InfLeaseClient *client, const char *reason,
                                  GAsyncReadyCallback callback, gpointer user_data);
const char *inf_lease_client_get_end_reason (InfLeaseClient *client);
gboolean inf_lease_client_stop_finish (InfLeaseClient *client, GAsyncResult *result,
                                       GError **error);

void inf_lease_client_collect_async (InfLeaseClient *client, InfJobSpec *spec,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *inf_lease_client_collect_finish (InfLeaseClient *client, GAsyncResult *result,
                                            GError **error);

GBytes *inf_lease_client_get_statement (InfLeaseClient *client);

void inf_lease_client_close_async (InfLeaseClient *client, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean inf_lease_client_close_finish (InfLeaseClient *client, GAsyncResult *result,
                                        guint64 *ret_paid_ucredits, GError **error);
void inf_lease_client_give_back (InfLeaseClient *client);
void inf_lease_client_release (const InfJobContext *context, const InfPeerId *host,
                               const guint8 id[INF_LEASE_ID_SIZE_BYTES]);
void inf_lease_client_release_unknown (const InfJobContext *context, const InfPeerId *host,
                                       const guint8 job_id[INF_JOB_ID_SIZE_BYTES]);
gboolean inf_lease_client_close_alone (InfLeaseClient *client, guint64 *ret_paid_ucredits,
                                       GError **error);

G_END_DECLS
