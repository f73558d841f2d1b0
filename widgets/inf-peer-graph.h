#pragma once

#include "widgets/inf-peer-list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define INF_TYPE_PEER_GRAPH (inf_peer_graph_get_type ())

G_DECLARE_FINAL_TYPE (InfPeerGraph, inf_peer_graph, INF, PEER_GRAPH, GtkWidget)

void inf_peer_graph_set_list (InfPeerGraph *self, InfPeerList *list);
const char *inf_peer_graph_get_summary (InfPeerGraph *self);

G_END_DECLS
