#pragma once

#include "daemon/inf-connection.h"
#include "daemon/inf-copies.h"
#include "daemon/inf-machine.h"
#include "daemon/inf-requests.h"
#include "daemon/inf-resources.h"
#include "daemon/inf-settings.h"
#include "discovery/files/inf-transfers.h"
#include "grid/jobs/inf-jobs.h"
#include "grid/jobs/inf-lease-host.h"
#include "grid/sandbox/inf-sandbox-probe.h"
#include "results/inf-results.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_NODE (inf_node_get_type ())
G_DECLARE_FINAL_TYPE (InfNode, inf_node, INF, NODE, GObject)

/**
 * InfNode:
 *
 * Everything of a node but the way in: identity, grid, gossip, links, files, leases, jobs, credits.
 * The D-Bus objects are views of it.
 *
 * Signals:
 * `identity-changed`: who it is, or whether it is locked
 * `state-changed`: where it stands with its grid
 * `grid-changed`: it entered or left a grid, connected to it or disconnected
 * `peer-changed` (InfPeerId *peer), `peer-gone` (InfPeerId *peer)
 * `leases-used`: what jobs of others use was looked at, as somebody looks on
 * `credits-changed`: the ledger has new entries
 * `capacity-changed`: leases, policy or what this machine can do changed
 */

InfNode *inf_node_new (const char *state_dir, GError **error);
gboolean inf_node_start (InfNode *node, GError **error);
void inf_node_shut_down_async (InfNode *node, GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_node_shut_down_finish (InfNode *node, GAsyncResult *result, GError **error);

const char *inf_node_get_state_dir (InfNode *node);
const char *inf_node_get_name (InfNode *node);
char *inf_node_dup_peer_id_text (InfNode *node);
guint16 inf_node_get_port (InfNode *node);
InfSandboxReport *inf_node_get_report (InfNode *node);
const char *inf_node_get_obstacle (InfNode *node);
const InfSettings *inf_node_get_settings (InfNode *node);
gboolean inf_node_set_settings (InfNode *node, const InfSettings *settings, GError **error);

/* Who the node is: inf-node-identity.c */
InfIdentityState inf_node_get_identity_state (InfNode *node);
gboolean inf_node_is_sealed (InfNode *node);
const char *inf_node_get_own_name (InfNode *node);
guint inf_node_get_failures (InfNode *node);
gint64 inf_node_get_retry_unix_us (InfNode *node);
void inf_node_register_async (InfNode *node, const char *name, const char *passphrase,
                              GAsyncReadyCallback callback, gpointer user_data);
void inf_node_unlock_async (InfNode *node, const char *passphrase, gboolean reclaims,
                            GAsyncReadyCallback callback, gpointer user_data);
void inf_node_change_passphrase_async (InfNode *node, const char *old_passphrase,
                                       const char *new_passphrase, GAsyncReadyCallback callback,
                                       gpointer user_data);
void inf_node_import_async (InfNode *node, GBytes *data, const char *passphrase,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_node_identity_finish (InfNode *node, GAsyncResult *result, GError **error);
void inf_node_export_async (InfNode *node, const char *passphrase, gboolean moves,
                            GAsyncReadyCallback callback, gpointer user_data);
GBytes *inf_node_export_finish (InfNode *node, GAsyncResult *result, GError **error);

/* Where it stands with its grid: inf-node-connection.c */
const char *inf_node_get_state (InfNode *node);
GVariant *inf_node_describe_state (InfNode *node);
gboolean inf_node_connect (InfNode *node, GError **error);
void inf_node_disconnect_async (InfNode *node, const char *how, GAsyncReadyCallback callback,
                                gpointer user_data);
void inf_node_lock_async (InfNode *node, const char *how, GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean inf_node_down_finish (InfNode *node, GAsyncResult *result, GError **error);
gboolean inf_node_require_session (InfNode *node, GError **error);

/* When it is lent: inf-node-sharing.c */
gboolean inf_node_pause (InfNode *node, gint64 until_unix_us, gboolean stops, GError **error);
GVariant *inf_node_describe_sharing (InfNode *node);
GVariant *inf_node_describe_sensors (InfNode *node);

/* NULL while the node is in no grid, or locked */
InfMembership *inf_node_get_membership (InfNode *node);
/* NULL while it is in no grid, or disconnected from it */
InfGossip *inf_node_get_gossip (InfNode *node);
InfLeaseHost *inf_node_get_lease_host (InfNode *node);
InfJobs *inf_node_get_jobs (InfNode *node);
InfLedger *inf_node_get_ledger (InfNode *node);
const InfJobContext *inf_node_get_context (InfNode *node);
InfResults *inf_node_get_results (InfNode *node);
const InfTaskCatalogue *inf_node_get_tasks (InfNode *node);
InfStore *inf_node_get_store (InfNode *node);
InfShelf *inf_node_get_shelf (InfNode *node);
InfTransfers *inf_node_get_transfers (InfNode *node);
InfCopies *inf_node_get_copies (InfNode *node);
InfResources *inf_node_get_resources (InfNode *node);
const InfMachine *inf_node_get_machine (InfNode *node);
InfRequests *inf_node_get_requests (InfNode *node);
gboolean inf_node_answer_request (InfNode *node, guint64 id, const char *answer, GError **error);
void inf_node_emit_leases_used (InfNode *node);

gboolean inf_node_found_grid (InfNode *node, const char *grid_name, const char *node_name,
                              guint64 grant_ucredits, GError **error);
gboolean inf_node_ensure_grid (InfNode *node, GError **error);
gboolean inf_node_leave_grid (InfNode *node, GError **error);
char *inf_node_invite (InfNode *node, guint lifetime_s, gint64 *ret_expires_unix_us,
                       GError **error);
void inf_node_join_async (InfNode *node, const char *token, const char *node_name,
                          GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_node_join_finish (InfNode *node, GAsyncResult *result, GError **error);
gboolean inf_node_remove_member (InfNode *node, const char *member, GError **error);

gboolean inf_node_set_away (InfNode *node, gint64 until_unix_us, GError **error);
InfPeerInfo *inf_node_find_peer (InfNode *node, const char *text, GError **error);

G_END_DECLS
