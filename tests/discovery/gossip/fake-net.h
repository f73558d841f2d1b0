#pragma once

#include "discovery/gossip/inf-gossip-core.h"

#include <glib.h>

#define FAKE_NET_MAX_NODES 32
#define FAKE_NET_NOW_UNIX_US G_GINT64_CONSTANT (1700000000000000)

typedef struct
{
  InfMembership *membership;
  InfGossipCore *core; /* NULL while it does not run */
  InfAddress address;
  guint32 incarnation; /* as a driver would have written it down */
  gint64 stalled_until_us;
  guint island;          /* datagrams stay on the island that they are sent on */
  gboolean is_unplugged; /* its machine answers no knock */
  guint n_sent;
  guint64 sent_bytes;
  guint n_joined, n_dead, n_left; /* events it told of */
} FakeNode;

/* A LAN in virtual time: every node hears multicasts; datagrams take 100 to 1100 µs and may be
 * lost. Knocks are answered by whatever process runs, be it stalled, and refused by the machine of
 * one that was killed. One seed gives one course of events. */
typedef struct
{
  gint64 now_us;
  guint loss_percent;
  guint64 seed;
  GRand *rand;
  gboolean has_multicast;
  gboolean is_blocked[FAKE_NET_MAX_NODES][FAKE_NET_MAX_NODES]; /* from, to */
  InfKeypair *founder;
  InfMembership *founder_membership;
  FakeNode nodes[FAKE_NET_MAX_NODES];
  guint n_nodes;
  GSequence *flights;
  /* The last datagram that each pair exchanged can be taken out of here by a test. */
  GBytes *last_datagram;
  guint last_recipient;
} FakeNet;

typedef gboolean (*FakeNetPredicate) (FakeNet *net, gpointer data);

FakeNet *fake_net_new (guint64 seed, guint loss_percent);
void fake_net_free (FakeNet *net);

guint fake_net_add_node (FakeNet *net);
void fake_net_start (FakeNet *net, guint node);
void fake_net_kill (FakeNet *net, guint node);
void fake_net_unplug (FakeNet *net, guint node);
void fake_net_stall (FakeNet *net, guint node, gint64 for_us);
void fake_net_collect (FakeNet *net, guint node);

void fake_net_run (FakeNet *net, gint64 for_us);
gint64 fake_net_run_until (FakeNet *net, FakeNetPredicate predicate, gpointer data,
                           gint64 at_most_us);

gint64 fake_net_get_unix_us (const FakeNet *net);
InfSwim *fake_net_swim (FakeNet *net, guint node);
InfPeer *fake_net_peer (FakeNet *net, guint at, guint node);
gboolean fake_net_sees (FakeNet *net, guint at, guint node, InfPeerState state);
gboolean fake_net_all_see (FakeNet *net, guint node, InfPeerState state);
gboolean fake_net_all_know_all (FakeNet *net, gpointer data);
