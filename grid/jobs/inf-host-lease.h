#pragma once

#include "grid/jobs/inf-job-context.h"
#include "grid/jobs/inf-job-messages.h"
#include "grid/market/inf-lease.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * InfHostLeaseState:
 * @INF_HOST_LEASE_SIGNED: slots are promised, nothing is here yet
 * @INF_HOST_LEASE_STAGING: files are being fetched
 * @INF_HOST_LEASE_READY: files, then sandbox and links, are there
 * @INF_HOST_LEASE_RUNNING: an orted was started
 * @INF_HOST_LEASE_STOPPED: nothing runs any more; outputs and bill wait for the client
 * @INF_HOST_LEASE_CLOSED: settled or given up; only to be forgotten
 */
typedef enum
{
  INF_HOST_LEASE_SIGNED,
  INF_HOST_LEASE_STAGING,
  INF_HOST_LEASE_READY,
  INF_HOST_LEASE_RUNNING,
  INF_HOST_LEASE_STOPPED,
  INF_HOST_LEASE_CLOSED,
} InfHostLeaseState;

#define INF_TYPE_HOST_LEASE (inf_host_lease_get_type ())
G_DECLARE_FINAL_TYPE (InfHostLease, inf_host_lease, INF, HOST_LEASE, GObject)

/**
 * InfHostLease:
 *
 * One lease as its host serves it. Every request takes its #InfLinkCall and answers it.
 *
 * Signals:
 * `changed`: its state or what it earned
 */

InfHostLease *inf_host_lease_new (const InfJobContext *context, InfLease *lease,
                                  InfEndpoint *client, const char *client_name,
                                  const char *open_mpi_version);

InfLease *inf_host_lease_get_lease (InfHostLease *lease);
InfHostLeaseState inf_host_lease_get_state (InfHostLease *lease);
const char *inf_host_lease_get_client_name (InfHostLease *lease);
const char *inf_host_lease_get_program (InfHostLease *lease);
guint64 inf_host_lease_get_earned_ucredits (InfHostLease *lease);
const char *inf_host_lease_get_end_reason (InfHostLease *lease);
gint64 inf_host_lease_get_ended_unix_us (InfHostLease *lease);
char *inf_host_lease_dup_job_path (InfHostLease *lease);
gint64 inf_host_lease_get_pid (InfHostLease *lease);
gboolean inf_host_lease_holds_slots (InfHostLease *lease);
gboolean inf_host_lease_is_client (InfHostLease *lease, const InfPeerId *peer_id);

GBytes *inf_host_lease_read_log (InfHostLease *lease, guint64 offset, gsize max_bytes,
                                 guint64 *ret_start);

void inf_host_lease_prepare (InfHostLease *lease, InfLinkCall *call);
void inf_host_lease_check (InfHostLease *lease, InfLinkCall *call);
void inf_host_lease_exec (InfHostLease *lease, const char *command_line, InfLinkIncoming *incoming);
void inf_host_lease_pay (InfHostLease *lease, InfLinkCall *call, GBytes *voucher);
void inf_host_lease_stop (InfHostLease *lease, InfLinkCall *call);
void inf_host_lease_outputs (InfHostLease *lease, InfLinkCall *call);
void inf_host_lease_close (InfHostLease *lease, InfLinkCall *call, GBytes *settlement);

void inf_host_lease_end_async (InfHostLease *lease, const char *reason,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_host_lease_end_finish (InfHostLease *lease, GAsyncResult *result, GError **error);

const char *inf_host_lease_state_to_text (InfHostLeaseState state);

G_END_DECLS
