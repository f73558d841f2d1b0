#pragma once

#include "discovery/gossip/inf-address.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_GOSSIP_STATE_MAX_PEERS 64
#define INF_GOSSIP_STATE_MAX_SEEDS 64

/**
 * InfGossipStatePeer:
 * @has_address: whether @address is known
 * @address: where it was last reached
 * @certificate: its certificate; not verified
 * @record: its record; not verified
 *
 * A peer of the last run, with all that it takes to speak to it at once.
 */
typedef struct
{
  gboolean has_address;
  InfAddress address;
  GBytes *certificate;
  GBytes *record;
} InfGossipStatePeer;

/**
 * InfGossipStateSeed:
 * @address: where a member may be found
 * @is_typed: whether somebody typed it; else it came with the invite
 */
typedef struct
{
  InfAddress address;
  gboolean is_typed;
} InfGossipStateSeed;

/**
 * InfGossipState:
 * @incarnation: no run that has ended used a higher one
 * @session: likewise
 * @windows: (nullable): as inf_sealer_windows_to_variant() gives, never floating
 * @peers: (element-type InfGossipStatePeer) (nullable): some that were alive
 * @seeds: (element-type InfGossipStateSeed) (nullable): the latest last
 *
 * What a node's gossip keeps over a restart.
 */
typedef struct
{
  guint32 incarnation;
  guint64 session;
  GVariant *windows;
  GArray *peers;
  GArray *seeds;
} InfGossipState;

GArray *inf_gossip_state_peers_new (void);
gboolean inf_gossip_state_load (const char *state_dir, InfGossipState *ret_state, GError **error);
gboolean inf_gossip_state_decode (GBytes *bytes, InfGossipState *ret_state, GError **error);
GBytes *inf_gossip_state_encode (const InfGossipState *state);
gboolean inf_gossip_state_save (const InfGossipState *state, const char *state_dir, GError **error);
void inf_gossip_state_clear (InfGossipState *state);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InfGossipState, inf_gossip_state_clear)

G_END_DECLS
