#pragma once

#include "widgets/inf-peer-item.h"
#include "widgets/inf-service.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_PEER_LIST (inf_peer_list_get_type ())

G_DECLARE_FINAL_TYPE (InfPeerList, inf_peer_list, INF, PEER_LIST, GObject)

InfPeerList *inf_peer_list_new (void);

InfPeerItem *inf_peer_list_find (InfPeerList *self, const char *id);
InfPeerItem *inf_peer_list_get_self (InfPeerList *self);
gboolean inf_peer_list_is_loaded (InfPeerList *self);
const char *inf_peer_list_get_problem (InfPeerList *self);

void inf_peer_list_follow (InfPeerList *self, InfService *service);
void inf_peer_list_set_watched (InfPeerList *self, gboolean is_watched);
void inf_peer_list_replace (InfPeerList *self, GVariant *peers);
void inf_peer_list_take (InfPeerList *self, const char *id, GVariant *told);

G_END_DECLS
