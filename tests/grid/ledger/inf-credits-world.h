#pragma once

#include "grid/ledger/inf-ledger.h"
#include "grid/market/inf-meter-client.h"
#include "grid/market/inf-meter-host.h"

#include <glib.h>

G_BEGIN_DECLS

#define N_PEERS 4

/**
 * Peer:
 * @keypair: its identity
 * @path: its ledger's file
 * @ledger: its ledger
 */
typedef struct
{
  InfKeypair *keypair;
  char *path;
  InfLedger *ledger;
} Peer;

/**
 * Deal:
 * @lease: what was agreed
 * @client: the index of the peer that pays
 * @host: the index of the peer that serves; may be the same
 * @paying: (nullable): the client's meter; %NULL: it was settled
 * @serving: (nullable): the host's meter; %NULL: it was closed
 * @wants_end: whether the program has ended
 */
typedef struct
{
  InfLease *lease;
  guint client;
  guint host;
  InfMeterClient *paying;
  InfMeterHost *serving;
  gboolean wants_end;
} Deal;

/**
 * World:
 * @dir: where the ledgers are
 * @random: what decides
 * @now_us: monotonic time of all
 * @peers: who deals
 * @deals: (element-type Deal): all, also those that are over
 * @granted_ucredits: to all peers together
 * @loss_percent: of messages, each way
 *
 * Peers with real ledgers, meters and signatures that lease from each other over a network that
 * loses messages, and that may be killed between any two steps.
 */
typedef struct
{
  char *dir;
  GRand *random;
  gint64 now_us;
  Peer peers[N_PEERS];
  GPtrArray *deals;
  guint64 granted_ucredits;
  guint loss_percent;
} World;

World *world_new (guint32 seed);
void world_free (World *world);

gboolean world_chance (World *world, guint percent);
void world_begin_deal (World *world);
void world_poll (World *world, Deal *deal);
void world_settle (World *world, Deal *deal);
void world_settle_alone (World *world, Deal *deal);
void world_deliver (World *world);
void world_kill (World *world, guint peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

G_END_DECLS
