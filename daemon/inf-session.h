#pragma once

#include "daemon/inf-machine.h"
#include "daemon/inf-settings.h"
#include "discovery/identity/inf-invite-book.h"
#include "grid/jobs/inf-jobs.h"
#include "grid/jobs/inf-lease-host.h"
#include "grid/sandbox/inf-sandbox-probe.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_SESSION (inf_session_get_type ())
G_DECLARE_FINAL_TYPE (InfSession, inf_session, INF, SESSION, GObject)

/**
 * InfSession:
 *
 * What a node has while it is in a grid: its gossip, links, files, job networks, leases and jobs.
 *
 * Signals:
 * `peer-changed` (InfPeerId *peer), `peer-gone` (InfPeerId *peer)
 * `capacity-changed`
 */

/**
 * InfSessionParts:
 *
 * What outlasts a grid: borrowed from the node.
 */
typedef struct
{
  const char *state_dir;
  InfKeypair *keypair;
  const InfMachine *machine;
  InfStore *store;
  InfLedger *ledger;
  InfJobStore *job_store;
} InfSessionParts;

InfSession *inf_session_new (const InfSessionParts *parts, InfMembership *membership);
gboolean inf_session_start (InfSession *session, const InfSettings *settings,
                            const InfSandboxReport *report, const char *obstacle, InfJobSink sink,
                            InfJobFinished finished, gpointer sink_data, GError **error);
void inf_session_stop_async (InfSession *session, const char *why, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean inf_session_stop_finish (InfSession *session, GAsyncResult *result, GError **error);
void inf_session_leave (InfSession *session);
void inf_session_set_draining (InfSession *session, gboolean is_draining);
void inf_session_set_paused (InfSession *session, const char *reason);
guint inf_session_count_leases (InfSession *session);

void inf_session_apply (InfSession *session, const InfSettings *settings,
                        const InfSandboxReport *report, const char *obstacle);

InfMembership *inf_session_get_membership (InfSession *session);
InfGossip *inf_session_get_gossip (InfSession *session);
InfLinks *inf_session_get_links (InfSession *session);
InfLeaseHost *inf_session_get_lease_host (InfSession *session);
InfJobs *inf_session_get_jobs (InfSession *session);
const InfJobContext *inf_session_get_context (InfSession *session);
guint16 inf_session_get_port (InfSession *session);

char *inf_session_invite (InfSession *session, guint lifetime_s, gint64 *ret_expires_unix_us,
                          GError **error);
gboolean inf_session_revoke (InfSession *session, const InfPeerId *peer_id, GError **error);

G_END_DECLS
