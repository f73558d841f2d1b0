#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * InfPeerFacts:
 * @name: its name in the grid
 * @state: self, alive, reclaimed, suspect, away, dead, left
 * @address: "" when unknown
 * @os: its operating system
 * @rtt_us: round trip, -1 unknown
 * @price: micro-credits per node and second
 *
 * What is known of a peer, as Node1 tells it.
 */
typedef struct
{
  char *id;
  char *name;
  char *state;
  char *address;
  char *os;
  guint cores;
  guint slots_total;
  guint slots_free;
  guint64 memory_bytes;
  guint64 price;
  guint load_milli;
  gint64 rtt_us;
  gint64 heard_ms;
  gboolean is_hosting;
  GVariant *neighbours; /* (nullable): a(sxi) */
} InfPeerFacts;

#define INF_TYPE_PEER_ITEM (inf_peer_item_get_type ())

G_DECLARE_FINAL_TYPE (InfPeerItem, inf_peer_item, INF, PEER_ITEM, GObject)

InfPeerItem *inf_peer_item_new (GVariant *peer);

const InfPeerFacts *inf_peer_item_get_facts (InfPeerItem *self);
gboolean inf_peer_item_matches (InfPeerItem *self, const char *folded);

void inf_peer_item_update (InfPeerItem *self, GVariant *peer);

char *inf_peer_item_describe_state (const char *state);

G_END_DECLS
