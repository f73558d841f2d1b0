#pragma once

#include "widgets/inf-peer-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_PEERS_PAGE (inf_peers_page_get_type ())

G_DECLARE_FINAL_TYPE (InfPeersPage, inf_peers_page, INF, PEERS_PAGE, AdwBin)

void inf_peers_page_set_list (InfPeersPage *self, InfPeerList *list);
void inf_peers_page_search (InfPeersPage *self);
void inf_peers_page_set_narrow (InfPeersPage *self, gboolean is_narrow);

G_END_DECLS
