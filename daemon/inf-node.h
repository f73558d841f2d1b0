#pragma once

#include "daemon/inf-settings.h"
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
 * `grid-changed`: it entered or left a grid
 * `peer-changed` (InfPeerId *peer), `peer-gone` (InfPeerId *peer)
 * `capacity-changed`: leases, policy or what this machine can do changed
 */

InfNode *inf_node_new (const char *state_dir, GError **error);
gboolean inf_node_start (InfNode *node, GError **error);
void inf_node_shut_down_async (InfNode *node, GAsyncReadyCallback callback, gpointer user_data);
gboolean inf_node_shut_down_finish (InfNode *node, GAsyncResult *result, GError **error);

const char *inf_node_get_state_dir (InfNode *node);
const char *inf_node_get_name (InfNode *node);
const InfPeerId *inf_node_get_peer_id (InfNode *node);
guint16 inf_node_get_port (InfNode *node);
InfSandboxReport *inf_node_get_report (InfNode *node);
const char *inf_node_get_obstacle (InfNode *node);
const InfSettings *inf_node_get_settings (InfNode *node);
gboolean inf_node_set_settings (InfNode *node, const InfSettings *settings, GError **error);

/* NULL while the node is in no grid */
InfMembership *inf_node_get_membership (InfNode *node);
InfGossip *inf_node_get_gossip (InfNode *node);
InfLeaseHost *inf_node_get_lease_host (InfNode *node);
InfJobs *inf_node_get_jobs (InfNode *node);
InfLedger *inf_node_get_ledger (InfNode *node);
const InfJobContext *inf_node_get_context (InfNode *node);
InfResults *inf_node_get_results (InfNode *node);

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

InfPeerInfo *inf_node_find_peer (InfNode *node, const char *text, GError **error);

G_END_DECLS
