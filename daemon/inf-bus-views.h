#pragma once

#include "daemon/inf-bus.h"
#include "daemon/inf-node.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The D-Bus interfaces, each a view of the node. Every function makes one and connects it to the
 * node's signals; (transfer full). The node outlives them. */
GDBusInterfaceSkeleton *inf_bus_node_new (InfNode *node, GMainLoop *loop);
GDBusInterfaceSkeleton *inf_bus_identity_new (InfNode *node);
GDBusInterfaceSkeleton *inf_bus_host_new (InfNode *node);
GDBusInterfaceSkeleton *inf_bus_resources_new (InfNode *node);
GDBusInterfaceSkeleton *inf_bus_jobs_new (InfNode *node);
GDBusInterfaceSkeleton *inf_bus_results_new (InfNode *node);
GDBusInterfaceSkeleton *inf_bus_files_new (InfNode *node);
GDBusInterfaceSkeleton *inf_bus_copies_new (InfNode *node);
GDBusInterfaceSkeleton *inf_bus_credits_new (InfNode *node);

void inf_bus_peers_watch (InfNode *node, GDBusInterfaceSkeleton *skeleton);

/* How a peer, a lease, a job look on D-Bus; floating */
GVariant *inf_bus_describe_peer (const InfPeerInfo *info);
GVariant *inf_bus_describe_job (InfNode *node, InfJob *job);

char *inf_bus_peer_name (InfNode *node, const InfPeerId *id);
InfCopy *inf_bus_begin_copy (InfNode *node, GDBusMethodInvocation *invocation, const char *id);
gboolean inf_bus_require_grid (InfNode *node, GDBusMethodInvocation *invocation);

G_END_DECLS
