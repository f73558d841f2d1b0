#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfPeerGraph:
 *
 * The whole picture of a grid as one node knows it: every peer, and an edge for every two of which
 * at least one told that it exchanges probes with the other, or that this node measured itself.
 */
typedef struct _InfPeerGraph InfPeerGraph;

InfPeerGraph *inf_peer_graph_new (GVariant *peers);
void inf_peer_graph_free (InfPeerGraph *graph);

char *inf_peer_graph_to_dot (const InfPeerGraph *graph);
char *inf_peer_graph_to_json (const InfPeerGraph *graph);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfPeerGraph, inf_peer_graph_free)

G_END_DECLS
