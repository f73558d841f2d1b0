#pragma once

#include "discovery/gossip/inf-gossip-core.h"
#include "discovery/gossip/inf-gossip-state.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfGossipMemory:
 *
 * What a node's gossip carries from one run to the next: numbers that only grow, peers to greet,
 * addresses to try.
 */
typedef struct _InfGossipMemory InfGossipMemory;

InfGossipMemory *inf_gossip_memory_new (const char *state_dir);
void inf_gossip_memory_free (InfGossipMemory *memory);

gboolean inf_gossip_memory_begin (InfGossipMemory *memory, gint64 now_unix_us, GError **error);
guint32 inf_gossip_memory_get_incarnation (const InfGossipMemory *memory);
guint64 inf_gossip_memory_get_session (const InfGossipMemory *memory);

void inf_gossip_memory_recall (InfGossipMemory *memory, InfGossipCore *core, gint64 now_us);
void inf_gossip_memory_add_seed (InfGossipMemory *memory, const InfGossipStateSeed *seed);
gboolean inf_gossip_memory_is_due (const InfGossipMemory *memory, InfGossipCore *core);
gboolean inf_gossip_memory_save (InfGossipMemory *memory, InfGossipCore *core, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfGossipMemory, inf_gossip_memory_free)

G_END_DECLS
