#pragma once

#include "cli/inf-table.h"

#include <glib.h>

G_BEGIN_DECLS

/* What `infinity peers` and `infinity peer show` show of a peer, an a{sv} of the D-Bus contract. */
extern const InfColumn inf_peer_list_columns[];
extern const InfColumn inf_peer_record_columns[];

void inf_peer_columns_remember (GVariant *peers);
void inf_peer_columns_forget (void);

G_END_DECLS
