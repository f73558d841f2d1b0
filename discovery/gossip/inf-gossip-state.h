#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_GOSSIP_STATE_MAX_ADDRESSES 64

/**
 * InfGossipState:
 * @incarnation: the highest that this node has used
 * @session: likewise
 * @windows: (nullable): as inf_sealer_windows_to_variant() gives, never floating
 * @addresses: (nullable): where peers were last reached, "ip:port"
 *
 * What a node's gossip keeps over a restart.
 */
typedef struct
{
  guint32 incarnation;
  guint64 session;
  GVariant *windows;
  char **addresses;
} InfGossipState;

gboolean inf_gossip_state_load (const char *state_dir, InfGossipState *ret_state, GError **error);
gboolean inf_gossip_state_decode (GBytes *bytes, InfGossipState *ret_state, GError **error);
gboolean inf_gossip_state_save (const InfGossipState *state, const char *state_dir, GError **error);
void inf_gossip_state_clear (InfGossipState *state);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfGossipState, inf_gossip_state_clear)

G_END_DECLS
